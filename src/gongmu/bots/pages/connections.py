"""Connections: one's own tokens for programs that use our tools, and whose tools we may call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.mcp.tokens import LONGEST_DAYS, IssuedToken, McpTokens
from gongmu.bots.pages.ground import Ground, back_to, error_status
from gongmu.bots.passages import Reader
from gongmu.bots.toolbox import all_tools, may_run
from gongmu.core.errors import Refused
from gongmu.core.people import Person
from gongmu.portal.problems import said

DONE = {"revoked": "토큰을 거뒀습니다. 그 프로그램은 더 들어올 수 없습니다."}


def connection_routes(router: APIRouter, ground: Ground) -> None:
    """Add the page of tokens and servers."""
    house = ground.house
    tokens = McpTokens(house.engine, house.clock, house.audit)

    @router.get("/connections")
    def look(request: Request) -> Response:
        return _page(ground, tokens, request, ground.enter(request))

    @router.post("/connections")
    def issue(
        request: Request,
        label: Annotated[str, Form(max_length=100)] = "",
        days: Annotated[str, Form(max_length=5)] = "90",
    ) -> Response:
        person = ground.enter(request)
        given = {"label": label, "days": days}
        try:
            if not label.strip():
                raise Refused("label_missing", "이름이 없습니다.", "어디에 쓸지 적으세요.")
            made = tokens.issue(person, label, days=int(days) if days.isdecimal() else 0)
        except Refused as wrong:
            return _page(ground, tokens, request, person, wrong=wrong, given=given)
        return _page(ground, tokens, request, person, made=made)

    @router.post("/connections/{token_id}/revoke")
    def revoke(request: Request, token_id: str) -> Response:
        person = ground.enter(request)
        if token_id not in {one.token_id for one in tokens.of(person.account)}:
            raise said(404)
        tokens.revoke(token_id, by=person.account)
        return back_to("/bots/connections", "revoked")


def _page(
    ground: Ground,
    tokens: McpTokens,
    request: Request,
    person: Person,
    *,
    made: IssuedToken | None = None,
    wrong: Refused | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    reader = Reader.of(person)
    return ground.show(
        request,
        "bots_connections.html",
        status=error_status(wrong) if wrong else 200,
        title="연결",
        tokens=tokens.of(person.account),
        now=ground.house.clock(),
        made=made,
        longest=LONGEST_DAYS,
        tools=[(tool, may_run(reader, tool)) for tool in all_tools().values()],
        others=ground.office.mcp,
        door_address=str(request.base_url).rstrip("/") + "/mcp",
        done_words=DONE,
        wrong=wrong,
        given=given or {},
    )
