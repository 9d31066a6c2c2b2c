"""What stands before every page: security headers, same-origin acts, a limit on what is sent.

Pure ASGI, so that streams pass through unharmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gongmu.core.errors import Refused
from gongmu.portal.problems import problem_answer, said

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SafeHeaders:
    """Puts the security headers on every answer; pages are not kept by browsers or proxies."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, adding headers to its answer."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        secure = scope.get("scheme") == "https"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
                headers.setdefault("Cache-Control", "no-store")
                headers.add_vary_header("HX-Request, HX-Request-Type, Cookie")
            await send(message)

        return await self._app(scope, receive, with_headers)


class SameOriginActs:
    """Lets an act (POST and the like) through only when it comes from our own pages.

    `Sec-Fetch-Site` decides; where a browser does not send it, `Origin` must be ours. A request
    with neither is let through only without a cookie, as nobody can be tricked into it then.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or answer 403."""
        if scope["type"] != "http" or scope["method"] in _SAFE:
            return await self._app(scope, receive, send)
        if comes_from_us(Headers(scope=scope)):
            return await self._app(scope, receive, send)
        refusal = Refused(
            "cross_site",
            "다른 누리집에서 보낸 요청이라 하지 않았습니다.",
            "이 포털의 화면에서 다시 누르세요.",
        )
        return await problem_answer(scope, 403, refusal)(scope, receive, send)


def comes_from_us(headers: Headers) -> bool:
    """Return whether an act was sent by our own page (or by no browser at all)."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host", "")
    return "cookie" not in headers


class BodyLimit:
    """Refuses a request whose body is larger than `most` bytes, also when it does not say so.

    `uploads` are addresses that take files, each with its own most.
    """

    def __init__(
        self, app: ASGIApp, most: int = 1_000_000, uploads: Mapping[str, int] | None = None
    ) -> None:
        self._app = app
        self._most = most
        self._uploads = dict(uploads or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._uploads.get(scope["path"], self._most)
        refusal = said(413)
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            await problem_answer(scope, 413, refusal)(scope, receive, send)
            return
        got, answered = 0, False

        async def counted() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            # 너무 크면 끊긴 것으로 알려 읽기를 그치게 한다
            return message if got <= most else {"type": "http.disconnect"}

        async def watched(message: Message) -> None:
            nonlocal answered
            if got <= most:
                answered = True
                await send(message)

        with suppress(ClientDisconnect):
            await self._app(scope, counted, watched)
        if got > most and not answered:
            await problem_answer(scope, 413, refusal)(scope, receive, send)


def safe_next(path: str, home: str = "/") -> str:
    """Return `path` when it is a place on this portal, else `home`; never another site."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\"))
    if plain and path.isprintable() and "\\" not in path:
        return path
    return home
