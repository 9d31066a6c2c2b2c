"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods)."""

from __future__ import annotations

from lxml import etree

from gongmu.bots.knowledge.blocks import Content, DocumentReader
from gongmu.bots.knowledge.package import Package
from gongmu.bots.knowledge.sheets import sheet_blocks, workbook_blocks
from gongmu.bots.knowledge.xlsx_body import read_xlsx
from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.documents.workbook import read_workbook
from gongmu.core.errors import Refused


def _read(data: bytes, name: str) -> Content:
    if not data.startswith(b"PK"):
        return sheet_blocks(read_workbook(data, name))
    package = Package(data, name)
    package.check()
    if "xl/workbook.xml" not in package.names:
        return sheet_blocks(read_workbook(data, name))
    try:
        return workbook_blocks(read_xlsx(package))
    except (KeyError, etree.XMLSyntaxError, ValueError) as why:
        raise Refused("file_damaged", f"'{name}' 엑셀 파일이 깨졌습니다.", ASK_AGAIN) from why


READER = DocumentReader("xlsx", "엑셀 통합 문서", _read)
