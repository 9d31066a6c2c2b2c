"""Starts a service day's workflow, here or at the living worker, and follows it to its end."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import date

from gongmu.bus.daily_run import TASK, BusDay
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.runs import Run, Status
from gongmu.core.workflow import is_working, wait_until, working

_OVER = frozenset({Status.DONE, Status.HELD, Status.FAILED})
_LONGEST_FOLLOW_SECONDS = 24 * 3600.0

Note = Callable[[str], None]


def run_day(house: House, day: date, *, again: bool, accept: str, note: Note) -> None:
    """Run `bus-day/<day>` to its end, printing its log; a finished day is left alone.

    `again` fetches a finished day once more; `accept` (a reason) lets a held day pass. Raises
    Refused when the run ends held or failed.
    """
    run_id, known = _next_run(house, day)
    if known is not None and known.status is Status.DONE and not again and not accept:
        note(f"{known.title}: 이미 마쳤습니다. {known.message}")
        note("늦게 온 자료를 다시 받으려면 --again 을 붙이세요.")
        return
    if accept:
        house.audit.record(getpass.getuser(), "bus.accept_held", str(day), reason=accept)
    arguments = (run_id, day.isoformat(), accept)
    if is_working(house.settings, house.engine):
        house.desk.queue(TASK, run_id, *arguments)
        _follow(house, run_id, note)
        return
    workflow = BusDay(house)
    with working(house.settings, house.engine) as worker:
        worker.start(workflow.run, run_id, *arguments)
        _follow(house, run_id, note)


def _next_run(house: House, day: date) -> tuple[str, Run | None]:
    """Return the id to run under, and the latest run of the day.

    A run cut off by a crash goes on under its own id; one that ended is followed by the next.
    """
    number, known = 1, None
    while (run := house.runs.find(_run_id(day, number))) is not None:
        known, number = run, number + 1
    if known is not None and known.status not in _OVER:
        return known.run_id, known
    return _run_id(day, number), known


def _run_id(day: date, number: int) -> str:
    return f"{TASK}/{day}" if number == 1 else f"{TASK}/{day}/{number}"


def _follow(house: House, run_id: str, note: Note) -> None:
    shown = 0

    def over() -> bool:
        nonlocal shown
        steps = house.runs.steps(run_id)
        for step in steps[shown:]:
            note(step.text)
        shown = len(steps)
        run = house.runs.find(run_id)
        return run is not None and run.status in _OVER

    wait_until(over, every_seconds=0.2, timeout_seconds=_LONGEST_FOLLOW_SECONDS)
    run = house.runs.find(run_id)
    if run is None or run.status is Status.DONE:
        note(run.message if run else "")
        return
    raise Refused(
        "day_held" if run.status is Status.HELD else "run_failed",
        f"{run.title}: {run.message}",
        "자료를 확인한 뒤 gongmu bus run --day "
        + (
            f"{day_of(run_id)} --accept '까닭' 으로 받아들이세요."
            if run.status is Status.HELD
            else "… 로 다시 하세요."
        ),
    )


def day_of(run_id: str) -> str:
    """Return the service day in a run's id: bus-day/2026-11-20/2 -> 2026-11-20."""
    return run_id.split("/")[1]
