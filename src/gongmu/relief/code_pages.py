"""What judgements rest on: the map of relief codes, and the public page of criteria."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Act, Person
from gongmu.messages.office import load_office
from gongmu.portal.view import client_address
from gongmu.relief.article import article_words
from gongmu.relief.assess import load_law
from gongmu.relief.code_edits import CodeEdits
from gongmu.relief.page_ground import Ground, back_to, error_status, reason_given

DONE = {"edited": "감면코드를 고쳤습니다. 다음 판단부터 쓰입니다."}


def code_routes(router: APIRouter, ground: Ground) -> None:
    """Add the code map and the public page of criteria."""
    edits = CodeEdits(ground.house)

    @router.get("/codes")
    def codes(request: Request, code: str = "") -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        ground.note(request, person, "relief.view_codes", "codes")
        return _codes(ground, edits, request, person, {"code": code[:40]})

    @router.post("/codes")
    def edit(
        request: Request,
        code: Annotated[str, Form(max_length=40)] = "",
        article: Annotated[str, Form(max_length=60)] = "",
        note: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        try:
            why = reason_given(note)
            edits.edit(code, article.strip(), person.account, why, address=client_address(request))
        except Refused as wrong:
            given = {"code": code, "article": article, "note": note}
            return _codes(ground, edits, request, person, given, wrong)
        return back_to("/relief/codes", "edited")

    @router.get("/criteria")
    def criteria(request: Request) -> Response:
        messages = load_office(ground.house.city, ground.house.settings)
        law = load_law(ground.house.city.relief)
        return ground.show(
            request,
            "relief_criteria.html",
            title="감면 안내 기준과 절차",
            city=ground.house.city.name,
            hours=messages.hours,
            wide=True,
            rules=[rule for rule in law.rules if rule.in_force(ground.today())],
        )


def _codes(
    ground: Ground,
    edits: CodeEdits,
    request: Request,
    person: Person,
    given: Mapping[str, str],
    wrong: GongmuError | None = None,
) -> Response:
    history = edits.history()
    own = {item.code: item for item in history}
    articles = edits.code_map().articles
    return ground.show(
        request,
        "relief_codes.html",
        status=error_status(wrong) if wrong else 200,
        title="감면코드",
        unknown=ground.board.unknown_codes(),
        rows=[
            (code, article, article_words(article), own.get(code))
            for code, article in sorted(articles.items())
        ],
        history=list(reversed(history))[:50],
        given=given,
        wrong=wrong,
        done_words=DONE,
    )
