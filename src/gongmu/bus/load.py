"""Boardings and alightings per stop visit, and the load that runs along each trip.

The load after a visit is the load before it plus boardings minus alightings. Every array counts
whole riders, so sums are exact. Quiet: reaches nothing outside itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongmu.bus.network import Bools, Ints


def count_riders(visit: Ints, riders: Ints, visit_count: int) -> Ints:
    """Sum (M,) riders onto (N,) visits; legs with visit -1 are left out."""
    placed = visit >= 0
    summed: Ints = np.bincount(visit[placed], riders[placed], visit_count).astype(np.int32)
    return summed


def running(counts: Ints, first: Ints) -> Ints:
    """Return (N,) running sums that start anew at each of the T trips; `first` is (T+1,)."""
    total = np.cumsum(counts, dtype=np.int64)
    before = np.append(0, total)[first[:-1]]
    since: Ints = (total - np.repeat(before, np.diff(first))).astype(np.int32)
    return since


def running_load(boardings: Ints, alightings: Ints, first: Ints) -> Ints:
    """Return (N,) riders on board when the bus leaves each visit, as the counts say."""
    return running(boardings - alightings, first)


@dataclass(frozen=True)
class Balanced:
    """alightings, load (N,) after balancing; moved (N,) bool: the count was changed here."""

    alightings: Ints
    load: Ints
    moved: Bools


def balance(boardings: Ints, alightings: Ints, first: Ints) -> Balanced:
    """Change alightings so that each trip never has a negative load and ends empty.

    On running sums: those of alightings are scaled to end at the trip's boardings (rounded, so
    riders stay whole) and held at or below those of boardings, which pushes a deficit to later
    stops. Alightings at the last stop take what is left. (N,) counts, (T+1,) `first`.
    """
    on = running(boardings, first).astype(np.int64)
    off = running(alightings, first).astype(np.int64)
    length = np.diff(first)
    last = first[1:] - 1
    if not np.array_equal(on[last], off[last]):
        on_total, off_total = np.repeat(on[last], length), np.repeat(off[last], length)
        scaled = (2 * off * on_total + off_total) // np.maximum(2 * off_total, 1)
        off = np.where(off_total > 0, scaled, 0)
        off[last] = on[last]
    held = np.minimum(off, on)
    before = np.append(0, held[:-1])
    before[first[:-1]] = 0
    balanced = (held - before).astype(np.int32)
    return Balanced(balanced, (on - held).astype(np.int32), balanced != alightings)


@dataclass(frozen=True)
class CountedLoads:
    """load (N,) leaving each stop; residual (N,) alightings that nobody was on board to make."""

    load: Ints
    residual: Ints


def loads_from_counts(
    boardings: Ints, alightings: Ints, starting_load: Ints, trip_starts: Ints
) -> CountedLoads:
    """Rebuild loads from automatic passenger counts.

    Riders leave before others board, so a counter that reports more alightings than there were
    riders (it clears its memory at the end of a trip, or missed boardings) leaves the boarding
    riders only; the surplus is the residual. boardings, alightings (N,); starting_load (T,)
    riders on board when the trip's record begins; trip_starts (T,) first row of each trip.
    """
    first = np.append(trip_starts, len(boardings))
    length = np.diff(first)
    begin = np.repeat(np.asarray(starting_load, dtype=np.int64), length)
    emptied = begin + running(boardings, first) - boardings - running(alightings, first)
    span = np.abs(emptied).max(initial=0) + 1
    trip = np.repeat(np.arange(len(length)), length)
    short = np.maximum.accumulate(np.maximum(-emptied, 0) + trip * span) - trip * span
    before = np.append(0, short[:-1])
    before[first[:-1]] = 0
    load = emptied + short + boardings
    return CountedLoads(load.astype(np.int32), (short - before).astype(np.int32))
