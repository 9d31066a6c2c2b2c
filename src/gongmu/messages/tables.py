"""The send ledger's tables and what its rows are called outside.

Phone, subject and text are sealed together; what stands in clear is ids, statuses, times, codes
and money. Events are append-only: the database itself refuses changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa

from gongmu.core.database import Instant, metadata
from gongmu.messages.provider import Kind

KEY_LENGTH = 40

message_table = sa.Table(
    "message",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(KEY_LENGTH), nullable=False, unique=True),
    sa.Column("campaign", sa.String(200), nullable=False),
    sa.Column("about", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(3), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("not_before_on", sa.Date, nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("claim", sa.String(40), nullable=False),
    sa.Column("hand_overs", sa.Integer, nullable=False),
    sa.Column("provider", sa.String(40), nullable=False),
    sa.Column("provider_id", sa.String(100), nullable=False),
    sa.Column("unit_won", sa.String(20), nullable=False),
    sa.Column("accepted_at", Instant, nullable=False),
    sa.Column("claimed_at", Instant),
    sa.Column("doubted_at", Instant),
    sa.Column("sent_at", Instant),
    sa.Column("asked_at", Instant),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("reason", sa.String(300), nullable=False),
    sa.Column("unreachable", sa.Boolean, nullable=False),
    sa.Index("ix_message_campaign_status", "campaign", "status"),
    sa.Index("ix_message_status_not_before_on_number", "status", "not_before_on", "number"),
)

message_event_table = sa.Table(
    "message_event",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(KEY_LENGTH), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("reason", sa.String(300), nullable=False),
    sa.Column("who", sa.String(100), nullable=False),
    sa.Index("ix_message_event_key", "key"),
)

message_stop_table = sa.Table(
    "message_stop",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("stopped", sa.Boolean, nullable=False),
    sa.Column("who", sa.String(100), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
)

message_cancel_table = sa.Table(
    "message_cancel",
    metadata,
    sa.Column("campaign", sa.String(200), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.String(100), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
)


class Status(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    """Committed before any byte leaves; nothing is known until an answer is committed too."""
    SENT = "sent"
    """The provider has taken it; a receipt is awaited."""
    DELIVERED = "delivered"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    """It may have gone or not; asked by reference, else an officer decides."""
    CANCELLED = "cancelled"


STATUS_TITLES: Mapping[Status, str] = {
    Status.QUEUED: "보내기 전",
    Status.SENDING: "보내는 중",
    Status.SENT: "보냄(결과 기다림)",
    Status.DELIVERED: "도착",
    Status.FAILED: "실패",
    Status.IN_DOUBT: "불확실",
    Status.CANCELLED: "취소",
}


@dataclass(frozen=True)
class Outgoing:
    """One text to send; `key` is deterministic, at most 40 printable ASCII characters.

    `campaign` is the batch's id, `about` a grant's or case's id: neither holds personal data.
    """

    key: str
    campaign: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    subject: str = field(repr=False)
    about: str
    not_before_on: date | None = None


@dataclass(frozen=True)
class Entry:
    """One ledger row as it may be shown: the phone masked, no text."""

    number: int
    key: str
    campaign: str
    about: str
    kind: Kind
    masked_phone: str
    not_before_on: date
    status: Status
    hand_overs: int
    provider: str
    accepted_at: datetime
    sent_at: datetime | None
    changed_at: datetime
    code: str
    reason: str
    unreachable: bool
    """The number itself cannot receive texts (as against a passing failure)."""


@dataclass(frozen=True)
class Event:
    """One line of a message's history; `who` is an officer's account or the word 자동."""

    at: datetime
    status: Status
    code: str
    reason: str
    who: str


@dataclass(frozen=True)
class Stop:
    """The kill switch in force: who stopped all texts, when and why."""

    at: datetime
    who: str
    reason: str


@dataclass(frozen=True)
class Progress:
    """How a campaign (or everything) stands, counts by status."""

    counts: Mapping[Status, int]
    later_count: int
    """Queued ones whose first day has not come."""
    unconfirmed_count: int
    """Sent ones without a receipt for 72 hours (결과 미확인)."""
    cost_won: int
    """Sent and delivered ones at the unit price of their hand-over, rounded up to a won."""
    last_at: datetime | None

    @property
    def total(self) -> int:
        """Return how many messages there are."""
        return sum(self.counts.values())

    def count(self, status: Status) -> int:
        """Return how many stand at `status`."""
        return self.counts.get(status, 0)
