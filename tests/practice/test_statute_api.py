"""The practice law service answers and misbehaves as the national one does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gongmu.practice.laws import current_versions, law_json, practice_laws
from gongmu.practice.portals.statutes import PRACTICE_OC, StatuteSite
from tests.bots.law_service import TODAY, law_site


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[StatuteSite, str]]:
    with law_site() as both:
        yield both


def get(served: tuple[StatuteSite, str], door: str, **asked: str) -> httpx.Response:
    usual = {"OC": PRACTICE_OC, "type": "JSON"}
    return httpx.get(f"{served[1]}/DRF/{door}.do", params=usual | asked)


def test_a_list_of_one_is_the_thing_itself(served: tuple[StatuteSite, str]) -> None:
    found = get(served, "lawSearch", target="law", query="연습임시교통지원법").json()["LawSearch"]
    assert found["totalCnt"] == "1"
    assert isinstance(found["law"], dict)
    none = get(served, "lawSearch", target="law", query="없는 법").json()["LawSearch"]
    assert none["totalCnt"] == "0"
    assert "law" not in none


def test_every_version_is_listed_by_day_and_only_the_present_one_otherwise(
    served: tuple[StatuteSite, str],
) -> None:
    by_day = get(served, "lawSearch", target="eflaw", query="연습주차질서법", nw="1,2,3").json()
    rows = by_day["LawSearch"]["law"]
    assert [row["현행연혁코드"] for row in rows if row["법령명한글"] == "연습주차질서법"] == [
        "연혁",
        "연혁",
        "현행",
    ]
    now = get(served, "lawSearch", target="law", query="연습주차질서법").json()["LawSearch"]["law"]
    assert sorted(row["시행일자"] for row in now) == ["20230101", "20260101"]
    names = get(served, "lawSearch", target="law").json()["LawSearch"]["law"]
    assert "연습구법" not in {row["법령명한글"] for row in names}


def test_ordinances_are_listed_by_city_and_their_articles_carry_codes(
    served: tuple[StatuteSite, str],
) -> None:
    found = get(served, "lawSearch", target="ordin", org="6990000").json()["OrdinSearch"]
    assert {row["지자체기관명"] for row in found["law"]} == {"연습시"}
    body = get(served, "lawService", target="ordin", MST="1990044").json()["LawService"]
    codes = [one["조문번호"] for one in body["조문"]["조"]]
    assert codes[0] == "000000"
    assert codes[-1] == "000502"
    only = get(served, "lawService", target="ordin", MST="1990301").json()["LawService"]
    assert isinstance(only["조문"]["조"], dict)


@pytest.mark.parametrize(
    ("target", "key", "envelope"),
    [("prec", "699001", "PrecService"), ("expc", "399001", "ExpcService")],
)
def test_rulings_are_given(
    served: tuple[StatuteSite, str], target: str, key: str, envelope: str
) -> None:
    assert envelope in get(served, "lawService", target=target, ID=key).json()


def test_pages_follow_one_another(served: tuple[StatuteSite, str]) -> None:
    pages: list[dict[str, Any]] = [
        get(served, "lawSearch", target="eflaw", display="4", page=str(number), nw="1,2,3").json()[
            "LawSearch"
        ]
        for number in (1, 2, 3)
    ]
    serials = [row["법령일련번호"] for page in pages for row in _many(page.get("law"))]
    assert len(serials) == len(set(serials)) == int(pages[0]["totalCnt"])


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def test_it_misbehaves_on_demand_and_keeps_a_journal(served: tuple[StatuteSite, str]) -> None:
    control = f"{served[1]}/practice/faults"
    for fault, check in (
        ({"not_found": 1}, lambda r: r.status_code == 404),
        ({"empty": 1}, lambda r: r.status_code == 200 and not r.content),
        ({"html": 1}, lambda r: r.status_code == 200 and r.text.startswith("<!DOCTYPE")),
        ({"broken": 1}, lambda r: r.status_code == 200 and not r.text.endswith("}")),
        ({"no_results": 1}, lambda r: r.json()["LawSearch"]["totalCnt"] == "0"),
        ({"quota": 0}, lambda r: "한도" in r.json()["result"]),
    ):
        assert httpx.put(control, json=fault).status_code == 200
        assert check(get(served, "lawSearch", target="law")), fault
        httpx.put(control, json={"quota": -1})
        assert int(get(served, "lawSearch", target="law").json()["LawSearch"]["totalCnt"]) > 1
    assert httpx.put(control, json={"nonsense": 1}).status_code == 400
    journal = httpx.get(f"{served[1]}/practice/journal").json()
    assert journal
    assert all("OC" not in call for call in journal)


def test_a_wrong_key_is_told(served: tuple[StatuteSite, str]) -> None:
    answer = get(served, "lawSearch", target="law", OC="someone").json()
    assert "검증에 실패" in answer["result"]


def test_everything_is_invented() -> None:
    for one in practice_laws():
        told = f"{one.name} {one.law.get('by', '')} {one.law.get('owner', '')}"
        assert "연습" in told or "이웃군" in told
        assert law_json(one)
    assert len(current_versions(TODAY)) < len(practice_laws())
