"""What an officer starts by hand: collecting a week, giving a list, accepting a held one."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.people import Act, Person
from gongmu.core.runs import Status
from gongmu.portal.view import client_address
from gongmu.relief.code_edits import CodeEdits
from gongmu.relief.intake import read_relief_list
from gongmu.relief.lists import ListState
from gongmu.relief.notice_run import TASK
from gongmu.relief.page_ground import Ground, back_to, error_status, reason_given, week_of
from gongmu.relief.run_week import next_run
from gongmu.relief.week_pages import show_list, show_week
from gongmu.relief.weeks import week_name

_OVER = (Status.DONE, Status.HELD, Status.FAILED)


def intake_routes(router: APIRouter, ground: Ground) -> None:
    """Add the acts that put a week's run into the queue of the worker."""

    @router.post("/collect")
    def collect(request: Request, week: Annotated[str, Form(max_length=8)] = "") -> Response:
        person = ground.enter(request, Act.DRAFT)
        monday = week_of(week)
        place = f"/relief?week={week}"
        run_id, known = next_run(ground.house, monday)
        if known is not None and known.status not in _OVER:  # 두 번 눌러도 하나만 돈다
            return back_to(place, "running")
        _queue(ground, request, person, run_id, monday)
        return back_to(place, "collecting")

    @router.post("/lists")
    def upload(
        request: Request,
        file: Annotated[UploadFile, Form(alias="list")],
        week: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        person = ground.enter(request, Act.DRAFT)
        monday = week_of(week)
        data = file.file.read()
        try:
            _check(ground, monday, data)
        except Refused as wrong:
            if "text/html" not in request.headers.get("accept", ""):
                raise
            status = error_status(wrong)
            return show_week(
                ground, request, person, monday, wrong=wrong, wrong_field="list", status=status
            )
        # 파일 이름에는 사람 이름이 들어 있을 수 있어 확장자만 남긴다
        name = f"relief_list{PurePath(file.filename or '').suffix.lower()[:6]}"
        kept = ground.house.files.put(data, name, kind="relief_list", source="file")
        _queue(ground, request, person, _fresh_run(ground, monday), monday, kept.sha256)
        return back_to(f"/relief?week={week}", "uploaded")

    @router.post("/lists/{week}/{sha256}/accept")
    def accept(
        request: Request,
        week: str,
        sha256: str,
        reason: Annotated[str, Form(max_length=300)] = "",
    ) -> Response:
        person = ground.enter(request, Act.DRAFT)
        monday = week_of(week)
        item = ground.lists.find(sha256, monday)
        if item is None or item.state is not ListState.HELD:  # 두 번 눌러도 한 번만
            return back_to(f"/relief?week={week}")
        try:
            why = reason_given(reason)
        except Refused as wrong:
            return show_list(ground, request, person, week, sha256, wrong)
        ground.note(request, person, "relief.accept_held", f"{week} {sha256[:16]}", reason=why)
        _queue(ground, request, person, _fresh_run(ground, monday), monday, sha256, why)
        return back_to(f"/relief?week={week}", "accepted")


def _check(ground: Ground, monday: date, data: bytes) -> None:
    """Read the file once without keeping anything, so that a wrong one is told at the form."""
    if not data:
        raise Refused("file_empty", "파일이 비어 있습니다.", "다시 내려받아 올리세요.")
    key = ground.store.kept.seals.person_key
    codes = CodeEdits(ground.house).code_map()
    read_relief_list(
        data, f"relief_list_{week_name(monday)}", codes, key, today(ground.house.clock)
    )


def _fresh_run(ground: Ground, monday: date) -> str:
    """Return the id of a run beside what waits for its approval: late rows get a supplement."""
    run_id, known = next_run(ground.house, monday)
    if known is None or known.status in _OVER:
        return run_id
    parts = known.run_id.split("/")
    number = int(parts[2]) if len(parts) > 2 else 1
    return f"{TASK}/{week_name(monday)}/{number + 1}"


def _queue(
    ground: Ground,
    request: Request,
    person: Person,
    run_id: str,
    monday: date,
    sha256: str = "",
    accept: str = "",
) -> None:
    ground.house.audit.record(
        person.account, "relief.start_run", run_id, address=client_address(request)
    )
    ground.house.desk.queue(TASK, run_id, run_id, week_name(monday), sha256, accept)
