"""PDF documents with text; scanned ones are refused with what to do."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from gongmu.bots.knowledge.blocks import Block, Content, DocumentReader, PageStart, one_line
from gongmu.bots.knowledge.package import encrypted
from gongmu.bots.knowledge.pdf_page import Page, page_of
from gongmu.bots.knowledge.pdf_text import look_of, page_blocks
from gongmu.core.documents.sniff import ASK_AGAIN
from gongmu.core.errors import Refused

_MOST_PAGES = 3_000
_FEW_LETTERS = 15
"""A page with fewer letters holds a page number at most."""


def _read(data: bytes, name: str) -> Content:
    pages, title, left_out = _pages(data, name)
    bare = [page.number for page in pages if page.letters < _FEW_LETTERS and page.has_picture]
    if pages and sum(page.letters for page in pages) < _FEW_LETTERS * len(pages) and bare:
        raise Refused(
            "scan_without_text",
            f"'{name}' PDF는 글자 없이 그림만 있는 스캔 문서입니다.",
            "원본 한글·워드 파일을 올리거나 스캐너에서 글자 인식(OCR)을 켜고 다시 만드세요.",
        )
    notes = []
    if bare:
        shown = ", ".join(f"{number}쪽" for number in bare[:20])
        notes.append(f"글자가 없는 쪽이 있어 읽지 못했습니다(그림이나 스캔): {shown}")
    if left_out:
        notes.append(f"쪽이 많아 앞의 {_MOST_PAGES:,}쪽만 읽었습니다.")
    look = look_of(pages)
    blocks: list[Block] = []
    for page in pages:
        blocks += [PageStart(page.number), *page_blocks(page, look)]
    return Content(blocks, title, notes)


def _pages(data: bytes, name: str) -> tuple[list[Page], str, bool]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            title = one_line(str((document.metadata or {}).get("Title") or ""))
            pages = list(_read_pages(document.pages[:_MOST_PAGES]))
            return pages, title, len(document.pages) > _MOST_PAGES
    except PdfminerException as why:
        if why.args and isinstance(why.args[0], PDFPasswordIncorrect):
            raise encrypted(name) from None
        raise _damaged(name) from why
    except Refused:
        raise
    except PDFPasswordIncorrect:
        raise encrypted(name) from None
    except Exception as why:  # damaged files fail anywhere inside the library
        raise _damaged(name) from why


def _read_pages(pages: Sequence[Any]) -> Iterator[Page]:
    for number, page in enumerate(pages, start=1):
        yield page_of(page, number)
        # The library keeps every letter of every page otherwise.
        page.close()


def _damaged(name: str) -> Refused:
    return Refused("file_damaged", f"'{name}' PDF가 깨졌거나 잘렸습니다.", ASK_AGAIN)


READER = DocumentReader("pdf", "PDF", _read)
