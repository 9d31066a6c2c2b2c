"""Grants, decisions and an office for the tests of texts and letters; every name is invented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from gongmu.relief.grant import Grant

TODAY = date(2026, 11, 23)
"""A Monday."""
ENDS_ON = date(2027, 11, 10)
"""A Wednesday."""
REPLACE_BY_ON = date(2027, 1, 9)
"""A Saturday."""

ARTICLES = {
    "N17": "지특법§17①1가",
    "N17공동": "지특법§17①1가",
    "N22": "지특법§22의2①1가",
    "N29": "지특법§29④",
    "N29공동": "지특법§29④",
    "N67": "지특법§67①",
    "N68": "지특법§68①",
    "NONE": "지특법§66④",
}
"""Notice code → an article it belongs to."""

REPLACING = ("N17", "N17공동", "N22", "N29", "N29공동")


@dataclass(frozen=True)
class Judgement:
    """A decision as far as notices look at it."""

    notice_code: str
    clawback_until_on: date | None = ENDS_ON
    replacement_due_on: date | None = None


@dataclass(frozen=True)
class Event:
    amount_won: int | None = 2_677_500
    filing_due_on: date | None = date(2027, 1, 4)


@dataclass(frozen=True)
class Office:
    office: str = "연습시 세정과"
    phone: str = "031-000-2000"
    head: str = "연습시장"
    address: str = "경기도 연습시 시청로 1"


def grant(code: str = "N22", **changes: Any) -> Grant:
    """A grant that lacks nothing, under the article of `code`."""
    made = Grant(
        grant_id="g-1",
        row_number=4,
        name="가나다",
        birth="800101-1",
        phone="01000001234",
        address="경기도 연습시 연습로 123, 101동 1004호 (연습동, 연습마을아파트)",
        postcode="01234",
        plate="12가3456",
        previous_plate="34나7890",
        car_name="연습 카니발",
        article=ARTICLES.get(code.removesuffix("+REPL"), "지특법§22의2①1가"),
        registered_on=date(2026, 11, 10),
        base_tax_won=3_150_000,
        relief_won=2_677_500,
        tax_due_won=472_500,
        is_company=False,
    )
    return replace(made, **changes)


def judgement(code: str) -> Judgement:
    """The decision that goes with a notice code."""
    return Judgement(
        code,
        None if code == "NONE" else ENDS_ON,
        REPLACE_BY_ON if code.endswith("+REPL") else None,
    )
