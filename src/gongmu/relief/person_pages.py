"""One person on the phone: found by number, their timeline, and why they got a text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Act, Person
from gongmu.portal.view import client_address
from gongmu.relief.article import article_words
from gongmu.relief.consents import Consents
from gongmu.relief.page_ground import Ground, back_to, error_status, reason_given
from gongmu.relief.sealed import Lookup
from gongmu.relief.timeline import Explanation, Timelines

KINDS = {"phone": Lookup.PHONE, "plate": Lookup.PLATE, "tax_number": Lookup.TAX_NUMBER}


DONE = {"consent": "신청 여부를 적었습니다. 다음 안내부터 쓰입니다."}
Reason = Annotated[str, Form(max_length=300)]


def person_routes(router: APIRouter, ground: Ground) -> None:
    """Add the search and the story of one grant."""
    _search(router, ground)
    _story(router, ground)


def _search(router: APIRouter, ground: Ground) -> None:
    """What was looked for never stands in an address."""

    @router.get("/people")
    def form(request: Request) -> Response:
        ground.enter(request)
        return _people(ground, request)

    @router.post("/people")
    def found(
        request: Request,
        kind: Annotated[str, Form(max_length=20)] = "phone",
        value: Annotated[str, Form(max_length=40)] = "",
        reason: Annotated[str, Form(max_length=300)] = "",
    ) -> Response:
        person = ground.enter(request)
        given = {"kind": kind, "value": value, "reason": reason}
        try:
            if kind not in KINDS or not value.strip():
                raise Refused(
                    "value_missing", "찾을 번호가 없습니다.", "번호를 적고 종류를 고르세요."
                )
            why = reason_given(reason)
            rows = ground.store.find(
                KINDS[kind], value, person.account, why, client_address(request)
            )
        except Refused as wrong:
            return _people(ground, request, given=given, wrong=wrong)
        # 찾은 번호는 화면에 되돌려 주지 않는다: 화면 공유나 인쇄로 새지 않게
        return _people(ground, request, given={"kind": kind}, rows=rows)


def _story(router: APIRouter, ground: Ground) -> None:
    timelines, consents = Timelines(ground.house), Consents(ground.house)

    @router.get("/people/{grant_id}")
    def closed(request: Request, grant_id: str) -> Response:
        return _person(ground, request, ground.enter(request), grant_id)

    @router.post("/people/{grant_id}")
    def told(request: Request, grant_id: str, reason: Reason = "") -> Response:
        person = ground.enter(request)
        address = client_address(request)
        try:
            story = timelines.explain(grant_id, person.account, reason, address=address)
        except Refused as wrong:
            if wrong.code != "reason_missing":
                raise
            return _person(ground, request, person, grant_id, wrong=wrong, field="story")
        return _person(ground, request, person, grant_id, story=story)

    @router.post("/people/{grant_id}/consent")
    def consent(
        request: Request,
        grant_id: str,
        electronic: Annotated[str, Form(max_length=3)] = "",
        reason: Reason = "",
    ) -> Response:
        person = ground.enter(request, Act.DRAFT)
        try:
            why = reason_given(reason)
            if electronic not in ("yes", "no"):
                raise Refused("choice_missing", "고른 것이 없습니다.", "하나를 고르세요.")
            asked = electronic == "yes"
            if consents.standing([grant_id]).get(grant_id) is not asked:  # 두 번 눌러도 한 줄
                consents.record(
                    grant_id,
                    asked,
                    why,
                    ground.today(),
                    person.account,
                    address=client_address(request),
                )
        except Refused as wrong:
            return _person(ground, request, person, grant_id, wrong=wrong, field="consent")
        return back_to(f"/relief/people/{grant_id}", "consent")


def _person(
    ground: Ground,
    request: Request,
    person: Person,
    grant_id: str,
    *,
    story: Explanation | None = None,
    wrong: GongmuError | None = None,
    field: str = "",
) -> Response:
    """Return the page of a grant's story; closed until a reason was given."""
    row = story.row if story else None
    if row is None:
        row = ground.store.grant(grant_id, person.account, address=client_address(request))
    asked = Consents(ground.house).history([grant_id])
    return ground.show(
        request,
        "relief_person.html",
        status=error_status(wrong) if wrong else 200,
        title="지난 일",
        row=row,
        words=article_words(row.article) if row.article else "",
        story=story,
        consents=list(reversed(asked)),
        may_consent=ground.door.lets(person, Act.DRAFT),
        wrong=wrong,
        field=field,
        done_words=DONE,
    )


def _people(
    ground: Ground,
    request: Request,
    *,
    given: dict[str, str] | None = None,
    wrong: GongmuError | None = None,
    rows: object = None,
) -> Response:
    return ground.show(
        request,
        "relief_people.html",
        status=error_status(wrong) if wrong else 200,
        title="사람 찾기",
        kinds=[(code, kind.value) for code, kind in KINDS.items()],
        given=given or {},
        wrong=wrong,
        rows=rows,
        words=article_words,
    )
