"""A printed paper as data: headings, paragraphs, tables, gaps and page breaks on A4.

Two writers make files of it, `hwpx_writer` and `pdf_writer`; both treat every text as text, never
as markup, so that a name cannot change the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title of the paper, centred."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; `size_pt` 8 to 20; lines after the first stand `hanging_mm` to the right."""

    text: str
    bold: bool = False
    align: Align = Align.LEFT
    size_pt: int = 11
    hanging_mm: float = 0


@dataclass(frozen=True)
class Table:
    """Rows of text cells; `shares` are the columns' shares of the width.

    The first `header_rows` rows and the `label_columns` (from 0) are shaded and bold.
    `right_columns` are set right (numbers). Without `ruled` there are no lines.
    """

    rows: Sequence[Sequence[str]]
    shares: Sequence[int]
    header_rows: int = 0
    label_columns: Sequence[int] = ()
    right_columns: Sequence[int] = ()
    ruled: bool = True
    size_pt: int = 10
    row_mm: float = 0
    """Least height of a row; 0 = as the text needs."""


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
    """One document: its title (also in the file's properties), who made it, its blocks."""

    title: str
    author: str
    blocks: Sequence[Block]
    page_numbers: bool = True

    def __post_init__(self) -> None:
        for block in self.blocks:
            if isinstance(block, Table):
                widths = {len(row) for row in block.rows}
                if widths != {len(block.shares)}:
                    raise Refused(
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
