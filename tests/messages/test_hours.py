"""When texts may leave: working days by the clock of Seoul, never in the night."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmu.core.errors import Refused
from gongmu.core.values import SEOUL
from gongmu.messages.hours import Hours, may_send, next_opening, parse_hours


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("now", "may"),
    [
        ("2026-11-23 08:59:59", False),
        ("2026-11-23 09:00:00", True),
        ("2026-11-23 17:59:59", True),
        ("2026-11-23 18:00:00", False),
        ("2026-11-22 10:00:00", False),  # Sunday
        ("2026-12-25 10:00:00", False),  # a holiday
    ],
)
def test_by_default_texts_leave_on_working_days_from_nine_to_six(now: str, may: bool) -> None:
    assert may_send(seoul(now), Hours()) is may


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-20 18:00:00", "2026-11-23 09:00:00"),  # Friday evening → Monday
        ("2026-11-23 07:00:00", "2026-11-23 09:00:00"),
        ("2026-12-24 19:00:00", "2026-12-28 09:00:00"),  # over Christmas and a weekend
    ],
)
def test_the_rest_waits_for_the_next_working_day(now: str, opens: str) -> None:
    assert next_opening(seoul(now), Hours()) == seoul(opens)


def test_a_day_that_the_city_closes_is_a_day_of_rest() -> None:
    hours = Hours(closed_on=frozenset({date(2026, 11, 23)}))
    assert next_opening(seoul("2026-11-23 10:00:00"), hours) == seoul("2026-11-24 09:00:00")


@pytest.mark.parametrize(
    "text", ["07:59-18:00", "09:00-21:01", "22:00-23:00", "18:00-09:00", "9시"]
)
def test_hours_wider_than_the_law_of_the_house_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_hours(text)


def test_a_city_may_widen_its_hours_to_the_edges() -> None:
    assert parse_hours("08:00-21:00") == Hours(time(8), time(21))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    st.times(),
    st.times(),
)
def test_whatever_is_configured_nothing_leaves_in_the_night(
    local: datetime, opens: time, closes: time
) -> None:
    hours = Hours(opens, closes)
    now = local.replace(tzinfo=SEOUL)
    if may_send(now, hours):
        assert time(8) <= local.time() < time(21)
    elif max(opens, time(8)) < min(closes, time(21)):
        opening = next_opening(now.astimezone(UTC), hours)
        assert now < opening <= now + timedelta(days=14)
        assert may_send(opening, hours)
