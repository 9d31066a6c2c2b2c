"""One simulated day: who rode which trip from where to where, and how full every trip was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from gongmu.practice.arrays import Ints
from gongmu.practice.fleet import (
    DAY_TYPES,
    Fleet,
    Timetable,
    build_fleet,
    build_timetable,
)
from gongmu.practice.network import Network, build_network
from gongmu.practice.riders import People, build_people
from gongmu.practice.rides import CRUSH_FACTOR, Rides, Travellers
from gongmu.practice.service import Calls, Service, Trips

ROUNDS = 8
"""How often the day is timed again: people make buses late, and late buses collect people."""


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
    """Return the day as it truly happened."""
    kind, number = day_type(service_day), service_day.toordinal()
    service = Service(city.seed, number, city.network, city.fleet, city.timetables[kind])
    travellers = Travellers(city.seed, number, kind, city.network, city.people)
    trips = service.trips
    nobody = np.zeros(service.visit.size, dtype=np.int64)
    crush = (city.fleet.capacity[trips.vehicle] * CRUSH_FACTOR).astype(np.int64)
    calls = service.run(nobody, nobody)
    for _ in range(ROUNDS):
        rides = travellers.ride(trips, calls)
        on, off = _count(city, rides, trips, nobody.size)
        over = np.maximum(0, _load(on, off, trips, calls) - crush[calls.trip])
        travellers.turn_away(rides, trips, calls, over, on)
        calls = service.run(on, off)
    rides = travellers.ride(trips, calls)
    on, off = _count(city, rides, trips, nobody.size)
    return Day(service_day, trips, calls, rides, on, off, _load(on, off, trips, calls))


def _count(city: City, rides: Rides, trips: Trips, size: int) -> tuple[Ints, Ints]:
    """Return the people who got on and off at every call [E]."""
    riders = city.people.person_riders[rides.person]
    on = np.bincount(trips.first[rides.trip] + rides.board, riders, size)
    off = np.bincount(trips.first[rides.trip] + rides.alight, riders, size)
    return on.astype(np.int64), off.astype(np.int64)


def _load(on: Ints, off: Ints, trips: Trips, calls: Calls) -> Ints:
    """Return the people on board when leaving each call [E]."""
    change = np.cumsum(on - off)
    before = np.concatenate([[0], change])[trips.first[:-1]]
    load: Ints = change - before[calls.trip]
    return load


def days_from(first: date, count: int) -> list[date]:
    """Return `count` service days in a row."""
    return [first + timedelta(days=number) for number in range(count)]
