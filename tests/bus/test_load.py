"""Loads: worked by hand, rebuilt from real automatic counters, and never negative."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gongmu.bus.load import balance, loads_from_counts, running_load
from tests.conftest import shared


def test_loads_run_along_each_trip_and_start_anew() -> None:
    first = np.array([0, 3, 5])
    loads = running_load(np.array([4, 2, 0, 3, 0]), np.array([0, 1, 5, 0, 3]), first)
    assert loads.tolist() == [4, 5, 0, 3, 0]


def test_more_alightings_than_riders_are_pushed_to_later_stops() -> None:
    boardings, alightings = np.array([2, 0, 3, 0]), np.array([0, 4, 0, 1])
    balanced = balance(boardings, alightings, np.array([0, 4]))
    assert balanced.alightings.tolist() == [0, 2, 2, 1]
    assert balanced.load.tolist() == [2, 0, 1, 0]
    assert balanced.moved.tolist() == [False, True, True, False]


def test_too_few_alightings_are_scaled_to_the_boardings() -> None:
    balanced = balance(np.array([6, 0, 0, 0]), np.array([0, 1, 1, 1]), np.array([0, 4]))
    assert balanced.alightings.tolist() == [0, 2, 2, 2]


def test_a_trip_without_any_recorded_alighting_empties_at_its_end() -> None:
    balanced = balance(np.array([6, 1, 0]), np.array([0, 0, 0]), np.array([0, 3]))
    assert balanced.load.tolist() == [6, 7, 0]


counts = arrays.arrays(np.int32, st.just(24), elements=st.integers(0, 60))


@given(counts, counts, st.lists(st.integers(1, 23), unique=True, max_size=5))
def test_balanced_loads_are_never_negative_and_end_at_zero(
    boardings: np.ndarray, alightings: np.ndarray, cuts: list[int]
) -> None:
    first = np.array([0, *sorted(cuts), 24])
    balanced = balance(boardings, alightings, first)
    assert (balanced.load >= 0).all()
    assert (balanced.alightings >= 0).all()
    assert (balanced.load[first[1:] - 1] == 0).all()
    assert balanced.alightings.sum() == boardings.sum()
    assert (running_load(boardings, balanced.alightings, first) == balanced.load).all()
    again = balance(boardings, balanced.alightings, first)
    assert not again.moved.any(), "what is balanced stays as it is"


@given(counts, counts, st.lists(st.integers(1, 23), unique=True, max_size=5))
def test_loads_from_counts_agree_with_the_step_by_step_rule(
    boardings: np.ndarray, alightings: np.ndarray, cuts: list[int]
) -> None:
    starts = np.array([0, *sorted(cuts)])
    begin = np.arange(len(starts)) * 7
    counted = loads_from_counts(boardings, alightings, begin, starts)
    for trip, (start, end) in enumerate(zip(starts, [*starts[1:], 24], strict=True)):
        load = begin[trip]
        for row in range(start, end):
            residual = max(0, alightings[row] - load)
            load = max(0, load - alightings[row]) + boardings[row]
            assert (counted.load[row], counted.residual[row]) == (load, residual)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="latin-1", newline="") as lines:
        return list(csv.DictReader(lines))


def test_san_francisco_loads_are_rebuilt_and_the_flush_row_is_explained() -> None:
    rows = read(shared("data", "udc", "san-francisco_passenger-count.excerpt.csv"))
    on, off, load = (np.array([int(row[name]) for row in rows]) for name in ("ON", "OFF", "LOAD"))
    trips = [row["TRIP_ID"] for row in rows]
    starts = np.array([n for n, trip in enumerate(trips) if n == 0 or trips[n - 1] != trip])
    begin = load[starts] - on[starts] + off[starts]
    counted = loads_from_counts(on, off, begin, starts)
    assert len(rows) == 37
    assert counted.load.tolist() == load.tolist()
    flush = np.flatnonzero(counted.residual)
    assert [rows[n]["STOP_SEQ"] for n in flush] == ["47"]
    assert counted.residual[flush].tolist() == [56], "56 counted off an empty bus, 1 boarded"


def test_zurich_loads_are_rebuilt_exactly() -> None:
    rows = read(shared("data", "udc", "zurich_passenger-counts.excerpt.csv"))
    names = ("passengersBoardingStop", "passengersAlightingStop", "passengerLoadStop")
    on, off, load = (np.array([int(row[name]) for row in rows]) for name in names)
    counted = loads_from_counts(on, off, np.array([0]), np.array([0]))
    assert len(rows) == 11
    assert counted.load.tolist() == load.tolist()
    assert not counted.residual.any()
