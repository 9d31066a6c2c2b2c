"""Knows each request's visitor by the session cookie; all others meet the sign-in page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gongmu.core.people import People
from gongmu.portal.problems import problem_answer, said

COOKIE = "gongmu_session"
POLL = "gongmu-poll"
"""Header of what a page asks by itself: looking on is not using, so the session may end."""
_OPEN = ("/static/", "/sign-in", "/contrast", "/health")


class Sessions:
    """Puts the signed-in person in the request's state, or sends the visitor to sign in."""

    def __init__(self, app: ASGIApp, people: People, open_paths: Sequence[str] = ()) -> None:
        self._app = app
        self._people = people
        self._open_paths = frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its person, or answer with the way to the sign-in page."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            return await self._app(scope, receive, send)
        token = session_token(Headers(scope=scope).get("cookie", ""))
        person = None
        if token:
            used = POLL not in Headers(scope=scope)
            look = partial(self._people.visitor, token, used=used)
            person = await anyio.to_thread.run_sync(look)
        scope.setdefault("state", {})["person"] = person
        is_open = scope["path"].startswith(_OPEN) or scope["path"] in self._open_paths
        if person is None and not is_open:
            return await _to_sign_in(scope)(scope, receive, send)
        return await self._app(scope, receive, send)


def session_token(cookies: str) -> str:
    """Return the session's token from a Cookie header, empty when there is none."""
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _to_sign_in(scope: Scope) -> Response:
    headers = Headers(scope=scope)
    query = scope["query_string"].decode("latin-1")
    wanted = scope["path"] + (f"?{query}" if query else "")
    place = f"/sign-in?next={quote(wanted, safe='/')}" if scope["method"] == "GET" else "/sign-in"
    if "hx-request" in headers:
        # 조각 자리에 로그인 화면이 들어가지 않게 온 화면을 옮긴다
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in?ended=1"})
    if "text/html" in headers.get("accept", ""):
        return RedirectResponse(place, 303)
    return problem_answer(scope, 401, said(401))
