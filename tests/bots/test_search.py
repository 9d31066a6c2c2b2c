"""The index: what is found, by whom, and on which day."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from gongmu.bots.passages import DataClass, Passage, Reader, may_read
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.search.refusal import USUAL_THRESHOLD, calibrate, enough
from gongmu.bots.search.tables import passage_table, posting_table, term_table
from tests.conftest import Ticking

ANYBODY = Reader("hong", "홍길동", "복지정책과", frozenset())


def passage(number: int, text: str, **more: object) -> Passage:
    values: dict[str, object] = {
        "passage_id": f"p{number}",
        "document_id": f"d{number}",
        "corpus": "welfare",
        "document": f"안내서 {number}",
        "place": "1쪽",
        "heading": "",
        "text": text,
        "number": 0,
    }
    return Passage(**{**values, **more})  # type: ignore[arg-type]


@pytest.fixture
def index(engine: sa.Engine) -> SearchIndex:
    index = SearchIndex(engine)
    for one in (
        passage(1, "겨울철 난방비는 에너지바우처로 지원합니다. 10월부터 4월까지 씁니다."),
        passage(2, "국민내일배움카드는 연 매출 1억 5천만 원 미만의 자영업자가 신청할 수 있습니다."),
        passage(3, "아이돌봄서비스는 만 12세 이하 아동의 집에 돌보미가 찾아갑니다."),
    ):
        index.replace("welfare", one.document_id, [one])
    return index


def test_it_finds_by_stem_and_counts(index: SearchIndex) -> None:
    found = index.search("난방비를 지원받을 수 있나요?", ["welfare"], ANYBODY)
    assert found[0].passage.passage_id == "p1"
    assert found[0].passage.text.startswith("겨울철")
    assert 0 < found[0].share <= 1
    assert index.count("welfare") == 3
    assert index.search("난방비", ["manual"], ANYBODY) == []
    assert index.search("", ["welfare"], ANYBODY) == []


def test_replacing_and_removing_leave_nothing_behind(index: SearchIndex) -> None:
    index.replace("welfare", "d1", [passage(1, "연탄 쿠폰을 드립니다.")])
    assert index.search("에너지바우처", ["welfare"], ANYBODY) == []
    assert index.search("연탄 쿠폰", ["welfare"], ANYBODY)[0].passage.passage_id == "p1"
    assert index.count("welfare") == 3
    index.remove("welfare", ["d1", "d2", "d3", "unknown"])
    assert index.count("welfare") == 0
    with index._engine.connect() as connection:
        for table in (passage_table, posting_table, term_table):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_nobody_is_shown_what_they_may_not_read(engine: sa.Engine) -> None:
    """1,000 pairs of person and document: the search and the single look agree with the rule."""
    chance = random.Random(20261122)  # noqa: S311
    departments = ["세정과", "교통과", "복지정책과", "감사담당관"]
    index = SearchIndex(engine)
    documents = [
        passage(
            number,
            f"공통 지침 {number}번 문서입니다.",
            departments=tuple(chance.sample(departments, chance.choice([0, 0, 1, 2]))),
            data_class=chance.choice(list(DataClass)),
            starts_on=chance.choice([None, date(2026, 1, 1) + timedelta(chance.randrange(365))]),
            ends_on=chance.choice([None, date(2026, 6, 1) + timedelta(chance.randrange(365))]),
        )
        for number in range(100)
    ]
    index.replace_many("welfare", {one.document_id: [one] for one in documents})
    for person in range(10):
        reader = Reader(f"a{person}", "", chance.choice([*departments, "회계과", ""]), frozenset())
        day = chance.choice([None, date(2026, 1, 1) + timedelta(chance.randrange(365))])
        below = chance.choice([None, *DataClass])
        found = index.search("공통 지침 문서", ["welfare"], reader, k=1000, on=day, below=below)
        seen = {one.passage.passage_id for one in found}
        for one in documents:
            allowed = may_read(reader, one.departments, one.data_class)
            assert (index.passage(one.passage_id, reader) is not None) == allowed
            in_force = day is None or (
                (one.starts_on is None or one.starts_on <= day)
                and (one.ends_on is None or one.ends_on >= day)
            )
            low = below is None or one.data_class.rank <= below.rank
            assert (one.passage_id in seen) == (allowed and in_force and low)


def test_an_article_is_found_by_its_law_and_number(index: SearchIndex) -> None:
    articles = [
        passage(
            number, "다음 각 호의 어느 하나에 해당하는 경우 취득세를 면제한다.",
            document_id="law", document="지방세특례제한법", place=place,
        )
        for number, place in enumerate(("제22조", "제22조의2", "제23조"), 10)
    ]  # fmt: skip
    index.replace("welfare", "law", articles)
    for asked in ("지특법 제22조의2제1항의 취득세", "지방세특례제한법 제 22 조의 2 알려 주세요"):
        assert index.search(asked, ["welfare"], ANYBODY)[0].passage.place == "제22조의2"


def test_many_ask_at_once(index: SearchIndex) -> None:
    asked = ["난방비 지원", "배움카드 신청", "아이돌봄 만 12세"] * 8

    def first(question: str) -> str:
        return index.search(question, ["welfare"], ANYBODY)[0].passage.passage_id

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(first, asked)) == ["p1", "p2", "p3"] * 8


def test_a_threshold_is_learnt_and_refuses_other_matters(
    index: SearchIndex, clock: Ticking
) -> None:
    assert index.threshold("welfare") == USUAL_THRESHOLD
    learnt = index.calibrate("welfare", ANYBODY, clock())
    assert index.threshold("welfare") == learnt
    assert enough(index.search("난방비 지원 받을 수 있나요", ["welfare"], ANYBODY), learnt)
    assert not enough(index.search("목성의 위성은 몇 개인가요?", ["welfare"], ANYBODY), learnt)


def test_calibration_divides_what_can_be_divided() -> None:
    threshold = calibrate([0.6, 0.7, 0.9, 1.0], [0.0, 0.1, 0.3, 0.4])
    assert 0.4 < threshold <= 0.6
    assert calibrate([], [0.1]) == USUAL_THRESHOLD
