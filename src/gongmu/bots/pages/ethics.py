"""The yearly self-check on AI ethics: the list to fill in and the checks that were kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.guard.ethics import EthicsAnswer, EthicsBook, Verdict, ethics_parts
from gongmu.bots.pages.draft_pages import Fields
from gongmu.bots.pages.ground import Ground, back_to, error_status, manages
from gongmu.core.errors import Refused
from gongmu.core.people import Act, Person
from gongmu.portal.problems import said
from gongmu.portal.view import Todo

DONE = {"kept": "자가 점검을 적었습니다. 적은 것은 고칠 수 없고, 다시 점검하면 새로 남습니다."}


def ethics_routes(router: APIRouter, ground: Ground) -> None:
    """Add the page of the self-check."""
    book = EthicsBook(ground.house.engine, ground.house.clock)

    @router.get("/ethics")
    def look(request: Request, kept: Annotated[int, Query(ge=0, le=10_000)] = 0) -> Response:
        return _page(ground, book, request, ground.enter(request), kept=kept)

    @router.post("/ethics")
    def keep(request: Request, fields: Fields) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        given = {name: str(value) for name, value in fields.items()}
        try:
            book.record(ground.today().year, person, _answers(given))
        except Refused as wrong:
            return _page(ground, book, request, person, wrong=wrong, given=given)
        return back_to("/bots/ethics", "kept")


def ethics_todo(ground: Ground, person: Person) -> list[Todo]:
    """Return the self-check of the year, for managers, while it is still missing."""
    day = ground.today()
    if not manages(person) or not EthicsBook(ground.house.engine, ground.house.clock).is_due(day):
        return []
    return [Todo(f"{day.year}년 AI 윤리 자가 점검", "/bots/ethics")]


def _answers(given: Mapping[str, str]) -> list[EthicsAnswer]:
    found = []
    for part in ethics_parts():
        for item in part.items:
            verdict = given.get(f"v.{item.code}", "")
            if verdict in {one.value for one in Verdict}:
                note = given.get(f"n.{item.code}", "")[:500]
                found.append(EthicsAnswer(item.code, Verdict(verdict), note))
    return found


def _page(
    ground: Ground,
    book: EthicsBook,
    request: Request,
    person: Person,
    *,
    kept: int = 0,
    wrong: Refused | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    checks = book.checks()
    if kept > len(checks):
        raise said(404)
    return ground.show(
        request,
        "bots_ethics.html",
        status=error_status(wrong) if wrong else 200,
        title="AI 윤리 자가 점검",
        parts_of=ethics_parts(),
        asks={item.code: item.ask for part in ethics_parts() for item in part.items},
        verdicts=list(Verdict),
        checks=checks,
        shown=checks[kept - 1] if kept else None,
        due=book.is_due(ground.today()),
        year=ground.today().year,
        may_keep=person.may(Act.CONFIGURE),
        done_words=DONE,
        wrong=wrong,
        given=given or {},
    )
