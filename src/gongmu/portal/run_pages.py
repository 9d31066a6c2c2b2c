"""What the robots did: recent runs, one run's log, and a person's part of a second sign-in step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gongmu.core.clock import Clock, system_clock
from gongmu.core.people import Act
from gongmu.core.runs import STATUS_TITLES, Run, Runs, Status
from gongmu.portal.problems import said
from gongmu.portal.view import Room, Screen, client_address, visitor

MARKS = {Status.FAILED: " bad", Status.HELD: " bad", Status.WAITING: " wait"}


def run_room(
    runs: Runs, answer: Callable[[str, str, str], None], clock: Clock = system_clock
) -> Room:
    """Return the room of the robots; `answer` is told a run's id, who did the step, and from where.

    It writes the act down itself (`House.answer` does).
    """
    router = APIRouter()

    @router.get("/runs")
    def recent(request: Request) -> Response:
        screen: Screen = request.app.state.screen
        found = runs.recent()
        return screen.page(
            request,
            "runs.html",
            title="로봇 실행 현황",
            runs=found,
            waiting=[run for run in found if run.status is Status.WAITING],
            now=clock(),
            **_words(),
        )

    @router.get("/runs/{run_id:path}")
    def one(request: Request, run_id: str) -> Response:
        screen: Screen = request.app.state.screen
        run = _find(runs, run_id)
        return screen.page(
            request,
            "run.html",
            title=run.title,
            run=run,
            steps=runs.steps(run_id),
            waiting=run.status is Status.WAITING,
            **_words(),
        )

    @router.post("/runs/{run_id:path}")
    def answered(request: Request, run_id: str) -> Response:
        person = visitor(request)
        if person is None or not person.may(Act.ANSWER_RUN):
            raise said(403)
        run = _find(runs, run_id)
        if run.status is Status.WAITING:  # 두 번 눌러도 한 번만 알린다
            answer(run.run_id, person.account, client_address(request))
        return RedirectResponse("/runs", 303)

    return Room("runs", "로봇", "/runs", router)


def _find(runs: Runs, run_id: str) -> Run:
    run = runs.find(run_id)
    if run is None:
        raise said(404)
    return run


def _words() -> dict[str, Any]:
    marks = {status: MARKS.get(status, "") for status in Status}
    return {"titles": STATUS_TITLES, "marks": marks}
