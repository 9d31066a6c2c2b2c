"""One person on the phone: found by number, their timeline, and why they got a text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.errors import GongmuError, Refused
from gongmu.portal.view import client_address
from gongmu.relief.article import article_words
from gongmu.relief.page_ground import Ground, error_status, reason_given
from gongmu.relief.sealed import Lookup

KINDS = {"phone": Lookup.PHONE, "plate": Lookup.PLATE, "tax_number": Lookup.TAX_NUMBER}


def person_routes(router: APIRouter, ground: Ground) -> None:
    """Add the search, which never puts what was asked for into an address."""

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
