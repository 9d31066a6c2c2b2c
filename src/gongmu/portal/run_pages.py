"""What the robots did: recent runs, one run's log with its pictures, a person's second step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gongmu.core.audit import Audit
from gongmu.core.clock import Clock, system_clock
from gongmu.core.files import FileStore
from gongmu.core.people import Act, Person
from gongmu.core.runs import STATUS_TITLES, Run, Runs, RunStep, Status
from gongmu.portal.problems import said
from gongmu.portal.view import Room, Screen, client_address, visitor

MARKS = {Status.FAILED: " bad", Status.HELD: " bad", Status.WAITING: " wait"}
_PNG = b"\x89PNG\r\n\x1a\n"


def run_room(
    runs: Runs,
    answer: Callable[[str, str, str], None],
    files: FileStore,
    audit: Audit,
    clock: Clock = system_clock,
) -> Room:
    """Return the room of the robots; `answer` is told a run's id, who did the step, and from where.

    It writes the act down itself (`House.answer` does). Screenshots come from `files`; each one
    shown is written to `audit`.
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
            asks_step=asks_step,
            now=clock(),
            **_words(),
        )

    @router.get("/runs/{run_id:path}/pictures/{sha256}")
    def picture(request: Request, run_id: str, sha256: str) -> Response:
        person = _worker(request)
        if not any(step.evidence_sha256 == sha256 for step in runs.steps(run_id)):
            raise said(404)
        if not _is_screenshot(files, sha256):
            raise said(404)
        data = files.read(sha256)
        if not data.startswith(_PNG):
            raise said(404)
        about = f"{run_id} {sha256[:12]}"
        audit.record(person.account, "run.view_picture", about, address=client_address(request))
        return Response(data, media_type="image/png")

    @router.get("/runs/{run_id:path}")
    def one(request: Request, run_id: str) -> Response:
        screen: Screen = request.app.state.screen
        run = _find(runs, run_id)
        steps = runs.steps(run_id)
        return screen.page(
            request,
            "run.html",
            title=run.title,
            run=run,
            steps=steps,
            pictures=_pictures(files, steps),
            waiting=run.status is Status.WAITING,
            asks_step=asks_step,
            calm=run.status in (Status.DONE, Status.RUNNING),
            **_words(),
        )

    @router.post("/runs/{run_id:path}")
    def answered(request: Request, run_id: str) -> Response:
        person = _worker(request)
        run = _find(runs, run_id)
        if run.status is Status.WAITING:  # 두 번 눌러도 한 번만 알린다
            answer(run.run_id, person.account, client_address(request))
        return RedirectResponse("/runs", 303)

    return Room("runs", "로봇", "/runs", router)


def asks_step(run: Run) -> bool:
    """Return whether a waiting run asks for a step outside; an approval is given elsewhere."""
    return run.status is Status.WAITING and not run.message.startswith("결재")


def _worker(request: Request) -> Person:
    """Return the visitor when they may act on runs; raises the 403 failure for others."""
    person = visitor(request)
    if person is None or not person.may(Act.ANSWER_RUN):
        raise said(403)
    return person


def _is_screenshot(files: FileStore, sha256: str) -> bool:
    # 추적 기록에는 화면의 모든 내용이 들어 있어 그림만 보인다
    kept = files.find(sha256)
    return kept is not None and kept.kind == "screenshot"


def _pictures(files: FileStore, steps: Sequence[RunStep]) -> dict[str, RunStep]:
    """Return the kept screenshots by content hash, each with the step that left it first."""
    found: dict[str, RunStep] = {}
    for step in steps:
        sha256 = step.evidence_sha256
        if sha256 and sha256 not in found and _is_screenshot(files, sha256):
            found[sha256] = step
    return found


def _find(runs: Runs, run_id: str) -> Run:
    run = runs.find(run_id)
    if run is None:
        raise said(404)
    return run


def _words() -> dict[str, Any]:
    marks = {status: MARKS.get(status, "") for status in Status}
    return {"titles": STATUS_TITLES, "marks": marks}
