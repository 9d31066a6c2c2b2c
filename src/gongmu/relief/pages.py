"""The tax office's room: its pages put together, and what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from gongmu.core.house import House
from gongmu.core.people import Act, People, Person
from gongmu.core.runs import STATUS_TITLES, Status
from gongmu.portal.view import Room, Todo
from gongmu.relief.batch import APPROVAL_WAITS, State
from gongmu.relief.batch_pages import batch_routes
from gongmu.relief.code_pages import code_routes
from gongmu.relief.duty_pages import duty_routes
from gongmu.relief.grant_pages import grant_routes
from gongmu.relief.intake_acts import intake_routes
from gongmu.relief.letter_pages import letter_routes
from gongmu.relief.notice_run import TASK
from gongmu.relief.page_ground import Ground, open_ground
from gongmu.relief.person_pages import person_routes
from gongmu.relief.report_pages import report_routes
from gongmu.relief.week_pages import newest_week, week_routes
from gongmu.relief.weeks import week_name
from gongmu.relief.what_if_pages import what_if_routes

_ROUTES = (
    week_routes,
    intake_routes,
    batch_routes,
    grant_routes,
    letter_routes,
    duty_routes,
    person_routes,
    what_if_routes,
    report_routes,
    code_routes,
)
LIST_BYTES = 20_000_000
"""A weekly list of some hundred grants is far smaller; a year of history fits."""


def relief_room(house: House, people: People) -> Room:
    """Return the room of relief notices; `people` asks an approver's password once more."""
    ground = open_ground(house, people)
    router = APIRouter(prefix="/relief")
    for add in _ROUTES:
        add(router, ground)
    return Room(
        "relief",
        "감면 안내",
        "/relief",
        router,
        Path(__file__).parent / "templates",
        shown_to=lambda person: ground.door.lets(person, Act.VIEW_PERSONAL),
        todo=lambda person: todo_of(ground, person),
        uploads={"/relief/lists": LIST_BYTES},
        open_paths=("/relief/criteria",),
    )


def todo_of(ground: Ground, person: Person) -> Sequence[Todo]:
    """Return what waits for a person: approvals, batches to hand in, reviews."""
    if not ground.door.opens_to(person):
        return ()
    found = []
    for batch in ground.batches.recent(20):
        place = f"/relief/batches/{batch.batch_id}"
        if batch.state is State.HANDED_IN and person.may(Act.APPROVE):
            mine = ground.office.two_people and person.account in ground.batches.drafters(batch)
            if not mine:
                found.append(Todo(f"문자 {batch.member_count:,}건 결재하기", place))
        if batch.state is State.FROZEN and person.may(Act.DRAFT):
            said = "다시 올리기" if batch.why else "결재 올리기"
            found.append(Todo(f"{batch.batch_id} 묶음 {said}", place))
    if person.may(Act.DRAFT):
        found += _stuck(ground)
        asked = ground.reviews.open_count()
        if asked:
            found.append(
                Todo(
                    f"검토할 감면 {sum(asked.values()):,}건",
                    f"/relief?week={week_name(newest_week(ground))}",
                )
            )
    return found


def _stuck(ground: Ground) -> list[Todo]:
    """Return the weeks whose run was held, failed, or waits for a step outside."""
    found = []
    for run in ground.house.runs.recent(20):
        step = run.status is Status.WAITING and not run.message.startswith(APPROVAL_WAITS)
        if run.task == TASK and (step or run.status in (Status.HELD, Status.FAILED)):
            week = run.run_id.split("/")[1]
            found.append(Todo(f"{run.title}: {STATUS_TITLES[run.status]}", f"/relief?week={week}"))
    return found
