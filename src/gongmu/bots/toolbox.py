"""The one way to run a tool: rights checked, arguments checked, every call written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

import gongmu.bots.tools
from gongmu.bots.answer import ToolUse
from gongmu.bots.passages import Reader
from gongmu.bots.tool import Tool, ToolGround, ToolResult
from gongmu.core.catalogue import catalogue
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import ALLOWED, Act

_BESIDE = frozenset(
    {"reading", "counting", "bus_words", "named_days", "bus_answers", "relief_words", "figuring"}
)
"""Files of the folder that the tools share."""


@dataclass(frozen=True)
class ToolRun:
    """One call: how it is shown, and what was found; `result` is None when it was refused.

    `refused`: "" or a stable code: not_allowed, tool_arguments, or the tool's own.
    """

    use: ToolUse
    result: ToolResult | None
    refused: str = ""


@cache
def all_tools() -> Mapping[str, Tool]:
    """Return every tool by its code; raises Refused for a half-finished file."""
    found = catalogue(gongmu.bots.tools, "TOOL", beside=_BESIDE)
    return {code: tool for code, tool in found.items() if isinstance(tool, Tool)}


def may_run(reader: Reader, tool: Tool) -> bool:
    """Return whether one of the reader's roles allows the tool's act."""
    return may_act(reader, tool.act)


def may_act(reader: Reader, act: Act) -> bool:
    """Return whether one of the reader's roles allows `act`."""
    return bool(reader.roles & ALLOWED[act])


def tools_for(reader: Reader) -> Mapping[str, Tool]:
    """Return the tools that `reader` may run."""
    return {code: tool for code, tool in all_tools().items() if may_run(reader, tool)}


def tool_schema(tool: Tool) -> Mapping[str, Any]:
    """Return the JSON Schema of a tool's arguments, as models and MCP clients are told it."""
    return tool.arguments.model_json_schema()


def run_tool(ground: ToolGround, code: str, arguments: Mapping[str, Any] | BaseModel) -> ToolRun:
    """Run a tool for the reader and write it down, whether it was allowed or not.

    A refusal (rights, arguments, the tool's own) comes back as a run that is not `ok` with Korean
    text. Raises Refused("tool_unknown") for a code that no tool has.
    """
    tool = all_tools().get(code)
    if tool is None:
        _record(ground, code, "tool_unknown")
        raise Refused(
            "tool_unknown",
            f"그런 도구가 없습니다: {code}",
            f"쓸 수 있는 도구: {', '.join(all_tools())}",
        )
    shown = (
        arguments.model_dump(mode="json", exclude_none=True)
        if isinstance(arguments, BaseModel)
        else dict(arguments)
    )
    if not may_run(ground.reader, tool):
        text = f"'{tool.title}' 도구를 쓸 권한이 없습니다. 역할을 관리자에게 확인하세요."
        return _refused(ground, tool, shown, "not_allowed", text)
    try:
        filled = tool.arguments.model_validate(shown)
    except ValidationError as problem:
        return _refused(ground, tool, shown, "tool_arguments", _arguments_text(tool, problem))
    try:
        result = tool.run(ground, filled)
    except GongmuError as stopped:
        return _refused(ground, tool, shown, stopped.code, str(stopped))
    if result.data_class.rank > tool.data_class.rank:
        text = f"'{tool.title}' 도구의 결과가 허용된 등급보다 높아 보여 주지 않습니다."
        return _refused(ground, tool, shown, "tool_class", text)
    _record(ground, code, "")
    return ToolRun(ToolUse(code, tool.title, shown, result.text), result)


def _refused(
    ground: ToolGround, tool: Tool, shown: Mapping[str, Any], why: str, text: str
) -> ToolRun:
    _record(ground, tool.code, why)
    return ToolRun(ToolUse(tool.code, tool.title, shown, text, ok=False), None, why)


def _record(ground: ToolGround, code: str, refused: str) -> None:
    # Arguments may hold personal data, so the record names only the tool.
    did = "bot.tool_refused" if refused else "bot.tool"
    about = f"{ground.bot or '-'}:{code}"[:500]
    ground.house.audit.record(ground.reader.account, did, about, reason=refused)


_WRONG = {
    "missing": "값이 있어야 합니다",
    "extra_forbidden": "모르는 항목입니다",
    "date_from_datetime_parsing": "날짜(2026-11-20)여야 합니다",
    "date_parsing": "날짜(2026-11-20)여야 합니다",
    "date_type": "날짜(2026-11-20)여야 합니다",
    "int_parsing": "정수여야 합니다",
    "int_type": "정수여야 합니다",
    "int_from_float": "정수여야 합니다",
    "bool_parsing": "true 또는 false여야 합니다",
    "string_type": "글자여야 합니다",
    "greater_than_equal": "너무 작습니다",
    "less_than_equal": "너무 큽니다",
    "string_too_long": "너무 깁니다",
    "enum": "쓸 수 없는 값입니다",
    "literal_error": "쓸 수 없는 값입니다",
}


def _arguments_text(tool: Tool, problem: ValidationError) -> str:
    lines = []
    for error in problem.errors():
        field = ".".join(str(part) for part in error["loc"]) or "(전체)"
        why = _WRONG.get(error["type"], "값이 맞지 않습니다")
        if error["type"] in ("enum", "literal_error"):
            why += f"({(error.get('ctx') or {}).get('expected', '')})"
        lines.append(f"{field}: {why}")
    return f"'{tool.title}' 도구의 인자를 고치세요. " + "; ".join(lines)
