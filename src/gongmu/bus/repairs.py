"""Repairs that only one reading allows, and hours across the page written down it. Quiet."""

from __future__ import annotations

import polars as pl

from gongmu.bus.sorting import Sorting
from gongmu.core.documents.grid import ROW

_KOREA = {"latitude": (32.0, 39.5), "longitude": (123.0, 132.5)}


def repaired(sorting: Sorting, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the kept rows of a sheet, repaired and one row per hour; repairs are noted."""
    rows = _unswapped(sorting, rows)
    rows = _in_metres(sorting, rows)
    return _long(sorting, rows)


def _unswapped(sorting: Sorting, rows: pl.DataFrame) -> pl.DataFrame:
    """Swap latitude and longitude back where they can only be each other's."""
    if not {"latitude", "longitude"} <= set(rows.columns):
        return rows
    lat, lon = pl.col("latitude"), pl.col("longitude")
    swapped = lat.is_between(*_KOREA["longitude"]) & lon.is_between(*_KOREA["latitude"])
    swapped = swapped.fill_null(value=False)
    sorting.note("위도와 경도가 바뀌어 바로잡은 행", int(rows.select(swapped.sum()).item()))
    return rows.with_columns(
        latitude=pl.when(swapped).then(lon).otherwise(lat),
        longitude=pl.when(swapped).then(lat).otherwise(lon),
    )


def _in_metres(sorting: Sorting, rows: pl.DataFrame) -> pl.DataFrame:
    """Multiply by 1,000 the distances of routes that are too short to have been in metres."""
    limit = sorting.found.layout.metres_above
    if not limit or "distance_m" not in rows.columns or not rows.height:
        return rows
    longest = pl.col("distance_m").max().over("route_id")
    kilometres = ((longest > 0) & (longest < limit)).fill_null(value=False)
    sorting.note("거리를 km로 보고 m로 바꾼 행", int(rows.select(kilometres.sum()).item()))
    metres = pl.when(kilometres).then(pl.col("distance_m") * 1000).otherwise("distance_m")
    return rows.with_columns(distance_m=metres)


def _long(sorting: Sorting, rows: pl.DataFrame) -> pl.DataFrame:
    """Write hours across the page as one row per hour, in row order."""
    wide = sorting.found.layout.wide
    if wide is None:
        return rows
    hours = sorted({hour for _, hour in sorting.found.hours})
    keys = [name for name in rows.columns if "@" not in name]
    parts = [
        rows.select(
            *keys,
            pl.lit(hour, dtype=pl.Int8).alias("hour"),
            *(pl.col(f"{measure}@{hour}").alias(measure) for measure in wide.measures),
        )
        for hour in hours
    ]
    return pl.concat(parts).sort(ROW, "hour") if parts else rows
