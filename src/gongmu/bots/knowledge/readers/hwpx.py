"""HWPX documents (.hwpx)."""

from __future__ import annotations

import re

from gongmu.bots.knowledge.blocks import Block, Content, DocumentReader, one_line
from gongmu.bots.knowledge.hwpx_body import HwpxBody
from gongmu.bots.knowledge.package import Package, encrypted, local
from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.errors import Refused

_SECTION = re.compile(r"(?:.*/)?section(\d+)\.xml", re.IGNORECASE)
_MANIFEST = "META-INF/manifest.xml"


def _read(data: bytes, name: str) -> Content:
    package = Package(data, name)
    if _MANIFEST in package.names and b"encryption-data" in package.read(_MANIFEST):
        raise encrypted(name)
    sections = sorted(
        (int(match[1]), part) for part in package.names if (match := _SECTION.fullmatch(part))
    )
    if not sections:
        raise _damaged(name)
    header = next((part for part in package.names if part.lower().endswith("header.xml")), None)
    body = HwpxBody(package.tree(header) if header else None)
    blocks: list[Block] = []
    try:
        for _, part in sections:
            blocks += body.section(package.tree(part))
    except RecursionError as why:
        raise _damaged(name) from why
    return Content(blocks, _title(package))


def _title(package: Package) -> str:
    part = next((part for part in package.names if part.lower().endswith("content.hpf")), None)
    if part is None:
        return ""
    titles = (x.text or "" for x in package.tree(part).iter() if local(x) == "title")
    return one_line(next(titles, ""))


def _damaged(name: str) -> Refused:
    return Refused("file_damaged", f"'{name}' 한글 문서(HWPX)가 깨졌거나 잘렸습니다.", ASK_AGAIN)


READER = DocumentReader("hwpx", "한글 문서(HWPX)", _read)
