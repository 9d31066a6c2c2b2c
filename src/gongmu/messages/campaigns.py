"""Which campaigns the send ledger holds, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gongmu.messages.tables import Status, message_table


@dataclass(frozen=True)
class Campaign:
    """One campaign: `counts` by status, and when anything in it changed last."""

    name: str
    counts: Mapping[Status, int]
    changed_at: datetime

    @property
    def total(self) -> int:
        """Return how many texts it holds."""
        return sum(self.counts.values())

    @property
    def is_moving(self) -> bool:
        """Whether texts are on their way; queued ones may wait for another day."""
        return bool(self.counts.get(Status.SENDING) or self.counts.get(Status.SENT))


def recent_campaigns(engine: sa.Engine, limit: int = 30) -> Sequence[Campaign]:
    """Return the campaigns changed last."""
    row = message_table.c
    newest = sa.func.max(row.changed_at)
    names = (
        sa.select(row.campaign, newest.label("at"))
        .group_by(row.campaign)
        .order_by(newest.desc())
        .limit(limit)
    )
    with engine.connect() as connection:
        known = connection.execute(names).all()
        counted = (
            sa.select(row.campaign, row.status, sa.func.count())
            .where(row.campaign.in_([item.campaign for item in known]))
            .group_by(row.campaign, row.status)
        )
        counts: dict[str, dict[Status, int]] = {}
        for name, status, count in connection.execute(counted) if known else ():
            counts.setdefault(name, {})[Status(status)] = count
    return [Campaign(item.campaign, counts.get(item.campaign, {}), item.at) for item in known]


def doubtful_count(engine: sa.Engine) -> int:
    """Return how many texts wait for an officer's word."""
    return _count(engine, {"status": Status.IN_DOUBT})


def _count(engine: sa.Engine, wanted: Mapping[str, Any]) -> int:
    same = sa.and_(*(message_table.c[name] == value for name, value in wanted.items()))
    query = sa.select(sa.func.count()).select_from(message_table).where(same)
    with engine.connect() as connection:
        return connection.scalar(query) or 0
