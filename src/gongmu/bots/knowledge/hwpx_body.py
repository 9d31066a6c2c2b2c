"""Paragraphs, tables and boxes out of the XML of an HWPX document (KS X 6101, OWPML).

Names are compared without their namespace: its year changed several times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from gongmu.bots.knowledge.blocks import Block, Heading, Text, clean
from gongmu.bots.knowledge.cells import Cell, table_blocks
from gongmu.bots.knowledge.numbering import Counter, NumberShape, bullet_text, number_text
from gongmu.bots.knowledge.package import local

_ASIDES = {"header": "머리말", "footer": "꼬리말", "footNote": "각주", "endNote": "미주"}
_SHOWN = {"lineBreak": "\n", "tab": "\t", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}
_UNSEEN = frozenset({"hiddenComment", "secPr", "linesegarray", "shapeComment", "caption"})
_LONGEST_HEADING = 120
_DEEPEST = 60


class HwpxBody:
    """Reads sections under the numberings and shapes of one header."""

    def __init__(self, header: etree._Element | None) -> None:
        shapes: dict[str, Sequence[NumberShape]] = {}
        self._bullets: dict[str, str] = {}
        self._heads: dict[str, tuple[str, str, int]] = {}
        for one in header.iter() if header is not None else ():
            match local(one):
                case "numbering":
                    shapes[one.get("id", "")] = _number_shapes(one)
                case "bullet":
                    self._bullets[one.get("id", "")] = bullet_text(one.get("char", ""))
                case "paraPr":
                    self._heads[one.get("id", "")] = _head(one)
        self._counter = Counter(shapes)
        self._outline = next(iter(shapes), "1")
        self._seen_asides: set[str] = set()

    def section(self, root: etree._Element) -> Iterator[Block]:
        """Yield the blocks of a section."""
        yield from self._paragraphs(root, 0)

    def _paragraphs(self, parent: etree._Element, depth: int) -> Iterator[Block]:
        if depth > _DEEPEST:
            return
        for one in parent:
            if local(one) == "p":
                yield from self._paragraph(one, depth + 1)

    def _paragraph(self, p: etree._Element, depth: int) -> Iterator[Block]:
        pieces: list[str] = []
        later: list[etree._Element] = []
        opening = True
        for run in p:
            if local(run) != "run":
                continue
            for one in run:
                match local(one):
                    case "t":
                        pieces.append(_run_text(one))
                    case "tbl":
                        yield from self._text(p, pieces, opening)
                        opening, pieces = opening and not any(pieces), []
                        yield from self._table(one, depth)
                    case "secPr":
                        self._outline = one.get("outlineShapeIDRef") or self._outline
                    case "equation":
                        script = (x.text or "" for x in one.iter() if local(x) == "script")
                        pieces.append(f" {' '.join(script)} ")
                    case "compose":
                        pieces.append(one.get("composeText", ""))
                    case "dutmal":
                        main = (x.text or "" for x in one.iter() if local(x) == "mainText")
                        pieces.append("".join(main))
                    case "ctrl":
                        pieces.append(_numbers(one))
                        later.append(one)
                    case _:
                        later.append(one)
        yield from self._text(p, pieces, opening)
        for one in later:
            yield from self._inside(one, depth)

    def _text(self, p: etree._Element, pieces: Sequence[str], opening: bool) -> Iterator[Block]:
        text = clean("".join(pieces))
        if not text:
            return
        kind, numbering, level = self._heads.get(p.get("paraPrIDRef", ""), ("NONE", "0", 0))
        mark = ""
        if opening and kind == "OUTLINE":
            # An outline's own numbering is named by the section.
            mark = self._counter.next(self._outline, level)
        elif opening and kind == "NUMBER":
            mark = self._counter.next(numbering, level)
        elif opening and kind == "BULLET":
            mark = self._bullets.get(numbering, "")
        text = f"{mark} {text}" if mark else text
        if kind == "OUTLINE" and opening and len(text) <= _LONGEST_HEADING:
            yield Heading(text.replace("\n", " "), level + 1)
        else:
            yield Text(text)

    def _inside(self, element: etree._Element, depth: int) -> Iterator[Block]:
        """Yield what stands in boxes, notes, headers, captions, groups of shapes."""
        if depth > _DEEPEST:
            return
        name = local(element)
        if name == "tbl":
            yield from self._table(element, depth + 1)
        elif name in _ASIDES:
            text = _joined(self._lists(element, depth))
            if text and (name in ("footNote", "endNote") or text not in self._seen_asides):
                self._seen_asides.add(text)
                yield Text(text, aside=_ASIDES[name])
        elif name == "subList":
            yield from self._paragraphs(element, depth + 1)
        elif name == "caption" or name not in _UNSEEN:
            for one in element:
                yield from self._inside(one, depth + 1)

    def _lists(self, element: etree._Element, depth: int) -> Iterator[Block]:
        for one in element:
            if local(one) == "subList":
                yield from self._paragraphs(one, depth + 1)

    def _table(self, table: etree._Element, depth: int) -> Iterator[Block]:
        if depth > _DEEPEST:
            return
        cells: list[Cell] = []
        caption = ""
        line = -1
        for one in table:
            if local(one) == "caption":
                caption = " ".join(_joined(self._lists(one, depth)).split())
            if local(one) != "tr":
                continue
            line += 1
            for place, td in enumerate(x for x in one if local(x) == "tc"):
                cells.append(self._cell(td, line, place, depth))
        yield from table_blocks(cells, caption)

    def _cell(self, td: etree._Element, line: int, place: int, depth: int) -> Cell:
        address = next((x for x in td if local(x) == "cellAddr"), None)
        span = next((x for x in td if local(x) == "cellSpan"), None)
        blocks = tuple(self._lists(td, depth + 1))
        return Cell(
            row=_number(address, "rowAddr", line),
            column=_number(address, "colAddr", place),
            blocks=blocks,
            down=max(_number(span, "rowSpan", 1), 1),
            across=max(_number(span, "colSpan", 1), 1),
            is_header=td.get("header") == "1",
        )


def _number(element: etree._Element | None, name: str, otherwise: int) -> int:
    text = element.get(name, "") if element is not None else ""
    return int(text) if text.isdecimal() else otherwise


def _joined(blocks: Iterator[Block]) -> str:
    return "\n".join(block.text for block in blocks if isinstance(block, Text | Heading))


def _run_text(t: etree._Element) -> str:
    """Return the text of a run; what a tracked change struck out is left out."""
    pieces, struck = [t.text or ""], False
    for one in t:
        name = local(one)
        struck = (struck or name == "deleteBegin") and name != "deleteEnd"
        pieces.append(_SHOWN.get(name, ""))
        if not struck:
            pieces.append(one.tail or "")
    return "".join(pieces)


def _numbers(ctrl: etree._Element) -> str:
    """Return the numbers that the program counts by itself: table 3, note 1)."""
    shown = []
    for one in ctrl:
        if local(one) == "autoNum" and (one.get("num") or "").isdecimal():
            form = next((x for x in one if local(x) == "autoNumFormat"), None)
            kind = form.get("type", "DIGIT") if form is not None else "DIGIT"
            shown.append(number_text(kind, int(one.get("num", "0"))))
    return "".join(shown)


def _head(para: etree._Element) -> tuple[str, str, int]:
    for one in para:
        if local(one) == "heading":
            level = one.get("level", "0")
            return (
                one.get("type", "NONE"),
                one.get("idRef", "0"),
                int(level) if level.isdecimal() else 0,
            )
    return "NONE", "0", 0


def _number_shapes(numbering: etree._Element) -> Sequence[NumberShape]:
    shapes = []
    for one in numbering:
        if local(one) == "paraHead":
            start = one.get("start", "1")
            shapes.append(
                NumberShape(
                    (one.text or "").strip(),
                    one.get("numFormat", "DIGIT"),
                    int(start) if start.isdecimal() else 1,
                )
            )
    return shapes
