"""Thresholds learnt from what a city really has, not from what the shipped checks ask about."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gongmu.bots.evaluation.thresholds import calibrate_after_learning, own_questions
from gongmu.bots.passages import Reader
from gongmu.bots.search.calibration import stale
from gongmu.bots.search.elsewhere import ELSEWHERE
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.search.refusal import enough
from gongmu.core.house import House
from gongmu.core.settings import Settings
from tests.bots.houses import guard_house
from tests.bots.test_search import passage
from tests.conftest import Ticking

ANYBODY = Reader("hong", "홍길동", "회계과", frozenset())
PAPERS = (
    ("계약 안내", "준공 통보를 받은 날부터 14일 안에 검사를 마치고 검사조서를 씁니다."),
    ("계약 안내", "지체상금은 공사 하루에 계약금액의 0.05%, 용역은 0.125%를 물립니다."),
    ("주차장 안내", "공영주차장 월 정기권은 교통과에 신청하며 경차는 반값입니다."),
    ("주차장 안내", "전기자동차는 충전하는 두 시간 동안 주차 요금을 받지 않습니다."),
)


@pytest.fixture
def house(settings: Settings, engine: sa.Engine, clock: Ticking) -> House:
    return guard_house(settings, engine, clock)


@pytest.fixture
def index(house: House) -> SearchIndex:
    index = SearchIndex(house.engine)
    for at, (name, text) in enumerate(PAPERS):
        one = passage(at, text, corpus="contracts", document=name)
        index.replace("contracts", one.document_id, [one])
    calibrate_after_learning(house, ["contracts"])
    return index


@pytest.mark.parametrize(
    "question",
    [
        "준공 통보를 2026-11-20에 받았으면 언제까지 검사하나요?",
        "용역이 12일 늦으면 지체상금은 얼마인가요?",
        "경차 정기권은 어디에 신청하나요?",
        "전기차 충전할 때 주차 요금을 내나요?",
    ],
)
def test_plain_questions_to_a_few_papers_are_answered(index: SearchIndex, question: str) -> None:
    found = index.search(question, ["contracts"], ANYBODY)
    assert enough(found, index.threshold("contracts"))


def test_other_matters_are_refused(index: SearchIndex) -> None:
    threshold = index.threshold("contracts")
    answered = [
        one for one in ELSEWHERE if enough(index.search(one, ["contracts"], ANYBODY), threshold)
    ]
    assert len(answered) <= 0.04 * len(ELSEWHERE)


def test_shipped_checks_count_only_where_their_answer_is(house: House, index: SearchIndex) -> None:
    here = own_questions(house, "contracts", index)
    said = {say for check in here.answered for say in check.says}
    assert "14일" in said
    assert all(any(say in text for _, text in PAPERS) for say in said)
    index.replace("welfare", "d9", [passage(9, PAPERS[2][1])])
    elsewhere = own_questions(house, "welfare", index)
    assert (elsewhere.answered, elsewhere.foreign) == ([], [])


def test_only_what_changed_is_learnt_again(house: House, index: SearchIndex) -> None:
    assert stale(house.engine) == []
    index.replace("contracts", "d0", [passage(0, "새 글입니다.", corpus="contracts")])
    assert stale(house.engine) == ["contracts"]
    calibrate_after_learning(house)
    assert stale(house.engine) == []
