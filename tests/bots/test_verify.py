"""What an answer says is checked against what it cites: true items pass, altered ones never."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmu.bots.answer import Standing
from gongmu.bots.answers.figures import borne_out, figures
from gongmu.bots.answers.quotations import flatten, is_quoted_from
from gongmu.bots.answers.source import Source
from gongmu.bots.answers.units import Splitter, split_units
from gongmu.bots.answers.verify import ArticleFinding, shown, verify
from gongmu.bots.statutes.citation import LawCitation

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "bots" / "verify.yaml").read_text("utf-8")
)
SOURCES = [Source(**one) for one in CASES["sources"]]
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("text", CASES["verified"])
def test_what_the_sources_say_is_verified(text: str) -> None:
    (one,) = verify(text, SOURCES, on=TODAY, question="알려 주세요")
    assert one.standing is Standing.VERIFIED, one.doubts
    assert one.citations


@pytest.mark.parametrize("case", CASES["unverified"], ids=lambda case: case["says"])
def test_what_they_do_not_say_is_marked_with_its_reason(case: dict[str, str]) -> None:
    (one,) = verify(case["says"], SOURCES, on=TODAY, question="알려 주세요")
    assert one.standing is Standing.UNVERIFIED
    assert case["kind"] in {doubt.kind for doubt in one.doubts}
    assert shown([one]).endswith("(확인 필요)")


@pytest.mark.parametrize("text", CASES["plain"])
def test_greetings_headings_and_owning_up_need_no_source(text: str) -> None:
    assert {one.standing for one in verify(text, SOURCES, on=TODAY)} == {Standing.PLAIN}


def test_rows_and_items_stand_under_the_line_that_leads_them_in() -> None:
    text = (
        "지원 금액은 다음과 같습니다. [3]\n| 구분 | 지원액(만원) |\n|---|---|\n"
        "| 첫째 | 100 |\n| 둘째 | 900 |"
    )
    found = verify(text, SOURCES, on=TODAY)
    assert [one.standing for one in found[-2:]] == [Standing.VERIFIED, Standing.UNVERIFIED]
    assert found[-2].citations == (3,)
    assert shown(found).endswith("| 둘째 | 900 (확인 필요) |")


def test_a_figure_of_the_question_may_be_taken_up_but_not_confirmed() -> None:
    asked = "전입신고를 90일 안에 하면 되나요?"
    (confirmed,) = verify("네, 90일 이내에 신고하면 됩니다 [2].", SOURCES, on=TODAY, question=asked)
    assert confirmed.standing is Standing.UNVERIFIED


def test_what_a_tool_found_may_be_said() -> None:
    tool = Source(
        6, "날짜·기한 계산", "", "", "기간의 만료일은 2026. 12. 4.(금)입니다.", tool="count_days"
    )
    said, other = verify(
        "기간의 만료일은 2026년 12월 4일입니다 [6]. 만료일은 2026년 12월 5일입니다 [6].",
        [*SOURCES, tool],
        on=TODAY,
    )
    assert (said.standing, other.standing) == (Standing.VERIFIED, Standing.UNVERIFIED)


def test_the_statute_store_knows_articles_that_no_passage_shows() -> None:
    def judge(cited: LawCitation, _on: date) -> ArticleFinding | None:
        if cited.law != "지방세법" or cited.article is None:
            return None
        text = "납세의무자는 취득한 날부터 60일 이내에 신고하고 납부하여야 한다."
        return ArticleFinding(cited.article == 20, True, text if cited.article == 20 else "")

    own = "지방세법 제20조에 따라 취득한 날부터 60일 이내에 신고하고 납부하여야 합니다 [2]."
    (far,) = verify(own.replace("60", "14"), SOURCES, on=TODAY, judge=judge)
    assert {doubt.kind for doubt in far.doubts} >= {"article"}
    (absent,) = verify("지방세법 제921조에 따라 신고합니다 [2].", SOURCES, on=TODAY, judge=judge)
    assert "없는 조문입니다" in {doubt.reason for doubt in absent.doubts}


@given(st.integers(0, 10**6))
def test_a_stream_is_cut_like_the_whole_text(seed: int) -> None:
    text = "\n".join(
        [*CASES["verified"][:4], "| 가 | 나 |", "|---|---|", "| 1 | 2 [1] |", "1. 하나 2. 둘."]
    )
    splitter, found, at = Splitter(), [], 0
    while at < len(text):
        step = 1 + (seed + at * 7) % 11
        found += splitter.feed(text[at : at + step])
        at += step
    assert [*found, *splitter.finish()] == split_units(text)


WON = st.integers(1, 99_999).map(lambda one: one * 1000)


@given(WON)
@settings(max_examples=60)
def test_one_sum_in_any_spelling_is_one_figure(won: int) -> None:
    ways = [f"{won}원", f"{won:,} 원", f"{won // 1000:,}천원"]
    if won % 10_000 == 0:
        ways += [f"{won // 10_000}만원", f"{won // 10_000:,}만 원"]
    source = figures(f"지원액은 {ways[0]}이다.")
    for way in ways:
        (claim,) = figures(f"{way}을 지원합니다.")
        assert borne_out(claim, source), way
        (other,) = figures(f"{way}을 지원합니다.".replace("원", "건"))
        assert not borne_out(other, source)


@given(st.integers(2, 400), st.integers(2, 400))
def test_another_number_never_bears_out(first: int, second: int) -> None:
    (claim,) = figures(f"{first}일 이내에 신고한다.")
    assert borne_out(claim, figures(f"{second}일 이내에 신고하여야 한다.")) is (first == second)
    assert not borne_out(claim, figures(f"{first}일을 초과하여 신고한 경우"))


SENTENCE = "신청인은 사유가 생긴 날부터 30일 이내에 서면으로 신고하여야 한다."


@given(st.integers(0, len(SENTENCE) - 2), st.sampled_from("가나다라0123456789"))
def test_one_changed_letter_is_no_quotation(place: int, letter: str) -> None:
    changed = SENTENCE[:place] + letter + SENTENCE[place + 1 :]
    if flatten(changed).letters != flatten(SENTENCE).letters:
        assert not is_quoted_from(changed, flatten(SENTENCE))


def test_quotations_do_not_cut_into_words_and_numbers() -> None:
    source = flatten("이 경우 감면은 불가능하다. 기한은 130일이다. 비과세 대상이 아니다.")
    assert is_quoted_from("감면은 불가능하다", source)
    for cut in ("가능하다", "30일이다", "과세 대상", "감면은 … 대상이"):
        assert not is_quoted_from(cut, source), cut
