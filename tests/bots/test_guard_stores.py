"""Sealed memories, quotas under load, marks, the yearly check, forbidden content, the office."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gongmu.bots.guard.ethics import EthicsAnswer, EthicsBook, Verdict, ethics_parts
from gongmu.bots.guard.forbidden import look_over, marked_class
from gongmu.bots.guard.mask import mask, unmask
from gongmu.bots.guard.mask_vault import MaskVault
from gongmu.bots.guard.office import Quotas, bots_office, load_bots_office
from gongmu.bots.guard.quota import QuotaBook
from gongmu.bots.guard.tables import mask_table
from gongmu.bots.passages import DataClass
from gongmu.core.city import load_city
from gongmu.core.errors import Refused
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault
from tests.bots.houses import guard_house, person_of
from tests.conftest import Ticking

WON = Fraction(3, 7)


def test_memories_are_sealed_and_end_with_the_conversation(
    engine: sa.Engine, vault: Vault, clock: Ticking
) -> None:
    kept = MaskVault(engine, vault, clock)
    memory = kept.open("c1")
    text = mask("민원인 홍길동 010-1234-5678", memory).text
    kept.keep("c1", memory)
    kept.keep("empty", kept.open("empty"))
    with engine.connect() as connection:
        rows = connection.execute(sa.select(mask_table)).all()
    assert len(rows) == 1
    assert "홍길동".encode() not in rows[0].sealed
    assert b"5678" not in rows[0].sealed
    assert unmask(text, kept.open("c1")) == "민원인 홍길동 010-1234-5678"
    clock.pass_(days=400)
    assert kept.destroy_before(clock() - timedelta(days=365)) == 1
    assert unmask(text, kept.open("c1")) == text


def test_quota_is_never_passed_by_many_at_once(engine: sa.Engine, clock: Ticking) -> None:
    book = QuotaBook(engine, Quotas(person_questions_a_day=5), clock)

    def ask(_number: int) -> bool:
        try:
            book.take("kim", "버스정책과", "bus")
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(24))) == 5
    assert book.left("kim", "버스정책과").questions_today == 0
    assert book.take("lee", "버스정책과", "bus").account == "lee"


def test_held_won_count_against_the_limit(engine: sa.Engine, clock: Ticking) -> None:
    book = QuotaBook(engine, Quotas(department_won_a_month=100), clock)
    first = book.take("kim", "세정과", "welfare", reserve_won=Fraction(60))
    with pytest.raises(Refused):
        book.take("lee", "세정과", "welfare", reserve_won=Fraction(60))
    book.record_use(first, model="m", tokens_in=10, tokens_out=5, cost_won=Fraction(30))
    second = book.take("lee", "세정과", "welfare", reserve_won=Fraction(60))
    book.release(second)
    assert book.left("lee", "세정과").department_won == 70


def test_months_and_days_turn_in_seoul(engine: sa.Engine, clock: Ticking) -> None:
    book = QuotaBook(engine, Quotas(person_questions_a_day=1, person_won_a_month=1), clock)
    clock.now = datetime(2026, 11, 30, 14, 59, tzinfo=UTC)  # 23:59 in Seoul
    taken = book.take("kim", "세정과", "bus", reserve_won=WON)
    clock.pass_(minutes=1)
    book.take("kim", "세정과", "bus")  # a new day and month
    book.record_use(taken, model="m", tokens_in=1_000, tokens_out=10, cost_won=WON)
    book.record_use(taken, model="m", tokens_in=1, tokens_out=1, cost_won=WON)
    november = book.usage("2026-11")
    assert november.total.cost_won == Fraction(6, 7)
    assert november.by_person["kim"].answers == 2
    assert november.by_department["세정과"].tokens_in == 1_001
    assert book.usage("2026-12").total.answers == 0


def test_the_yearly_check_is_complete_or_refused(
    settings: Settings, engine: sa.Engine, clock: Ticking
) -> None:
    person = person_of(guard_house(settings, engine, clock))
    book = EthicsBook(engine, clock)
    items = [item for part in ethics_parts() for item in part.items]
    answers = [EthicsAnswer(item.code, Verdict.YES) for item in items]
    today = clock().date()
    assert book.is_due(today)
    with pytest.raises(Refused, match="답하지 않은"):
        book.record(2026, person, answers[:-1])
    partly = replace(answers[0], verdict=Verdict.PARTLY)
    with pytest.raises(Refused, match="까닭"):
        book.record(2026, person, [partly, *answers[1:]])
    book.record(2026, person, [replace(partly, note="표본을 더 봅니다"), *answers[1:]])
    assert not book.is_due(today)
    assert [answer.note for answer in book.checks()[0].open_items] == ["표본을 더 봅니다"]


@pytest.mark.parametrize(
    ("text", "grade", "stops"),
    [
        ("[대외비] 도시계획 초안", DataClass.SENSITIVE, True),
        ("공개여부: 비공개", DataClass.SENSITIVE, True),
        ("3급 비밀\n제목", DataClass.CONFIDENTIAL, True),
        ("【내부검토용】 안", DataClass.SENSITIVE, True),
        ("비공개 대상 정보는 무엇인가요?", DataClass.OPEN, False),
        ("비밀번호를 바꾸는 방법", DataClass.OPEN, False),
        ("비공개 결정 통지서 서식", DataClass.OPEN, False),
    ],
)
def test_marks_are_told_from_talk(text: str, grade: DataClass, stops: bool) -> None:
    assert marked_class(text) is grade
    assert any(one.stops for one in look_over(text, DataClass.OPEN)) is stops


def test_looking_over_tells_kinds_but_never_values() -> None:
    found = look_over("민원인 홍길동 850101-1234567", DataClass.OPEN)
    assert {one.shown for one in found} == {"이름", "주민번호"}
    assert "1234567" not in str(found)
    inside = look_over("[대외비] 안", DataClass.OPEN, internal=True)
    assert [one.stops for one in inside] == [False]
    own = look_over("천리안 사업 얘기", DataClass.OPEN, more={"S": ("천리안 사업",)})
    assert [one.shown for one in own] == ["천리안 사업"]


MODEL = {"code": "a", "address": "https://model.example/v1", "name": "m"}


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"modles": []}, "모르는 항목"),
        ({"models": [{"code": "a", "address": "ftp://x"}]}, "http"),
        ({"models": [MODEL | {"address": "http://model.example/v1"}]}, "https"),
        ({"models": [MODEL | {"address": "https://u:p@x/v1"}]}, "비밀값"),
        ({"models": [MODEL, MODEL]}, "겹칩니다"),
        ({"models": [MODEL | {"won_per_million_in": 0.5}]}, "won_per_million_in"),
        ({"models": [MODEL | {"internal": "no"}]}, "internal"),
        ({"quotas": {"person_won_a_month": -1}}, "0 이상"),
        ({"mcp": [{"code": "x", "tools": ["a"]}]}, "하나만"),
        ({"mcp": [{"code": "x", "tools": [], "command": ["y"]}]}, "tools"),
        ({"keep_days": "many"}, "읽을 수 없습니다"),
    ],
)
def test_a_wrong_bots_section_is_refused(
    tmp_path: Path, section: dict[str, Any], said: str
) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(Refused, match=said):
        load_bots_office(replace(load_city("practice"), bots=section), settings)


def test_the_operators_model_comes_first(
    settings: Settings, engine: sa.Engine, clock: Ticking
) -> None:
    own = settings.model_copy(
        update={"model_address": "http://127.0.0.1:9/v1", "model_name": "own"}
    )
    price = {"won_per_million_in": 200, "won_per_million_out": "1000.5"}
    section = {"models": [MODEL | price], "ask": {"가과": "031-000-1234"}}
    house = guard_house(own, engine, clock, section)
    office = bots_office(house)
    assert [model.name for model in office.models] == ["own", "m"]
    assert office.models[1].cost_won(1_000, 2_000) == Fraction(200 + 2001, 1000)
    assert office.public_phones >= {"0310001234"}
    assert "031-000-1234" in office.whom_to_ask("가과")
