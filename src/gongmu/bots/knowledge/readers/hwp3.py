"""Hangul documents of the years before 2000 (.hwp, "V3.00"), through the library unhwp."""

from __future__ import annotations

from gongmu.bots.knowledge.blocks import Content, DocumentReader
from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.errors import Refused


def _read(data: bytes, name: str) -> Content:
    import unhwp

    from gongmu.bots.knowledge.readers.md import READER as markdown

    try:
        with unhwp.parse_bytes(data) as parsed:
            text = parsed.markdown
    except unhwp.UnhwpError as why:
        raise Refused(
            "file_damaged", f"'{name}' 한글 문서가 깨졌거나 잘렸습니다.", ASK_AGAIN
        ) from why
    return Content(markdown.read(text.encode(), "한글.md").blocks if text.strip() else ())


READER = DocumentReader("hwp3", "옛 한글 문서(HWP 3)", _read)
