"""Markdown and plain text (.md, .txt), UTF-8, UTF-16 or CP949."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gongmu.bots.knowledge.blocks import (
    ABOUT,
    Block,
    Content,
    DocumentReader,
    Heading,
    Text,
    clean,
    one_line,
)
from gongmu.bots.knowledge.cells import Cell, grid
from gongmu.core.documents.sniff import decode

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"""^(?:title|제목)\s*:\s*["']?(.+?)["']?\s*$""", re.MULTILINE)


def _read(data: bytes, name: str) -> Content:
    utf8, _ = decode(data, name)
    text = utf8.decode().replace("\r\n", "\n").replace("\r", "\n")
    title, notes = "", ""
    if front := _FRONT.match(text):
        found = _TITLE.search(front[1])
        title, notes, text = (found[1] if found else ""), front[1], text[front.end() :]
    is_markdown = name.lower().endswith((".md", ".markdown")) or _looks_marked(text)
    blocks: list[Block] = [
        Text(line, aside=ABOUT) for line in map(clean, notes.splitlines()) if line
    ]
    blocks += _markdown(text) if is_markdown else _plain(text)
    return Content(blocks, title)


def _looks_marked(text: str) -> bool:
    """Return whether plain text uses the marks of Markdown for more than a dash."""
    return bool(re.search(r"^#{1,6} \S", text, re.MULTILINE)) or bool(
        re.search(r"^\|.*\|\s*\n\|[\s:|-]+\|\s*$", text, re.MULTILINE)
    )


def _plain(text: str) -> Iterator[Block]:
    for line in text.splitlines():
        if said := clean(line):
            yield Text(said)


def _markdown(text: str) -> Iterator[Block]:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    at = 0
    marks: list[str] = []
    while at < len(tokens):
        token = tokens[at]
        match token.type:
            case "heading_open":
                level = int(token.tag[1:])
                yield Heading(one_line(_inline(tokens[at + 1])), level)
                at += 1
            case "table_open":
                end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
                yield _table(tokens[at:end])
                at = end
            case "list_item_open":
                # The mark as it was written stays before the item's first paragraph.
                info = f"{token.info}{token.markup}" if token.info else "-"
                marks.append(info)
            case "inline":
                mark = marks.pop() + " " if marks else ""
                marks.clear()
                if said := clean(_inline(token)):
                    yield from (Text(line) for line in f"{mark}{said}".splitlines())
            case "fence" | "code_block" | "html_block":
                yield from _raw(token)
            case _:
                pass
        at += 1


def _raw(token: Token) -> Iterator[Block]:
    if token.type == "html_block":
        from gongmu.bots.knowledge.readers.html import blocks_of

        yield from blocks_of(token.content.encode())
    else:
        yield from _plain(token.content)


def _inline(token: Token) -> str:
    pieces = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            pieces.append("\n")
        elif child.type == "html_inline":
            pieces.append("\n" if child.content.lower().startswith("<br") else "")
        else:
            pieces.append(child.content)
    return "".join(pieces)


def _table(tokens: Sequence[Token]) -> Block:
    cells, row, column, is_header = [], -1, 0, False
    for at, token in enumerate(tokens):
        match token.type:
            case "thead_open":
                is_header = True
            case "tbody_open":
                is_header = False
            case "tr_open":
                row, column = row + 1, 0
            case "th_open" | "td_open":
                text = one_line(_inline(tokens[at + 1]))
                cells.append(Cell(row, column, (Text(text),), is_header=is_header))
                column += 1
            case _:
                pass
    return grid(cells)


READER = DocumentReader("md", "텍스트·마크다운", _read)
