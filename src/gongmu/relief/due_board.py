"""Duties that are coming to their end: the one-year duty and the 60 days of a replacement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import sqlalchemy as sa

from gongmu.core.house import House
from gongmu.relief.keeping import same_version
from gongmu.relief.tables import decision_table, grant_table
from gongmu.relief.weeks import monday_of


class Duty(StrEnum):
    """Which duty ends; the value is the word in the address."""

    YEAR = "year"
    REPLACEMENT = "replacement"


DUTY_TITLES = {Duty.YEAR: "1년 의무 종료", Duty.REPLACEMENT: "종전차 60일 정리"}
_COLUMNS = {Duty.YEAR: "clawback_until_on", Duty.REPLACEMENT: "replacement_due_on"}


@dataclass(frozen=True)
class DueLine:
    """One duty's last day, without its person."""

    grant_id: str
    duty: Duty
    due_on: date
    notice_code: str
    article: str


class DueBoard:
    """Reads last days for the D-day list."""

    def __init__(self, house: House) -> None:
        self._engine = house.engine

    def lines(self, first_on: date, last_on: date, duty: Duty | None = None) -> Sequence[DueLine]:
        """Return the duties that end from `first_on` to `last_on`, earliest first."""
        found: list[DueLine] = []
        with self._engine.connect() as connection:
            for kind in Duty:
                if duty is None or kind is duty:
                    found += self._lines(connection, kind, first_on, last_on)
        return sorted(found, key=lambda line: (line.due_on, line.duty, line.grant_id))

    def by_week(self, first_on: date, weeks: int, duty: Duty | None = None) -> Mapping[date, int]:
        """Return how many duties end in each of the coming weeks, by its Monday."""
        monday = monday_of(first_on)
        last_on = monday + timedelta(days=7 * weeks - 1)
        counted = Counter(monday_of(line.due_on) for line in self.lines(first_on, last_on, duty))
        days = [monday + timedelta(days=7 * number) for number in range(weeks)]
        return {day: counted.get(day, 0) for day in days}

    def _lines(
        self, connection: sa.Connection, duty: Duty, first_on: date, last_on: date
    ) -> list[DueLine]:
        said = decision_table.c[_COLUMNS[duty]]
        query = (
            sa.select(
                grant_table.c.grant_id,
                said.label("due_on"),
                decision_table.c.notice_code,
                grant_table.c.article,
            )
            .join(decision_table, same_version())
            .where(grant_table.c.is_current, said.between(first_on, last_on))
        )
        return [
            DueLine(row.grant_id, duty, row.due_on, row.notice_code, row.article)
            for row in connection.execute(query)
        ]
