"""The day's own stops, routes, vehicles and stop patterns as positions in arrays.

Everything after this module works on integers: a stop is its place in `stop_ids`, a place on a
route's stop pattern is a `slot`. Identifiers are sorted first, so the order of input rows never
matters. Quiet: reaches nothing outside itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]

METERS_PER_DEGREE = 111_195.0
"""Length of one degree of latitude on a sphere of radius 6,371 km."""


@dataclass(frozen=True)
class Coded:
    """A text column as integers: `code` (N,) int32, -1 where empty; `texts` (U,) sorted."""

    code: Ints
    texts: pl.Series


def coded(*columns: pl.Series) -> list[Coded]:
    """Turn columns of (N,) texts, U of them distinct, into codes in the order of sorted texts."""
    frame = pl.DataFrame([column.rename(str(n)) for n, column in enumerate(columns)])
    seen = frame.select(
        pl.col(name).cast(pl.Categorical(pl.Categories.random())).to_physical()
        for name in frame.columns
    )
    return [_ranked(column, seen[str(n)]) for n, column in enumerate(columns)]


def _ranked(column: pl.Series, seen: pl.Series) -> Coded:
    """Return the codes of a column whose texts were numbered as they were `seen`."""
    count = 0 if seen.null_count() == len(seen) else int(seen.max()) + 1  # type: ignore[arg-type]
    raw = seen.fill_null(count).to_numpy()
    sample = np.zeros(count + 1, np.int64)
    sample[raw] = np.arange(len(raw))
    texts = column.gather(sample[:count])
    order = texts.arg_sort().to_numpy()
    rank = np.full(count + 1, -1, np.int32)
    rank[order] = np.arange(count, dtype=np.int32)
    return Coded(rank[raw], texts.gather(order))


@dataclass(frozen=True)
class Events:
    """E stop events as numbers.

    route, trip, vehicle, stop: coded identifiers; direction, stop_seq (E,) int32;
    arrived_s, departed_s (E,) int32 seconds of the service day
    """

    route: Coded
    trip: Coded
    vehicle: Coded
    stop: Coded
    direction: Ints
    stop_seq: Ints
    arrived_s: Ints
    departed_s: Ints


def code_events(events: pl.DataFrame) -> Events:
    """Turn STOP_EVENTS into numbers, once for the whole day."""
    kinds = ("route_id", "trip_id", "vehicle_id", "stop_id")
    route, trip, vehicle, stop = coded(*(events[kind] for kind in kinds))
    direction, stop_seq, arrived, departed = (
        events[name].to_numpy().astype(np.int32)
        for name in ("direction", "stop_seq", "arrived_s", "departed_s")
    )
    return Events(route, trip, vehicle, stop, direction, stop_seq, arrived, departed)


def position(texts: pl.Series, known: pl.Series) -> Ints:
    """Return for each of (U,) distinct texts its place in (K,) sorted `known`; -1 when absent."""
    if not len(texts) or not len(known):
        return np.full(len(texts), -1, np.int32)
    place = known.search_sorted(texts).to_numpy().astype(np.int64)
    place = np.minimum(place, len(known) - 1)
    same = (known.gather(place) == texts).fill_null(False).to_numpy()
    return np.where(same, place, -1).astype(np.int32)


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """Unroll (K,) group sizes: return (sum,) group of each element and its place in the group."""
    group = np.repeat(np.arange(len(counts)), counts)
    start = np.cumsum(counts) - counts
    return group, np.arange(len(group)) - start[group]


@dataclass(frozen=True)
class Network:
    """Positions of one service day.

    stop_ids (S,) sorted; x_m, y_m (S,) metres on a local plane, NaN when a stop has no place
    route_ids (R,), vehicle_ids (V,) sorted; capacity, seats (V,) persons, 0 when unknown;
    vehicle_type (V,) text
    pattern_route, pattern_direction (P,); pattern p owns slots first_slot[p]:first_slot[p+1]
    slot_seq, slot_stop, slot_distance_m (L,), ordered by (pattern, seq)
    """

    stop_ids: pl.Series
    x_m: Floats
    y_m: Floats
    route_ids: pl.Series
    vehicle_ids: pl.Series
    capacity: Ints
    seats: Ints
    vehicle_type: pl.Series
    pattern_route: Ints
    pattern_direction: Ints
    first_slot: Ints
    slot_seq: Ints
    slot_stop: Ints
    slot_distance_m: Floats


def build_network(
    stops: pl.DataFrame, vehicles: pl.DataFrame, route_stops: pl.DataFrame, events: Events
) -> Network:
    """Lay out the day's network from the masters (tables.py) and the stop events themselves.

    A stop, route, vehicle or pattern place that only the events know is added without attributes,
    so no passage is lost because a master is late.
    """
    stop_ids = _sorted_ids(stops["stop_id"], route_stops["stop_id"], events.stop.texts)
    route_ids = _sorted_ids(route_stops["route_id"], events.route.texts)
    vehicle_ids = _sorted_ids(vehicles["vehicle_id"], events.vehicle.texts)
    stop_rows = stops.unique("stop_id", keep="first", maintain_order=True)
    stop_place = position(stop_rows["stop_id"], stop_ids)
    x_m, y_m = _plane(
        _scatter(stop_rows["latitude"], stop_place, len(stop_ids), np.nan),
        _scatter(stop_rows["longitude"], stop_place, len(stop_ids), np.nan),
    )
    car_rows = vehicles.unique("vehicle_id", keep="first", maintain_order=True)
    car_place = position(car_rows["vehicle_id"], vehicle_ids)
    types = (
        pl.DataFrame({"vehicle_id": vehicle_ids})
        .join(
            car_rows.select("vehicle_id", "vehicle_type"),
            "vehicle_id",
            "left",
            maintain_order="left",
        )
        .get_column("vehicle_type")
        .fill_null("")
    )
    return Network(
        stop_ids,
        x_m,
        y_m,
        route_ids,
        vehicle_ids,
        _scatter(car_rows["capacity"], car_place, len(vehicle_ids), 0).astype(np.int32),
        _scatter(car_rows["seats"], car_place, len(vehicle_ids), 0).astype(np.int32),
        types,
        *_patterns(route_stops, _passed(events), route_ids, stop_ids),
    )


def _sorted_ids(*columns: pl.Series) -> pl.Series:
    return (
        pl.concat([column.rename("id").unique() for column in columns]).drop_nulls().unique().sort()
    )


def _scatter(column: pl.Series, place: Ints, length: int, missing: float) -> Floats:
    out = np.full(length, missing, np.float64)
    out[place] = column.cast(pl.Float64()).fill_null(missing).to_numpy()
    return out


def _plane(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
    """Project degrees to metres from the middle of the city (equirectangular; exact enough)."""
    seen = np.isfinite(latitude) & np.isfinite(longitude)
    middle = float(np.median(latitude[seen])) if seen.any() else 0.0
    centre = float(np.median(longitude[seen])) if seen.any() else 0.0
    return (
        (longitude - centre) * (METERS_PER_DEGREE * np.cos(np.radians(middle))),
        (latitude - middle) * METERS_PER_DEGREE,
    )


def _passed(events: Events) -> pl.DataFrame:
    """Return the distinct route_id, direction, stop_seq and stop_id of the events."""
    packed = events.route.code.astype(np.int64) * 256 + events.direction
    packed = (packed * 65_536 + events.stop_seq) * max(1, len(events.stop.texts))
    packed = np.unique(packed + events.stop.code)
    packed, stop = np.divmod(packed, max(1, len(events.stop.texts)))
    packed, seq = np.divmod(packed, 65_536)
    route, direction = np.divmod(packed, 256)
    return pl.DataFrame(
        {
            "route_id": events.route.texts.gather(route),
            "direction": direction.astype(np.int8),
            "stop_seq": seq.astype(np.int16),
            "stop_id": events.stop.texts.gather(stop),
        }
    )


def _patterns(
    route_stops: pl.DataFrame, passed: pl.DataFrame, route_ids: pl.Series, stop_ids: pl.Series
) -> tuple[Ints, Ints, Ints, Ints, Ints, Floats]:
    keys = ["route_id", "direction", "stop_seq"]
    listed = route_stops.group_by(keys).agg(pl.col("stop_id", "distance_m").min())
    passed = passed.group_by(keys).agg(pl.col("stop_id").min()).join(listed, keys, "anti")
    slots = pl.concat([listed, passed], how="diagonal").sort(keys)
    route = position(slots["route_id"], route_ids)
    direction = slots["direction"].to_numpy().astype(np.int32)
    seq = slots["stop_seq"].to_numpy().astype(np.int32)
    new = np.ones(len(slots), bool)
    new[1:] = (route[1:] != route[:-1]) | (direction[1:] != direction[:-1])
    first = np.append(np.flatnonzero(new), len(slots)).astype(np.int32)
    distance = slots["distance_m"].fill_null(np.nan).to_numpy().astype(np.float64)
    starts = first[:-1]
    return (
        route[starts],
        direction[starts],
        first,
        seq,
        position(slots["stop_id"], stop_ids),
        _usable_distance(distance, np.cumsum(new) - 1, seq),
    )


def _usable_distance(distance: Floats, pattern: Ints, seq: Ints) -> Floats:
    """Keep a pattern's distances when they are complete and grow; otherwise 400 m per place."""
    rising = np.ones(len(seq), bool)
    rising[1:] = (distance[1:] >= distance[:-1]) | (pattern[1:] != pattern[:-1])
    good = np.isfinite(distance) & rising
    bad_pattern = np.bincount(pattern, weights=~good) > 0 if len(pattern) else np.zeros(0, bool)
    return np.where(bad_pattern[pattern], seq * 400.0, distance)
