"""Which files were read for a city, and which service days each of them touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from gongmu.core.database import Instant, metadata

bus_file_table = sa.Table(
    "bus_file",
    metadata,
    sa.Column("city", sa.String(50), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("stored_sha256", sa.String(64), nullable=False),
    sa.Column("name", sa.String(300), nullable=False),
    sa.Column("layout", sa.String(100), nullable=False),
    sa.Column("collected_on", sa.Date, nullable=False),
    sa.Column("rows_read", sa.Integer, nullable=False),
    sa.Column("rows_kept", sa.Integer, nullable=False),
    sa.Column("rows_set_aside", sa.Integer, nullable=False),
    sa.Column("read_at", Instant, nullable=False),
)

bus_file_day_table = sa.Table(
    "bus_file_day",
    metadata,
    sa.Column("city", sa.String(50), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("service_day", sa.Date, primary_key=True),
    sa.Column("table_name", sa.String(50), primary_key=True),
    sa.Column("rows", sa.Integer, nullable=False),
)


@dataclass(frozen=True)
class ReadFile:
    """A file as it was read: what it was, and its rows by (service day, table).

    `stored_sha256` is the file as it was received, which for an archive holds several.
    """

    sha256: str
    stored_sha256: str
    name: str
    layout: str
    collected_on: date
    rows_read: int
    rows_kept: int
    rows_set_aside: int
    rows: Mapping[tuple[date, str], int]


class BusFiles:
    """The list of files read; keeping a file twice changes nothing."""

    def __init__(self, engine: sa.Engine, city: str) -> None:
        self._engine = engine
        self._city = city

    def keep(self, file: ReadFile, now: datetime) -> None:
        """Write a file down with the days it touches."""
        key = {"city": self._city, "sha256": file.sha256}
        row = {name: value for name, value in vars(file).items() if name != "rows"}
        days = [
            {**key, "service_day": day, "table_name": table, "rows": rows}
            for (day, table), rows in file.rows.items()
        ]
        with self._engine.begin() as connection:
            for table in (bus_file_table, bus_file_day_table):
                connection.execute(
                    table.delete().where(table.c.city == self._city, table.c.sha256 == file.sha256)
                )
            connection.execute(bus_file_table.insert().values({**row, **key, "read_at": now}))
            if days:
                connection.execute(bus_file_day_table.insert(), days)

    def touching(self, day: date, tables: Iterable[str]) -> set[str]:
        """Return the hashes of the stored files with rows of `day` in any of the tables."""
        of_day, file = bus_file_day_table.c, bus_file_table.c
        query = (
            sa.select(file.stored_sha256)
            .join_from(
                bus_file_day_table,
                bus_file_table,
                sa.and_(of_day.city == file.city, of_day.sha256 == file.sha256),
            )
            .where(
                of_day.city == self._city,
                of_day.service_day == day,
                of_day.table_name.in_(list(tables)),
            )
        )
        with self._engine.connect() as connection:
            return set(connection.scalars(query))

    def master_day(self, day: date, table: str) -> date | None:
        """Return the newest day up to `day` for which a master table was collected."""
        query = sa.select(sa.func.max(bus_file_day_table.c.service_day)).where(
            bus_file_day_table.c.city == self._city,
            bus_file_day_table.c.table_name == table,
            bus_file_day_table.c.service_day <= day,
        )
        with self._engine.connect() as connection:
            newest: date | None = connection.scalar(query)
        return newest
