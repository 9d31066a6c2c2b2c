"""Writes a paper as HWPX (KS X 6101), the word-processor file that every office opens.

The library python-hwpx makes and checks the package and its styles; the body is written here in
one piece, because a batch of letters has thousands of cells. Line positions are left out: the
word processor lays the page out when it opens the file.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from gongmu.core.documents.paper import (
    MARGINS_MM,
    PAGE_MM,
    TEXT_WIDTH_MM,
    Align,
    Block,
    Cell,
    Edge,
    Face,
    Gap,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Placed,
    Table,
    placed,
    printable,
)

FONT = "맑은 고딕"
"""On every office machine; the file names it, the reader brings it."""

FONTS = {Face.GOTHIC: FONT, Face.SERIF: "함초롬바탕", Face.HEAD: "HY헤드라인M"}
"""The latter two come with the word processor."""

_UNITS_PER_MM = 7200 / 25.4
"""An HWPUNIT is 1/7200 inch."""
_UNITS_PER_POINT = 100
_SECTION = "Contents/section0.xml"
_CONTENT = "Contents/content.hpf"
_CELL_MARGIN = (510, 141)
"""Left and right, top and bottom, in HWPUNIT."""
_PAGE_NUMBER = (
    '<hp:ctrl><hp:pageNum pos="BOTTOM_CENTER" formatType="DIGIT" sideChar="-"/></hp:ctrl>'
)
_THIN, _THICK = "0.12 mm", "0.5 mm"
_LINE = 1.6
"""Height of a line in letters."""


def hwpx_bytes(paper: Paper, made_at: datetime | None = None) -> bytes:
    """Return the paper as an HWPX file; `made_at` stands in its properties.

    Texts are escaped; control characters that XML cannot hold are left out.
    """
    from hwpx import HwpxDocument

    document: Any = HwpxDocument.new()
    document.page.setup(
        width_mm=PAGE_MM[0],
        height_mm=PAGE_MM[1],
        margins_mm={**MARGINS_MM, "header": paper.header_mm, "footer": 8},
    )
    stamp = "" if made_at is None else made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    document.package.clear_document_metadata()
    document.package.set_document_metadata(
        title=printable(paper.title),
        creator=printable(paper.author),
        created_date=stamp or None,
        modified_date=stamp or None,
    )
    shapes = _Shapes(document)
    body = _Body(shapes).xml(paper)
    shapes.make_tiny(document.sections[0].paragraphs[0])
    return _filled(document.to_bytes(), body, paper.properties)


def _filled(package: bytes, body: str, properties: Mapping[str, str]) -> bytes:
    """Return the package with `body` at the end of its section; other parts stay as they are.

    The library would read and check every paragraph one by one: seconds for a batch of letters.
    """
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(held, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == _SECTION:
                head, end, tail = data.rpartition(b"</hs:sec>")
                data = head + body.encode() + end + tail
                etree.fromstring(data)  # 틀린 XML은 여기서 멈춘다
            elif part.filename == _CONTENT and properties:
                data = _with_properties(data, properties)
            new.writestr(part, data)
    return held.getvalue()


def _with_properties(content: bytes, properties: Mapping[str, str]) -> bytes:
    tree = etree.fromstring(content)
    metadata = tree.find("{*}metadata")
    if metadata is None:
        raise ValueError("the package has no metadata")
    space = etree.QName(metadata).namespace
    for name, value in properties.items():
        meta = etree.SubElement(metadata, f"{{{space}}}meta", name=printable(name), content="text")
        meta.text = printable(value)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


class _Shapes:
    """Ids of letter, paragraph and border shapes; each is made in the header once."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._known: dict[tuple[object, ...], str] = {}

    def letter(self, size_pt: float, bold: bool, face: Face = Face.GOTHIC) -> str:
        styles = self._document.styles
        return self._once(
            ("letter", size_pt, bold, face),
            lambda: str(styles.ensure_run(font=FONTS[face], size=size_pt, bold=bold)),
        )

    def paragraph(
        self,
        align: Align,
        before_pt: int = 0,
        after_pt: int = 0,
        hanging_mm: float = 0,
        indent_mm: float = 0,
        keep: bool = False,
        broken: bool = False,
    ) -> str:
        """Return a paragraph shape; `broken` lets words break, for those longer than a line."""
        facts = (align, before_pt, after_pt, hanging_mm, indent_mm, keep, broken)
        return self._once(("paragraph", *facts), lambda: self._new_paragraph_shape(*facts))

    def border(self, ruled: bool, shaded: bool) -> str:
        return self._once(("border", ruled, shaded), lambda: self._new_border(ruled, shaded))

    def sides(self, widths: Sequence[str], shaded: bool) -> str:
        """Return a border whose left, right, top and bottom lines have `widths` ("" = none)."""
        key = ("sides", *widths, shaded)
        return self._once(key, lambda: self._new_sides(widths, shaded))

    def make_tiny(self, opening: Any) -> None:
        """Take the height from the paragraph that carries the page's settings."""
        opening.para_pr_id_ref = self.paragraph(Align.LEFT)
        for item in list(opening.element):
            if item.tag.endswith("}run"):
                item.set("charPrIDRef", self.letter(1, False))
            elif item.tag.endswith("}linesegarray"):
                opening.element.remove(item)
        opening.section.mark_dirty()

    def _new_paragraph_shape(
        self,
        align: Align,
        before_pt: int,
        after_pt: int,
        hanging_mm: float,
        indent_mm: float,
        keep: bool,
        broken: bool,
    ) -> str:
        # 라이브러리는 문단에만 모양을 주므로 잠깐 쓸 문단을 만들어 번호만 얻는다
        scratch = self._document.add_paragraph("")
        self._document.styles.apply_paragraph_format(
            paragraphs=[scratch],
            alignment=align.value,
            line_spacing_percent=round(_LINE * 100),
            spacing_before_pt=before_pt,
            spacing_after_pt=after_pt,
            # 내어쓰기에서 첫 줄은 왼쪽 여백에 서고 다음 줄들이 그만큼 들어간다
            indent_left_mm=indent_mm,
            first_line_indent_mm=-hanging_mm,
            keep_with_next=keep or None,
        )
        made = str(scratch.para_pr_id_ref)
        scratch.element.getparent().remove(scratch.element)
        return self._with_broken_words(made) if broken else made

    def _with_broken_words(self, shape_id: str) -> str:
        """Copy a paragraph shape as one whose words break anywhere, and return its id."""
        header = self._document.parts.headers[0].element
        shapes = header.find(".//{*}paraProperties")
        shape = next(one for one in shapes if one.get("id") == shape_id)
        made = deepcopy(shape)
        new_id = str(max(int(one.get("id")) for one in shapes) + 1)
        made.set("id", new_id)
        setting = made.find("{*}breakSetting")
        setting.set("breakLatinWord", "BREAK_WORD")
        setting.set("breakNonLatinWord", "BREAK_WORD")
        shapes.append(made)
        shapes.set("itemCnt", str(len(shapes)))
        return new_id

    def _new_border(self, ruled: bool, shaded: bool) -> str:
        styles = self._document.styles
        fill = "#EEEEEE" if shaded else None
        if ruled:
            return str(styles.ensure_border_fill(border_color="#666666", fill_color=fill))
        return str(styles.ensure_border_fill(active_borders=[], fill_color=fill))

    def _new_sides(self, widths: Sequence[str], shaded: bool) -> str:
        # 라이브러리는 네 변을 같게만 그리므로, 다른 색으로 새 모양을 얻은 뒤 변마다 고친다
        unique = f"#{len(self._known) + 1:06X}"
        fill = "#EEEEEE" if shaded else None
        made = str(self._document.styles.ensure_border_fill(border_color=unique, fill_color=fill))
        header = self._document.parts.headers[0].element
        shape = next(one for one in header.iter("{*}borderFill") if one.get("id") == made)
        for side, width in zip(("left", "right", "top", "bottom"), widths, strict=True):
            line = shape.find(f"{{*}}{side}Border")
            line.set("type", "SOLID" if width else "NONE")
            line.set("width", width or "0.1 mm")
            line.set("color", "#333333")
        return made

    def _once(self, key: tuple[object, ...], make: Callable[[], str]) -> str:
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]


class _Body:
    """Writes blocks as OWPML text, counting ids."""

    def __init__(self, shapes: _Shapes) -> None:
        self._shapes = shapes
        self._id = 1_000
        self._fresh_page = False

    def xml(self, paper: Paper) -> str:
        parts = []
        if paper.page_numbers:
            tiny = self._shapes.letter(1, False)
            parts.append(self._paragraph(_PAGE_NUMBER, tiny, self._shapes.paragraph(Align.LEFT)))
        for block in paper.blocks:
            if isinstance(block, PageBreak):
                self._fresh_page = True
            else:
                parts.append(self._block(block))
        return "".join(parts)

    def _block(self, block: Block) -> str:
        match block:
            case Heading():
                size = {1: 16, 2: 13}.get(block.level, 11.5)
                align = Align.CENTER if block.level == 1 else Align.LEFT
                letter = self._shapes.letter(size, True)
                shape = self._shapes.paragraph(align, 6, 4)
                return self._paragraph(_text(block.text), letter, shape)
            case Paragraph():
                return self._lines(block)
            case Table():
                return self._table(block)
            case Gap():
                return self._table(Table(((" ",),), (1,), ruled=False, size_pt=1, row_mm=block.mm))
            case PageBreak():
                return ""

    def _paragraph(self, content: str, letter: str, shape: str) -> str:
        fresh, self._fresh_page = int(self._fresh_page), False
        return (
            f'<hp:p id="{self._next()}" paraPrIDRef="{shape}" styleIDRef="0" pageBreak="{fresh}" '
            f'columnBreak="0" merged="0"><hp:run charPrIDRef="{letter}">{content}</hp:run></hp:p>'
        )

    def _table(self, table: Table) -> str:
        total = round(TEXT_WIDTH_MM * _UNITS_PER_MM)
        widths = [total * share // sum(table.shares) for share in table.shares]
        widths[-1] += total - sum(widths)
        grid = placed(table)
        talls = [_row_height(table, cells, widths) for cells in grid]
        rows = [
            f"<hp:tr>{''.join(self._cell(table, one, widths, talls) for one in cells)}</hp:tr>"
            for cells in grid
        ]
        height = sum(talls)
        across, down = _CELL_MARGIN
        border = self._shapes.border(table.ruled and table.edge is Edge.GRID, False)
        content = (
            f'<hp:tbl id="{self._next()}" zOrder="0" numberingType="TABLE" '
            'textWrap="TOP_AND_BOTTOM" textFlow="BOTH_SIDES" lock="0" dropcapstyle="None" '
            f'pageBreak="CELL" repeatHeader="{int(table.header_rows > 0)}" '
            f'rowCnt="{len(table.rows)}" colCnt="{len(widths)}" cellSpacing="0" '
            f'borderFillIDRef="{border}" noAdjust="0">'
            f'<hp:sz width="{total}" widthRelTo="ABSOLUTE" height="{height}" '
            'heightRelTo="ABSOLUTE" protect="0"/>'
            f'<hp:pos treatAsChar="{int(not self._splits(table))}" affectLSpacing="0" '
            'flowWithText="1" allowOverlap="0" '
            'holdAnchorAndSO="0" vertRelTo="PARA" horzRelTo="COLUMN" vertAlign="TOP" '
            'horzAlign="LEFT" vertOffset="0" horzOffset="0"/>'
            f'<hp:outMargin left="0" right="0" top="0" bottom="{400 * self._splits(table)}"/>'
            f'<hp:inMargin left="{across}" right="{across}" top="{down}" bottom="{down}"/>'
            f"{''.join(rows)}</hp:tbl>"
        )
        shape = self._shapes.paragraph(Align.LEFT, 0, 4)
        return self._paragraph(content, self._shapes.letter(1, False), shape)

    @staticmethod
    def _splits(table: Table) -> bool:
        """Tell whether a table may go over the page's end; one set like a letter may not."""
        return table.header_rows > 0 and len(table.rows) > 4

    def _cell(self, table: Table, one: Placed, widths: Sequence[int], talls: Sequence[int]) -> str:
        across, down = _CELL_MARGIN
        header = one.row < table.header_rows
        marked = header or one.column in table.label_columns
        shaded = marked
        if isinstance(one.cell, Cell):
            shaded = marked if one.cell.shaded is None else one.cell.shaded
        wide = sum(widths[one.column : one.column + one.columns])
        tall = sum(talls[one.row : one.row + one.rows])
        return (
            f'<hp:tc name="" header="{int(header)}" hasMargin="0" protect="0" editable="0" '
            f'dirty="1" borderFillIDRef="{self._border(table, one, shaded)}">'
            '<hp:subList id="" textDirection="HORIZONTAL" lineWrap="BREAK" '
            'vertAlign="CENTER" linkListIDRef="0" linkListNextIDRef="0" textWidth="0" '
            f'textHeight="0" hasTextRef="0" hasNumRef="0">{self._inner(table, one, marked)}'
            "</hp:subList>"
            f'<hp:cellAddr colAddr="{one.column}" rowAddr="{one.row}"/>'
            f'<hp:cellSpan colSpan="{one.columns}" rowSpan="{one.rows}"/>'
            f'<hp:cellSz width="{wide}" height="{tall}"/>'
            f'<hp:cellMargin left="{across}" right="{across}" top="{down}" bottom="{down}"/>'
            "</hp:tc>"
        )

    def _border(self, table: Table, one: Placed, shaded: bool) -> str:
        if not table.ruled or table.edge is Edge.GRID:
            return self._shapes.border(table.ruled, shaded and table.ruled)
        first = one.row == 0
        last = one.row + one.rows == len(table.rows)
        if table.edge in (Edge.BARS, Edge.LINE):
            below = _THICK if last and table.edge is Edge.BARS else ""
            return self._shapes.sides(("", "", _THICK if first else "", below), shaded)
        left = _THIN if one.column else ""
        right = _THIN if one.column + one.columns < len(table.shares) else ""
        return self._shapes.sides(
            (left, right, _THICK if first else _THIN, _THICK if last else _THIN), shaded
        )

    def _inner(self, table: Table, one: Placed, marked: bool) -> str:
        fresh, self._fresh_page = self._fresh_page, False
        if isinstance(one.cell, Cell):
            made = "".join(self._lines(line) for line in one.cell.lines or (Paragraph(""),))
        else:
            header = one.row < table.header_rows
            align = Align.CENTER if header or one.column in table.center_columns else Align.LEFT
            if one.column in table.right_columns and not header:
                align = Align.RIGHT
            letter = self._shapes.letter(table.size_pt, marked)
            shape = self._shapes.paragraph(align, broken=_has_long_word(one.cell, _LONG_IN_CELL))
            made = self._paragraph(_text(one.cell), letter, shape)
        self._fresh_page = fresh
        return made

    def _lines(self, block: Paragraph) -> str:
        letter = self._shapes.letter(block.size_pt, block.bold, block.face)
        shape = self._shapes.paragraph(
            block.align,
            block.before_pt,
            block.after_pt,
            block.hanging_mm,
            block.indent_mm,
            block.keep,
            _has_long_word(block.text),
        )
        return self._paragraph(_text(block.text), letter, shape)

    def _next(self) -> int:
        self._id += 1
        return self._id


_LONG, _LONG_IN_CELL = 60, 24
"""Half letters of a word that may not fit a line or a cell."""


def _has_long_word(text: str, long: int = _LONG) -> bool:
    return any(len(word) + sum(sign > "⺀" for sign in word) > long for word in text.split())


def _text(text: str) -> str:
    lines = printable(text).replace("\t", " ").split("\n")
    return "<hp:t>" + "<hp:lineBreak/>".join(escape(line) for line in lines) + "</hp:t>"


def _row_height(table: Table, cells: Sequence[Placed], widths: Sequence[int]) -> int:
    """Estimate a row's height in HWPUNIT; the reader makes it taller when the text needs it."""
    needed = 0.0
    for one in cells:
        if one.rows > 1:
            continue
        wide = sum(widths[one.column : one.column + one.columns])
        needed = max(needed, _height(table, one, wide - 2 * _CELL_MARGIN[0]))
    return round(max(needed + 2 * _CELL_MARGIN[1], table.row_mm * _UNITS_PER_MM))


def _height(table: Table, one: Placed, wide: int) -> float:
    if not isinstance(one.cell, Cell):
        return _lines_in(one.cell, wide, table.size_pt) * table.size_pt * _UNITS_PER_POINT * _LINE
    total = 0.0
    for line in one.cell.lines:
        room = wide - round((line.indent_mm + line.hanging_mm) * _UNITS_PER_MM)
        tall = _lines_in(line.text, room, line.size_pt) * line.size_pt * _LINE
        total += (tall + line.before_pt + line.after_pt) * _UNITS_PER_POINT
    return total


def _lines_in(text: str, wide: int, size_pt: int) -> int:
    letters, lines = wide / (size_pt * _UNITS_PER_POINT), 0
    for line in text.split("\n"):
        long = sum(1.0 if sign > "\u00ff" else 0.55 for sign in line)
        lines += max(1, -int(-long // max(letters, 1)))
    return lines
