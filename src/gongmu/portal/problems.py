"""Every failure as a Korean page that says what to do, or as problem+json for programs."""

from __future__ import annotations

import logging

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gongmu.core.errors import Ambiguous, GongmuError, Refused, Transient
from gongmu.portal.view import Screen

_log = logging.getLogger(__name__)

SAID = {
    400: Refused(
        "bad_request",
        "요청을 알아볼 수 없습니다.",
        "주소의 조건을 확인하거나 처음부터 다시 고르세요.",
    ),
    401: Refused("sign_in_needed", "로그인이 필요합니다.", "로그인한 뒤 다시 하세요."),
    403: Refused(
        "not_allowed", "이 일을 할 권한이 없습니다.", "필요하면 관리자에게 역할을 요청하세요."
    ),
    404: Refused("not_found", "찾는 화면이 없습니다.", "주소를 확인하거나 홈에서 다시 고르세요."),
    405: Refused("not_possible", "이 주소에서는 할 수 없는 일입니다.", "홈에서 다시 고르세요."),
    413: Refused("too_large", "보낸 내용이 너무 큽니다.", "나누어 보내세요."),
    500: Refused(
        "bug",
        "프로그램의 잘못으로 화면을 만들지 못했습니다.",
        "잠시 뒤 다시 하고, 되풀이되면 이 시각과 함께 운영 담당자에게 알리세요.",
    ),
    503: Transient("unavailable", "지금은 자료를 읽을 수 없습니다.", "잠시 뒤 다시 하세요."),
}
TITLES = {
    400: "알아볼 수 없는 요청",
    401: "로그인 필요",
    403: "권한 없음",
    404: "없는 화면",
    409: "결과를 모르는 일",
    413: "너무 큰 요청",
    422: "할 수 없는 일",
    500: "프로그램 오류",
    503: "잠시 사용 불가",
}


def said(status: int) -> GongmuError:
    """Return a fresh failure with the usual words for an HTTP status."""
    usual = SAID.get(status, SAID[400])
    return type(usual)(usual.code, usual.message, usual.todo)


def problem_answer(scope: Scope, status: int, error: GongmuError) -> Response:
    """Return the answer for a failure: a page for browsers, problem+json for the rest."""
    headers = Headers(scope=scope)
    title = TITLES.get(status, "오류")
    screen: Screen | None = getattr(scope["app"].state, "screen", None) if "app" in scope else None
    if screen is None or "text/html" not in headers.get("accept", ""):
        return JSONResponse(
            {
                "type": f"urn:gongmu:{error.code}",
                "title": title,
                "status": status,
                "detail": error.message,
                "todo": error.todo,
            },
            status,
            media_type="application/problem+json",
        )
    return screen.page(Request(scope), "problem.html", status=status, title=title, error=error)


def status_of(error: GongmuError) -> int:
    """Return the HTTP status of an expected failure."""
    if isinstance(error, Transient):
        return 503
    if isinstance(error, Ambiguous):
        return 409
    known = {usual.code: status for status, usual in SAID.items()}
    return known.get(error.code, 422)


def install(app: FastAPI) -> None:
    """Make `app` answer every failure with a page or problem+json."""

    @app.exception_handler(GongmuError)
    async def expected(request: Request, error: GongmuError) -> Response:
        return problem_answer(request.scope, status_of(error), error)

    @app.exception_handler(StarletteHTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        status = error.status_code
        answer = problem_answer(request.scope, status, said(status))
        for name, value in (error.headers or {}).items():
            answer.headers[name] = value
        return answer

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> Response:
        return problem_answer(request.scope, 400, said(400))


class Bugs:
    """Answers what nobody expected with the 500 page; stands inside the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; on a bug log it and answer if nothing was answered yet."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if scope["type"] != "http" or started:
                raise
            _log.exception("unexpected failure at %s", scope["path"])
            await problem_answer(scope, 500, said(500))(scope, receive, send)
