"""Others' tools over MCP: only those the city listed, masked on the way out, data on the way in."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gongmu.bots.guard.body import safe_body
from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.office import Endpoint, OtherTools, bots_office
from gongmu.bots.guard.outlet import Note, check_class, open_outlet, refusal_of
from gongmu.bots.passages import DataClass
from gongmu.core.errors import Refused, Transient

if TYPE_CHECKING:
    from mcp.client import Client
    from mcp.types import ToolAnnotations

    from gongmu.core.house import House

_LONGEST = 20_000
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True)
class OtherTool:
    """One tool of another body: `code` is "server.tool", as a desk names it."""

    code: str
    title: str
    description: str
    arguments: Mapping[str, Any]
    changes: bool = False
    """It says of itself that it changes or destroys something."""


@dataclass(frozen=True)
class OtherResult:
    """What another's tool said. It is data: no instruction in it is ever followed."""

    code: str
    text: str
    ok: bool
    notes: Sequence[str] = ()


async def list_others(house: House, servers: Collection[str] | None = None) -> Sequence[OtherTool]:
    """Return the allow-listed tools of the servers that answer; one that is down is left out.

    `servers`: only these (by code).
    """
    found: list[OtherTool] = []
    for other in bots_office(house).mcp:
        if servers is not None and other.code not in servers:
            continue
        try:
            async with _open(house, other, MaskMemory(), DataClass.OPEN, None) as client:
                listed = await client.list_tools()
        except Transient:
            continue
        found += [
            OtherTool(
                f"{other.code}.{tool.name}",
                _clean(tool.title or tool.name)[:100],
                _clean(tool.description or "")[:1000],
                tool.input_schema,
                _changes(tool.annotations),
            )
            for tool in listed.tools
            if tool.name in other.tools
        ]
    return found


def list_others_now(house: House, servers: Collection[str]) -> Sequence[OtherTool]:
    """Do the same for code that does not await; never inside a running loop."""
    return asyncio.run(list_others(house, servers))


async def call_other(
    house: House,
    code: str,
    arguments: Mapping[str, Any],
    *,
    account: str,
    memory: MaskMemory,
    highest_class: DataClass,
    note: Note | None = None,
) -> OtherResult:
    """Call "server.tool" for `account` and return what it said, cut to 20,000 characters.

    Placeholders in the arguments stay placeholders. Raises Refused tool_unknown, class_*,
    outlet_*; Transient mcp_timeout, mcp_down.
    """
    other, name = _allowed(house, code)
    house.audit.record(account, "bot.other_tool", code[:500])
    check_class(other.internal, highest_class)
    sent = safe_body(
        json.dumps(dict(arguments), ensure_ascii=False).encode(),
        "application/json",
        memory,
        internal=other.internal,
    )
    if note is not None and sent.items and other.command:
        note(sent.items)
    async with _open(house, other, memory, highest_class, note) as client:
        result = await client.call_tool(name, json.loads(sent.data))
    texts = [part.text for part in result.content if part.type == "text"]
    notes = ["글이 아닌 결과는 뺐습니다."] if len(texts) < len(result.content) else []
    text = _clean("\n".join(texts))
    if len(text) > _LONGEST:
        text, notes = text[:_LONGEST], [*notes, "결과가 길어 앞부분만 씁니다."]
    return OtherResult(code, text, not result.is_error, tuple(notes))


def call_other_now(
    house: House, code: str, arguments: Mapping[str, Any], **how: Any
) -> OtherResult:
    """Do the same for code that does not await; never inside a running loop."""
    return asyncio.run(call_other(house, code, arguments, **how))


def _allowed(house: House, code: str) -> tuple[OtherTools, str]:
    server, _, name = code.partition(".")
    for other in bots_office(house).mcp:
        if other.code == server and name in other.tools:
            return other, name
    raise Refused(
        "tool_unknown",
        f"허락한 바깥 도구가 아닙니다: {code}",
        "도시 파일 [[bots.mcp]]의 tools를 확인하세요.",
    )


@asynccontextmanager
async def _open(
    house: House,
    other: OtherTools,
    memory: MaskMemory,
    highest_class: DataClass,
    note: Note | None,
) -> AsyncIterator[Client]:
    """Open a connection; whatever fails on the way becomes one of the house's own errors."""
    logging.getLogger("mcp").setLevel(logging.WARNING)
    try:
        async with asyncio.timeout(other.timeout_seconds):
            if other.command:
                async with _by_command(other) as client:
                    yield client
            else:
                async with _by_address(house, other, memory, highest_class, note) as client:
                    yield client
    except TimeoutError:
        raise Transient(
            "mcp_timeout",
            f"바깥 도구 '{other.code}'이(가) 제때 답하지 않았습니다.",
            "잠시 뒤 다시 하세요.",
        ) from None
    except Exception as problem:  # noqa: BLE001  the library wraps in groups and its own types
        own = refusal_of(problem)
        if own is not None:
            raise own from None
        raise Transient(
            "mcp_down",
            f"바깥 도구 '{other.code}'에 닿지 못했습니다.",
            "주소와 토큰을 확인하거나 잠시 뒤 다시 하세요.",
        ) from None


@asynccontextmanager
async def _by_command(other: OtherTools) -> AsyncIterator[Client]:
    from mcp.client import Client
    from mcp.client.stdio import StdioServerParameters

    # Only the library's few variables go along: no secret of ours stands in the environment.
    server = StdioServerParameters(command=other.command[0], args=list(other.command[1:]))
    async with Client(server, read_timeout_seconds=other.timeout_seconds, cache=None) as client:
        yield client


@asynccontextmanager
async def _by_address(
    house: House,
    other: OtherTools,
    memory: MaskMemory,
    highest_class: DataClass,
    note: Note | None,
) -> AsyncIterator[Client]:
    from mcp.client import Client
    from mcp.client.streamable_http import streamable_http_client

    endpoint = Endpoint(
        code=other.code,
        address=other.address,
        internal=other.internal,
        secret=other.secret,
        timeout_seconds=other.timeout_seconds,
    )
    outlet = open_outlet(house, endpoint, memory=memory, highest_class=highest_class, note=note)
    async with outlet:
        way = streamable_http_client(other.address, http_client=outlet)
        async with Client(way, read_timeout_seconds=other.timeout_seconds, cache=None) as client:
            yield client


def _changes(hints: ToolAnnotations | None) -> bool:
    if hints is None:
        return False
    return hints.read_only_hint is False or hints.destructive_hint is True


def _clean(text: str) -> str:
    """Return `text` without invisible characters, in which instructions like to hide."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
