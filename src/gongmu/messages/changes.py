"""What a change means for a ledger row and its history: which may follow which, what is noted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gongmu.core.database import Instant
from gongmu.messages.tables import Status, message_event_table, message_table

AUTOMATIC = "자동"
_ROW = message_table.c


@dataclass(frozen=True)
class Change:
    """What is now known of a message; `claim` None: whoever holds it."""

    key: str
    to: Status
    claim: str | None = None
    code: str = ""
    reason: str = ""
    provider_id: str = ""
    unreachable: bool = False


UPDATE_ROW = (
    message_table.update()
    .where(_ROW.key == sa.bindparam("b_key"))
    .values(
        status=sa.bindparam("b_status"),
        claim=sa.bindparam("b_claim"),
        code=sa.bindparam("b_code"),
        reason=sa.bindparam("b_reason"),
        unreachable=sa.bindparam("b_unreachable"),
        provider_id=sa.bindparam("b_provider_id"),
        sent_at=sa.bindparam("b_sent_at", type_=Instant),
        doubted_at=sa.bindparam("b_doubted_at", type_=Instant),
        changed_at=sa.bindparam("b_changed_at", type_=Instant),
    )
)

_FINAL = frozenset({Status.DELIVERED, Status.FAILED})


def may_follow(stands: Status, to: Status) -> bool:
    """Return whether a row standing at `stands` may become `to`."""
    if stands in _FINAL:
        return False
    # That a message is still on its way tells nothing new of one that was sent.
    return to is not Status.SENT or stands is not Status.SENT


def is_news(stands: Status, change: Change, mine: bool) -> bool:
    """Return whether a change that does not count is worth a line in the history."""
    if change.to not in (Status.SENT, Status.DELIVERED, Status.FAILED):
        return False
    if not mine:
        return True
    return stands in _FINAL and change.to in _FINAL and change.to is not stands


def updated(row: Any, change: Change, to: Status, now: datetime) -> dict[str, Any]:
    """Return UPDATE_ROW's values for a row that a change makes `to`."""
    return {
        "b_key": change.key,
        "b_status": to,
        # Back in the queue nobody holds it: answers under the old claim are too late.
        "b_claim": "" if to in (Status.QUEUED, Status.CANCELLED) else row.claim,
        "b_code": change.code[:60],
        "b_reason": safe_reason(change.reason),
        "b_unreachable": change.unreachable,
        "b_provider_id": change.provider_id[:100] or row.provider_id,
        "b_sent_at": (row.sent_at or now) if to in (Status.SENT, *_FINAL) else None,
        "b_doubted_at": now if to is Status.IN_DOUBT else row.doubted_at,
        "b_changed_at": now,
    }


def told(change: Change, to: Status) -> dict[str, Any]:
    """Return what a change says of a row, for its history."""
    return {"key": change.key, "status": to, "code": change.code, "reason": change.reason}


def event(row: dict[str, Any], now: datetime, who: str = AUTOMATIC) -> dict[str, Any]:
    """Return a line of a message's history."""
    return {
        "key": row["key"],
        "at": now,
        "status": row["status"],
        "code": str(row.get("code", ""))[:60],
        "reason": safe_reason(str(row.get("reason", ""))),
        "who": who[:100],
    }


def add_events(connection: sa.Connection, events: list[dict[str, Any]]) -> None:
    """Append lines to the histories."""
    if events:
        connection.execute(message_event_table.insert(), events)


def unsaid(connection: sa.Connection, notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out notes that the history holds already: receipts come again and again."""
    if not notes:
        return []
    table = message_event_table.c
    query = sa.select(table.key, table.reason).where(table.key.in_([n["key"] for n in notes]))
    known = {(row.key, row.reason) for row in connection.execute(query)}
    return [note for note in notes if (note["key"], note["reason"]) not in known]


def safe_reason(text: str) -> str:
    """Return a provider's words without anything that could be a phone number, at most 300."""
    return re.sub(r"\+?\d[\d\s.-]{6,}\d", "***", text)[:300]
