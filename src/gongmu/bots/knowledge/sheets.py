"""Sheets of cells made into blocks: each stretch of rows without a gap is a table of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from gongmu.bots.knowledge.blocks import Block, Content, Heading, Text, one_line
from gongmu.bots.knowledge.cells import Cell, grid, tidy
from gongmu.bots.knowledge.xlsx_body import SheetCells, Workbook
from gongmu.core.documents.grid import Sheet

MOST_ROWS = 20_000
"""Rows of one file that are learnt; a longer list belongs in a database, not in a desk."""
_MIDNIGHT = re.compile(r" 00:00:00$")

Row = tuple[int, Mapping[int, str]]


def workbook_blocks(book: Workbook) -> Content:
    """Return the blocks of a workbook's visible sheets."""
    notes = []
    if book.hidden:
        notes.append(f"숨긴 시트는 배우지 않았습니다: {', '.join(book.hidden[:10])}")
    return _content(book.sheets, notes, named=True)


def sheet_blocks(sheets: Sequence[Sheet], *, named: bool = True) -> Content:
    """Return the blocks of sheets read by core.documents; row numbers start anew in each."""
    found, before = [], 0
    for sheet in sheets:
        rows = []
        for frame in sheet.blocks:
            for number, *cells in frame.iter_rows():
                said = {
                    at: _MIDNIGHT.sub("", one_line(cell))
                    for at, cell in enumerate(cells, start=1)
                    if cell
                }
                rows.append((number - before, said))
        rows.sort(key=lambda row: row[0])
        found.append(SheetCells(sheet.name, rows, ()))
        before += rows[-1][0] if rows and named else 0
    return _content(found, [], named=named)


def _content(sheets: Sequence[SheetCells], notes: list[str], *, named: bool) -> Content:
    blocks: list[Block] = []
    left = MOST_ROWS
    for sheet in sheets:
        rows = sheet.rows
        if len(rows) > left or sheet.is_cut:
            notes.append(
                f"'{sheet.name}' 시트는 {len(rows):,}줄 가운데 앞의 {min(left, len(rows)):,}줄만 "
                "배웠습니다."
            )
            rows = rows[:left]
        left -= len(rows)
        if not rows:
            continue
        if named:
            blocks.append(Heading(sheet.name, 1))
        place = f"시트 '{sheet.name}'" if named else ""
        for region in _regions(rows, sheet.merged):
            blocks += _region_blocks(region, sheet, place)
    return Content(blocks, "", notes)


def _region_blocks(rows: Sequence[Row], sheet: SheetCells, place: str) -> Iterator[Block]:
    """Yield a stretch of rows: lines of one cell before and after as text, the rest as a table."""
    start, tail = 0, len(rows)
    while start < tail and len(rows[start][1]) <= 1:
        start += 1
    while tail > start and len(rows[tail - 1][1]) <= 1:
        tail -= 1
    titles = [text for _, cells in rows[:start] for text in cells.values() if text != sheet.name]
    body = rows[start:tail]
    if not body:
        yield from (Text(text) for text in titles)
        return
    # The last lines above a table name it; what stands higher is text of its own.
    yield from (Text(text) for text in titles[:-2])
    table = _table(body, sheet.merged, place, titles[-2:])
    yield table
    for _, cells in rows[tail:]:
        yield from (Text(text) for text in cells.values())


def _table(
    body: Sequence[Row],
    merged: Sequence[tuple[int, int, int, int]],
    place: str,
    titles: Sequence[str],
) -> Block:
    first, last = body[0][0], body[-1][0]
    left = min(min(cells) for _, cells in body)
    at = {number: index for index, (number, _) in enumerate(body)}
    spans = {
        (top, column): (bottom, right)
        for top, column, bottom, right in merged
        if first <= top <= last and top in at
    }
    found = []
    for number, cells in body:
        for column, text in cells.items():
            bottom, right = spans.get((number, column), (number, column))
            down = 1 if bottom == number else sum(number <= row <= bottom for row in at)
            found.append(Cell(at[number], column - left, (Text(text),), down, right - column + 1))
    made = grid(found, place=place)
    numbers = [number for number, _ in body]
    # Rows that became the caption or were empty are gone from the table's beginning only.
    kept = numbers[len(numbers) - len(made.rows) :]
    caption = " / ".join(dict.fromkeys(filter(None, (*titles, made.caption))))
    return tidy(made.rows, made.header_rows, caption=caption, place=place, row_numbers=kept)


def _regions(
    rows: Sequence[Row], merged: Sequence[tuple[int, int, int, int]]
) -> Iterator[Sequence[Row]]:
    """Yield stretches of rows without an empty row between them; a merged cell bridges one."""
    bridged = {
        row for top, _, bottom, _ in merged for row in range(top + 1, min(bottom, top + 200) + 1)
    }
    begin = 0
    for at in range(1, len(rows) + 1):
        is_end = at == len(rows)
        if is_end or any(row not in bridged for row in range(rows[at - 1][0] + 1, rows[at][0])):
            yield rows[begin:at]
            begin = at
