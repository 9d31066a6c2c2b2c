"""A paper as parts for the screen: the same blocks that the writers print.

Quiet: no clock, database or file is reached from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongmu.core.documents.paper import (
    Align,
    Cell,
    Gap,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Table,
    placed,
)

_STEP_MM = 5


@dataclass(frozen=True)
class SheetCell:
    """A cell on the screen: its lines, what it spans, whether it heads a row or column."""

    lines: Sequence[SheetPart]
    columns: int
    rows: int
    head: bool
    right: bool


@dataclass(frozen=True)
class SheetPart:
    """A block on the screen: kind is head, text, table, gap or break."""

    kind: str
    text: str = ""
    classes: str = ""
    level: int = 1
    rows: Sequence[Sequence[SheetCell]] = ()


def sheet_parts(paper: Paper) -> Sequence[SheetPart]:
    """Return the paper's blocks for the preview."""
    return [_part(block) for block in paper.blocks]


def _part(block: object) -> SheetPart:
    match block:
        case Heading():
            return SheetPart("head", block.text, level=block.level)
        case Paragraph():
            return _text(block)
        case Table():
            return SheetPart("table", rows=_rows(block))
        case Gap():
            return SheetPart("gap")
        case PageBreak():
            return SheetPart("break")
        case _:
            raise TypeError(f"no such block: {type(block).__name__}")


def _text(one: Paragraph) -> SheetPart:
    classes = []
    if one.align is not Align.LEFT:
        classes.append(one.align.value)
    if one.bold:
        classes.append("bold")
    if one.size_pt >= 16:
        classes.append("large")
    if step := min(round((one.indent_mm + one.hanging_mm / 2) / _STEP_MM), 3):
        classes.append(f"in{step}")
    return SheetPart("text", one.text, " ".join(classes))


def _rows(table: Table) -> Sequence[Sequence[SheetCell]]:
    rows = []
    for line in placed(table):
        cells = []
        for one in line:
            shaded = one.cell.shaded if isinstance(one.cell, Cell) else None
            label = one.row < table.header_rows or one.column in table.label_columns
            if isinstance(one.cell, Cell):
                lines = [_text(paragraph) for paragraph in one.cell.lines]
            else:
                lines = [SheetPart("text", one.cell)]
            right = one.column in table.right_columns and not label
            head = shaded if shaded is not None else label
            cells.append(SheetCell(lines, one.columns, one.rows, head, right))
        rows.append(cells)
    return rows
