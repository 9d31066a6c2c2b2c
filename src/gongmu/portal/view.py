"""Pages from templates: one Jinja environment, the rooms of the menu, Korean number formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jinja2
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from gongmu.core.people import Act, Person, SignInRules
from gongmu.core.values import SEOUL, korean_date

HERE = Path(__file__).parent
BUILT = HERE / "static" / "built"

SERVICE_NAME = "행정자동화 포털"


@dataclass(frozen=True)
class Todo:
    """One thing that waits for this person; `title` says how many and holds nothing personal."""

    title: str
    address: str


@dataclass(frozen=True)
class Room:
    """One place of the portal: its line in the menu, its pages and its templates."""

    code: str
    title: str
    path: str
    router: APIRouter
    templates: Path | None = None
    shown: Callable[[], bool] = field(default=lambda: True)
    shown_to: Callable[[Person], bool] = field(default=lambda _: True)
    """Who finds the room in the menu; each page still asks for itself."""
    todo: Callable[[Person], Sequence[Todo]] = field(default=lambda _: ())
    """What waits for this person here; asked on every page, so it has to be quick."""
    uploads: Mapping[str, int] = field(default_factory=dict)
    """Addresses that take files, with the most bytes each takes."""
    open_paths: tuple[str, ...] = ()
    """Addresses that anyone may read without signing in."""


class Screen:
    """Draws pages; holds what every page shows."""

    def __init__(self, rooms: Sequence[Room], city_name: str, rules: SignInRules) -> None:
        self.rooms = tuple(rooms)
        folders = [HERE / "templates", *(room.templates for room in rooms if room.templates)]
        self._jinja = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folders),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals.update(
            service_name=SERVICE_NAME,
            city_name=city_name,
            sign_in_rules=rules,
            assets=_asset_addresses(),
            Act=Act,
        )
        self._jinja.filters.update(
            whole=whole,
            share=share,
            day=korean_date,
            instant=instant,
            moment=moment,
            day_of_week=day_of_week,
            won=won,
        )
        for name in self._jinja.list_templates(["html"]):
            self._jinja.get_template(
                name
            )  # 첫 손님이 번역을 기다리지 않고, 틀린 틀은 여기서 드러난다

    def text(self, template: str, **context: Any) -> str:
        """Return a template filled in, for a fragment or a golden test."""
        return self._jinja.get_template(template).render(**context)

    def page(
        self, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """Return a whole page with the shell around it."""
        person = visitor(request)
        body = self.text(
            template,
            person=person,
            rooms=[
                room for room in self.rooms if person and room.shown() and room.shown_to(person)
            ],
            # 잘못을 알리는 화면은 다시 묻지 않는다: 그 물음이 잘못의 까닭일 수 있다
            inbox=self.todo(person) if person and status < 400 else (),
            here=request.url.path,
            address=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            contrast="high" if request.cookies.get("gongmu_contrast") == "high" else "normal",
            **context,
        )
        return HTMLResponse(body, status)

    def todo(self, person: Person) -> Sequence[Todo]:
        """Return what waits for a person in every room that they see."""
        open_rooms = [room for room in self.rooms if room.shown() and room.shown_to(person)]
        return [item for room in open_rooms for item in room.todo(person)]

    def fragment(self, template: str, **context: Any) -> HTMLResponse:
        """Return a piece of a page for htmx."""
        return HTMLResponse(self.text(template, **context))


def wants_fragment(request: Request) -> bool:
    """Return whether htmx asked for a piece; anything else gets the whole page (Back too)."""
    return request.headers.get("hx-request-type") == "partial"


def visitor(request: Request) -> Person | None:
    """Return who is signed in, or None."""
    person: Person | None = request.scope.get("state", {}).get("person")
    return person


def client_address(request: Request) -> str:
    """Return the address the request came from, for the access record."""
    return request.client.host if request.client else ""


def _asset_addresses() -> dict[str, str]:
    """Return each asset's address with the build's hash, so browsers may keep it for ever."""
    mark = BUILT / "inputs.sha256"
    version = mark.read_text("ascii")[:12] if mark.exists() else "none"
    names = ("portal.js", "portal.css", "print.css", "fonts.css")
    return {name.replace(".", "_"): f"/static/{name}?v={version}" for name in names}


def whole(value: float | None) -> str:
    """Write a count with thousands commas; nothing known is '–'."""
    return "–" if value is None else f"{value:,.0f}"


def share(value: float | None, digits: int = 1) -> str:
    """Write a share (0..1) as per cent; nothing known is '–'."""
    return "–" if value is None else f"{value * 100:.{digits}f}%"


def won(value: int | None) -> str:
    """Write money as 1,234,000원; nothing known is '–'."""
    return "–" if value is None else f"{value:,}원"


def instant(at: datetime) -> str:
    """Write an instant as Seoul time: 2026. 11. 20. 14:32."""
    local = at.astimezone(SEOUL)
    return f"{korean_date(local.date())} {local:%H:%M}"


def moment(at: datetime) -> str:
    """Write an instant within a log as Seoul time: 11. 20. 14:32:05."""
    local = at.astimezone(SEOUL)
    return f"{local.month}. {local.day}. {local:%H:%M:%S}"


def day_of_week(day: date) -> str:
    """Return 월..일."""
    return "월화수목금토일"[day.weekday()]
