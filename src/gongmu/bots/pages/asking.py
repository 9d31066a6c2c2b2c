"""Asking: a question with its files, the answer as a stream or, without a script, as a page."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from gongmu.bots.answers.attached import attachment_of
from gongmu.bots.answers.conversations import Conversations
from gongmu.bots.answers.desk import AnswerDesk
from gongmu.bots.answers.groundwork import Attachment
from gongmu.bots.bot import Bot
from gongmu.bots.pages.chat import (
    LONGEST,
    REASON_CHOICES,
    bot_of,
    show_talk,
    talk_address,
    view_of,
    warnings_of,
)
from gongmu.bots.pages.ground import Ground
from gongmu.bots.pages.layout import blocks, items
from gongmu.bots.pages.talk_view import TurnView
from gongmu.bots.pages.turns import Live, Turns, citations_by_number
from gongmu.bots.passages import Reader
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Person
from gongmu.portal.problems import said
from gongmu.portal.view import Screen

FILE_BYTES = 20_000_000
MOST_FILES = 5
_STREAM = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
Id = Annotated[str, Form(max_length=80)]


@dataclass(frozen=True)
class Asked:
    """A question that may be put to a desk."""

    bot: Bot
    question: str
    conversation: str
    replaces: str
    attachments: Sequence[Attachment]


def asking_routes(router: APIRouter, ground: Ground, desk: AnswerDesk, turns: Turns) -> None:
    """Add what a question goes through."""
    _ask(router, ground, desk, turns)
    _follow(router, ground, desk, turns)


def _ask(router: APIRouter, ground: Ground, desk: AnswerDesk, turns: Turns) -> None:
    @router.post("/ask")
    async def ask(
        request: Request,
        bot: Id = "",
        conversation: Id = "",
        again: Id = "",
        edits: Id = "",
        clear: Annotated[str, Form(max_length=3)] = "",
        question: Annotated[str, Form(max_length=LONGEST)] = "",
        files: Annotated[list[UploadFile], File()] = [],  # noqa: B006
    ) -> Response:
        person = ground.enter(request)
        reader = Reader.of(person)
        streams = "application/json" in request.headers.get("accept", "")
        chosen = await run_in_threadpool(ground.bot, bot, reader)
        try:
            asked = await run_in_threadpool(
                _asked, ground, reader, chosen, conversation, again, edits, clear, question, files
            )
            if not streams:
                return await run_in_threadpool(_whole, ground, desk, reader, asked)
            live = Live(reader.account, chosen.code, question=asked.question)
            events = desk.stream(
                asked.bot,
                reader,
                asked.question,
                conversation_id=asked.conversation,
                attachments=asked.attachments,
                replaces=asked.replaces,
            )
            live = await turns.start(live, events)
        except GongmuError as wrong:
            if streams:
                raise
            return await run_in_threadpool(
                _again, ground, turns, request, person, chosen, conversation, edits, question, wrong
            )
        return await run_in_threadpool(_begun, request, person, live)


def _asked(
    ground: Ground,
    reader: Reader,
    bot: Bot,
    conversation: str,
    again: str,
    edits: str,
    clear: str,
    question: str,
    files: Sequence[UploadFile],
) -> Asked:
    """Return the question as it will be put; raises Refused for what may not be sent."""
    if again:
        turn = Conversations(ground.house).turn(again, reader)
        return Asked(bot, turn.question, turn.conversation_id, again, ())
    if not question.strip():
        raise Refused("question_missing", "물음이 없습니다.", "묻고 싶은 것을 적으세요.")
    if clear != "yes":
        raise Refused(
            "clear_missing",
            "비공개·개인정보가 아님을 확인하지 않았습니다.",
            "내용을 살펴보고 확인란에 표시하세요.",
        )
    stops = [one.message for one in warnings_of(ground, bot, question) if one.stops]
    if stops:
        raise Refused("forbidden", " ".join(stops), "그 내용을 빼고 다시 물어보세요.")
    return Asked(bot, question.strip(), conversation, edits, _attached(files))


def _attached(files: Sequence[UploadFile]) -> Sequence[Attachment]:
    named = [one for one in files if one.filename]
    if len(named) > MOST_FILES:
        raise Refused(
            "too_many_files", f"파일은 {MOST_FILES}개까지 덧붙입니다.", "나누어 물어보세요."
        )
    return [attachment_of(one.filename or "", one.file.read()) for one in named]


def _whole(ground: Ground, desk: AnswerDesk, reader: Reader, asked: Asked) -> Response:
    """Answer in one go, for a browser without scripts."""
    from starlette.responses import RedirectResponse

    answer = desk.ask(
        asked.bot,
        reader,
        asked.question,
        conversation_id=asked.conversation,
        attachments=asked.attachments,
        replaces=asked.replaces,
    )
    place = talk_address(asked.bot.code, answer.conversation_id, answer.turn_id)
    return RedirectResponse(place, 303)


def _again(
    ground: Ground,
    turns: Turns,
    request: Request,
    person: Person,
    bot: Bot,
    conversation: str,
    edits: str,
    question: str,
    wrong: GongmuError,
) -> Response:
    return show_talk(
        ground, turns, request, person, bot,
        conversation=conversation, edit=edits, question=question, wrong=wrong,
    )  # fmt: skip


def _begun(request: Request, person: Person, live: Live) -> Response:
    view = TurnView(
        live.turn_id, live.conversation_id, live.bot, 0, live.question, None, None, open=True
    )
    place = talk_address(live.bot, live.conversation_id)
    return JSONResponse(
        {
            "turn": live.turn_id,
            "conversation": live.conversation_id,
            "place": place,
            "html": _turn_html(request, view),
        }
    )


def _turn_html(request: Request, view: TurnView) -> str:
    screen: Screen = request.app.state.screen
    return screen.text("bots_turn.html", view=view, items=items, reasons=REASON_CHOICES)


def _follow(router: APIRouter, ground: Ground, desk: AnswerDesk, turns: Turns) -> None:
    @router.get("/turns/{turn_id}/stream")
    async def stream(request: Request, turn_id: str) -> Response:
        person = ground.enter(request)
        live = turns.find(turn_id, person.account)
        parts = (
            _parts(ground, request, person, turns, live)
            if live is not None
            else _late(ground, request, person, turn_id)
        )
        return StreamingResponse(parts, media_type="text/event-stream", headers=_STREAM)

    @router.post("/turns/{turn_id}/stop")
    async def stop(request: Request, turn_id: str) -> Response:
        person = ground.enter(request)
        live = turns.find(turn_id, person.account)
        if live is None:
            raise said(404)
        await run_in_threadpool(desk.stop, turn_id, Reader.of(person))
        return Response(status_code=204)


async def _parts(
    ground: Ground, request: Request, person: Person, turns: Turns, live: Live
) -> AsyncIterator[str]:
    screen: Screen = request.app.state.screen
    async for word in turns.follow(live):
        match word:
            case "look":
                html = screen.text(
                    "bots_saying.html",
                    blocks=blocks(live.sentences),
                    citations=citations_by_number(live.citations),
                    turn=live.turn_id,
                    items=items,
                )
                yield _event("body", {"html": html, "progress": live.progress})
            case "alive":
                yield ": 이어짐\n\n"
            case "moved":
                yield _event("moved", {})
            case "end":
                yield await run_in_threadpool(
                    _last, ground, request, person, live.turn_id, live.problem
                )


async def _late(
    ground: Ground, request: Request, person: Person, turn_id: str
) -> AsyncIterator[str]:
    """Give a turn that this process does not write: its kept answer, or word that it is gone."""
    try:
        yield await run_in_threadpool(_last, ground, request, person, turn_id, None)
    except GongmuError:
        yield _event("gone", {})


def _last(
    ground: Ground, request: Request, person: Person, turn_id: str, problem: GongmuError | None
) -> str:
    """Return the event that puts the kept turn in the place of what was streamed."""
    reader = Reader.of(person)
    talks = Conversations(ground.house)
    turn = talks.turn(turn_id, reader)
    place = len(talks.turns(turn.conversation_id, reader))
    view = view_of(turn, bot_of(ground, turn.conversation_id), place, person, problem=problem)
    said_words = "답이 완료되었습니다."
    if turn.answer is None:
        said_words = "답을 받지 못했습니다."
    elif turn.answer.refused:
        said_words = "답하지 않았습니다. 물어볼 곳을 보세요."
    elif turn.answer.stopped:
        said_words = "멈췄습니다."
    html = _turn_html(request, view)
    return _event("whole", {"html": html, "said": said_words, "number": turn_id})


def _event(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
