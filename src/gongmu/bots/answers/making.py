"""How an answer is written: by the models in their order, or by quotation without any."""

from __future__ import annotations

import asyncio
import functools
import re
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from gongmu.bots.answer import MaskedItem
from gongmu.bots.answers.compose import fenced, instructions, question_text
from gongmu.bots.answers.conversations import Turn
from gongmu.bots.answers.events import Event, Progress, ToolRan, Withdrawn
from gongmu.bots.answers.extract import extract
from gongmu.bots.answers.filling import FormFilling, opened
from gongmu.bots.answers.groundwork import FORM_TOOL, Groundwork, Ready, refusal
from gongmu.bots.answers.lanes import Lane, aside
from gongmu.bots.answers.model import (
    Call,
    End,
    Exchange,
    ModelDoor,
    Piece,
    allowed,
    looks_like_call,
    prompted_call,
    say_result,
)
from gongmu.bots.answers.others import Others
from gongmu.bots.answers.verify import ArticleFinding, Judge
from gongmu.bots.answers.writing import Writer
from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.office import Endpoint
from gongmu.bots.guard.quota import Taken
from gongmu.bots.search.tokens import tokens
from gongmu.bots.statutes.citation import LawCitation
from gongmu.bots.statutes.store import Statutes
from gongmu.bots.toolbox import all_tools, may_run, tool_schema
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.house import House
from gongmu.core.values import korean_date

_LINES_FOR_A_POINT = 3
MOST_CALLS = 4
"""Rounds of tool calls in one answer."""
WITHOUT_MODEL = "모델 없이 자료의 글을 그대로 인용해 답했습니다."


@dataclass
class Work:
    """One answer in the making."""

    turn: Turn
    ready: Ready
    memory: MaskMemory
    stop: threading.Event
    models: Sequence[Endpoint] = ()
    """Those that may be asked, in their order."""
    taken: Taken | None = None
    masked: list[MaskedItem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_won: Fraction = Fraction(0)
    writer: Writer | None = None
    done: bool = False
    """A model has written the answer to its end (or as far as the stop)."""


@dataclass
class _Said:
    """One reply of a model: what is not shown yet, and its end."""

    held: str = ""
    end: End | None = None

    def calls(self) -> Sequence[Call]:
        """Return the tools that it asks for, by call or in words."""
        if self.end is not None and self.end.calls:
            return self.end.calls
        call = prompted_call(self.held)
        return [call] if call else []


class Maker:
    """Writes answers; what is written grows in the work's writer."""

    def __init__(self, house: House, ground: Groundwork, others: Others) -> None:
        self._house, self._ground, self._others = house, ground, others
        self._statutes = Statutes(house.engine)

    async def write(self, work: Work, models: Sequence[Endpoint]) -> AsyncGenerator[Event, None]:
        """Have the models try in their order, then do without."""
        for place, endpoint in enumerate(models):
            if work.stop.is_set() or work.done:
                break
            async with aclosing(self._with_model(work, endpoint)) as events:
                async for event in events:
                    yield event
            if work.done or work.stop.is_set() or work.writer is None:
                continue
            if not work.writer.written.sentences:
                continue
            if place + 1 == len(models):
                # Nobody is left to begin anew: what came and was checked stands.
                work.notes.append("모델의 답이 끊겨 거기까지만 보여 드립니다.")
                work.done = True
            else:
                work.writer = None
                yield Withdrawn("모델의 답이 끊겨 다른 모델로 다시 씁니다.")
        if not work.done and not work.stop.is_set():
            async with aclosing(self._without_model(work, bool(models))) as events:
                async for event in events:
                    yield event

    # ------------------------------------------------------------ with a model

    async def _with_model(self, work: Work, endpoint: Endpoint) -> AsyncGenerator[Event, None]:
        """Ask one model; `work.done` says whether it came to an end."""
        try:
            door = ModelDoor(
                self._house,
                endpoint,
                work.memory,
                work.ready.data_class,
                work.stop,
                note=work.masked.extend,
            )
        except GongmuError as problem:
            work.notes.append(problem.message)
            return
        try:
            if work.ready.form_arguments is not None:
                filling = FormFilling(self._house, work.ready, work.memory)
                work.done = await self._fill(work, door, filling)
                if work.done:
                    for event in await aside(self._shown_form, work, filling):
                        yield event
                return
            async with aclosing(self._talk(work, door)) as events:
                async for event in events:
                    yield event
        except GongmuError as problem:
            work.notes.append(problem.message)
        finally:
            await door.close()

    async def _talk(self, work: Work, door: ModelDoor) -> AsyncGenerator[Event, None]:
        # The sources are read while the model thinks.
        making = asyncio.ensure_future(aside(self._writer, work))
        try:
            async with aclosing(self._rounds(work, door, making)) as events:
                async for event in events:
                    yield event
        finally:
            work.writer = await making

    async def _rounds(
        self, work: Work, door: ModelDoor, making: asyncio.Future[Writer]
    ) -> AsyncGenerator[Event, None]:
        ready = work.ready
        exchange = Exchange(
            endpoint=door.endpoint,
            instructions=self._told(work),
            question=question_text(ready.asked.question, ready.sources),
            history=ready.asked.history,
            tools=await self._offered(ready),
        )
        for _ in range(MOST_CALLS + 1):
            said = _Said()
            async with aclosing(self._heard(door, exchange, making, said)) as events:
                async for event in events:
                    yield event
            self._count(work, door.endpoint, said.end)
            writer = await making
            work.model = door.endpoint.name if writer.written.sentences else ""
            if work.stop.is_set() or said.end is None:
                return
            calls = said.calls()
            if not calls and looks_like_call(said.held):
                work.notes.append(f"모델 '{door.endpoint.code}'의 답을 알아볼 수 없습니다.")
                return
            if not calls:
                for unit in [*writer.units(said.held), *writer.rest()]:
                    for event in await aside(_all, writer.show, unit, lane=Lane.SENTENCE):
                        yield event
                work.done = said.end.whole and bool(writer.written.sentences)
                work.model = door.endpoint.name if writer.written.sentences else ""
                return
            for call in calls[:MOST_CALLS]:
                yield Progress("도구를 쓰는 중")
                before = len(ready.tools)
                told = await asyncio.to_thread(self._called, work, call)
                for use in ready.tools[before:]:
                    yield ToolRan(use)
                say_result(exchange, call, told)
            if not allowed([door.endpoint], ready.data_class):
                # What a tool found may not go to this model: the next one, or none, writes on.
                work.notes.append("도구 결과의 등급이 높아 이 모델로는 잇지 않습니다.")
                return
        work.notes.append("도구를 너무 여러 번 불러 그만두었습니다.")

    async def _heard(
        self, door: ModelDoor, exchange: Exchange, making: asyncio.Future[Writer], said: _Said
    ) -> AsyncGenerator[Event, None]:
        """Listen to one reply; show its sentences as they become whole."""
        first = True
        async with aclosing(door.speak(exchange)) as pieces:
            async for piece in pieces:
                if isinstance(piece, End):
                    said.end = piece
                    continue
                said.held += piece.text
                # What may be a tool call written in words is held until it is whole.
                if not said.held.strip() or (first and looks_like_call(said.held)):
                    continue
                first = False
                writer = await making
                units, said.held = writer.units(said.held), ""
                for unit in units:
                    for event in await aside(_all, writer.show, unit, lane=Lane.SENTENCE):
                        yield event

    def _called(self, work: Work, call: Call) -> str:
        """Run a tool for the model; return what it is told, as numbered reading matter."""
        before = len(work.ready.sources)
        if code := self._others.code_of(work.ready, call.tool):
            return self._others.call(
                work.ready, code, call.arguments, work.memory, work.masked.extend
            )
        # Our own tools stay in the house, so they are handed what the placeholders stand for.
        arguments = opened(call.arguments, work.memory)
        run = self._ground.run_named(work.ready, call.tool, arguments)
        if run is None:
            return "이 창구에는 없는 도구입니다. 자료로만 답하세요."
        if run.result is None:
            return run.use.text
        return "\n".join(fenced(one) for one in work.ready.sources[before:])

    async def _offered(self, ready: Ready) -> Sequence[dict[str, Any]]:
        """Return the desk's tools that this reader may run, as a model is told them."""
        offered: list[dict[str, Any]] = []
        for code in ready.asked.bot.tools:
            tool = all_tools().get(code)
            if tool is None or code == FORM_TOOL or not may_run(ready.asked.reader, tool):
                continue
            offered.append(_as_told(code))
        if self._others.named(ready):
            offered += await asyncio.to_thread(self._others.offered, ready)
        return offered

    async def _fill(self, work: Work, door: ModelDoor, filling: FormFilling) -> bool:
        """Have the model fill the desk's form; False when it cannot."""
        exchange = filling.exchange(door.endpoint, self._told(work))
        for attempt in range(2):
            text, end = "", None
            async with aclosing(door.speak(exchange)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Piece):
                        text += piece.text
                    else:
                        end = piece
            if end is None or work.stop.is_set():
                return False
            self._count(work, door.endpoint, end)
            try:
                await aside(filling.take, text, end, door.endpoint.name)
            except Refused as wrong:
                if attempt:
                    work.notes.append(wrong.message)
                    return False
                exchange.question = f"{exchange.question}\n앞의 답이 틀렸습니다: {wrong.message}"
                exchange.messages.clear()
                continue
            work.model = door.endpoint.name
            return True
        return False

    def _shown_form(self, work: Work, filling: FormFilling) -> Sequence[Event]:
        work.writer = self._writer(work)
        return work.writer.show_all(filling.summary())

    # ------------------------------------------------------------ without a model

    async def _without_model(self, work: Work, tried: bool) -> AsyncGenerator[Event, None]:
        work.model = ""
        if tried:
            work.notes.append("모델이 모두 답하지 않았습니다.")
        work.notes.append(WITHOUT_MODEL)
        before = len(work.ready.tools)
        writer, text = await aside(self._extracted, work)
        for use in work.ready.tools[before:]:
            yield ToolRan(use)
        work.writer = writer
        if not text:
            work.ready.refused = refusal(
                "no_passage",
                "이 창구의 자료에서 답을 찾지 못했습니다.",
                work.ready.whom,
                work.ready.tools,
            )
            return
        for event in await aside(writer.show_all, text):
            yield event

    def _extracted(self, work: Work) -> tuple[Writer, str]:
        ready = work.ready
        if ready.form_arguments is not None:
            self._ground.run_form(ready)
        text = extract(
            ready.asked.question,
            [] if ready.drafts else ready.passage_sources,
            ready.tool_sources,
            tokens,
        )
        for point in ready.points if ready.drafts else ():
            papers = [one for one in ready.passage_sources if one.passage_id]
            # An earlier case is read whole: what was asked and what was answered.
            if said := extract(f"{point} 사례", papers, [], tokens, most=_LINES_FOR_A_POINT):
                text += f"\n\n{_point_title(point, ready)}\n{said}"
        return self._writer(work), text

    # ------------------------------------------------------------ shared

    def _writer(self, work: Work) -> Writer:
        ready = work.ready
        return Writer(
            ready,
            work.memory,
            words=tokens,
            judge=self._judge(),
            law_names=[row.name for row in self._statutes.laws()],
            known=f"{ready.whom} {korean_date(ready.asked.today)}",
        )

    def _judge(self) -> Judge:
        def judge(cited: LawCitation, on: date) -> ArticleFinding | None:
            found = self._statutes.check(cited, on)
            if found.exists is None:
                return None
            return ArticleFinding(found.exists, found.in_force is not False, found.text)

        return judge

    def _told(self, work: Work) -> str:
        asked = work.ready.asked
        return instructions(asked.bot, asked.today, work.ready.on, work.ready.whom)

    def _count(self, work: Work, endpoint: Endpoint, end: End | None) -> None:
        if end is None:
            return
        work.tokens_in += end.tokens_in
        work.tokens_out += end.tokens_out
        work.cost_won += endpoint.cost_won(end.tokens_in, end.tokens_out)


@functools.cache
def _as_told(code: str) -> dict[str, Any]:
    """Return a tool as a model is told it."""
    tool = all_tools()[code]
    return {
        "name": code,
        "description": f"{tool.title}. {tool.description}",
        "parameters": dict(tool_schema(tool)),
    }


def _point_title(point: str, ready: Ready) -> str:
    """Return the line over what was found for one point of a complaint."""
    said = re.split(r"(?<=[.?!])\s+", point.strip())[-1].rstrip(".")
    for one in ready.passage_sources:
        if not one.passage_id and said in one.text:
            return f"쟁점 “{said}” [{one.number}]"
    return "쟁점에 대한 앞선 사례입니다:"


def _all(work: Callable[..., Any], *arguments: Any) -> list[Any]:
    return list(work(*arguments))
