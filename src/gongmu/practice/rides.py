"""People making their journeys: waiting at stops and boarding the first bus that goes there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongmu.practice.arrays import Flags, Floats, Ints, dice
from gongmu.practice.network import Network
from gongmu.practice.paths import WALK_SPEED
from gongmu.practice.riders import KINDS, People
from gongmu.practice.service import Calls, Trips

KEY = 1 << 17
PATIENCE_SECONDS = 3_600
SHORTEST_STAY_SECONDS = 420
SKIPPED_JOURNEY_SHARE = 0.012
LEAVES_HABIT_SHARE = 0.01
TRANSFER_WALK_METERS = 90
CRUSH_FACTOR = 1.5
"""Nobody can get in when more than this many times the licensed number are on board."""


@dataclass(frozen=True)
class Rides:
    """Every ride taken [L], by person and time: one leg on one trip, boarding before alighting.

    journey is the row of the people's journeys; board and alight are positions of the pattern.
    """

    person: Ints
    journey: Ints
    leg: Ints
    trip: Ints
    board: Ints
    alight: Ints
    boarded: Ints
    alighted: Ints


class NextBus:
    """Answers which call at a visit is the first to leave at or after a given second."""

    def __init__(self, calls: Calls) -> None:
        keys = calls.visit * KEY + calls.departed
        self.order = np.argsort(keys, kind="stable")
        self.keys = keys[self.order]

    def find(self, visit: Ints, second: Ints) -> tuple[Ints, Ints]:
        """Return (call, seconds until it leaves); call -1 when none comes within an hour."""
        wanted = visit * KEY + second
        at = np.searchsorted(self.keys, wanted)
        found = np.minimum(at, self.keys.size - 1)
        wait = self.keys[found] - wanted
        missing = (wait < 0) | (wait > PATIENCE_SECONDS)
        call = np.where(missing, -1, self.order[found])
        return call, np.where(missing, KEY, wait)


class Travellers:
    """The people who travel on one day, and what this day is like for each of them."""

    def __init__(self, seed: int, day: int, kind: int, network: Network, people: People) -> None:
        draw = dice(seed, "rides", day)
        journeys = people.person.size
        self.network, self.people = network, people
        travels = np.array([k.travels[kind] for k in KINDS])[people.person_kind]
        out = draw.random(people.count) < travels
        self.goes = out[people.person] & (draw.random(journeys) >= SKIPPED_JOURNEY_SHARE)
        self.starts = people.starts + draw.normal(0, 420, journeys)
        self.habit = draw.random(journeys) >= LEAVES_HABIT_SHARE
        self.in_stand = draw.random((journeys, 2, 2))
        self.not_before = np.zeros((journeys, 2))
        self.draw = draw

    def ride(self, trips: Trips, calls: Calls) -> Rides:
        """Return everybody's rides on these calls, first journeys first."""
        bus = NextBus(calls)
        free_from = np.zeros(self.people.count)
        taken: list[Rides] = []
        for order in range(int(self.people.order.max()) + 1):
            rows = np.flatnonzero(self.goes & (self.people.order == order))
            ready = np.maximum(self.starts[rows], free_from[self.people.person[rows]])
            ready = ready + self.people.paths.walk_in_seconds[rows]
            for leg in (0, 1):
                rides = self._leg(trips, calls, bus, rows, leg, ready)
                taken.append(rides)
                off = calls.departed[trips.first[rides.trip] + rides.alight]
                free_from[rides.person] = off + SHORTEST_STAY_SECONDS
                rows = rides.journey
                walk = TRANSFER_WALK_METERS / WALK_SPEED * 2
                ready = off + walk * self.in_stand[rows, leg, 0]
        names = Rides.__dataclass_fields__
        columns = {n: np.concatenate([getattr(part, n) for part in taken]) for n in names}
        by_time = np.lexsort((columns["boarded"], columns["person"]))
        return Rides(**{name: column[by_time] for name, column in columns.items()})

    def _leg(
        self, trips: Trips, calls: Calls, bus: NextBus, rows: Ints, leg: int, ready: Floats
    ) -> Rides:
        """Return the rides of one leg by those of `rows` who have one and caught a bus."""
        going = self.people.paths.pattern[rows, leg] >= 0
        rows = rows[going]
        at_stop = np.ceil(np.maximum(ready[going], self.not_before[rows, leg])).astype(np.int64)
        call, board, alight = self._board(rows, leg, at_stop, bus)
        caught = call >= 0
        rows, call, at_stop = rows[caught], call[caught], at_stop[caught]
        board, alight = board[caught], alight[caught]
        trip = calls.trip[call]
        boarded = np.maximum(_within(calls, call, self.in_stand[rows, leg, 0]), at_stop)
        leave = trips.first[trip] + alight
        return Rides(
            person=self.people.person[rows],
            journey=rows,
            leg=np.full(rows.size, leg),
            trip=trip,
            board=board,
            alight=alight,
            boarded=np.minimum(boarded, calls.departed[call]),
            alighted=_within(calls, leave, self.in_stand[rows, leg, 1] * 0.8),
        )

    def _board(self, rows: Ints, leg: int, at_stop: Ints, bus: NextBus) -> tuple[Ints, Ints, Ints]:
        """Return (call, board, alight) of the first bus that goes there, call -1 if none.

        On some days people use the stop next to their usual one.
        """
        paths, first = self.people.paths, self.network.visit_first
        pattern = paths.pattern[rows, leg]
        board, alight = paths.board[rows, leg], paths.alight[rows, leg]
        if leg:
            return bus.find(first[pattern] + board, at_stop)[0], board, alight
        moved = ~self.habit[rows] & (board + 1 < alight)
        board = board + moved * np.where(board > 0, -1, 1)
        call, wait = bus.find(first[pattern] + board, at_stop)
        other = paths.other_pattern[rows]
        at = np.flatnonzero((other >= 0) & self.habit[rows])
        visit = first[other[at]] + paths.other_board[rows[at]]
        other_call, other_wait = bus.find(visit, at_stop[at])
        sooner = other_wait < wait[at]
        at = at[sooner]
        call[at] = other_call[sooner]
        board[at], alight[at] = paths.other_board[rows[at]], paths.other_alight[rows[at]]
        return call, board, alight

    def turn_away(self, rides: Rides, trips: Trips, calls: Calls, over: Ints, on: Ints) -> None:
        """Let those who could not get in wait for the next bus.

        over, on [E]: people above the crush load on leaving each call, people who boarded there.
        """
        call = trips.first[rides.trip] + rides.board
        chance = over[call] / np.maximum(1, on[call])
        away: Flags = self.draw.random(call.size) < chance
        later = calls.departed[call[away]] + 1
        self.not_before[rides.journey[away], rides.leg[away]] = later


def _within(calls: Calls, call: Ints, share: Floats) -> Ints:
    """Return the second at `share` (0..1) of the stand at a call."""
    arrived = calls.arrived[call]
    stand = calls.departed[call] - arrived
    seconds: Ints = arrived + np.round(share * stand).astype(np.int64)
    return seconds
