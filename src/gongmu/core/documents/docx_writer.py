"""Writes a paper as a Word document (ECMA-376), with its properties as custom properties."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

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

FONTS = {Face.GOTHIC: "맑은 고딕", Face.SERIF: "바탕", Face.HEAD: "맑은 고딕"}

_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_CUSTOM_RELATION = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
)
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_GREY = "EEEEEE"


def docx_bytes(paper: Paper, made_at: datetime | None = None) -> bytes:
    """Return the paper as a Word file; `made_at` stands in its properties."""
    from docx import Document
    from docx.shared import Mm

    document: Any = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    for side, size in MARGINS_MM.items():
        setattr(page, f"{side}_margin", Mm(size))
    facts = document.core_properties
    facts.title, facts.author = printable(paper.title)[:255], printable(paper.author)[:255]
    facts.language, facts.comments = "ko-KR", ""
    facts.subject = printable(paper.properties.get("gongmu.mark", ""))[:255]
    if made_at is not None:
        facts.created = facts.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    if paper.page_numbers:
        _number_pages(page)
    for block in paper.blocks:
        _add(document, block)
    if paper.properties:
        _add_properties(document, paper.properties)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _add(document: Any, block: Block) -> None:
    match block:
        case Heading():
            size = {1: 16, 2: 13}.get(block.level, 12)
            align = Align.CENTER if block.level == 1 else Align.LEFT
            line = Paragraph(block.text, True, align, size, before_pt=6)
            _set(document.add_paragraph(style=f"Heading {min(block.level, 9)}"), line)
        case Paragraph():
            _set(document.add_paragraph(), block)
        case Table():
            _add_table(document, block)
        case Gap():
            _set(document.add_paragraph(), Paragraph("", after_pt=round(block.mm * 2.8), size_pt=1))
        case PageBreak():
            document.add_page_break()


def _set(target: Any, line: Paragraph, size_pt: int = 0) -> None:
    """Write one paragraph with its shape."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    places = {
        Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
        Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
        Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
    }
    target.alignment = places[line.align]
    shape = target.paragraph_format
    shape.left_indent = Mm(line.indent_mm + line.hanging_mm)
    shape.first_line_indent = Mm(-line.hanging_mm)
    shape.space_before, shape.space_after = Pt(line.before_pt), Pt(line.after_pt)
    shape.line_spacing = 1.3
    shape.keep_with_next = line.keep or None
    for place, text in enumerate(printable(line.text).replace("\t", " ").split("\n")):
        run = target.add_run()
        if place:
            run.add_break()
        run.add_text(text)
        run.bold = line.bold
        run.font.size = Pt(size_pt or line.size_pt)
        run.font.color.rgb = RGBColor(0, 0, 0)
        run.font.name = FONTS[line.face]
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONTS[line.face])


def _add_table(document: Any, table: Table) -> None:
    from docx.shared import Mm

    grid = document.add_table(rows=len(table.rows), cols=len(table.shares))
    grid.autofit = False
    widths = [TEXT_WIDTH_MM * share / sum(table.shares) for share in table.shares]
    for row in placed(table):
        for one in row:
            last = (one.row + one.rows - 1, one.column + one.columns - 1)
            cell = grid.cell(one.row, one.column)
            if last != (one.row, one.column):
                cell = cell.merge(grid.cell(*last))
            cell.width = Mm(sum(widths[one.column : one.column + one.columns]))
            _fill(cell, table, one)
    for at in range(table.header_rows):
        _repeat(grid.rows[at])
    if table.row_mm:
        for line in grid.rows:
            line.height = Mm(table.row_mm)


def _fill(cell: Any, table: Table, one: Placed) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    header = one.row < table.header_rows
    marked = header or one.column in table.label_columns
    shaded = marked
    target = cell.paragraphs[0]
    if isinstance(one.cell, Cell):
        shaded = marked if one.cell.shaded is None else one.cell.shaded
        for place, line in enumerate(one.cell.lines):
            _set(target if place == 0 else cell.add_paragraph(), line)
    else:
        align = Align.CENTER if header or one.column in table.center_columns else Align.LEFT
        if one.column in table.right_columns and not header:
            align = Align.RIGHT
        _set(target, Paragraph(one.cell, marked, align, table.size_pt, after_pt=0))
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _border(cell, _sides(table, one), shaded and table.ruled)


def _sides(table: Table, one: Placed) -> Mapping[str, int]:
    """Return the width of each line in eighths of a point; 0 = none."""
    if not table.ruled:
        return dict.fromkeys(("top", "left", "bottom", "right"), 0)
    first, last = one.row == 0, one.row + one.rows == len(table.rows)
    if table.edge in (Edge.BARS, Edge.LINE):
        below = 12 if last and table.edge is Edge.BARS else 0
        return {"top": 12 if first else 0, "left": 0, "bottom": below, "right": 0}
    if table.edge is Edge.GRID:
        return dict.fromkeys(("top", "left", "bottom", "right"), 4)
    inner = one.column + one.columns < len(table.shares)
    return {
        "top": 12 if first else 4,
        "left": 4 if one.column else 0,
        "bottom": 12 if last else 4,
        "right": 4 if inner else 0,
    }


def _border(cell: Any, sides: Mapping[str, int], shaded: bool) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = cell._element.get_or_add_tcPr()
    borders = OxmlElement("w:tcBorders")
    for side, width in sides.items():
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "single" if width else "nil")
        line.set(qn("w:sz"), str(width))
        line.set(qn("w:color"), "444444")
        borders.append(line)
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), _GREY if shaded else "auto")
    # 규격이 정한 차례: 너비, 병합, 테두리, 음영, 세로 맞춤
    later = properties.find(qn("w:vAlign"))
    for made in (borders, shade):
        if later is None:
            properties.append(made)
        else:
            later.addprevious(made)


def _repeat(row: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _number_pages(section: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    target = section.footer.paragraphs[0]
    target.alignment = WD_ALIGN_PARAGRAPH.CENTER
    target.add_run("- ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    target._p.append(field)
    target.add_run(" -")


def _add_properties(document: Any, properties: Mapping[str, str]) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    spaces: dict[Any, str] = {None: _CUSTOM, "vt": _TYPES}
    root = etree.Element(f"{{{_CUSTOM}}}Properties", nsmap=spaces)
    for number, (name, value) in enumerate(properties.items(), start=2):
        item = etree.SubElement(
            root, f"{{{_CUSTOM}}}property", fmtid=_FORMAT_ID, pid=str(number), name=printable(name)
        )
        etree.SubElement(item, f"{{{_TYPES}}}lpwstr").text = printable(value)
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), _CUSTOM_TYPE, data, package)
    package.relate_to(part, _CUSTOM_RELATION)
