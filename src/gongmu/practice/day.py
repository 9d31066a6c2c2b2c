"""One simulated day: who rode which trip from where to where, and how full every trip was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from gongmu.practice.arrays import Flags, Floats, Ints, dice
from gongmu.practice.fleet import (
    DAY_TYPES,
    Fleet,
    Timetable,
    build_fleet,
    build_timetable,
)
from gongmu.practice.network import Network, build_network
from gongmu.practice.paths import WALK_SPEED
from gongmu.practice.riders import KINDS, People, build_people
from gongmu.practice.service import Calls, Service, Trips

KEY = 1 << 17
PATIENCE_SECONDS = 3_600
SKIPPED_JOURNEY_SHARE = 0.012
LEAVES_HABIT_SHARE = 0.08
TRANSFER_WALK_METERS = 90


@dataclass(frozen=True)
class City:
    """A whole practice city: the same for every day of its seed and scale."""

    seed: int
    scale: float
    network: Network
    people: People
    fleet: Fleet
    timetables: tuple[Timetable, ...]


@dataclass(frozen=True)
class Rides:
    """Every ride taken [L], by person and time: one leg on one trip, boarding before alighting."""

    person: Ints
    journey: Ints
    leg: Ints
    trip: Ints
    board: Ints
    alight: Ints
    boarded: Ints
    alighted: Ints


@dataclass(frozen=True)
class Day:
    """What truly happened on one service day. load [E] is the load on leaving each call."""

    service_day: date
    trips: Trips
    calls: Calls
    rides: Rides
    boardings: Ints
    alightings: Ints
    load: Ints


def build_city(seed: int, scale: float) -> City:
    """Return the city of this seed and scale."""
    network = build_network(seed, scale)
    people = build_people(seed, scale, network)
    fleet = build_fleet(seed, scale, network, people)
    timetables = tuple(build_timetable(network, fleet, kind) for kind in range(len(DAY_TYPES)))
    return City(seed, scale, network, people, fleet, timetables)


def day_type(day: date) -> int:
    """Return 0 on weekdays, 1 on Saturdays, 2 on Sundays (public holidays are not known here)."""
    return max(0, day.weekday() - 4)


def simulate_day(city: City, service_day: date) -> Day:
    """Return the day: service timed twice, since people make buses late and late buses wait."""
    kind = day_type(service_day)
    service = Service(
        city.seed, service_day.toordinal(), city.network, city.fleet, city.timetables[kind]
    )
    nobody = np.zeros(service.visit.size, dtype=np.int64)
    calls = service.run(nobody, nobody)
    for _ in range(2):
        rides = _ride(city, service_day, kind, service.trips, calls)
        boardings, alightings = _count(city, rides, service.trips, nobody.size)
        calls = service.run(boardings, alightings)
    rides = _ride(city, service_day, kind, service.trips, calls)
    boardings, alightings = _count(city, rides, service.trips, nobody.size)
    change = np.cumsum(boardings - alightings)
    before = np.concatenate([[0], change])[service.trips.first[:-1]]
    load = change - before[calls.trip]
    return Day(service_day, service.trips, calls, rides, boardings, alightings, load)


def _count(city: City, rides: Rides, trips: Trips, size: int) -> tuple[Ints, Ints]:
    riders = city.people.person_riders[rides.person]
    on = np.bincount(trips.first[rides.trip] + rides.board, riders, size)
    off = np.bincount(trips.first[rides.trip] + rides.alight, riders, size)
    return on.astype(np.int64), off.astype(np.int64)


class _NextBus:
    """Answers which call at a visit is the first to leave at or after a given second."""

    def __init__(self, calls: Calls) -> None:
        keys = calls.visit * KEY + calls.departed
        self.order = np.argsort(keys, kind="stable")
        self.keys = keys[self.order]

    def find(self, visit: Ints, second: Floats) -> tuple[Ints, Ints]:
        """Return (call, seconds until it leaves); call -1 when none comes within an hour."""
        at = np.searchsorted(self.keys, visit * KEY + np.ceil(second).astype(np.int64))
        found = np.minimum(at, self.keys.size - 1)
        wait = self.keys[found] - visit * KEY - np.ceil(second).astype(np.int64)
        missing = (at >= self.keys.size) | (wait < 0) | (wait > PATIENCE_SECONDS)
        call = np.where(missing, -1, self.order[found])
        return call, np.where(missing, PATIENCE_SECONDS * 9, wait)


def _ride(city: City, service_day: date, kind: int, trips: Trips, calls: Calls) -> Rides:
    """Return the rides of everybody who travels this day, journey by journey."""
    people = city.people
    draw = dice(city.seed, "rides", service_day.toordinal())
    travels = np.array([k.travels[kind] for k in KINDS])[people.person_kind]
    out = draw.random(people.count) < travels
    jitter = draw.normal(0, 420, people.person.size)
    goes = out[people.person] & (draw.random(people.person.size) >= SKIPPED_JOURNEY_SHARE)
    follows_habit = draw.random(people.person.size) >= LEAVES_HABIT_SHARE
    in_stand = draw.random((people.person.size, 2, 2))
    bus = _NextBus(calls)
    free_from = np.zeros(people.count)
    taken: list[tuple[Ints, ...]] = []
    for order in range(int(people.order.max()) + 1):
        rows = np.flatnonzero(goes & (people.order == order))
        walk = people.paths.walk_in_seconds[rows]
        ready = (
            np.maximum(people.starts[rows] + jitter[rows], free_from[people.person[rows]]) + walk
        )
        for leg in (0, 1):
            going = people.paths.pattern[rows, leg] >= 0
            rows, ready = rows[going], ready[going]
            call, pattern, board, alight = _board(
                city, people, rows, leg, ready, follows_habit[rows], bus
            )
            caught = call >= 0
            rows, call, ready = rows[caught], call[caught], ready[caught]
            board, alight = board[caught], alight[caught]
            trip = calls.trip[call]
            leave = trips.first[trip] + alight
            boarded = _within(calls, call, in_stand[rows, leg, 0])
            boarded = np.minimum(
                np.maximum(boarded, np.ceil(ready).astype(np.int64)), calls.departed[call]
            )
            alighted = _within(calls, leave, in_stand[rows, leg, 1] * 0.8)
            who = people.person[rows]
            taken.append(
                (
                    who,
                    np.full(rows.size, order),
                    np.full(rows.size, leg),
                    trip,
                    board,
                    alight,
                    boarded,
                    alighted,
                )
            )
            free_from[who] = calls.departed[leave] + 420
            ready = (
                calls.departed[leave]
                + TRANSFER_WALK_METERS / WALK_SPEED * in_stand[rows, leg, 0] * 2
            )
    columns = [np.concatenate(parts) for parts in zip(*taken, strict=True)]
    by_time = np.lexsort((columns[6], columns[0]))
    return Rides(*(column[by_time] for column in columns))


def _within(calls: Calls, call: Ints, share: Floats) -> Ints:
    """Return the second at `share` (0..1) of the stand at a call."""
    arrived = calls.arrived[call]
    stand = calls.departed[call] - arrived
    seconds: Ints = arrived + np.round(share * stand).astype(np.int64)
    return seconds


def _board(
    city: City,
    people: People,
    rows: Ints,
    leg: int,
    ready: Floats,
    follows_habit: Flags,
    bus: _NextBus,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return (call, pattern, board, alight) of the first bus that goes there, call -1 if none.

    On some days people use the stop next to their usual one.
    """
    paths, network = people.paths, city.network
    pattern = paths.pattern[rows, leg].copy()
    board, alight = paths.board[rows, leg].copy(), paths.alight[rows, leg].copy()
    if leg == 0:
        moved = ~follows_habit & (board + 1 < alight)
        board[moved] += np.where(board[moved] > 0, -1, 1)
    call, wait = bus.find(network.visit_first[pattern] + board, ready)
    other = paths.other_pattern[rows] if leg == 0 else np.full(rows.size, -1)
    at = np.flatnonzero((other >= 0) & follows_habit)
    other_visit = network.visit_first[other[at]] + paths.other_board[rows[at]]
    other_call, other_wait = bus.find(other_visit, ready[at])
    sooner = other_wait < wait[at]
    at = at[sooner]
    call[at] = other_call[sooner]
    pattern[at] = other[at]
    board[at], alight[at] = paths.other_board[rows[at]], paths.other_alight[rows[at]]
    return call, pattern, board, alight


def days_from(first: date, count: int) -> list[date]:
    """Return `count` service days in a row."""
    return [first + timedelta(days=number) for number in range(count)]
