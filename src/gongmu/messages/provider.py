"""What a message provider is: takes parcels under our reference, tells what became of them.

The reference is our own key, committed before anything leaves the house. A provider file holds
only its vendor's wording: how to send, to look up, to fetch receipts, and its status table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from gongmu.core.catalogue import catalogue


class Kind(StrEnum):
    """Form of a text by its CP949 length: SMS up to 90 bytes, LMS up to 2,000."""

    SMS = "SMS"
    LMS = "LMS"


class Outcome(StrEnum):
    """What became of a parcel that the provider had taken."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Known(StrEnum):
    """What a provider says when asked for a reference."""

    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    """Definite: the provider never received it, so it may be sent again."""
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Parcel:
    """One message to hand over; `phone` and `sender` are digits, `text` fits `kind`."""

    reference: str
    phone: str
    sender: str
    kind: Kind
    subject: str
    text: str


@dataclass(frozen=True)
class Taken:
    """The provider's answer for one parcel; `reason` is Korean and holds no personal data."""

    reference: str
    accepted: bool
    provider_id: str = ""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Receipt:
    """What became of one message; the same receipt may come twice, late or out of order."""

    reference: str
    outcome: Outcome
    code: str = ""
    reason: str = ""
    at: datetime | None = None


class Connection(Protocol):
    """An open line to a provider; used by one thread at a time."""

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Taken]:
        """Hand parcels over; one answer per parcel.

        Raises Transient when surely nothing was taken, Ambiguous when nobody can know
        (time-out, broken line, 5xx after the body went out), Refused when a person must act
        (key refused, sender not registered, balance empty).
        """
        ...

    def look_up(self, references: Sequence[str]) -> Mapping[str, Known]:
        """Tell of each reference whether the provider ever took it; raises Transient."""
        ...

    def receipts(self, references: Sequence[str]) -> Sequence[Receipt]:
        """Return what is known by now of these references; unknown ones are left out."""
        ...

    def close(self) -> None:
        """Let go of the line."""
        ...


@dataclass(frozen=True)
class Line:
    """What a provider is opened with: where, with which secrets, and how long it may take."""

    address: str
    """Base address of the gateway, or the database URL of an agent table."""
    secret: Callable[[str], str]
    """Name of a secret → its value."""
    timeout_seconds: float = 10.0
    options: Mapping[str, Any] = field(default_factory=dict)
    """The rest of the city file's [messages.gateway] section."""


@dataclass(frozen=True)
class Provider:
    """One vendor; declared as PROVIDER in messages/providers/<code>.py."""

    code: str
    title: str
    owner_hint: str
    """Whom to ask, in Korean."""
    secrets: tuple[str, ...]
    can_look_up: bool
    """Whether look_up ever answers TAKEN or NOT_TAKEN; else doubt goes to an officer."""
    settle_seconds: float
    """How long after an uncertain hand-over a NOT_TAKEN answer may be believed."""
    batch_size: int
    """Parcels in one request."""
    per_second: float
    """The vendor's rate limit, parcels a second."""
    default_address: str
    statuses: Mapping[str, tuple[Outcome, str]]
    """The vendor's result code → outcome and Korean reason."""
    open: Callable[[Line], Connection]
    unreachable: frozenset[str] = frozenset()
    """Result codes that say the number itself cannot receive texts."""


def all_providers() -> Mapping[str, Provider]:
    """Return every provider by its code; raises Refused for a half-finished file."""
    import gongmu.messages.providers

    found = catalogue(gongmu.messages.providers, "PROVIDER", beside=frozenset())
    return {code: item for code, item in found.items() if isinstance(item, Provider)}
