"""The list against our own computation, and later events of a granted relief."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from gongmu.relief.crosscheck import Result, case_of, cross_check
from gongmu.relief.duty import clawback_rule, judge_event
from gongmu.relief.facts import Event, Happening, Kind, Relation, When
from gongmu.relief.grant import CoOwner, Grant
from tests.relief.worked import law

FAMILY = Grant(
    "g1",
    3,
    name="가나다",
    kind="승용",
    seats=9,
    cc=3470,
    use="비영업용",
    fuel="경유",
    acquired_on=date(2025, 6, 10),
    registered_on=date(2025, 6, 10),
    cause="신조",
    tax_base_won=45_000_000,
    base_tax_won=3_150_000,
    article="지특법§22의2①1가",
    relief_won=2_677_500,
    tax_due_won=472_500,
)


def test_a_right_grant_agrees() -> None:
    check = cross_check(FAMILY, law())
    assert check.status is Result.AGREE
    assert check.computed == check.listed
    assert check.decision.clawback_until_on == date(2026, 6, 10)
    assert check.decision.notice_code == "N22"
    assert any("45,000,000원 × 7%" in line for line in check.how)


def test_the_minimum_tax_was_forgotten() -> None:
    check = cross_check(replace(FAMILY, relief_won=3_150_000, tax_due_won=0), law())
    assert check.status is Result.DIFFER
    assert check.computed["감면세액"] == 2_677_500
    assert check.differences == (
        "감면세액: 명단 3,150,000원, 계산 2,677,500원 (차이 -472,500원)",
        "납부세액: 명단 0원, 계산 472,500원 (차이 +472,500원)",
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"cc": 998, "seats": 5, "article": "지특법§67①"}, Result.CANNOT_COMPUTE),
        ({"article": ""}, Result.CANNOT_COMPUTE),
        ({"tax_base_won": None}, Result.CANNOT_COMPUTE),
        ({"acquired_on": None}, Result.CANNOT_COMPUTE),
        ({"acquired_on": date(2022, 5, 1)}, Result.CANNOT_COMPUTE),
        ({"article": "지특법§66①"}, Result.CANNOT_COMPUTE),
        ({"relief_won": None}, Result.CANNOT_COMPUTE),
        ({"base_tax_won": 2_250_000}, Result.DIFFER),
    ],
)
def test_what_the_list_lacks_is_named(changes: dict[str, object], status: Result) -> None:
    check = cross_check(replace(FAMILY, **changes), law())  # type: ignore[arg-type]
    assert check.status is status
    assert (status is Result.DIFFER) == bool(check.differences)
    assert check.differences or check.missing


@pytest.mark.parametrize(
    ("article", "kind", "relief_won"),
    [
        ("지특법§17①1가", "승용", 2_100_000),
        ("지특법§29④", "승용", 2_100_000),
        ("지특법§29④", "승용", 1_050_000),  # 보훈보상대상자: the list does not say which
        ("지특법§22의2①1나", "승용", 1_400_000),
        ("지특법§22의2②", "승용", 700_000),
        ("지특법§22의2③1", "승용", 1_400_000),
        ("지특법§66④", "승용", 1_400_000),
        ("지특법§67①", "승용(경형)", 750_000),
        ("지특법§68①", "승용", 1_785_000),
        ("지특법§70①2", "승용", 1_050_000),
    ],
)
def test_amounts_under_each_article(article: str, kind: str, relief_won: int) -> None:
    base = 1_200_000 if "경형" in kind else 2_100_000
    grant = replace(
        FAMILY,
        kind=kind,
        seats=5,
        cc=998 if "경형" in kind else 1598,
        tax_base_won=30_000_000,
        base_tax_won=base,
        article=article,
        relief_won=relief_won,
        tax_due_won=base - relief_won,
    )
    check = cross_check(grant, law())
    assert (check.status, check.differences) == (Result.AGREE, ())


def test_a_case_of_a_grant_holds_nothing_personal() -> None:
    grant = replace(FAMILY, phone="01000001234", plate="12가3456", vin="KMH", person_key="k")
    text = repr(case_of(grant))
    for secret in ("가나다", "01000001234", "12가3456", "KMH"):
        assert secret not in text


def test_joint_owners_and_a_car_to_give_up() -> None:
    grant = replace(
        FAMILY,
        article="지특법§17①1나",
        relief_won=3_150_000,
        tax_due_won=0,
        co_owners=(CoOwner("라마바", Fraction(99, 100), relation="모"),),
        previous_plate="34나5678",
    )
    decision = cross_check(grant, law()).decision
    assert decision.notice_code == "N17공동+REPL"
    assert decision.replacement_due_on == date(2025, 8, 9)


def test_what_obliges_to_what() -> None:
    day = date(2025, 6, 10)
    disabled = clawback_rule("지특법§17①1가", day, law())
    assert disabled is not None
    assert disabled.events == ("소유권 이전", "세대 분가(공동명의)")
    family = clawback_rule("지특법§22의2②", day, law())
    assert family is not None
    assert (family.events, family.article) == (("소유권 이전",), "지특법§22의2④")
    assert not any("세대" in event for event in family.events)
    light = clawback_rule("지특법§67①", day, law())
    assert light is not None
    assert (light.start, light.events) == ("acquisition", ("영업용 사용",))
    dealer = clawback_rule("지특법§68①", day, law(), Kind.VAN)
    assert dealer is not None
    assert dealer.years == 3
    for article in ("지특법§66④", "지특법§66③", "지특법§66⑤", "지특법§67②", "지특법§70①2", ""):
        assert clawback_rule(article, day, law()) is None


def test_a_later_sale_of_a_granted_car() -> None:
    sold_on = date(2026, 3, 10)
    sale = Event(Happening.TRANSFER, When(sold_on, sold_on), to=Relation.OUTSIDER)
    due = judge_event(FAMILY, sale, law(), date(2026, 6, 1))
    assert (due.status, due.amount_won) == ("due", 2_677_500)
    assert due.filing_due_on == date(2026, 5, 11)
    # 무신고 20 % and 21 days at 22/100,000
    assert due.penalty_won == 535_500 + 12_370
    split = Event(Happening.HOUSEHOLD_SPLIT, When(sold_on, sold_on))
    assert judge_event(FAMILY, split, law()).status == "not_due"
    assert judge_event(FAMILY, (), law()).status == "none"
    unknown = replace(FAMILY, article="")
    assert judge_event(unknown, sale, law()).status == "review"
    electric = replace(FAMILY, article="지특법§66④")
    assert judge_event(electric, sale, law()).status == "not_due"
