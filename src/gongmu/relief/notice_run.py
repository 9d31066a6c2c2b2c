"""The run `relief-notice-week/<week>`: fetch, judge, plan, freeze, wait for approval, send.

Two workflows make it: the first ends at the frozen batch, so that nothing sits in memory for the
days that an approval may take; the approval itself queues the second, `relief-notice-send/...`,
which sends only what the approval's hash stands for. Every step may be cut off and repeated:
grants, claims and keys are written once, and the batch of a run is frozen once. What passes
between the steps is ids and content hashes only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from gongmu.core.errors import GongmuError, Refused
from gongmu.core.house import House
from gongmu.core.runs import Status
from gongmu.core.values import SEOUL
from gongmu.core.workflow import Worker, pause, start_child, step, workflow
from gongmu.messages.sending import TASK as SENDING
from gongmu.messages.sending import Sending, words_of
from gongmu.relief.batch import SEND_TASK, Batches, State, waiting_words
from gongmu.relief.judging import Judging
from gongmu.relief.keeping import Keeping
from gongmu.relief.letter_desk import LetterDesk
from gongmu.relief.lists import ListKind
from gongmu.relief.office import office_of
from gongmu.relief.planning import planned
from gongmu.relief.reading import Reader
from gongmu.relief.retention import Retention
from gongmu.relief.watch import Watch
from gongmu.relief.weeks import monday_of, parse_week, week_name, week_words
from gongmu.robots import local_tax
from gongmu.robots.errand import Errand, SignIn, forget_sign_ins, signed_in
from gongmu.robots.robot import Session

TASK = "relief-notice-week"
WEEKLY = "relief-weekly"
SWEEP = "relief-sweep"
SWEEP_AT = "*/10 * * * *"
"""Every ten minutes, Seoul time."""
PURGE = "relief-purge"
PURGE_AT = "20 3 * * *"
"""Every night, Seoul time."""

_FOLLOWS_UP_TO_SECONDS = 600.0

Facts = Mapping[str, Any]
"""What a step writes down: numbers, ids, content hashes."""


class ReliefWeek:
    """The workflow bound to one installation; made once per process, before `working`."""

    def __init__(self, house: House, sending: Sending) -> None:
        self._house = house
        self._sending = sending
        settings = house.settings
        site_step = partial(
            step, attempts=settings.site_attempts, wait_seconds=settings.site_wait_seconds
        )
        self.begin = step("relief.begin")(self._begin)
        self.sign_in = site_step("relief.sign-in")(self._sign_in)
        self.look_again = site_step("relief.look-again")(self._look_again)
        self.collect = site_step("relief.collect")(self._collect)
        self.read = step("relief.read", attempts=1)(self._read)
        self.decide = step("relief.decide", attempts=1)(self._decide)
        self.watch = step("relief.watch", attempts=1)(self._watch)
        self.freeze = step("relief.freeze")(self._freeze)
        self.wait = step("relief.wait")(self._wait)
        self.hand_over = step("relief.hand-over")(self._hand_over)
        self.follow = step("relief.follow")(self._follow)
        self.end = step("relief.end")(self._end)
        self.sweep_once = step("relief.sweep")(self._sweep)
        self.purge_once = step("relief.purge")(self._purge)
        self.run = workflow(TASK)(self._run)
        self.send = workflow(SEND_TASK)(self._send)
        self.weekly = workflow(WEEKLY)(self._weekly)
        self.sweep = workflow(SWEEP)(self._sweeping)
        self.purge = workflow(PURGE)(self._purging)

    def schedule(self, worker: Worker) -> None:
        """Let the week begin by itself, forgotten approved batches go, and old data be removed."""
        Batches(self._house).drop_past()
        worker.schedule(WEEKLY, self.weekly, self._house.settings.relief_at)
        worker.schedule(SWEEP, self.sweep, SWEEP_AT)
        worker.schedule(PURGE, self.purge, PURGE_AT)

    # ------------------------------------------------------------- the workflow

    def _run(self, run_id: str, week: str, file_sha256: str, accept: str) -> str:
        try:
            self.begin(run_id, week, file_sha256)
            if file_sha256:
                lists, source = {ListKind.RELIEF.value: file_sha256}, "file"
            else:
                lists, source = self._lists(run_id, week), "robot"
            self.read(run_id, week, lists[ListKind.RELIEF.value], accept, source)
            self.decide(run_id, week)
            self.watch(run_id, week, lists, source)
            batch_id = self.freeze(run_id, week)
            if not batch_id:
                return self.end(run_id, Status.DONE, "새로 안내할 사람이 없습니다.", 0, "")
            return self.wait(run_id, batch_id)
        except GongmuError as problem:
            status = Status.HELD if problem.code.startswith(_HOLDING) else Status.FAILED
            return self.end(run_id, status, str(problem), 0, problem.evidence_sha256)
        except Exception as bug:
            self.end(run_id, Status.FAILED, _bug(bug), 0, "")
            raise

    def _send(self, run_id: str, batch_id: str) -> str:
        """Send the frozen batch if exactly it stands approved, and follow it to its end."""
        try:
            refused = self.hand_over(run_id, batch_id)
            if refused:
                return refused
            wait = 1.0
            while not (progress := self.follow(run_id, batch_id))["done"]:
                pause(wait)
                wait = min(2 * wait, _FOLLOWS_UP_TO_SECONDS)
            return self.end(run_id, Status.DONE, progress["said"], progress["total"], "")
        except GongmuError as problem:
            return self.end(run_id, Status.FAILED, str(problem), 0, "")
        except Exception as bug:
            self.end(run_id, Status.FAILED, _bug(bug), 0, "")
            raise

    def _sweeping(self, _scheduled: datetime, _context: object) -> None:
        self.sweep_once()

    def _weekly(self, scheduled: datetime, _context: object) -> None:
        back = office_of(self._house.city).weeks_back
        this = monday_of(scheduled.astimezone(SEOUL).date())
        week = week_name(this - timedelta(weeks=back))
        run_id = f"{TASK}/{week}"
        start_child(self.run, run_id, run_id, week, "", "")

    def _purging(self, _scheduled: datetime, _context: object) -> None:
        self.purge_once()

    def _lists(self, run_id: str, week: str) -> dict[str, str]:
        """Fetch again and again, hours apart if need be, until the week's list is closed."""
        settings = self._house.settings
        for _ in range(settings.late_looks):
            state = signed_in(run_id, self.sign_in, self.look_again)
            fetched = self.collect(run_id, week, state)
            if fetched["expired"]:
                continue
            if not fetched["missing"]:
                return dict(fetched["files"])
            pause(settings.late_wait_seconds)
        raise Refused(
            "list_late",
            "이 주의 감면 대장이 비어 있거나 아직 마감되지 않았습니다.",
            "지방세 시스템에서 확인하고 gongmu relief run 으로 다시 하거나 파일을 주세요.",
        )

    # ------------------------------------------------------------- its steps

    def _begin(self, run_id: str, week: str, file_sha256: str) -> None:
        title = f"{week_words(parse_week(week))} 감면 안내"
        self._house.runs.start(run_id, TASK, title)
        if not file_sha256:
            # What a person has to set is asked for before any site is opened.
            for name in local_tax.ROBOT.secrets:
                self._house.vault.secret(name)

    def _sign_in(self, run_id: str) -> SignIn:
        return self._errand(run_id).sign_in()

    def _look_again(self, run_id: str, state: str) -> SignIn:
        return self._errand(run_id).look_again(state)

    def _collect(self, run_id: str, week: str, state: str) -> Facts:
        said = "감면 대장이 비어 있거나 아직 마감되지 않아 기다립니다."
        got = self._errand(run_id).collect(
            Session(state, None), parse_week(week), lambda _got: said
        )
        if got is None:
            return {"files": {}, "missing": [], "expired": True}
        files = {file.kind: file.sha256 for file in got.files}
        return {"files": files, "missing": list(got.missing), "expired": False}

    def _read(self, run_id: str, week: str, sha256: str, accept: str, source: str) -> Facts:
        note, monday = self._note(run_id), parse_week(week)
        taken = Reader(self._house).take_in(monday, sha256, source=source, note=note, accept=accept)
        return {"new": taken.new, "changed": taken.changed, "same": taken.same}

    def _watch(self, run_id: str, week: str, lists: Mapping[str, str], source: str) -> Facts:
        """Look at what happened to relieved cars; after the judging, whose duties it needs."""
        watch, monday, owing = Watch(self._house), parse_week(week), 0
        for kind in (ListKind.OWNERSHIP, ListKind.HOUSEHOLD):
            if kind.value in lists:
                note = self._note(run_id)
                owing += watch.take_in(monday, lists[kind.value], source=source, note=note).owing
        late = watch.expire(monday)
        return {"owing": owing, "asked": late.asked}

    def _decide(self, run_id: str, week: str) -> Facts:
        monday = parse_week(week)
        ids = Keeping(self._house).ids_of(monday)
        decided = Judging(self._house).decide(monday, ids)
        self._note(run_id)(
            f"{decided.grants}건을 판단했습니다. 대장과 계산이 다른 건 {decided.differ}, "
            f"담당자가 확인할 건 {decided.questions}."
        )
        return {"grants": decided.grants, "differ": decided.differ}

    def _freeze(self, run_id: str, week: str) -> str:
        monday = parse_week(week)
        parts = planned(self._house, monday)
        LetterDesk(self._house).keep(monday, parts.letters)
        batch = Batches(self._house).freeze(monday, run_id, parts)
        if batch is None:
            return ""
        out = len({item.grant_id for item in parts.left_out})
        self._note(run_id)(
            f"안내 묶음 {batch.batch_id}을 얼렸습니다: 문자 {batch.member_count}건, "
            f"보내지 않는 감면 {out}건, 편지 {len(parts.letters)}통. 해시 {batch.hash[:16]}"
        )
        return batch.batch_id

    def _wait(self, run_id: str, batch_id: str) -> str:
        batches = Batches(self._house)
        batch = batches.find(batch_id)
        if batch.state is State.FROZEN:
            self._note(run_id)(waiting_words(batch))
            batches.tell_run(batch)
        return batch_id

    def _hand_over(self, run_id: str, batch_id: str) -> str:
        """Give the texts to the ledger; return why not when the approval does not stand."""
        batches = Batches(self._house)
        try:
            texts = batches.release(batch_id)
        except Refused as problem:
            if problem.code != "approval_missing":
                raise
            said = f"{problem.message} {batches.find(batch_id).why}".strip()
            self._note(run_id)(said)
            return said
        new = self._sending.delivery.accept(texts)
        self._house.audit.record("gongmu", "relief.send", batch_id, subjects=len(texts))
        self._sending.start(batch_id)
        said = f"결재를 확인하고 {len(texts)}건을 보내기로 넘겼습니다(새로 {new}건)."
        self._note(run_id)(said)
        self._house.runs.change(run_id, Status.RUNNING, said, len(texts))
        return ""

    def _sweep(self) -> int:
        """Queue the sending of approved batches that nobody sends; return how many there were."""
        batches = Batches(self._house)
        batches.drop_past()
        waiting = [batch for batch in batches.recent() if batch.state is State.APPROVED]
        for batch in waiting:
            batches.queue_sending(batch)
        return len(waiting)

    def _purge(self) -> int:
        return len(Retention(self._house).purge("gongmu"))

    def _follow(self, run_id: str, batch_id: str) -> Facts:
        progress = self._sending.delivery.progress(batch_id)
        child = self._house.runs.find(f"{SENDING}/{batch_id}")
        said = f"{batch_id}: {words_of(progress)}"
        ended = child is not None and child.status in (Status.DONE, Status.FAILED)
        held = child is not None and child.status is Status.HELD
        if held and child is not None:
            said = f"{said}. {child.message}"
        elif child is not None and not ended:
            said = f"{batch_id}: {child.message or words_of(progress)}"
        self._house.runs.change(run_id, Status.RUNNING, said, progress.total)
        over = ended or self._house.desk.status(f"{SENDING}/{batch_id}") in _OVER
        if over:
            LetterDesk(self._house).add_failures(batch_id)
            Batches(self._house).finish(batch_id)
        return {"done": over, "said": said, "total": progress.total}

    def _end(self, run_id: str, status: str, message: str, items: int, evidence: str) -> str:
        self._house.runs.note(run_id, message, evidence)
        self._house.runs.change(run_id, Status(status), message, items)
        forget_sign_ins(self._house)
        return message

    # ------------------------------------------------------------- their tools

    def _errand(self, run_id: str) -> Errand:
        return Errand(self._house, run_id, local_tax.ROBOT, "tax")

    def _note(self, run_id: str) -> Callable[[str], None]:
        return lambda text: self._house.runs.note(run_id, text)


_HOLDING = ("week_", "list_", "file_", "format_", "encoding_", "archive_")
"""A refused list waits for an officer; it is no failure of the robot."""

_OVER = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})


def _bug(bug: Exception) -> str:
    return f"프로그램 오류로 멈췄습니다({type(bug).__name__})."
