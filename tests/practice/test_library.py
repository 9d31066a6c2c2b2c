"""The practice city's shelves: the same for the same seed, true to each other, and readable."""

from __future__ import annotations

import email
import email.policy
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest

from gongmu.practice.library.make import COPIED, CORPORA, all_sheets, figures_of, write_library
from gongmu.practice.library.markup import read_blocks
from gongmu.practice.library.plain_files import plain_text
from gongmu.practice.library.sheet import Heading, Table, Text, sections


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    made = write_library(folder, 7)
    assert made.skipped == [], "a machine without Korean fonts leaves the PDFs out"
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_there_are_enough_papers_of_every_kind(shelves: Path) -> None:
    index = json.loads((shelves / "index.json").read_text("utf-8"))
    paths = [one["path"] for one in index["files"]]
    assert 60 <= len(paths) <= 110
    kinds = Counter(Path(path).suffix for path in paths)
    assert set(kinds) == {".hwpx", ".docx", ".xlsx", ".pdf", ".md", ".html", ".txt", ".eml"}
    assert kinds[".hwpx"] >= 20
    assert {path.split("/")[0] for path in paths} == set(CORPORA) - {"ordinances"} | (
        {"ordinances"} if any(path.startswith("ordinances/") for path in paths) else set()
    )
    assert all((shelves / path).is_file() for path in paths)
    assert sum(bool(one["replaces"]) for one in index["files"]) >= 3
    assert [one["path"] for one in index["files"] if one["same_as"] == COPIED]
    closed = [one for one in index["files"] if one["departments"]]
    assert closed
    assert {one["data_class"] for one in closed} == {"S"}


def test_the_same_seed_gives_the_same_bytes(shelves: Path, tmp_path: Path) -> None:
    write_library(tmp_path, 7)
    again = _files(tmp_path)
    assert again == _files(shelves)


def test_another_seed_changes_figures_and_nothing_else() -> None:
    one, other = all_sheets(7), all_sheets(8)
    assert [sheet.path for sheet in one] == [sheet.path for sheet in other]
    changed = 0
    for left, right in zip(one, other, strict=True):
        before, after = (re.sub(r"[\d,]+", "#", plain_text(sheet)) for sheet in (left, right))
        assert before == after, left.path
        changed += plain_text(left) != plain_text(right)
    assert changed >= 15
    assert figures_of(7) != figures_of(8)


def test_every_paper_says_that_the_city_is_invented(shelves: Path) -> None:
    for sheet in all_sheets(7):
        assert "가상의 도시 연습시" in sheet.imprint
        assert "{" not in plain_text(sheet), sheet.path
    for number in re.findall(r"0\d{1,2}-\d{3,4}-\d{4}", "".join(map(plain_text, all_sheets(7)))):
        assert number.startswith("031-000-")


def test_a_department_has_one_number_everywhere() -> None:
    """The first number named with a department in the list is the one its papers give."""
    listed = {}
    for sheet in all_sheets(7):
        if sheet.name == "부서별_업무_전화번호":
            for block in sheet.blocks:
                if isinstance(block, Table):
                    listed.update({row[0]: row[1] for row in block.rows[1:]})
    assert len(listed) > 25
    departments = {sheet.department for sheet in all_sheets(7)}
    assert departments <= set(listed)
    for sheet in all_sheets(7):
        for name, number in re.findall(
            r"([가-힣]+과|[가-힣]+담당관)\((031-\d{3}-\d{4})\)", plain_text(sheet)
        ):
            if name in listed:
                assert number[:10] == listed[name][:10], (sheet.path, name, number)


@pytest.mark.parametrize("kind", ["hwpx", "docx", "xlsx", "pdf", "md", "html", "txt", "eml"])
def test_a_file_holds_the_words_of_its_sheet(shelves: Path, kind: str) -> None:
    for sheet in [one for one in all_sheets(7) if one.kind == kind]:
        told = re.sub(r"\s", "", _told((shelves / sheet.path).read_bytes(), kind))
        words = [sheet.title]
        words += [block.text for block in sheet.blocks if isinstance(block, Text)]
        for block in sheet.blocks:
            if isinstance(block, Heading):
                words.append(re.sub(r"^\d+\. ", "", block.text))
            elif isinstance(block, Table):
                words += [cell for row in block.rows for cell in row]
        for word in words:
            plain = re.sub(r"[\s]", "", word)
            # 엑셀은 수를 수로 적는다
            assert plain in told or plain.replace(",", "") in told, (sheet.path, word)


def _told(data: bytes, kind: str) -> str:
    if kind == "hwpx":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            xml = package.read("Contents/section0.xml").decode()
        return _unescaped(re.sub(r"<[^>]+>", "", xml))
    if kind == "docx":
        document = docx.Document(io.BytesIO(data))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "".join([paragraph.text for paragraph in document.paragraphs] + cells)
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        return "".join(str(cell) for page in book for row in page.values for cell in row if cell)
    if kind == "pdf":
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    if kind == "txt":
        return data.decode("cp949")
    if kind == "eml":
        mail = email.message_from_bytes(data, policy=email.policy.default)
        body = mail.get_body()
        assert body is not None
        return f"{mail['subject']}{body.get_content()}"
    if kind == "html":
        return _unescaped(re.sub(r"<[^>]+>", "", data.decode()))
    return data.decode()


def _unescaped(text: str) -> str:
    for sign, name in (
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("'", "&#x27;"),
        ("&", "&amp;"),
    ):
        text = text.replace(name, sign)
    return text


def test_the_questions_point_at_what_answers_them(shelves: Path) -> None:
    asked = json.loads((shelves / "questions.json").read_text("utf-8"))
    assert len(asked["questions"]) >= 200
    assert len(asked["off_topic"]) >= 60
    assert set(asked["relevant"]) == set(asked["questions"])
    for key, places in asked["relevant"].items():
        assert places
        assert set(places) <= set(asked["documents"])
        for word in asked["says"].get(key, []):
            held = [re.sub(r"\s", "", asked["documents"][place]) for place in places]
            assert any(re.sub(r"\s", "", word) in text for text in held), (key, word)
    texts = list(asked["questions"].values())
    assert len(set(texts)) == len(texts)
    assert not set(texts) & set(asked["off_topic"])


def test_sheets_of_one_department_or_gone_by_are_not_asked_about(shelves: Path) -> None:
    asked = json.loads((shelves / "questions.json").read_text("utf-8"))
    assert not [key for key in asked["documents"] if key.startswith("personnel/") or "2025" in key]


def test_markup_keeps_tables_and_questions_at_their_section() -> None:
    blocks, questions = read_blocks(
        "## 하나\n글\n?? 물음 => 답; 둘\n## 둘\n| 가 | 나 |\n|---|---|\n| 1 | 2 |\n?? 표 물음\n"
    )
    assert blocks == (
        Heading("하나"),
        Text("글"),
        Heading("둘"),
        Table((("가", "나"), ("1", "2"))),
    )
    assert [(one.text, one.section, one.says) for one in questions] == [
        ("물음", 0, ("답", "둘")),
        ("표 물음", 1, ()),
    ]
    assert [part.heading for part in sections(blocks)] == ["하나", "둘"]
