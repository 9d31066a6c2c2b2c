"""The access record: append-only rows, each carrying the hash of the one before it.

Holds the five facts that 개인정보의 안전성 확보조치 기준 제8조 asks for: account, time, address,
whose data (count and subject matter, never the data itself) and the work done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from gongmu.core.clock import Clock, system_clock
from gongmu.core.database import Instant, metadata

audit_table = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.String(100), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("did", sa.String(60), nullable=False),
    sa.Column("about", sa.String(500), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("subjects", sa.Integer, nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

_FIRST_HASH = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One line of the record; `did` is a stable code such as `bus.download`."""

    number: int
    at: datetime
    who: str
    address: str
    did: str
    about: str
    reason: str
    subjects: int
    previous_hash: str
    hash: str


class Audit:
    """Writes and checks the record; the database itself refuses changes and removals."""

    def __init__(self, engine: sa.Engine, clock: Clock = system_clock) -> None:
        self._engine = engine
        self._clock = clock

    def record(
        self,
        who: str,
        did: str,
        about: str,
        *,
        address: str = "",
        reason: str = "",
        subjects: int = 0,
    ) -> None:
        """Append one line; `subjects` is how many people's data were touched."""
        with self._engine.begin() as connection:
            if self._engine.dialect.name == "postgresql":
                # The chain needs one writer at a time; SQLite's IMMEDIATE sees to it there.
                lock = sa.text("SELECT pg_advisory_xact_lock(hashtext('gongmu.audit'))")
                connection.execute(lock)
            else:
                connection.execute(sa.text("BEGIN IMMEDIATE"))
            last = connection.execute(
                sa.select(audit_table.c.number, audit_table.c.hash)
                .order_by(audit_table.c.number.desc())
                .limit(1)
            ).one_or_none()
            number, previous = (last.number + 1, last.hash) if last else (1, _FIRST_HASH)
            facts = (number, self._clock(), who, address, did, about, reason, subjects, previous)
            entry = Entry(*facts, _hash(*facts))
            connection.execute(audit_table.insert().values(vars(entry)))

    def entries(self, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Return lines in order, those numbered above `after`."""
        query = (
            sa.select(audit_table)
            .where(audit_table.c.number > after)
            .order_by(audit_table.c.number)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [Entry(*row) for row in connection.execute(query)]

    def first_broken(self) -> int | None:
        """Return the number of the first line that does not follow from the one before, or None."""
        previous, expected = _FIRST_HASH, 1
        for entry in self._all():
            facts = tuple(vars(entry).values())[:-1]
            linked = entry.number == expected and entry.previous_hash == previous
            if not linked or _hash(*facts) != entry.hash:
                return expected
            previous, expected = entry.hash, expected + 1
        return None

    def _all(self) -> Iterator[Entry]:
        after = 0
        while page := self.entries(after=after):
            yield from page
            after = page[-1].number


def _hash(
    number: int,
    at: datetime,
    who: str,
    address: str,
    did: str,
    about: str,
    reason: str,
    subjects: int,
    previous: str,
) -> str:
    facts = [number, at.astimezone(UTC).isoformat(), who, address, did, about, reason, subjects]
    line = json.dumps([*facts, previous], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()
