"""Days, articles, dated values and the city's own ordinances; and what must hold of every case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmu.core.errors import Refused
from gongmu.relief.article import article_head, article_of_text, article_words, paragraph_of
from gongmu.relief.assess import assess
from gongmu.relief.facts import (
    Case,
    Child,
    Disability,
    Fuel,
    Kind,
    Size,
    Use,
    Vehicle,
    Veteran,
    VeteranStatus,
    When,
)
from gongmu.relief.law import all_rules, checked, load_law
from gongmu.relief.parameters import blocks_of, standard_blocks
from gongmu.relief.rule import Outcome
from gongmu.relief.rules.deadlines import (
    coming_of_age_on,
    end_of_months,
    end_of_years,
    gift_deadline,
    in_grace,
    tax_deadline,
)
from tests.relief.worked import law


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-06-10", "2026-06-10"),
        ("2023-02-28", "2024-02-29"),
        ("2024-02-29", "2025-02-28"),
        ("2024-02-28", "2025-02-28"),
        ("2025-12-31", "2026-12-31"),
    ],
)
def test_a_year_ends_by_the_civil_code(start: str, end: str) -> None:
    assert end_of_years(date.fromisoformat(start), 1) == date.fromisoformat(end)


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.integers(1, 5),
)
def test_later_starts_never_end_sooner(first: date, second: date, years: int) -> None:
    first, second = sorted((first, second))
    assert end_of_years(first, years) <= end_of_years(second, years)
    assert end_of_years(first, years) < end_of_years(first, years + 1)


def test_days_to_file() -> None:
    assert tax_deadline(date(2026, 3, 10), 60) == date(2026, 5, 11)  # 60일째가 토요일
    assert tax_deadline(date(2026, 3, 2), 60) == date(2026, 5, 4)  # 노동절, 토, 일
    assert tax_deadline(date(2026, 3, 10), 60, (date(2026, 5, 11),)) == date(2026, 5, 12)
    assert gift_deadline(date(2026, 3, 10), 3) == date(2026, 6, 30)
    assert gift_deadline(date(2025, 11, 5), 3) == date(2026, 3, 3)  # 토, 일, 삼일절과 대체공휴일
    assert end_of_months(date(2026, 5, 11), 1) == date(2026, 6, 11)


def test_a_last_day_on_a_sunday_is_lengthened_only_by_a_person() -> None:
    sunday = date(2026, 8, 16)
    assert not in_grace(sunday, sunday)
    assert in_grace(sunday, sunday + timedelta(days=1))
    assert not in_grace(date(2026, 6, 10), date(2026, 6, 11))


def test_a_child_born_on_29_february_comes_of_age_on_1_march() -> None:
    assert coming_of_age_on(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert coming_of_age_on(date(2008, 2, 28), 18) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("제22조의2", "지특법§22의2"),
        ("22조의2 ②", "지특법§22의2②"),
        ("지방세특례제한법 제22조의2제1항제1호가목", "지특법§22의2①1가"),
        ("「지방세특례제한법」 제17조 제1항", "지특법§17①"),
        ("지특법 22의2", "지특법§22의2"),
        ("§17①1가", "지특법§17①1가"),
        ("지방세법§12①2", "지방세법§12①2"),
        ("제17조(장애인용 자동차)", "지특법§17"),
        ("다자녀", None),
        ("", None),
        ("1001", None),
    ],
)
def test_articles_are_read_in_any_usual_wording(text: str, article: str | None) -> None:
    assert article_of_text(text) == article


def test_articles_are_worded_in_full() -> None:
    assert article_words("지특법§22의2①1가") == "지방세특례제한법 제22조의2제1항제1호가목"
    assert article_words("지특법§66④") == "지방세특례제한법 제66조제4항"
    assert article_words("경기도 도세 감면 조례 제2조") == "경기도 도세 감면 조례 제2조"
    assert (article_head("지특법§22의2①1가"), paragraph_of("지특법§22의2①1가")) == (
        "지특법§22의2",
        "지특법§22의2①",
    )
    for rule in all_rules():
        assert rule.law
        assert rule.title


def _raw(key: str, versions: list[dict[str, Any]]) -> dict[str, Any]:
    import tomllib
    from importlib.resources import files

    text = files("gongmu.relief").joinpath("parameters.toml").read_text("utf-8")
    return {**tomllib.loads(text), key: {"title": key, "versions": versions}}


def _ev(first: date, last: date | None) -> dict[str, Any]:
    found: dict[str, Any] = {"first_on": first, "law": "지특법 제66조제4항", "cap_won": 1_400_000}
    return found if last is None else {**found, "last_on": last}


def test_overlapping_dates_refuse_to_start() -> None:
    overlapping = [_ev(date(2023, 1, 1), date(2026, 12, 31)), _ev(date(2026, 12, 31), None)]
    with pytest.raises(Refused) as refused:
        blocks_of(_raw("ev_66_4", overlapping))
    assert refused.value.code == "rules_overlap"
    touching = [_ev(date(2023, 1, 1), date(2026, 12, 31)), _ev(date(2027, 1, 1), None)]
    assert len(blocks_of(_raw("ev_66_4", touching))["ev_66_4"]) == 2

    rules = all_rules()
    twice = replace(rules[0], first_on=date(2024, 6, 1), last_on=None)
    with pytest.raises(Refused) as refused:
        checked((*rules, twice))
    assert refused.value.code == "rules_overlap"


def test_a_misspelt_value_is_refused() -> None:
    with pytest.raises(Refused, match="cap_wom"):
        blocks_of(_raw("ev_66_4", [{**_ev(date(2023, 1, 1), None), "cap_wom": 1}]))
    with pytest.raises(Refused, match="정수"):
        blocks_of(_raw("ev_66_4", [{**_ev(date(2023, 1, 1), None), "cap_won": "많음"}]))


def _visual() -> Case:
    car = Vehicle(Kind.PASSENGER, seats=5, cc=1598, use=Use.PRIVATE, fuel=Fuel.GASOLINE)
    day = date(2026, 3, 10)
    found = Case("", day, day, vehicle=car, tax_base_won=30_000_000)
    found.disability = Disability(severe=False, kind="시각", grade=4)
    return found


def test_an_ordinance_for_visual_grade_four_is_city_data() -> None:
    assert assess(_visual(), load_law()).outcome is Outcome.NEEDS_REVIEW
    assert assess(_visual(), load_law({"ordinance": []})).outcome is Outcome.NO_RELIEF
    entry = {
        "code": "visual_4",
        "name": "연습도 도세 감면 조례 제2조",
        "first_on": date(2025, 1, 1),
        "last_on": date(2027, 12, 31),
    }
    decided = assess(_visual(), load_law({"ordinance": [entry]}))
    assert (decided.outcome, decided.relief_article) == (Outcome.RELIEF, entry["name"])
    # 조례에 따른 면제에도 최소납부가 적용된다(제177조의2제2항).
    assert decided.relief_won == 1_785_000
    free = assess(_visual(), load_law({"ordinance": [{**entry, "minimum_tax": False}]}))
    assert free.relief_won == 2_100_000
    with pytest.raises(Refused, match="겹칩니다"):
        load_law({"ordinance": [entry, entry]})


def test_rates_and_lowered_reliefs_of_an_ordinance() -> None:
    rate = {
        "name": "passenger_private_rate",
        "rate": "0.06",
        "first_on": date(2026, 1, 1),
        "law": "연습도 도세 조례 제5조",
    }
    case = _visual()
    case.disability = None
    assert assess(case, load_law({"rate": [rate]})).base_tax_won == 1_800_000
    with pytest.raises(Refused, match="50%"):
        load_law({"rate": [{**rate, "rate": "0.02"}]})

    lowered = {
        "code": "children",
        "name": "연습시 시세 감면 조례 제9조",
        "ground": "lowered",
        "rule": "multichild_22_2",
        "factor": "3/4",
        "first_on": date(2026, 1, 1),
    }
    case.children_under_18 = 3
    assert assess(case, load_law({"ordinance": [lowered]})).relief_won == 1_050_000
    with pytest.raises(Refused, match="제182조"):
        load_law({"ordinance": [{**lowered, "rule": "disabled_17"}]})


cars = st.builds(
    Vehicle,
    kind=st.sampled_from(Kind),
    size=st.sampled_from([None, *Size]),
    seats=st.none() | st.integers(2, 16),
    cc=st.none() | st.integers(100, 4000),
    payload_kg=st.none() | st.integers(500, 1500),
    use=st.sampled_from([Use.PRIVATE, Use.PRIVATE, Use.COMMERCIAL, None]),
    fuel=st.sampled_from(Fuel),
)
days = st.dates(date(2023, 1, 1), date(2028, 12, 31))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    day = draw(days)
    later = draw(st.integers(0, 40))
    found = Case("p", day, day + timedelta(days=later))
    found.vehicle = draw(cars)
    found.tax_base_won = draw(st.integers(0, 200_000_000))
    if draw(st.booleans()):
        births = draw(st.lists(st.dates(date(2003, 1, 1), date(2023, 1, 1)), max_size=4))
        found.children = tuple(Child(When(born, born)) for born in births)
    return found


@given(cases())
def test_relief_and_tax_due_make_up_the_tax(case: Case) -> None:
    decided = assess(case, law())
    assert decided.checks
    if decided.base_tax_won is None or decided.relief_won is None:
        assert decided.outcome is Outcome.NEEDS_REVIEW
        return
    assert decided.tax_due_won is not None
    assert 0 <= decided.relief_won <= decided.base_tax_won
    assert decided.tax_due_won % 10 == 0
    assert decided.relief_won + decided.tax_due_won == decided.base_tax_won
    if decided.clawback_until_on is not None and case.registered_on is not None:
        assert decided.clawback_until_on > case.registered_on - timedelta(days=41)
    if decided.outcome is Outcome.NEEDS_REVIEW:
        assert decided.missing or decided.questions


grounds = st.sampled_from(
    [
        ("disability", Disability(severe=True)),
        ("veteran", VeteranStatus(Veteran.MERIT, "3")),
        ("veteran", VeteranStatus(Veteran.MAY_18, "14")),
        ("children_under_18", 3),
        ("children_under_18", 2),
    ]
)


@given(cases(), grounds)
def test_one_more_ground_never_lessens_the_relief(case: Case, ground: tuple[str, Any]) -> None:
    name, value = ground
    case.children = None
    before = assess(case, law())
    setattr(case, name, value)
    after = assess(case, law())
    if before.relief_won is not None and after.relief_won is not None:
        assert after.relief_won >= before.relief_won


def test_rates_are_exact() -> None:
    versions = standard_blocks()["multichild_22_2"]
    assert [getattr(version, "two_rate", None) for version in versions] == [None, Fraction(1, 2)]
