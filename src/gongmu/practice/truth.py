"""What truly happened, as tables: loads of every trip, and stops of every exported card row."""

from __future__ import annotations

import numpy as np
import polars as pl

from gongmu.practice.arrays import Ints
from gongmu.practice.bms import trip_ids
from gongmu.practice.day import City, Day


def trip_stop(city: City, day: Day) -> pl.DataFrame:
    """Return one row per call: boardings, alightings and the load on leaving, cash riders too."""
    network, calls, trips = city.network, day.calls, day.trips
    pattern = trips.pattern[calls.trip]
    stop = network.visit_stop[calls.visit]
    return pl.DataFrame(
        {
            "service_day": pl.repeat(day.service_day, calls.trip.size, eager=True, dtype=pl.Date()),
            "trip_id": trip_ids(day.service_day, calls.trip),
            "route_id": np.array(network.route_id)[network.pattern_route[pattern]],
            "direction": pl.Series(network.pattern_direction[pattern], dtype=pl.Int8),
            "vehicle_id": np.array(city.fleet.vehicle_id)[trips.vehicle[calls.trip]],
            "stop_seq": pl.Series(calls.position + 1, dtype=pl.Int16),
            "stop_id": np.array(network.stops.stop_id)[stop],
            "boardings": pl.Series(day.boardings, dtype=pl.Int32),
            "alightings": pl.Series(day.alightings, dtype=pl.Int32),
            "load": pl.Series(day.load, dtype=pl.Int32),
        }
    )


def with_truth(city: City, day: Day, taps: pl.DataFrame) -> pl.DataFrame:
    """Return the card rows of a day with the published columns of the truth added."""
    network = city.network
    trip, board, alight = (
        taps[name].to_numpy() for name in ("true_trip", "true_board", "true_alight")
    )
    first = network.visit_first[day.trips.pattern[trip]]
    stop_id = np.array(network.stops.stop_id)
    return taps.with_columns(
        service_day=pl.lit(day.service_day),
        truth_leg=pl.format("{}-{}", pl.lit(f"{day.service_day:%Y%m%d}"), "leg"),
        truth_trip=trip_ids(day.service_day, trip),
        truth_board=pl.Series(stop_id[network.visit_stop[first + board]]),
        truth_alight=pl.Series(stop_id[network.visit_stop[first + alight]]),
    )


def tap(rows: pl.DataFrame, file_sha256: str, row_number: Ints) -> pl.DataFrame:
    """Return the truth of exported rows, in file order (rows as `with_truth` returns them)."""
    return rows.select(
        file_sha256=pl.lit(file_sha256),
        row_number=pl.Series(row_number, dtype=pl.Int32),
        service_day="service_day",
        leg_id="truth_leg",
        trip_id="truth_trip",
        board_stop_id="truth_board",
        board_stop_seq=(pl.col("true_board") + 1).cast(pl.Int16),
        alight_stop_id="truth_alight",
        alight_stop_seq=(pl.col("true_alight") + 1).cast(pl.Int16),
        alight_recorded=pl.col("off") >= 0,
        board_recorded_right=pl.col("true_written_right"),
    )
