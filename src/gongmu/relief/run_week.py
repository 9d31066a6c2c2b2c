"""Starts a week's workflow, here or at the living worker, and follows it to approval or end."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.runs import Run, Status
from gongmu.core.values import SEOUL
from gongmu.core.workflow import is_working, wait_until, working
from gongmu.messages.delivery import Delivery
from gongmu.messages.delivery import Status as Sent
from gongmu.messages.sending import TASK as SENDING
from gongmu.messages.sending import Sending
from gongmu.relief.batch import APPROVAL_WAITS, Batch, Batches, State
from gongmu.relief.history import keep_file
from gongmu.relief.lists import Lists
from gongmu.relief.notice_run import TASK, ReliefWeek
from gongmu.relief.weeks import week_name

_OVER = frozenset({Status.DONE, Status.HELD, Status.FAILED})
_LONGEST_FOLLOW_SECONDS = 24 * 3600.0
_FOREGROUND_WAIT_SECONDS = 2.0

Note = Callable[[str], None]


def run_week(
    house: House,
    week_on: date,
    *,
    file: Path | None = None,
    accept: str = "",
    note: Note = print,
) -> Run | None:
    """Run a week until it waits for approval or ends, printing its log; return where it stands.

    `file` is read instead of asking the tax system; `accept` (a reason) lets a held list pass.
    A week that waits for approval is only told so, unless a file brings something new. Raises
    Refused when the run ends held or failed.
    """
    sha256 = keep_file(house, file) if file is not None else ""
    if is_working(house.settings, house.engine):
        return _run(house, partial(house.desk.queue, TASK), week_on, sha256, accept, note)
    week = ReliefWeek(house, Sending(house))
    with working(house.settings, house.engine) as worker:
        return _run(house, partial(worker.start, week.run), week_on, sha256, accept, note)


def _run(
    house: House,
    start: Callable[..., None],
    week_on: date,
    sha256: str,
    accept: str,
    note: Note,
) -> Run | None:
    run_id, known = next_run(house, week_on)
    if known is not None and known.status not in _OVER and sha256:
        if known.status is Status.RUNNING and Batches(house).of_run(known.run_id) is None:
            # A run that a crash left is still judging: beside a second one of the same file it
            # would put the same people into two batches.
            run = _follow(house, known.run_id, note, past_approval=False)
            if Lists(house).find(sha256, week_on) is not None:
                return run
        # Late rows: a supplement of their own, beside what waits for its approval.
        run_id = _run_id(week_on, _number(known.run_id) + 1)
    if accept:
        house.audit.record(getpass.getuser(), "relief.accept_held", run_id, reason=accept)
    start(run_id, run_id, week_name(week_on), sha256, accept)
    return _follow(house, run_id, note, past_approval=False)


def send_week(house: House, *, note: Note = print, wait: bool = False) -> None:
    """Let every approved batch go out and follow it to its end.

    Without `wait` it returns when the next text may leave only later (hours, first days).
    """
    batches = Batches(house)
    batches.drop_past()
    open_states = (State.APPROVED, State.SENDING)
    going = [batch for batch in batches.recent() if batch.state in open_states]
    if not going:
        note("보낼 묶음이 없습니다. 결재가 끝난 묶음이 있는지 gongmu relief status 로 보세요.")
        return
    if is_working(house.settings, house.engine):
        _follow_all(house, going, note, wait)
        return
    ReliefWeek(house, Sending(house, wait_seconds=_FOREGROUND_WAIT_SECONDS))
    with working(house.settings, house.engine):
        _follow_all(house, going, note, wait)


def _follow_all(house: House, going: Sequence[Batch], note: Note, wait: bool) -> None:
    for batch in going:
        if batch.state is State.APPROVED:
            Batches(house).queue_sending(batch)
    for batch in going:
        _follow(house, batch.run_id, note, past_approval=True, wait=wait)


def next_run(house: House, week_on: date) -> tuple[str, Run | None]:
    """Return the id to run under, and the latest run of the week."""
    number, known = 1, None
    while (run := house.runs.find(_run_id(week_on, number))) is not None:
        known, number = run, number + 1
    if known is not None and known.status not in _OVER:
        return known.run_id, known
    return _run_id(week_on, number), known


def _run_id(week_on: date, number: int) -> str:
    name = f"{TASK}/{week_name(week_on)}"
    return name if number == 1 else f"{name}/{number}"


def _number(run_id: str) -> int:
    parts = run_id.split("/")
    return int(parts[2]) if len(parts) > 2 else 1


def _follow(
    house: House, run_id: str, note: Note, *, past_approval: bool, wait: bool = True
) -> Run | None:
    shown = len(house.runs.steps(run_id)) if past_approval else 0
    since, obstacle = house.clock(), ""

    def over() -> bool:
        nonlocal shown, obstacle
        steps = house.runs.steps(run_id)
        for step in steps[shown:]:
            note(step.text)
        shown = len(steps)
        run = house.runs.find(run_id)
        if run is None:
            return False
        stands = run.status is Status.WAITING and run.message.startswith(APPROVAL_WAITS)
        obstacle = "" if wait else _obstacle(house, run_id, since)
        return run.status in _OVER or stands or bool(obstacle)

    wait_until(over, every_seconds=0.2, timeout_seconds=_LONGEST_FOLLOW_SECONDS)
    run = house.runs.find(run_id)
    if run is None:
        return None
    if run.status in (Status.HELD, Status.FAILED):
        raise Refused(
            "week_held" if run.status is Status.HELD else "run_failed",
            f"{run.title}: {run.message}",
            "" if "→" in run.message else "까닭을 풀고 gongmu relief run 으로 다시 하세요.",
        )
    if run.status is Status.WAITING and past_approval:
        note(run.message)
    elif run.status is Status.RUNNING:
        note(obstacle)
    elif run.status is Status.WAITING:
        note(
            "다음 할 일: 담당자가 gongmu relief hand-in 으로 올리고, 다른 결재자가 "
            "gongmu relief approve 로 결재한 뒤 gongmu relief send 를 하세요(포털에서도 됩니다)."
        )
    return run


def _obstacle(house: House, run_id: str, since: datetime) -> str:
    """Return, in Korean, what keeps a run's texts or results waiting; '' while they go.

    What the sending said before `since` may have been mended meanwhile and does not count.
    """
    batch = Batches(house).of_run(run_id)
    if batch is None or batch.state is not State.SENDING:
        return ""
    delivery = Delivery(house)
    if stop := delivery.stopped():
        return (
            f"모든 문자를 멈춘 상태입니다({stop.who}: {stop.reason}). "
            "gongmu message resume 으로 풀고 gongmu relief send 를 다시 하세요."
        )
    child = house.runs.find(f"{SENDING}/{batch.batch_id}")
    if child is not None and child.status is Status.HELD and child.changed_at >= since:
        return f"{child.message} 고친 뒤 gongmu relief send 를 다시 하세요."
    if delivery.may_send():
        return ""
    progress = delivery.progress(batch.batch_id)
    if progress.count(Sent.QUEUED) + progress.count(Sent.SENDING) == progress.later_count:
        return (
            "모두 넘겼습니다. 남은 결과는 gongmu serve 나 다음 gongmu relief send 가 받아 적습니다."
        )
    opens = delivery.next_opening().astimezone(SEOUL)
    return (
        f"보낼 수 있는 시간({opens:%m월 %d일 %H:%M}부터)에 gongmu serve 가 이어 보냅니다. "
        "켜 두지 않았으면 그때 gongmu relief send 를 다시 하세요."
    )
