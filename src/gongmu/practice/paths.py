"""How people choose stops and routes: walking, waiting, riding, and some noise."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from gongmu.practice.access import (
    Access,
    Connections,
    build_access,
    build_connections,
)
from gongmu.practice.arrays import Flags, Floats, Ints, dice, first_of_each, spread
from gongmu.practice.network import Network

WALK_SPEED = 1.15
DETOUR = 1.2
WALK_WEIGHT = 1.7
CHOICE_NOISE_SECONDS = 25.0
STOP_NOISE_METERS = 25.0
TRANSFER_PENALTY_SECONDS = 300.0
CHANGE_PATTERNS = 7
TOO_NEAR_METERS = 750.0
CHUNK = 20_000
NONE = -1


@dataclass(frozen=True)
class Paths:
    """The chosen way of n journeys; NONE where there is no such leg.

    pattern, board, alight [n, 2]: first and second leg; other_* [n]: another pattern that serves
    the same first stop, taken when it comes earlier (only for journeys of one leg).
    """

    pattern: Ints
    board: Ints
    alight: Ints
    other_pattern: Ints
    other_board: Ints
    other_alight: Ints
    walk_in_seconds: Ints

    @property
    def legs(self) -> Ints:
        """Return the number of bus legs of each journey: 0 when there is no way by bus."""
        legs: Ints = (self.pattern >= 0).sum(axis=1)
        return legs

    def take(self, rows: Ints | Flags) -> Paths:
        """Return the journeys at `rows`."""
        return Paths(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    @staticmethod
    def join(parts: list[Paths]) -> Paths:
        """Return the journeys of all parts in order."""
        return Paths(
            **{
                f.name: np.concatenate([getattr(part, f.name) for part in parts])
                for f in fields(Paths)
            }
        )


class Guide:
    """Knows the network as people do and finds their way with some of the patterns."""

    def __init__(self, network: Network, usable: Flags, seed: int) -> None:
        self.network = network
        self.access: Access = build_access(network, usable)
        self.connections: Connections = build_connections(
            network, usable, dice(seed, "connections", int(usable.sum()))
        )
        guess = [line.type.headway_guess_seconds for line in network.lines]
        self.wait = np.array(guess)[network.pattern_route] * 0.5
        self.seconds = network.visit_seconds

    def find(self, start: Floats, end: Floats, draw: np.random.Generator) -> Paths:
        """Return the ways from `start` to `end` [n, 2] metres."""
        parts = [
            self._find_chunk(start[at : at + CHUNK], end[at : at + CHUNK], draw)
            for at in range(0, len(start), CHUNK)
        ]
        return Paths.join(parts)

    def _find_chunk(self, start: Floats, end: Floats, draw: np.random.Generator) -> Paths:
        count = len(start)
        far = np.hypot(*(start - end).T) >= TOO_NEAR_METERS
        row, pattern, board, alight, cost = self._direct(start, end, far, draw)
        order = np.lexsort((cost, row))
        row, pattern, board, alight = (v[order] for v in (row, pattern, board, alight))
        cost = cost[order]
        best = first_of_each(row)
        second = np.concatenate([[False], best[:-1]]) & ~best
        chosen = np.full((3, count, 2), NONE, dtype=np.int64)
        other = np.full((3, count), NONE, dtype=np.int64)
        best_cost = np.full(count, np.inf)
        best_cost[row[best]] = cost[best]
        for layer, values in enumerate((pattern, board, alight)):
            chosen[layer, row[best], 0] = values[best]
            other[layer, row[second]] = values[second]
        change = far & (np.isinf(best_cost) | (draw.random(count) < 0.1))
        self._change(start, end, np.flatnonzero(change), best_cost, chosen, draw)
        other[:, (chosen[0, :, 1] >= 0) | (other[0] == chosen[0, :, 0])] = NONE
        self._settle(start, end, chosen, other, draw)
        walk = np.zeros(count, dtype=np.int64)
        served = chosen[0, :, 0] >= 0
        stop = self._stop_xy(chosen[0, served, 0], chosen[1, served, 0])
        walk[served] = np.hypot(*(start[served] - stop).T) * DETOUR / WALK_SPEED
        return Paths(chosen[0], chosen[1], chosen[2], other[0], other[1], other[2], walk)

    def _stop_xy(self, pattern: Ints, position: Ints) -> Floats:
        network = self.network
        visit = network.visit_first[pattern] + position
        xy: Floats = network.stops.xy[network.visit_stop[visit]]
        return xy

    def _walk(self, xy: Floats, pattern: Ints, position: Ints) -> Floats:
        """Return how long the walk between points and stops feels, seconds."""
        meters = np.hypot(*(xy - self._stop_xy(pattern, position)).T) * DETOUR
        felt: Floats = meters / WALK_SPEED * WALK_WEIGHT
        return felt

    def _ride(self, pattern: Ints, board: Ints, alight: Ints) -> Floats:
        first = self.network.visit_first[pattern]
        ride: Floats = self.seconds[first + alight] - self.seconds[first + board]
        return ride

    def _direct(
        self, start: Floats, end: Floats, far: Flags, draw: np.random.Generator
    ) -> tuple[Ints, Ints, Ints, Ints, Floats]:
        """Return all ways without a change: (journey, pattern, board, alight, felt seconds)."""
        here, there = self.access.cell_of(start), self.access.cell_of(end)
        at, to = self.access.pattern[here], self.access.pattern[there]
        same = (at[:, :, None] == to[:, None, :]) & (at[:, :, None] >= 0) & far[:, None, None]
        row, slot, other_slot = np.nonzero(same)
        pattern = at[row, slot]
        board = self.access.board[here[row], slot]
        alight = self.access.alight[there[row], other_slot]
        ahead = alight > board
        row, pattern, board, alight = (v[ahead] for v in (row, pattern, board, alight))
        cost = (
            self._walk(start[row], pattern, board)
            + self._walk(end[row], pattern, alight)
            + self.wait[pattern]
            + self._ride(pattern, board, alight)
            + draw.gumbel(0, CHOICE_NOISE_SECONDS, row.size)
        )
        return row, pattern, board, alight, cost

    def _change(
        self,
        start: Floats,
        end: Floats,
        rows: Ints,
        best_cost: Floats,
        chosen: Ints,
        draw: np.random.Generator,
    ) -> None:
        """Replace the direct way of `rows` by one with a change where that feels shorter."""
        first, then, board, leave, enter, alight, which, change = self._changes(
            self.access.cell_of(start[rows]), self.access.cell_of(end[rows])
        )
        row = rows[which]
        cost = (
            self._walk(start[row], first, board)
            + self._walk(end[row], then, alight)
            + self.connections.walk_meters[change] * DETOUR / WALK_SPEED * WALK_WEIGHT
            + self.wait[first]
            + self.wait[then]
            + self._ride(first, board, leave)
            + self._ride(then, enter, alight)
            + TRANSFER_PENALTY_SECONDS
            + draw.gumbel(0, CHOICE_NOISE_SECONDS, row.size)
        )
        order = np.lexsort((cost, row))
        order = order[first_of_each(row[order])]
        order = order[cost[order] < best_cost[row[order]]]
        legs = ((first, then), (board, enter), (leave, alight))
        for layer, (one, two) in enumerate(legs):
            chosen[layer, row[order], 0] = one[order]
            chosen[layer, row[order], 1] = two[order]

    def _changes(self, here: Ints, there: Ints) -> tuple[Ints, ...]:
        """Return all ways with one change between cells, for journeys in the order given.

        (first pattern, second pattern, board, leave, enter, alight, journey, connection)
        """
        access, connections = self.access, self.connections
        k = CHANGE_PATTERNS
        at, to = access.pattern[here, :k], access.pattern[there, :k]
        key = at[:, :, None] * len(self.wait) + to[:, None, :]
        key[(at[:, :, None] < 0) | (to[:, None, :] < 0)] = 0
        options = connections.first[key + 1] - connections.first[key]
        which, slot, other_slot = np.nonzero(options)
        owner, turn = spread(options[which, slot, other_slot])
        which, slot, other_slot = which[owner], slot[owner], other_slot[owner]
        change = connections.first[key[which, slot, other_slot]] + turn
        first, then = at[which, slot], to[which, other_slot]
        board, leave = access.board[here[which], slot], connections.leave[change]
        enter, alight = connections.enter[change], access.alight[there[which], other_slot]
        good = (board < leave) & (enter < alight)
        ends = (first, then, board, leave, enter, alight, which, change)
        return tuple(values[good] for values in ends)

    def _settle(
        self, start: Floats, end: Floats, chosen: Ints, other: Ints, draw: np.random.Generator
    ) -> None:
        """Let each person choose among the neighbouring stops at both ends, in place."""
        rows = np.flatnonzero(chosen[0, :, 0] >= 0)
        last = np.where(chosen[0, rows, 1] >= 0, 1, 0)
        self._neighbour(start[rows], chosen, rows, np.zeros_like(rows), True, draw)
        self._neighbour(end[rows], chosen, rows, last, False, draw)
        rows = np.flatnonzero(other[0] >= 0)
        single = other[:, :, None]
        self._neighbour(end[rows], single, rows, np.zeros_like(rows), False, draw)
        other[:] = single[:, :, 0]
        boards = self._same_stop(chosen[:, rows, 0], other[:, rows])
        other[1, rows] = boards
        lost = rows[(boards < 0) | (boards >= other[2, rows])]
        other[:, lost] = NONE

    def _neighbour(
        self,
        xy: Floats,
        chosen: Ints,
        rows: Ints,
        leg: Ints,
        boarding: bool,
        draw: np.random.Generator,
    ) -> None:
        pattern, board, alight = (chosen[layer, rows, leg] for layer in range(3))
        length = self.network.pattern_length[pattern]
        lowest = np.zeros_like(board) if boarding else board + 1
        highest = alight - 1 if boarding else length - 1
        now = board if boarding else alight
        options = np.clip(now[:, None] + np.array([-1, 0, 1]), lowest[:, None], highest[:, None])
        stops = self._stop_xy(pattern[:, None], options)
        meters = np.hypot(*np.moveaxis(stops - xy[:, None, :], 2, 0)) * DETOUR
        meters += draw.gumbel(0, STOP_NOISE_METERS, meters.shape)
        picked = options[np.arange(rows.size), meters.argmin(axis=1)]
        chosen[1 if boarding else 2, rows, leg] = picked

    def _same_stop(self, chosen: Ints, other: Ints) -> Ints:
        """Return where the other pattern calls at the chosen stop, NONE if nowhere near."""
        network = self.network
        stop = network.visit_stop[network.visit_first[chosen[0]] + chosen[1]]
        found = np.full(stop.size, NONE, dtype=np.int64)
        for step in (-2, 2, -1, 1, 0):
            at = np.clip(other[1] + step, 0, network.pattern_length[other[0]] - 1)
            same = network.visit_stop[network.visit_first[other[0]] + at] == stop
            found[same] = at[same]
        return found
