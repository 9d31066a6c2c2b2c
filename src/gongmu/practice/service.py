"""One day of bus service: which trips were run by which vehicle, and when they were where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongmu.practice.arrays import Ints, dice, running_sum, spread
from gongmu.practice.fleet import SLOWNESS, Fleet, Timetable
from gongmu.practice.network import FREE_SPEED, Network

MISSED_SHARE = 0.010
SWAPPED_SHARE = 0.03
SHORTEST_LAYOVER = 60
HELD_SHARE = 0.14
"""Share of trips held up before they start: a driver change, charging, a late relief."""
LAST_SECOND = 100_700


@dataclass(frozen=True)
class Trips:
    """The trips performed, in the order of planned departure: arrays [T].

    first [T + 1] are offsets into the calls (trip and stop position) of `Calls`.
    """

    pattern: Ints
    number: Ints
    planned: Ints
    vehicle: Ints
    turn: Ints
    first: Ints

    @property
    def count(self) -> int:
        """Return the number of trips performed."""
        return self.pattern.size


@dataclass(frozen=True)
class Calls:
    """Every call of a trip at a stop [E]: times in seconds of the service day."""

    trip: Ints
    position: Ints
    visit: Ints
    arrived: Ints
    departed: Ints


class Service:
    """A day's service; `run` times it once the people getting on and off are known."""

    def __init__(
        self, seed: int, day: int, network: Network, fleet: Fleet, timetable: Timetable
    ) -> None:
        draw = dice(seed, "service", day)
        self.network = network
        self.trips = _perform(draw, network, fleet, timetable)
        trips = self.trips
        self.trip, self.position = spread(np.diff(trips.first))
        self.visit = network.visit_first[trips.pattern[self.trip]] + self.position
        held = draw.exponential(260, trips.count) * (draw.random(trips.count) < HELD_SHARE)
        start = np.maximum(-50, draw.normal(40, 60, trips.count)) + held
        self.late_start = start.astype(np.int64)
        self.running = self._running(draw)
        self.idle_dwell = draw.integers(3, 9, self.visit.size)
        self.per_boarding = draw.uniform(1.6, 2.9, self.visit.size)
        self.longer_stand = draw.exponential(2.5, self.visit.size)

    def _running(self, draw: np.random.Generator) -> Ints:
        """Return the seconds from the call before to each call (0 at the first)."""
        network, trips = self.network, self.trips
        step = np.diff(network.visit_meters, prepend=0.0)[self.visit] / FREE_SPEED
        planned = trips.planned[self.trip] + network.visit_seconds[self.visit]
        hour = np.minimum(28, (planned // 3600).astype(np.int64))
        segment = draw.lognormal(0, 0.08, network.visit_stop.size)[self.visit]
        driver = draw.lognormal(0.01, 0.09, trips.count)[self.trip]
        noise = draw.lognormal(0, 0.13, self.visit.size)
        signals = draw.exponential(11, self.visit.size) * (draw.random(self.visit.size) < 0.55)
        seconds = np.round(step * SLOWNESS[hour] * segment * driver * noise + signals)
        return np.where(self.position == 0, 0, np.maximum(12, seconds)).astype(np.int64)

    def run(self, boardings: Ints, alightings: Ints) -> Calls:
        """Return the calls [E] when this many got on and off at each of them."""
        busy = (boardings + alightings) > 0
        stand = 5 + boardings * self.per_boarding + alightings * 1.1 + self.longer_stand
        dwell = np.where(busy, np.minimum(stand, 110), self.idle_dwell).astype(np.int64)
        trips = self.trips
        since_start = running_sum((self.running + dwell).astype(np.float64), self.trip)
        left = since_start.astype(np.int64)
        lasts = left[trips.first[1:] - 1]
        start = self._starts(lasts)
        departed = start[self.trip] + left
        return Calls(self.trip, self.position, self.visit, departed - dwell, departed)

    def _starts(self, lasts: Ints) -> Ints:
        """Return when each trip began: as planned plus a bit, or when its vehicle was free."""
        trips = self.trips
        wished = trips.planned + self.late_start
        order = np.lexsort((trips.turn, trips.vehicle))
        start = wished.copy()
        _, turn = spread(np.bincount(trips.vehicle))
        for number in range(1, int(turn.max()) + 1):
            now = order[np.flatnonzero(turn == number)]
            before = order[np.flatnonzero(turn == number) - 1]
            free = start[before] + lasts[before] + SHORTEST_LAYOVER
            start[now] = np.maximum(wished[now], free)
        over = start + lasts > LAST_SECOND
        start[over] = LAST_SECOND - lasts[over]
        return start


def _perform(
    draw: np.random.Generator, network: Network, fleet: Fleet, timetable: Timetable
) -> Trips:
    """Return the trips that were run: some rounds are missed, some vehicles change at noon."""
    route = network.pattern_route[timetable.pattern]
    round_key = (
        timetable.block * 1000 + np.searchsorted(np.unique(timetable.turn), timetable.turn) // 2
    )
    rounds, which = np.unique(round_key, return_inverse=True)
    kept = (draw.random(rounds.size) >= MISSED_SHARE)[which]
    kept &= draw.random(route.size) >= MISSED_SHARE / 3
    vehicle = _swap(draw, fleet, timetable)
    rows = np.flatnonzero(kept)
    rows = rows[np.lexsort((timetable.pattern[rows], timetable.departs[rows]))]
    lengths = network.pattern_length[timetable.pattern[rows]]
    return Trips(
        pattern=timetable.pattern[rows],
        number=timetable.number[rows],
        planned=timetable.departs[rows],
        vehicle=vehicle[rows],
        turn=timetable.departs[rows],
        first=np.concatenate([[0], np.cumsum(lengths)]),
    )


def _swap(draw: np.random.Generator, fleet: Fleet, timetable: Timetable) -> Ints:
    """Return the vehicle of each planned trip: spares take over some blocks for part of the day."""
    vehicle = timetable.block.copy()
    blocks = np.unique(timetable.block)
    spares = np.flatnonzero(fleet.route < 0)
    changed = draw.permutation(blocks)[: max(1, round(blocks.size * SWAPPED_SHARE))]
    for block in changed:
        own = spares[fleet.operator[spares] == fleet.operator[block]]
        if own.size == 0:
            continue
        spare, spares = own[0], spares[spares != own[0]]
        begin = draw.integers(6, 18) * 3600
        mine = (timetable.block == block) & (timetable.departs >= begin)
        if draw.random() < 0.5:
            mine &= timetable.departs < begin + 5 * 3600
        vehicle[mine] = spare
    return vehicle
