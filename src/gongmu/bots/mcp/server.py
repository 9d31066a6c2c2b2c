"""Our tools for other programs over MCP: by standard input and output, or by HTTP with a token.

Each call goes through the toolbox: the person's rights hold and every call is written down. What
goes out may reach a model outside, so only class O leaves and personal data are taken out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from gongmu.bots.guard.mask import mask_for_good
from gongmu.bots.guard.office import bots_office
from gongmu.bots.guard.personal_kinds import MASKED
from gongmu.bots.mcp.tokens import McpTokens
from gongmu.bots.passages import DataClass, Reader
from gongmu.bots.tool import ToolGround
from gongmu.bots.toolbox import run_tool, tool_schema, tools_for
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Person
from gongmu.core.values import SEOUL

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from mcp.server.lowlevel import Server
    from mcp_types import (
        CallToolRequestParams,
        CallToolResult,
        ListToolsResult,
        PaginatedRequestParams,
    )

    from gongmu.core.house import House

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

DESK = "mcp"
"""How the record names these calls' desk."""
_READER = "gongmu.reader"
_LONGEST = 60_000
_BIGGEST_REQUEST = 1_000_000


def serve_stdio(house: House, person: Person) -> None:
    """Offer the tools of `person` on standard input and output until the input ends.

    Raises Refused account_disabled. Nothing else may be printed meanwhile.
    """
    if person.disabled:
        raise Refused("account_disabled", "멈춘 계정입니다.", "관리자에게 물어보세요.")
    reader = Reader.of(person)
    asyncio.run(_stdio(_server(house, lambda _context: reader)))


class McpDoor:
    """The streamable HTTP door, an ASGI application to be mounted (at /mcp) in the portal.

    A request needs `Authorization: Bearer <token>`; each stands alone, so there is nothing to
    start or stop with the portal.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._tokens = McpTokens(house.engine, house.clock, house.audit)
        self._made: Server[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; 401 without a live token, 405 for what is not POST."""
        if scope["type"] != "http":
            return
        person = await asyncio.to_thread(self._tokens.person, _bearer(scope))
        if person is None:
            await _answer(
                send, 401, "토큰이 없거나 끝났습니다.", ((b"www-authenticate", b"Bearer"),)
            )
            return
        if scope["method"] != "POST":
            await _answer(send, 405, "POST만 받습니다.", ((b"allow", b"POST"),))
            return
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        if self._made is None:
            self._made = _server(self._house, _reader_in_request)
        manager = StreamableHTTPSessionManager(
            self._made,
            json_response=True,
            stateless=True,
            session_idle_timeout=None,
            max_request_body_size=_BIGGEST_REQUEST,
        )
        scope = {**scope, _READER: Reader.of(person)}
        async with manager.run():
            await manager.handle_request(scope, receive, send)


def _server(
    house: House, reader_in: Callable[[ServerRequestContext[Any, Any]], Reader]
) -> Server[Any]:
    from mcp.server.lowlevel import Server
    from mcp_types import CallToolResult, ListToolsResult, TextContent, Tool

    logging.getLogger("mcp").setLevel(logging.WARNING)
    public = bots_office(house).public_phones

    async def list_tools(
        context: ServerRequestContext[Any, Any], _params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(
            tools=[
                Tool(
                    name=code,
                    title=tool.title,
                    description=tool.description,
                    input_schema=dict(tool_schema(tool)),
                )
                for code, tool in sorted(tools_for(reader_in(context)).items())
                if tool.data_class is DataClass.OPEN
            ]
        )

    async def call_tool(
        context: ServerRequestContext[Any, Any], params: CallToolRequestParams
    ) -> CallToolResult:
        said = await asyncio.to_thread(
            _call, house, reader_in(context), params.name, params.arguments or {}, public
        )
        return CallToolResult(
            content=[TextContent(type="text", text=said.text)], is_error=not said.ok
        )

    return Server("gongmu", on_list_tools=list_tools, on_call_tool=call_tool)


class _Said:
    def __init__(self, text: str, ok: bool) -> None:
        self.text = text
        self.ok = ok


def _call(
    house: House,
    reader: Reader,
    code: str,
    arguments: Mapping[str, Any],
    public: frozenset[str],
) -> _Said:
    today = house.clock().astimezone(SEOUL).date()
    ground = ToolGround(house=house, reader=reader, today=today, bot=DESK)
    tool = tools_for(reader).get(code)
    if tool is not None and tool.data_class is not DataClass.OPEN:
        house.audit.record(reader.account, "bot.tool_refused", f"{DESK}:{code}", reason="class")
        return _Said("공개(O) 등급의 결과만 밖으로 내보냅니다. 포털에서 쓰세요.", False)
    try:
        run = run_tool(ground, code, arguments)
    except GongmuError as problem:
        return _Said(str(problem), False)
    if run.result is not None and run.result.data_class is not DataClass.OPEN:
        return _Said("공개(O) 등급의 결과만 밖으로 내보냅니다. 포털에서 쓰세요.", False)
    text = run.use.text if len(run.use.text) <= _LONGEST else run.use.text[:_LONGEST] + "…(줄임)"
    if run.result is not None and run.result.source:
        text = f"{text}\n\n출처: {run.result.source}"
    return _Said(mask_for_good(text, public, MASKED).text, run.use.ok)


async def _stdio(server: Server[Any]) -> None:
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def _reader_in_request(context: ServerRequestContext[Any, Any]) -> Reader:
    reader = context.request.scope.get(_READER) if context.request is not None else None
    if not isinstance(reader, Reader):
        raise Refused("not_allowed", "누구의 요청인지 알 수 없습니다.", "토큰을 확인하세요.")
    return reader


def _bearer(scope: Scope) -> str:
    for name, value in scope.get("headers", ()):
        if name.lower() == b"authorization" and value[:7].lower() == b"bearer ":
            return bytes(value[7:]).decode("ascii", "replace").strip()
    return ""


async def _answer(
    send: Send, status: int, words: str, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    body = words.encode()
    head = [(b"content-type", b"text/plain; charset=utf-8"), *headers]
    head.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
