"""A desk's talk: its page, the question without a script, what a person says of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.answers.conversations import REASONS, Conversations, Turn
from gongmu.bots.answers.tables import conversation_table, feedback_table
from gongmu.bots.bot import Bot
from gongmu.bots.guard.forbidden import Caution, look_over
from gongmu.bots.pages.freshness import known_dates, known_on
from gongmu.bots.pages.ground import Ground, back_to, error_status
from gongmu.bots.pages.layout import items
from gongmu.bots.pages.talk_view import TurnView, laid_out
from gongmu.bots.pages.turns import Turns, citations_by_number
from gongmu.bots.passages import Reader
from gongmu.bots.registry import CORPORA
from gongmu.core.errors import GongmuError
from gongmu.core.people import Act, Person

DONE = {
    "thanks": "적었습니다. 창구를 맡은 부서가 보고 시험 물음으로 씁니다.",
    "forgotten": "대화를 지웠습니다.",
}
LONGEST = 20_000
Id = Annotated[str, Query(max_length=80)]


def chat_routes(router: APIRouter, ground: Ground, turns: Turns) -> None:
    """Add the page of a desk and what goes with a talk; asking itself stands in `asking`."""
    talks = Conversations(ground.house)

    @router.post("/look-over")
    def look(
        request: Request,
        bot: Annotated[str, Form(max_length=80)] = "",
        question: Annotated[str, Form(max_length=LONGEST)] = "",
    ) -> Response:
        person = ground.enter(request)
        desk = ground.bot(bot, Reader.of(person))
        return ground.fragment(
            request, "bots_warning.html", warnings=warnings_of(ground, desk, question)
        )

    @router.post("/turns/{turn_id}/feedback")
    def feedback(
        request: Request,
        turn_id: str,
        thumb: Annotated[str, Form(max_length=4)] = "",
        reason: Annotated[str, Form(max_length=40)] = "",
        correction: Annotated[str, Form(max_length=4000)] = "",
    ) -> Response:
        reader = Reader.of(ground.enter(request))
        turn = talks.turn(turn_id, reader)
        good = thumb == "up"
        talks.give_feedback(
            turn_id, reader, good=good, reason="" if good else reason, correction=correction
        )
        bot = bot_of(ground, turn.conversation_id)
        return back_to(talk_address(bot, turn.conversation_id, turn_id), "thanks")

    @router.post("/talks/{conversation_id}/forget")
    def forget(request: Request, conversation_id: str) -> Response:
        reader = Reader.of(ground.enter(request))
        bot = bot_of(ground, conversation_id)
        talks.remove(conversation_id, reader)
        return back_to(f"/bots/{bot}", "forgotten")

    @router.get("/{code}")
    def desk(
        request: Request,
        code: str,
        conversation: Id = "",
        edit: Id = "",
        question: Annotated[str, Query(max_length=2000)] = "",
    ) -> Response:
        person = ground.enter(request)
        bot = ground.bot(code, Reader.of(person))
        return show_talk(
            ground, turns, request, person, bot, conversation=conversation, edit=edit,
            question=question,
        )  # fmt: skip


def warnings_of(ground: Ground, bot: Bot, text: str) -> Sequence[Caution]:
    """Return what the guard sees in a text before it is sent to this desk."""
    inside = any(model.internal for model in ground.office.models) or not ground.office.models
    return look_over(
        text,
        bot.data_class,
        internal=inside,
        more=ground.office.forbidden,
        public=ground.office.public_phones,
    )


def bot_of(ground: Ground, conversation_id: str) -> str:
    """Return the desk that a talk is with; '' where there is no such talk."""
    table = conversation_table.c
    query = sa.select(table.bot).where(table.conversation_id == conversation_id)
    with ground.house.engine.connect() as connection:
        return connection.scalar(query) or ""


def talk_address(bot: str, conversation_id: str, turn_id: str = "") -> str:
    """Return the page of a talk, at one of its turns."""
    place = f"/bots/{bot}?conversation={conversation_id}"
    return place + (f"#turn-{turn_id}" if turn_id else "")


def show_talk(
    ground: Ground,
    turns: Turns,
    request: Request,
    person: Person,
    bot: Bot,
    *,
    conversation: str = "",
    edit: str = "",
    question: str = "",
    wrong: GongmuError | None = None,
) -> Response:
    """Return the page of a desk with one talk open."""
    reader = Reader.of(person)
    talks = Conversations(ground.house)
    views = views_of(ground, turns, person, bot, conversation) if conversation else []
    if edit and not question:
        question = next((one.question for one in views if one.turn_id == edit), "")
    known = known_on(bot.corpora, known_dates(ground.house.engine))
    return ground.show(
        request,
        "bots_chat.html",
        status=error_status(wrong) if wrong else 200,
        title=bot.title,
        bot=bot,
        model=ground.model_of(bot),
        known_on=known,
        turns=views,
        conversation=conversation,
        edits=edit,
        question=question,
        warnings=warnings_of(ground, bot, question) if question else (),
        clear=False,
        ask_wrong=wrong,
        corpora=[(code, CORPORA.get(code, code)) for code in bot.corpora],
        tools=_tool_titles(bot),
        whom=ground.office.whom_to_ask(bot.department),
        talks=talks.talks(reader, bot.code, 10),
        items=items,
        reasons=REASON_CHOICES,
        done_words=DONE,
    )


def _tool_titles(bot: Bot) -> Sequence[str]:
    from gongmu.bots.toolbox import all_tools

    known = all_tools()
    return [known[code].title for code in bot.tools if code in known]


def views_of(
    ground: Ground, turns: Turns, person: Person, bot: Bot, conversation: str
) -> list[TurnView]:
    """Return the turns of a talk, the one still being written last."""
    reader = Reader.of(person)
    found = Conversations(ground.house).turns(conversation, reader)
    thumbs = _thumbs(ground, conversation, reader)
    shown = []
    for place, turn in enumerate(found, 1):
        live = turns.find(turn.turn_id, reader.account)
        shown.append(
            view_of(
                turn, bot.code, place, person,
                last=place == len(found), thumb=thumbs.get(turn.turn_id, ""),
                is_open=live is not None and not live.done,
                problem=live.problem if live else None,
            )
        )  # fmt: skip
    return shown


def view_of(
    turn: Turn,
    bot: str,
    place: int,
    person: Person,
    *,
    last: bool = True,
    thumb: str = "",
    is_open: bool = False,
    problem: GongmuError | None = None,
) -> TurnView:
    """Return a turn as its page shows it."""
    return TurnView(
        turn_id=turn.turn_id,
        conversation_id=turn.conversation_id,
        bot=bot,
        number=place,
        question=turn.question,
        at=turn.answered_at,
        answer=turn.answer,
        blocks=laid_out(turn.answer) if turn.answer else (),
        citations=citations_by_number(turn.answer.citations) if turn.answer else None,
        open=is_open and turn.answer is None,
        last=last,
        thumb=thumb,
        may_draft=person.may(Act.DRAFT),
        problem=problem,
    )


def _thumbs(ground: Ground, conversation: str, reader: Reader) -> Mapping[str, str]:
    table = feedback_table.c
    query = sa.select(table.turn_id, table.good).where(
        table.conversation_id == conversation, table.account == reader.account
    )
    with ground.house.engine.connect() as connection:
        rows = connection.execute(query).all()
    return {row.turn_id: "up" if row.good else "down" for row in rows}


REASON_CHOICES = tuple(REASONS.items())
