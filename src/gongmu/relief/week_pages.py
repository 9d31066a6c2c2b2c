"""This week's page and its review table: where the week stands, what to look at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.errors import GongmuError
from gongmu.core.people import Act, Person
from gongmu.core.runs import STATUS_TITLES, Run, Status
from gongmu.portal.problems import said
from gongmu.portal.run_pages import MARKS
from gongmu.relief.batch import APPROVAL_WAITS, STATE_TITLES, Batch, State
from gongmu.relief.lists import LIST_TITLES, ListRecord, ListState
from gongmu.relief.notice_run import TASK
from gongmu.relief.page_ground import (
    CROSS_TITLES,
    NOTICE_TITLES,
    Ground,
    error_status,
    last_week,
    week_of,
)
from gongmu.relief.review import BLOCKING, REASON_TITLES, Reason
from gongmu.relief.week_board import STAND_TITLES, Line, Stand, counts_of
from gongmu.relief.weeks import week_name, week_words

PAGE = 50
DONE = {
    "collecting": "모으기를 시작하도록 했습니다. 인증이 필요하면 아래에 나타납니다.",
    "running": "이 주의 실행이 이미 진행 중입니다.",
    "uploaded": "파일을 받았습니다. 읽은 결과는 잠시 뒤 '읽은 명단'에 나타납니다.",
    "accepted": "명단을 받아들여 다시 읽도록 했습니다.",
}
STEPS = ("모으기", "판단", "검토", "기안", "결재", "발송", "결과")
STAND_MARKS = {Stand.REVIEW: " wait", Stand.EXCLUDED: " bad", Stand.LEFT_OUT: "",
               Stand.WAITING: "", Stand.TEXT: ""}  # fmt: skip
SOURCES = {"robot": "로봇", "file": "사람이 올림", "import": "지난 자료"}
LIST_STATES = {ListState.HELD: "보류", ListState.READ: "읽음"}


@dataclass(frozen=True)
class Finding:
    """What to look at first, in one sentence."""

    sentence: str
    address: str = ""
    link: str = ""
    calm: bool = False


def week_routes(router: APIRouter, ground: Ground) -> None:
    """Add the week's pages."""

    @router.get("")
    def this_week(request: Request, week: str = "") -> Response:
        person = ground.enter(request)
        monday = week_of(week) if week else newest_week(ground)
        ground.note(request, person, "relief.view_week", week_name(monday))
        return show_week(ground, request, person, monday)

    @router.get("/weeks/{week}")
    def rows(
        request: Request,
        week: str,
        stand: Literal["", "review", "excluded", "left_out", "waiting", "text"] = "",
        notice: Annotated[str, Query(max_length=20)] = "",
        reason: Annotated[str, Query(max_length=30)] = "",
        cross: Literal["", "agree", "differ", "cannot_compute"] = "",
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> Response:
        person = ground.enter(request)
        every = ground.board.lines(week_of(week))
        wanted = [
            line
            for line in every
            if (not stand or line.stand == stand)
            and (not notice or line.notice_code.removesuffix("+REPL") == notice)
            and (not reason or reason in line.reasons)
            and (not cross or line.cross_status == cross)
        ]
        part = wanted[(page - 1) * PAGE : page * PAGE]
        known = ground.rows_by_id(request, person, [line.grant_id for line in part])
        kept = {"stand": stand, "notice": notice, "reason": reason, "cross": cross}
        return ground.show(
            request,
            "relief_rows.html",
            title=f"검토표 {week}",
            week=week,
            week_words=week_words(week_of(week)),
            rows=[(line, known[line.grant_id]) for line in part if line.grant_id in known],
            total=len(every),
            shown=len(wanted),
            page=page,
            pages=max(1, ceil(len(wanted) / PAGE)),
            address_of="?" + "".join(f"{name}={value}&" for name, value in kept.items() if value),
            kept=kept,
            **_choices(every),
        )

    @router.get("/lists/{week}/{sha256}")
    def one_list(request: Request, week: str, sha256: str) -> Response:
        return show_list(ground, request, ground.enter(request), week, sha256)


def show_list(
    ground: Ground,
    request: Request,
    person: Person,
    week: str,
    sha256: str,
    wrong: GongmuError | None = None,
) -> Response:
    """Return the page of one list that was read: its counts and the rows set aside."""
    monday = week_of(week)
    item = ground.lists.find(sha256, monday)
    if item is None:
        raise said(404)
    ground.note(request, person, "relief.view_file", sha256[:12])
    return ground.show(
        request,
        "relief_list.html",
        title="읽은 명단",
        status=error_status(wrong) if wrong else 200,
        week=week,
        week_words=week_words(monday),
        item=item,
        rows=ground.lists.set_aside(sha256, monday),
        list_states=LIST_STATES,
        kinds=LIST_TITLES,
        sources=SOURCES,
        may_draft=ground.door.lets(person, Act.DRAFT),
        wrong=wrong,
    )


def show_week(
    ground: Ground,
    request: Request,
    person: Person,
    monday: date,
    *,
    status: int = 200,
    **more: Any,
) -> Response:
    """Return the page of one week; `more` carries what went wrong with an upload."""
    lines = ground.board.lines(monday)
    stands = counts_of(lines)
    asked = ground.reviews.open_count(monday)
    batches = ground.batches.of_week(monday)
    run = run_of(ground, monday)
    lists = ground.lists.of_week(monday)
    silent = stands.get(Stand.LEFT_OUT, 0) + stands.get(Stand.EXCLUDED, 0)
    return ground.show(
        request,
        "relief_week.html",
        status=status,
        title="감면 안내",
        week=week_name(monday),
        week_words=week_words(monday),
        weeks=_week_choices(ground, monday),
        now=ground.house.clock(),
        steps=steps_of(lists, lines, asked, batches),
        finding=finding_of(monday, lists, asked, batches, run, lines),
        count=len(lines),
        count_before=ground.store.count(monday - timedelta(days=7)),
        texts=sum(batch.member_count for batch in batches if batch.state is not State.WITHDRAWN),
        texts_note=f"묶음 {len(batches)}개" if batches else "아직 묶음 없음",
        silent=silent,
        open_count=sum(asked.values()),
        blocking_count=sum(number for reason, number in asked.items() if reason in BLOCKING),
        asks=[(reason, REASON_TITLES[reason], number) for reason, number in asked.items()],
        reasons=ground.board.silent_reasons(monday),
        batches=batches,
        states=STATE_TITLES,
        lists=lists,
        sources=SOURCES,
        list_states=LIST_STATES,
        kinds=LIST_TITLES,
        run=run,
        run_title=STATUS_TITLES[run.status] if run else "",
        run_mark=MARKS.get(run.status, "") if run else "",
        may_draft=ground.door.lets(person, Act.DRAFT),
        done_words=DONE,
        **more,
    )


def steps_of(
    lists: Sequence[ListRecord],
    lines: Sequence[Line],
    asked: Mapping[Reason, int],
    batches: Sequence[Batch],
) -> list[tuple[str, str]]:
    """Return the seven steps of a week, each done, now or still to come."""
    states = [batch.state for batch in batches if batch.state is not State.WITHDRAWN]
    sent = (State.SENDING, State.DONE)
    done = [
        bool(lists) and not any(item.state is ListState.HELD for item in lists),
        bool(lines) and all(line.stand is not Stand.WAITING for line in lines),
        bool(lines) and not asked,
        bool(states) and State.FROZEN not in states,
        bool(states) and all(state in (State.APPROVED, *sent) for state in states),
        bool(states) and all(state in sent for state in states),
        bool(states) and all(state is State.DONE for state in states),
    ]
    first = next((number for number, ready in enumerate(done) if not ready), len(done))
    return [
        (name, "done" if done[number] else "now" if number == first else "later")
        for number, name in enumerate(STEPS)
    ]


def finding_of(
    monday: date,
    lists: Sequence[ListRecord],
    asked: Mapping[Reason, int],
    batches: Sequence[Batch],
    run: Run | None,
    lines: Sequence[Line],
) -> Finding:
    """Return what to look at first in a week: what keeps it from going on comes first."""
    week = week_name(monday)
    stuck = run is not None and run.status in (Status.WAITING, Status.FAILED)
    if run is not None and stuck and not run.message.startswith(APPROVAL_WAITS):
        place = f"/runs/{run.run_id}"
        said = run.message or "실행이 사람을 기다립니다."
        return Finding(said, place, "실행 보기")
    for item in lists:
        if item.state is ListState.HELD:
            place = f"/relief/lists/{week}/{item.sha256}"
            return Finding(f"받은 명단을 보류했습니다. {item.held_for}", place, "명단 확인")
    for batch in batches:
        if batch.state is State.FROZEN and batch.why:
            return Finding(batch.why, f"/relief/batches/{batch.batch_id}", "묶음 보기")
        if batch.state is State.HANDED_IN:
            said = f"문자 {batch.member_count:,}건이 결재를 기다립니다."
            return Finding(said, f"/relief/batches/{batch.batch_id}", "결재하기")
    if asked:
        reason, number = max(asked.items(), key=lambda item: item[1])
        most = REASON_TITLES[reason]
        said = f"검토할 것이 {sum(asked.values()):,}건이고, '{most}'이(가) 가장 많습니다."
        return Finding(said, f"/relief/weeks/{week}?stand=review", f"{number:,}건부터 정리하기")
    for batch in batches:
        if batch.state is State.FROZEN:
            said = f"문자 {batch.member_count:,}건의 묶음이 준비되었습니다. 결재를 올리세요."
            return Finding(said, f"/relief/batches/{batch.batch_id}", "묶음 보기")
        if batch.state is State.SENDING:
            said = f"문자 {batch.member_count:,}건을 보내고 있습니다."
            place = f"/messages/campaigns/{batch.batch_id}"
            return Finding(said, place, "진행 보기", calm=True)
    if not lists and not lines:
        return Finding(f"{week_words(monday)} 자료를 아직 모으지 않았습니다.")
    return Finding("이 주에 할 일을 모두 마쳤습니다.", calm=True)


def run_of(ground: Ground, monday: date) -> Run | None:
    """Return the newest run of a week, or None."""
    mark = week_name(monday)
    found = [run for run in ground.house.runs.recent(200) if run.task == TASK]
    return next((run for run in found if run.run_id.split("/")[1] == mark), None)


def newest_week(ground: Ground) -> date:
    """Return the week that the page opens with: the newest one that holds grants, or last week."""
    known = ground.store.weeks(1)
    expected = last_week(ground.today())
    return max([expected, *known]) if ground.store.count(expected) else (known or [expected])[0]


def _week_choices(ground: Ground, monday: date) -> list[tuple[str, str]]:
    known = {*ground.store.weeks(), monday, last_week(ground.today())}
    return [(week_name(day), week_words(day)) for day in sorted(known, reverse=True)]


def _choices(lines: Sequence[Line]) -> dict[str, Any]:
    stands = counts_of(lines)
    codes = {line.notice_code.removesuffix("+REPL") for line in lines} - {""}
    every = ("", "모두")
    return {
        "stands": [
            every,
            *((stand.value, f"{STAND_TITLES[stand]} {stands.get(stand, 0)}") for stand in Stand),
        ],
        "notice_choices": [
            every,
            *((code, NOTICE_TITLES.get(code, code)) for code in sorted(codes)),
        ],
        "reason_choices": [every, *((item.value, title) for item, title in REASON_TITLES.items())],
        "cross_choices": [every, *((code, title) for code, title in CROSS_TITLES.items() if code)],
        "stand_titles": STAND_TITLES,
        "stand_marks": STAND_MARKS,
    }
