"""Sheets of cells made into blocks: each stretch of rows without a gap is a table of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gongmu.bots.knowledge.blocks import Block, Content, Heading, Text, one_line
from gongmu.bots.knowledge.cells import tidy
from gongmu.core.documents.grid import Sheet

MOST_ROWS = 20_000
"""Rows of one file that are learnt; a longer list belongs in a database, not in a desk."""
_MIDNIGHT = re.compile(r" 00:00:00$")

Row = tuple[int, tuple[str, ...]]


def sheet_blocks(sheets: Sequence[Sheet], *, named: bool = True) -> Content:
    """Return the blocks of sheets; row numbers are those a person sees in each sheet."""
    blocks: list[Block] = []
    notes: list[str] = []
    left = MOST_ROWS
    for sheet in sheets:
        rows = _rows(sheet)
        if len(rows) > left:
            notes.append(
                f"'{sheet.name}' 시트는 {len(rows):,}줄 가운데 앞의 {left:,}줄만 배웠습니다."
            )
            rows = rows[:left]
        left -= len(rows)
        if not rows:
            continue
        place = f"시트 '{sheet.name}'" if named else ""
        if named:
            blocks.append(Heading(sheet.name, 1))
        blocks += region_blocks(rows, place)
    return Content(blocks, "", notes)


def region_blocks(rows: Sequence[Row], place: str) -> Iterator[Block]:
    """Yield the stretches of a sheet: lines of one cell as text, the others as tables."""
    for region in _regions(rows):
        start = 0
        captions: list[str] = []
        while start < len(region) and len(set(filter(None, region[start][1]))) <= 1:
            captions += sorted(set(filter(None, region[start][1])))
            start += 1
        tail = len(region)
        while tail > start and len(set(filter(None, region[tail - 1][1]))) <= 1:
            tail -= 1
        body = region[start:tail]
        yield from (Text(caption) for caption in captions)
        if body:
            yield tidy(
                [cells for _, cells in body],
                place=place,
                row_numbers=[number for number, _ in body],
            )
        for _, cells in region[tail:]:
            yield from (Text(text) for text in dict.fromkeys(filter(None, cells)))


def _regions(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    begin = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at][0] > rows[at - 1][0] + 1:
            yield rows[begin:at]
            begin = at


def _rows(sheet: Sheet) -> list[Row]:
    wide = max((frame.width - 1 for frame in sheet.blocks), default=0)
    rows: list[Row] = []
    for frame in sheet.blocks:
        for number, *cells in frame.iter_rows():
            line = [_MIDNIGHT.sub("", one_line(cell or "")) for cell in cells]
            rows.append((number, tuple(line + [""] * (wide - len(line)))))
    return sorted(rows)
