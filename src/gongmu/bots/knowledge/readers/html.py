"""Web pages (.html), also those that a portal calls .xls or .doc."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from gongmu.bots.knowledge.blocks import (
    Block,
    Content,
    DocumentReader,
    Heading,
    Text,
    clean,
    one_line,
)
from gongmu.bots.knowledge.cells import Cell, table_blocks
from gongmu.bots.knowledge.kinds import unknown
from gongmu.core.documents.sniff import decode

_UNSEEN = frozenset(
    {"script", "style", "head", "noscript", "template", "svg", "nav", "iframe", "object", "select"}
)
_FLOW = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "li",
        "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "ul", "h1", "h2", "h3", "h4", "h5", "h6",
    }
)  # fmt: skip
_DEEPEST = 200
_WIDEST = 400


def _read(data: bytes, name: str) -> Content:
    utf8, _ = decode(data, name)
    root = _root(utf8)
    if root is None:
        raise unknown(name, "깨진 웹 문서")
    title = one_line(root.findtext(".//title") or "")
    return Content(list(_flow(root, 0)), title)


def blocks_of(utf8: bytes) -> Iterator[Block]:
    """Yield the blocks of a piece of HTML, UTF-8."""
    root = _root(utf8)
    if root is not None:
        yield from _flow(root, 0)


def _root(utf8: bytes) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True)
    text = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", utf8)
    return etree.fromstring(text, parser) if text.strip() else None


def _flow(element: etree._Element, depth: int) -> Iterator[Block]:
    """Yield the blocks of an element that holds paragraphs."""
    if depth > _DEEPEST:
        return
    pieces: list[str] = [element.text or ""]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in _UNSEEN or not tag or _is_hidden(child):
            pass
        elif tag == "br":
            pieces.append("\n")
        elif tag in _FLOW or _holds_flow(child):
            yield from _paragraph(pieces, element)
            pieces = []
            yield from _block(child, tag, depth + 1)
        else:
            pieces.append(_inline(child))
        pieces.append(child.tail or "")
    yield from _paragraph(pieces, element)


def _block(child: etree._Element, tag: str, depth: int) -> Iterator[Block]:
    if tag == "table":
        yield from _table(child, depth)
    elif re.fullmatch(r"h[1-6]", tag):
        if text := one_line(_inline(child)):
            yield Heading(text, int(tag[1]))
    else:
        yield from _flow(child, depth)


def _paragraph(pieces: list[str], element: etree._Element) -> Iterator[Block]:
    raw = "".join(pieces)
    if element.tag != "pre":
        # Line ends of the source are spaces; only <br> breaks a line.
        raw = "\n".join(" ".join(part.split()) for part in _broken(pieces))
    for line in clean(raw).splitlines():
        yield Text(f"- {line}" if element.tag == "li" and not _has_mark(line) else line)


def _broken(pieces: list[str]) -> list[str]:
    lines = [""]
    for piece in pieces:
        if piece == "\n":
            lines.append("")
        else:
            lines[-1] += piece
    return lines


def _has_mark(line: str) -> bool:
    return bool(re.match(r"[-○□ㅇ·•*※①-⑳]|\(?\d{1,2}[.)]|[가-하][.)] ", line))


def _inline(element: etree._Element) -> str:
    pieces = [element.text or ""]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag == "br":
            pieces.append(" ")
        elif tag and tag not in _UNSEEN:
            pieces.append(_inline(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _holds_flow(element: etree._Element) -> bool:
    return any(isinstance(x.tag, str) and x.tag in _FLOW for x in element.iter())


def _is_hidden(element: etree._Element) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or element.get("hidden") is not None


def _table(table: etree._Element, depth: int) -> Iterator[Block]:
    caption, row = "", -1
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    for tr in _rows(table):
        if tr.tag == "caption":
            caption = one_line(_inline(tr))
            continue
        row += 1
        column = 0
        for td in tr:
            if td.tag not in ("td", "th"):
                continue
            while (row, column) in taken:
                column += 1
            down, across = _span(td, "rowspan"), _span(td, "colspan")
            taken |= {(row + r, column + c) for r in range(down) for c in range(across)}
            inside = tuple(_flow(td, depth + 1))
            cells.append(Cell(row, column, inside, down, across, td.tag == "th"))
            column += across
    yield from table_blocks(cells, caption)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag in ("tr", "caption"):
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (tr for tr in child if tr.tag == "tr")


def _span(td: etree._Element, which: str) -> int:
    digits = (td.get(which) or "1").strip()
    return min(max(int(digits), 1), _WIDEST) if digits.isdecimal() else 1


READER = DocumentReader("html", "웹 문서(HTML)", _read)
