"""The workflow `message-sending/<campaign>`: sends within the hours, settles doubt, takes receipts.

Every pass may be cut off and repeated; what happened stands in the ledger, so the steps bring
back counts only. A second workflow wakes every few minutes for what no campaign waits for any
more: late receipts, texts whose day has come, abandoned rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gongmu.core.errors import GongmuError, Transient
from gongmu.core.house import House
from gongmu.core.runs import Status as RunStatus
from gongmu.core.values import SEOUL
from gongmu.core.workflow import Worker, pause, step, workflow
from gongmu.messages.delivery import Delivery, Progress, Status
from gongmu.messages.ledger_view import RECEIPT_DAYS

TASK = "message-sending"
TICK = "message-tick"
TICK_AT = "*/10 * * * *"
"""Every ten minutes, Seoul time."""

_PASS = 2_000
"""Texts in one step: after each of them the run's notes and the hours are looked at anew."""
_LONGEST_WAIT_SECONDS = 600.0

_WORDS = (
    (Status.DELIVERED, "도착"),
    (Status.SENT, "결과 기다림"),
    (Status.FAILED, "실패"),
    (Status.IN_DOUBT, "불확실"),
    (Status.QUEUED, "보내기 전"),
    (Status.SENDING, "보내는 중"),
    (Status.CANCELLED, "취소"),
)


class Sending:
    """The workflows bound to one installation; made once per process, before `working`."""

    def __init__(
        self, house: House, delivery: Delivery | None = None, *, wait_seconds: float = 15.0
    ) -> None:
        self._house = house
        self._wait_seconds = wait_seconds
        self.delivery = delivery or Delivery(house)
        self.begin = step("message-sending.begin")(self._begin)
        self.pass_once = step("message-sending.pass", attempts=1)(self._pass)
        self.end = step("message-sending.end")(self._end)
        self.tick_once = step("message-tick.pass", attempts=1)(self._tick)
        self.run = workflow(TASK)(self._run)
        self.tick = workflow(TICK)(self._ticking)

    def start(self, campaign: str) -> str:
        """Queue the sending of a campaign, inside or outside a workflow; return its run id.

        A campaign already being sent, or sent, is not started again.
        """
        run_id = f"{TASK}/{campaign}"
        self._house.desk.queue(TASK, run_id, run_id, campaign)
        return run_id

    def schedule(self, worker: Worker) -> None:
        """Let the tick run on time."""
        worker.schedule(TICK, self.tick, TICK_AT)

    # ------------------------------------------------------------- the workflows

    def _run(self, run_id: str, campaign: str) -> str:
        until = self.begin(run_id, campaign)
        try:
            wait = self._wait_seconds
            while True:
                stand = self.pass_once(run_id, campaign, until)
                if stand["done"]:
                    break
                # Nothing new: ask ever more seldom.
                wait = self._wait_seconds if stand["moved"] else min(2 * wait, self._longest())
                pause(max(stand["sleep_seconds"], 0.0 if stand["more"] else wait))
            return self.end(run_id, campaign)
        except Exception as bug:
            name = type(bug).__name__
            said = f"프로그램 오류로 멈췄습니다({name})."
            self._house.runs.change(run_id, RunStatus.FAILED, said)
            raise

    def _longest(self) -> float:
        return max(_LONGEST_WAIT_SECONDS if self._wait_seconds >= 1 else 2.0, self._wait_seconds)

    def _ticking(self, _scheduled: datetime, _context: object) -> None:
        self.tick_once()

    # ------------------------------------------------------------- their steps

    def _begin(self, run_id: str, campaign: str) -> str:
        self._house.runs.start(run_id, TASK, f"문자 보내기 {campaign}")
        return (self._house.clock() + RECEIPT_DAYS).isoformat()

    def _pass(self, run_id: str, campaign: str, until: str) -> Mapping[str, Any]:
        delivery = self.delivery
        before = delivery.progress(campaign)
        problem = self._work(campaign)
        after = delivery.progress(campaign)
        moved = before.counts != after.counts
        if moved:
            self._house.runs.note(run_id, words_of(after))
        due = after.count(Status.QUEUED) - after.later_count
        sleep = self._sleep(run_id, after, due, problem)
        over = self._house.clock() >= datetime.fromisoformat(until)
        open_count = due + after.count(Status.SENDING)
        awaited = after.count(Status.SENT) + after.count(Status.IN_DOUBT)
        return {
            "done": not open_count and (not awaited or over),
            "moved": moved,
            "more": bool(due) and moved and not sleep and problem is None,
            "sleep_seconds": sleep,
        }

    def _work(self, campaign: str | None) -> GongmuError | None:
        """Do one round of everything; return what stood in the way."""
        problem: GongmuError | None = None
        for act in (
            self.delivery.settle_doubt,
            lambda: self.delivery.send_due(campaign, _PASS),
            self.delivery.take_receipts,
        ):
            try:
                act()
            except GongmuError as met:
                problem = problem or met
        return problem

    def _sleep(self, run_id: str, after: Progress, due: int, problem: GongmuError | None) -> float:
        """Say where the run stands and return how long it may sleep for certain."""
        runs, now = self._house.runs, self._house.clock()
        done = after.total - due
        if stop := self.delivery.stopped():
            said = f"모든 문자를 멈췄습니다({stop.who}: {stop.reason})."
            runs.change(run_id, RunStatus.HELD, said, done)
            return 0.0
        if problem is not None and not isinstance(problem, Transient):
            runs.change(run_id, RunStatus.HELD, str(problem), done)
            return 0.0
        opening = self.delivery.next_opening()
        if due and opening > now:
            local = opening.astimezone(SEOUL)
            said = f"보낼 수 있는 시간({local:%m월 %d일 %H:%M})을 기다립니다. {words_of(after)}"
            runs.change(run_id, RunStatus.RUNNING, said, done)
            return (opening - now).total_seconds()
        said = words_of(after) if problem is None else f"{problem} {words_of(after)}"
        runs.change(run_id, RunStatus.RUNNING, said, done)
        return 0.0

    def _end(self, run_id: str, campaign: str) -> str:
        progress = self.delivery.progress(campaign)
        said = words_of(progress)
        if later := progress.later_count:
            said += f" 정한 날에 저절로 보낼 것 {later:,}통."
        if unconfirmed := progress.count(Status.SENT):
            said += f" 결과 미확인 {unconfirmed:,}통."
        doubt = progress.count(Status.IN_DOUBT)
        if doubt:
            said += f" 담당자가 정할 것 {doubt:,}통(gongmu message doubt)."
        status = RunStatus.HELD if doubt else RunStatus.DONE
        self._house.runs.change(run_id, status, said, progress.total - progress.later_count)
        return said

    def _tick(self) -> str:
        problem = self._work(None)
        return problem.code if problem is not None else ""


def words_of(progress: Progress) -> str:
    """Return a progress as one Korean line: 도착 812, 실패 3, 불확실 1."""
    counted = [f"{word} {n:,}" for status, word in _WORDS if (n := progress.count(status))]
    return ", ".join(counted) or "보낼 문자가 없습니다"
