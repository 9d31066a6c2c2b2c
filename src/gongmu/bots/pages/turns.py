"""Answers being written in this process: one stream a person, kept for whoever looks again.

An answer goes on being written when its page is hidden or closed; the page that comes back is
shown how far it is. Lives on the event loop alone.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from gongmu.bots.answer import Answer, Citation, Sentence
from gongmu.bots.answers.events import (
    CitationShown,
    Event,
    Failed,
    Finished,
    Progress,
    SentenceShown,
    Started,
    Stopped,
    ToolRan,
    Withdrawn,
)
from gongmu.core.errors import GongmuError, Refused
from gongmu.portal.problems import said

_log = logging.getLogger(__name__)

KEEP_SECONDS = 600
"""How long a finished answer can still be asked for as a stream; its page has it for good."""
SPACED_SECONDS = 0.08
"""Least time between two looks sent to one page: many sentences at once go as one."""
ALIVE_SECONDS = 15.0
MOST_AT_ONCE = 3


@dataclass
class Live:
    """One answer on its way."""

    account: str
    bot: str
    turn_id: str = ""
    conversation_id: str = ""
    question: str = ""
    progress: str = "찾고 있습니다"
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    answer: Answer | None = None
    problem: GongmuError | None = None
    done: bool = False
    ended_at: float = 0.0
    version: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def move(self) -> None:
        """Wake whoever looks on."""
        self.version += 1
        self.changed.set()
        self.changed = asyncio.Event()

    def take(self, event: Event) -> None:
        """Put what happened in its place."""
        match event:
            case Started():
                self.turn_id = event.turn_id
                self.conversation_id = event.conversation_id
            case Progress():
                self.progress = event.text
            case SentenceShown():
                self.sentences.append(event.sentence)
                self.progress = "쓰고 있습니다"
            case CitationShown():
                self.citations.append(event.citation)
            case ToolRan():
                self.progress = f"{event.use.title} 결과를 보고 있습니다"
            case Withdrawn():
                self.sentences, self.citations = [], []
                self.progress = event.reason
            case Finished() | Stopped():
                self.answer, self.done = event.answer, True
            case Failed():
                self.problem = Refused(event.code, event.message, event.todo)
                self.done = True


class Turns:
    """The answers on their way in this process."""

    def __init__(self) -> None:
        self._live: dict[str, Live] = {}
        self._watching: dict[str, asyncio.Event] = {}

    async def start(self, live: Live, events: AsyncIterator[Event]) -> Live:
        """Begin to write; returns once it is known which turn it is.

        Raises Refused `turns_running` where the person has too many at once, and whatever ended
        it before it began.
        """
        self._sweep()
        mine = [one for one in self._live.values() if one.account == live.account and not one.done]
        if len(mine) >= MOST_AT_ONCE:
            raise Refused(
                "turns_running",
                f"답을 {MOST_AT_ONCE}개 쓰는 중입니다.",
                "하나가 끝나거나 멈춘 뒤 다시 물어보세요.",
            )
        live.task = asyncio.create_task(self._write(live, events))
        while not live.turn_id and not live.done:
            await live.changed.wait()
        if not live.turn_id and live.problem is not None:
            raise live.problem
        return live

    async def _write(self, live: Live, events: AsyncIterator[Event]) -> None:
        try:
            async for event in events:
                live.take(event)
                if live.turn_id:
                    self._live.setdefault(live.turn_id, live)
                live.move()
        except GongmuError as problem:
            live.problem = problem
        except Exception:  # noqa: BLE001
            # 아무도 기다리지 않는 일이므로 여기서 적지 않으면 묻힌다
            _log.exception("unexpected failure while an answer was written")
            live.problem = said(500)
        finally:
            live.done, live.ended_at = True, time.monotonic()
            live.move()

    def find(self, turn_id: str, account: str) -> Live | None:
        """Return a turn of this person that is on its way or ended a moment ago."""
        live = self._live.get(turn_id)
        return live if live is not None and live.account == account else None

    def running(self, account: str, conversation_id: str) -> Live | None:
        """Return the turn of a conversation that is still being written."""
        for live in self._live.values():
            if (live.account, live.conversation_id) == (account, conversation_id) and not live.done:
                return live
        return None

    async def follow(self, live: Live) -> AsyncIterator[str]:
        """Yield "look" whenever there is more, "alive" in between, then "end".

        One a person: whoever looked before is told "moved".
        """
        before = self._watching.get(live.account)
        if before is not None:
            before.set()
        gone = self._watching[live.account] = asyncio.Event()
        seen = -1
        try:
            while True:
                changed = live.changed
                if gone.is_set():
                    yield "moved"
                    return
                if live.done:
                    yield "end"
                    return
                if live.version != seen:
                    seen = live.version
                    yield "look"
                    await asyncio.sleep(SPACED_SECONDS)
                    continue
                if not await _either(changed, gone):
                    yield "alive"
        finally:
            if self._watching.get(live.account) is gone:
                del self._watching[live.account]

    def _sweep(self) -> None:
        old = time.monotonic() - KEEP_SECONDS
        for turn_id, live in list(self._live.items()):
            if live.done and live.ended_at < old:
                del self._live[turn_id]


async def _either(*events: asyncio.Event) -> bool:
    """Return whether one of them was set before the time to say that we are alive."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(
            waits, timeout=ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        return bool(done)
    finally:
        for wait in waits:
            wait.cancel()
        for wait in waits:
            with suppress(asyncio.CancelledError):
                await wait


def citations_by_number(citations: Sequence[Citation]) -> dict[int, Citation]:
    """Return the citations by the numbers that sentences carry."""
    return {one.number: one for one in citations}
