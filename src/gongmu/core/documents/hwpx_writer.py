"""Writes a paper as HWPX (KS X 6101), the word-processor file that every office opens.

The library python-hwpx makes and checks the package and its styles; the body is written here in
one piece, because a batch of letters has thousands of cells. Line positions are left out: the
word processor lays the page out when it opens the file.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
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
    Gap,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Table,
    printable,
)

FONT = "맑은 고딕"
"""On every office machine; the file names it, the reader brings it."""

_UNITS_PER_MM = 7200 / 25.4
"""An HWPUNIT is 1/7200 inch."""
_UNITS_PER_POINT = 100
_SECTION = "Contents/section0.xml"
_CELL_MARGIN = (510, 141)
"""Left and right, top and bottom, in HWPUNIT."""
_PAGE_NUMBER = (
    '<hp:ctrl><hp:pageNum pos="BOTTOM_CENTER" formatType="DIGIT" sideChar="-"/></hp:ctrl>'
)
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
        margins_mm={**MARGINS_MM, "header": 10, "footer": 8},
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
    return _filled(document.to_bytes(), body)


def _filled(package: bytes, body: str) -> bytes:
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
            new.writestr(part, data)
    return held.getvalue()


class _Shapes:
    """Ids of letter, paragraph and border shapes; each is made in the header once."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._known: dict[tuple[object, ...], str] = {}

    def letter(self, size_pt: float, bold: bool) -> str:
        styles = self._document.styles
        return self._once(
            ("letter", size_pt, bold),
            lambda: str(styles.ensure_run(font=FONT, size=size_pt, bold=bold)),
        )

    def paragraph(
        self, align: Align, before_pt: int = 0, after_pt: int = 0, hanging_mm: float = 0
    ) -> str:
        return self._once(
            ("paragraph", align, before_pt, after_pt, hanging_mm),
            lambda: self._new_paragraph_shape(align, before_pt, after_pt, hanging_mm),
        )

    def border(self, ruled: bool, shaded: bool) -> str:
        return self._once(("border", ruled, shaded), lambda: self._new_border(ruled, shaded))

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
        self, align: Align, before_pt: int, after_pt: int, hanging_mm: float
    ) -> str:
        # 라이브러리는 문단에만 모양을 주므로 잠깐 쓸 문단을 만들어 번호만 얻는다
        scratch = self._document.add_paragraph("")
        self._document.styles.apply_paragraph_format(
            paragraphs=[scratch],
            alignment=align.value,
            line_spacing_percent=round(_LINE * 100),
            spacing_before_pt=before_pt,
            spacing_after_pt=after_pt,
            indent_left_mm=hanging_mm,
            first_line_indent_mm=-hanging_mm,
        )
        made = str(scratch.para_pr_id_ref)
        scratch.element.getparent().remove(scratch.element)
        return made

    def _new_border(self, ruled: bool, shaded: bool) -> str:
        styles = self._document.styles
        fill = "#EEEEEE" if shaded else None
        if ruled:
            return str(styles.ensure_border_fill(border_color="#666666", fill_color=fill))
        return str(styles.ensure_border_fill(active_borders=[], fill_color=fill))

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
                letter = self._shapes.letter(block.size_pt, block.bold)
                shape = self._shapes.paragraph(block.align, 0, 4, block.hanging_mm)
                return self._paragraph(_text(block.text), letter, shape)
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
        rows, height = [], 0
        for index, cells in enumerate(table.rows):
            tall = _row_height(table, cells, widths)
            height += tall
            made = "".join(self._cells(table, index, cells, widths, tall))
            rows.append(f"<hp:tr>{made}</hp:tr>")
        across, down = _CELL_MARGIN
        border = self._shapes.border(table.ruled, False)
        content = (
            f'<hp:tbl id="{self._next()}" zOrder="0" numberingType="TABLE" '
            'textWrap="TOP_AND_BOTTOM" textFlow="BOTH_SIDES" lock="0" dropcapstyle="None" '
            f'pageBreak="CELL" repeatHeader="{int(table.header_rows > 0)}" '
            f'rowCnt="{len(table.rows)}" colCnt="{len(widths)}" cellSpacing="0" '
            f'borderFillIDRef="{border}" noAdjust="0">'
            f'<hp:sz width="{total}" widthRelTo="ABSOLUTE" height="{height}" '
            'heightRelTo="ABSOLUTE" protect="0"/>'
            '<hp:pos treatAsChar="1" affectLSpacing="0" flowWithText="1" allowOverlap="0" '
            'holdAnchorAndSO="0" vertRelTo="PARA" horzRelTo="COLUMN" vertAlign="TOP" '
            'horzAlign="LEFT" vertOffset="0" horzOffset="0"/>'
            '<hp:outMargin left="0" right="0" top="0" bottom="0"/>'
            f'<hp:inMargin left="{across}" right="{across}" top="{down}" bottom="{down}"/>'
            f"{''.join(rows)}</hp:tbl>"
        )
        shape = self._shapes.paragraph(Align.LEFT, 0, 4)
        return self._paragraph(content, self._shapes.letter(1, False), shape)

    def _cells(
        self, table: Table, row: int, cells: Sequence[str], widths: Sequence[int], tall: int
    ) -> Iterator[str]:
        across, down = _CELL_MARGIN
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            header = row < table.header_rows
            marked = header or column in table.label_columns
            align = Align.CENTER if header else Align.LEFT
            if column in table.right_columns and not header:
                align = Align.RIGHT
            border = self._shapes.border(table.ruled, marked and table.ruled)
            inner = self._paragraph_in_cell(cell, table.size_pt, marked, align)
            yield (
                f'<hp:tc name="" header="{int(header)}" hasMargin="0" protect="0" editable="0" '
                f'dirty="1" borderFillIDRef="{border}">'
                '<hp:subList id="" textDirection="HORIZONTAL" lineWrap="BREAK" '
                'vertAlign="CENTER" linkListIDRef="0" linkListNextIDRef="0" textWidth="0" '
                f'textHeight="0" hasTextRef="0" hasNumRef="0">{inner}</hp:subList>'
                f'<hp:cellAddr colAddr="{column}" rowAddr="{row}"/>'
                '<hp:cellSpan colSpan="1" rowSpan="1"/>'
                f'<hp:cellSz width="{width}" height="{tall}"/>'
                f'<hp:cellMargin left="{across}" right="{across}" top="{down}" bottom="{down}"/>'
                "</hp:tc>"
            )

    def _paragraph_in_cell(self, cell: str, size_pt: int, bold: bool, align: Align) -> str:
        fresh, self._fresh_page = self._fresh_page, False
        letter, shape = self._shapes.letter(size_pt, bold), self._shapes.paragraph(align)
        made = self._paragraph(_text(cell), letter, shape)
        self._fresh_page = fresh
        return made

    def _next(self) -> int:
        self._id += 1
        return self._id


def _text(text: str) -> str:
    lines = printable(text).replace("\t", " ").split("\n")
    return "<hp:t>" + "<hp:lineBreak/>".join(escape(line) for line in lines) + "</hp:t>"


def _row_height(table: Table, cells: Sequence[str], widths: Sequence[int]) -> int:
    """Estimate a row's height in HWPUNIT; the reader makes it taller when the text needs it."""
    most = 1
    for cell, width in zip(cells, widths, strict=True):
        letters = (width - 2 * _CELL_MARGIN[0]) / (table.size_pt * _UNITS_PER_POINT)
        lines = 0
        for line in cell.split("\n"):
            long = sum(1.0 if sign > "\u00ff" else 0.55 for sign in line)
            lines += max(1, -int(-long // max(letters, 1)))
        most = max(most, lines)
    needed = most * table.size_pt * _UNITS_PER_POINT * _LINE + 2 * _CELL_MARGIN[1]
    return round(max(needed, table.row_mm * _UNITS_PER_MM))
