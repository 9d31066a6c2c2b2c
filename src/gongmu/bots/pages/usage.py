"""Use of models: one's own for everybody, departments' for managers; nobody is ranked."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.guard.quota import MonthUse, QuotaBook, UseOf
from gongmu.bots.pages.ground import Ground, manages
from gongmu.bots.pages.talk_view import won_words
from gongmu.core.people import Person
from gongmu.portal.problems import said

MONTHS_BACK = 12
_NOTHING = UseOf(0, 0, 0, Fraction(0))


def usage_routes(router: APIRouter, ground: Ground) -> None:
    """Add the page of use and cost."""
    book = QuotaBook(ground.house.engine, ground.office.quotas, ground.house.clock)

    @router.get("/usage")
    def usage(request: Request, month: Annotated[str, Query(max_length=7)] = "") -> Response:
        person = ground.enter(request)
        chosen = _month(month) if month else ground.today().replace(day=1)
        used = book.usage(f"{chosen:%Y-%m}")
        bots = {code: bot.title for code, bot in ground.bots().items()}
        return ground.show(
            request,
            "bots_usage.html",
            title="사용량과 비용",
            month=f"{chosen:%Y-%m}",
            months=_months(ground.today(), chosen),
            first=chosen,
            mine=used.by_person.get(person.account, _NOTHING),
            left=book.left(person.account, person.department),
            quotas=ground.office.quotas,
            tables=_tables(person, used, bots),
            total=used.total if manages(person) else None,
            models=ground.office.models,
            won_words=won_words,
        )


def _tables(
    person: Person, used: MonthUse, bots: dict[str, str]
) -> list[tuple[str, str, list[tuple[str, UseOf]]]]:
    """Return title, first column's name and lines: only sums of many people, never of one."""
    if not manages(person):
        return []
    return [
        (
            "부서마다",
            "부서",
            [(name or "부서 없음", one) for name, one in used.by_department.items()],
        ),
        ("창구마다", "창구", [(bots.get(code, code), one) for code, one in used.by_bot.items()]),
        ("모델마다", "모델", list(used.by_model.items())),
    ]


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise said(404) from None


def _months(day: date, chosen: date) -> list[tuple[str, str]]:
    found, first = {chosen}, day.replace(day=1)
    for _ in range(MONTHS_BACK):
        found.add(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return [(f"{one:%Y-%m}", f"{one.year}년 {one.month}월") for one in sorted(found)[::-1]]
