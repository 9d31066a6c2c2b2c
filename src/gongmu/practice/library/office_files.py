"""Writes a sheet as HWPX, DOCX, XLSX or PDF; the same sheet gives the same bytes."""

from __future__ import annotations

import io
import itertools
import json
import math
import re
import zipfile
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongmu.practice.library.sheet import Heading, Sheet, Table, Text

if TYPE_CHECKING:
    import typst

_FONTS = Path(__file__).resolve().parents[2] / "portal" / "static" / "built" / "print"
_FAMILIES = ("Pretendard GOV", "Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Malgun Gothic")
_FIXED = (2026, 1, 2, 0, 0, 0)
_TITLE, _LINE = 16, 12
"""Sizes of the bold letters of titles and headings, in points."""
_LETTER = 1000
"""Width of a letter of running text in HWPUNIT."""
_TEXT_WIDTH = 42520
"""Width of the text of a page, likewise."""
_NEVER = datetime(2026, 1, 2, tzinfo=UTC)

_TEMPLATE = """
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title, date: none)
#set page(paper: "a4", margin: (top: 30mm, bottom: 15mm, left: 20mm, right: 15mm),
  numbering: "- 1 -")
#set text(lang: "ko", size: 11pt, font: paper.fonts)
#align(center, text(size: 17pt, weight: "bold", paper.title))
#align(right, text(size: 9pt, paper.imprint))
#for block in paper.blocks {
  if block.kind == "heading" { heading(level: block.level, block.text) }
  else if block.kind == "text" { par(block.text) }
  else {
    table(columns: block.rows.at(0).len(), inset: 5pt,
      ..block.rows.flatten().map(cell => text(size: 9.5pt, cell)))
  }
}
"""


def hwpx_bytes(sheet: Sheet) -> bytes:
    """Return the sheet as a word-processor file with real headings and tables."""
    from hwpx import HwpxDocument

    document: Any = HwpxDocument.new()
    document.package.clear_document_metadata()
    stamp = f"{sheet.on.isoformat()}T00:00:00Z"
    document.package.set_document_metadata(
        title=sheet.title,
        creator=f"연습시 {sheet.department}",
        created_date=stamp,
        modified_date=stamp,
    )
    bold = {size: str(document.styles.ensure_run(size=size, bold=True)) for size in (_TITLE, _LINE)}
    numbered = sum(isinstance(block, Heading) for block in sheet.blocks) > 1
    document.add_paragraph(sheet.title, inherit_style=False, char_pr_id_ref=bold[_TITLE])
    document.add_paragraph(sheet.imprint, inherit_style=False)
    for block in sheet.blocks:
        if isinstance(block, Heading) and numbered:
            # 개요 문단의 번호는 한글이 매긴다
            text = re.sub(r"^\d+\. ", "", block.text)
            document.add_heading(text, level=block.level, char_pr_id_ref=bold[_LINE])
        elif isinstance(block, Heading):
            document.add_paragraph(block.text, inherit_style=False, char_pr_id_ref=bold[_LINE])
        elif isinstance(block, Text):
            document.add_paragraph(block.text, inherit_style=False)
        else:
            _add_table(document, block)
    return _steady(document.to_bytes())


def _add_table(document: Any, table: Table) -> None:
    room = _TEXT_WIDTH / len(table.rows[0]) / _LETTER - 1
    heights = [
        round(max(1, *(math.ceil(len(cell) / room) for cell in cells)) * _LETTER * 1.7) + 300
        for cells in table.rows
    ]
    made = document.add_table(len(heights), len(table.rows[0]), height=sum(heights))
    for row, cells in enumerate(table.rows):
        for column, cell in enumerate(cells):
            made.set_cell_text(row, column, cell)
            made.cell(row, column).set_size(height=heights[row])


def docx_bytes(sheet: Sheet) -> bytes:
    """Return the sheet as a Word file."""
    import docx

    document = docx.Document()
    document.core_properties.author = f"연습시 {sheet.department}"
    document.core_properties.title = sheet.title
    document.core_properties.created = document.core_properties.modified = _NEVER
    document.add_heading(sheet.title, 0)
    document.add_paragraph(sheet.imprint)
    for block in sheet.blocks:
        if isinstance(block, Heading):
            document.add_heading(block.text, block.level)
        elif isinstance(block, Text):
            document.add_paragraph(block.text)
        else:
            made = document.add_table(len(block.rows), len(block.rows[0]), style="Table Grid")
            for row, cells in zip(made.rows, block.rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
    held = io.BytesIO()
    document.save(held)
    return _steady(held.getvalue())


def xlsx_bytes(sheet: Sheet) -> bytes:
    """Return the sheet as a workbook: a page for every chapter, texts and tables below it."""
    import xlsxwriter

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    book.set_properties({"title": sheet.title, "created": _NEVER.replace(tzinfo=None)})
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E6E8EA"})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    page = book.add_worksheet(_page_name("개요"))
    page.write_string(0, 0, sheet.title, title)
    page.write_string(1, 0, sheet.imprint)
    row, names = 3, {"개요"}
    for block in sheet.blocks:
        if isinstance(block, Heading) and block.level == 1:
            name = _page_name(block.text, names)
            page, row = book.add_worksheet(name), 0
            page.set_column(0, 8, 22)
            page.write_string(row, 0, block.text, title)
            row += 1
        elif isinstance(block, Heading | Text):
            page.write_string(row, 0, block.text)
            row += 1
        else:
            row = _write_table(page, row, block, head, cell) + 1
    book.close()
    return held.getvalue()


def _write_table(page: Any, row: int, table: Table, head: Any, cell: Any) -> int:
    for number, cells in enumerate(table.rows):
        for column, text in enumerate(cells):
            plain = re.fullmatch(r"\d{1,3}(,\d{3})*", text)
            if number and plain:
                page.write_number(row, column, int(text.replace(",", "")), cell)
            else:
                page.write_string(row, column, text, cell if number else head)
        row += 1
    return row


def _page_name(text: str, taken: set[str] | None = None) -> str:
    name = re.sub(r"[\[\]:*?/\\]", " ", text)[:28]
    taken = set() if taken is None else taken
    made, number = name, 2
    while made in taken:
        made, number = f"{name} {number}", number + 1
    taken.add(made)
    return made


def pdf_bytes(sheet: Sheet) -> bytes:
    """Return the sheet as PDF; raises LookupError where no Korean font is on the machine."""
    import typst

    known = set(_fonts().families())
    families = [name for name in _FAMILIES if name in known]
    if not families:
        raise LookupError("한글 글꼴이 없어 PDF를 쓸 수 없습니다.")
    blocks: list[dict[str, Any]] = []
    for block in sheet.blocks:
        if isinstance(block, Heading):
            blocks.append({"kind": "heading", "text": block.text, "level": block.level})
        elif isinstance(block, Text):
            blocks.append({"kind": "text", "text": block.text})
        else:
            blocks.append({"kind": "table", "rows": [list(row) for row in block.rows]})
    paper = {
        "title": sheet.title,
        "imprint": sheet.imprint,
        "fonts": families,
        "blocks": blocks,
    }
    made: Any = typst.compile(
        _TEMPLATE.encode(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)},
        timestamp=None,
    )
    return bytes(made)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    import typst

    own: list[Any] = [_FONTS] if _FONTS.is_dir() else []
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=own)


def _steady(package: bytes) -> bytes:
    """Return the zip with fixed times in its parts, so that the same text is the same file."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(held, "w") as new:
        for part in old.infolist():
            fixed = zipfile.ZipInfo(part.filename, _FIXED)
            fixed.compress_type = part.compress_type
            data = old.read(part)
            if part.filename.startswith("Contents/section"):
                data = _numbered(data)
            new.writestr(fixed, data)
    return held.getvalue()


def _numbered(section: bytes) -> bytes:
    """Return a section of an HWPX file with its paragraphs' random ids counted from 1."""
    count = itertools.count(1)
    opening = rb'(<hp:(?:p|tbl)(?: [^<>]*?)? id=")\d+"'
    return re.sub(opening, lambda old: b'%s%d"' % (old[1], next(count)), section)
