"""Writes a paper as Markdown with its properties as front matter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from gongmu.core.documents.paper import (
    Block,
    Gap,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Table,
    placed,
    printable,
)

_SIGNS = re.compile(r"([\\`*_\[\]<>|#])")
_BREAK = "  \n"


def markdown_text(paper: Paper) -> str:
    """Return the paper as CommonMark with tables; every text is escaped, none is markup."""
    facts = {"title": paper.title, "author": paper.author, **paper.properties}
    head = "\n".join(
        f"{name}: {json.dumps(printable(facts[name]), ensure_ascii=False)}" for name in facts
    )
    parts = [part for block in paper.blocks for part in _block(block)]
    return f"---\n{head}\n---\n\n" + "\n\n".join(parts) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * min(block.level, 6)} {_escaped(block.text)}"
        case Paragraph():
            if block.text.strip():
                yield _paragraph(block)
        case Table():
            yield _table(block)
        case PageBreak():
            yield "---"
        case Gap():
            return


def _paragraph(block: Paragraph) -> str:
    indent = "&nbsp;" * round(block.indent_mm / 2) if block.indent_mm else ""
    lines = [_plain_start(_escaped(line)) for line in block.text.split("\n")]
    text = _BREAK.join(indent + line for line in lines)
    return f"**{text}**" if block.bold and len(lines) == 1 and text.strip() else text


def _table(table: Table) -> str:
    width = len(table.shares)
    grid = [[""] * width for _ in table.rows]
    for row in placed(table):
        for one in row:
            grid[one.row][one.column] = "<br>".join(
                _escaped(line) for line in one.text.split("\n") if line.strip()
            )
    if width == 1 and len(grid) == 1:
        lines = grid[0][0].split("<br>")
        return (
            f"## {lines[0]}"
            if len(lines) == 1 and table.edge == "bars"
            else "\n>\n".join(f"> {line}" for line in lines)
        )
    head, body = (grid[0], grid[1:]) if table.header_rows else ([""] * width, grid)
    lines = [_row(head), _row(["---"] * width), *(_row(cells) for cells in body)]
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\1", printable(text).replace("\t", " "))


def _plain_start(line: str) -> str:
    """Keep a line from opening a list or quotation of Markdown's own."""
    return re.sub(r"^(\s*)([-+]|\d+[.)])(?=\s)", r"\1\\\2", line) if line else line
