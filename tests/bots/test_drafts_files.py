"""Drafts as files, opened again by readers that did not write them."""

from __future__ import annotations

import ctypes
import ctypes.util
import io
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from gongmu.bots.drafts.cabinet import all_forms, form_of
from gongmu.bots.drafts.export import Export, export
from gongmu.bots.drafts.form import Setting, Values
from gongmu.bots.drafts.marks import AI_MARK, FORM_MARK, Origin, Verified
from gongmu.core.documents.paper import Cell, Paper, Table, placed
from gongmu.core.errors import Refused
from tests.bots.test_drafts_notes import NOTES, TALK

AT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
ORIGIN = Origin("draft_1", 3, "report", AT, "report", 2, "practice-honest")
CHECKED = Verified("김담당", "버스정책과", AT, "숫자를 맞추어 봄")
TEXTS = {
    "complaint_reply": (
        "민원 요지:\n가로등이 꺼져 있습니다. 언제 고치나요?\n답변:\n12월 3일까지 고치겠습니다."
    ),
    "minutes": TALK,
    "weekly": (
        "도로과: 지난주 보도 정비 3곳 마침, 이번 주 제설함 채움. 건축과: 이번 주 현장 점검 5곳."
    ),
}
FORMS = sorted(all_forms())


def values_of(code: str) -> Values:
    here = Setting("연습시", "버스정책과", "김담당", "031-000-1234")
    return form_of(code).fill_in(TEXTS.get(code, NOTES), date(2026, 11, 22), here).values


def made(code: str, kind: str, verified: Verified | None = None, origin: Origin = ORIGIN) -> Export:
    return export(form_of(code), values_of(code), kind, origin, verified)


def said_in(paper: Paper) -> list[str]:
    """Every line that the paper says, cells included."""
    lines: list[str] = []
    for block in paper.blocks:
        if isinstance(block, Table):
            for row in placed(block):
                for one in row:
                    inner = one.cell.lines if isinstance(one.cell, Cell) else ()
                    lines += [line.text for line in inner] or [one.text]
        elif hasattr(block, "text"):
            lines.append(block.text)
    return [part for line in lines for part in line.split("\n") if part.strip()]


def squeezed(text: str) -> str:
    return re.sub(r"[\s\\*|>#]|<br>|&nbsp;", "", text)


@pytest.fixture(scope="module")
def rhwp() -> Any:
    # rhwp looks for the system's FreeType without naming it
    if found := ctypes.util.find_library("freetype"):
        ctypes.CDLL(found, mode=ctypes.RTLD_GLOBAL)
    return pytest.importorskip("rhwp")


@pytest.mark.parametrize("code", FORMS)
def test_hwpx_opens_renders_and_says_everything(code: str, rhwp: Any, tmp_path: Path) -> None:
    path = tmp_path / "draft.hwpx"
    path.write_bytes(made(code, "hwpx").data)
    document = rhwp.parse(str(path))
    assert 1 <= document.page_count <= 3
    picture = document.render_png(page=0)
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000
    text = squeezed(document.to_ir().to_markdown())
    paper = form_of(code).paper(values_of(code))
    missing = [line for line in said_in(paper) if squeezed(line) not in text]
    assert not missing
    assert text.count(squeezed(AI_MARK)) == 2


@pytest.mark.parametrize("code", FORMS)
def test_hwpx_is_read_by_a_second_reader_with_its_tables(code: str, tmp_path: Path) -> None:
    import unhwp

    path = tmp_path / "draft.hwpx"
    path.write_bytes(made(code, "hwpx").data)
    text = squeezed(unhwp.to_markdown(str(path)))
    paper = form_of(code).paper(values_of(code))
    for block in paper.blocks:
        if isinstance(block, Table):
            for row in placed(block):
                for one in row:
                    assert squeezed(one.text) in text
    archive = zipfile.ZipFile(path)
    section = etree.fromstring(archive.read("Contents/section0.xml"))
    tables = [block for block in paper.blocks if isinstance(block, Table)]
    assert len(list(section.iter("{*}tbl"))) == len(tables)


@pytest.mark.parametrize("code", FORMS)
def test_hwpx_stands_the_check_of_its_library(code: str) -> None:
    from hwpx.tools.package_validator import validate_editor_open_safety

    found = validate_editor_open_safety(made(code, "hwpx").data)
    assert found.reopen_ok
    assert not found.blocking_package_errors
    assert found.validate_document is not None
    assert not found.validate_document.issues


@pytest.mark.parametrize("code", FORMS)
def test_docx_opens_and_says_everything(code: str) -> None:
    from docx import Document

    document = Document(io.BytesIO(made(code, "docx").data))
    lines = [one.text for one in document.paragraphs]
    for table in document.tables:
        lines += [cell.text for row in table.rows for cell in row.cells]
    text = squeezed("".join(lines))
    for line in said_in(form_of(code).paper(values_of(code))):
        assert squeezed(line) in text
    assert document.paragraphs[0].text == AI_MARK
    assert document.paragraphs[-1].text == AI_MARK
    assert document.core_properties.subject == AI_MARK


@pytest.mark.parametrize("code", FORMS)
def test_markdown_and_pdf_say_everything(code: str) -> None:
    from markdown_it import MarkdownIt
    from pypdf import PdfReader

    text = made(code, "md").data.decode()
    head, body = text.removeprefix("---\n").split("\n---\n", 1)
    facts = yaml.safe_load(head)
    assert facts["gongmu.model"] == "practice-honest"
    shown = re.sub(r"<[^>]+>", "", MarkdownIt("commonmark").enable("table").render(body))
    shown = squeezed(shown.replace("&lt;br&gt;", "").replace("&quot;", '"').replace("&amp;", "&"))
    pages = PdfReader(io.BytesIO(made(code, "pdf").data))
    printed = re.sub(r"\s", "", "".join(page.extract_text() for page in pages.pages))
    for line in said_in(form_of(code).paper(values_of(code))):
        assert squeezed(line) in shown
        assert line[:12].replace(" ", "") in printed
    assert "practice-honest" in str(pages.metadata) or b"practice-honest" in made(code, "pdf").data


def properties(data: bytes, part: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(part).decode()


@pytest.mark.parametrize(
    ("kind", "part"), [("hwpx", "Contents/content.hpf"), ("docx", "docProps/custom.xml")]
)
def test_the_origin_stands_in_the_file(kind: str, part: str) -> None:
    facts = properties(made("report", kind).data, part)
    for said in (
        "practice-honest",
        "2026-11-22T10:30:00+09:00",
        "report 2판",
        "draft_1 3판",
        AI_MARK,
    ):
        assert said in facts
    checked = properties(made("report", kind, CHECKED).data, part)
    assert "버스정책과 김담당" in checked
    assert "AI 생성" in checked


def test_the_mark_goes_only_with_the_check() -> None:
    text = made("report", "md").data.decode()
    assert text.count(squeezed(AI_MARK)) == 0
    assert text.count(AI_MARK) == 3
    checked = made("report", "md", CHECKED).data.decode()
    assert AI_MARK not in checked
    assert "검증: 버스정책과 김담당 (2026. 11. 22. 10:30)" in checked


def test_a_draft_without_a_model_does_not_claim_one() -> None:
    plain = Origin("draft_1", 1, "report", AT)
    text = made("report", "md", origin=plain).data.decode()
    assert FORM_MARK in text
    assert AI_MARK not in text
    assert "AI 미사용" in text


def test_file_names_fit_any_office_machine() -> None:
    values = {**values_of("report"), "title": '노선/개편: "안" <1>\t?'}
    made_one = export(form_of("report"), values, "md", ORIGIN, None)
    assert made_one.name == "노선 개편 안 1.md"


def test_markup_in_a_value_stays_text() -> None:
    evil = "# 제목 <script>alert(1)</script> | 칸 | [a](b) *굵게*\n- [ ] 상자"
    values = {**values_of("report"), "content": evil, "title": "<b>&제목"}
    from markdown_it import MarkdownIt

    text = export(form_of("report"), values, "md", ORIGIN, None).data.decode()
    shown = MarkdownIt("commonmark", {"html": True}).render(text.split("\n---\n", 1)[1])
    assert "<script>" not in shown
    assert "<a " not in shown
    for kind in ("hwpx", "docx", "pdf"):
        assert export(form_of("report"), values, kind, ORIGIN, None).data


def test_a_table_that_covers_a_place_twice_is_refused() -> None:
    cell = Cell((), columns=2)
    with pytest.raises(Refused) as stopped:
        Paper("t", "a", (Table(((cell, "x"),), (1, 1)),))
    assert stopped.value.code == "paper_table"
    good = Table(((Cell((), rows=2), "a"), ("b",)), (1, 1))
    assert [[one.column for one in row] for row in placed(good)] == [[0, 1], [1]]
