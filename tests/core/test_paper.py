"""Papers: the same blocks as HWPX and PDF, read back by readers that did not write them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gongmu.core.documents import pdf_writer
from gongmu.core.documents.hwpx_writer import hwpx_bytes
from gongmu.core.documents.paper import (
    Align,
    Gap,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Table,
    printable,
)
from gongmu.core.documents.pdf_writer import available_families, pdf_bytes
from gongmu.core.errors import Refused

HP = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"
MADE_AT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
MARKUP = (
    '#eval("1+1") $x^2$ *굵게* _기울임_ <표식> @보기 #include "/etc/passwd" \\ // [a] = 제목 & ]]>'
)

PAPER = Paper(
    "보기 문서",
    "연습시 세정과",
    (
        Heading("제목"),
        Paragraph("첫째 문단\n둘째 줄", bold=True, align=Align.RIGHT, hanging_mm=4),
        Table((("가", "나"), ("1", MARKUP)), (1, 2), header_rows=1, right_columns=(1,)),
        Gap(12),
        PageBreak(),
        Heading("둘째 쪽", level=2),
        Table((("주소", ""),), (1, 1), ruled=False, row_mm=30, label_columns=(0,)),
    ),
)


class SecondReader:
    """Reads HWPX with nothing but zip and XML: what a stranger's program would see."""

    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self.parts = {
            name: etree.fromstring(self.archive.read(name))
            for name in self.archive.namelist()
            if name.endswith((".xml", ".hpf", ".rdf"))
        }
        self.section = self.parts["Contents/section0.xml"]

    def lines(self) -> list[str]:
        """Texts of the body in reading order, a line a piece; cells after their rows."""
        found = []
        for text in self.section.iter(f"{HP}t"):
            line = text.text or ""
            for brake in text:
                assert brake.tag == f"{HP}lineBreak"
                found.append(line)
                line = brake.tail or ""
            found.append(line)
        return [line for line in found if line.strip()]

    def pages(self) -> int:
        """Pages by forced breaks alone."""
        return 1 + sum(p.get("pageBreak") == "1" for p in self.section.iter(f"{HP}p"))


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_a_hwpx_file_is_a_package_as_the_standard_wants_it() -> None:
    data = hwpx_bytes(PAPER, MADE_AT)
    first = zipfile.ZipFile(io.BytesIO(data)).infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert data[30:38] == b"mimetype"
    reader = SecondReader(data)
    assert reader.archive.read("mimetype") == b"application/hwp+zip"
    assert reader.archive.testzip() is None
    package = etree.tostring(reader.parts["Contents/content.hpf"], encoding="unicode")
    for said in ("보기 문서", "연습시 세정과", "2026-11-23T00:00:00Z", "<opf:language>ko"):
        assert said in package
    assert "synthetic" not in package


def test_a_hwpx_file_says_what_the_paper_says() -> None:
    reader = SecondReader(hwpx_bytes(PAPER))
    assert reader.lines() == [
        "제목",
        "첫째 문단",
        "둘째 줄",
        "가",
        "나",
        "1",
        MARKUP,
        "둘째 쪽",
        "주소",
    ]
    assert reader.pages() == 2


def test_a_hwpx_page_is_a4_with_the_margins_of_official_papers() -> None:
    page = next(SecondReader(hwpx_bytes(PAPER)).section.iter(f"{HP}pagePr"))
    margin = next(page.iter(f"{HP}margin"))
    sides = ("top", "bottom", "left", "right")
    in_mm = [round(int(margin.get(side, "0")) * 25.4 / 7200) for side in sides]
    assert in_mm == [30, 15, 20, 15]
    assert round(int(page.get("width", "0")) * 25.4 / 7200) == 210


def test_every_style_that_the_body_names_stands_in_the_header() -> None:
    reader = SecondReader(hwpx_bytes(PAPER))
    header = reader.parts["Contents/header.xml"]
    for attribute, tag in (
        ("charPrIDRef", "charPr"),
        ("paraPrIDRef", "paraPr"),
        ("borderFillIDRef", "borderFill"),
    ):
        known = {item.get("id") for item in header.iter(f"{{*}}{tag}")}
        named = {item.get(attribute) for item in reader.section.iter() if item.get(attribute)}
        assert named <= known
    ids = [item.get("id") for item in reader.section.iter(f"{HP}p")]
    assert len(ids) == len(set(ids))


def test_the_library_that_checks_hwpx_finds_nothing_wrong() -> None:
    from hwpx import HwpxDocument
    from hwpx.tools.package_validator import validate_editor_open_safety

    data = hwpx_bytes(PAPER)
    found = validate_editor_open_safety(data)
    assert found.reopen_ok
    assert not found.blocking_package_errors
    assert found.validate_document is not None
    assert not found.validate_document.issues
    with HwpxDocument.open(io.BytesIO(data)) as document:
        assert [table.row_count for table in document.tables] == [2, 1, 1]


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=40))
def test_any_text_comes_back_from_hwpx_as_it_went_in(text: str) -> None:
    paper = Paper("t", "a", (Paragraph(f"|{text}|"),))
    body = "\n".join(SecondReader(hwpx_bytes(paper)).lines())
    wanted = printable(text).replace("\t", " ")
    kept = [line for line in f"|{wanted}|".split("\n") if line.strip()]
    assert body.split("\n") == kept


def test_a_pdf_has_its_pages_title_language_and_fonts() -> None:
    pdf = pdf_bytes(PAPER, MADE_AT)
    assert pdf.startswith(b"%PDF-")
    assert pages_of(pdf) == 2
    assert re.search(rb"/Lang\s*\(ko", pdf)
    assert "보기 문서".encode("utf-16-be") in pdf or "보기 문서".encode() in pdf
    assert pdf_bytes(PAPER, MADE_AT) == pdf


def test_names_and_texts_are_never_commands_of_the_typesetter() -> None:
    """A text of markup is set as it stands: more letters, no error, no other document."""
    plain = pdf_bytes(Paper("t", "a", (Paragraph("보통 글"),)), MADE_AT)
    for evil in (
        MARKUP,
        '")) #panic("x")',
        '#read("/etc/passwd")',
        "\\u{0}",
        '"},{"kind":"break"},{"',
    ):
        pdf = pdf_bytes(Paper(evil, evil, (Heading(evil), Paragraph(evil))), MADE_AT)
        assert pages_of(pdf) == pages_of(plain) == 1


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_printed(text: str) -> None:
    assert pages_of(pdf_bytes(Paper(text, text, (Paragraph(text), Table(((text,),), (1,)))))) >= 1


def test_the_fonts_of_the_program_are_used_when_they_are_there() -> None:
    families = available_families()
    assert families
    if not pdf_writer.FONT_FOLDER.is_dir():
        pytest.skip("screen assets are not built on this machine")
    assert families[0] == "Pretendard GOV"
    assert (pdf_writer.FONT_FOLDER / "LICENSE.txt").read_text("utf-8").startswith("Copyright")
    assert b"PretendardGOV-Bold" in pdf_bytes(PAPER)


def test_a_table_with_uneven_rows_is_refused() -> None:
    with pytest.raises(Refused) as stopped:
        Paper("t", "a", (Table((("가",), ("가", "나")), (1,)),))
    assert stopped.value.code == "paper_table"
