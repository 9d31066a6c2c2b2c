"""The send ledger: every act on a text is a committed row before and after it happens.

A row is committed as `sending` under a claim before any byte leaves the house. Whoever comes
back with an answer must still hold that claim; a row that was given to somebody else meanwhile
only gets a line in its history. All changes go through `change`, which locks the rows first.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from gongmu.core.clock import Clock
from gongmu.core.errors import Refused
from gongmu.core.vault import Vault
from gongmu.messages.changes import (
    AUTOMATIC,
    UPDATE_ROW,
    Change,
    add_events,
    event,
    is_news,
    may_follow,
    told,
    unsaid,
    updated,
)
from gongmu.messages.message import Prices
from gongmu.messages.provider import Kind
from gongmu.messages.tables import (
    STATUS_TITLES,
    Outgoing,
    Status,
    Stop,
    message_cancel_table,
    message_stop_table,
    message_table,
)

_IN_ONE_QUERY = 500
_ROW = message_table.c
_UNANSWERED = frozenset({Status.SENDING, Status.IN_DOUBT})


@dataclass(frozen=True)
class Draft:
    """A checked text on its way into the ledger; `refusal` says why it can reach nobody."""

    outgoing: Outgoing
    kind: Kind
    refusal: str = ""


@dataclass(frozen=True)
class Letter:
    """What is sealed in a row."""

    phone: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class Claimed:
    """A row of our claim, opened for handing over."""

    key: str
    kind: Kind
    letter: Letter
    at: datetime
    since: float = field(default_factory=time.monotonic)
    """The same instant by a clock that nobody sets back."""


class Ledger:
    """All writing to the ledger's tables, on SQLite and on PostgreSQL."""

    def __init__(self, engine: sa.Engine, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._hash_key = vault.derived_key("message.content")

    # ------------------------------------------------------------- into the ledger

    def write(self, drafts: Sequence[Draft], today: date) -> int:
        """Write drafts whose keys are new, all or none; return how many were.

        Raises Refused message_changed when a key stands there already with another content.
        """
        now, new = self._clock(), 0
        with self.writing() as connection:
            for part in _parts(drafts):
                new += self._write_part(connection, part, now, today)
        return new

    def _write_part(
        self, connection: sa.Connection, part: Sequence[Draft], now: datetime, today: date
    ) -> int:
        rows = {draft.outgoing.key: self._row(draft, now, today) for draft in part}
        if len(rows) < len(part):
            raise _changed("한 묶음에 같은 열쇠가 두 번 있습니다")
        known = _contents(connection, rows)
        fresh = [rows[key] for key in rows.keys() - known.keys()]
        written = self._insert(connection, fresh)
        # Another process may have written some of them a moment ago.
        if len(written) < len(fresh):
            lost = [row["key"] for row in fresh if row["key"] not in written]
            known |= _contents(connection, lost)
        for key, content_hash in known.items():
            if content_hash != rows[key]["content_hash"]:
                raise _changed(f"열쇠 {key}의 글이나 번호가 먼저 받은 것과 다릅니다")
        add_events(connection, [event(rows[key], now) for key in rows if key in written])
        return len(written)

    def _insert(self, connection: sa.Connection, rows: list[dict[str, Any]]) -> set[str]:
        if not rows:
            return set()
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        insert = dialect.insert(message_table).on_conflict_do_nothing(index_elements=["key"])
        rows.sort(key=lambda row: str(row["key"]))  # one order for all writers: no deadlock
        return set(connection.scalars(insert.returning(_ROW.key), rows))

    def _row(self, draft: Draft, now: datetime, today: date) -> dict[str, Any]:
        out = draft.outgoing
        content = json.dumps([out.phone, out.subject, out.text], ensure_ascii=False).encode()
        return {
            "key": out.key,
            "campaign": out.campaign,
            "about": out.about,
            "kind": draft.kind,
            "sealed": self._vault.seal(content, f"message:{out.key}"),
            "content_hash": hmac.new(self._hash_key, content, hashlib.sha256).hexdigest(),
            "not_before_on": out.not_before_on or today,
            "status": Status.FAILED if draft.refusal else Status.QUEUED,
            "claim": "",
            "hand_overs": 0,
            "provider": "",
            "provider_id": "",
            "unit_won": "0",
            "accepted_at": now,
            "changed_at": now,
            "code": "phone_unreachable" if draft.refusal else "",
            "reason": draft.refusal,
            "unreachable": bool(draft.refusal),
        }

    def open(self, key: str, sealed: bytes) -> Letter:
        """Return what is sealed in a row; raises Refused when it was removed after its time."""
        if not sealed:
            raise Refused("message_forgotten", "보관 기간이 지나 글과 번호를 지운 문자입니다.")
        return Letter(*json.loads(self._vault.unseal(sealed, f"message:{key}")))

    # ------------------------------------------------------------- handing over

    def claim(
        self,
        token: str,
        size: int,
        campaign: str | None,
        today: date,
        provider: str,
        prices: Prices,
    ) -> list[Claimed]:
        """Commit up to `size` due rows as `sending` under `token` and return them opened.

        Nothing is claimed while the kill switch is on or of a cancelled campaign.
        """
        now = self._clock()
        due = sa.and_(
            _ROW.status == Status.QUEUED,
            _ROW.not_before_on <= today,
            _ROW.campaign.not_in(sa.select(message_cancel_table.c.campaign)),
        )
        if campaign is not None:
            due = sa.and_(due, _ROW.campaign == campaign)
        query = (
            sa.select(_ROW.number, _ROW.key, _ROW.kind, _ROW.sealed)
            .where(due)
            .order_by(_ROW.not_before_on, _ROW.number)
            .limit(size)
            .with_for_update(skip_locked=True)
        )
        with self.writing() as connection:
            if stop_in_force(connection) is not None:
                return []
            rows = connection.execute(query).all()
            if not rows:
                return []
            sms, lms = str(prices.of(Kind.SMS)), str(prices.of(Kind.LMS))
            connection.execute(
                message_table.update()
                .where(_ROW.number.in_([row.number for row in rows]))
                .values(
                    status=Status.SENDING,
                    claim=token,
                    claimed_at=now,
                    asked_at=None,
                    changed_at=now,
                    hand_overs=_ROW.hand_overs + 1,
                    provider=provider,
                    unit_won=sa.case((_ROW.kind == Kind.SMS, sms), else_=lms),
                    code="",
                    reason="",
                )
            )
            add_events(
                connection,
                [event({"key": row.key, "status": Status.SENDING}, now) for row in rows],
            )
        return [
            Claimed(row.key, Kind(row.kind), self.open(row.key, row.sealed), now) for row in rows
        ]

    # ------------------------------------------------------------- what became of it

    def answered(self, changes: Sequence[Change]) -> int:
        """Write down what a hand-over brought; an answer that comes too late is only noted."""
        return self.change(changes, _UNANSWERED, note_others="늦은 응답")

    def received(self, changes: Sequence[Change]) -> int:
        """Write down receipts; doubled ones change nothing, unknown references are left out.

        A receipt settles whatever had left the house, even a row that waits to go again.
        """
        return self.change(changes, frozenset(Status), handed_over=True, note_others="다른 결과")

    def change(
        self,
        changes: Sequence[Change],
        allowed: Collection[Status],
        *,
        who: str = AUTOMATIC,
        handed_over: bool = False,
        note_others: str = "",
    ) -> int:
        """Apply changes to rows standing at one of `allowed`; return how many rows changed.

        A row that goes back to `queued` although its campaign was cancelled is cancelled.
        `note_others` begins the history line of changes that came too late to count.
        """
        done = 0
        for part in _parts(changes):
            with self.writing() as connection:
                done += self._change_part(connection, part, allowed, who, handed_over, note_others)
        return done

    def _change_part(
        self,
        connection: sa.Connection,
        part: Sequence[Change],
        allowed: Collection[Status],
        who: str,
        handed_over: bool,
        note_others: str,
    ) -> int:
        now = self._clock()
        rows = _locked(connection, [change.key for change in part])
        cancelled = set(connection.scalars(sa.select(message_cancel_table.c.campaign)))
        updates: dict[str, dict[str, Any]] = {}
        events: list[dict[str, Any]] = []
        notes: list[dict[str, Any]] = []
        for change in part:
            row = rows.get(change.key)
            if row is None or (handed_over and not row.hand_overs):
                continue
            stands = Status(updates.get(change.key, {}).get("b_status", row.status))
            mine = change.claim is None or change.claim == row.claim
            if mine and stands in allowed and may_follow(stands, change.to):
                to = change.to
                if to is Status.QUEUED and row.campaign in cancelled:
                    to = Status.CANCELLED
                updates[change.key] = updated(row, change, to, now)
                events.append(event(told(change, to), now, who))
            elif note_others and is_news(stands, change, mine):
                reason = f"{note_others}: {STATUS_TITLES[change.to]} {change.reason}".strip()
                late = {"key": change.key, "status": stands, "code": change.code}
                notes.append(event(late | {"reason": reason}, now, who))
        if updates:
            connection.execute(UPDATE_ROW, list(updates.values()))
        add_events(connection, events + unsaid(connection, notes))
        return len(updates)

    # ------------------------------------------------------------- stopping

    def put_stop(self, stopped: bool, who: str, reason: str) -> None:
        """Turn the kill switch on or off."""
        row = {"at": self._clock(), "stopped": stopped, "who": who, "reason": reason}
        with self.writing() as connection:
            connection.execute(message_stop_table.insert().values(row))

    def stop(self) -> Stop | None:
        """Return the kill switch when it is on."""
        with self._engine.connect() as connection:
            return stop_in_force(connection)

    def cancel(self, campaign: str, who: str, reason: str) -> int:
        """Cancel what has not left the house; nothing of the campaign goes out afterwards."""
        now = self._clock()
        row = {"campaign": campaign, "at": now, "who": who, "reason": reason}
        with self.writing() as connection:
            known = sa.select(message_cancel_table.c.at).where(
                message_cancel_table.c.campaign == campaign
            )
            if connection.execute(known).first() is None:
                connection.execute(message_cancel_table.insert().values(row))
        return self.sweep_cancelled(who, reason)

    def sweep_cancelled(self, who: str = AUTOMATIC, reason: str = "취소한 묶음") -> int:
        """Cancel queued rows of cancelled campaigns that came back after the cancelling."""
        query = sa.select(_ROW.key).where(
            _ROW.status == Status.QUEUED,
            _ROW.campaign.in_(sa.select(message_cancel_table.c.campaign)),
        )
        with self._engine.connect() as connection:
            keys = list(connection.scalars(query))
        changes = [Change(key, Status.CANCELLED, code="cancelled", reason=reason) for key in keys]
        return self.change(changes, {Status.QUEUED}, who=who)

    def mark_asked(self, keys: Sequence[str], standing: Collection[Status] = tuple(Status)) -> None:
        """Remember that the provider was asked just now about those standing at `standing`."""
        with self.writing() as connection:
            for part in _parts(keys):
                connection.execute(
                    message_table.update()
                    .where(_ROW.key.in_(list(part)), _ROW.status.in_(list(standing)))
                    .values(asked_at=self._clock())
                )

    def forget(self, before: datetime) -> int:
        """Remove sealed phones and texts of finished rows last changed before; return how many."""
        final = (Status.DELIVERED, Status.FAILED, Status.CANCELLED)
        with self.writing() as connection:
            done = connection.execute(
                message_table.update()
                .where(_ROW.status.in_(final), _ROW.changed_at < before, _ROW.sealed != b"")
                .values(sealed=b"")
            )
            return int(done.rowcount)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Hold one transaction that may read and then write; on SQLite the only writer."""
        with self._engine.begin() as connection:
            if self._engine.dialect.name != "postgresql":
                connection.execute(sa.text("BEGIN IMMEDIATE"))
            yield connection


def _contents(connection: sa.Connection, keys: Iterable[str]) -> dict[str, str]:
    query = sa.select(_ROW.key, _ROW.content_hash).where(_ROW.key.in_(list(keys)))
    return {row.key: row.content_hash for row in connection.execute(query)}


def _locked(connection: sa.Connection, keys: Sequence[str]) -> dict[str, Any]:
    query = (
        sa.select(
            _ROW.key,
            _ROW.campaign,
            _ROW.status,
            _ROW.claim,
            _ROW.hand_overs,
            _ROW.provider_id,
            _ROW.sent_at,
            _ROW.doubted_at,
        )
        .where(_ROW.key.in_(list(keys)))
        .order_by(_ROW.number)
        .with_for_update()
    )
    return {row.key: row for row in connection.execute(query)}


def stop_in_force(connection: sa.Connection) -> Stop | None:
    """Return the kill switch when it is on."""
    table = message_stop_table.c
    last = connection.execute(
        sa.select(table.stopped, table.at, table.who, table.reason)
        .order_by(table.number.desc())
        .limit(1)
    ).first()
    return Stop(last.at, last.who, last.reason) if last is not None and last.stopped else None


def _parts(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[at : at + _IN_ONE_QUERY] for at in range(0, len(items), _IN_ONE_QUERY))


def _changed(why: str) -> Refused:
    return Refused(
        "message_changed",
        f"이미 받은 문자와 다릅니다: {why}.",
        "글이나 번호를 바꾸었으면 새 결재를 받아 새 열쇠로 보내세요.",
    )
