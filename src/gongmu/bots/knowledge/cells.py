"""Cells with spans made into a table: merged ones written out, headers told from rows.

Quiet: this module reaches nothing outside itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gongmu.bots.knowledge.blocks import Block, Heading, Table, Text, one_line

_WIDEST, _LONGEST = 400, 20_000
"""A table of more columns or rows than this is a mistake of the file and is cut."""
_AMOUNT = re.compile(r"[\d,.\s%~\-+()원천만억명건개월일년회점호:/]+")
_LONG_HEADER = 40
_BOXED = re.compile(
    r"(?:(?:붙임|참고|별첨|첨부|부록)\s?\d{0,2}|[Ⅰ-Ⅻ]|제\s?\d{1,2}\s?[장편부]|(?P<digit>\d{1,2}))\.?"
)
_LONG_TITLE = 60
_LAYOUT_CELL = 150
"""A cell longer than this holds text, not a value."""


@dataclass(frozen=True)
class Cell:
    """A cell with its place (from 0), its spans and the blocks inside it."""

    row: int
    column: int
    blocks: Sequence[Block]
    down: int = 1
    across: int = 1
    is_header: bool = False

    @property
    def text(self) -> str:
        """Return the cell's own paragraphs on one line, tables inside left out."""
        own = (block.text for block in self.blocks if isinstance(block, Text | Heading))
        return one_line(" ".join(own))


def table_blocks(cells: Iterable[Cell], caption: str = "") -> Iterator[Block]:
    """Yield what a table of the file says: a table, or plain blocks where it is only a frame."""
    found = [cell for cell in cells if cell.row < _LONGEST and cell.column < _WIDEST]
    found.sort(key=lambda cell: (cell.row, cell.column))
    filled = [cell for cell in found if any(not _is_empty(block) for block in cell.blocks)]
    if not filled:
        return
    inner = [block for cell in filled for block in cell.blocks if isinstance(block, Table)]
    rows = {cell.row for cell in found}
    columns = {cell.column for cell in found}
    if len(rows) == 1 and (title := _boxed_title(filled)) is not None:
        yield title
        return
    is_frame = len(filled) == 1 or len(columns) == 1 or len(rows) == 1
    if is_frame and (inner or len(found) == 1 or len(filled) == 1 or _holds_text(filled)):
        if caption:
            yield Text(caption)
        for cell in filled:
            yield from cell.blocks
        return
    yield grid(found, caption)
    yield from inner


def _boxed_title(cells: Sequence[Cell]) -> Heading | None:
    """Return the heading that a line of boxes is: its number in one, its words in the next."""
    found = _BOXED.fullmatch(cells[0].text)
    text = " ".join(cell.text for cell in cells)
    if found is None or not 2 <= len(cells) <= 3 or len(text) > _LONG_TITLE:
        return None
    return Heading(text, 2 if found["digit"] else 1)


def _holds_text(cells: Sequence[Cell]) -> bool:
    return any(len(cell.text) > _LAYOUT_CELL for cell in cells)


def _is_empty(block: Block) -> bool:
    return isinstance(block, Text | Heading) and not block.text.strip()


def grid(cells: Sequence[Cell], caption: str = "", place: str = "") -> Table:
    """Return cells as a table: what spans rows stands in each, a spanning header over each column.

    A first row that is one cell over the whole width becomes the caption.
    """
    height = min(max(cell.row + cell.down for cell in cells), _LONGEST)
    width = min(max(cell.column + cell.across for cell in cells), _WIDEST)
    rows = [[""] * width for _ in range(height)]
    marked = _marked_header_rows(cells)
    top = _rows_of_top(cells)
    for cell in cells:
        text = cell.text
        spread = cell.row < max(marked, top) or cell.across == 1
        for row in range(cell.row, min(cell.row + cell.down, height)):
            last = cell.column + cell.across if spread else cell.column + 1
            for column in range(cell.column, min(last, width)):
                rows[row][column] = text
    return tidy([tuple(row) for row in rows], marked, caption=caption, place=place, top=top)


def tidy(
    rows: Sequence[tuple[str, ...]],
    header_rows: int = 0,
    *,
    caption: str = "",
    place: str = "",
    row_numbers: Sequence[int] = (),
    top: int = 1,
) -> Table:
    """Return rows as a table: empty ones dropped, a spanning title row made the caption.

    `header_rows` 0 = not marked: the first `top` rows name the columns if they look like it.
    """
    numbers = list(row_numbers) or [0] * len(rows)
    kept = [(row, at) for row, at in zip(rows, numbers, strict=True) if any(row)]
    if len(kept) > 1 and len(rows[0]) > 1:
        first = [text for text in kept[0][0] if text]
        whole_width = len(set(first)) == 1 and len(first) in (1, len(rows[0]))
        if whole_width and any(len(set(filter(None, row))) > 1 for row, _ in kept[1:]):
            caption = " ".join(filter(None, (caption, first[0])))
            kept, header_rows = kept[1:], max(header_rows - 1, 0)
            top = max(top - 1, 1)
    columns = range(len(rows[0])) if rows else range(0)
    used = [at for at in columns if any(row[at] for row, _ in kept)]
    lines = tuple(tuple(row[at] for at in used) for row, _ in kept)
    names = header_rows or (top if looks_like_header(lines, top) else 0)
    if names >= len(lines):
        names = 0
    found = tuple(at for _, at in kept) if row_numbers else ()
    return Table(lines, names, caption, place, found)


def looks_like_header(rows: Sequence[tuple[str, ...]], count: int = 1) -> bool:
    """Return whether the first `count` rows name columns: short words, no amounts, no repeats."""
    if len(rows) <= count or not rows or len(rows[0]) < 2:
        return False
    first = rows[count - 1]
    said = [text for text in first if text]
    if len(said) < max(2, len(first) - 1):
        return False
    if any(len(text) > _LONG_HEADER or _AMOUNT.fullmatch(text) for text in said):
        return False
    return len(set(said)) >= min(len(said), max(2, len(said) - 1)) or count > 1


def _marked_header_rows(cells: Sequence[Cell]) -> int:
    """Return how many first rows the file itself marks as headers."""
    by_row: dict[int, list[Cell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, []).append(cell)
    count = 0
    while count in by_row and all(cell.is_header for cell in by_row[count]):
        count += max(1, min(cell.down for cell in by_row[count]))
    return count


def _rows_of_top(cells: Sequence[Cell]) -> int:
    """Return how many rows the first line of cells reaches down, 1 to 3.

    Only a header mixes cells that reach down with cells that reach across.
    """
    first = [cell for cell in cells if cell.row == 0]
    if len(first) == 1:
        # A title over the whole width: what stands below it may be the header.
        second = [cell for cell in cells if cell.row == first[0].down]
        return 1 + _reach(second) if _reach(second) > 1 else 1
    return _reach(first)


def _reach(line: Sequence[Cell]) -> int:
    across = any(cell.across > 1 for cell in line)
    deepest = max((cell.down for cell in line), default=1)
    return deepest if across and 1 < deepest <= 3 else 1
