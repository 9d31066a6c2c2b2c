"""The nightly run `bots-forget/<day>`: talks and drafts past their days are destroyed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gongmu.bots.answers.conversations import Conversations
from gongmu.bots.drafts.desk import DraftDesk
from gongmu.bots.guard.office import bots_office
from gongmu.core.house import House
from gongmu.core.runs import Status
from gongmu.core.workflow import Worker, step, workflow

TASK = "bots-forget"
_WHO = "gongmu"
_AT = "10 3 * * *"


class Forgetting:
    """The workflow bound to one installation; made once per process, before `working`."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.forget = step(f"{TASK}.conversations")(self._forget)
        self.forget_drafts = step(f"{TASK}.drafts")(self._forget_drafts)
        self.nightly = workflow(TASK)(self._nightly)

    def schedule(self, worker: Worker) -> None:
        """Run every night, Seoul time."""
        worker.schedule(TASK, self.nightly, _AT)

    def _nightly(self, planned: datetime, _context: Any) -> None:
        self.forget(f"{TASK}/{planned:%Y-%m-%d}")
        self.forget_drafts()

    def _forget(self, run_id: str) -> None:
        keep_days = bots_office(self._house).keep_days
        purged = Conversations(self._house).purge(_WHO, keep_days)
        if purged is None:
            return
        self._house.runs.start(run_id, TASK, "기간이 지난 대화 지우기")
        count = len(purged.hashes)
        self._house.runs.change(
            run_id, Status.DONE, f"{keep_days}일이 지난 대화 {count}건을 지웠습니다.", count
        )

    def _forget_drafts(self) -> None:
        house = self._house
        before = house.clock() - timedelta(days=bots_office(house).keep_days)
        if count := DraftDesk(house).forget_older(before):
            house.audit.record(_WHO, "draft.purge", f"{count}")
