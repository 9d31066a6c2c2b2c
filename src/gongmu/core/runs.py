"""What the automation did: each run of a task, its steps, and what a person must do now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from gongmu.core.clock import Clock, system_clock
from gongmu.core.database import Instant, metadata

run_table = sa.Table(
    "run",
    metadata,
    sa.Column("run_id", sa.String(200), primary_key=True),
    sa.Column("task", sa.String(60), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
)

run_step_table = sa.Table(
    "run_step",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("run_id", sa.ForeignKey("run.run_id"), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("evidence_sha256", sa.String(64), nullable=False),
)


class Status(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    WAITING = "waiting"
    """A person must do something outside, then say so."""
    HELD = "held"
    """A person must decide before it may go on."""
    DONE = "done"
    FAILED = "failed"


STATUS_TITLES = {
    Status.RUNNING: "진행 중",
    Status.WAITING: "사람을 기다림",
    Status.HELD: "보류",
    Status.DONE: "마침",
    Status.FAILED: "실패",
}


@dataclass(frozen=True)
class Run:
    """One run of a task; `run_id` is its workflow id and reads aloud: bus-day/2026-11-20."""

    run_id: str
    task: str
    title: str
    status: Status
    message: str
    started_at: datetime
    changed_at: datetime
    items: int


@dataclass(frozen=True)
class RunStep:
    """A line of a run's log, with the content hash of its screenshot or trace when there is one."""

    at: datetime
    text: str
    evidence_sha256: str


class Runs:
    """Keeps the list of runs; saying the same thing twice changes nothing."""

    def __init__(self, engine: sa.Engine, clock: Clock = system_clock) -> None:
        self._engine = engine
        self._clock = clock

    def start(self, run_id: str, task: str, title: str) -> None:
        """Write down that a run began; a run begun before is set going again."""
        now = self._clock()
        with self._engine.begin() as connection:
            known = connection.execute(
                run_table.update()
                .where(run_table.c.run_id == run_id)
                .values(status=Status.RUNNING, message="", changed_at=now)
            )
            if not known.rowcount:
                fresh = Run(run_id, task, title, Status.RUNNING, "", now, now, 0)
                connection.execute(run_table.insert().values(vars(fresh)))

    def change(self, run_id: str, status: Status, message: str, items: int | None = None) -> None:
        """Set where a run stands, with a Korean sentence for people."""
        values: dict[str, object] = {
            "status": status,
            "message": message,
            "changed_at": self._clock(),
        }
        if items is not None:
            values["items"] = items
        with self._engine.begin() as connection:
            connection.execute(
                run_table.update().where(run_table.c.run_id == run_id).values(values)
            )

    def note(self, run_id: str, text: str, evidence_sha256: str = "") -> None:
        """Add a line to a run's log."""
        row = {
            "run_id": run_id,
            "at": self._clock(),
            "text": text,
            "evidence_sha256": evidence_sha256,
        }
        with self._engine.begin() as connection:
            connection.execute(run_step_table.insert().values(row))

    def find(self, run_id: str) -> Run | None:
        """Return a run, or None when there is none of that id."""
        found = self._runs(sa.select(run_table).where(run_table.c.run_id == run_id))
        return found[0] if found else None

    def recent(self, limit: int = 50) -> Sequence[Run]:
        """Return the runs changed last, newest first."""
        return self._runs(sa.select(run_table).order_by(run_table.c.changed_at.desc()).limit(limit))

    def steps(self, run_id: str) -> Sequence[RunStep]:
        """Return a run's log in order."""
        columns = (
            run_step_table.c.at,
            run_step_table.c.text,
            run_step_table.c.evidence_sha256,
        )
        query = (
            sa.select(*columns)
            .where(run_step_table.c.run_id == run_id)
            .order_by(run_step_table.c.number)
        )
        with self._engine.connect() as connection:
            return [RunStep(*row) for row in connection.execute(query)]

    def _runs(self, query: sa.Select[tuple[object, ...]]) -> Sequence[Run]:
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [Run(**{**row, "status": Status(row["status"])}) for row in rows]
