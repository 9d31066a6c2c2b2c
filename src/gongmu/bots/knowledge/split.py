"""Cuts a document into passages: whole articles, rows under their header, sections with their path.

Quiet: this module reaches nothing outside itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from gongmu.bots.knowledge.blocks import ReadDocument, Table
from gongmu.bots.knowledge.outline import Kind, Unit, outline
from gongmu.bots.passages import DataClass, Passage

AIM = 600
"""Characters after which the next item opens a new passage."""
MOST = 1_000
"""Characters that a passage of text holds at most."""
MOST_ARTICLE = 1_800
"""An article up to this length stays whole."""
_MOST_TABLE = 1_100
_LEAST = 60
"""What is shorter than this above a heading goes together with what stands under it."""
_LONGEST_CAPTION = 70
_SENTENCE_END = re.compile(r"(?<=[다요함음임됨]\.)\s+|(?<=[?!。])\s+")
_CIRCLE = re.compile(r"[①-⑳]")


@dataclass(frozen=True)
class Ground:
    """What every passage of a document has in common."""

    document_id: str
    corpus: str
    title: str
    data_class: DataClass = DataClass.OPEN
    departments: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass
class _Open:
    """A passage that is being filled."""

    first: Unit | None = None
    last_page: int = 0
    lines: list[str] = field(default_factory=list)
    has_body: bool = False
    path: tuple[str, ...] = ()
    tables: list[int] = field(default_factory=list)
    rows: tuple[int, int] = (0, 0)
    sheet: str = ""
    paragraph: int = 0

    @property
    def size(self) -> int:
        """Return its length in characters."""
        return sum(len(line) + 1 for line in self.lines)


def split(document: ReadDocument, ground: Ground) -> Sequence[Passage]:
    """Return the passages of a document in order; `number` counts from 1."""
    cutter = _Cutter()
    for unit in outline(document.blocks):
        cutter.take(unit)
    cutter.close()
    return list(_numbered(cutter.done, ground))


def _numbered(pieces: Sequence[_Open], ground: Ground) -> Iterator[Passage]:
    seen: dict[str, int] = {}
    for number, piece in enumerate(pieces, start=1):
        text, place = "\n".join(piece.lines), _place(piece)
        # Named by its content, so that a citation never opens other words under the same name.
        digest = hashlib.sha256(f"{place}\n{text}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        again = f"-{seen[digest]}" if seen[digest] > 1 else ""
        yield Passage(
            passage_id=f"{ground.document_id}-{digest}{again}",
            document_id=ground.document_id,
            corpus=ground.corpus,
            document=ground.title,
            place=place,
            heading=" > ".join(piece.path),
            text=text,
            number=number,
            data_class=ground.data_class,
            departments=ground.departments,
            starts_on=ground.starts_on,
            ends_on=ground.ends_on,
        )


class _Cutter:
    """Fills one passage after the other."""

    def __init__(self) -> None:
        self.done: list[_Open] = []
        self._open = _Open()
        self._article: list[Unit] = []
        self._tables = 0
        self._paragraphs = 0

    def take(self, unit: Unit) -> None:
        """Add a unit."""
        self._paragraphs += unit.kind is not Kind.TABLE
        if unit.kind is Kind.ARTICLE:
            if not self._open.has_body:
                # Chapters and titles just above are in the article's path.
                self._open = _Open()
            self.close()
            self._article = [unit]
            return
        if self._article:
            if unit.kind is Kind.TEXT and unit.article == self._article[0].article:
                self._article.append(unit)
                return
            self._close_article()
        if unit.kind is Kind.TABLE:
            self._take_table(unit)
        elif unit.kind in (Kind.HEADING, Kind.QUESTION):
            above = self._open.path
            turns = bool(above) and unit.path[: len(above)] != above
            full = self._open.size >= _LEAST or unit.kind is Kind.QUESTION
            if turns or (self._open.has_body and full):
                self.close()
            self._add(unit, [unit.text], body=unit.kind is Kind.QUESTION)
        else:
            self._take_text(unit)

    def close(self) -> None:
        """End the passage that is being filled."""
        self._close_article()
        if self._open.lines and not self._open.has_body and self.done and not self._open.path:
            self.done[-1].lines += self._open.lines
        elif self._open.lines:
            self.done.append(self._open)
        self._open = _Open()

    def _finish(self) -> None:
        self.done.append(self._open)
        self._open = _Open()

    # ------------------------------------------------------------ text

    def _add(self, unit: Unit, lines: Sequence[str], *, body: bool = True) -> None:
        if self._open.first is None:
            self._open.first = unit
            self._open.paragraph = self._paragraphs
        if not self._open.has_body or not self._open.path:
            self._open.path = unit.path
        else:
            self._open.path = _common(self._open.path, unit.path)
        self._open.last_page = unit.page
        self._open.lines += lines
        self._open.has_body = self._open.has_body or body

    def _take_text(self, unit: Unit) -> None:
        for part in _parts(unit.text, MOST):
            size = self._open.size
            full = size + len(part) > MOST or (size >= AIM and unit.item)
            moved = self._open.first is not None and (
                (unit.annex, unit.article) != (self._open.first.annex, self._open.first.article)
            )
            turned = unit.page != self._open.last_page and size >= AIM / 2
            if self._open.has_body and (full or moved or turned):
                self.close()
            self._add(unit, [part])

    # ------------------------------------------------------------ articles

    def _close_article(self) -> None:
        units, self._article = self._article, []
        if not units:
            return
        if sum(len(unit.text) + 1 for unit in units) <= MOST_ARTICLE:
            for unit in units:
                self._add(unit, [unit.text])
            self._finish()
            return
        head = units[0].path[-1]
        parts = [
            (unit, part) for unit in units for part in _parts(unit.text, MOST_ARTICLE - len(head))
        ]
        for unit, part in parts:
            full = self._open.size + len(part) > MOST
            # A paragraph with its items stays together as long as it fits.
            opens = bool(_CIRCLE.match(part)) and self._open.size > AIM
            if self._open.has_body and (full or opens):
                self._finish()
                self._add(unit, [head], body=False)
            self._add(unit, [part])
        self._finish()

    # ------------------------------------------------------------ tables

    def _take_table(self, unit: Unit) -> None:
        table = unit.table
        if table is None or not table.rows:
            return
        self._tables += 1
        whole = table_lines(table)
        size = sum(len(line) + 1 for line in whole)
        if self._open.size + size <= MOST and not table.row_numbers:
            self._add(unit, whole)
            self._open.tables.append(self._tables)
            return
        caption = [] if table.caption else self._caption()
        if self._open.has_body or self._open.size > _LONGEST_CAPTION:
            self.close()
        else:
            # Only headings stand there: they go with the table.
            caption = []
        for lines, first, last in _row_groups(table, _MOST_TABLE):
            self._add(unit, [*caption, *lines])
            self._open.tables.append(self._tables)
            if table.row_numbers:
                self._open.rows = (table.row_numbers[first], table.row_numbers[last])
                self._open.sheet = table.place
            self._finish()

    def _caption(self) -> list[str]:
        """Return the short lines just above a table: its name, its unit."""
        found: list[str] = []
        for line in reversed(self._open.lines[-2:]):
            if len(line) > _LONGEST_CAPTION or line.startswith("|") or line.endswith("다."):
                break
            found.insert(0, line)
        return found


def table_lines(table: Table) -> list[str]:
    """Return a table as lines of Markdown, its caption first."""
    lines = [table.caption] if table.caption else []
    return lines + [line for group, _, _ in _row_groups(table, 0) for line in group if line]


def _row_groups(table: Table, most: int) -> Iterator[tuple[list[str], int, int]]:
    """Yield the rows in groups of at most `most` characters (0 = all), each under the header.

    With each group come the first and last row it holds.
    """
    caption = [table.caption] if table.caption and most else []
    head = [_row(row) for row in table.rows[: table.header_rows]]
    if head:
        head.append("|" + " --- |" * len(table.rows[0]))
    start = sum(len(line) + 1 for line in (*caption, *head))
    group: list[str] = []
    first, size = table.header_rows, start
    for at in range(table.header_rows, len(table.rows)):
        line = _row(table.rows[at])
        if most and group and size + len(line) > most:
            yield [*caption, *head, *group], first, at - 1
            group, first, size = [], at, start
        group.append(line)
        size += len(line) + 1
    yield [*caption, *head, *group], min(first, len(table.rows) - 1), len(table.rows) - 1


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


# ------------------------------------------------------------ places


def _place(piece: _Open) -> str:
    """Return what a person looks up in the paper."""
    unit = piece.first
    if unit is None:
        return ""
    page = ""
    if unit.page:
        last = piece.last_page
        page = f"{unit.page}쪽" if last <= unit.page else f"{unit.page}~{last}쪽"
    if piece.sheet or piece.rows != (0, 0):
        first, last = piece.rows
        rows = f"{first}행" if first == last else f"{first}~{last}행"
        return f"{piece.sheet} {rows}".strip()
    if unit.article and unit.article != "부칙":
        return ", ".join(filter(None, (unit.article + _paragraphs(piece), page)))
    table = f"표 {piece.tables[0]}" if piece.tables and _only_table(piece) else ""
    named = unit.annex or unit.article
    if named or page:
        return ", ".join(filter(None, (named, page, table)))
    under = piece.path[-1] if piece.path else ""
    if under and len(under) <= 40:
        return ", ".join(filter(None, (under, table)))
    return table or f"{piece.paragraph}번째 문단"


def _only_table(piece: _Open) -> bool:
    rows = sum(line.startswith("|") for line in piece.lines)
    return rows * 2 >= len(piece.lines)


def _paragraphs(piece: _Open) -> str:
    """Return "제1항~제3항" for a part of an article that was cut, else ""."""
    unit = piece.first
    if unit is None or unit.kind is Kind.ARTICLE:
        return ""
    numbers = [number for line in piece.lines for number in _marks(line)]
    if not numbers:
        return ""
    if numbers[0] == numbers[-1]:
        return f"제{numbers[0]}항"
    return f"제{numbers[0]}항~제{numbers[-1]}항"


def _marks(line: str) -> list[int]:
    found = _CIRCLE.match(line)
    return [ord(found[0]) - 0x245F] if found else []


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    shared = []
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared.append(left)
    return tuple(shared) or one


def _parts(text: str, most: int) -> Iterator[str]:
    """Yield a paragraph whole, or cut at the ends of sentences where it is too long."""
    if len(text) <= most:
        yield text
        return
    held = ""
    for sentence in _SENTENCE_END.split(text):
        for at in range(0, len(sentence), most):
            piece = sentence[at : at + most]
            if held and len(held) + len(piece) + 1 > most:
                yield held
                held = ""
            held = f"{held} {piece}".strip()
    if held:
        yield held
