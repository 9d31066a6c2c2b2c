"""Citations of laws are found in free text as officers and statutes write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmu.bots.statutes.citation import LawCitation, Part, find_citations

CASES = yaml.safe_load(
    (Path(__file__).parent.parent / "cases" / "bots" / "citations.yaml").read_text("utf-8")
)


def worded(one: LawCitation) -> str:
    place = ("~" if one.range_from else "") + one.place + ("~" if one.range_to else "")
    return f"{one.law or '?'} | {place}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_worked_case(case: dict[str, Any]) -> None:
    found = find_citations(case["text"], case.get("own", ""))
    assert [worded(one) for one in found] == case["cites"]


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120


def test_offsets_are_those_of_the_text_as_given() -> None:
    text = "근거는 「지방세법」 第7條第1項과 같은 조 제２항이다."
    for one in find_citations(text):
        assert text[one.start : one.end] == one.text
        assert one.text in text
    assert [one.text for one in find_citations(text)] == [
        "「지방세법」 第7條第1項",
        "같은 조 제２항",
    ]


LAWS = st.sampled_from(["지방세법", "민법", "지방세특례제한법 시행령", "민원 처리에 관한 법률"])


@settings(deadline=None)
@given(
    law=LAWS,
    article=st.integers(1, 999),
    branch=st.integers(0, 20).filter(lambda n: n != 1),
    paragraph=st.none() | st.integers(1, 30),
    item=st.none() | st.integers(1, 60),
    before=st.sampled_from(["", "이에 따라 ", "(", "다음은 ", "근거: "]),
    after=st.sampled_from(["", "에 따른다.", " 단서", "의 규정", ")", ", 그리고"]),
)
def test_every_place_in_the_official_form_is_read_back(
    law: str,
    article: int,
    branch: int,
    paragraph: int | None,
    item: int | None,
    before: str,
    after: str,
) -> None:
    wanted = LawCitation(
        law, Part.ARTICLE, 0, 0, "", article=article, branch=branch, paragraph=paragraph, item=item
    )
    found = find_citations(f"{before}「{law}」 {wanted.place}{after}")
    assert [(one.law, one.place, one.known) for one in found] == [(law, wanted.place, True)]
    assert found[0].code == f"{article:04d}{branch:02d}"


@settings(deadline=None)
@given(
    st.text(
        alphabet='제조항호목의법령규칙조례부칙별표지서식12345①②「」() ,.및동같은이하"\n가나다',
        max_size=200,
    )
)
def test_no_text_breaks_it(text: str) -> None:
    for one in find_citations(text, "지방세법"):
        assert 0 <= one.start < one.end <= len(text)
