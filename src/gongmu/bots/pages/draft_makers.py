"""Drafts that begin elsewhere: from an answer, from a meeting's transcript, from weekly reports."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.answer import Answer, Standing
from gongmu.bots.answers.conversations import Conversations
from gongmu.bots.bot import Bot
from gongmu.bots.drafts.cabinet import form_of
from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.drafts.views import NamedFile
from gongmu.bots.guard.forbidden import marked_class
from gongmu.bots.knowledge.blocks import texts
from gongmu.bots.knowledge.reading_room import read_document
from gongmu.bots.pages.chat import bot_of
from gongmu.bots.pages.ground import Ground, back_to
from gongmu.bots.passages import DataClass, Reader, highest
from gongmu.core.errors import Refused
from gongmu.core.people import Act, Person

UPLOAD_BYTES = 60_000_000
MOST_FILES = 60
SOUNDS = (".wav", ".mp3", ".m4a", ".ogg", ".webm")
_MARKS = re.compile(r"\s*\[\d{1,3}\]")


def maker_routes(router: APIRouter, ground: Ground) -> None:
    """Add the ways in which a draft begins from something else."""
    desk = DraftDesk(ground.house)

    @router.post("/drafts/from-answer")
    def from_answer(request: Request, turn: Annotated[str, Form(max_length=80)] = "") -> Response:
        person = ground.enter(request, Act.DRAFT)
        reader = Reader.of(person)
        kept = Conversations(ground.house).turn(turn, reader)
        if kept.answer is None or kept.answer.refused:
            raise Refused("answer_missing", "초안으로 옮길 답이 없습니다.", "다시 물어보세요.")
        bot = ground.bot(bot_of(ground, kept.conversation_id), reader)
        draft_id = draft_of(ground, desk, person, bot, kept.answer)
        return back_to(f"/bots/drafts/{draft_id}", "made")

    @router.post("/drafts/minutes")
    def minutes(request: Request, file: Annotated[UploadFile | None, File()] = None) -> Response:
        person = ground.enter(request, Act.DRAFT)
        if file is None or not file.filename:
            raise Refused("file_missing", "파일이 없습니다.", "녹취 글이나 녹음을 고르세요.")
        data = file.file.read()
        if file.filename.lower().endswith(SOUNDS):
            draft_id = desk.create_minutes_from_audio(data, file.filename, person, bot="minutes")
        else:
            text = "\n".join(texts(read_document(data, file.filename).blocks))
            draft_id = desk.create_from_notes(
                "minutes", text, person, bot="minutes", data_class=_class_of(text),
                sources=[f"원본: {file.filename}"],
            )  # fmt: skip
        return back_to(f"/bots/drafts/{draft_id}", "made")

    @router.post("/drafts/weekly")
    def weekly(
        request: Request,
        files: Annotated[list[UploadFile], File()] = [],  # noqa: B006
    ) -> Response:
        person = ground.enter(request, Act.DRAFT)
        named = [one for one in files if one.filename]
        if not named:
            raise Refused("file_missing", "파일이 없습니다.", "부서별 주간업무 파일을 고르세요.")
        if len(named) > MOST_FILES:
            raise Refused("too_many_files", f"{MOST_FILES}개까지 합칩니다.", "나누어 합치세요.")
        given = [NamedFile(one.filename or "", one.file.read()) for one in named]
        draft_id = desk.create_weekly(given, person, bot="weekly")
        return back_to(f"/bots/drafts/{draft_id}", "made")


def _class_of(text: str) -> DataClass:
    return highest(marked_class(text), DataClass.OPEN)


def draft_of(ground: Ground, desk: DraftDesk, person: Person, bot: Bot, answer: Answer) -> str:
    """Keep an answer as a draft in the desk's form, with what is still to be checked."""
    form = bot.form or "report"
    filling = form_of(form).fill_in(plain_text(answer), ground.today(), desk.setting(person))
    doubts = [
        f"확인: {one.text[:120]} ({one.doubts[0].reason})"
        for one in answer.sentences
        if one.standing is Standing.UNVERIFIED and one.doubts
    ]
    sources = [f"근거 {one.number}: {one.document} {one.place}".strip() for one in answer.citations]
    return desk.create(
        form,
        filling.values,
        person,
        bot=bot.code,
        bot_version=bot.version,
        model=answer.model,
        conversation_id=answer.conversation_id,
        data_class=bot.data_class,
        asks=[*filling.asks, *doubts],
        sources=sources,
    )


def plain_text(answer: Answer) -> str:
    """Return an answer without citation marks; what is not borne out says so."""
    if not answer.sentences:
        return answer.text
    parts = []
    for one in answer.sentences:
        text = _MARKS.sub("", one.text)
        if one.standing is Standing.UNVERIFIED:
            text += " (확인 필요)"
        parts.append(f"{one.before}{text}")
    return "".join(parts).strip()
