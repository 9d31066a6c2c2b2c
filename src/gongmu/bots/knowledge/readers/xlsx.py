"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods)."""

from __future__ import annotations

from gongmu.bots.knowledge.blocks import Content, DocumentReader
from gongmu.bots.knowledge.package import Package
from gongmu.bots.knowledge.sheets import sheet_blocks
from gongmu.core.documents.workbook import read_workbook


def _read(data: bytes, name: str) -> Content:
    if data.startswith(b"PK"):
        Package(data, name).check()
    return sheet_blocks(read_workbook(data, name))


READER = DocumentReader("xlsx", "엑셀 통합 문서", _read)
