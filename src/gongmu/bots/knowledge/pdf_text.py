"""Lines of PDF pages made into paragraphs, headings and tables.

A PDF has no paragraphs: a line goes on into the next one when it reaches the right edge and the
next begins without a mark of its own. Quiet: this module reaches nothing outside itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gongmu.bots.knowledge.blocks import Block, Heading, Text, clean
from gongmu.bots.knowledge.cells import Cell, table_blocks
from gongmu.bots.knowledge.marks import starts_item
from gongmu.bots.knowledge.pdf_page import Line, Page, RuledTable

_EDGE_SHARE = 0.12
"""Headers and footers stand in this share of the page's height, above and below."""
_PAGE_NUMBER = re.compile(r"[-–—\s]*\d{1,4}(?:\s*/\s*\d{1,4})?[-–—\s]*|\d{1,4}\s*쪽")
_HEADING_RATIO = 1.2
_LONGEST_HEADING = 60


@dataclass(frozen=True)
class Look:
    """What pages have in common: lines that return, the words, the sizes of headings."""

    running: frozenset[str]
    words: frozenset[str]
    heading_sizes: tuple[float, ...]


def look_of(pages: Sequence[Page]) -> Look:
    """Return what the pages of a document have in common."""
    sizes: Counter[float] = Counter()
    lines = [line for page in pages for line in _all_lines(page)]
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 10.0
    larger = sorted((size for size in sizes if size >= body * _HEADING_RATIO), reverse=True)
    words = frozenset(word.strip(".,()[]“”\"'") for line in lines for word in _inner(line))
    return Look(_running(pages), words, tuple(larger[:4]))


def _all_lines(page: Page) -> Iterator[Line]:
    yield from page.lines
    for table in page.tables:
        for cell in table.cells:
            yield from cell.lines


def _inner(line: Line) -> Sequence[str]:
    """Return the words of a line that no line end may have cut."""
    return line.text.split()[1:-1]


def _running(pages: Sequence[Page]) -> frozenset[str]:
    if len(pages) < 3:
        return frozenset()
    seen: Counter[str] = Counter()
    for page in pages:
        edge = page.height * _EDGE_SHARE
        near = {
            _digits_out(line.text)
            for line in page.lines
            if line.bottom < edge or line.top > page.height - edge
        }
        seen.update(near)
    return frozenset(text for text, count in seen.items() if count >= max(3, len(pages) * 0.5))


def _digits_out(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def page_blocks(page: Page, look: Look) -> Iterator[Block]:
    """Yield the blocks of a page in reading order."""
    edge = page.height * _EDGE_SHARE
    body = [line for line in page.lines if not _is_margin(line, page, look, edge)]
    right = max((line.right for line in body if len(line.text) > 8), default=0.0)
    tables = sorted(page.tables, key=lambda table: table.top)
    waiting: list[Line] = []
    for line in body:
        while tables and tables[0].top < line.top:
            yield from _paragraphs(waiting, right, look)
            waiting = []
            yield from _table(tables.pop(0), look)
        waiting.append(line)
    yield from _paragraphs(waiting, right, look)
    for table in tables:
        yield from _table(table, look)


def _is_margin(line: Line, page: Page, look: Look, edge: float) -> bool:
    if not (line.bottom < edge or line.top > page.height - edge):
        return False
    return bool(_PAGE_NUMBER.fullmatch(line.text)) or _digits_out(line.text) in look.running


def _paragraphs(lines: Sequence[Line], right: float, look: Look) -> Iterator[Block]:
    text, last = "", None
    for line in lines:
        if last is not None and _goes_on(last, line, right):
            text = joined(text, line.text, last.spaced, look.words)
        else:
            yield from _block(text, last, look)
            text = line.text
        last = line
    yield from _block(text, last, look)


def _goes_on(last: Line, line: Line, right: float) -> bool:
    if last.right < right - 2.2 * last.size or abs(last.size - line.size) > 0.15 * last.size:
        return False
    gap = line.top - last.bottom
    return gap < 1.6 * last.size and not starts_item(line.text)


def joined(text: str, following: str, spaced: bool, words: frozenset[str]) -> str:
    """Return two lines of a paragraph as one, with a space only where words meet.

    Korean lines are broken inside words too: a space written in the file decides, then whether
    the word put together stands elsewhere in the document.
    """
    if spaced:
        return f"{text} {following}"
    before, after = text.split()[-1:], following.split()[:1]
    if before and after:
        whole = (before[0] + after[0]).strip(".,()[]“”\"'")
        if whole in words and not (before[0] in words and after[0] in words):
            return text + following
        if before[0].endswith("-") and before[0][:-1].isascii() and after[0][:1].islower():
            return text[:-1] + following
    return f"{text} {following}"


def _block(text: str, line: Line | None, look: Look) -> Iterator[Block]:
    said = clean(text)
    if not said or line is None:
        return
    size = round(line.size, 1)
    if size in look.heading_sizes and len(said) <= _LONGEST_HEADING:
        yield Heading(said, look.heading_sizes.index(size) + 1)
    else:
        yield Text(said)


def _table(table: RuledTable, look: Look) -> Iterator[Block]:
    cells = []
    for cell in table.cells:
        text = ""
        last: Line | None = None
        for line in cell.lines:
            if last is None:
                text = line.text
            elif starts_item(line.text):
                text = f"{text}\n{line.text}"
            else:
                text = joined(text, line.text, last.spaced, look.words)
            last = line
        blocks = tuple(Text(part) for part in clean(text).splitlines())
        cells.append(Cell(cell.row, cell.column, blocks, cell.down, cell.across))
    yield from table_blocks(cells)
