"""Working days in Korea: weekends, public holidays with their substitutes, Labour Day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

import holidays

LABOUR_DAY = (5, 1)
"""No public holiday before 2026, yet deadlines of local tax moved past it all the same."""


@lru_cache(maxsize=64)
def holidays_of(year: int) -> dict[date, str]:
    """Return the public holidays of a year with their Korean names.

    Source: 공휴일에 관한 법률 and 관공서의 공휴일에 관한 규정, as kept by the library `holidays`;
    노동절 by 지방세기본법 제24조제1항제3호 (formerly 근로자의 날). A holiday decreed after the
    library was released is given to the functions below as `extra`.
    """
    found = dict(holidays.country_holidays("KR", years=year, language="ko"))
    found.setdefault(date(year, *LABOUR_DAY), "노동절")
    return found


def is_rest_day(day: date, extra: Collection[date] = ()) -> bool:
    """Return whether offices are closed: Saturday, Sunday, a holiday, or one of `extra`."""
    return day.weekday() >= 5 or day in extra or day in holidays_of(day.year)


def working_day_from(day: date, extra: Collection[date] = ()) -> date:
    """Return `day` itself or the first working day after it (지방세기본법 제24조제1항)."""
    while is_rest_day(day, extra):
        day += timedelta(days=1)
    return day


def next_working_day(day: date, extra: Collection[date] = ()) -> date:
    """Return the first working day after `day`."""
    return working_day_from(day + timedelta(days=1), extra)
