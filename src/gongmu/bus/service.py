"""What the loads say about service: load factors, congestion, trips, hours, stops, segments.

Rows are put in order of an integer cell once and reduced piece by piece, so no sum depends on
threads. Quiet: reaches nothing outside itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl

from gongmu.bus import tables
from gongmu.bus.flags import Flag
from gongmu.bus.network import Bools, Floats, Ints, Network
from gongmu.bus.visits import Visits
from gongmu.core.values import SEOUL

HOURS = 32
"""Room for the hours 4 to 27 in a packed cell."""


@dataclass(frozen=True)
class Ridden:
    """Riders on the N visits of a day.

    boardings, alightings, load_raw, load_imputed, load (N,) riders; capacity (N,) the denominator;
    load_factor (N,); grade (N,) congestion class, 0 the emptiest; flags (N,) uint16;
    imputed (N,) riders whose alighting here is inferred
    """

    boardings: Ints
    alightings: Ints
    load_raw: Ints
    load_imputed: Ints
    load: Ints
    capacity: Ints
    load_factor: Floats
    grade: Ints
    flags: Ints
    imputed: Ints


class Cells:
    """(N,) rows grouped by an integer cell; results have one entry per distinct `key` (G,).

    Rows keep their order within a cell, and sums run in row order.
    """

    def __init__(self, cell: Ints) -> None:
        count = len(cell)
        if int(cell.max(initial=0)) < (1 << 62) // max(count, 1):
            packed = np.sort(cell * np.int64(count) + np.arange(count))
            self.order: Ints = packed % max(count, 1)
        else:
            self.order = np.argsort(cell, kind="stable")
        ordered: Ints = cell[self.order]
        self.starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[:count])
        self.key: Ints = ordered[self.starts]
        self.size = np.diff(np.append(self.starts, count))
        self.group = np.empty(count, np.int32)
        self.group[self.order] = np.repeat(np.arange(len(self.key), dtype=np.int32), self.size)

    def sum(self, values: Ints | Floats) -> Floats:
        """Return (G,) sums."""
        total: Floats = np.bincount(self.group, values, len(self.key)).astype(np.float64)
        return total

    def mean(self, values: Ints | Floats) -> Floats:
        """Return (G,) means."""
        return self.sum(values) / self.size

    def max(self, values: Ints | Floats) -> Floats:
        """Return (G,) greatest values."""
        if not len(self.starts):
            return np.zeros(0)
        greatest: Floats = np.maximum.reduceat(values[self.order], self.starts)
        return greatest

    def first_max(self, values: Ints | Floats) -> Ints:
        """Return (G,) the first row that holds the greatest value."""
        at_max = np.flatnonzero(values == self.max(values)[self.group])
        first = np.full(len(self.key), len(values))
        np.minimum.at(first, self.group[at_max], at_max)
        return first

    def distinct(self, values: Ints) -> Ints:
        """Return (G,) how many different values; `values` must not fall within a cell."""
        ordered = values[self.order]
        new = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
        new[self.starts] = True
        number: Ints = np.bincount(self.group[self.order[new]], minlength=len(self.key))
        return number


def grades(
    load: Ints,
    seats: Ints,
    vehicle_type: Ints,
    types: pl.Series,
    basis: str,
    bounds: Mapping[str, tuple[float, ...]],
) -> Ints:
    """Return (N,) congestion classes: how many bounds of the vehicle's type a load exceeds.

    `vehicle_type` (N,) indexes `types`; a type without bounds takes those named first. `basis`
    persons compares the load itself, seats the load divided by the seats.
    """
    if not bounds:
        return np.zeros(len(load), np.int8)
    usual = next(iter(bounds.values()))
    table = np.array([bounds.get(name, usual) for name in types]).reshape(len(types), len(usual))
    value = load / np.maximum(seats, 1) if basis == "seats" else load.astype(np.float64)
    grade = np.zeros(len(load), np.int8)
    for column in range(table.shape[1]):
        grade += value > table[vehicle_type, column]
    return grade


def trip_table(
    day: date, visits: Visits, network: Network, ridden: Ridden, names: tuple[str, ...]
) -> pl.DataFrame:
    """Return TRIP: one row per trip with its peak load point (the first of equals)."""
    cells = Cells(visits.trip)
    peak = cells.first_max(ridden.load)
    boardings = cells.sum(ridden.boardings)
    imputed = cells.sum(ridden.imputed)
    frame = _who(day, network, visits.trip_pattern) | {
        "trip_id": visits.trip_ids,
        "vehicle_id": network.vehicle_ids.gather(visits.trip_vehicle),
        "departed_s": visits.departed_s[visits.first[:-1]],
        "arrived_s": visits.arrived_s[visits.last],
        "boardings": boardings,
        "load_max": ridden.load[peak],
        "peak_stop_seq": network.slot_seq[visits.slot[peak]],
        "peak_stop_id": network.stop_ids.gather(visits.stop[peak]),
        "load_factor_max": cells.max(ridden.load_factor),
        "imputed_share": imputed / np.maximum(boardings, 1),
        "residual": ridden.load_raw[visits.last],
        "congestion": _named(cells.max(ridden.grade), names),
    }
    return tables.TRIP.shape(pl.DataFrame(frame))


def trip_stop_table(day: date, visits: Visits, network: Network, ridden: Ridden) -> pl.DataFrame:
    """Return TRIP_STOP: one row per stop visit, in the order of the visits."""
    midnight = int(datetime.combine(day, datetime.min.time(), SEOUL).timestamp())
    pattern = visits.trip_pattern[visits.trip]
    frame = _who(day, network, pattern) | {
        "trip_id": visits.trip_ids.gather(visits.trip),
        "vehicle_id": network.vehicle_ids.gather(visits.trip_vehicle[visits.trip]),
        "stop_seq": network.slot_seq[visits.slot],
        "stop_id": network.stop_ids.gather(visits.stop),
        "arrived_at": (visits.arrived_s + np.int64(midnight)) * 1_000_000,
        "departed_at": (visits.departed_s + np.int64(midnight)) * 1_000_000,
        "boardings": ridden.boardings,
        "alightings": ridden.alightings,
        "load_raw": ridden.load_raw,
        "load_imputed": ridden.load_imputed,
        "load": ridden.load,
        "capacity": ridden.capacity,
        "load_factor": ridden.load_factor,
        "flags": ridden.flags,
    }
    return tables.TRIP_STOP.shape(pl.DataFrame(frame))


def route_hour_table(
    day: date, visits: Visits, network: Network, ridden: Ridden, names: tuple[str, ...]
) -> pl.DataFrame:
    """Return ROUTE_HOUR: per pattern and hour of departure from each stop."""
    pattern = visits.trip_pattern[visits.trip]
    cells = Cells(pattern.astype(np.int64) * HOURS + _hour(visits.departed_s))
    peak = cells.first_max(ridden.load)
    over = np.maximum(ridden.load - ridden.capacity, 0) * _running_seconds(visits) / 60
    frame = _who(day, network, cells.key // HOURS) | {
        "hour": cells.key % HOURS,
        "trips": cells.distinct(visits.trip),
        "boardings": cells.sum(ridden.boardings),
        "alightings": cells.sum(ridden.alightings),
        "load_mean": cells.mean(ridden.load),
        "load_max": ridden.load[peak],
        "load_factor_mean": cells.mean(ridden.load_factor),
        "load_factor_max": cells.max(ridden.load_factor),
        "peak_stop_seq": network.slot_seq[visits.slot[peak]],
        "peak_stop_id": network.stop_ids.gather(visits.stop[peak]),
        "over_capacity_minutes": cells.sum(over),
        "congestion": _named(cells.max(ridden.grade), names),
    }
    return tables.ROUTE_HOUR.shape(pl.DataFrame(frame))


def slot_hours(visits: Visits) -> Cells:
    """Return the visits grouped by place on a pattern and hour of departure."""
    return Cells(visits.slot.astype(np.int64) * HOURS + _hour(visits.departed_s))


def stop_hour_table(day: date, network: Network, ridden: Ridden, cells: Cells) -> pl.DataFrame:
    """Return STOP_HOUR: one row per cell of `slot_hours`."""
    slot = cells.key // HOURS
    frame = _who(day, network, _pattern_of(slot, network)) | {
        "stop_seq": network.slot_seq[slot],
        "stop_id": network.stop_ids.gather(network.slot_stop[slot]),
        "hour": cells.key % HOURS,
        "visits": cells.size,
        "boardings": cells.sum(ridden.boardings),
        "alightings": cells.sum(ridden.alightings),
        "load_mean": cells.mean(ridden.load),
        "load_max": cells.max(ridden.load),
        "load_factor_mean": cells.mean(ridden.load_factor),
        "load_factor_max": cells.max(ridden.load_factor),
    }
    return tables.STOP_HOUR.shape(pl.DataFrame(frame))


def segment_hour_table(
    day: date,
    visits: Visits,
    network: Network,
    ridden: Ridden,
    names: tuple[str, ...],
    cells: Cells,
) -> pl.DataFrame:
    """Return SEGMENT_HOUR: riders carried from each place of a pattern to the next, by hour.

    Every visit of a trip is there, so the cells of `slot_hours` but those of last places are it.
    """
    goes_on = ~np.isin(cells.key // HOURS, network.first_slot[1:] - 1)
    key, trips = cells.key[goes_on], cells.size[goes_on]
    slot, load = key // HOURS, cells.sum(ridden.load)[goes_on]
    frame = _who(day, network, _pattern_of(slot, network)) | {
        "from_stop_seq": network.slot_seq[slot],
        "from_stop_id": network.stop_ids.gather(network.slot_stop[slot]),
        "to_stop_id": network.stop_ids.gather(network.slot_stop[slot + 1]),
        "hour": key % HOURS,
        "trips": trips,
        "load_sum": load,
        "load_mean": load / trips,
        "load_max": cells.max(ridden.load)[goes_on],
        "load_factor_max": cells.max(ridden.load_factor)[goes_on],
        "running_seconds_mean": cells.mean(_running_seconds(visits))[goes_on],
        "congestion": _named(cells.max(ridden.grade)[goes_on], names),
    }
    return tables.SEGMENT_HOUR.shape(pl.DataFrame(frame))


def visit_flags(
    visits: Visits,
    corrected: Ints,
    imputed: Ints,
    alightings: Ints,
    moved: Bools,
    over: Bools,
    unknown_capacity: Bools,
) -> Ints:
    """Return (N,) flags: those of the visits' times joined by those of their riders."""
    flags = visits.flags.copy()
    for flag, here in (
        (Flag.CORRECTED_BOARDING, corrected > 0),
        (Flag.IMPUTED_ALIGHTING, imputed > 0),
        (Flag.MOSTLY_IMPUTED, (imputed > 0) & (2 * imputed >= alightings)),
        (Flag.BALANCED, moved),
        (Flag.OVER_CAPACITY, over),
        (Flag.UNKNOWN_CAPACITY, unknown_capacity),
    ):
        flags[here] |= np.uint16(flag)
    return flags


def _who(day: date, network: Network, pattern: Ints) -> dict[str, object]:
    return {
        "service_day": pl.repeat(day, len(pattern), dtype=pl.Date(), eager=True),
        "route_id": network.route_ids.gather(network.pattern_route[pattern]),
        "direction": network.pattern_direction[pattern],
    }


def _pattern_of(slot: Ints, network: Network) -> Ints:
    return np.searchsorted(network.first_slot, slot, "right") - 1


def _hour(second: Ints) -> Ints:
    return np.clip(second // 3600, 4, 27)


def _running_seconds(visits: Visits) -> Ints:
    """Return (N,) seconds from leaving a visit to arriving at the next; 0 at the end of a trip."""
    seconds = np.append(visits.arrived_s[1:], 0)[: len(visits.trip)] - visits.departed_s
    seconds[visits.last] = 0
    return np.maximum(seconds, 0)


def _named(grade: Floats, names: tuple[str, ...]) -> pl.Series:
    return pl.Series(names or ("",), dtype=pl.String()).gather(grade.astype(np.int64))
