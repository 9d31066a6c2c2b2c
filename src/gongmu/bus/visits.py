"""Trips and their complete stop visits, from BMS stop events.

The visits of a trip stand in driving order and the trips of a vehicle in time order, so one pair
of arrays serves both the search "where was this vehicle at this second" and running sums of load.
Quiet: reaches nothing outside itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from gongmu.bus.flags import Flag
from gongmu.bus.network import Bools, Floats, Ints, Network, coded, position, spread

SECOND_BITS = 17
"""A second of the service day (up to 100,799) fits in 17 bits of a packed key."""

SECONDS_PER_METER = 0.2
"""Pace assumed when a trip passed only one stop: 18 km/h."""


@dataclass(frozen=True)
class Visits:
    """T trips ordered by (vehicle, start) and their N stop visits in driving order.

    trip_ids (T,) text; trip_vehicle, trip_pattern (T,) int32
    first (T+1,) int32: visits of trip t are first[t]:first[t+1]
    trip, slot, stop (N,) int32; arrived_s, departed_s (N,) int32 seconds; flags (N,) uint16
    """

    trip_ids: pl.Series
    trip_vehicle: Ints
    trip_pattern: Ints
    first: Ints
    trip: Ints
    slot: Ints
    stop: Ints
    arrived_s: Ints
    departed_s: Ints
    flags: Ints

    @property
    def last(self) -> Ints:
        """Return (T,) the final visit of each trip."""
        return self.first[1:] - 1


def complete_visits(events: pl.DataFrame, network: Network) -> Visits:
    """Give every trip one visit per place of its pattern; times missing from BMS are filled.

    `events` is STOP_EVENTS (E rows). A trip is one (vehicle, trip id, pattern). Of repeated
    events of a trip at a place the earliest counts. Between two known places time runs in
    proportion to distance; before the first and after the last known place, at the trip's own
    pace. Filled visits carry a flag.
    """
    slot, pattern = _slots(events, network)
    trip_name = coded(events["trip_id"])
    vehicle = _positions(events["vehicle_id"], network.vehicle_ids)
    packed = (trip_name.code.astype(np.int64) * len(network.pattern_route) + pattern) * max(
        1, len(network.vehicle_ids)
    ) + vehicle
    _, sample, trip = np.unique(packed, return_index=True, return_inverse=True)
    arrived = events["arrived_s"].to_numpy().astype(np.int32)
    departed = events["departed_s"].to_numpy().astype(np.int32)

    trip_pattern = pattern[sample].astype(np.int32)
    length = np.diff(network.first_slot)[trip_pattern]
    first = np.append(0, np.cumsum(length))
    of_trip, place = spread(length)
    all_slots = (network.first_slot[trip_pattern[of_trip]] + place).astype(np.int32)
    row = first[trip] + slot - network.first_slot[pattern]
    kept = np.lexsort((departed, arrived, row))
    kept = kept[np.append(True, np.diff(row[kept]) != 0)[: len(kept)]]
    row = row[kept]

    known = np.zeros(len(all_slots), bool)
    known[row] = True
    arrive = np.zeros(len(all_slots), np.int32)
    arrive[row] = arrived[kept]
    depart = arrive.copy()
    depart[row] = departed[kept]
    stop = network.slot_stop[all_slots]
    stop[row] = _positions(events["stop_id"], network.stop_ids)[kept]
    arrive, depart, flags = _fill(
        known, arrive, depart, of_trip, network.slot_distance_m[all_slots]
    )

    start = depart[first[:-1]]
    turn = np.lexsort((trip_name.code[sample], start, vehicle[sample]))
    order_of, offset = spread(length[turn])
    gather = first[turn[order_of]] + offset
    return Visits(
        trip_name.texts.gather(trip_name.code[sample[turn]]),
        vehicle[sample[turn]],
        trip_pattern[turn],
        np.append(0, np.cumsum(length[turn])).astype(np.int32),
        order_of.astype(np.int32),
        all_slots[gather],
        stop[gather],
        arrive[gather],
        depart[gather],
        flags[gather],
    )


def _positions(column: pl.Series, known: pl.Series) -> Ints:
    """Return (E,) the place of every row's text in `known`."""
    ids = coded(column)
    return position(ids.texts, known)[ids.code]


def _slots(events: pl.DataFrame, network: Network) -> tuple[Ints, Ints]:
    """Return (E,) the slot and the pattern of every event; the network holds all of them."""
    route = _positions(events["route_id"], network.route_ids).astype(np.int64)
    direction = events["direction"].to_numpy().astype(np.int64)
    pattern = np.searchsorted(
        network.pattern_route.astype(np.int64) * 256 + network.pattern_direction,
        route * 256 + direction,
    )
    slot_pattern, _ = spread(np.diff(network.first_slot))
    slot = np.searchsorted(
        slot_pattern * 65_536 + network.slot_seq,
        pattern * 65_536 + events["stop_seq"].to_numpy().astype(np.int64),
    )
    return slot, pattern


def _fill(
    known: Bools, arrive: Ints, depart: Ints, trip: Ints, distance_m: Floats
) -> tuple[Ints, Ints, Ints]:
    """Fill (N,) times where `known` is false; return arrivals, departures and flags."""
    n = len(known)
    here = np.arange(n)
    before = np.maximum.accumulate(np.where(known, here, -1))
    after = np.minimum.accumulate(np.where(known, here, n)[::-1])[::-1]
    has_before = (before >= 0) & (trip[np.maximum(before, 0)] == trip)
    has_after = (after < n) & (trip[np.minimum(after, n - 1)] == trip)
    before = np.where(has_before, before, after)
    after = np.where(has_after, after, before)
    pace = _pace(known, arrive, depart, trip, distance_m)[trip]
    gap_m = distance_m[after] - distance_m[before]
    between = has_before & has_after & (gap_m > 0)
    share = (distance_m - distance_m[before]) / np.where(gap_m > 0, gap_m, 1.0)
    inside = depart[before] + (arrive[after] - depart[before]) * share
    behind = depart[before] + (distance_m - distance_m[before]) * pace
    ahead = arrive[after] - (distance_m[after] - distance_m) * pace
    filled = np.where(between, inside, np.where(has_before, behind, ahead)).astype(np.int32)
    flags = np.where(
        known, 0, np.where(has_before & has_after, Flag.INTERPOLATED, Flag.EXTRAPOLATED)
    ).astype(np.uint16)
    back = known & (depart < arrive)
    back[1:] |= known[1:] & (trip[1:] == trip[:-1]) & (arrive[1:] < np.where(known, arrive, 0)[:-1])
    flags[back] |= np.uint16(Flag.IMPLAUSIBLE_TIME)
    arrive = np.where(known, arrive, filled)
    return arrive, np.maximum(arrive, np.where(known, depart, filled)), flags


def _pace(known: Bools, arrive: Ints, depart: Ints, trip: Ints, distance_m: Floats) -> Floats:
    """Return (T,) seconds per metre between the first and last known place of each trip."""
    rows = np.flatnonzero(known)
    count = int(trip[-1]) + 1 if len(trip) else 0
    begin = np.searchsorted(trip[rows], np.arange(count))
    end = np.searchsorted(trip[rows], np.arange(count), "right") - 1
    meters = distance_m[rows[end]] - distance_m[rows[begin]]
    seconds = arrive[rows[end]] - depart[rows[begin]]
    usable = (meters > 0) & (seconds > 0)
    return np.where(usable, seconds / np.where(meters > 0, meters, 1.0), SECONDS_PER_METER)
