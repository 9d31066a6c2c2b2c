"""What the congestion page and its workbook read from the warehouse, in SQL.

The published denominator is read from the published tables, so the page, the workbook and the
tables never differ; the other denominator is worked out from the stop visits and the vehicles.
"""

# ruff: noqa: S608 - the SQL is put together from this file's own text; values are parameters
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

import polars as pl

from gongmu.bus.warehouse import Manifest, Warehouse
from gongmu.core.errors import Refused


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    # 한 화면에 주소가 천 개 넘게 서고 값은 몇 가지뿐이다
    return quote_plus(text)


@dataclass(frozen=True)
class View:
    """What is looked at; every field stands in the address, so a link is the view.

    way: '' both or a direction's digit; order: '' by route number, 'full' fullest first;
    at: 'route:direction' of the chosen cell, '' = the finding.
    """

    first: date
    last: date
    week: str = "all"
    route: str = ""
    way: str = ""
    value: str = "max"
    base: str = "capacity"
    order: str = ""
    at: str = ""
    hour: int = 0
    stop: int = 0

    def address(self, **changes: Any) -> str:
        """Return the page's address with some fields changed; empty ones are left out."""
        fields = vars(self) | changes
        named = {"from": fields.pop("first"), "to": fields.pop("last")} | fields
        kept = ((name, value) for name, value in named.items() if value not in ("", 0))
        return "&".join(f"{name}={_quoted(str(value))}" for name, value in kept)

    def days(self, published: Sequence[date]) -> list[date]:
        """Return the published days of the period and kind of weekday."""
        wanted = {"all": range(7), "work": range(5), "rest": range(5, 7)}[self.week]
        return [d for d in published if self.first <= d <= self.last and d.weekday() in wanted]

    @property
    def chosen(self) -> tuple[str, int]:
        """Return the chosen cell's route and direction."""
        route, _, direction = self.at.rpartition(":")
        return route, int(direction) if direction.isdecimal() else 0


_COUNTED = """
    WITH counted AS (
      SELECT t.*, {people} AS people, t.load / {people} AS share,
        CAST(floor((epoch(t.departed_at) - epoch(CAST(t.service_day AS TIMESTAMP)) + 32400) / 3600)
          AS INTEGER) AS hour,
        coalesce(greatest(epoch(lead(t.arrived_at) OVER (
          PARTITION BY t.service_day, t.trip_id ORDER BY t.stop_seq)) - epoch(t.departed_at), 0), 0)
          / 60 AS minutes
      FROM {visits} WHERE {people} > 0 {only})
"""

_CHOSEN = "AND t.route_id = $1 AND t.direction = $2"
_VISITS_CHOSEN = _COUNTED.format(people="t.capacity", visits="trip_stop t", only=_CHOSEN)

# 차량 대장은 날마다 펴내므로 여러 날을 읽을 때 한 차량을 한 줄로 줄인다
_WITH_VEHICLES = (
    "trip_stop t JOIN (SELECT vehicle_id, max({base}) AS {base} FROM vehicles "
    "GROUP BY vehicle_id) v USING (vehicle_id)"
)
_OTHER_VISITS = _COUNTED.format(people="v.{base}", visits=_WITH_VEHICLES, only="")
_OTHER_VISITS_CHOSEN = _COUNTED.format(people="v.{base}", visits=_WITH_VEHICLES, only=_CHOSEN)

_ROUTE_HOURS = """
    WITH hours AS (SELECT service_day, route_id, direction, hour, trips, boardings,
      load_max, load_factor_mean AS share_mean, load_factor_max AS share_max,
      over_capacity_minutes AS over_minutes, congestion FROM route_hour)
"""

_OTHER_ROUTE_HOURS = (
    _OTHER_VISITS
    + """, hours AS (SELECT service_day, route_id, direction, hour,
      count(DISTINCT trip_id) AS trips, sum(boardings) AS boardings, max(load) AS load_max,
      avg(share) AS share_mean, max(share) AS share_max,
      sum(greatest(load - people, 0) * minutes) AS over_minutes,
      CAST(NULL AS VARCHAR) AS congestion FROM counted GROUP BY ALL)
"""
)

_STOP_HOURS = """
    WITH hours AS (SELECT service_day, route_id, direction, stop_seq, stop_id, hour, visits,
      boardings, alightings, load_mean, load_max, load_factor_mean AS share_mean,
      load_factor_max AS share_max FROM stop_hour)
"""

_OTHER_STOP_HOURS = (
    _OTHER_VISITS
    + """, hours AS (SELECT service_day, route_id, direction, stop_seq, stop_id, hour,
      count(*) AS visits, sum(boardings) AS boardings, sum(alightings) AS alightings,
      avg(load) AS load_mean, max(load) AS load_max, avg(share) AS share_mean,
      max(share) AS share_max FROM counted GROUP BY ALL)
"""
)


class Figures:
    """The numbers of one view; each method is one question to the warehouse."""

    def __init__(self, warehouse: Warehouse, city: str, denominator: str) -> None:
        self._warehouse = warehouse
        self._city = city
        self._denominator = denominator
        self._known = lru_cache(maxsize=512)(self._fetch)

    def published(self) -> list[date]:
        """Return the days there are, oldest first."""
        return sorted(self._warehouse.days(self._city))

    def manifests(self, days: Sequence[date]) -> list[Manifest]:
        """Return where each day's numbers came from."""
        found = (self._warehouse.manifest(self._city, day) for day in days)
        return [manifest for manifest in found if manifest is not None]

    def has(self, table: str, days: Sequence[date]) -> bool:
        """Return whether every day holds `table`."""
        try:
            return all(self._warehouse.path(self._city, day, table).is_file() for day in days)
        except Refused:
            return False

    def route_names(self, days: Sequence[date]) -> dict[str, str]:
        """Return route id to its number, empty without a published list of routes."""
        return self._names("routes", "route_id", "route_name", days)

    def stop_names(self, days: Sequence[date]) -> dict[str, str]:
        """Return stop id to its name, empty without a published list of stops."""
        return self._names("stops", "stop_id", "stop_name", days)

    def routes_hours(self, view: View, days: Sequence[date]) -> pl.DataFrame:
        """Return one row per route and hour: the board's numbers over the period."""
        return self._ask(
            self._hours(view, _ROUTE_HOURS, _OTHER_ROUTE_HOURS)
            + """SELECT route_id, hour, arg_max(direction, share_max) AS direction,
              max(share_max) AS share_max, sum(share_mean * trips) / sum(trips) AS share_mean,
              max(load_max) AS load_max, CAST(sum(trips) AS INTEGER) AS trips,
              sum(over_minutes) AS over_minutes, arg_max(congestion, share_max) AS congestion
            FROM hours WHERE ($1 = '' OR CAST(direction AS VARCHAR) = $1)
            GROUP BY route_id, hour ORDER BY route_id, hour""",
            days,
            [view.way],
        )

    def stops_hours(self, view: View, days: Sequence[date]) -> pl.DataFrame:
        """Return one row per stop and hour of the view's route."""
        return self._ask(
            self._hours(view, _STOP_HOURS, _OTHER_STOP_HOURS)
            + """SELECT route_id, direction, stop_seq, stop_id, hour, max(share_max) AS share_max,
              sum(share_mean * visits) / sum(visits) AS share_mean, max(load_max) AS load_max,
              CAST(sum(visits) AS INTEGER) AS visits
            FROM hours WHERE route_id = $2 AND ($1 = '' OR CAST(direction AS VARCHAR) = $1)
            GROUP BY ALL ORDER BY direction, stop_seq, hour""",
            days,
            [view.way, view.route],
        )

    def worst(self, view: View, days: Sequence[date]) -> dict[str, Any] | None:
        """Return the route-hour with most passenger-minutes over the denominator."""
        found = self._ask(
            self._hours(view, _ROUTE_HOURS, _OTHER_ROUTE_HOURS)
            + """SELECT route_id, direction, hour, max(share_max) AS share_max,
              sum(over_minutes) AS over_minutes,
              CAST(count(DISTINCT service_day) FILTER (share_max > 1) AS INTEGER) AS days_over
            FROM hours WHERE ($1 = '' OR CAST(direction AS VARCHAR) = $1)
              AND ($2 = '' OR route_id = $2)
            GROUP BY ALL ORDER BY over_minutes DESC, share_max DESC, route_id, direction, hour
            LIMIT 1""",
            days,
            [view.way, view.route],
        )
        return found.row(0, named=True) if found.height else None

    def profile(self, view: View, days: Sequence[date]) -> pl.DataFrame:
        """Return stops in order with boardings, alightings, load and share of the chosen cell.

        value max: the one trip that was fullest in that hour, whole; mean: averages per visit.
        """
        route, direction = view.chosen
        parameters = [route, direction, view.hour]
        if view.value == "mean":
            sql = (
                self._hours(view, _STOP_HOURS, _OTHER_STOP_HOURS)
                + """SELECT stop_seq, stop_id, sum(boardings) / sum(visits) AS boardings,
                  sum(alightings) / sum(visits) AS alightings,
                  sum(load_mean * visits) / sum(visits) AS load,
                  sum(share_mean * visits) / sum(visits) AS share, 0.0 AS people,
                  CAST(NULL AS DATE) AS service_day, '' AS trip_id, 0 AS departed_s
                FROM hours WHERE route_id = $1 AND direction = $2 AND hour = $3
                GROUP BY stop_seq, stop_id ORDER BY stop_seq"""
            )
            return self._ask(sql, days, parameters)
        return self._ask(self._visits(view) + _FULLEST, days, parameters)

    def totals(self, view: View, days: Sequence[date]) -> dict[str, Any]:
        """Return trips, trips over the denominator, passenger-minutes over it and boardings."""
        hours = self._ask(
            self._hours(view, _ROUTE_HOURS, _OTHER_ROUTE_HOURS)
            + """SELECT coalesce(sum(boardings), 0) AS boardings,
              coalesce(sum(over_minutes), 0) AS over_minutes
            FROM hours WHERE ($1 = '' OR CAST(direction AS VARCHAR) = $1)
              AND ($2 = '' OR route_id = $2)""",
            days,
            [view.way, view.route],
        )
        if view.base == self._denominator:
            trips = "SELECT load_factor_max AS share, route_id, direction FROM trip"
        else:
            trips = (
                _OTHER_VISITS.format(base=view.base)
                + """SELECT max(share) AS share, route_id, direction FROM counted
                GROUP BY service_day, trip_id, route_id, direction"""
            )
        counts = self._ask(
            f"""SELECT CAST(count(*) AS INTEGER) AS trips,
              CAST(count(*) FILTER (share > 1) AS INTEGER) AS full_trips FROM ({trips})
            WHERE ($1 = '' OR CAST(direction AS VARCHAR) = $1) AND ($2 = '' OR route_id = $2)""",
            days,
            [view.way, view.route],
        )
        return hours.row(0, named=True) | counts.row(0, named=True)

    def quality(self, days: Sequence[date]) -> pl.DataFrame:
        """Return measure, title, count, base, share and note over all the days, as published."""
        count, base = pl.col("count").sum(), pl.col("base").sum()
        return (
            self._ask("SELECT * FROM quality", days, [])
            .group_by("measure", maintain_order=True)
            .agg(
                pl.col("title").last(),
                count,
                base,
                pl.when(base > 0).then(count / base).alias("share"),
                pl.col("note").drop_nulls().last(),
            )
        )

    def table(self, name: str, view: View, days: Sequence[date]) -> pl.DataFrame:
        """Return a published table's rows for the view's route and direction; not remembered."""
        return self._fetch(
            f"""SELECT * FROM {name} WHERE ($1 = '' OR CAST(direction AS VARCHAR) = $1)
              AND ($2 = '' OR route_id = $2) ORDER BY ALL""",
            tuple(days),
            (view.way, view.route),
        )

    def visits(self, view: View, days: Sequence[date]) -> int:
        """Return how many rows of trip_stop the view's route and direction have."""
        counted = self._ask(
            """SELECT count(*) FROM trip_stop WHERE ($1 = '' OR CAST(direction AS VARCHAR) = $1)
              AND ($2 = '' OR route_id = $2)""",
            days,
            [view.way, view.route],
        )
        return int(counted.item())

    def _hours(self, view: View, published: str, other: str) -> str:
        if view.base == self._denominator:
            return published
        return other.format(base=_column(view.base))

    def _visits(self, view: View) -> str:
        if view.base != self._denominator:
            return _OTHER_VISITS_CHOSEN.format(base=_column(view.base))
        return _VISITS_CHOSEN

    def _names(self, table: str, key: str, name: str, days: Sequence[date]) -> dict[str, str]:
        if not days or not self.has(table, days[-1:]):
            return {}
        sql = f"SELECT {key}, any_value({name}) AS name FROM {table} GROUP BY {key}"
        return dict(self._ask(sql, days[-1:], []).iter_rows())

    def _ask(self, sql: str, days: Sequence[date], parameters: list[object]) -> pl.DataFrame:
        """Return the answer, remembered as long as none of the days is published anew."""
        versions = (self._warehouse.path(self._city, day, "quality").parent.name for day in days)
        return self._known(sql, tuple(days), tuple(parameters), tuple(versions))

    def _fetch(
        self,
        sql: str,
        days: tuple[date, ...],
        parameters: tuple[object, ...],
        _versions: tuple[str, ...] = (),
    ) -> pl.DataFrame:
        return self._warehouse.query(sql, self._city, days, parameters)


_FULLEST = """, fullest AS (
      SELECT service_day, trip_id FROM counted
      WHERE route_id = $1 AND direction = $2 AND hour = $3
      ORDER BY share DESC, service_day, trip_id LIMIT 1)
    SELECT c.stop_seq, c.stop_id, c.boardings, c.alightings, c.load, c.share,
      CAST(c.people AS DOUBLE) AS people, c.service_day, c.trip_id,
      CAST(epoch(c.departed_at) - epoch(CAST(c.service_day AS TIMESTAMP)) + 32400 AS INTEGER)
        AS departed_s
    FROM counted c JOIN fullest USING (service_day, trip_id) ORDER BY c.stop_seq
"""


def _column(base: str) -> str:
    return {"capacity": "capacity", "seats": "seats"}[base]


def by_measure(quality: pl.DataFrame) -> Mapping[str, Mapping[str, Any]]:
    """Return measure to its row of the quality table."""
    return {row["measure"]: row for row in quality.to_dicts()}
