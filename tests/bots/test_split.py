"""Documents are cut where people cite them: articles, sections, rows under their header."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gongmu.bots.knowledge.alike import alike, family, signature
from gongmu.bots.knowledge.blocks import Block, Heading, PageStart, ReadDocument, Table, Text
from gongmu.bots.knowledge.cells import Cell, table_blocks
from gongmu.bots.knowledge.dates import in_force
from gongmu.bots.knowledge.number_format import shown_number
from gongmu.bots.knowledge.split import MOST, Ground, split
from gongmu.bots.passages import Passage
from tests.conftest import REPOSITORY

CASES: list[dict[str, Any]] = yaml.safe_load(
    (REPOSITORY / "tests/cases/bots/in_force.yaml").read_text()
)
GROUND = Ground("doc_1", "manual", "문서", starts_on=date(2026, 1, 1))


def passages(*blocks: Block | str) -> list[Passage]:
    made = tuple(Text(one) if isinstance(one, str) else one for one in blocks)
    return list(split(ReadDocument("문서", made), GROUND))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_dates_are_those_the_document_says(case: dict[str, Any]) -> None:
    found = in_force(case["title"], case["lines"])
    assert (found.starts_on, found.ends_on) == (case.get("starts"), case.get("ends"))


# ------------------------------------------------------------ articles


ORDINANCE = (
    "연습시 청년 기본 조례",
    "[시행 2025. 3. 1.]",
    "제1장 총칙",
    "제1조(목적) 이 조례는 청년의 권익을 높임을 목적으로 한다.",
    "제2조(정의) 이 조례에서 쓰는 말의 뜻은 다음과 같다.",
    "1. \"청년\"이란 19세 이상 39세 이하인 사람을 말한다.",
    "제3조 및 제5조에 따른 지원은 예산의 범위에서 한다.",
    "제2장 지원",
    "제10조의2 (월세 지원) ① 시장은 월세를 지원할 수 있다.",
    "② 금액은 월 15만 원으로 한다.",
    "제11조(위임) 필요한 사항은 규칙으로 정한다.",
    "부칙",
    "제1조(시행일) 이 조례는 2025년 3월 1일부터 시행한다.",
    "[별표 1] 지원 금액",
    "가구별 금액은 다음과 같다.",
)  # fmt: skip


def test_articles_stay_whole_and_give_the_place() -> None:
    found = {one.place: one for one in passages(*ORDINANCE)}
    assert {"제1조", "제2조", "제10조의2", "제11조", "부칙 제1조", "별표 1"} <= found.keys()
    assert "제3조 및 제5조" in found["제2조"].text
    assert found["제10조의2"].heading == "제2장 지원 > 제10조의2 (월세 지원)"
    assert "② 금액은 월 15만 원" in found["제10조의2"].text


def test_a_long_article_is_cut_at_its_paragraphs_under_its_name() -> None:
    lines = [f"{chr(0x2460 + n)} {'시장은 필요한 조치를 한다. ' * 20}" for n in range(8)]
    found = passages("제7조(조치) 다음과 같다.", *lines, "제8조(끝) 끝이다.")
    parts = [one for one in found if one.place.startswith("제7조")]
    assert len(parts) > 2
    assert all(one.text.startswith("제7조(조치)") for one in parts)
    assert "제8항" in parts[-1].place
    assert found[-1].place == "제8조"


def test_articles_that_the_file_marks_as_headings_are_articles() -> None:
    found = passages(Heading("제4조의3 (출납)", 5), "① 출납은 하루에 한 번 한다.")
    assert [one.place for one in found] == ["제4조의3"]


# ------------------------------------------------------------ sections


def test_sections_carry_their_path() -> None:
    found = passages(
        "Ⅰ. 추진 배경", "□ 현황", "○ 정류소 412곳 가운데 120곳에 쉼터가 없다. " * 3, "□ 문제점",
        "○ 여름철 온열 질환이 늘고 있어 그늘막이 필요하다. " * 3, "Ⅱ. 추진 계획",
        "○ 2026년까지 60곳에 쉼터를 놓는다. " * 4,
    )  # fmt: skip
    assert [one.heading for one in found] == [
        "Ⅰ. 추진 배경 > □ 현황",
        "Ⅰ. 추진 배경 > □ 문제점",
        "Ⅱ. 추진 계획",
    ]


def test_lists_are_not_headings() -> None:
    found = passages("구비 서류", "1. 신청서", "2. 신분증", "3. 통장 사본", "방문하여 낸다.")
    assert len(found) == 1
    assert found[0].heading == ""


def test_lists_of_contents_are_left_out() -> None:
    text = "\n".join(
        one.text
        for one in passages(
            "차 례", "Ⅰ. 개요 3", "Ⅱ. 계획 7", "Ⅰ. 개요", "연습시는 길을 고친다.", "끝 ······· 9"
        )
    )
    assert "계획 7" not in text
    assert "·····" not in text
    assert "연습시는 길을 고친다." in text


def test_questions_stay_with_their_answers() -> None:
    found = passages(
        "Q. 언제 신청하나요?", "A. 3월에 신청합니다.", "Q. 어디서 하나요?", "A. 동에서."
    )
    assert [one.text for one in found] == [
        "Q. 언제 신청하나요?\nA. 3월에 신청합니다.",
        "Q. 어디서 하나요?\nA. 동에서.",
    ]


def test_pages_are_the_place_of_a_pdf() -> None:
    found = passages(PageStart(1), "첫 쪽의 글이다. " * 40, PageStart(2), "둘째 쪽의 글이다. " * 40)
    assert [one.place for one in found] == ["1쪽", "2쪽"]


# ------------------------------------------------------------ tables


def test_long_tables_repeat_their_header_and_say_their_rows() -> None:
    rows = tuple((f"품목{n}", f"{n * 1000:,}원", "비고" * 10) for n in range(120))
    table = Table(
        (("품목", "단가", "비고"), *rows), 1, "2026년 단가", "시트 '단가'", tuple(range(1, 122))
    )
    found = passages(table)
    assert len(found) > 3
    assert all("| 품목 | 단가 | 비고 |" in one.text for one in found)
    assert all(one.text.startswith("2026년 단가") for one in found)
    assert found[0].place.startswith("시트 '단가' 2~")
    assert found[-1].place.endswith("~121행")
    assert sum(one.text.count("| 품목") for one in found) == 120 + len(found)


def test_small_tables_stay_with_what_is_said_about_them() -> None:
    table = Table((("구분", "금액"), ("1인", "20만원")), 1)
    (found,) = passages("지원 금액은 다음과 같다.(단위: 원)", table, "※ 중복하여 받을 수 없다.")
    assert "| 1인 | 20만원 |" in found.text
    assert "※ 중복" in found.text


def test_a_line_of_boxes_with_a_number_is_a_heading() -> None:
    cells = [Cell(0, at, (Text(text),)) for at, text in enumerate(("Ⅱ", "", "추진 계획"))]
    assert list(table_blocks(cells)) == [Heading("Ⅱ 추진 계획", 1)]
    row = [Cell(0, at, (Text(text),)) for at, text in enumerate(("계", "12", "34"))]
    assert list(table_blocks(row)) == [Table((("계", "12", "34"),))]


# ------------------------------------------------------------ properties


@given(
    st.lists(st.text(alphabet="가나다라마 1.①○제조장(). ", min_size=1, max_size=400), max_size=40)
)
def test_no_word_is_lost_and_no_passage_is_too_long(lines: list[str]) -> None:
    blocks = [line for line in (" ".join(one.split()) for one in lines) if line]
    found = passages(*blocks)
    said = "".join("".join(one.text.split()) for one in found)
    for block in blocks:
        for word in block.split():
            # A chapter's line above an article stands in the article's heading.
            assert word in said or any(word in one.heading for one in found) or len(word) > MOST
    assert len({one.passage_id for one in found}) == len(found)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert all(len(one.text) <= 3 * MOST for one in found)


def test_passages_keep_their_name_while_their_words_stay() -> None:
    before, after = passages("가", "나"), passages("가", "나")
    assert [one.passage_id for one in before] == [one.passage_id for one in after]
    assert passages("가", "다")[0].passage_id != before[0].passage_id


# ------------------------------------------------------------ alike, numbers


def test_texts_are_compared_by_their_letters() -> None:
    text = (REPOSITORY / "STYLE.md").read_text()
    other = Path(__file__).read_text()
    assert alike(signature(text), signature(text + " 한 줄 더")) > 0.9
    assert alike(signature(text), signature(other)) < 0.2
    assert family("2026년도 급식 지침(개정)") == family("급식 지침 2025년") == "급식지침"
    assert family("복지사업 안내") == "복지사업안내"


@pytest.mark.parametrize(
    ("raw", "code", "shown"),
    [
        ("1234567", "#,##0", "1,234,567"),
        ("0.153", "0.0%", "15.3%"),
        ("1234567", '#,##0,"천원"', "1,235천원"),
        ("0.1", "General", "0.1"),
        ("0.30000000000000004", "", "0.3"),
        ("46082", "yyyy-mm-dd", "2026-03-01"),
        ("46082.5", "yyyy-mm-dd h:mm", "2026-03-01 12:00"),
        ("0.375", "h:mm", "09:00"),
        ("7", "000", "007"),
        ("-5", "#,##0;[Red]-#,##0", "-5"),
        ("3000", '_-"₩"* #,##0_-', "₩3,000"),
        ("46082", 'yyyy"년" m"월" d"일"', "2026-03-01"),
    ],
)
def test_numbers_are_shown_as_the_workbook_does(raw: str, code: str, shown: str) -> None:
    assert shown_number(raw, 0, code) == shown
