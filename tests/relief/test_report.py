"""The monthly report: counts and sums that add up, the same in every form, no person in it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from fractions import Fraction

import openpyxl
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gongmu.relief.report import (
    ClawbackFigure,
    MonthFigures,
    report_hwpx,
    report_paper,
    report_pdf,
    report_tables,
    report_workbook,
)
from gongmu.relief.statistics import LAWS, law_of, relief_figures
from tests.relief.noticed import ARTICLES, grant

MADE_ON = date(2026, 12, 1)
FIGURES = MonthFigures(
    month_on=date(2026, 11, 1),
    grant_count=412,
    noticed_count=301,
    excluded={"추징 규정 없음": 80, "법인": 21, "휴대전화 없음": 10},
    sent={"전달됨": 288, "실패": 13},
    texts={"N22": 200, "N17": 101},
    cost_won=8127,
    letters={"휴대전화 번호 없음": 10, "문자가 전해지지 않음": 13},
    delivered_without_letter_count=288,
    postage_won=430,
    clawback=ClawbackFigure(3, 4_177_500, 1, 1_960_000),
    coming={"1년 의무": 37, "60일 대체취득": 4},
    reliefs=relief_figures(
        [
            grant("N22"),
            grant("N22", relief_won=1_400_000, base_tax_won=2_100_000),
            grant("N67", relief_won=750_000, base_tax_won=760_000),
            grant("N22", article="지방세법§9⑦", relief_won=100_000, base_tax_won=100_000),
            grant("N22", article="연습도 도세 감면조례§2", relief_won=50_000, base_tax_won=None),
        ]
    ),
)


def table(title: str) -> dict[str, tuple[object, ...]]:
    found = next(item for item in report_tables(FIGURES) if item.title.startswith(title))
    return {str(row[0]).strip(): row[1:] for row in found.rows}


def test_cost_and_saving_follow_their_formula() -> None:
    assert FIGURES.letters_won == 23 * 430
    assert FIGURES.saved_won == 288 * 430 - 8127
    rows = table("비용과 절감")
    assert rows["절감액"] == (FIGURES.saved_won,)
    note = next(item.note for item in report_tables(FIGURES) if item.title == "비용과 절감")
    assert "288건 × 우편료 430원" in note


def test_reliefs_stand_by_law_with_count_amount_and_share() -> None:
    rows = table("비과세·감면 현황")
    assert rows["지방세특례제한법 계"] == (3, 4_827_500, 6_010_000, "80.3%")
    assert rows["지방세특례제한법 제22조의2"] == (2, 4_077_500, 5_250_000, "77.7%")
    assert rows["지방세법 계"] == (1, 100_000, 100_000, "100.0%")
    # The base of the ordinance's grant is not known, so neither is its share.
    assert rows["조례 계"] == (1, 50_000, None, None)
    assert rows["합계"] == (5, 4_977_500, None, None)
    assert rows["조세특례제한법 계"] == (0, 0, 0, None)


def test_the_law_of_an_article() -> None:
    assert law_of("지특법§66④") == "지방세특례제한법"
    assert law_of("조특법§109") == "조세특례제한법"
    assert law_of("") == "미분류"
    assert {law_of(article) for article in ARTICLES.values()} == {"지방세특례제한법"}


def test_the_report_says_the_same_as_workbook_hwpx_and_pdf() -> None:
    book = openpyxl.load_workbook(io.BytesIO(report_workbook(FIGURES, "연습시 세정과", MADE_ON)))
    cells = {c.value for row in book.active.iter_rows() for c in row}  # type: ignore[union-attr]
    data = report_hwpx(FIGURES, "연습시 세정과", MADE_ON)
    section = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("Contents/section0.xml"))
    text = "\n".join(item.text or "" for item in section.iter("{*}t"))
    for item in report_tables(FIGURES):
        assert item.title in text
        for row in item.rows:
            for cell in row:
                if cell:
                    assert cell in cells
                    assert (f"{cell:,}" if isinstance(cell, int) else cell) in text
    assert report_pdf(FIGURES, "연습시 세정과", MADE_ON).startswith(b"%PDF-")


def test_the_report_names_nobody() -> None:
    paper = str(report_paper(FIGURES, "연습시 세정과", MADE_ON))
    for withheld in ("가나다", "12가3456", "01000001234", "연습로"):
        assert withheld not in paper
    assert re.search("2026년 11월", paper)


def test_a_month_without_anything_is_still_a_report() -> None:
    empty = MonthFigures(date(2026, 2, 1), 0, 0)
    assert empty.saved_won == 0
    assert "해당 없음" in str(report_paper(empty, "연습시 세정과", MADE_ON))
    assert report_workbook(empty, "연습시 세정과", MADE_ON)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*ARTICLES.values(), "지방세법§17①", "", "연습도 도세 감면조례§2"]),
            st.none() | st.integers(0, 10**7),
            st.none() | st.integers(0, 10**7),
        ),
        max_size=30,
    )
)
def test_every_grant_is_counted_once_and_a_share_lies_between_0_and_1(
    rows: list[tuple[str, int | None, int | None]],
) -> None:
    grants = [
        grant(
            article=article,
            relief_won=relief,
            base_tax_won=None if base is None else base + (relief or 0),
        )
        for article, relief, base in rows
    ]
    found = relief_figures(grants)
    assert sum(line.count for line in found) == len(grants)
    assert sum(line.relief_won for line in found) == sum(item.relief_won or 0 for item in grants)
    for line in found:
        assert line.law in LAWS
        assert line.relief_share is None or 0 <= line.relief_share <= Fraction(1)
