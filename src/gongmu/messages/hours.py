"""When texts may go out: working days 09:00-18:00 by default, never from 21:00 to 08:00."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from gongmu.core.calendar import is_rest_day, next_working_day, working_day_from
from gongmu.core.errors import Refused
from gongmu.core.values import SEOUL

EARLIEST = time(8)
LATEST = time(21)
"""Outside these no configuration lets a text out (the night of 정보통신망법 제50조제3항)."""

_SPAN = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-~]\s*([01]?\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True)
class Hours:
    """Sending hours on working days, Seoul time: from `opens` until just before `closes`."""

    opens: time = time(9)
    closes: time = time(18)
    closed_on: frozenset[date] = frozenset()
    """Days of rest beyond weekends and holidays."""


def parse_hours(text: str, closed_on: frozenset[date] = frozenset()) -> Hours:
    """Read 09:00-18:00; raises Refused hours_invalid for another form or one wider than allowed."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise _invalid(f"'{text}'을(를) 읽을 수 없습니다")
    numbers = [int(part) for part in found.groups()]
    if 24 in (numbers[0], numbers[2]):
        raise _invalid("밤 9시부터 아침 8시까지는 보낼 수 없습니다")
    opens, closes = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    if opens >= closes:
        raise _invalid("여는 시각이 닫는 시각보다 늦습니다")
    if opens < EARLIEST or closes > LATEST:
        raise _invalid("밤 9시부터 아침 8시까지는 보낼 수 없습니다")
    return Hours(opens, closes, closed_on)


def may_send(now: datetime, hours: Hours) -> bool:
    """Return whether a text may leave at `now` (aware)."""
    local = now.astimezone(SEOUL)
    opens, closes = max(hours.opens, EARLIEST), min(hours.closes, LATEST)
    return opens <= local.time() < closes and not is_rest_day(local.date(), hours.closed_on)


def next_opening(now: datetime, hours: Hours) -> datetime:
    """Return `now` when texts may leave, else the next instant (UTC) when they may."""
    if may_send(now, hours):
        return now
    local = now.astimezone(SEOUL)
    opens = max(hours.opens, EARLIEST)
    day = working_day_from(local.date(), hours.closed_on)
    if day == local.date() and local.time() >= opens:
        day = next_working_day(day, hours.closed_on)
    return datetime.combine(day, opens, SEOUL).astimezone(UTC)


def _invalid(why: str) -> Refused:
    return Refused(
        "hours_invalid",
        f"문자를 보낼 수 있는 시간이 맞지 않습니다: {why}.",
        "08:00-21:00 안에서 09:00-18:00 처럼 적으세요.",
    )
