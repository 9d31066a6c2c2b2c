"""Reminders: 30, 14 and 0 days before a year ends, 14 and 0 before the sixty days do."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gongmu.core.calendar import is_rest_day
from gongmu.relief.reminders import (
    due_in_week,
    reminders,
    still_to_come,
    working_day_back,
)

DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


def test_a_duty_is_spoken_of_a_month_two_weeks_and_a_day_before_it_is_late() -> None:
    found = reminders(date(2027, 11, 10))
    assert [(item.code, item.due_on) for item in found] == [
        ("D30", date(2027, 10, 11)),
        ("D14", date(2027, 10, 27)),
        ("D0", date(2027, 11, 10)),
    ]


def test_what_falls_on_a_rest_day_goes_on_the_working_day_before() -> None:
    # 11 October 2027 stands in for 한글날, a Saturday: the text goes on the Friday.
    assert reminders(date(2027, 11, 10))[0].send_on == date(2027, 10, 8)
    # The day before Lunar New Year 2027 is a Saturday too.
    assert working_day_back(date(2027, 2, 7)) == date(2027, 2, 5)
    assert working_day_back(date(2027, 2, 5), {date(2027, 2, 5)}) == date(2027, 2, 4)


def test_the_earlier_car_has_its_own_two_reminders() -> None:
    found = reminders(None, date(2027, 1, 12))
    assert [(item.code, item.send_on) for item in found] == [
        ("R14", date(2026, 12, 29)),
        ("R0", date(2027, 1, 12)),
    ]
    assert reminders(None) == ()


def test_a_week_runs_from_monday_to_sunday() -> None:
    found = reminders(date(2027, 11, 10))
    assert [item.code for item in due_in_week(found, date(2027, 11, 8))] == ["D0"]
    assert [item.code for item in due_in_week(found, date(2027, 10, 4))] == ["D30"]
    assert due_in_week(found, date(2027, 11, 15)) == ()


@given(DAYS, DAYS, st.sets(DAYS, max_size=5))
def test_no_reminder_comes_on_a_rest_day_or_after_its_day(
    ends_on: date, today: date, closed_on: set[date]
) -> None:
    replace_by_on = ends_on - timedelta(days=300)
    for item in reminders(ends_on, replace_by_on, closed_on):
        assert not is_rest_day(item.send_on, closed_on)
        assert item.send_on <= item.due_on <= item.ends_on
    coming = still_to_come(reminders(ends_on, replace_by_on, closed_on), today)
    assert all(item.send_on > today for item in coming)


@given(DAYS)
def test_each_reminder_is_due_in_exactly_one_week(ends_on: date) -> None:
    found = reminders(ends_on, ends_on - timedelta(days=300))
    first = date(2022, 12, 5)
    weeks = [due_in_week(found, first + timedelta(weeks=week)) for week in range(400)]
    assert sorted(item.code for week in weeks for item in week) == sorted(
        item.code for item in found
    )
