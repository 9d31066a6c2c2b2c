"""Missing alightings: where riders who did not tap off most likely left the bus.

A rider leaves where the next ride begins. Downstream stops of the same trip are compared in
distance to the card's next boarding (after the last ride: to the first boarding of the day); what
the chain cannot say is taken from like riders, and at last from the terminal. An alighting is
always downstream of the boarding on the same trip. Quiet: reaches nothing outside itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from gongmu.bus.network import Floats, Ints, Network
from gongmu.bus.visits import Visits

WALK_METERS_PER_SECOND = 1.2
CHUNK = 1 << 16
"""Downstream stops compared at a time: few enough that every array stays in the cache."""
NEVER = 1 << 20
"""A deadline beyond any service day."""
PLACE_BITS = 10
"""A trip has fewer than 1,024 stops; metres stand above these bits in a packed cost."""
FAR = np.int32(2**31 - 1)


class Decided(IntEnum):
    """How an alighting was decided, in order of trust."""

    unmatched = 0
    recorded = 1
    next_boarding = 2
    return_home = 3
    history = 4
    distribution = 5
    terminal = 6


@dataclass(frozen=True)
class Chain:
    """Neighbours of (M,) legs of the same card on the BMS clock; -1 when there is none.

    following: the next leg; first: the first leg of the day (-1 when it is this leg itself)
    previous: the leg before
    """

    following: Ints
    first: Ints
    previous: Ints


def build_chain(card: Ints, second: Ints) -> Chain:
    """Link the legs of each card; (M,) legs already grouped by card, `second` on the BMS clock."""
    count = len(card)
    new = np.append(True, card[1:] != card[:-1])[:count]
    group = np.cumsum(new) - 1
    order = np.argsort(group << 17 | second, kind="stable")
    here = np.arange(count)
    start = np.flatnonzero(new)[group] if count else here
    end = np.append(new[1:], True)[:count]
    following = np.full(count, -1)
    following[order] = np.where(end, -1, np.append(order[1:], -1)[:count])
    previous = np.full(count, -1)
    previous[order] = np.where(new, -1, np.append(-1, order[:-1])[:count])
    first = np.full(count, -1)
    first[order] = np.where(start == here, -1, order[start])
    return Chain(following, first, previous)


@dataclass(frozen=True)
class Inferred:
    """visit (M,) of every alighting, -1 unmatched; how (M,) uint8 Decided; walk_m (M,) or NaN."""

    visit: Ints
    how: Ints
    walk_m: Floats


@dataclass(frozen=True)
class Near:
    """visit (K,) of the nearest acceptable downstream stop, -1 none; walk_m (K,) distance."""

    visit: Ints
    walk_m: Floats


def nearest_downstream(
    visits: Visits, network: Network, board: Ints, target: Ints, deadline_s: Ints, limit_m: float
) -> Near:
    """For (K,) boardings find the downstream visit nearest to the `target` stop.

    A visit is acceptable within `limit_m` and when walking from it reaches the target by
    `deadline_s`. Of visits equally near to the metre the earliest is taken. A target of -1, or
    one without a place, accepts nothing. `limit_m` is below 2,000 km.
    """
    end = visits.first[1:][visits.trip[board]]
    x_m, y_m = network.x_m.astype(np.float32), network.y_m.astype(np.float32)
    goal_x, goal_y = np.append(x_m, np.nan)[target], np.append(y_m, np.nan)[target]
    lengths = np.where(np.isfinite(goal_x), end - board - 1, 0)
    visit = np.full(len(board), -1, np.int32)
    walk = np.full(len(board), np.nan)
    until = np.minimum(deadline_s, NEVER).astype(np.float32)
    for rows in _chunks(lengths):
        count = lengths[rows]
        start = np.cumsum(count) - count
        place = np.arange(count.sum(), dtype=np.int32) - np.repeat(start.astype(np.int32), count)
        candidate = np.repeat(board[rows] + 1, count) + place
        stop = visits.stop[candidate]
        east = x_m[stop] - np.repeat(goal_x[rows], count)
        north = y_m[stop] - np.repeat(goal_y[rows], count)
        meters = np.sqrt(east * east + north * north)
        seconds = visits.arrived_s[candidate] + meters * np.float32(1 / WALK_METERS_PER_SECOND)
        fits = (meters <= limit_m) & (seconds <= np.repeat(until[rows], count))
        cost = np.where(fits, meters + np.float32(0.5), 0).astype(np.int32) << PLACE_BITS | place
        cost[~fits] = FAR
        best = np.minimum.reduceat(cost, start)
        hit = best < FAR
        visit[rows[hit]] = board[rows[hit]] + 1 + (best[hit] & (1 << PLACE_BITS) - 1)
        walk[rows[hit]] = best[hit] >> PLACE_BITS
    return Near(visit, walk)


def _chunks(lengths: Ints) -> list[Ints]:
    """Split the rows with something downstream so that each part unrolls to about CHUNK."""
    rows = np.flatnonzero(lengths)
    part = np.cumsum(lengths[rows]) // CHUNK
    return np.split(rows, np.flatnonzero(np.diff(part)) + 1) if len(rows) else []


def infer_alightings(
    visits: Visits,
    network: Network,
    board: Ints,
    recorded: Ints,
    home_stop: Ints,
    second: Ints,
    chain: Chain,
    card: Ints,
    limit_m: float,
) -> Inferred:
    """Give every placed leg an alighting.

    board, recorded (M,) visits or -1; home_stop (M,) the stop where each leg boarded, also of
    legs without a trip, -1 unknown; second (M,) boarding on the BMS clock; card (M,) uint64.
    """
    visit = recorded.copy()
    how = np.where(recorded >= 0, Decided.recorded, Decided.unmatched).astype(np.uint8)
    walk = np.full(len(board), np.nan)
    stop_of = np.append(visits.stop, -1)
    never = np.full(len(board), NEVER)

    def stop_at(stops: Ints, legs: Ints) -> Ints:
        return np.where(legs >= 0, stops[legs], -1)

    following, first, previous = chain.following, chain.first, chain.previous
    alight_stop = np.where(recorded >= 0, stop_of[recorded], -1)
    ways: list[tuple[Decided, Ints, Ints]] = [
        (Decided.next_boarding, stop_at(home_stop, following), second[following]),
        (Decided.return_home, np.where(following < 0, stop_at(home_stop, first), -1), never),
        (Decided.history, stop_at(home_stop, first), never),
        (Decided.history, stop_at(alight_stop, previous), never),
        (Decided.history, stop_at(alight_stop, following), never),
    ]
    for decided, target, deadline in ways:
        rows = np.flatnonzero((visit < 0) & (board >= 0) & (target >= 0))
        near = nearest_downstream(
            visits, network, board[rows], target[rows], deadline[rows], limit_m
        )
        hit = near.visit >= 0
        visit[rows[hit]] = near.visit[hit]
        walk[rows[hit]] = near.walk_m[hit]
        how[rows[hit]] = decided
    rows = np.flatnonzero((visit < 0) & (board >= 0))
    like = like_riders(visits, board, visit, rows, card[rows])
    hit = like >= 0
    visit[rows[hit]], how[rows[hit]] = like[hit], Decided.distribution
    rest = rows[~hit]
    visit[rest], how[rest] = visits.last[visits.trip[board[rest]]], Decided.terminal
    return Inferred(visit, how, walk)


def like_riders(visits: Visits, board: Ints, alight: Ints, rows: Ints, card: Ints) -> Ints:
    """Return (K,) visits for the legs `rows`, shared out as riders of the same stop alight.

    All legs with an alighting who boarded at the same place of the same pattern are put in order
    of the place they left; the leg takes the one at the quantile its card pseudonym says, so many
    legs together follow the distribution and a card always gets the same answer. -1 where nobody
    boarded alike.
    """
    slots = np.int64(visits.slot.max(initial=0)) + 1
    known = np.flatnonzero((board >= 0) & (alight >= 0))
    pairs = np.sort(visits.slot[board[known]] * slots + visits.slot[alight[known]])
    wanted = visits.slot[board[rows]].astype(np.int64)
    low = np.searchsorted(pairs, wanted * slots)
    high = np.searchsorted(pairs, (wanted + 1) * slots)
    mixed = (card.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(11)
    share = mixed.astype(np.float64) / 2.0**53
    chosen = low + (share * (high - low)).astype(np.int64)
    alike = high > low
    slot = pairs[np.minimum(chosen, len(pairs) - 1)] % slots if len(pairs) else wanted
    return np.where(alike, board[rows] + (slot - wanted), -1).astype(np.int32)
