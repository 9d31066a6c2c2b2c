"""Weeks by their ISO name: 2026-W47 is Monday 2026-11-16 to Sunday."""

from __future__ import annotations

import re
from datetime import date, timedelta


def monday_of(day: date) -> date:
    """Return the Monday of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def week_name(monday: date) -> str:
    """Return the name of the week that begins on `monday`: 2026-W47."""
    return f"{monday:%G-W%V}"


def parse_week(text: str) -> date:
    """Return the Monday of 2026-W47; raises ValueError for anything else."""
    found = re.fullmatch(r"(\d{4})-?W(\d{1,2})", text.strip(), re.IGNORECASE)
    if found is None:
        raise ValueError(f"not a week: {text!r}")
    return date.fromisocalendar(int(found[1]), int(found[2]), 1)


def week_words(monday: date) -> str:
    """Return a week for people: 2026년 47주(11. 16.~11. 22.)."""
    sunday = monday + timedelta(days=6)
    year, week, _ = monday.isocalendar()
    return f"{year}년 {week}주({monday.month}. {monday.day}.~{sunday.month}. {sunday.day}.)"
