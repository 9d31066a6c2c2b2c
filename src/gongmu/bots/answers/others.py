"""Other bodies' tools at our desks: offered where city and desk both name them, data when back."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongmu.bots.answer import ToolUse
from gongmu.bots.answers.compose import fenced
from gongmu.bots.answers.groundwork import Ready
from gongmu.bots.answers.source import Source
from gongmu.bots.guard.forbidden import marked_class
from gongmu.bots.guard.mask import MaskMemory, unmask
from gongmu.bots.guard.office import BotsOffice, OtherTools
from gongmu.bots.guard.outlet import Note
from gongmu.bots.mcp.client import OtherTool, call_other_now, list_others_now
from gongmu.bots.passages import highest
from gongmu.bots.search.tokens import tokens
from gongmu.bots.toolbox import may_act
from gongmu.core.errors import GongmuError
from gongmu.core.house import House
from gongmu.core.people import Act

ACT = Act.DOWNLOAD
"""Who may call: the words of the call leave the house, as a download does."""
_FRESH_SECONDS, _FRESH_WHEN_DOWN_SECONDS = 600.0, 60.0
_CALLABLE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class _Listed:
    at: float
    tools: Mapping[str, OtherTool]


def other_codes(office: BotsOffice) -> frozenset[str]:
    """Return every "server.tool" that the city allow-listed."""
    return frozenset(f"{other.code}.{name}" for other in office.mcp for name in other.tools)


class Others:
    """Others' tools for the desks of one installation; safe to use from many threads.

    A tool that says of itself that it changes something is never offered: a desk only drafts.
    """

    def __init__(self, house: House, office: BotsOffice) -> None:
        self._house, self._office = house, office
        self._servers = {other.code: other for other in office.mcp}
        self._listed: dict[str, _Listed] = {}
        self._lock = threading.Lock()

    def named(self, ready: Ready) -> Sequence[str]:
        """Return the codes that this desk may call for this reader, as things stand."""
        asked = ready.asked
        if not self._servers or not may_act(asked.reader, ACT):
            return []
        known = other_codes(self._office)
        return [
            code
            for code in asked.bot.tools
            if code in known and ready.data_class.may_go(self._server(code).internal)
        ]

    def offered(self, ready: Ready) -> Sequence[dict[str, Any]]:
        """Return them as a model is told them; asks servers for their lists now and then."""
        named = self.named(ready)
        tools = self._tools({code.partition(".")[0] for code in named}) if named else {}
        return [
            {
                "name": wire_name(code),
                "description": f"{tools[code].title}. {tools[code].description}",
                "parameters": dict(tools[code].arguments),
            }
            for code in named
            if code in tools and not tools[code].changes and _CALLABLE.fullmatch(wire_name(code))
        ]

    def concerns(self, ready: Ready) -> bool:
        """Return whether a model might answer by such a tool what our own papers do not tell.

        A desk without papers lives by its tools; at others the tool's own words must be asked.
        """
        if not self._office.models or not (offered := self.offered(ready)):
            return False
        if not ready.asked.bot.corpora:
            return True
        asked = frozenset(tokens(ready.asked.question))
        return any(len(asked & frozenset(tokens(one["description"]))) >= 2 for one in offered)

    def code_of(self, ready: Ready, called: str) -> str:
        """Return the code behind the name that a model calls, "" for none it was offered."""
        offered = {one["name"] for one in self.offered(ready)}
        return next(
            (
                code
                for code in self.named(ready)
                if called in (wire_name(code), code) and wire_name(code) in offered
            ),
            "",
        )

    def call(
        self,
        ready: Ready,
        code: str,
        arguments: Mapping[str, Any],
        memory: MaskMemory,
        note: Note,
    ) -> str:
        """Call a tool for the model; its result becomes a numbered source.

        Returns what the model is told. The client masks, checks the class and writes it down.
        """
        tool = self._tools({code.partition(".")[0]}).get(code)
        title = tool.title if tool else code
        try:
            result = call_other_now(
                self._house,
                code,
                arguments,
                account=ready.asked.reader.account,
                memory=memory,
                highest_class=ready.data_class,
                note=note,
            )
        except GongmuError as stopped:
            return self._failed(ready, code, title, arguments, stopped.code, str(stopped))
        text = unmask(result.text, memory)
        if not result.ok or not text.strip():
            why = text[:500] or "아무 말도 돌아오지 않았습니다."
            return self._failed(ready, code, title, arguments, "other_failed", why)
        source = Source(
            len(ready.sources) + 1, title, f"바깥 도구 {code}", "", text, tool=code
        )  # fmt: skip
        ready.tools.append(ToolUse(code, title, dict(arguments), text))
        ready.sources.append(source)
        marked = marked_class(text, self._office.forbidden)
        ready.data_class = highest(ready.data_class, marked, self._server(code).data_class)
        ready.notes += [one for one in result.notes if one not in ready.notes]
        return fenced(source)

    # ------------------------------------------------------------ parts

    def _failed(
        self,
        ready: Ready,
        code: str,
        title: str,
        arguments: Mapping[str, Any],
        why: str,
        text: str,
    ) -> str:
        self._house.audit.record(
            ready.asked.reader.account,
            "bot.tool_refused",
            f"{ready.asked.bot.code}:{code}"[:500],
            reason=why,
        )
        ready.tools.append(ToolUse(code, title, dict(arguments), text, ok=False))
        return "이 도구는 지금 쓸 수 없습니다. 자료로만 답하세요."

    def _server(self, code: str) -> OtherTools:
        return self._servers[code.partition(".")[0]]

    def _tools(self, servers: set[str]) -> Mapping[str, OtherTool]:
        now = time.monotonic()
        with self._lock:
            stale = [one for one in servers if not self._is_fresh(self._listed.get(one), now)]
        if stale:
            found = list_others_now(self._house, stale)
            with self._lock:
                for one in stale:
                    own = {tool.code: tool for tool in found if tool.code.startswith(f"{one}.")}
                    self._listed[one] = _Listed(now, own)
        with self._lock:
            listed = [self._listed[one].tools for one in servers]
        return {code: tool for tools in listed for code, tool in tools.items()}

    @staticmethod
    def _is_fresh(listed: _Listed | None, now: float) -> bool:
        if listed is None:
            return False
        lasts = _FRESH_SECONDS if listed.tools else _FRESH_WHEN_DOWN_SECONDS
        return now - listed.at < lasts


def wire_name(code: str) -> str:
    """Return the name by which a model calls "server.tool": models allow no dot in it."""
    return code.replace(".", "__")
