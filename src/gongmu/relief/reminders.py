"""When to remind: 30 and 14 days before a duty ends and on its last day; 14 and 0 for 60 days.

Pure: days in, days out. A text due on a rest day goes out on the working day before, so that it
never comes after the day it speaks of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from gongmu.core.calendar import is_rest_day

DUTY_DAYS = (("D30", 30), ("D14", 14), ("D0", 0))
"""Code → days before the duty's last day (지특법 §17③, §22의2④, §29, §67①, §68③)."""

REPLACEMENT_DAYS = (("R14", 14), ("R0", 0))
"""Code → days before the last day to let go of the earlier car (60일: 지특령 §8⑤ 등)."""


@dataclass(frozen=True)
class Reminder:
    """One reminder: `due_on` by the calendar, `send_on` the working day it goes out."""

    code: str
    due_on: date
    send_on: date
    ends_on: date
    """The last day of the duty it speaks of."""


def working_day_back(day: date, closed_on: Collection[date] = ()) -> date:
    """Return `day` itself or the last working day before it."""
    while is_rest_day(day, closed_on):
        day -= timedelta(days=1)
    return day


def reminders(
    duty_ends_on: date | None,
    replace_by_on: date | None = None,
    closed_on: Collection[date] = (),
) -> tuple[Reminder, ...]:
    """Return every reminder of a grant in the order of sending; None = there is no such duty."""
    found = []
    for ends_on, days in ((duty_ends_on, DUTY_DAYS), (replace_by_on, REPLACEMENT_DAYS)):
        if ends_on is None:
            continue
        for code, before in days:
            due_on = ends_on - timedelta(days=before)
            found.append(Reminder(code, due_on, working_day_back(due_on, closed_on), ends_on))
    return tuple(sorted(found, key=lambda item: (item.send_on, item.due_on, item.code)))


def still_to_come(items: Iterable[Reminder], today: date) -> tuple[Reminder, ...]:
    """Return those that go out after `today`; what should have gone earlier is left out."""
    return tuple(item for item in items if item.send_on > today)


def due_in_week(items: Iterable[Reminder], monday: date) -> tuple[Reminder, ...]:
    """Return those that go out from `monday` to the Sunday after it."""
    sunday = monday + timedelta(days=6)
    return tuple(item for item in items if monday <= item.send_on <= sunday)
