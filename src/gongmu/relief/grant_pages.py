"""One grant before an officer: what was asked and answered, both computations, the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Act, Person
from gongmu.core.values import korean_date
from gongmu.portal.view import client_address
from gongmu.relief.article import article_words
from gongmu.relief.grant import Grant
from gongmu.relief.page_ground import (
    NOTICE_TITLES,
    Ground,
    back_to,
    error_status,
)
from gongmu.relief.review import REASON_TITLES, RESOLUTION_TITLES, Resolution
from gongmu.relief.weeks import week_name, week_words

DONE = {"settled": "확인한 내용을 적었습니다. 다음 묶음을 만들 때 쓰입니다."}
COMPUTED = {
    "tax_base_won": "과세표준",
    "rate": "세율",
    "base_tax_won": "산출세액",
    "article": "감면 조문",
    "relief_rate": "감면율",
    "relief_won": "감면세액",
    "tax_due_won": "납부세액",
}
CHOOSABLE = ("N17", "N17공동", "N29", "N29공동", "N22", "N67", "N68")


def grant_routes(router: APIRouter, ground: Ground) -> None:
    """Add the page of one grant and what an officer does there."""

    @router.get("/grants/{grant_id}")
    def one(request: Request, grant_id: str) -> Response:
        return show_grant(ground, request, ground.enter(request), grant_id)

    @router.post("/grants/{grant_id}/reveal")
    def reveal(
        request: Request, grant_id: str, reason: Annotated[str, Form(max_length=300)] = ""
    ) -> Response:
        person = ground.enter(request)
        try:
            full = ground.store.reveal(grant_id, person.account, reason, client_address(request))
        except Refused as wrong:
            return show_grant(ground, request, person, grant_id, wrong=wrong, field="reveal")
        return show_grant(ground, request, person, grant_id, full=full)

    @router.post("/reviews/{number}")
    def settle(
        request: Request,
        number: int,
        resolution: Annotated[str, Form(max_length=30)] = "",
        notice: Annotated[str, Form(max_length=20)] = "",
        note: Annotated[str, Form(max_length=500)] = "",
    ) -> Response:
        person = ground.enter(request, Act.DRAFT)
        review = ground.reviews.review(number)
        place = f"/relief/grants/{review.grant_id}"
        if not review.is_open:  # 두 번 눌러도 처음 정한 것이 남는다
            return back_to(place)
        try:
            if resolution not in set(Resolution):
                raise Refused("resolution_missing", "정한 것이 없습니다.", "하나를 고르세요.")
            ground.reviews.settle(
                number,
                Resolution(resolution),
                person.account,
                note,
                notice_code=notice,
                address=client_address(request),
            )
        except Refused as wrong:
            given = {"resolution": resolution, "notice": notice, "note": note}
            return show_grant(
                ground, request, person, review.grant_id, wrong=wrong, field=f"r{number}",
                given=given,
            )  # fmt: skip
        return back_to(place, "settled")


def show_grant(
    ground: Ground,
    request: Request,
    person: Person,
    grant_id: str,
    *,
    wrong: GongmuError | None = None,
    field: str = "",
    given: Mapping[str, str] | None = None,
    full: Grant | None = None,
) -> Response:
    """Return the page of a grant, masked unless it was asked for in `full`."""
    address = client_address(request)
    row = ground.store.grant(grant_id, person.account, address=address)
    facts = ground.store.facts_of(grant_id, person.account, address=address)
    cross = facts.get("cross") or {}
    reviews = ground.reviews.queue(
        person.account, address=address, grant_id=grant_id, open_only=False
    )
    lines = [item for item in ground.board.lines(row.week_on) if item.grant_id == grant_id]
    return ground.show(
        request,
        "relief_grant.html",
        status=error_status(wrong) if wrong else 200,
        title="감면 건",
        row=row,
        line=lines[0] if lines else None,
        week=week_name(row.week_on),
        week_words=week_words(row.week_on),
        words=article_words(row.article) if row.article else "",
        checks=facts.get("checks", ()),
        missing=facts.get("missing", ()),
        questions=facts.get("questions", ()),
        candidates=facts.get("candidates", ()),
        pairs=pairs_of(cross),
        differences=cross.get("differences", ()),
        reviews=reviews,
        open_reviews=[item for item in reviews if item.is_open],
        texts=ground.board.texts_of(grant_id),
        reasons=REASON_TITLES,
        resolutions=RESOLUTION_TITLES,
        choosable=[("", "고르세요"), *((code, NOTICE_TITLES[code]) for code in CHOOSABLE)],
        may_settle=ground.door.lets(person, Act.DRAFT),
        full=_revealed(full) if full else None,
        wrong=wrong,
        field=field,
        given=given or {},
        done_words=DONE,
    )


def pairs_of(cross: Mapping[str, Any]) -> list[tuple[str, Any, Any, bool]]:
    """Return (name, as listed, as computed, whether they differ) of both computations."""
    listed, computed = cross.get("listed") or {}, cross.get("computed") or {}
    names = [*dict.fromkeys([*listed, *computed])]
    return [
        (
            COMPUTED.get(name, name),
            _shown(listed.get(name)),
            _shown(computed.get(name)),
            None not in (listed.get(name), computed.get(name))
            and listed.get(name) != computed.get(name),
        )
        for name in names
    ]


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _revealed(grant: Grant) -> list[tuple[str, str]]:
    """Return the fields of a grant that were hidden, with their names."""
    owners = ", ".join(
        f"{owner.name}({owner.relation})" if owner.relation else owner.name
        for owner in grant.co_owners
    )
    pairs = [
        ("성명(법인명)", grant.name),
        ("생년월일", grant.birth),
        ("휴대전화", grant.phone),
        ("주소", f"{grant.postcode} {grant.address}".strip()),
        ("차량번호", grant.plate),
        ("차대번호", grant.vin),
        ("차명", grant.car_name),
        ("공동명의", owners),
        ("종전 차량번호", grant.previous_plate),
        ("과세번호", grant.tax_number),
        ("접수일", korean_date(grant.filed_on) if grant.filed_on else ""),
    ]
    return [(name, value or "–") for name, value in pairs]
