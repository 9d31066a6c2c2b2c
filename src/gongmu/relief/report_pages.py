"""The month's result: the tables on the page, and as workbook, HWPX and PDF. No personal data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.people import Act
from gongmu.portal.problems import said
from gongmu.relief.monthly import month_figures
from gongmu.relief.page_ground import Ground, attachment
from gongmu.relief.report import (
    report_hwpx,
    report_pdf,
    report_tables,
    report_workbook,
)

MONTHS_BACK = 24
Form = Literal["xlsx", "hwpx", "pdf"]
Month = Annotated[str, Query(max_length=7)]


def report_routes(router: APIRouter, ground: Ground) -> None:
    """Add the page and its files."""

    @router.get("/report")
    def page(request: Request, month: Month = "") -> Response:
        person = ground.enter(request)
        first = month_of(month) if month else _last_month(ground.today())
        figures = month_figures(ground.house, first, person.account)
        return ground.show(
            request,
            "relief_report.html",
            title="월 결과",
            month=f"{first:%Y-%m}",
            first=first,
            months=_choices(ground.today(), first),
            figures=figures,
            tables=report_tables(figures),
            may_download=ground.door.lets(person, Act.DOWNLOAD),
        )

    @router.get("/report.{form}")
    def download(
        request: Request, form: Literal["xlsx", "hwpx", "pdf"], month: Month = ""
    ) -> Response:
        ground.enter(request)
        person = ground.enter(request, Act.DOWNLOAD)
        first = month_of(month)
        figures = month_figures(ground.house, first, person.account)
        ground.note(request, person, "relief.download_report", f"{first:%Y-%m} {form}")
        office, day, now = ground.office.office, ground.today(), ground.house.clock()
        write: dict[str, Callable[[], bytes]] = {
            "xlsx": lambda: report_workbook(figures, office, day),
            "hwpx": lambda: report_hwpx(figures, office, day, now),
            "pdf": lambda: report_pdf(figures, office, day, now),
        }
        name = f"{first:%Y-%m}"
        return attachment(write[form](), f"relief_{name}", f"감면안내_결과_{name}", form)


def month_of(text: str) -> date:
    """Return the first day of 2026-11; answers 404 for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise said(404) from None


def _last_month(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _choices(day: date, chosen: date) -> list[tuple[str, str]]:
    months, first = {chosen}, day.replace(day=1)
    for _ in range(MONTHS_BACK):
        months.add(first)
        first = _last_month(first)
    return [(f"{item:%Y-%m}", f"{item.year}년 {item.month}월") for item in sorted(months)[::-1]]
