"""What a person may do with one learnt document: take the original, set dates, forget it."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.knowledge.store import Knowledge
from gongmu.bots.pages.ground import Ground, back_to, reason_given
from gongmu.bots.pages.passages import document_address, show_document
from gongmu.bots.passages import Reader
from gongmu.core.errors import Refused
from gongmu.core.people import Act
from gongmu.portal.view import client_address

Reason = Annotated[str, Form(max_length=300)]
Id = Annotated[str, Form(max_length=200)]


def document_routes(router: APIRouter, ground: Ground) -> None:
    """Add the acts on a document; its page stands with the passages."""
    knowledge = Knowledge(ground.house, ground.index)

    @router.post("/files/original")
    def original(request: Request, document: Id = "", reason: Reason = "") -> Response:
        person = ground.enter(request, Act.DOWNLOAD)
        reader = Reader.of(person)
        found = knowledge.document(document, reader)
        try:
            made = knowledge.original(document, reader, reason, client_address(request))
        except Refused as wrong:
            return show_document(
                ground, request, person, found.corpus, document, wrong=wrong, field="original"
            )
        names = f"attachment; filename*=UTF-8''{quote(made.name)}"
        return Response(
            made.data,
            media_type="application/octet-stream",
            headers={"Content-Disposition": names},
        )

    @router.post("/files/dates")
    def dates(
        request: Request,
        document: Id = "",
        starts_on: Annotated[str, Form(max_length=10)] = "",
        ends_on: Annotated[str, Form(max_length=10)] = "",
    ) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        reader = Reader.of(person)
        found = knowledge.document(document, reader)
        try:
            knowledge.set_dates(document, _day(starts_on), _day(ends_on), reader)
        except Refused as wrong:
            return show_document(
                ground, request, person, found.corpus, document, wrong=wrong, field="dates"
            )
        return back_to(document_address(found.corpus, document), "dated")

    @router.post("/files/forget")
    def forget(request: Request, document: Id = "", reason: Reason = "") -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        reader = Reader.of(person)
        found = knowledge.document(document, reader)
        try:
            why = reason_given(reason)
            knowledge.forget(document, reader)
        except Refused as wrong:
            return show_document(
                ground, request, person, found.corpus, document, wrong=wrong, field="forget"
            )
        ground.note(request, person, "bots.forget_reason", document, reason=why)
        return back_to(f"/bots/knowledge/{found.corpus}", "forgotten")


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date_unreadable", f"날짜가 아닙니다: {text}", "날짜를 고르세요.") from None
