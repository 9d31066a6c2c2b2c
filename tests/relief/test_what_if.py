"""What changes when a value of the law does: who, by how much, in total."""

from __future__ import annotations

import pytest

from gongmu.core.errors import Refused
from gongmu.relief.assess import assess
from gongmu.relief.what_if import what_if, what_if_json
from tests.relief.worked import case_of_facts, law

EV = {
    "case_id": "전기차",
    "acquired_on": "2026-08-10",
    "registered_on": "2026-08-10",
    "tax_base_won": 30_000_000,
    "vehicle": {"kind": "승용", "seats": 5, "use": "비영업용", "fuel": "전기"},
}
FAMILY = {
    **EV,
    "case_id": "세 자녀",
    "vehicle": {"kind": "승용", "seats": 5, "cc": 1598, "use": "비영업용", "fuel": "휘발유"},
    "children_under_18": 3,
}
UNKNOWN = {**FAMILY, "case_id": "모름", "children_under_18": None, "children": [{}, {}, {}]}
CASES = [case_of_facts(one) for one in (EV, FAMILY, UNKNOWN)]


def test_the_ev_relief_ends_earlier() -> None:
    result = what_if(CASES, law(), {"ev_66_4.last_on": "2026-06-30"})
    assert [(one.case_id, one.due_change_won) for one in result.changed] == [("전기차", 1_400_000)]
    assert (result.case_count, result.unknown_count) == (3, 1)
    assert result.relief_before_won - result.relief_after_won == 1_400_000
    assert what_if_json(result)["due_change_won"] == 1_400_000


def test_the_ev_relief_is_prolonged() -> None:
    later = case_of_facts({**EV, "acquired_on": "2027-02-01", "registered_on": "2027-02-01"})
    assert assess(later, law()).outcome == "NEEDS_REVIEW"
    result = what_if(
        [later], law(), {"ev_66_4.last_on": "2029-12-31", "ev_66_4.cap_won": 1_000_000}
    )
    assert result.changed[0].after.outcome == "RELIEF"
    assert result.changed[0].after.relief_won == 1_000_000


def test_a_cap_of_one_million() -> None:
    result = what_if(CASES, law(), {"multichild_22_2.three_plus_cap_won": "1,000,000"})
    assert [(one.case_id, one.due_change_won) for one in result.changed] == [("세 자녀", 400_000)]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ({"전기차.일몰": "2026. 6. 30."}, {"ev_66_4.last_on": "2026-06-30"}),
        ({"전기자동차.한도": "100만원"}, {"ev_66_4.cap_won": 1_000_000}),
        ({"다자녀.3자녀 한도": "1백만"}, {"multichild_22_2.three_plus_cap_won": 1_000_000}),
        (
            {"세율.passenger_private_rate": "5%"},
            {"acquisition_rate.passenger_private_rate": "0.05"},
        ),
        ({" ev_66_4 . cap_won ": "1,000,000원"}, {"ev_66_4.cap_won": 1_000_000}),
    ],
)
def test_a_change_may_be_written_as_an_officer_says_it(
    written: dict[str, str], plain: dict[str, str | int]
) -> None:
    one, other = what_if(CASES, law(), written), what_if(CASES, law(), plain)
    assert one.changed
    assert one.changed == other.changed


def test_one_version_alone() -> None:
    none = what_if(CASES, law(), {"multichild_22_2@2023-01-01.three_plus_cap_won": 1_000_000})
    assert none.changed == ()


@pytest.mark.parametrize(
    ("name", "value", "code", "said"),
    [
        ("ev_66_4.ceiling", "1", "parameter_unknown", "cap_won"),
        ("car.cap_won", "1", "parameter_unknown", "ev_66_4(전기자동차)"),
        # 다자녀에는 한도가 둘
        ("다자녀.한도", "100만", "parameter_unknown", "three_plus_cap_won"),
        ("ev_66_4", "1", "parameter_unknown", "감면.값"),
        ("ev_66_4@2020-01-01.cap_won", "1", "parameter_unknown", "2023-01-01"),
        ("ev_66_4.cap_won", "백만", "parameters_invalid", "정수"),
        ("ev_66_4.cap_won", "-5", "parameters_invalid", "0보다 작을 수 없습니다"),
        ("multichild_22_2.two_rate", "30", "parameters_invalid", "30%"),
        ("multichild_22_2.two_rate", "1e999999999", "parameters_invalid", "비율"),
        ("ev_66_4.last_on", "내년", "parameters_invalid", "날짜"),
        ("disabled_17@2023-01-01.last_on", "2025-06-30", "rules_overlap", "겹칩니다"),
    ],
)
def test_unknown_names_and_values_are_told_in_korean(
    name: str, value: str, code: str, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        what_if(CASES, law(), {name: value})
    assert refused.value.code == code
    assert said in str(refused.value)
