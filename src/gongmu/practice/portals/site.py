"""What both practice sites share: accounts, sessions that time out, faults and Korean screens."""

from __future__ import annotations

import asyncio
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = "127.0.0.1"
CONTROL = "/practice/faults"
LOCKED_AFTER = 5
"""Wrong passwords in a row before the account is locked, as the real sites do."""

_SCREENS = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "screens"),
    autoescape=True,
    undefined=StrictUndefined,
)


@dataclass(frozen=True)
class Account:
    """A practice account; it opens nothing but the practice sites, so it is written down here."""

    user_id: str = "practice01"
    password: str = "Yeonseup!2026"  # noqa: S105 - opens only the practice sites on loopback
    person: str = "연습 담당자"


@dataclass
class Faults:
    """How the site misbehaves now; every field may be changed while it runs (see CONTROL)."""

    down: bool = False
    """Every page answers 503."""
    down_visits: int = 0
    """The next so many requests answer 503, then the site is well again."""
    slow_seconds: float = 0.0
    changed: Literal["", "renamed", "moved"] = ""
    """The search button carries another name, or stands elsewhere on the screen."""
    password_changed: bool = False
    session_seconds: float = 600.0
    """Idle time after which a session ends."""
    approval_seconds: float = 180.0
    """Time within which a phone approval must come."""
    late: str = ""
    """Beginning of the names of files that come late; empty: none."""
    late_visits: int = 0
    """A late file appears after it was asked for so many times."""
    late_seconds: float = 0.0
    """A late file appears so many seconds after the site started."""
    late_hidden: bool = False
    """A late file is not listed at all, instead of listed as 생성 중."""

    stalled: bool = False
    """Downloads stop in the middle and never go on."""
    broken: bool = False
    """Downloads break off in the middle."""

    def change(self, values: Mapping[str, object]) -> None:
        """Set fields by name; raises ValueError for an unknown name or a value of another type."""
        kinds = {one.name: type(getattr(Faults, one.name)) for one in fields(self)}
        for name, value in values.items():
            if name not in kinds:
                raise ValueError(f"unknown fault: {name}")
            number = kinds[name] is float and type(value) is int
            if not number and type(value) is not kinds[name]:
                raise ValueError(f"{name}: expected {kinds[name].__name__}")
        for name, value in values.items():
            setattr(self, name, value)


@dataclass
class Visit:
    """One signed-in (or half signed-in) visitor."""

    user_id: str
    seen: float
    request: str | None = None
    """Number of the phone approval this visit waits for; None on sites without one."""


class Site(ABC):
    """One practice site; subclasses say what it is called, how it is encoded and its pages."""

    title: str
    encoding: str = "utf-8"

    def __init__(self, account: Account | None = None, faults: Faults | None = None) -> None:
        self.account = account or Account()
        self.faults = faults or Faults()
        self.started = time.monotonic()
        self._visits: dict[str, Visit] = {}
        self._wrong_passwords = 0

    @abstractmethod
    def routes(self) -> list[BaseRoute]:
        """Return the pages of the site."""

    def app(self) -> Starlette:
        """Return the ASGI application; it answers to loopback names only."""
        common: list[BaseRoute] = [
            Route("/expired", self.expired_page),
            Route(CONTROL, self.control, methods=["GET", "PUT"]),
        ]
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])
        troubles = Middleware(_Troubles, site=self)
        return Starlette(routes=[*self.routes(), *common], middleware=[hosts, troubles])

    def screen(self, name: str, status: int = 200, **values: object) -> Response:
        """Return a screen in the site's encoding; templates get `site_title` and `changed`."""
        values |= {"site_title": self.title, "changed": self.faults.changed}
        text = _SCREENS.get_template(name).render(charset=self.encoding, **values)
        media_type = f"text/html; charset={self.encoding}"
        body = text.encode("cp949" if self.encoding == "euc-kr" else self.encoding)
        return HTMLResponse(body, status, media_type=media_type)

    async def sign_in(self, request: Request) -> str | None:
        """Return None when id and password of the posted form are right, else what to tell."""
        form = await request.form()
        if self._wrong_passwords >= LOCKED_AFTER:
            return "계정이 잠겼습니다. 관리자에게 문의하십시오."
        right = form.get("user_id") == self.account.user_id and not self.faults.password_changed
        if right and secrets.compare_digest(
            str(form.get("password")).encode(), self.account.password.encode()
        ):
            self._wrong_passwords = 0
            return None
        self._wrong_passwords += 1
        count = f"{self._wrong_passwords}/{LOCKED_AFTER}회"
        return f"아이디 또는 비밀번호가 일치하지 않습니다. (오류 {count})"

    def welcome(self, to: str, request_number: str | None = None) -> Response:
        """Start a visit and send the visitor to the page `to`."""
        token = secrets.token_urlsafe(24)
        self._visits[token] = Visit(self.account.user_id, time.monotonic(), request_number)
        response = RedirectResponse(to, 303)
        response.set_cookie("JSESSIONID", token, httponly=True, samesite="lax")
        return response

    def visit(self, request: Request) -> Visit | None:
        """Return the visit of this request and count it as seen; None when it has timed out."""
        token = request.cookies.get("JSESSIONID", "")
        visit = self._visits.get(token)
        now = time.monotonic()
        if visit is None or now - visit.seen > self.faults.session_seconds:
            self._visits.pop(token, None)
            return None
        visit.seen = now
        return visit

    def expired(self) -> Response:
        """Send the visitor to the page that says the session has ended."""
        return RedirectResponse("/expired", 303)

    def expired_page(self, _request: Request) -> Response:
        """Say that the session has ended."""
        return self.screen("expired.html")

    async def control(self, request: Request) -> Response:
        """Show or change the faults; a practice-only door for demo and tests."""
        if request.method == "PUT":
            try:
                self.faults.change(await request.json())
            except (ValueError, AttributeError) as error:
                return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(asdict(self.faults))


class _Troubles:
    """Makes the whole site slow or down, except for the door that repairs it."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        faults = self._site.faults
        if scope["type"] != "http" or scope["path"] == CONTROL:
            await self._app(scope, receive, send)
            return
        if faults.slow_seconds:
            await asyncio.sleep(faults.slow_seconds)
        if faults.down or faults.down_visits > 0:
            faults.down_visits = max(0, faults.down_visits - 1)
            await self._site.screen("down.html", 503)(scope, receive, send)
            return
        await self._app(scope, receive, send)
