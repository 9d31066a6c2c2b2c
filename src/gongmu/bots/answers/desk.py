"""The desk that answers: rights, guard, tools, search, model or none, checks, keeping."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date

from gongmu.bots.answer import Answer
from gongmu.bots.answers.compose import Told
from gongmu.bots.answers.conversations import Conversations, Turn
from gongmu.bots.answers.events import (
    Event,
    Failed,
    Finished,
    Progress,
    Started,
    Stopped,
    ToolRan,
)
from gongmu.bots.answers.groundwork import (
    Asked,
    Attachment,
    Groundwork,
)
from gongmu.bots.answers.lanes import Lane, aside
from gongmu.bots.answers.making import Maker, Work
from gongmu.bots.answers.model import (
    add_up,
    allowed,
)
from gongmu.bots.answers.others import Others
from gongmu.bots.answers.writing import Written, answer_of
from gongmu.bots.bot import Bot
from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.mask_vault import MaskVault
from gongmu.bots.guard.office import BotsOffice, Endpoint, bots_office
from gongmu.bots.guard.quota import QuotaBook
from gongmu.bots.passages import Reader
from gongmu.bots.search.index import SearchIndex
from gongmu.bots.toolbox import all_tools
from gongmu.core.clock import today as today_of
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.house import House

_HISTORY = 3


class AnswerDesk:
    """Answers questions at every desk of one installation; safe to use from many threads."""

    def __init__(
        self,
        house: House,
        *,
        index: SearchIndex | None = None,
        office: BotsOffice | None = None,
        keep: bool = True,
    ) -> None:
        """`keep=False` leaves no conversation (for evaluation)."""
        self._house = house
        self._office = office or bots_office(house)
        self._index = index or SearchIndex(house.engine)
        others = Others(house, self._office)
        self._ground = Groundwork(house, self._office, self._index, others.concerns)
        self._maker = Maker(house, self._ground, others)
        self._masks = MaskVault(house.engine, house.vault, house.clock, self._office.public_phones)
        self._quotas = QuotaBook(house.engine, self._office.quotas, house.clock)
        self.conversations = Conversations(house)
        self._keep = keep
        self._stops: dict[str, threading.Event] = {}

    def warm(self) -> None:
        """Load what the first question would wait for: the analyser and the model library."""
        self._index.warm()
        all_tools()
        if self._office.models:
            import pydantic_ai.models.openai  # noqa: F401

    # ------------------------------------------------------------ asking

    def ask(
        self,
        bot: Bot,
        reader: Reader,
        question: str,
        *,
        conversation_id: str = "",
        attachments: Sequence[Attachment] = (),
        today: date | None = None,
        replaces: str = "",
    ) -> Answer:
        """Return the whole answer; not to be called inside a running event loop.

        Raises Refused question_empty, conversation_unknown. Other refusals are answers.
        """

        async def whole() -> Answer:
            async for event in self.stream(
                bot,
                reader,
                question,
                conversation_id=conversation_id,
                attachments=attachments,
                today=today,
                replaces=replaces,
            ):
                if isinstance(event, (Finished, Stopped)):
                    return event.answer
                if isinstance(event, Failed):
                    raise Refused(event.code, event.message, event.todo)
            raise Refused("answer_lost", "답을 만들지 못했습니다.", "다시 물어보세요.")

        return asyncio.run(whole())

    async def stream(
        self,
        bot: Bot,
        reader: Reader,
        question: str,
        *,
        conversation_id: str = "",
        attachments: Sequence[Attachment] = (),
        today: date | None = None,
        replaces: str = "",
    ) -> AsyncGenerator[Event, None]:
        """Yield events while the answer is made; each sentence only once it is checked.

        `replaces`: the turn that this question edits or asks again.
        """
        try:
            turn = await aside(self._begin, bot, reader, question, conversation_id, replaces)
        except GongmuError as problem:
            yield Failed(problem.code, problem.message, problem.todo)
            return
        stop = self._stops.setdefault(turn.turn_id, threading.Event())
        try:
            yield Started(turn.conversation_id, turn.turn_id)
            yield Progress("자료를 찾는 중")
            asked = Asked(
                bot,
                reader,
                question,
                today or today_of(self._house.clock),
                tuple(attachments),
                conversation_id=turn.conversation_id,
            )
            async with aclosing(self._answered(turn, asked, stop)) as events:
                async for event in events:
                    yield event
        except GongmuError as problem:
            yield Failed(problem.code, problem.message, problem.todo)
        finally:
            self._stops.pop(turn.turn_id, None)

    def stop(self, turn_id: str, reader: Reader) -> bool:
        """Stop an answer in the making; False when it is not being made in this process.

        Raises Refused conversation_unknown for another person's turn.
        """
        if self._keep:
            self.conversations.turn(turn_id, reader)
        event = self._stops.get(turn_id)
        if event is None:
            return False
        event.set()
        return True

    # ------------------------------------------------------------ making

    def _begin(
        self, bot: Bot, reader: Reader, question: str, conversation_id: str, replaces: str
    ) -> Turn:
        if not question.strip():
            raise Refused("question_empty", "물음이 비어 있습니다.", "물음을 적으세요.")
        if not self._keep:
            return Turn("", "", 1, question, None, self._house.clock(), None, "", live=True)
        return self.conversations.begin(
            bot.code,
            reader,
            question,
            conversation_id=conversation_id,
            bot_version=bot.version,
            replaces=replaces,
        )

    async def _answered(
        self, turn: Turn, asked: Asked, stop: threading.Event
    ) -> AsyncGenerator[Event, None]:
        work = await aside(self._prepare, turn, asked, stop)
        for use in work.ready.tools:
            yield ToolRan(use)
        if work.ready.refused is not None:
            yield Finished(await aside(self._finish, work, work.ready.refused))
            return
        if work.models:
            yield Progress("작성 중")
        async with aclosing(self._maker.write(work, work.models)) as events:
            async for event in events:
                yield event
        answer = await aside(self._finish, work, None, lane=Lane.KEEPING)
        yield Stopped(answer) if answer.stopped else Finished(answer)

    def _prepare(self, turn: Turn, asked: Asked, stop: threading.Event) -> Work:
        history: Sequence[Told] = ()
        if self._keep and turn.number > 1:
            earlier = self.conversations.turns(turn.conversation_id, asked.reader)
            told = [
                Told(one.question, one.answer.text)
                for one in earlier
                if one.answer is not None and not one.answer.refused and one.number < turn.number
            ]
            history = told[-_HISTORY:]
        memory = (
            self._masks.open(turn.conversation_id)
            if self._keep
            else MaskMemory(self._office.public_phones)
        )
        ready = self._ground.lay(replace(asked, history=tuple(history)))
        work = Work(turn, ready, memory, stop)
        if ready.refused is None:
            work.models = self._models(work)
        return work

    def _models(self, work: Work) -> Sequence[Endpoint]:
        """Return the endpoints that may be asked, and take the question out of the quota."""
        if not self._office.models:
            return []
        models = allowed(self._office.models, work.ready.data_class)
        if not models:
            work.notes.append("이 내용의 등급으로는 쓸 수 있는 모델이 없습니다.")
            return []
        asked = work.ready.asked
        try:
            work.taken = self._quotas.take(
                asked.reader.account, asked.reader.department, asked.bot.code
            )
        except Refused as used_up:
            work.notes.append(used_up.message)
            return []
        return models

    # ------------------------------------------------------------ keeping

    def _finish(self, work: Work, refused: Answer | None) -> Answer:
        answer = refused or work.ready.refused
        if answer is None:
            written = work.writer.written if work.writer else Written()
            answer = answer_of(
                work.ready,
                written,
                model=work.model,
                masked=add_up(work.masked),
                cost_won=work.cost_won,
                tokens_in=work.tokens_in,
                tokens_out=work.tokens_out,
                stopped=work.stop.is_set(),
                notes=work.notes,
            )
        answer = replace(
            answer, conversation_id=work.turn.conversation_id, turn_id=work.turn.turn_id
        )
        self._settle(work, answer)
        if self._keep:
            self.conversations.finish(work.turn, answer)
            self._masks.keep(work.turn.conversation_id, work.memory)
        asked = work.ready.asked
        self._house.audit.record(
            asked.reader.account,
            "bot.ask",
            f"{asked.bot.code} {work.turn.turn_id}".strip(),
            reason=answer.refusal or answer.model,
        )
        return answer

    def _settle(self, work: Work, answer: Answer) -> None:
        """Write down what the model cost, or give the question back."""
        if work.taken is None:
            return
        if answer.model or work.tokens_in or work.tokens_out:
            self._quotas.record_use(
                work.taken,
                model=answer.model or "-",
                tokens_in=work.tokens_in,
                tokens_out=work.tokens_out,
                cost_won=work.cost_won,
            )
        else:
            self._quotas.release(work.taken)
