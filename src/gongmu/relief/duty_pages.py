"""Last days that come near, and what happened to relieved cars: who must file what, by when."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Act, Person
from gongmu.portal.view import client_address
from gongmu.relief.due_board import DUTY_TITLES, DueBoard, Duty
from gongmu.relief.events import STATE_TITLES, STATUS_TITLES, Events, EventState
from gongmu.relief.page_ground import Ground, back_to, error_status, week_of
from gongmu.relief.watch import Watch
from gongmu.relief.weeks import monday_of, week_name, week_words

PAGE = 50
JUDGED = ("due", "review", "not_due")
SETTLED = ("filed", "paid", "exception")
WEEKS_AHEAD = 9
"""The 60 days of a replacement, and the 30 days of the first reminder, lie within."""
DONE = {"settled": "확인한 내용을 적었습니다."}


def duty_routes(router: APIRouter, ground: Ground) -> None:
    """Add the D-day list and the watch."""
    _due(router, ground)
    _watch(router, ground)


def _due(router: APIRouter, ground: Ground) -> None:
    board = DueBoard(ground.house)

    @router.get("/due")
    def due(
        request: Request,
        week: str = "",
        duty: Literal["", "year", "replacement"] = "",
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> Response:
        person = ground.enter(request)
        monday = week_of(week) if week else monday_of(ground.today())
        kind = Duty(duty) if duty else None
        lines = board.lines(monday, monday + timedelta(days=6), kind)
        part = lines[(page - 1) * PAGE : page * PAGE]
        known = ground.rows_by_id(request, person, [line.grant_id for line in part])
        weeks = board.by_week(min(monday, ground.today()), WEEKS_AHEAD, kind)
        return ground.show(
            request,
            "relief_due.html",
            title="기한",
            week=week_name(monday),
            week_words=week_words(monday),
            duty=duty,
            duties=[("", "모두"), *((item.value, DUTY_TITLES[item]) for item in Duty)],
            duty_titles=DUTY_TITLES,
            weeks=[(week_name(day), week_words(day), number) for day, number in weeks.items()],
            rows=[(line, known[line.grant_id]) for line in part if line.grant_id in known],
            total=len(lines),
            page=page,
            pages=max(1, ceil(len(lines) / PAGE)),
            address_of=f"?week={week_name(monday)}&" + (f"duty={duty}&" if duty else ""),
        )


def _watch(router: APIRouter, ground: Ground) -> None:
    events = Events(ground.house)

    @router.get("/watch")
    def watch(
        request: Request,
        state: Literal["", "open", "filed", "paid", "exception"] = "open",
        status: Literal["", "due", "not_due", "review"] = "",
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> Response:
        person = ground.enter(request)
        found = events.all_of(EventState(state) if state else None, status)
        order = {"due": 0, "review": 1}
        lines = sorted(
            found,
            key=lambda item: (order.get(item.status, 2), item.filing_due_on or date.max),
        )
        part = lines[(page - 1) * PAGE : page * PAGE]
        known = ground.rows_by_id(request, person, [item.grant_id for item in part])
        owing = [item for item in events.owing() if item.filing_due_on]
        return ground.show(
            request,
            "relief_watch.html",
            title="변동과 추징",
            rows=[(item, known.get(item.grant_id)) for item in part],
            owing=owing,
            late=[item for item in owing if (item.filing_due_on or date.max) < ground.today()],
            owed_won=sum(item.amount_won or 0 for item in owing),
            total=len(lines),
            page=page,
            pages=max(1, ceil(len(lines) / PAGE)),
            address_of="?" + f"state={state}&" + (f"status={status}&" if status else ""),
            chosen_state=state,
            chosen_status=status,
            states=[("", "모두"), *((item.value, STATE_TITLES[item]) for item in EventState)],
            statuses=[("", "모두"), *((code, STATUS_TITLES[code]) for code in JUDGED)],
            state_titles=STATE_TITLES,
            status_titles=STATUS_TITLES,
        )

    @router.get("/watch/{event_id}")
    def event(request: Request, event_id: str) -> Response:
        return _event(ground, events, request, ground.enter(request), event_id)

    @router.post("/watch/{event_id}")
    def settle(
        request: Request,
        event_id: str,
        state: Annotated[str, Form(max_length=20)] = "",
        note: Annotated[str, Form(max_length=500)] = "",
    ) -> Response:
        person = ground.enter(request, Act.DRAFT)
        known = events.find(event_id)
        if known.state == state:  # 두 번 눌러도 한 번만 적는다
            return back_to(f"/relief/watch/{event_id}")
        try:
            if state not in SETTLED:
                raise Refused("state_missing", "정한 것이 없습니다.", "하나를 고르세요.")
            address = client_address(request)
            events.settle(event_id, EventState(state), person.account, note, address=address)
        except Refused as wrong:
            given = {"state": state, "note": note}
            return _event(ground, events, request, person, event_id, wrong, given)
        return back_to(f"/relief/watch/{event_id}", "settled")


def _event(
    ground: Ground,
    events: Events,
    request: Request,
    person: Person,
    event_id: str,
    wrong: GongmuError | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    found = events.find(event_id)
    owing = found.status == "due" and found.state is EventState.OPEN
    penalty = Watch(ground.house).penalty(event_id, ground.today()) if owing else ()
    facts = events.facts_of(event_id)
    address = client_address(request)
    row = ground.store.grant(found.grant_id, person.account, address=address)
    return ground.show(
        request,
        "relief_event.html",
        status=error_status(wrong) if wrong else 200,
        title="변동 한 건",
        event=found,
        row=row,
        checks=(facts.get("said") or {}).get("checks", ()),
        penalty=penalty,
        total_won=(found.amount_won or 0) + sum(line.won for line in penalty),
        states=STATE_TITLES,
        statuses=STATUS_TITLES,
        choices=[(code, STATE_TITLES[EventState(code)]) for code in SETTLED],
        may_settle=ground.door.lets(person, Act.DRAFT),
        wrong=wrong,
        given=given or {},
        done_words=DONE,
    )
