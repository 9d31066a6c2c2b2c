"""Which lists were read for a week, how each row was accounted for, and which were held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa

from gongmu.core.house import House
from gongmu.relief.intake import SetAside
from gongmu.relief.tables import list_table, set_aside_table


class ListKind(StrEnum):
    """What a list is; also the kind under which the robot keeps the file."""

    RELIEF = "relief_list"
    OWNERSHIP = "ownership_changes"
    HOUSEHOLD = "household_changes"


LIST_TITLES = {
    ListKind.RELIEF: "감면 대장",
    ListKind.OWNERSHIP: "소유권 변동",
    ListKind.HOUSEHOLD: "세대 변동",
}


class ListState(StrEnum):
    """Whether a list's rows were taken in."""

    READ = "read"
    HELD = "held"


@dataclass(frozen=True)
class ListRecord:
    """One list as it was read for one week.

    rows_read = rows_kept + rows_set_aside + rows_skipped + rows_outside, always; rows_outside are
    grants filed in another week. A held list kept nothing.
    """

    sha256: str
    week_on: date
    kind: ListKind
    source: str
    """robot | file | import."""
    state: ListState
    held_for: str
    accepted_by: str
    accepted_for: str
    rows_read: int
    rows_kept: int
    rows_set_aside: int
    rows_skipped: int
    rows_outside: int
    rows_new: int
    rows_changed: int
    read_at: datetime
    purged_at: datetime | None = None


class Lists:
    """The lists of one installation."""

    def __init__(self, house: House) -> None:
        self._engine = house.engine

    def keep(self, record: ListRecord, set_aside: Sequence[SetAside]) -> None:
        """Write a list down with the rows set aside; reading it again replaces the earlier word.

        What was new or changed at the first reading stays on record.
        """
        rows = {
            item.row_number: {
                "sha256": record.sha256,
                "week_on": record.week_on,
                "row_number": item.row_number,
                "column_name": item.column,
                "reason": item.reason_ko,
                "todo": item.todo_ko,
            }
            for item in set_aside
        }
        values = dict(vars(record))
        table = list_table
        mine = sa.and_(table.c.sha256 == record.sha256, table.c.week_on == record.week_on)
        with self._engine.begin() as connection:
            known = connection.execute(sa.select(table).where(mine)).one_or_none()
            if known is not None:
                values["rows_new"] = max(known.rows_new, record.rows_new)
                values["rows_changed"] = max(known.rows_changed, record.rows_changed)
            connection.execute(table.delete().where(mine))
            connection.execute(table.insert().values(values))
            old = set_aside_table.c
            mine = sa.and_(old.sha256 == record.sha256, old.week_on == record.week_on)
            connection.execute(set_aside_table.delete().where(mine))
            if rows:
                connection.execute(set_aside_table.insert(), list(rows.values()))

    def of_week(self, week_on: date) -> Sequence[ListRecord]:
        """Return the lists read for a week, oldest first."""
        table = list_table
        query = sa.select(table).where(table.c.week_on == week_on).order_by(table.c.read_at)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [_record(row) for row in rows]

    def find(self, sha256: str, week_on: date) -> ListRecord | None:
        """Return one list of a week, or None when it was not read for it."""
        return next((item for item in self.of_week(week_on) if item.sha256 == sha256), None)

    def set_aside(self, sha256: str, week_on: date) -> Sequence[SetAside]:
        """Return the rows set aside, in order; they hold no content of the rows."""
        table = set_aside_table.c
        query = (
            sa.select(table.row_number, table.column_name, table.reason, table.todo)
            .where(table.sha256 == sha256, table.week_on == week_on)
            .order_by(table.row_number)
        )
        with self._engine.connect() as connection:
            return [SetAside(*row) for row in connection.execute(query)]


def _record(row: sa.RowMapping) -> ListRecord:
    values = {**row, "kind": ListKind(row["kind"]), "state": ListState(row["state"])}
    return ListRecord(**values)
