"""Habit: most people go home the way they came, from the stops across the road."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gongmu.practice.arrays import Flags, Floats, Ints
from gongmu.practice.network import Network
from gongmu.practice.paths import NONE, Paths

HABIT_SHARE = 0.95
"""How many keep to their way out; the others choose anew, by what is near and comes first.

An assumption: it decides how often trip chaining can name the very stop, see docs/benchmarks.md.
"""
ACROSS_METERS = 300.0
"""Where a line goes back by another street, people take its stop nearest to where they left."""
_WINDOW = np.arange(-9, 10)


def keep_habits(
    draw: np.random.Generator,
    network: Network,
    person: Ints,
    start_spot: Ints,
    end_spot: Ints,
    late: Flags,
    paths: Paths,
) -> Paths:
    """Return the ways with most returns replaced by the way out turned round.

    Journeys stand in (person, order); a return goes back to where the journey before it began.
    Those who return `late`, by the night buses, choose anew.
    """
    out = np.arange(person.size) - 1
    back = (person == person[out]) & (start_spot == end_spot[out]) & (end_spot == start_spot[out])
    back &= (draw.random(person.size) < HABIT_SHARE) & ~late
    rows = np.flatnonzero(back[1:]) + 1
    turned, good = turn_round(network, paths.take(rows - 1))
    rows, turned = rows[good], turned.take(good)
    kept = replace(paths, **{name: getattr(paths, name).copy() for name in _CHANGED})
    for name in _CHANGED:
        getattr(kept, name)[rows] = getattr(turned, name)
    return kept


_CHANGED = ("pattern", "board", "alight", "other_pattern", "other_board", "other_alight")


def turn_round(network: Network, paths: Paths) -> tuple[Paths, Flags]:
    """Return every way in the other direction, and which ways have one throughout."""
    twin = _twins(network)
    two = paths.legs == 2
    order = np.where(two[:, None], [1, 0], [0, 1])
    pattern, board, alight = (
        np.take_along_axis(getattr(paths, name), order, axis=1)
        for name in ("pattern", "board", "alight")
    )
    back = np.where(pattern >= 0, twin[pattern], NONE)
    turned_board = _across(network, pattern, alight, back)
    turned_alight = _across(network, pattern, board, back)
    absent = pattern < 0
    whole = absent | ((turned_board >= 0) & (turned_board < turned_alight))
    other = np.where(paths.other_pattern >= 0, twin[paths.other_pattern], NONE)
    other_alight = _across(network, paths.other_pattern, paths.other_board, other)
    other_board = _calls_at(network, back[:, 0], turned_board[:, 0], other)
    lost = (other_board < 0) | (other_board >= other_alight)
    turned = replace(
        paths,
        pattern=np.where(absent, NONE, back),
        board=np.where(absent, NONE, turned_board),
        alight=np.where(absent, NONE, turned_alight),
        other_pattern=np.where(lost, NONE, other),
        other_board=np.where(lost, NONE, other_board),
        other_alight=np.where(lost, NONE, other_alight),
    )
    return turned, whole.all(axis=1) & (paths.legs > 0)


def _twins(network: Network) -> Ints:
    """Return the pattern of the same route in the other direction [P]; NONE for loops."""
    route, direction = network.pattern_route, network.pattern_direction
    twin = np.full(route.size, NONE, dtype=np.int64)
    first, second = (np.flatnonzero(direction == way) for way in (1, 2))
    at = np.full(int(route.max()) + 1, NONE, dtype=np.int64)
    at[route[second]] = second
    twin[first] = at[route[first]]
    twin[twin[first][twin[first] >= 0]] = first[twin[first] >= 0]
    return twin


def _across(network: Network, pattern: Ints, position: Ints, back: Ints) -> Ints:
    """Return the position on `back` across the road from a position on `pattern`; else NONE."""
    length = network.pattern_length
    guess = length[back] - 1 - position
    return _nearest(network, back, guess, _xy(network, pattern, position), ACROSS_METERS)


def _calls_at(network: Network, pattern: Ints, position: Ints, other: Ints) -> Ints:
    """Return where `other` calls at the same stop as `pattern` does at `position`; else NONE."""
    xy = _xy(network, pattern, position)
    found = np.full(position.shape, NONE, dtype=np.int64)
    best = np.full(position.shape, 1.0)
    for at in range(int(network.pattern_length.max())):
        here = np.minimum(at, network.pattern_length[other] - 1)
        gap = np.hypot(*np.moveaxis(_xy(network, other, here) - xy, -1, 0))
        near = (gap < best) & (other >= 0)
        found[near], best[near] = here[near], gap[near]
    return found


def _xy(network: Network, pattern: Ints, position: Ints) -> Floats:
    """Return where stops stand; for absent legs some stop, which their callers drop."""
    visit = network.visit_first[np.maximum(pattern, 0)] + np.maximum(position, 0)
    xy: Floats = network.stops.xy[
        network.visit_stop[np.minimum(visit, network.visit_stop.size - 1)]
    ]
    return xy


def _nearest(network: Network, pattern: Ints, guess: Ints, xy: Floats, limit: float) -> Ints:
    best = np.full(guess.shape, limit)
    found = np.full(guess.shape, NONE, dtype=np.int64)
    for step in _WINDOW:
        at = np.clip(guess + step, 0, np.maximum(network.pattern_length[pattern] - 1, 0))
        gap = np.hypot(*np.moveaxis(_xy(network, pattern, at) - xy, -1, 0))
        near = (gap <= best) & (pattern >= 0)
        found[near], best[near] = at[near], gap[near]
    return found
