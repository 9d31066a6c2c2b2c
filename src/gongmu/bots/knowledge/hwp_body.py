"""Paragraphs, tables and boxes out of the records of an HWP 5 document.

Source: Hancom "한글 문서 파일 형식 5.0" (records, controls) and "배포용 문서". Every text of the
page is kept in reading order: cells, text boxes, captions, notes, headers, also inside each other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gongmu.bots.knowledge.blocks import Block, Heading, Text, clean
from gongmu.bots.knowledge.cells import Cell, table_blocks
from gongmu.bots.knowledge.numbering import (
    KINDS,
    Counter,
    NumberShape,
    bullet_text,
    number_text,
)

_NUMBERING, _BULLET, _PARA_SHAPE = 0x17, 0x18, 0x19
_PARAGRAPH, _PARA_TEXT, _CONTROL, _LIST = 0x42, 0x43, 0x47, 0x48
_TABLE, _EQUATION = 0x4D, 0x58
_DEEPEST = 24
_LONGEST_HEADING = 120

_CHARACTERS = {0, 10, 13, *range(24, 32)}
"""Control codes of one unit; all others below 32 take eight."""
_SHOWN = {10: "\n", 9: "\t", 24: "-", 30: " ", 31: " "}
_HANGING = frozenset({1, 2, 3, 11, 12, 14, 15, 16, 17, 18, 21, 22, 23})
"""Codes that stand for a control of their own, in the order of the control records."""
_ASIDES = {"head": "머리말", "foot": "꼬리말", "fn  ": "각주", "en  ": "미주"}
_UNSEEN = frozenset({"tcmt"})
"""Hidden comments: not on the page."""


@dataclass
class Record:
    """A record with those of a higher level below it."""

    tag: int
    data: bytes
    below: list[Record] = field(default_factory=list)


@dataclass(frozen=True)
class _Shape:
    """How paragraphs of a shape are headed: outline, number, bullet or nothing; its level."""

    head: int
    level: int
    numbering: int


def records(data: bytes) -> Sequence[Record]:
    """Return the records of a stream as trees; raises ValueError when one is cut off."""
    top = Record(0, b"")
    path = [top]
    at, end = 0, len(data)
    while at + 4 <= end:
        (word,) = struct.unpack_from("<I", data, at)
        at += 4
        tag, level, size = word & 0x3FF, word >> 10 & 0x3FF, word >> 20
        if size == 0xFFF:
            if at + 4 > end:
                raise ValueError("record cut off")
            (size,) = struct.unpack_from("<I", data, at)
            at += 4
        if at + size > end:
            raise ValueError("record cut off")
        record = Record(tag, data[at : at + size])
        at += size
        del path[min(level, len(path) - 1) + 1 :]
        path[-1].below.append(record)
        path.append(record)
    return top.below


class Body:
    """Reads sections under the numberings and shapes of one document."""

    def __init__(self, doc_info: bytes) -> None:
        shapes: dict[str, Sequence[NumberShape]] = {}
        self._bullets: list[str] = []
        self._shapes: list[_Shape] = []
        for record in _flat(records(doc_info)):
            if record.tag == _NUMBERING:
                shapes[str(len(shapes) + 1)] = _number_shapes(record.data)
            elif record.tag == _BULLET:
                mark = record.data[12:14].decode("utf-16-le", "replace")
                self._bullets.append(bullet_text(mark))
            elif record.tag == _PARA_SHAPE:
                self._shapes.append(_shape(record.data))
        self._counter = Counter(shapes)
        self._outline = "1"
        self._seen_asides: set[str] = set()

    def section(self, data: bytes) -> Iterator[Block]:
        """Yield the blocks of a section."""
        for record in records(data):
            if record.tag == _PARAGRAPH:
                yield from self._paragraph(record, 0)

    def _paragraph(self, record: Record, depth: int) -> Iterator[Block]:
        raw = next((one.data for one in record.below if one.tag == _PARA_TEXT), b"")
        controls = iter([one for one in record.below if one.tag == _CONTROL])
        pieces: list[str] = []
        later: list[Record] = []
        # The number stands before the first text of the paragraph, wherever a table cuts it.
        opening = True
        units = memoryview(raw[: len(raw) // 2 * 2]).cast("H")
        at = start = 0
        while at < len(units):
            code = units[at]
            if code >= 32:
                at += 1
                continue
            pieces.append(raw[start * 2 : at * 2].decode("utf-16-le", "replace"))
            pieces.append(_SHOWN.get(code, ""))
            if code in _HANGING and (control := next(controls, None)) is not None:
                name = _name(control)
                if name == "secd":
                    self._section_definition(control.data)
                if name == "tbl ":
                    yield from self._text(record, pieces, opening)
                    opening, pieces = opening and not any(pieces), []
                    yield from self._control(control, depth + 1)
                elif name in ("atno", "tcps", "eqed"):
                    pieces.append(_inline(name, control))
                else:
                    later.append(control)
            at += 1 if code in _CHARACTERS else 8
            start = at
        pieces.append(raw[start * 2 :].decode("utf-16-le", "replace"))
        yield from self._text(record, pieces, opening)
        for control in (*later, *controls):
            yield from self._control(control, depth + 1)

    def _text(self, record: Record, pieces: Sequence[str], opening: bool) -> Iterator[Block]:
        text = clean("".join(pieces))
        if not text:
            return
        (shape_id,) = struct.unpack_from("<H", record.data, 8) if len(record.data) >= 10 else (0,)
        shape = self._shapes[shape_id] if shape_id < len(self._shapes) else _Shape(0, 0, 0)
        mark = self._mark(shape) if opening else ""
        text = f"{mark} {text}" if mark else text
        if shape.head == 1 and opening and len(text) <= _LONGEST_HEADING:
            yield Heading(text.replace("\n", " "), shape.level + 1)
        else:
            yield Text(text)

    def _mark(self, shape: _Shape) -> str:
        if shape.head == 1:
            return self._counter.next(self._outline, shape.level)
        if shape.head == 2:
            return self._counter.next(str(shape.numbering), shape.level)
        if shape.head == 3 and 0 < shape.numbering <= len(self._bullets):
            return self._bullets[shape.numbering - 1]
        return ""

    def _section_definition(self, data: bytes) -> None:
        if len(data) >= 20:
            self._outline = str(struct.unpack_from("<H", data, 18)[0] or 1)

    def _control(self, control: Record, depth: int) -> Iterator[Block]:
        name = _name(control)
        if depth > _DEEPEST or name in _UNSEEN:
            return
        if name == "tbl ":
            yield from self._table(control, depth)
            return
        blocks = list(self._lists(control, depth))
        if name not in _ASIDES:
            yield from blocks
            return
        text = "\n".join(block.text for block in blocks if isinstance(block, Text | Heading))
        # A header of every page is said once.
        if text and (name in ("fn  ", "en  ") or text not in self._seen_asides):
            self._seen_asides.add(text)
            yield Text(text, aside=_ASIDES[name])

    def _lists(self, record: Record, depth: int) -> Iterator[Block]:
        """Yield the paragraphs of every list below a control, shapes inside shapes too."""
        if depth > _DEEPEST:
            return
        for one in record.below:
            if one.tag == _PARAGRAPH:
                yield from self._paragraph(one, depth + 1)
            elif one.tag != _CONTROL:
                yield from self._lists(one, depth + 1)

    def _table(self, control: Record, depth: int) -> Iterator[Block]:
        cells: list[Cell] = []
        caption: list[str] = []
        inside: list[Block] = []
        place: tuple[int, int, int, int, bool] | None = None
        in_table = False

        def close() -> None:
            if place is not None:
                row, column, down, across, is_header = place
                cells.append(Cell(row, column, tuple(inside), down, across, is_header))
            else:
                caption.extend(one.text for one in inside if isinstance(one, Text | Heading))
            inside.clear()

        for one in control.below:
            if one.tag == _TABLE:
                close()
                in_table = True
            elif one.tag == _LIST:
                close()
                place = _cell_place(one.data) if in_table else None
                inside.extend(self._lists(one, depth + 1))
            elif one.tag == _PARAGRAPH:
                inside.extend(self._paragraph(one, depth + 1))
        close()
        yield from table_blocks(cells, " ".join(caption))


def _cell_place(data: bytes) -> tuple[int, int, int, int, bool] | None:
    """Return row, column, rows and columns spanned, and whether it is marked a title cell."""
    if len(data) < 16:
        return None
    (marks,) = struct.unpack_from("<I", data, 2)
    column, row, across, down = struct.unpack_from("<4H", data, 8)
    return row, column, max(down, 1), max(across, 1), bool(marks >> 18 & 1)


def _name(control: Record) -> str:
    return control.data[:4][::-1].decode("latin-1")


def _inline(name: str, control: Record) -> str:
    data = control.data
    if name == "atno" and len(data) >= 10:
        marks, number = struct.unpack_from("<IH", data, 4)
        kind = marks >> 4 & 0xFF
        return number_text(KINDS[kind] if kind < len(KINDS) else "DIGIT", number)
    if name == "tcps" and len(data) >= 6:
        (count,) = struct.unpack_from("<H", data, 4)
        return data[6 : 6 + count * 2].decode("utf-16-le", "replace")
    if name == "eqed":
        for one in control.below:
            if one.tag == _EQUATION and len(one.data) >= 6:
                (count,) = struct.unpack_from("<H", one.data, 4)
                return f" {one.data[6 : 6 + count * 2].decode('utf-16-le', 'replace')} "
    return ""


def _flat(trees: Sequence[Record]) -> Iterator[Record]:
    for record in trees:
        yield record
        yield from _flat(record.below)


def _shape(data: bytes) -> _Shape:
    if len(data) < 4:
        return _Shape(0, 0, 0)
    (marks,) = struct.unpack_from("<I", data)
    (numbering,) = struct.unpack_from("<H", data, 30) if len(data) >= 32 else (0,)
    return _Shape(marks >> 23 & 3, marks >> 25 & 7, numbering)


def _number_shapes(data: bytes) -> Sequence[NumberShape]:
    shapes: list[NumberShape] = []
    at = 0
    while len(shapes) < 7 and at + 14 <= len(data):
        marks, count = struct.unpack_from("<I8xH", data, at)
        at += 14
        form = data[at : at + count * 2].decode("utf-16-le", "replace")
        at += count * 2
        kind = marks >> 5 & 0xF
        shapes.append(NumberShape(form, KINDS[kind] if kind < len(KINDS) else "DIGIT"))
    return shapes
