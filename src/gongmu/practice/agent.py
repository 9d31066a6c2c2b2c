"""A practice text agent: takes rows from a table, "sends" them, writes results, moves them away.

It works as the vendors' agents do: one program beside the database that knows its tables and
nothing of who fills them. What it took goes into the journal of its desk.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gongmu.core.values import SEOUL
from gongmu.practice.portals.texting import Desk, Held, Text

WAITING, SENDING, SENT, DONE = "1", "0", "2", "3"
SUCCESS = "1000"


@dataclass(frozen=True)
class Names:
    """Names of the tables; the columns are those of K_MESSAGE."""

    send_table: str = "k_message"
    log_table: str = "k_message_log_{month}"


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("msg_seqno", sa.Numeric(15, 0, asdecimal=False), primary_key=True),
        sa.Column("msg_type", sa.String(10), nullable=False),
        sa.Column("mobile_no", sa.String(50), nullable=False),
        sa.Column("sender_no", sa.String(50), nullable=False),
        sa.Column("title", sa.String(255)),
        sa.Column("phone_msg", sa.String(4000), nullable=False),
        sa.Column("send_type", sa.String(10), nullable=False),
        sa.Column("reserve_date", sa.DateTime, nullable=False),
        sa.Column("status", sa.String(2), nullable=False),
        sa.Column("result_code", sa.String(10)),
        sa.Column("result_date", sa.DateTime),
    ]


class PracticeAgent:
    """Sends the rows of one database; `step` does one round, `running` goes on by itself."""

    def __init__(self, engine: sa.Engine, desk: Desk | None = None, names: Names | None = None):
        self.engine = engine
        self.desk = desk or Desk()
        self.names = names or Names()
        self._metadata = sa.MetaData()
        self.send_table = sa.Table(self.names.send_table, self._metadata, *_columns())
        self._sent: dict[int, Held] = {}

    def create_tables(self) -> None:
        """Create the send table; log tables are created when the first row of a month is done."""
        self._metadata.create_all(self.engine)

    def step(self) -> int:
        """Claim, send, write results, move to the log; returns how many rows it touched."""
        return self._send() + self._write_results() + self._move()

    @contextmanager
    def running(self, pause_seconds: float = 0.02) -> Iterator[None]:
        """Work in a thread of its own while the block runs."""
        stop = threading.Event()

        def loop() -> None:
            while not stop.wait(pause_seconds):
                self.step()

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(timeout=10)

    def _send(self) -> int:
        table, now = self.send_table, _now()
        due = (table.c.status == WAITING) & (table.c.reserve_date <= now)
        with self.engine.begin() as connection:
            claim = sa.update(table).where(due).values(status=SENDING)
            connection.execute(claim)
        with self.engine.begin() as connection:
            rows = connection.execute(sa.select(table).where(table.c.status == SENDING)).all()
            for row in rows:
                text = _text(row)
                # The table has no column for a refusal at the hand-over: it comes as a result.
                self._sent[int(row.msg_seqno)] = self.desk.take(text, "A")
                this = table.c.msg_seqno == row.msg_seqno
                connection.execute(sa.update(table).where(this).values(status=SENT))
        return len(rows)

    def _write_results(self) -> int:
        table = self.send_table
        done = {number: held for number, held in self._sent.items() if held.has_result}
        with self.engine.begin() as connection:
            for number, held in done.items():
                code = held.failure or self.desk.refused.get(held.text.phone, SUCCESS)
                values = {"status": DONE, "result_code": code, "result_date": _now()}
                this = table.c.msg_seqno == number
                connection.execute(sa.update(table).where(this).values(values))
        for number in done:
            del self._sent[number]
        return len(done)

    def _move(self) -> int:
        """Move finished rows into the log of the month they were meant to be sent in."""
        table = self.send_table
        with self.engine.begin() as connection:
            rows = connection.execute(sa.select(table).where(table.c.status == DONE)).all()
            for row in rows:
                log = self._log(connection, row.reserve_date)
                connection.execute(sa.insert(log).values(row._asdict()))
                connection.execute(sa.delete(table).where(table.c.msg_seqno == row.msg_seqno))
        return len(rows)

    def _log(self, connection: sa.Connection, day: datetime) -> sa.Table:
        name = self.names.log_table.replace("{month}", f"{day:%Y%m}")
        if name not in self._metadata.tables:
            log = sa.Table(name, self._metadata, *_columns())
            log.create(connection, checkfirst=True)
        return self._metadata.tables[name]


def _now() -> datetime:
    return datetime.now(SEOUL).replace(tzinfo=None)


def _text(row: sa.Row[tuple[object, ...]]) -> Text:
    kind = {"XS": "SMS", "XM": "LMS"}[row.msg_type]
    reference = str(int(row.msg_seqno))
    return Text(reference, row.mobile_no, row.sender_no, kind, row.title or "", row.phone_msg)
