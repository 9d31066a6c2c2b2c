"""Events that the watch found, what they mean, and how officers settled them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.relief.sealed import Seals
from gongmu.relief.tables import event_table

REPLACED = "종전차 정리"
"""Kind of an event by which the duty to let go of an earlier car is done."""


class EventState(StrEnum):
    """Where an event stands; FILED, PAID and EXCEPTION are an officer's word with evidence."""

    OPEN = "open"
    FILED = "filed"
    PAID = "paid"
    EXCEPTION = "exception"


STATE_TITLES = {
    EventState.OPEN: "신고 전",
    EventState.FILED: "신고함",
    EventState.PAID: "납부함",
    EventState.EXCEPTION: "추징 제외",
}

STATUS_TITLES = {
    "due": "추징 대상",
    "not_due": "추징 아님",
    "review": "확인 필요",
    "none": "해당 없음",
}


@dataclass(frozen=True)
class Found:
    """A fresh event to keep; `facts` (who, to whom, checks) is sealed."""

    event_id: str
    grant_id: str
    kind: str
    """이전, 세대분리, 영업용, 미매각, 말소, 종전차 정리."""
    happened_on: date
    list_sha256: str
    row_number: int
    status: str
    """due | not_due | review."""
    reason: str
    """Korean, without personal data."""
    amount_won: int | None
    filing_due_on: date | None
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class EventRow:
    """One event as the watch list shows it; `note` may name a person."""

    event_id: str
    grant_id: str
    kind: str
    happened_on: date
    status: str
    reason: str
    amount_won: int | None
    filing_due_on: date | None
    state: EventState
    found_at: datetime
    settled_at: datetime | None
    settled_by: str
    note: str = ""

    @property
    def text_kind(self) -> str:
        """The word under which the clawback texts know the event."""
        return self.kind

    @property
    def is_replacement(self) -> bool:
        """Whether the earlier car is gone by it."""
        return self.kind == REPLACED


class Events:
    """The events of one installation."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine
        self._seals = Seals(house.vault)

    def keep(self, found: Sequence[Found]) -> int:
        """Write new events down and return how many; a known one keeps its officer's word."""
        table, now, new = event_table, self._house.clock(), 0
        with self._engine.begin() as connection:
            known = set(connection.scalars(sa.select(table.c.event_id)))
            for item in found:
                if item.event_id in known:
                    continue
                known.add(item.event_id)
                plain = {name: value for name, value in vars(item).items() if name != "facts"}
                sealed = self._seals.seal_facts(item.facts, f"relief.event:{item.event_id}")
                row = {
                    **plain,
                    "state": EventState.OPEN,
                    "sealed_facts": sealed,
                    "found_at": now,
                    "settled_by": "",
                }
                connection.execute(table.insert().values(row))
                new += 1
        return new

    def owing(self) -> Sequence[EventRow]:
        """Return open events for which tax must be filed within 60 days, earliest day first."""
        table = event_table.c
        return self._rows(
            sa.and_(table.status == "due", table.state == EventState.OPEN), table.filing_due_on
        )

    def all_of(self, state: EventState | None = None, status: str = "") -> Sequence[EventRow]:
        """Return events, newest first, of a state or status when given."""
        table = event_table.c
        wanted = [table.state == state] if state else []
        wanted += [table.status == status] if status else []
        return self._rows(sa.and_(sa.true(), *wanted), table.found_at.desc())

    def of_grants(self, grant_ids: Sequence[str]) -> Mapping[str, Sequence[EventRow]]:
        """Return the events of some grants, in order of their days."""
        found: dict[str, list[EventRow]] = {}
        for start in range(0, len(grant_ids), 500):
            part = grant_ids[start : start + 500]
            for row in self._rows(event_table.c.grant_id.in_(part), event_table.c.happened_on):
                found.setdefault(row.grant_id, []).append(row)
        return found

    def find(self, event_id: str) -> EventRow:
        """Return one event; raises Refused("event_unknown")."""
        rows = self._rows(event_table.c.event_id == event_id, event_table.c.found_at)
        if not rows:
            raise Refused("event_unknown", "그 변동이 없습니다.", "목록에서 다시 고르세요.")
        return rows[0]

    def facts_of(self, event_id: str) -> Mapping[str, Any]:
        """Return the sealed facts of an event: checks, penalty lines, who and to whom."""
        query = sa.select(event_table.c.sealed_facts).where(event_table.c.event_id == event_id)
        with self._engine.connect() as connection:
            return self._seals.open_facts(connection.scalar(query), f"relief.event:{event_id}")

    def settle(
        self, event_id: str, state: EventState, who: str, note: str, *, address: str = ""
    ) -> None:
        """Write an officer's word on an event, with the evidence they saw; raises Refused."""
        if len(note.strip()) < 2:
            raise Refused(
                "reason_missing", "확인한 증빙이 없습니다.", "무엇을 보고 정했는지 적으세요."
            )
        event = self.find(event_id)
        values = {
            "state": state,
            "sealed_note": self._seals.seal_text(note, f"relief.event.note:{event_id}"),
            "settled_at": self._house.clock(),
            "settled_by": who,
        }
        with self._engine.begin() as connection:
            mine = event_table.c.event_id == event_id
            connection.execute(event_table.update().where(mine).values(values))
        about = f"{event_id[:16]} {event.grant_id}"
        self._house.audit.record(who, f"relief.event.{state}", about, address=address, subjects=1)

    def _rows(
        self, wanted: sa.ColumnElement[bool], order: sa.ColumnElement[Any]
    ) -> Sequence[EventRow]:
        query = sa.select(event_table).where(wanted).order_by(order, event_table.c.event_id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        names = [name for name in EventRow.__dataclass_fields__ if name not in ("state", "note")]
        return [
            EventRow(
                **{name: row[name] for name in names},
                state=EventState(row["state"]),
                note=self._seals.open_text(
                    row["sealed_note"], f"relief.event.note:{row['event_id']}"
                ),
            )
            for row in rows
        ]
