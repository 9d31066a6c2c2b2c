"""Card taps onto stop visits: repeats removed, clocks set right, boarding and alighting placed.

Where the bus was decides where a card was used; the card's own stop only breaks ties. The trip
departure time that cards carry is never used: on real buses it is wrong for whole days.
Quiet: reaches nothing outside itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from gongmu.bus.crosswalk import Crosswalk
from gongmu.bus.network import Bools, Ints, coded
from gongmu.bus.visits import SECOND_BITS, Visits

CLOCK_LIMIT_S = 300
"""Card clocks are searched within five minutes of the BMS clock."""


@dataclass(frozen=True)
class Legs:
    """M taps without repeats, ordered by (card, boarding second): the chain of each card.

    row (M,) place in the input frame; card (M,) uint64; riders (M,) int32
    vehicle, route (M,) positions or -1; board_recorded, alight_recorded (M,) stop positions of
    the crosswalk or -1; boarded_s, alighted_s (M,) int32 card-clock seconds, alighted_s -1 when
    there was no tap; repeats: rows removed
    """

    row: Ints
    card: Ints
    vehicle: Ints
    route: Ints
    board_recorded: Ints
    alight_recorded: Ints
    boarded_s: Ints
    alighted_s: Ints
    riders: Ints
    repeats: int


@dataclass(frozen=True)
class Clocks:
    """Per vehicle: seconds to add to the card clock (V,) int32, taps used (V,), measured (V,)."""

    offset_s: Ints
    taps: Ints
    measured: Bools


def build_legs(taps: pl.DataFrame, walk: Crosswalk) -> Legs:
    """Order (N,) taps by card and second and drop repeats.

    A repeat has the card, vehicle, second and boarding stop of another row, also when it came in
    another file; the one with an alighting stays, then the earlier in (file_id, row_number).
    """
    card = taps["card"].to_numpy()
    second = taps["boarded_s"].to_numpy().astype(np.int64)
    order = _by_card(card, second)
    alighted = taps["alighted_s"].fill_null(-1).to_numpy().astype(np.int32)
    same = (card[order][1:] == card[order][:-1]) & (second[order][1:] == second[order][:-1])
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same)[: len(card)])
    if len(tied):
        rows = order[tied]
        group = np.cumsum(~np.append(False, same))[tied]
        file = coded(taps["file_id"].gather(rows))[0].code
        number = taps["row_number"].gather(rows).to_numpy()
        silent = walk.alight_stop[rows] < 0
        ranks = (number, file, silent, walk.board_stop[rows], walk.vehicle[rows], group)
        order[tied] = rows[np.lexsort(ranks)]
    again = (
        same
        & (walk.vehicle[order][1:] == walk.vehicle[order][:-1])
        & (walk.board_stop[order][1:] == walk.board_stop[order][:-1])
    )
    kept = order[~np.append(False, again)[: len(order)]]
    return Legs(
        kept,
        card[kept],
        walk.vehicle[kept],
        walk.route[kept],
        walk.board_stop[kept],
        walk.alight_stop[kept],
        second[kept].astype(np.int32),
        alighted[kept],
        taps["riders"].gather(kept).to_numpy().astype(np.int32),
        len(order) - len(kept),
    )


def _by_card(card: Ints, second: Ints) -> Ints:
    """Return the order by (card, second).

    One packed key holds the low 47 bits of the pseudonym; the rare day on which two cards share
    them is sorted by both columns instead.
    """
    key = (card << np.uint64(SECOND_BITS)) | second.astype(np.uint64)
    order = np.argsort(key)
    key, sorted_card = key[order] >> np.uint64(SECOND_BITS), card[order]
    if np.any((key[1:] == key[:-1]) & (sorted_card[1:] != sorted_card[:-1])):
        return np.lexsort((second, card))
    return order


def set_clocks(legs: Legs, visits: Visits, vehicle_count: int, minimum_taps: int) -> Clocks:
    """Find for each vehicle the clock offset that puts most taps inside their stop's window.

    A tap at second t whose recorded stop the vehicle served in [arrived, departed] agrees with
    every offset in [arrived - t, departed - t]; the offset covered by most such intervals wins
    (the middle one of equals). Vehicles with fewer than `minimum_taps` take the median offset of
    the others.
    """
    width = 2 * CLOCK_LIMIT_S + 1
    vehicle, low, high = _agreeing_offsets(legs, visits)
    cells = vehicle_count * (width + 1)
    opens = np.bincount(vehicle * (width + 1) + low + CLOCK_LIMIT_S, minlength=cells)
    closes = np.bincount(vehicle * (width + 1) + high + CLOCK_LIMIT_S + 1, minlength=cells)
    covered = np.cumsum((opens - closes).reshape(vehicle_count, width + 1), axis=1)[:, :width]
    best = covered == covered.max(axis=1, keepdims=True, initial=0)
    seconds = np.arange(-CLOCK_LIMIT_S, CLOCK_LIMIT_S + 1)
    middle = (best * seconds).sum(axis=1, keepdims=True) / best.sum(axis=1, keepdims=True)
    distance = np.where(best, np.abs(seconds - middle), np.inf)
    offset = seconds[np.argmin(distance, axis=1)]
    taps = np.bincount(vehicle, minlength=vehicle_count)
    measured = taps >= minimum_taps
    usual = int(np.median(offset[measured])) if measured.any() else 0
    return Clocks(np.where(measured, offset, usual).astype(np.int32), taps, measured)


def _agreeing_offsets(legs: Legs, visits: Visits) -> tuple[Ints, Ints, Ints]:
    """Return vehicle, lowest and highest agreeing offset of each (tap, nearby visit) pair."""
    stops = int(visits.stop.max(initial=0)) + 1
    seen = np.flatnonzero(visits.flags == 0)
    vehicle_of = visits.trip_vehicle[visits.trip[seen]].astype(np.int64)
    place = (vehicle_of * stops + visits.stop[seen]) << SECOND_BITS | visits.arrived_s[seen]
    order = np.argsort(place)
    place, seen = place[order], seen[order]
    usable = (legs.vehicle >= 0) & (legs.board_recorded >= 0) & (legs.board_recorded < stops)
    used = np.flatnonzero(usable)
    spot = legs.vehicle[used].astype(np.int64) * stops + legs.board_recorded[used]
    wanted = spot << SECOND_BITS | legs.boarded_s[used]
    turn = np.argsort(wanted)
    used, spot, wanted = used[turn], spot[turn], wanted[turn]
    second, vehicle = legs.boarded_s[used], legs.vehicle[used]
    after = np.searchsorted(place, wanted)
    found = []
    for candidate in (after - 1, after):
        inside = (candidate >= 0) & (candidate < len(place))
        near = np.where(inside, candidate, 0)
        inside &= (place[near] >> SECOND_BITS == spot) if len(place) else False
        rows = np.flatnonzero(inside)
        visit = seen[near[rows]]
        low = np.maximum(visits.arrived_s[visit] - second[rows], -CLOCK_LIMIT_S)
        high = np.minimum(visits.departed_s[visit] - second[rows], CLOCK_LIMIT_S)
        good = low <= high
        found.append((vehicle[rows][good], low[good], high[good]))
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))  # type: ignore[return-value]


@dataclass(frozen=True)
class Boardings:
    """visit (M,) where each leg boarded, -1 unmatched; second_s (M,) boarding on the BMS clock."""

    visit: Ints
    second_s: Ints


def place_boardings(
    legs: Legs, visits: Visits, clocks: Clocks, early_s: int, late_s: int
) -> Boardings:
    """Find the stop visit at which each leg boarded.

    The last stop of a trip takes no boardings. A tap inside a window belongs to that visit.
    Between two windows the recorded stop decides when it is one of the two; otherwise a visit
    that BMS missed is preferred, then the stop just left (late taps). Before the first stop of a
    trip a tap may be `early_s` early; after the arrival at the last stop, `late_s` late.
    """
    known = legs.vehicle >= 0
    offset = np.append(clocks.offset_s, 0)[legs.vehicle]
    second = legs.boarded_s + np.where(known, offset, 0)
    visit = np.full(len(legs.row), -1, np.int32)
    boardable = np.ones(len(visits.trip), bool)
    boardable[visits.last] = False
    open_visits = np.flatnonzero(boardable)
    rows = np.flatnonzero(known)
    if len(open_visits) and len(rows):
        key = legs.vehicle[rows].astype(np.int64) << SECOND_BITS | np.maximum(second[rows], 0)
        order = np.argsort(key)
        rows, key = rows[order], key[order]
        visit[rows] = _choose(legs, visits, open_visits, rows, key, second[rows], early_s, late_s)
    return Boardings(visit, second.astype(np.int32))


def _choose(
    legs: Legs,
    visits: Visits,
    open_visits: Ints,
    rows: Ints,
    key: Ints,
    second: Ints,
    early_s: int,
    late_s: int,
) -> Ints:
    """Return (K,) the visit of each of the K rows; `key` is sorted, see `place_boardings`."""
    vehicle_of = visits.trip_vehicle[visits.trip].astype(np.int64)
    left = vehicle_of << SECOND_BITS | np.maximum(visits.departed_s, 0)
    following = np.searchsorted(np.maximum.accumulate(left[open_visits]), key)
    vehicle = legs.vehicle[rows]
    recorded = legs.board_recorded[rows]

    def visit_at(place: Ints) -> tuple[Ints, Bools]:
        inside = (place >= 0) & (place < len(open_visits))
        visit = open_visits[np.where(inside, place, 0)]
        return visit, inside & (vehicle_of[visit] == vehicle)

    behind, has_behind = visit_at(following - 1)
    ahead, has_ahead = visit_at(following)
    trip_behind = visits.trip[behind]
    end = visits.arrived_s[visits.last[trip_behind]]
    has_behind &= second <= end + late_s
    riding = has_behind & has_ahead & (visits.trip[ahead] == trip_behind)
    has_ahead &= riding | (visits.arrived_s[ahead] - second <= early_s)
    inside = has_ahead & (visits.arrived_s[ahead] <= second)
    says_behind = has_behind & (visits.stop[behind] == recorded)
    says_ahead = has_ahead & (visits.stop[ahead] == recorded)
    missed_ahead = riding & (visits.flags[ahead] != 0) & (visits.flags[behind] == 0)
    on_the_way = has_behind & (second <= end) & ~missed_ahead
    choice = np.select(
        [inside, says_behind, says_ahead, on_the_way, has_ahead, has_behind],
        [ahead, behind, ahead, behind, ahead, behind],
        -1,
    )
    return choice.astype(np.int32)


@dataclass(frozen=True)
class Alightings:
    """visit (M,) of the recorded alighting, -1 none; off_trip (M,) recorded but not downstream."""

    visit: Ints
    off_trip: Bools


def place_alightings(
    legs: Legs, visits: Visits, boardings: Boardings, clocks: Clocks
) -> Alightings:
    """Find the visit at which each recorded alighting stop was served downstream on the trip.

    The stop counts, not the time: many riders tap before the bus arrives. Where the trip serves
    the stop more than once downstream, the visit nearest in time is taken (the earlier of equals).
    """
    stops, count = int(visits.stop.max(initial=0)) + 1, len(visits.trip)
    key = (visits.trip.astype(np.int64) * stops + visits.stop) * count + np.arange(count)
    key.sort()
    recorded = (legs.alight_recorded >= 0) & (boardings.visit >= 0)
    rows = np.flatnonzero(recorded & (legs.alight_recorded < stops))
    board = boardings.visit[rows].astype(np.int64)
    spot = visits.trip[board].astype(np.int64) * stops + legs.alight_recorded[rows]
    turn = np.argsort(spot * count + board)
    rows, board, spot = rows[turn], board[turn], spot[turn]
    second = legs.alighted_s[rows] + clocks.offset_s[legs.vehicle[rows]]
    best = np.full(len(rows), -1, np.int32)
    best_gap = np.full(len(rows), np.iinfo(np.int32).max, np.int32)
    place = np.searchsorted(key, spot * count + board, "right")
    for _ in range(_most_visits(key, count)):
        there = np.append(key, -1)[np.minimum(place, len(key))]
        visit = there % count
        gap = np.abs(visits.arrived_s[visit] - second)
        better = (there // count == spot) & (gap < best_gap)
        best[better], best_gap[better] = visit[better], gap[better]
        place = place + 1
    result = np.full(len(legs.row), -1, np.int32)
    result[rows] = best
    return Alightings(result, recorded & (result < 0))


def _most_visits(key: Ints, count: int) -> int:
    """Return how often the most visited stop of any trip is served, from the sorted keys."""
    if not len(key):
        return 0
    spot = key // count
    starts = np.flatnonzero(np.append(True, spot[1:] != spot[:-1]))
    return int(np.diff(np.append(starts, len(key))).max())
