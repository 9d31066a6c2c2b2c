"""Reading the send ledger: rows masked, counts, what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

import sqlalchemy as sa

from gongmu.core.clock import Clock, today
from gongmu.core.errors import Refused
from gongmu.messages.ledger import Ledger, Letter
from gongmu.messages.message import mask_phone
from gongmu.messages.provider import Kind
from gongmu.messages.tables import (
    Entry,
    Event,
    Progress,
    Status,
    message_event_table,
    message_table,
)

RECEIPT_DAYS = timedelta(hours=72)
LOOK_UP_DAYS = timedelta(days=30)
"""How old a hand-over may be for "never taken" to be believed: vendors forget (NHN after 84 days),
and forgetting sounds the same. Older doubt is left to an officer."""
"""Providers tell what became of a text within three days; after that it stays unconfirmed."""

_ROW = message_table.c
_SHOWN = (
    _ROW.number,
    _ROW.key,
    _ROW.campaign,
    _ROW.about,
    _ROW.kind,
    _ROW.sealed,
    _ROW.not_before_on,
    _ROW.status,
    _ROW.hand_overs,
    _ROW.provider,
    _ROW.accepted_at,
    _ROW.sent_at,
    _ROW.changed_at,
    _ROW.code,
    _ROW.reason,
    _ROW.unreachable,
)


class LedgerView:
    """Questions to the ledger; none of them changes it."""

    def __init__(self, engine: sa.Engine, ledger: Ledger, clock: Clock) -> None:
        self._engine = engine
        self._ledger = ledger
        self._clock = clock

    def progress(self, campaign: str | None) -> Progress:
        """Return how one campaign, or everything, stands."""
        own = sa.true() if campaign is None else _ROW.campaign == campaign
        counted = (_ROW.status, _ROW.unit_won, sa.func.count(), sa.func.max(_ROW.changed_at))
        with self._engine.connect() as connection:
            groups = connection.execute(
                sa.select(*counted).where(own).group_by(_ROW.status, _ROW.unit_won)
            ).all()
            later = connection.scalar(
                sa.select(sa.func.count()).where(
                    own, _ROW.status == Status.QUEUED, _ROW.not_before_on > today(self._clock)
                )
            )
            old = self._clock() - RECEIPT_DAYS
            unconfirmed = connection.scalar(
                sa.select(sa.func.count()).where(
                    own, _ROW.status == Status.SENT, _ROW.sent_at < old
                )
            )
        counts: dict[Status, int] = {}
        cost = Fraction(0)
        for status, unit_won, count, _last in groups:
            counts[Status(status)] = counts.get(Status(status), 0) + count
            if status in (Status.SENT, Status.DELIVERED):
                cost += Fraction(unit_won) * count
        return Progress(
            counts=counts,
            later_count=later or 0,
            unconfirmed_count=unconfirmed or 0,
            cost_won=ceil(cost),
            last_at=max((group[3] for group in groups), default=None),
        )

    def entries(
        self, campaign: str | None, status: Status | None, after: int, limit: int
    ) -> Sequence[Entry]:
        """Return rows in order of their numbers, those above `after`."""
        query = sa.select(*_SHOWN).where(_ROW.number > after).order_by(_ROW.number).limit(limit)
        if campaign is not None:
            query = query.where(_ROW.campaign == campaign)
        if status is not None:
            query = query.where(_ROW.status == status)
        with self._engine.connect() as connection:
            return [self._entry(row) for row in connection.execute(query)]

    def entry(self, key: str) -> Entry:
        """Return one row; raises Refused message_unknown."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(*_SHOWN).where(_ROW.key == key)).first()
        if row is None:
            raise _unknown(key)
        return self._entry(row)

    def letter(self, key: str) -> Letter:
        """Return phone, subject and text; raises Refused message_unknown, message_forgotten."""
        with self._engine.connect() as connection:
            sealed = connection.scalar(sa.select(_ROW.sealed).where(_ROW.key == key))
        if sealed is None:
            raise _unknown(key)
        return self._ledger.open(key, sealed)

    def history(self, key: str) -> Sequence[Event]:
        """Return a message's events, oldest first."""
        table = message_event_table.c
        query = (
            sa.select(table.at, table.status, table.code, table.reason, table.who)
            .where(table.key == key)
            .order_by(table.number)
        )
        with self._engine.connect() as connection:
            return [Event(**{**row._mapping, "status": Status(row.status)})
                    for row in connection.execute(query)]  # fmt: skip

    # ------------------------------------------------------------- what waits

    def abandoned(self, before: datetime, limit: int) -> list[tuple[str, str]]:
        """Return key and claim of rows being sent since before an instant."""
        query = (
            sa.select(_ROW.key, _ROW.claim)
            .where(_ROW.status == Status.SENDING, _ROW.claimed_at < before)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [(row.key, row.claim) for row in connection.execute(query)]

    def doubtful(self, provider: str, before: datetime, limit: int) -> list[tuple[str, str]]:
        """Return key and claim of doubtful rows of a provider that it may be asked about now."""
        since = self._clock() - LOOK_UP_DAYS
        query = (
            sa.select(_ROW.key, _ROW.claim)
            .where(
                _ROW.status == Status.IN_DOUBT,
                _ROW.provider == provider,
                _ROW.doubted_at <= before,
                _ROW.claimed_at >= since,
                sa.or_(_ROW.asked_at.is_(None), _ROW.asked_at < before),
            )
            .order_by(_ROW.doubted_at, _ROW.number)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [(row.key, row.claim) for row in connection.execute(query)]

    def awaiting(self, provider: str, since: datetime, limit: int) -> list[str]:
        """Return references whose result is awaited, those not asked for longest first."""
        query = (
            sa.select(_ROW.key)
            .where(
                _ROW.provider == provider,
                sa.or_(
                    sa.and_(_ROW.status == Status.SENT, _ROW.sent_at >= since),
                    sa.and_(_ROW.status == Status.IN_DOUBT, _ROW.claimed_at >= since),
                ),
            )
            .order_by(_ROW.asked_at.nulls_first(), _ROW.number)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def doubted_at(self, key: str) -> datetime | None:
        """Return since when a message is in doubt."""
        with self._engine.connect() as connection:
            found: datetime | None = connection.scalar(
                sa.select(_ROW.doubted_at).where(_ROW.key == key)
            )
        return found

    def next_day(self, campaign: str, after: date) -> date | None:
        """Return the first later day on which texts of a campaign may go, None for none."""
        with self._engine.connect() as connection:
            found: date | None = connection.scalar(
                sa.select(sa.func.min(_ROW.not_before_on)).where(
                    _ROW.campaign == campaign,
                    _ROW.status == Status.QUEUED,
                    _ROW.not_before_on > after,
                )
            )
        return found

    def _entry(self, row: Any) -> Entry:
        given = dict(row._mapping)
        sealed = given.pop("sealed")
        masked = mask_phone(self._ledger.open(row.key, sealed).phone) if sealed else "(지움)"
        given |= {"kind": Kind(row.kind), "status": Status(row.status)}
        return Entry(**given, masked_phone=masked)


def _unknown(key: str) -> Refused:
    return Refused("message_unknown", f"'{key}' 문자가 장부에 없습니다.", "열쇠를 확인하세요.")
