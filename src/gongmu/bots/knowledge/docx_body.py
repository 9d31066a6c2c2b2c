"""Paragraphs, tables and boxes out of the XML of a Word document (ECMA-376 WordprocessingML)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from gongmu.bots.knowledge.blocks import Block, Heading, Text, clean
from gongmu.bots.knowledge.cells import Cell, table_blocks
from gongmu.bots.knowledge.numbering import Counter, NumberShape, bullet_text
from gongmu.bots.knowledge.package import local

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_NAME = re.compile(r"(?:heading|제목|개요)\s*(\d)", re.IGNORECASE)
_KINDS = {
    "decimal": "DIGIT", "upperRoman": "ROMAN_CAPITAL", "lowerRoman": "ROMAN_SMALL",
    "upperLetter": "LATIN_CAPITAL", "lowerLetter": "LATIN_SMALL", "ganada": "HANGUL_SYLLABLE",
    "chosung": "HANGUL_JAMO", "decimalEnclosedCircle": "CIRCLED_DIGIT", "koreanCounting":
    "HANGUL_PHONETIC", "koreanDigital": "HANGUL_PHONETIC", "ideographDigital": "IDEOGRAPH",
    "koreanDigital2": "IDEOGRAPH", "decimalZero": "DIGIT",
}  # fmt: skip
_UNSEEN = frozenset({"del", "moveFrom", "instrText", "Fallback", "pPr", "rPr", "delText"})
_DEEPEST = 60


class DocxBody:
    """Reads the body under the styles and numberings of one document."""

    def __init__(
        self,
        styles: etree._Element | None,
        numbering: etree._Element | None,
        notes: Mapping[str, etree._Element],
    ) -> None:
        self._levels: dict[str, int] = {}
        self._style_numbers: dict[str, tuple[str, int]] = {}
        if styles is not None:
            self._read_styles(styles)
        self._bullets: dict[tuple[str, int], str] = {}
        self._counter = Counter(self._read_numbering(numbering) if numbering is not None else {})
        self._notes = notes

    def blocks(self, parent: etree._Element, depth: int = 0) -> Iterator[Block]:
        """Yield the blocks of a body, cell or text box."""
        if depth > _DEEPEST:
            return
        for one in parent:
            name = local(one)
            if name == "p":
                yield from self._paragraph(one, depth + 1)
            elif name == "tbl":
                yield from self._table(one, depth + 1)
            elif name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml"):
                yield from self.blocks(one, depth + 1)

    def _paragraph(self, p: etree._Element, depth: int) -> Iterator[Block]:
        pieces: list[str] = []
        boxes: list[etree._Element] = []
        notes: list[etree._Element] = []
        self._walk(p, pieces, boxes, notes)
        if text := clean("".join(pieces)):
            properties = p.find(f"{_W}pPr")
            style = _value(properties, "pStyle")
            level = self._level(properties, style)
            mark = self._mark(properties, style)
            text = f"{mark} {text}" if mark else text
            yield Heading(text.replace("\n", " "), level) if level else Text(text)
        for box in boxes:
            yield from self.blocks(box, depth + 1)
        for note in notes:
            said = "\n".join(
                block.text for block in self.blocks(note, depth + 1) if isinstance(block, Text)
            )
            if said:
                yield Text(said, aside="각주")

    def _walk(
        self,
        element: etree._Element,
        pieces: list[str],
        boxes: list[etree._Element],
        notes: list[etree._Element],
    ) -> None:
        for one in element:
            match local(one):
                case "t":
                    pieces.append(one.text or "")
                case "tab" | "ptab":
                    pieces.append("\t")
                case "br" | "cr":
                    pieces.append("\n")
                case "noBreakHyphen":
                    pieces.append("-")
                case "txbxContent":
                    boxes.append(one)
                case "footnoteReference" | "endnoteReference":
                    key = f"{local(one)[:-9]}{one.get(f'{_W}id', '')}"
                    if key in self._notes:
                        notes.append(self._notes[key])
                case name if name in _UNSEEN or not name:
                    pass
                case _:
                    self._walk(one, pieces, boxes, notes)

    def _level(self, properties: etree._Element | None, style: str) -> int:
        own = _value(properties, "outlineLvl")
        if own.isdecimal() and int(own) < 9:
            return int(own) + 1
        return self._levels.get(style, 0)

    def _mark(self, properties: etree._Element | None, style: str) -> str:
        numbers = properties.find(f"{_W}numPr") if properties is not None else None
        if numbers is not None:
            which, level = _value(numbers, "numId"), _value(numbers, "ilvl")
            found = (which, int(level) if level.isdecimal() else 0)
        elif style in self._style_numbers:
            found = self._style_numbers[style]
        else:
            return ""
        return self._bullets.get(found) or self._counter.next(*found)

    def _read_styles(self, styles: etree._Element) -> None:
        above: dict[str, str] = {}
        for style in styles.iter(f"{_W}style"):
            code = style.get(f"{_W}styleId", "")
            name = _value(style, "name")
            above[code] = _value(style, "basedOn")
            properties = style.find(f"{_W}pPr")
            level = _value(properties, "outlineLvl")
            if found := _HEADING_NAME.fullmatch(name.strip()):
                self._levels[code] = int(found[1])
            elif name.lower() == "title":
                self._levels[code] = 1
            elif level.isdecimal() and int(level) < 9:
                self._levels[code] = int(level) + 1
            numbers = properties.find(f"{_W}numPr") if properties is not None else None
            if numbers is not None:
                at = _value(numbers, "ilvl")
                level_at = int(at) if at.isdecimal() else max(self._levels.get(code, 1) - 1, 0)
                self._style_numbers[code] = (_value(numbers, "numId"), level_at)
        for code, parent in above.items():
            if code not in self._levels and parent in self._levels:
                self._levels[code] = self._levels[parent]

    def _read_numbering(self, numbering: etree._Element) -> Mapping[str, Sequence[NumberShape]]:
        abstract = {
            one.get(f"{_W}abstractNumId", ""): one for one in numbering.iter(f"{_W}abstractNum")
        }
        shapes: dict[str, Sequence[NumberShape]] = {}
        for one in numbering.iter(f"{_W}num"):
            code = one.get(f"{_W}numId", "")
            definition = abstract.get(_value(one, "abstractNumId"))
            levels = definition.findall(f"{_W}lvl") if definition is not None else []
            found = []
            for at, level in enumerate(levels):
                form, kind = _value(level, "lvlText"), _value(level, "numFmt")
                if kind == "bullet":
                    self._bullets[code, at] = bullet_text(form)
                start = _value(level, "start")
                starts = int(start) if start.isdecimal() else 1
                form = re.sub(r"%(\d)", r"^\1", "" if kind in ("bullet", "none") else form)
                found.append(NumberShape(form, _KINDS.get(kind, "DIGIT"), starts))
            shapes[code] = found
        return shapes

    def _table(self, table: etree._Element, depth: int) -> Iterator[Block]:
        cells: list[Cell] = []
        hanging: dict[int, int] = {}
        for row, tr in enumerate(x for x in table if local(x) == "tr"):
            is_header = tr.find(f"{_W}trPr/{_W}tblHeader") is not None
            column = 0
            for td in tr.iter(f"{_W}tc"):
                parent = td.getparent()
                if parent is None or (parent is not tr and local(parent) != "sdtContent"):
                    continue
                properties = td.find(f"{_W}tcPr")
                span = _value(properties, "gridSpan")
                across = max(int(span), 1) if span.isdecimal() else 1
                merge = properties.find(f"{_W}vMerge") if properties is not None else None
                goes_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
                if goes_on and column in hanging:
                    above = cells[hanging[column]]
                    cells[hanging[column]] = Cell(
                        above.row, above.column, above.blocks, row - above.row + 1, above.across,
                        above.is_header,
                    )  # fmt: skip
                else:
                    hanging[column] = len(cells)
                    inside = tuple(self.blocks(td, depth + 1))
                    cells.append(Cell(row, column, inside, 1, across, is_header))
                column += across
        yield from table_blocks(cells)


def _value(element: etree._Element | None, name: str) -> str:
    found = element.find(f"{_W}{name}") if element is not None else None
    return found.get(f"{_W}val", "") if found is not None else ""
