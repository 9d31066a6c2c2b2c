"""A batch before the approver: what will go out, to how many, at what cost, and who said yes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Act, Person
from gongmu.portal.view import client_address
from gongmu.relief.batch import ACT_TITLES, STATE_TITLES, State
from gongmu.relief.page_ground import Ground, back_to, error_status
from gongmu.relief.planning import planned
from gongmu.relief.review import REASON_TITLES
from gongmu.relief.weeks import week_name, week_words

PAGE = 100
DONE = {
    "handed_in": "결재를 올렸습니다. 다른 사람이 승인하면 발송이 시작됩니다.",
    "approved": "승인했습니다. 보낼 수 있는 시간에 발송이 시작됩니다.",
    "rejected": "반려했습니다. 기안한 사람에게 까닭이 보입니다.",
    "withdrawn": "묶음을 거두었습니다. 담긴 사람은 다음 묶음에서 안내받을 수 있습니다.",
    "excluded": "문자 한 건을 뺐습니다. 받은 결재가 있었다면 무효입니다.",
    "again": "지금의 대장과 검토 결과로 묶음을 다시 작성했습니다.",
    "tested": "시험 문자를 보내도록 했습니다. 보낼 수 있는 시간에 나갑니다.",
}
Reason = Annotated[str, Form(max_length=300)]
_SENT = (State.APPROVED, State.SENDING, State.DONE)


def batch_routes(router: APIRouter, ground: Ground) -> None:
    """Add the pages and acts of a batch."""
    _look(router, ground)
    _draft(router, ground)
    _single(router, ground)
    _approve(router, ground)


def _look(router: APIRouter, ground: Ground) -> None:
    @router.get("/batches/{batch_id}")
    def one(request: Request, batch_id: str) -> Response:
        return show_batch(ground, request, ground.enter(request), batch_id)

    @router.get("/batches/{batch_id}/members")
    def members(
        request: Request, batch_id: str, after: Annotated[str, Query(max_length=40)] = ""
    ) -> Response:
        person = ground.enter(request)
        batch = ground.batches.find(batch_id)
        rows = ground.desk.members(
            batch_id, person.account, address=client_address(request), after=after, limit=PAGE
        )
        return ground.show(
            request,
            "relief_members.html",
            title=f"담긴 문자 {batch_id}",
            batch=batch,
            week=week_name(batch.week_on),
            rows=rows,
            more=rows[-1].key if len(rows) == PAGE else "",
            may_exclude=ground.door.lets(person, Act.DRAFT) and batch.state not in _SENT[1:],
        )

    @router.get("/batches/{batch_id}/approve")
    def confirm(request: Request, batch_id: str) -> Response:
        return _confirm(ground, request, ground.enter(request, Act.APPROVE), batch_id)


def _draft(router: APIRouter, ground: Ground) -> None:
    @router.post("/batches/{batch_id}/hand-in")
    def hand_in(request: Request, batch_id: str) -> Response:
        person = ground.enter(request, Act.DRAFT)
        if ground.batches.find(batch_id).state is State.HANDED_IN:  # 두 번 눌러도 한 번만 올린다
            return back_to(f"/relief/batches/{batch_id}")
        try:
            ground.batches.hand_in(batch_id, person, client_address(request))
        except Refused as wrong:
            return show_batch(ground, request, person, batch_id, wrong=wrong, field="hand_in")
        return back_to(f"/relief/batches/{batch_id}", "handed_in")

    @router.post("/batches/{batch_id}/withdraw")
    def withdraw(request: Request, batch_id: str, reason: Reason = "") -> Response:
        person = ground.enter(request, Act.DRAFT)
        if ground.batches.find(batch_id).state is State.WITHDRAWN:
            return back_to(f"/relief/batches/{batch_id}")
        try:
            ground.batches.withdraw(batch_id, person, reason, client_address(request))
        except Refused as wrong:
            return show_batch(ground, request, person, batch_id, wrong=wrong, field="withdraw")
        return back_to(f"/relief/batches/{batch_id}", "withdrawn")

    @router.post("/batches/{batch_id}/again")
    def again(request: Request, batch_id: str) -> Response:
        person = ground.enter(request, Act.DRAFT)
        batch = ground.batches.find(batch_id)
        parts = planned(ground.house, batch.week_on)
        try:
            ground.batches.freeze_again(batch_id, parts, person, client_address(request))
        except Refused as wrong:
            return show_batch(ground, request, person, batch_id, wrong=wrong, field="again")
        return back_to(f"/relief/batches/{batch_id}", "again")


def _single(router: APIRouter, ground: Ground) -> None:
    @router.post("/batches/{batch_id}/exclude")
    def exclude(
        request: Request,
        batch_id: str,
        key: Annotated[str, Form(max_length=40)] = "",
        reason: Reason = "",
    ) -> Response:
        person = ground.enter(request, Act.DRAFT)
        try:
            ground.batches.exclude(batch_id, key, person, reason, client_address(request))
        except Refused as wrong:
            if wrong.code == "member_unknown":  # 이미 뺀 것: 두 번 눌러도 같다
                return back_to(f"/relief/batches/{batch_id}/members")
            return show_batch(ground, request, person, batch_id, wrong=wrong, field="exclude")
        return back_to(f"/relief/batches/{batch_id}", "excluded")

    @router.post("/batches/{batch_id}/test")
    def test(
        request: Request,
        batch_id: str,
        key: Annotated[str, Form(max_length=40)] = "",
        phone: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        person = ground.enter(request)
        try:
            ground.desk.send_test(batch_id, key, person, phone)
        except Refused as wrong:
            return show_batch(ground, request, person, batch_id, wrong=wrong, field="test")
        return back_to(f"/relief/batches/{batch_id}", "tested")


def _approve(router: APIRouter, ground: Ground) -> None:
    @router.post("/batches/{batch_id}/approve")
    def approve(
        request: Request,
        batch_id: str,
        hash: Annotated[str, Form(max_length=64)] = "",  # noqa: A002 - the field's name
        password: Annotated[str, Form(max_length=200)] = "",
        seen: Annotated[str, Form(max_length=5)] = "",
    ) -> Response:
        person = ground.enter(request, Act.APPROVE)
        batch = ground.batches.find(batch_id)
        if batch.state in _SENT and batch.hash == hash:
            return back_to(f"/relief/batches/{batch_id}")
        address = client_address(request)
        try:
            if not seen:
                raise Refused(
                    "not_confirmed",
                    "건수와 글을 확인했다는 표시가 없습니다.",
                    "확인한 뒤 표시하세요.",
                )
            ground.people.confirm(person.account, password, address)
            ground.batches.approve(batch_id, hash, person, address)
        except Refused as wrong:
            if wrong.code == "sign_in_refused":
                ground.note(request, person, "relief.approve_refused", batch_id)
                wrong = Refused("password_wrong", "비밀번호가 맞지 않습니다.", wrong.todo)
            return _confirm(ground, request, person, batch_id, wrong)
        return back_to(f"/relief/batches/{batch_id}", "approved")

    @router.post("/batches/{batch_id}/reject")
    def reject(request: Request, batch_id: str, reason: Reason = "") -> Response:
        person = ground.enter(request, Act.APPROVE)
        if ground.batches.find(batch_id).state is State.FROZEN:
            return back_to(f"/relief/batches/{batch_id}")
        try:
            ground.batches.reject(batch_id, person, reason, client_address(request))
        except Refused as wrong:
            return show_batch(ground, request, person, batch_id, wrong=wrong, field="reject")
        return back_to(f"/relief/batches/{batch_id}", "rejected")


def show_batch(
    ground: Ground,
    request: Request,
    person: Person,
    batch_id: str,
    *,
    wrong: GongmuError | None = None,
    field: str = "",
) -> Response:
    """Return a batch's page; the samples shown are written to the access record."""
    view = ground.desk.overview(batch_id)
    batch = view.batch
    samples = ground.desk.samples(batch_id, person.account, address=client_address(request))
    drafted_here = ground.office.two_people and person.account in view.drafters
    return ground.show(
        request,
        "relief_batch.html",
        status=error_status(wrong) if wrong else 200,
        title=f"안내 묶음 {batch_id}",
        view=view,
        batch=batch,
        week=week_name(batch.week_on),
        week_words=week_words(batch.week_on),
        samples=samples,
        states=STATE_TITLES,
        acts=ACT_TITLES,
        reasons=REASON_TITLES,
        wrong=wrong,
        field=field,
        may=_may(ground, person, batch.state, drafted_here),
        drafted_here=drafted_here,
        done_words=DONE,
        progress=_progress(ground, batch_id) if batch.state in _SENT else None,
    )


def _may(ground: Ground, person: Person, state: State, drafted_here: bool) -> dict[str, bool]:
    drafts, approves = ground.door.lets(person, Act.DRAFT), ground.door.lets(person, Act.APPROVE)
    waiting = state in (State.FROZEN, State.HANDED_IN, State.APPROVED)
    return {
        "hand_in": drafts and state is State.FROZEN,
        "withdraw": drafts and waiting,
        "again": drafts and waiting,
        "test": drafts or approves,
        "approve": approves and state is State.HANDED_IN and not drafted_here,
        "reject": approves and state is State.HANDED_IN,
    }


def _progress(ground: Ground, batch_id: str) -> Any:
    from gongmu.messages.delivery import Delivery

    return Delivery(ground.house).progress(batch_id)


def _confirm(
    ground: Ground,
    request: Request,
    person: Person,
    batch_id: str,
    wrong: GongmuError | None = None,
) -> Response:
    view = ground.desk.overview(batch_id)
    ground.note(request, person, "relief.view_approval", batch_id)
    if view.batch.state is not State.HANDED_IN:
        return back_to(f"/relief/batches/{batch_id}")
    return ground.show(
        request,
        "relief_approve.html",
        status=error_status(wrong) if wrong else 200,
        title="결재 확인",
        view=view,
        batch=view.batch,
        week=week_name(view.batch.week_on),
        week_words=week_words(view.batch.week_on),
        wrong=wrong,
    )
