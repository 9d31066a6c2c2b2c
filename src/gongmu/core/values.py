"""Small facts every room agrees on: the service day, identifiers, content hashes.

Quiet: no clock, file, network or database is reached from here.
"""

from __future__ import annotations

import hashlib
import os
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")

SERVICE_DAY_STARTS_HOUR = 4
"""A service day runs from 04:00 to 03:59 of the next calendar day."""

DAY_SECONDS = 86_400
SERVICE_DAY_FIRST_SECOND = SERVICE_DAY_STARTS_HOUR * 3_600
SERVICE_DAY_LAST_SECOND = SERVICE_DAY_FIRST_SECOND + DAY_SECONDS - 1


def service_day_of(local: datetime) -> date:
    """Return the service day that a Seoul wall-clock time belongs to."""
    return (local - timedelta(hours=SERVICE_DAY_STARTS_HOUR)).date()


def service_seconds(local: datetime) -> int:
    """Return seconds since 00:00 of the service day; 14,400 to 100,799."""
    start = datetime.combine(service_day_of(local), datetime.min.time(), local.tzinfo)
    return int((local - start).total_seconds())


def clock_text(seconds: int) -> str:
    """Write service-day seconds as HH:MM, hours may pass 24 (night buses): 90,000 -> 25:00."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def content_hash(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 hex digits; the name of a stored file."""
    return hashlib.sha256(data).hexdigest()


def new_id(prefix: str, now: datetime) -> str:
    """Return an own identifier: `prefix_` and a uuid7 (RFC 9562) made of `now` and random bits."""
    milliseconds = int(now.astimezone(UTC).timestamp() * 1000)
    number = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (number >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | (number & (1 << 62) - 1)
    return f"{prefix}_{value:032x}"


def parse_day(text: str) -> date:
    """Read 2026-11-20, 20261120 or 2026. 11. 20.; raises ValueError for anything else."""
    digits = re.findall(r"\d+", text)
    if len(digits) == 1 and len(digits[0]) == 8:
        digits = [digits[0][:4], digits[0][4:6], digits[0][6:]]
    if len(digits) != 3:
        raise ValueError(f"not a date: {text!r}")
    return date(int(digits[0]), int(digits[1]), int(digits[2]))


def korean_date(day: date) -> str:
    """Write a date as official documents do: 2026. 11. 20."""
    return f"{day.year}. {day.month}. {day.day}."
