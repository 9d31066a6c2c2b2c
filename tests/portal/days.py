"""A small published day for the screens: routes whose loads are known by a formula."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl

from gongmu.bus import tables
from gongmu.bus.warehouse import Manifest, SourceFile, Warehouse
from gongmu.core.city import load_city
from gongmu.core.values import SEOUL

DAY = date(2026, 11, 20)
CITY = load_city("practice")
PEAK = {5: 19, 6: 28, 7: 62, 8: 90, 9: 70, 10: 33, 17: 55, 18: 76, 19: 72, 20: 45, 21: 28, 22: 20}


@dataclass(frozen=True)
class Line:
    """A route of the tiny city: its number, how full (1.0 = at capacity at 8) and its stops."""

    number: str
    crowd: float
    stops: int = 12


LINES = (
    Line("2-1", 1.35),
    Line("13-4", 1.05),
    Line("62-1", 1.55),
    Line("720-2", 0.72),
    Line("7-1", 0.55),
)


def publish(
    root: Warehouse, lines: Iterable[Line] = LINES, days: Iterable[date] = (DAY,), hours: int = 24
) -> None:
    """Publish the days of these lines, with lists of routes, stops and vehicles."""
    lines = list(lines)
    for day in days:
        frames = day_tables(day, lines, hours)
        manifest = Manifest(
            city=CITY.code,
            service_day=day,
            files=(SourceFile(f"정류소통과_{day:%Y%m%d}.xls", "ab" * 32, 1234),),
            input_digest="cd" * 32,
            code_version="0.1.0",
            rows={name: frame.height for name, frame in frames.items()},
            quality={"matched": 0.986},
            published_at=datetime(2026, 11, 21, 1, 0, tzinfo=UTC),
        )
        root.publish(CITY.code, day, frames, manifest)


def day_tables(day: date, lines: list[Line], last_hour: int = 24) -> dict[str, pl.DataFrame]:
    """Return the published tables of a day, worked out from stop visits as the engine does."""
    visits = pl.DataFrame(
        [
            row
            for index, line in enumerate(lines)
            for direction in (1, 2)
            for hour in range(5, last_hour)
            for row in _trip(day, index, line, direction, hour)
        ],
        schema=tables.TRIP_STOP.schema | {"hour": pl.Int8},
        orient="row",
    )
    graded = visits.with_columns(_grade(pl.col("load")).alias("congestion"))
    who = ["service_day", "route_id", "direction"]
    return {
        "trip_stop": tables.TRIP_STOP.shape(visits),
        "trip": tables.TRIP.shape(_trips(graded, who)),
        "route_hour": tables.ROUTE_HOUR.shape(_route_hours(graded, who)),
        "stop_hour": tables.STOP_HOUR.shape(_stop_hours(visits, who)),
        "quality": _quality(day),
        **_lists(lines),
    }


def _trip(day: date, index: int, line: Line, direction: int, hour: int) -> list[tuple[object, ...]]:
    midnight = datetime.combine(day, datetime.min.time(), SEOUL).timestamp()
    peak = round(55 * line.crowd * PEAK.get(hour, 24) / 90 * (1 if direction == 1 else 0.8))
    trip = f"{index:02d}{direction}{hour:02d}"
    rows, before = [], 0
    for seq in range(1, line.stops + 1):
        middle = (line.stops + 1) / 2
        load = round(peak * max(0.0, 1 - abs(seq - middle) / middle)) if seq < line.stops else 0
        flow = load - before
        on, off = (flow + 1, 1) if flow >= 0 and seq < line.stops else (0, -flow)
        if seq == 1:
            on, off = load, 0
        at = datetime.fromtimestamp(midnight + hour * 3600 + seq * 120, SEOUL)
        rows.append(
            (day, f"2340000{index:02d}", direction, trip, f"90000000{index}", seq,
             f"20000{index:02d}{seq:02d}", at, at, float(on), float(off), float(load),
             float(load), float(load), 55, load / 55, 0, hour)
        )  # fmt: skip
        before = load
    return rows


def _grade(load: pl.Expr) -> pl.Expr:
    return (
        pl.when(load <= 25)
        .then(pl.lit("여유"))
        .when(load <= 40)
        .then(pl.lit("보통"))
        .when(load <= 55)
        .then(pl.lit("혼잡"))
        .otherwise(pl.lit("매우혼잡"))
    )


def _trips(visits: pl.DataFrame, who: list[str]) -> pl.DataFrame:
    fullest = pl.col("load").arg_max()
    return visits.group_by(*who, "trip_id", "vehicle_id", maintain_order=True).agg(
        pl.lit(0).alias("departed_s"),
        pl.lit(0).alias("arrived_s"),
        pl.col("boardings").sum(),
        pl.col("load").max().alias("load_max"),
        pl.col("stop_seq").get(fullest).alias("peak_stop_seq"),
        pl.col("stop_id").get(fullest).alias("peak_stop_id"),
        pl.col("load_factor").max().alias("load_factor_max"),
        pl.lit(0.02).alias("imputed_share"),
        pl.lit(0.0).alias("residual"),
        pl.col("congestion").get(fullest),
    )


def _route_hours(visits: pl.DataFrame, who: list[str]) -> pl.DataFrame:
    fullest = pl.col("load").arg_max()
    over = (pl.col("load") - pl.col("capacity")).clip(lower_bound=0) * 2
    return visits.group_by(*who, "hour", maintain_order=True).agg(
        pl.col("trip_id").n_unique().alias("trips"),
        pl.col("boardings").sum(),
        pl.col("alightings").sum(),
        pl.col("load").mean().alias("load_mean"),
        pl.col("load").max().alias("load_max"),
        pl.col("load_factor").mean().alias("load_factor_mean"),
        pl.col("load_factor").max().alias("load_factor_max"),
        pl.col("stop_seq").get(fullest).alias("peak_stop_seq"),
        pl.col("stop_id").get(fullest).alias("peak_stop_id"),
        over.sum().alias("over_capacity_minutes"),
        pl.col("congestion").get(fullest),
    )


def _stop_hours(visits: pl.DataFrame, who: list[str]) -> pl.DataFrame:
    return visits.group_by(*who, "stop_seq", "stop_id", "hour", maintain_order=True).agg(
        pl.len().alias("visits"),
        pl.col("boardings").sum(),
        pl.col("alightings").sum(),
        pl.col("load").mean().alias("load_mean"),
        pl.col("load").max().alias("load_max"),
        pl.col("load_factor").mean().alias("load_factor_mean"),
        pl.col("load_factor").max().alias("load_factor_max"),
    )


def _quality(day: date) -> pl.DataFrame:
    rows = [
        (day, "matched", "운행에 이은 이용 내역", 986.0, 1000.0, 0.986, None),
        (day, "board_corrected", "BMS로 바로잡은 승차 정류소", 41.0, 1000.0, 0.041, None),
        (day, "alight_missing", "하차 태그가 없는 이용", 22.0, 1000.0, 0.022, None),
    ]
    return pl.DataFrame(rows, schema=tables.QUALITY.schema, orient="row")


def _lists(lines: list[Line]) -> dict[str, pl.DataFrame]:
    routes = {
        "route_id": [f"2340000{index:02d}" for index in range(len(lines))],
        "route_name": [line.number for line in lines],
    }
    stops = [
        (f"20000{index:02d}{seq:02d}", f"{line.number} 정류소{seq}", 37.7, 127.0)
        for index, line in enumerate(lines)
        for seq in range(1, line.stops + 1)
    ]
    columns = ["stop_id", "stop_name", "latitude", "longitude"]
    vehicles = {
        "vehicle_id": [f"90000000{index}" for index in range(len(lines))],
        "vehicle_plate": [f"경기70바100{index}" for index in range(len(lines))],
        "capacity": [55] * len(lines),
        "seats": [25] * len(lines),
    }
    return {
        "routes": tables.ROUTES.shape(pl.DataFrame(routes)),
        "stops": tables.STOPS.shape(pl.DataFrame(stops, schema=columns, orient="row")),
        "vehicles": tables.VEHICLES.shape(pl.DataFrame(vehicles)),
    }
