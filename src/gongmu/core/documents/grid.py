"""What a file becomes: sheets of text cells that remember which row they stood on.

Quiet: this module reaches nothing outside itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

ROW = "row"
"""The column that holds the row number as a person would count it, from 1."""


def cell(position: int) -> str:
    """Return the name of the column at a 1-based `position`: c1, c2, ..."""
    return f"c{position}"


def block(rows: Iterable[int] | pl.Series, columns: Sequence[Iterable[str | None]]) -> pl.DataFrame:
    """Return a block: ROW (Int32), then c1.. (text); an absent cell is null."""
    numbers = rows.cast(pl.Int32) if isinstance(rows, pl.Series) else rows
    data = {ROW: pl.Series(ROW, numbers, dtype=pl.Int32)} | {
        cell(at): pl.Series(cell(at), values, dtype=pl.String)
        for at, values in enumerate(columns, start=1)
    }
    return pl.DataFrame(data)


def width(frame: pl.DataFrame) -> int:
    """Return how many cells a row of this block has."""
    return frame.width - 1


@dataclass(frozen=True)
class Sheet:
    """One table of a file.

    `blocks` hold its non-blank rows, one block per number of fields, the commonest first: a
    workbook or HTML table has one block, a text file with broken lines has several. Row numbers
    run through the whole file (sheets of a workbook are counted on).
    """

    name: str
    blocks: tuple[pl.DataFrame, ...]

    @property
    def height(self) -> int:
        """Return the number of non-blank rows."""
        return sum(frame.height for frame in self.blocks)

    def head(self, count: int) -> list[tuple[int, tuple[str, ...]]]:
        """Return the first `count` rows as (row number, cells), blank cells as ''."""
        rows: list[tuple[int, tuple[str, ...]]] = []
        for frame in self.blocks:
            for number, *cells in frame.head(count).iter_rows():
                rows.append((number, tuple(value or "" for value in cells)))
        return sorted(rows)[:count]


@dataclass(frozen=True)
class Document:
    """A file that was read: its format and encoding, said to people, and its sheets."""

    name: str
    format: str
    encoding: str
    sheets: tuple[Sheet, ...]
