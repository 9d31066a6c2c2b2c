"""The congestion page: filters in the address, one finding, the heat table, a load profile.

Every page and download is written to the access record; a download needs a working role.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bus.figures import Figures, View
from gongmu.bus.heatmap import DENOMINATORS
from gongmu.bus.overview import DEFINITIONS, Overview
from gongmu.bus.tables import PUBLISHED_TABLES
from gongmu.bus.warehouse import Warehouse
from gongmu.core.audit import Audit
from gongmu.core.city import City
from gongmu.core.clock import Clock, system_clock, today
from gongmu.core.people import Act
from gongmu.portal.problems import said
from gongmu.portal.view import Room, Screen, client_address, visitor, wants_fragment

TITLES = {table.name: table.title for table in PUBLISHED_TABLES}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked(
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    week: Literal["", "all", "work", "rest"] = "",
    route: Annotated[str, Query(max_length=60)] = "",
    way: Literal["", "0", "1", "2"] = "",
    value: Literal["max", "mean"] = "max",
    base: Literal["", "capacity", "seats"] = "",
    order: Literal["", "full"] = "",
    at: Annotated[str, Query(max_length=80)] = "",
    hour: Annotated[int, Query(ge=0, le=27)] = 0,
    stop: Annotated[int, Query(ge=0, le=999)] = 0,
) -> dict[str, Any]:
    """Read the address; anything else is answered 400."""
    return dict(locals())


Asked = Annotated[dict[str, Any], Depends(asked)]


def bus_room(warehouse: Warehouse, city: City, audit: Audit, clock: Clock = system_clock) -> Room:
    """Return the room of bus analysis over the published days of `city`."""
    router = APIRouter(prefix="/bus")
    figures = Figures(warehouse, city.code, city.denominator)
    page = Overview(figures, city)

    def note(request: Request, did: str, about: str) -> None:
        person = visitor(request)
        who = person.account if person else ""
        audit.record(who, did, about[:500], address=client_address(request))

    def chosen(fields: Mapping[str, Any]) -> tuple[View, list[date]]:
        published = figures.published()
        view, days = page.view(fields, published) if published else (None, [])
        if view is None or not days:
            raise said(404)
        return view, days

    @router.get("")
    def board(request: Request, fields: Asked) -> Response:
        screen: Screen = request.app.state.screen
        published = figures.published()
        if not published:
            return screen.page(request, "bus_empty.html", title="버스 혼잡 현황")
        view, days = page.view(fields, published)
        note(request, "bus.view", view.address())
        shell = page.shell(view, published, days)
        if not days:
            return screen.page(request, "bus_none.html", title="버스 혼잡 현황", **shell)
        if wants_fragment(request):
            return screen.fragment("bus_profile.html", **page.profile(view, days))
        shown = shell | page.board(view, days)
        return screen.page(request, "bus_board.html", title="버스 혼잡 현황", **shown)

    @router.get("/why")
    def why(request: Request, fields: Asked) -> Response:
        screen: Screen = request.app.state.screen
        view, days = chosen(fields)
        note(request, "bus.view_lineage", view.address())
        return screen.page(
            request,
            "bus_why.html",
            title="이 숫자 설명",
            view=view,
            manifests=figures.manifests(days),
            quality=figures.quality(days).to_dicts(),
            definitions=DEFINITIONS,
            grades=page.grades(view, days),
            classes=page.classes(days),
            titles=TITLES,
            denominator=DENOMINATORS[view.base],
        )

    @router.get("/workbook.xlsx")
    def workbook(request: Request, fields: Asked) -> Response:
        person = visitor(request)
        if person is None or not person.may(Act.DOWNLOAD):
            raise said(403)
        view, days = chosen(fields)
        note(request, "bus.download", view.address())
        body = page.workbook(view, days, today(clock))
        name = quote(f"버스혼잡_{days[0]}_{days[-1]}.xlsx")
        disposition = (
            f"attachment; filename=\"bus_{days[0]}_{days[-1]}.xlsx\"; filename*=UTF-8''{name}"
        )
        return Response(body, media_type=XLSX, headers={"Content-Disposition": disposition})

    return Room("bus", "버스 분석", "/bus", router, Path(__file__).parent / "templates")
