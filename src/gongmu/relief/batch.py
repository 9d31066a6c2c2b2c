"""Batches of texts: frozen, handed in by one person, approved by another, withdrawn.

An approval names the hash of exactly one frozen batch: people, texts, wordings, sender, days.
Whatever changes afterwards voids it, and the batch says why. Nothing here sends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Act, Person
from gongmu.core.runs import Status
from gongmu.messages.delivery import Delivery, Outgoing
from gongmu.relief.frozen import Freezer, Parts, frozen_hash
from gongmu.relief.office import office_of
from gongmu.relief.tables import approval_table, batch_table, member_table


class State(StrEnum):
    """Where a batch stands."""

    FROZEN = "frozen"
    """Put together; also after a rejection or a change, `why` then says which."""
    HANDED_IN = "handed_in"
    APPROVED = "approved"
    SENDING = "sending"
    DONE = "done"
    WITHDRAWN = "withdrawn"


STATE_TITLES = {
    State.FROZEN: "작성됨",
    State.HANDED_IN: "결재 올림",
    State.APPROVED: "결재 마침",
    State.SENDING: "보내는 중",
    State.DONE: "마침",
    State.WITHDRAWN: "거둠",
}
SEND_TASK = "relief-notice-send"
"""Name of the workflow that an approval queues."""

APPROVAL_WAITS = "결재를 기다립니다"
"""How a run that stands at its approval says so; the batch's name follows."""

_BEFORE_SENDING = frozenset({State.FROZEN, State.HANDED_IN, State.APPROVED})


@dataclass(frozen=True)
class Batch:
    """One batch; `batch_id` is also its campaign in the send ledger: relief-2026-W47-1."""

    batch_id: str
    week_on: date
    number: int
    """1 = the week's batch, 2 and up = supplements."""
    revision: int
    state: State
    why: str
    """Why an earlier approval is void, or why it was rejected or withdrawn; ''."""
    run_id: str
    hash: str
    sender: str
    frozen_at: datetime
    changed_at: datetime
    member_count: int
    excluded_count: int


@dataclass(frozen=True)
class Approval:
    """One line of a batch's history: hand_in, approve, reject, void, exclude, withdraw, freeze."""

    number: int
    revision: int
    act: str
    hash: str
    who: str
    address: str
    reason: str
    at: datetime


ACT_TITLES = {
    "freeze": "작성",
    "hand_in": "결재 올림",
    "approve": "결재",
    "reject": "반려",
    "void": "결재 무효",
    "exclude": "제외",
    "withdraw": "거둠",
}


class Batches:
    """The batches of one installation."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine
        self._office = office_of(house.city)
        self._freezer = Freezer(house)

    # ------------------------------------------------------------ reading

    def recent(self, limit: int = 50) -> Sequence[Batch]:
        """Return the batches of the newest weeks first."""
        order = (batch_table.c.week_on.desc(), batch_table.c.number.desc())
        return self._batches(sa.true(), order, limit)

    def of_week(self, week_on: date) -> Sequence[Batch]:
        """Return a week's batch and its supplements."""
        return self._batches(batch_table.c.week_on == week_on, (batch_table.c.number,), 1000)

    def of_run(self, run_id: str) -> Batch | None:
        """Return the batch that a run froze, or None."""
        found = self._batches(batch_table.c.run_id == run_id, (batch_table.c.number,), 1)
        return found[0] if found else None

    def find(self, batch_id: str) -> Batch:
        """Return one batch; raises Refused("batch_unknown")."""
        found = self._batches(batch_table.c.batch_id == batch_id, (batch_table.c.number,), 1)
        if not found:
            raise Refused("batch_unknown", "그 안내 묶음이 없습니다.", "이름을 확인하세요.")
        return found[0]

    def history(self, batch_id: str) -> Sequence[Approval]:
        """Return what was done to a batch, oldest first."""
        table = approval_table
        names = ("number", "revision", "act", "hash", "who", "address", "reason", "at")
        query = (
            sa.select(*(table.c[name] for name in names))
            .where(table.c.batch_id == batch_id)
            .order_by(table.c.number)
        )
        with self._engine.connect() as connection:
            return [Approval(*row) for row in connection.execute(query)]

    # ------------------------------------------------------------ deciding

    def hand_in(self, batch_id: str, person: Person, address: str = "") -> None:
        """Ask for approval; raises Refused when it changed meanwhile or the person may not."""
        self._allow(person, Act.DRAFT)
        batch = self._in(batch_id, State.FROZEN)
        self._refuse_changed(batch, person.account)
        if batch.member_count == 0:
            raise Refused("batch_empty", "보낼 문자가 없습니다.", "제외한 사람을 확인하세요.")
        self._move(batch, State.HANDED_IN, "hand_in", person.account, address)

    def approve(self, batch_id: str, hash_: str, person: Person, address: str = "") -> None:
        """Approve exactly the frozen batch of that hash.

        Raises Refused: act_refused, batch_state, batch_changed (the approval would not be of what
        the person saw, or what lies below has changed), two_people.
        """
        self._allow(person, Act.APPROVE)
        batch = self._in(batch_id, State.HANDED_IN)
        if hash_ != batch.hash:
            raise Refused(
                "batch_changed",
                "보시는 동안 묶음의 내용이 바뀌었습니다.",
                "화면을 새로 고쳐 다시 확인한 뒤 결재하세요.",
            )
        if self._office.two_people and person.account in self.drafters(batch):
            raise Refused(
                "two_people",
                "기안한 사람은 결재할 수 없습니다.",
                "다른 결재자에게 맡기세요.",
            )
        self._refuse_changed(batch, person.account)
        self._move(batch, State.APPROVED, "approve", person.account, address)
        self.queue_sending(batch)

    def reject(self, batch_id: str, person: Person, reason: str, address: str = "") -> None:
        """Send a batch back to its drafter with a reason."""
        self._allow(person, Act.APPROVE)
        _need(reason)
        batch = self._in(batch_id, State.HANDED_IN)
        why = f"반려: {reason}"
        self._move(batch, State.FROZEN, "reject", person.account, address, reason, why)

    def exclude(
        self, batch_id: str, key: str, person: Person, reason: str, address: str = ""
    ) -> None:
        """Take one text out before sending; an approval given before is void."""
        self._allow(person, Act.DRAFT)
        _need(reason)
        batch = self._in(batch_id, *_BEFORE_SENDING)
        if self._freezer.holds(batch_id, key):
            batch = self._unapproved(batch, "사람을 제외해 묶음이 바뀌었습니다.", person.account)
        grant_id = self._freezer.exclude(batch_id, key, person.account, reason)
        self._note(batch, "exclude", person.account, address, reason)
        self._audit(person.account, "exclude", f"{batch_id} {grant_id}", address, reason, 1)
        self._freeze_again(batch, batch.why, person.account)

    def withdraw(self, batch_id: str, person: Person, reason: str, address: str = "") -> None:
        """Give a batch up before sending; its people may be told by a later batch."""
        self._allow(person, Act.DRAFT)
        _need(reason)
        batch = self._in(batch_id, *_BEFORE_SENDING)
        why = f"거둠: {reason}"
        self._move(batch, State.WITHDRAWN, "withdraw", person.account, address, reason, why)
        self._freezer.release_claims(batch_id, "withdrawn")

    # ------------------------------------------------------------ for the run

    def freeze(self, week_on: date, run_id: str, parts: Parts) -> Batch | None:
        """Freeze what a run put together; None when everybody has been told or claimed before.

        Doing it again for one run returns the same batch.
        """
        known = self.of_run(run_id)
        if known is not None:
            return known
        batch_id = self._freezer.freeze(week_on, run_id, parts)
        if batch_id is None:
            return None
        batch = self.find(batch_id)
        self._note(batch, "freeze", run_id, "", "")
        return batch

    def freeze_again(self, batch_id: str, parts: Parts, person: Person, address: str = "") -> Batch:
        """Replace what a batch holds by what is planned now; an approval given before is void."""
        self._allow(person, Act.DRAFT)
        batch = self._in(batch_id, *_BEFORE_SENDING)
        fresh = batch.state is State.FROZEN
        batch = self._unapproved(batch, "다시 작성했습니다.", person.account)
        self._freezer.replace(batch_id, parts)
        self._note(batch, "freeze", person.account, address, "다시 작성")
        self._freeze_again(batch, "" if fresh else batch.why, person.account)
        return self.find(batch_id)

    def changes(self, batch: Batch) -> tuple[str, ...]:
        """Return, in Korean, what no longer is as it was frozen; () when all is."""
        return self._freezer.changes(batch.batch_id, batch.sender, batch.hash)

    def approved_hash(self, batch: Batch) -> str:
        """Return the hash that stands approved, '' when none does."""
        if batch.state not in (State.APPROVED, State.SENDING, State.DONE):
            return ""
        given = [line for line in self.history(batch.batch_id) if line.act == "approve"]
        return given[-1].hash if given and given[-1].revision == batch.revision else ""

    def release(self, batch_id: str) -> Sequence[Outgoing]:
        """Return the texts of an approved batch, checked once more, and mark it as sending.

        Raises Refused("approval_missing") when no approval of exactly this content stands; one
        that was given is then void and the batch says why. Repeating it returns the same texts.
        """
        batch = self.find(batch_id)
        approved = self.approved_hash(batch)
        if not approved or approved != batch.hash:
            raise _not_approved()
        changes = self.changes(batch) if batch.state is State.APPROVED else ()
        rows = self._freezer.members(batch_id)
        if changes or frozen_hash(batch_id, batch.sender, rows) != approved:
            self.void(batch, " ".join(changes) or "묶음의 내용이 바뀌었습니다.", "gongmu")
            raise _not_approved()
        if batch.state is State.APPROVED:
            self._move(batch, State.SENDING, "", "gongmu", "")
        return [self._freezer.outgoing(batch_id, row) for row in rows]

    def queue_sending(self, batch: Batch) -> None:
        """Queue the sending of an approved batch; the same approval is queued once."""
        given = sum(line.act == "approve" for line in self.history(batch.batch_id))
        name = f"{SEND_TASK}/{batch.batch_id}/{given}"
        self._house.desk.queue(SEND_TASK, name, batch.run_id, batch.batch_id)

    def tell_run(self, batch: Batch) -> None:
        """Let the run of a batch say where it stands; a batch being sent is the run's to tell."""
        runs = self._house.runs
        match batch.state:
            case State.FROZEN | State.HANDED_IN:
                runs.change(batch.run_id, Status.WAITING, waiting_words(batch), batch.member_count)
            case State.APPROVED:
                said = f"{batch.batch_id}: 결재가 끝나 보내기를 기다립니다."
                runs.change(batch.run_id, Status.RUNNING, said, batch.member_count)
            case State.WITHDRAWN:
                runs.change(batch.run_id, Status.DONE, f"{batch.batch_id}: {batch.why}", 0)

    def drop_past(self) -> int:
        """Cancel texts that wait to leave though the day they speak of has gone by.

        They were kept by a stop, or nobody was at work: "until today" must not arrive tomorrow.
        """
        return Delivery(self._house).drop(self._freezer.past_keys(), "말하는 날이 지나 보내지 않음")

    def finish(self, batch_id: str) -> None:
        """Mark a batch whose texts have all come to an end."""
        batch = self.find(batch_id)
        if batch.state is State.SENDING:
            self._move(batch, State.DONE, "", "gongmu", "")

    def void(self, batch: Batch, why: str, who: str) -> None:
        """Take an approval back because something changed; the batch must be handed in again."""
        self._move(batch, State.FROZEN, "void", who, "", why, f"결재 무효: {why}")

    def _unapproved(self, batch: Batch, why: str, who: str) -> Batch:
        """Return the batch with no approval standing, before anything in it is changed.

        Raises Refused("batch_state") when it is already on its way out: what leaves is exactly
        what was approved.
        """
        if batch.state is State.FROZEN:
            return batch
        self.void(batch, why, who)
        return self.find(batch.batch_id)

    def drafters(self, batch: Batch) -> frozenset[str]:
        """Return the accounts that made or handed in what now stands."""
        lines = self.history(batch.batch_id)
        acts = {"hand_in", "exclude", "freeze"}
        return frozenset(line.who for line in lines if line.act in acts)

    # ------------------------------------------------------------ inside

    def _refuse_changed(self, batch: Batch, who: str) -> None:
        changes = self.changes(batch)
        if not changes:
            return
        if batch.state is not State.FROZEN:
            self.void(batch, " ".join(changes), who)
        raise Refused("batch_changed", " ".join(changes), "묶음을 다시 작성한 뒤 올리세요.")

    def _freeze_again(self, batch: Batch, why: str, who: str) -> None:
        rows = self._freezer.members(batch.batch_id)
        values = {
            "hash": frozen_hash(batch.batch_id, self._freezer.sender, rows),
            "sender": self._freezer.sender,
            "revision": batch.revision + 1,
        }
        table = batch_table
        with self._engine.begin() as connection:
            mine = table.c.batch_id == batch.batch_id
            connection.execute(table.update().where(mine).values(values))
        self._move(self.find(batch.batch_id), State.FROZEN, "", who, "", "", why)

    def _move(
        self,
        batch: Batch,
        state: State,
        act: str,
        who: str,
        address: str,
        reason: str = "",
        why: str = "",
    ) -> None:
        table = batch_table
        unmoved = sa.and_(
            table.c.batch_id == batch.batch_id,
            table.c.state == batch.state,
            table.c.revision == batch.revision,
        )
        values = {"state": state, "why": why, "changed_at": self._house.clock()}
        with self._engine.begin() as connection:
            if not connection.execute(table.update().where(unmoved).values(values)).rowcount:
                raise Refused(
                    "batch_state",
                    "그 사이에 다른 사람이 묶음을 바꾸었습니다.",
                    "화면을 새로 고쳐 확인하세요.",
                )
            if act:
                connection.execute(
                    approval_table.insert().values(self._line(batch, act, who, address, reason))
                )
        self.tell_run(replace(batch, state=state, why=why))
        if act:
            about = f"{batch.batch_id} {batch.hash[:16]}"
            self._audit(who, act, about, address, reason, batch.member_count)

    def _line(
        self, batch: Batch, act: str, who: str, address: str, reason: str
    ) -> Mapping[str, object]:
        return {
            "batch_id": batch.batch_id,
            "revision": batch.revision,
            "act": act,
            "hash": batch.hash,
            "who": who,
            "address": address,
            "reason": reason,
            "at": self._house.clock(),
        }

    def _note(self, batch: Batch, act: str, who: str, address: str, reason: str) -> None:
        with self._engine.begin() as connection:
            line = self._line(batch, act, who, address, reason)
            connection.execute(approval_table.insert().values(line))

    def _audit(
        self, who: str, act: str, about: str, address: str, reason: str, subjects: int
    ) -> None:
        self._house.audit.record(
            who, f"relief.{act}", about, address=address, reason=reason[:500], subjects=subjects
        )

    def _allow(self, person: Person, act: Act) -> None:
        if not person.may(act) or not self._office.admits(person):
            raise Refused(
                "act_refused",
                "이 일을 할 권한이 없습니다.",
                f"{self._office.department}의 담당자나 결재자로 하세요.",
            )

    def _in(self, batch_id: str, *states: State) -> Batch:
        batch = self.find(batch_id)
        if batch.state not in states:
            raise Refused(
                "batch_state",
                f"지금 '{STATE_TITLES[batch.state]}' 상태라 할 수 없습니다.",
                "화면을 새로 고쳐 확인하세요.",
            )
        return batch

    def _batches(
        self,
        wanted: sa.ColumnElement[bool],
        order: Sequence[sa.ColumnElement[object]],
        limit: int,
    ) -> Sequence[Batch]:
        def count(excluded: bool) -> sa.ScalarSelect[int]:
            out = member_table.c.excluded_for != ""
            mine = member_table.c.batch_id == batch_table.c.batch_id
            return (
                sa.select(sa.func.count())
                .where(mine, out if excluded else sa.not_(out))
                .scalar_subquery()
            )

        names = [name for name in Batch.__dataclass_fields__ if not name.endswith("_count")]
        columns = [batch_table.c[name] for name in names]
        query = (
            sa.select(*columns, count(False), count(True))
            .where(wanted)
            .order_by(*order)
            .limit(limit)
        )
        counts = ("member_count", "excluded_count")
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        found = [dict(zip((*names, *counts), row, strict=True)) for row in rows]
        return [Batch(**{**row, "state": State(row["state"])}) for row in found]


def waiting_words(batch: Batch) -> str:
    """Return how a run says that its batch waits for approval, and what for."""
    step = "결재자 확인" if batch.state is State.HANDED_IN else "담당자가 결재 올리기"
    why = f" ({batch.why})" if batch.why else ""
    return f"{APPROVAL_WAITS}: {batch.batch_id}, 문자 {batch.member_count}건, {step} 차례{why}"


def _need(reason: str) -> None:
    if len(reason.strip()) < 2:
        raise Refused("reason_missing", "까닭이 없습니다.", "까닭을 적으세요.")


def _not_approved() -> Refused:
    return Refused(
        "approval_missing",
        "이 내용 그대로의 결재가 없습니다.",
        "묶음을 확인하고 다시 결재를 올리세요.",
    )
