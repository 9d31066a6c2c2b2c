"""A street with three routes, small enough to work out by hand; the cases in YAML describe it.

Route 가 runs east through 가1..가5, 500 m apart; 다 runs back on the other side of the street; 나
leaves north from beside 가4. A bus leaves its first stop on time, reaches the next stop every two
minutes and stands there for twenty seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from gongmu.bus import tables
from gongmu.bus.day import DayInputs

DAY = date(2026, 11, 20)
STEP_M, ACROSS_M, FAR_M = 500.0, 30.0, 30_000.0
ROUTES = {"가": 5, "나": 3, "다": 5}
TRIPS = (("T1", "V1", "가", "08:00:00"), ("T2", "V1", "가", "09:00:00"),
         ("T3", "V2", "나", "09:30:00"), ("T4", "V3", "다", "18:00:00"))  # fmt: skip
Missed = tuple[str, ...]


def seconds(text: str) -> int:
    """Read HH:MM:SS; hours may pass 24."""
    hours, minutes, rest = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + rest


def filled(table: tables.Table, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Make a table of some columns; lineage and service day are added, other columns empty."""
    whole = [
        dict.fromkeys(table.schema) | {"file_id": "f", "row_number": n, "service_day": DAY} | row
        for n, row in enumerate(rows, 1)
    ]
    whole = [{name: row[name] for name in table.schema} for row in whole]
    return pl.DataFrame(whole, schema=table.schema)


def _places() -> dict[str, tuple[float, float]]:
    """Return metres east and north of every stop."""
    east = {f"가{n}": (n * STEP_M, 0.0) for n in range(1, 6)}
    back = {f"다{n}": ((6 - n) * STEP_M, ACROSS_M) for n in range(1, 6)}
    north = {f"나{n}": (4 * STEP_M, ACROSS_M + (n - 1) * STEP_M) for n in range(1, 4)}
    return east | back | north | {"먼곳": (FAR_M, FAR_M)}


def inputs(taps: Iterable[Mapping[str, Any]], missed: Missed = ()) -> DayInputs:
    """Return a day of the street with these taps; BMS missed the stops named in `missed`."""
    degree = 111_195.0
    wide = degree * np.cos(np.radians(37.5))
    stops = [
        {"stop_id": name, "stop_name": name, "latitude": 37.5 + north / degree,
         "longitude": 127.0 + east / wide, "ars_id": f"0{n}", "settlement_stop_id": f"S:{name}"}
        for n, (name, (east, north)) in enumerate(_places().items())
    ]  # fmt: skip
    events = [
        {"route_id": route, "direction": 1, "trip_id": trip, "vehicle_id": vehicle,
         "stop_seq": n, "stop_id": f"{route}{n}",
         "arrived_s": seconds(start) + (n - 1) * 120 - (20 if n == 1 else 0),
         "departed_s": seconds(start) + (n - 1) * 120 + (20 if n > 1 else 0)}
        for trip, vehicle, route, start in TRIPS
        for n in range(1, ROUTES[route] + 1)
        if f"{route}{n}" not in missed
    ]  # fmt: skip
    pattern = [
        {"route_id": route, "direction": 1, "stop_seq": n, "stop_id": f"{route}{n}",
         "distance_m": (n - 1) * STEP_M}
        for route, length in ROUTES.items()
        for n in range(1, length + 1)
    ]  # fmt: skip
    vehicles = [
        {"vehicle_id": f"V{n}", "vehicle_plate": f"연습70자100{n}", "vehicle_type": "대형",
         "capacity": 55, "seats": 25, "settlement_vehicle_id": f"S:V{n}"}
        for n in range(1, 4)
    ]  # fmt: skip
    routes = [{"route_id": name, "route_name": name} for name in ROUTES]
    return DayInputs(
        DAY,
        filled(tables.TAPS, taps),
        filled(tables.STOP_EVENTS, events),
        filled(tables.ROUTES, routes),
        filled(tables.ROUTE_STOPS, pattern),
        filled(tables.STOPS, stops),
        filled(tables.VEHICLES, vehicles),
    )


def tap(card: int, ride: Mapping[str, Any]) -> dict[str, Any]:
    """Return a TAPS row of a ride as the cases write it."""
    alight = ride.get("alight")
    return {
        "card": card,
        "vehicle_id": f"S:{ride.get('vehicle', 'V1')}",
        "boarded_s": seconds(ride["board"]["at"]),
        "board_stop_id": f"S:{ride['board']['stop']}",
        "alighted_s": seconds(alight["at"]) if alight else None,
        "alight_stop_id": f"S:{alight['stop']}" if alight else None,
        "riders": ride.get("riders", 1),
    }
