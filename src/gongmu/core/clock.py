"""The only door to the wall clock; everything else is handed a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from gongmu.core.values import SEOUL

Clock = Callable[[], datetime]
"""Returns an aware UTC instant."""


def system_clock() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today(clock: Clock = system_clock) -> date:
    """Return today's calendar date in Seoul."""
    return clock().astimezone(SEOUL).date()
