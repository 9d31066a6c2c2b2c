"""What a document becomes when it is read: headings, paragraphs, tables, page starts.

Quiet: this module reaches nothing outside itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

_NOT_TEXT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 65279, 8203, 173))


ABOUT = "문서 정보"
"""Aside of lines that are about the file; they tell its dates and are not quoted."""


@dataclass(frozen=True)
class Heading:
    """A heading as the file itself marks it; `level` 1 is the highest, 0 an attached document."""

    text: str
    level: int


@dataclass(frozen=True)
class Text:
    """A paragraph; lines inside are separated by newlines. `aside`: foot-, endnote, header."""

    text: str
    aside: str = ""


@dataclass(frozen=True)
class Table:
    """A table with merged cells written out; every row has the same number of cells.

    `header_rows` of them (0 = none known) name the columns. `place` is what a person looks up,
    without the page ("시트 '단가'"); `first_row` the number of row 0 there, 0 when rows have none.
    """

    rows: tuple[tuple[str, ...], ...]
    header_rows: int = 0
    caption: str = ""
    place: str = ""
    row_numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class PageStart:
    """From here on the text stands on this page, counted from 1."""

    number: int


Block: TypeAlias = Heading | Text | Table | PageStart


@dataclass(frozen=True)
class ReadDocument:
    """A document that was read; the dates are None when the document does not say them.

    `notes` are Korean lines for the officer: what could not be read, where a date comes from.
    """

    title: str
    blocks: tuple[Block, ...]
    starts_on: date | None = None
    ends_on: date | None = None
    notes: tuple[str, ...] = ()
    kind: str = ""
    """Code of the reader that read it."""


@dataclass(frozen=True)
class Content:
    """What a reader gives: the blocks, and the title if the file carries one."""

    blocks: Sequence[Block]
    title: str = ""
    notes: Sequence[str] = field(default=())


@dataclass(frozen=True)
class DocumentReader:
    """A kind of document; `code` equals its file name in `readers/`.

    `read` takes the bytes and the file's name (for messages) and raises Refused in Korean.
    """

    code: str
    title: str
    read: Callable[[bytes, str], Content]


def clean(text: str) -> str:
    """Return text as it is kept: NFC, one space at a time, no control characters, lines kept."""
    if "\uf53a" in text:
        # The word processor's own letter in its name 한글, outside Unicode.
        text = text.replace("\uf53a", "한")
    lines = unicodedata.normalize("NFC", text).translate(_NOT_TEXT).splitlines()
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def one_line(text: str) -> str:
    """Return cleaned text on one line, as a table's cell holds it."""
    return " ".join(clean(text).split())


def characters(blocks: Iterable[Block]) -> int:
    """Return how many characters of text the blocks hold."""
    return sum(len(piece) for piece in texts(blocks))


def texts(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield every stretch of text of the blocks in order."""
    for block in blocks:
        if isinstance(block, Table):
            if block.caption:
                yield block.caption
            for row in block.rows:
                yield from (cell for cell in row if cell)
        elif not isinstance(block, PageStart):
            yield block.text
