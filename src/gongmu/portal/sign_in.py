"""Signing in and out, going on with a session, and the high-contrast choice."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gongmu.core.audit import Audit
from gongmu.core.errors import Refused
from gongmu.core.people import People
from gongmu.portal.security import safe_next
from gongmu.portal.sessions import COOKIE, session_token
from gongmu.portal.view import Screen, client_address, visitor


def sign_in_pages(people: People, audit: Audit) -> APIRouter:
    """Return the pages anyone may open."""
    router = APIRouter()

    @router.get("/sign-in")
    def form(request: Request, next: str = "/", ended: str = "") -> Response:  # noqa: A002 - the address says next
        said = ("로그아웃되었습니다.", "계속하려면 다시 로그인하세요.") if ended else ("", "")
        return _form(request, next, "", *said, ended=True)

    @router.post("/sign-in")
    def sign_in(
        request: Request,
        account: Annotated[str, Form(max_length=60)],
        password: Annotated[str, Form(max_length=200)],
        next: Annotated[str, Form()] = "/",  # noqa: A002 - the address says next
    ) -> Response:
        address = client_address(request)
        try:
            fresh = people.sign_in(account, password, address)
        except Refused as refused:
            audit.record(account[:60], "portal.sign_in_refused", refused.code, address=address)
            answer = _form(request, next, account, refused.message, refused.todo)
            answer.status_code = 429 if refused.code == "locked_out" else 403
            return answer
        audit.record(fresh.person.account, "portal.sign_in", "로그인", address=address)
        answer = RedirectResponse(safe_next(next), 303)
        answer.set_cookie(
            COOKIE,
            fresh.token,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
            path="/",
        )
        return answer

    @router.post("/sign-out")
    def sign_out(request: Request) -> Response:
        person = visitor(request)
        people.sign_out(session_token(request.headers.get("cookie", "")))
        if person:
            audit.record(
                person.account, "portal.sign_out", "로그아웃", address=client_address(request)
            )
        answer = RedirectResponse("/sign-in?ended=1", 303)
        answer.delete_cookie(COOKIE, path="/")
        return answer

    @router.post("/session/extend")
    def extend() -> Response:
        # 여기까지 온 것으로 이미 이어졌다: 세션을 읽는 문지기가 쓴 시각을 적는다
        return Response(status_code=204)

    @router.post("/contrast")
    def contrast(
        contrast: Annotated[str, Form()],
        next: Annotated[str, Form()] = "/",  # noqa: A002 - the address says next
    ) -> Response:
        answer = RedirectResponse(safe_next(next), 303)
        chosen = "high" if contrast == "high" else "normal"
        year = 31_536_000
        answer.set_cookie("gongmu_contrast", chosen, max_age=year, samesite="lax", path="/")
        return answer

    return router


def _form(
    request: Request, then: str, account: str, message: str, todo: str, *, ended: bool = False
) -> Response:
    screen: Screen = request.app.state.screen
    return screen.page(
        request,
        "sign_in.html",
        title="로그인",
        next=safe_next(then),
        account=account,
        message=message,
        todo=todo,
        ended=ended,
    )
