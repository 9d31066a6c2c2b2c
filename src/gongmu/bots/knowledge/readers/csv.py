"""Comma- or tab-separated tables (.csv, .tsv)."""

from __future__ import annotations

from gongmu.bots.knowledge.blocks import Content, DocumentReader
from gongmu.bots.knowledge.sheets import sheet_blocks
from gongmu.core.documents.delimited import read_delimited
from gongmu.core.documents.sniff import decode


def _read(data: bytes, name: str) -> Content:
    utf8, _ = decode(data, name)
    return sheet_blocks([read_delimited(utf8, name)], named=False)


READER = DocumentReader("csv", "쉼표로 나눈 표(CSV)", _read)
