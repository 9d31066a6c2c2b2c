"""The room of texts: what goes out, what is in doubt, who stopped it; rows come masked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Act, Person
from gongmu.messages import hours
from gongmu.messages.campaigns import doubtful_count, recent_campaigns
from gongmu.messages.delivery import Delivery
from gongmu.messages.tables import STATUS_TITLES, Status
from gongmu.portal.door import Door
from gongmu.portal.problems import status_of
from gongmu.portal.view import Room, Screen, Todo, client_address, visitor, wants_fragment

MARKS = {Status.FAILED: " bad", Status.IN_DOUBT: " wait"}
PAGE = 50
DONE = {
    "stopped": "모든 발송을 멈췄습니다. 이미 중계사에 넘어간 문자는 되돌릴 수 없습니다.",
    "resumed": "발송을 다시 열었습니다.",
    "decided": "결과를 적었습니다.",
}


Reason = Annotated[str, Form(max_length=300)]


def _nowhere(_: str) -> str:
    return ""


@dataclass(frozen=True)
class _Ground:
    house: House
    delivery: Delivery
    door: Door
    origin: Callable[[str], str]
    subject: Callable[[str], str]

    def show(
        self, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> Response:
        screen: Screen = request.app.state.screen
        done = request.query_params.get("done", "")
        shared = {
            "titles": STATUS_TITLES,
            "marks": MARKS,
            "done": DONE.get(done, ""),
            "wrong": None,
        }
        return screen.page(request, template, status=status, **(shared | self.words() | context))

    def words(self) -> dict[str, Any]:
        return {
            "statuses": list(Status),
            "titles": STATUS_TITLES,
            "origin": self.origin,
            "subject": self.subject,
        }

    def note(self, request: Request, who: Person, did: str, about: str, subjects: int) -> None:
        address = client_address(request)
        self.house.audit.record(who.account, did, about[:500], address=address, subjects=subjects)

    def board(self) -> dict[str, Any]:
        """Return what the live part shows; `moving` asks the page to look again soon."""
        delivery, now = self.delivery, self.house.clock()
        campaigns = recent_campaigns(self.house.engine)
        stop, opened = delivery.stopped(), delivery.may_send()
        queued = any(item.counts.get(Status.QUEUED) for item in campaigns)
        return {
            "campaigns": campaigns,
            "all": delivery.progress(),
            "stop": stop,
            "opened": opened,
            "within_hours": hours.may_send(now, delivery.office.hours),
            "next_at": delivery.next_opening(),
            "now": now,
            "moving": any(item.is_moving for item in campaigns) or (queued and opened),
        }


def message_room(
    house: House,
    department: str,
    origin: Callable[[str], str] = _nowhere,
    subject: Callable[[str], str] = _nowhere,
) -> Room:
    """Return the room of texts for one department's officers and the auditors.

    `origin` gives the page of the batch behind a campaign, `subject` the page of what one text is
    about; '' where there is none.
    """
    ground = _Ground(house, Delivery(house), Door(department, "문자 발송"), origin, subject)
    router = APIRouter(prefix="/messages")
    _look(router, ground)
    _act(router, ground)
    _switch(router, ground)

    def todo(person: Person) -> Sequence[Todo]:
        found = []
        if ground.door.lets(person, Act.DRAFT) and (count := doubtful_count(house.engine)):
            found.append(Todo(f"결과를 모르는 문자 {count:,}건 정하기", "/messages/doubt"))
        if ground.door.lets(person, Act.STOP) and ground.delivery.stopped() is not None:
            found.append(Todo("멈춰 둔 발송 확인하기", "/messages"))
        return found

    return Room(
        "messages",
        "문자 발송",
        "/messages",
        router,
        Path(__file__).parent / "templates",
        shown_to=lambda person: ground.door.lets(person, Act.VIEW_PERSONAL),
        todo=todo,
    )


def _look(router: APIRouter, ground: _Ground) -> None:
    delivery = ground.delivery

    @router.get("")
    def board(request: Request) -> Response:
        person = ground.door.enter(request)
        ground.note(request, person, "message.view", "board", 0)
        return _board(ground, request)

    @router.get("/now")
    def live(request: Request) -> Response:
        ground.door.enter(request)
        if not wants_fragment(request):
            return RedirectResponse("/messages", 303)
        screen: Screen = request.app.state.screen
        return screen.fragment("messages_live.html", **ground.words(), **ground.board())

    @router.get("/campaigns/{campaign:path}")
    def campaign_rows(
        request: Request,
        campaign: str,
        status: Status | None = None,
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        person = ground.door.enter(request)
        found = delivery.entries(campaign, status, after, PAGE + 1)
        ground.note(request, person, "message.view_list", campaign, len(found[:PAGE]))
        return ground.show(
            request,
            "messages_rows.html",
            title=f"문자 {campaign}",
            campaign=campaign,
            rows=found[:PAGE],
            more=found[PAGE - 1].number if len(found) > PAGE else 0,
            progress=delivery.progress(campaign),
            chosen=status.value if status else "",
            choices=[("", "모두"), *((item.value, STATUS_TITLES[item]) for item in Status)],
        )

    @router.get("/doubt")
    def doubt(request: Request, after: Annotated[int, Query(ge=0)] = 0) -> Response:
        person = ground.door.enter(request)
        found = delivery.entries(None, Status.IN_DOUBT, after, PAGE + 1)
        ground.note(request, person, "message.view_doubt", "queue", len(found[:PAGE]))
        return ground.show(
            request,
            "messages_doubt.html",
            title="결과를 모르는 문자",
            rows=found[:PAGE],
            more=found[PAGE - 1].number if len(found) > PAGE else 0,
            provider=delivery.office.gateway.provider,
        )

    @router.get("/rows/{key}")
    def one(request: Request, key: str) -> Response:
        person = ground.door.enter(request)
        entry = delivery.entry(key)
        ground.note(request, person, "message.view_row", key, 1)
        return _row(ground, request, entry)


def _act(router: APIRouter, ground: _Ground) -> None:
    delivery = ground.delivery

    @router.post("/rows/{key}/text")
    def text(request: Request, key: str, reason: Reason = "") -> Response:
        person = ground.door.enter(request)
        entry = delivery.entry(key)
        try:
            shown = delivery.text_of(key, person.account, reason)
        except Refused as wrong:
            return _row(ground, request, entry, wrong=wrong, field="text")
        return _row(ground, request, entry, text=shown)

    @router.post("/rows/{key}/decide")
    def decide(
        request: Request,
        key: str,
        outcome: Annotated[str, Form()] = "",
        reason: Reason = "",
    ) -> Response:
        person = ground.door.enter(request, Act.DRAFT)
        entry = delivery.entry(key)
        if entry.status is not Status.IN_DOUBT:  # 두 번 눌러도 한 번만 정한다
            return RedirectResponse(f"/messages/rows/{key}", 303)
        try:
            if outcome not in ("delivered", "not_taken"):
                raise Refused("outcome_missing", "결과를 고르지 않았습니다.", "하나를 고르세요.")
            delivery.decide(key, outcome == "delivered", person.account, reason)
        except Refused as wrong:
            given = {"outcome": outcome, "reason": reason}
            return _row(ground, request, entry, wrong=wrong, field="decide", given=given)
        return RedirectResponse(f"/messages/rows/{key}?done=decided", 303)


def _switch(router: APIRouter, ground: _Ground) -> None:
    delivery = ground.delivery

    @router.post("/stop")
    def stop(request: Request, reason: Reason = "") -> Response:
        person = ground.door.enter(request, Act.STOP)
        if delivery.stopped() is not None:
            return RedirectResponse("/messages", 303)
        try:
            delivery.stop(person.account, reason)
        except Refused as wrong:
            return _board(ground, request, wrong)
        return RedirectResponse("/messages?done=stopped", 303)

    @router.post("/resume")
    def resume(request: Request, reason: Reason = "") -> Response:
        person = ground.door.enter(request, Act.STOP)
        if delivery.stopped() is None:
            return RedirectResponse("/messages", 303)
        try:
            delivery.resume(person.account, reason)
        except Refused as wrong:
            return _board(ground, request, wrong)
        return RedirectResponse("/messages?done=resumed", 303)


def _board(ground: _Ground, request: Request, wrong: Refused | None = None) -> Response:
    person = visitor(request)
    office = ground.delivery.office
    return ground.show(
        request,
        "messages_board.html",
        status=status_of(wrong) if wrong else 200,
        title="문자 발송",
        wrong=wrong,
        gateway=office.gateway,
        hours=office.hours,
        sender=office.sender,
        may_stop=person is not None and ground.door.lets(person, Act.STOP),
        doubt=doubtful_count(ground.house.engine),
        **ground.board(),
    )


def _row(
    ground: _Ground,
    request: Request,
    entry: Any,
    *,
    wrong: Refused | None = None,
    field: str = "",
    text: str = "",
    given: dict[str, str] | None = None,
) -> Response:
    person = visitor(request)
    return ground.show(
        request,
        "messages_row.html",
        status=status_of(wrong) if wrong else 200,
        title="문자 한 통",
        entry=entry,
        history=ground.delivery.history(entry.key),
        wrong=wrong,
        field=field,
        text=text,
        given=given or {},
        may_decide=person is not None
        and ground.door.lets(person, Act.DRAFT)
        and entry.status is Status.IN_DOUBT,
    )
