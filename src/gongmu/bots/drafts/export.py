"""A draft as a file: HWPX, Word, PDF or Markdown, with its mark and its origin in all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gongmu.bots.drafts.form import Form, Values, shown
from gongmu.bots.drafts.marks import Origin, Verified, marked
from gongmu.core.errors import Refused

MEDIA_TYPES: Mapping[str, str] = {
    "hwpx": "application/hwp+zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
}


@dataclass(frozen=True)
class Export:
    """A file to hand out."""

    name: str
    media_type: str
    data: bytes


def export(
    form: Form, values: Values, kind: str, origin: Origin, verified: Verified | None
) -> Export:
    """Return the draft as a file of `kind` (hwpx, docx, pdf, md); raises Refused `kind_unknown`."""
    if kind not in MEDIA_TYPES:
        known = ", ".join(MEDIA_TYPES)
        raise Refused(
            "kind_unknown", f"'{kind}' 파일로는 내보낼 수 없습니다.", f"{known} 중 고르세요."
        )
    paper = marked(form.paper(values), origin, verified)
    name = f"{_file_name(shown(form, values, 'title') or form.title)}.{kind}"
    match kind:
        case "hwpx":
            from gongmu.core.documents.hwpx_writer import hwpx_bytes

            data = hwpx_bytes(paper, origin.made_at)
        case "docx":
            from gongmu.core.documents.docx_writer import docx_bytes

            data = docx_bytes(paper, origin.made_at)
        case "pdf":
            from gongmu.core.documents.pdf_writer import pdf_bytes

            data = pdf_bytes(paper, origin.made_at)
        case _:
            from gongmu.core.documents.markdown_writer import markdown_text

            data = markdown_text(paper).encode()
    return Export(name, MEDIA_TYPES[kind], data)


def _file_name(title: str) -> str:
    """Return a title as a file name that every office machine takes."""
    clean = re.sub(r"[\x00-\x1f\\/:*?\"<>|]+", " ", title)
    return re.sub(r"\s+", " ", clean).strip(" .")[:80] or "초안"
