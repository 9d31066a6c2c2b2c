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
from gongmu.bus.network import Bools, Coded, Events, Floats, Ints, Network, position, spread

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


def complete_visits(events: Events, network: Network) -> Visits:
    """Give every trip one visit per place of its pattern; times missing from BMS are filled.

    A trip is one (vehicle, trip id, pattern). Of repeated events of a trip at a place the
    earliest counts. Between two known places time runs in proportion to distance; before the
    first and after the last known place, at the trip's own pace. Filled visits carry a flag.
    """
    slot, pattern = _slots(events, network)
    vehicle = position(events.vehicle.texts, network.vehicle_ids)[events.vehicle.code]
    trip, sample = _trips(events.trip, pattern, vehicle)
    trip_pattern, trip_vehicle = pattern[sample], vehicle[sample]

    length = np.diff(network.first_slot)[trip_pattern]
    first = np.append(0, np.cumsum(length))
    of_trip, place = spread(length)
    all_slots = (network.first_slot[trip_pattern[of_trip]] + place).astype(np.int32)
    row, kept = _earliest(events, first[trip] + slot - network.first_slot[pattern])
    known = np.zeros(len(all_slots), bool)
    known[row] = True
    arrive = np.zeros(len(all_slots), np.int32)
    arrive[row] = events.arrived_s[kept]
    depart = np.zeros(len(all_slots), np.int32)
    depart[row] = events.departed_s[kept]
    stop = network.slot_stop[all_slots]
    stop[row] = position(events.stop.texts, network.stop_ids)[events.stop.code[kept]]
    flags = _fill(known, arrive, depart, of_trip, network.slot_distance_m[all_slots])

    trip_code = events.trip.code[sample]
    turn = np.lexsort((trip_code, depart[first[:-1]], trip_vehicle))
    order_of, offset = spread(length[turn])
    gather = first[turn[order_of]] + offset
    return Visits(
        events.trip.texts.gather(trip_code[turn]),
        trip_vehicle[turn],
        trip_pattern[turn].astype(np.int32),
        np.append(0, np.cumsum(length[turn])).astype(np.int32),
        order_of.astype(np.int32),
        all_slots[gather],
        stop[gather],
        arrive[gather],
        depart[gather],
        flags[gather],
    )


def _trips(named: Coded, pattern: Ints, vehicle: Ints) -> tuple[Ints, Ints]:
    """Return (E,) the trip of every event and (T,) one event of each trip.

    A trip id nearly always means one vehicle on one pattern; the sort is for days where not.
    """
    sample = np.zeros(len(named.texts), np.int64)
    sample[named.code] = np.arange(len(named.code))
    one = sample[named.code]
    if (pattern[one] == pattern).all() and (vehicle[one] == vehicle).all():
        return named.code, sample
    packed = named.code.astype(np.int64) * (int(pattern.max()) + 1) + pattern
    packed = packed * (int(vehicle.max()) + 2) + vehicle + 1
    distinct, trip = np.unique(packed, return_inverse=True)
    sample = np.zeros(len(distinct), np.int64)
    sample[trip] = np.arange(len(trip))
    return trip, sample


def _slots(events: Events, network: Network) -> tuple[Ints, Ints]:
    """Return (E,) the slot and the pattern of every event; the network holds all of them."""
    # Tables over all (route, direction) and (pattern, sequence): a look-up, not a search.
    route = position(events.route.texts, network.route_ids)[events.route.code]
    ways = int(network.pattern_direction.max(initial=0)) + 1
    pattern_of = np.zeros((len(network.route_ids), ways), np.int32)
    patterns = np.arange(len(network.pattern_route))
    pattern_of[network.pattern_route, network.pattern_direction] = patterns
    pattern = pattern_of[route, events.direction]
    slot_pattern, _ = spread(np.diff(network.first_slot))
    slot_of = np.zeros((len(patterns), int(network.slot_seq.max(initial=0)) + 1), np.int32)
    slot_of[slot_pattern, network.slot_seq] = np.arange(len(slot_pattern))
    return slot_of[pattern, events.stop_seq], pattern


def _earliest(events: Events, row: Ints) -> tuple[Ints, Ints]:
    """Return the distinct rows and the earliest event of each, by one packed sort if need be."""
    if len(row) and np.bincount(row).max() == 1:
        return row, np.arange(len(row))
    arrived = np.clip(events.arrived_s, 0, (1 << SECOND_BITS) - 1)
    stood = np.clip(events.departed_s - events.arrived_s, 0, (1 << 12) - 1)
    order = np.argsort((row << SECOND_BITS | arrived) << 12 | stood)
    row = row[order]
    new = np.append(True, row[1:] != row[:-1])[: len(row)]
    return row[new], order[new]


def _fill(known: Bools, arrive: Ints, depart: Ints, trip: Ints, distance_m: Floats) -> Ints:
    """Fill (N,) times in place where `known` is false; return (N,) flags."""
    flags = np.zeros(len(known), np.uint16)
    back = known & (depart < arrive)
    back[1:] |= known[1:] & known[:-1] & (trip[1:] == trip[:-1]) & (arrive[1:] < arrive[:-1])
    flags[back] = Flag.IMPLAUSIBLE_TIME
    np.maximum(arrive, depart, out=depart)
    seen, gap = np.flatnonzero(known), np.flatnonzero(~known)
    if not len(gap):
        return flags
    following = np.searchsorted(seen, gap)
    before, after = seen[following - 1], seen[np.minimum(following, len(seen) - 1)]
    has_before, has_after = trip[before] == trip[gap], trip[after] == trip[gap]
    has_before &= before < gap
    has_after &= after > gap
    pace = _pace(seen, arrive, depart, trip, distance_m)[trip[gap]]
    whole_m = distance_m[after] - distance_m[before]
    done_m = distance_m[gap] - distance_m[before]
    share = np.divide(done_m, whole_m, out=np.zeros(len(gap)), where=whole_m > 0)
    between = depart[before] + (arrive[after] - depart[before]) * share
    behind = depart[before] + done_m * pace
    ahead = arrive[after] - (distance_m[after] - distance_m[gap]) * pace
    inside = has_before & has_after
    arrive[gap] = depart[gap] = np.where(inside, between, np.where(has_before, behind, ahead))
    flags[gap] = np.where(inside, Flag.INTERPOLATED, Flag.EXTRAPOLATED)
    return flags


def _pace(seen: Ints, arrive: Ints, depart: Ints, trip: Ints, distance_m: Floats) -> Floats:
    """Return (T,) seconds per metre between the first and last seen place of each trip."""
    trips = np.arange(int(trip[-1]) + 1)
    begin = seen[np.searchsorted(trip[seen], trips)]
    end = seen[np.searchsorted(trip[seen], trips, "right") - 1]
    meters, seconds = distance_m[end] - distance_m[begin], arrive[end] - depart[begin]
    usable = (meters > 0) & (seconds > 0)
    pace = np.full(len(trips), SECONDS_PER_METER)
    np.divide(seconds, meters, out=pace, where=usable)
    return pace
