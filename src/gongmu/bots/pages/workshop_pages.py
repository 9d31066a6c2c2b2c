"""The workshop: a department writes a desk, tests it, and another person lets it go live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.bots.pages.ground import RESERVED, Ground, back_to, error_status
from gongmu.bots.pages.workshop_sample import known_parts, sample_text
from gongmu.bots.pages.workshop_trial import Trial
from gongmu.bots.registry import shipped_bots
from gongmu.bots.workshop.rules import State
from gongmu.bots.workshop.store import DeskRow, Draft, Workshop, left_out
from gongmu.bots.workshop.text import LONGEST, problems
from gongmu.core.errors import GongmuError, Refused
from gongmu.core.people import Act, Person, Role
from gongmu.portal.view import Todo

DONE = {
    "started": "초안을 만들었습니다. 시험 물음을 적고 시험해 보세요.",
    "saved": "초안을 저장했습니다. 고친 글은 다시 시험해야 합니다.",
    "tested": "시험을 마쳤습니다. 다른 결재자가 펴내면 모두가 씁니다.",
    "failed": "시험을 통과하지 못했습니다. 아래 표를 보고 고치세요.",
    "approved": "펴냈습니다. 지금부터 이 판이 답합니다.",
    "discarded": "초안을 버렸습니다.",
    "opened": "그 판의 글로 초안을 열었습니다. 시험하고 승인받아야 바뀝니다.",
    "retired": "창구를 거뒀습니다. 판은 남아 있어 되돌릴 수 있습니다.",
}
MARKS = {State.DRAFT: " wait", State.TESTED: " wait", State.PUBLISHED: " good"}
Text = Annotated[str, Form(max_length=LONGEST + 10_000)]
Code = Annotated[str, Form(max_length=60)]
Number = Annotated[int, Form(ge=0, le=100_000)]


def workshop_routes(router: APIRouter, ground: Ground) -> None:
    """Add the list of departments' desks and the pages of one."""
    workshop = Workshop(ground.house)
    _list(router, ground, workshop)
    _write(router, ground, workshop)
    _publish(router, ground, workshop)


def workshop_todo(ground: Ground, person: Person) -> list[Todo]:
    """Return the tested drafts that wait for this approver."""
    if not person.may(Act.APPROVE):
        return []
    workshop, found = Workshop(ground.house), []
    for desk in workshop.desks():
        draft = workshop.draft(desk.code) if desk.has_draft else None
        if (
            draft
            and draft.facts.state is State.TESTED
            and person.account not in draft.facts.editors
        ):
            found.append(Todo(f"창구 {desk.code} 펴내기 결재", f"/bots/workshop/{desk.code}"))
    return found


def _list(router: APIRouter, ground: Ground, workshop: Workshop) -> None:
    @router.get("/workshop")
    def desks(request: Request, like: Annotated[str, Query(max_length=60)] = "") -> Response:
        return _all(ground, workshop, request, ground.enter(request), like=like)

    @router.post("/workshop")
    def start(request: Request, code: Code = "", text: Text = "") -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        text = text.replace("\r\n", "\n")
        try:
            if code in RESERVED:
                raise Refused(
                    "bot_code", f"화면 이름으로 쓰는 말입니다: {code}", "다른 부호를 쓰세요."
                )
            workshop.start(code, text, person)
        except Refused as wrong:
            given = {"code": code, "text": text}
            return _all(ground, workshop, request, person, wrong=wrong, given=given)
        return back_to(f"/bots/workshop/{code}", "started")


def _all(
    ground: Ground,
    workshop: Workshop,
    request: Request,
    person: Person,
    *,
    like: str = "",
    wrong: Refused | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    published = ground.bots()
    text = (given or {}).get("text", "")
    return ground.show(
        request,
        "bots_workshop.html",
        status=error_status(wrong) if wrong else 200,
        title="창구 만들기",
        desks=workshop.desks(),
        titles={code: bot.title for code, bot in published.items()},
        left_out=left_out(ground.house.engine),
        marks=MARKS,
        may_write=person.may(Act.CONFIGURE),
        problems=problems(text) if text else (),
        sample=sample_text(person.department, like),
        like=like,
        shipped=[("", "빈 본보기"), *((bot.code, bot.title) for bot in shipped_bots().values())],
        done_words=DONE,
        wrong=wrong,
        given=given or {},
    )


def _write(router: APIRouter, ground: Ground, workshop: Workshop) -> None:
    @router.get("/workshop/{code}")
    def one(
        request: Request,
        code: str,
        old: Annotated[int, Query(ge=0, le=100_000)] = 0,
        new: Annotated[int, Query(ge=0, le=100_000)] = 0,
        diff: Annotated[str, Query(max_length=3)] = "",
    ) -> Response:
        person = ground.enter(request)
        return _one(ground, workshop, request, person, code, pair=(old, new) if diff else None)

    @router.post("/workshop/{code}")
    def save(
        request: Request,
        code: str,
        text: Text = "",
        revision: Number = 0,
        act: Annotated[str, Form(max_length=10)] = "save",
    ) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        text = text.replace("\r\n", "\n")
        try:
            draft = workshop.draft(code)
            if draft is None or text != draft.text:
                draft = workshop.save(code, text, revision, person)
            if act != "test":
                return back_to(f"/bots/workshop/{code}", "saved")
            trial = Trial(ground)
            verdict = workshop.test(code, person, trial.run)
        except GongmuError as wrong:
            return _one(ground, workshop, request, person, code, wrong=wrong, text=text)
        return _one(
            ground, workshop, request, person, code,
            lines=trial.lines, done="tested" if verdict.passed else "failed",
        )  # fmt: skip

    @router.post("/workshop/{code}/open")
    def open_draft(request: Request, code: str) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        workshop.open(code, person)
        return back_to(f"/bots/workshop/{code}", "opened")

    @router.post("/workshop/{code}/discard")
    def discard(request: Request, code: str, revision: Number = 0) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        last = workshop.desk(code).last
        try:
            workshop.discard(code, revision, person)
        except Refused as wrong:
            return _one(ground, workshop, request, person, code, wrong=wrong)
        return back_to(f"/bots/workshop/{code}" if last else "/bots/workshop", "discarded")


def _publish(router: APIRouter, ground: Ground, workshop: Workshop) -> None:
    @router.post("/workshop/{code}/approve")
    def approve(request: Request, code: str, revision: Number = 0) -> Response:
        person = ground.enter(request, Act.APPROVE)
        try:
            workshop.approve(code, revision, person)
        except Refused as wrong:
            return _one(ground, workshop, request, person, code, wrong=wrong)
        return back_to(f"/bots/workshop/{code}", "approved")

    @router.post("/workshop/{code}/roll-back")
    def roll_back(request: Request, code: str, number: Number = 0) -> Response:
        person = ground.enter(request, Act.CONFIGURE)
        try:
            workshop.roll_back(code, number, person)
        except Refused as wrong:
            return _one(ground, workshop, request, person, code, wrong=wrong)
        return back_to(f"/bots/workshop/{code}", "opened")

    @router.post("/workshop/{code}/retire")
    def retire(
        request: Request, code: str, reason: Annotated[str, Form(max_length=300)] = ""
    ) -> Response:
        person = ground.enter(request)
        try:
            workshop.retire(code, person, reason)
        except Refused as wrong:
            given = {"reason": reason}
            return _one(
                ground, workshop, request, person, code, wrong=wrong, field="retire", given=given
            )
        return back_to(f"/bots/workshop/{code}", "retired")


def _one(
    ground: Ground,
    workshop: Workshop,
    request: Request,
    person: Person,
    code: str,
    *,
    pair: tuple[int, int] | None = None,
    wrong: GongmuError | None = None,
    text: str | None = None,
    lines: Any = (),
    field: str = "edit",
    done: str = "",
    given: Mapping[str, str] | None = None,
) -> Response:
    desk, draft, versions = workshop.desk(code), workshop.draft(code), workshop.versions(code)
    shown = text if text is not None else draft.text if draft else ""
    context = {"done": done} if done else {}
    return ground.show(
        request,
        "bots_workshop_one.html",
        status=error_status(wrong) if wrong else 200,
        title=f"창구 {code}",
        desk=desk,
        draft=draft,
        versions=versions,
        text=shown,
        problems=problems(shown) if draft else (),
        lines=lines,
        changes=workshop.compare(code, *pair) if pair else None,
        pair=pair,
        choices=_choices(draft, [one.number for one in versions]),
        marks=MARKS,
        may=_may(person, desk, draft),
        parts_known=known_parts(),
        done_words=DONE,
        wrong=wrong,
        field=field,
        given=given or {},
        **context,
    )


def _may(person: Person, desk: DeskRow, draft: Draft | None) -> dict[str, bool]:
    home = person.department == desk.department or Role.MANAGE in person.roles
    write = person.may(Act.CONFIGURE) and home
    tested = draft is not None and draft.facts.state is State.TESTED
    own = draft is not None and person.account in draft.facts.editors
    return {
        "write": write,
        "approve": person.may(Act.APPROVE) and tested and not own,
        "own": person.may(Act.APPROVE) and tested and own,
        "retire": bool(desk.published) and (write or person.may(Act.APPROVE)),
    }


def _choices(draft: Draft | None, numbers: list[int]) -> list[tuple[str, str]]:
    found = [(str(number), f"{number}판") for number in numbers]
    return [("0", "지금 초안"), *found] if draft else found
