"""A printed paper as data: headings, paragraphs, tables, gaps and page breaks on A4.

Writers make files of it: `hwpx_writer`, `pdf_writer`, `docx_writer`, `markdown_writer`. Each treats
every text as text, never as markup, so that a name cannot change the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gongmu.core.errors import Refused

PAGE_MM = (210, 297)
"""A4, width and height."""

MARGINS_MM = {"top": 30, "bottom": 15, "left": 20, "right": 15}
"""Margins of official papers."""

TEXT_WIDTH_MM = PAGE_MM[0] - MARGINS_MM["left"] - MARGINS_MM["right"]


class Align(StrEnum):
    """Where a line stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Face(StrEnum):
    """A family of letters; each writer names the font it has for it."""

    GOTHIC = "gothic"
    SERIF = "serif"
    """Body of reports and official letters."""
    HEAD = "head"
    """Titles and first-level items."""


class Edge(StrEnum):
    """Which lines a ruled table has."""

    GRID = "grid"
    """Every cell has a thin frame."""
    OPEN = "open"
    """A grid with a thick line above and below and none at the sides."""
    BARS = "bars"
    """A thick line above and below, none inside: a box for a title."""
    LINE = "line"
    """A thick line above, nothing else: a rule across the page."""


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title of the paper, centred."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; `size_pt` 8 to 28; lines after the first stand `hanging_mm` to the right.

    All of it stands `indent_mm` to the right; `before_pt` and `after_pt` are empty height.
    """

    text: str
    bold: bool = False
    align: Align = Align.LEFT
    size_pt: int = 11
    hanging_mm: float = 0
    indent_mm: float = 0
    before_pt: int = 0
    after_pt: int = 4
    face: Face = Face.GOTHIC
    keep: bool = False
    """Stays on the page of what follows."""


@dataclass(frozen=True)
class Cell:
    """A cell of several paragraphs, or one that spans columns and rows.

    `shaded` None = as the table says.
    """

    lines: Sequence[Paragraph]
    columns: int = 1
    rows: int = 1
    shaded: bool | None = None


@dataclass(frozen=True)
class Table:
    """Rows of cells; `shares` are the columns' shares of the width.

    The first `header_rows` rows and the `label_columns` (from 0) are shaded and bold.
    `right_columns` are set right (numbers), `center_columns` in the middle. Without `ruled` there
    are no lines. A row leaves out the cells that a spanning cell above or before it covers.
    """

    rows: Sequence[Sequence[str | Cell]]
    shares: Sequence[int]
    header_rows: int = 0
    label_columns: Sequence[int] = ()
    right_columns: Sequence[int] = ()
    ruled: bool = True
    size_pt: int = 10
    row_mm: float = 0
    """Least height of a row; 0 = as the text needs."""
    edge: Edge = Edge.GRID
    center_columns: Sequence[int] = ()


@dataclass(frozen=True)
class Gap:
    """Empty height."""

    mm: float


@dataclass(frozen=True)
class PageBreak:
    """What follows stands on a new page."""


Block = Heading | Paragraph | Table | Gap | PageBreak


@dataclass(frozen=True)
class Paper:
    """One document: its title (also in the file's properties), who made it, its blocks.

    `properties` stand in the file's own data, not on the page: name and value.
    """

    title: str
    author: str
    blocks: Sequence[Block]
    page_numbers: bool = True
    properties: Mapping[str, str] = field(default_factory=dict)
    header_mm: float = 10
    """Height kept free under the top margin (HWPX)."""

    def __post_init__(self) -> None:
        for block in self.blocks:
            if isinstance(block, Table):
                placed(block)


@dataclass(frozen=True)
class Placed:
    """A cell where it stands, counted from 0, with what it covers."""

    row: int
    column: int
    cell: str | Cell

    @property
    def columns(self) -> int:
        """Return how many columns it covers."""
        return self.cell.columns if isinstance(self.cell, Cell) else 1

    @property
    def rows(self) -> int:
        """Return how many rows it covers."""
        return self.cell.rows if isinstance(self.cell, Cell) else 1

    @property
    def text(self) -> str:
        """Return what it says, line by line."""
        if isinstance(self.cell, Cell):
            return "\n".join(line.text for line in self.cell.lines)
        return self.cell


def placed(table: Table) -> Sequence[Sequence[Placed]]:
    """Return the cells of each row with their places; raises Refused `paper_table`.

    Every place must be covered exactly once.
    """
    taken: set[tuple[int, int]] = set()
    found: list[list[Placed]] = []
    for row, cells in enumerate(table.rows):
        column, line = 0, []
        for cell in cells:
            while (row, column) in taken:
                column += 1
            one = Placed(row, column, cell)
            covered = {
                (row + down, column + right)
                for down in range(one.rows)
                for right in range(one.columns)
            }
            if covered & taken:
                raise _uneven()
            taken |= covered
            line.append(one)
        found.append(line)
    wanted = {
        (row, column) for row in range(len(table.rows)) for column in range(len(table.shares))
    }
    if not wanted or taken != wanted:
        raise _uneven()
    return found


def _uneven() -> Refused:
    return Refused(
        "paper_table",
        "표의 칸 수가 행마다 다르거나 행이 없습니다.",
        "개발 담당자에게 알리세요.",
    )


def printable(text: str) -> str:
    """Return the text without control characters that XML cannot hold; line ends stay."""
    return "".join(
        sign
        for sign in text
        if sign in "\n\t"
        or (" " <= sign <= "\ud7ff")
        or ("\ue000" <= sign <= "\ufffd")
        or sign >= "\U00010000"
    )
