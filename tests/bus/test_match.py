"""Where a card was used: the cases an officer can read, and what holds for any day."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from gongmu.bus.day import DayRules, analyse_day
from gongmu.bus.flags import Flag, meanings
from tests.bus.small_city import ROUTES, inputs, seconds, tap

CASES = Path(__file__).parents[1] / "cases"
COLUMNS = {
    "trip": "trip_id",
    "board_stop": "board_stop_id",
    "board_recorded": "board_stop_recorded",
    "board_decided": "board_decided",
    "alight_stop": "alight_stop_id",
    "alight_decided": "alight_decided",
}


def cases(name: str) -> list[Any]:
    return [
        pytest.param(case, id=case["case"])
        for case in yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    ]


def agrees(row: dict[str, Any], then: dict[str, Any]) -> None:
    for word, value in then.items():
        if word == "alight_not":
            assert row["alight_decided"] != value
        else:
            assert row[COLUMNS[word]] == value, word


@pytest.mark.parametrize("case", cases("matching"))
def test_a_tap_is_placed_as_the_case_says(case: dict[str, Any]) -> None:
    others = [tap(100 + n, other) for n, other in enumerate(case.get("others", []))]
    missed = (case["missed"],) if "missed" in case else ()
    out = analyse_day(inputs([tap(1, case), *others], missed), DayRules())
    agrees(out["tap"].row(0, named=True), case["then"])


@pytest.mark.parametrize("case", cases("alightings"))
def test_a_missing_alighting_is_decided_as_the_case_says(case: dict[str, Any]) -> None:
    rides = [tap(1, ride) for ride in case["rides"]]
    others = [tap(100 + n, other) for n, other in enumerate(case.get("others", []))]
    out = analyse_day(inputs([*rides, *others]), DayRules())["tap"]
    for row, ride in zip(out.iter_rows(named=True), case["rides"], strict=False):
        agrees(row, ride.get("then", {}))


def ride(stop: int, to: int, shift: int = 0, start: str = "08:00:00") -> dict[str, Any]:
    """Return a tap on route 가 in the middle of the stand at `stop`, on a clock that is wrong."""
    stands = seconds(start) + (stop - 1) * 120 + (10 if stop > 1 else -10)
    row = tap(stop * 10 + to, {"board": {"stop": f"가{stop}", "at": "08:00:00"}})
    leaves = seconds(start) + (to - 1) * 120 + 5
    return row | {"boarded_s": stands + shift, "alighted_s": leaves + shift,
                  "alight_stop_id": f"S:가{to}"}  # fmt: skip


@pytest.mark.parametrize("shift", [-240, -75, 0, 130, 290])
def test_a_wrong_card_clock_is_found_and_taken_off(shift: int) -> None:
    rides = [ride(stop, to, shift) for stop in range(1, 5) for to in range(stop + 1, 6)]
    rides += [row | {"card": row["card"] + 1000, "boarded_s": row["boarded_s"] + 3_600,
                     "alighted_s": row["alighted_s"] + 3_600} for row in rides]  # fmt: skip
    rides[3]["board_stop_id"] = "S:가3"
    taps = analyse_day(inputs(rides), DayRules())["tap"]
    assert (taps["clock_offset_s"] + shift).abs().max() <= 10
    assert taps["board_stop_id"].to_list() == [f"가{row['card'] % 1000 // 10}" for row in rides]
    assert taps["board_decided"].to_list().count("corrected") == 1


def test_a_row_that_came_twice_counts_once() -> None:
    row = ride(2, 4)
    silent = row | {"file_id": "e", "row_number": 9, "alighted_s": None, "alight_stop_id": None}
    second = row | {"file_id": "g", "row_number": 1}
    out = analyse_day(inputs([silent, second, row, ride(1, 3)]), DayRules())
    kept = out["tap"].select("file_id", "row_number").rows()
    assert kept == [("f", 3), ("f", 4)], "the row with an alighting, then the earlier file, stays"
    repeats = out["quality"].filter(measure="repeats").row(0, named=True)
    assert (repeats["count"], repeats["base"]) == (2, 4)


def test_a_visit_missing_from_bms_is_filled_in_proportion_and_flagged() -> None:
    out = analyse_day(inputs([], missed=("가3", "가5")), DayRules())["trip_stop"]
    trip = out.filter(trip_id="T1")
    assert trip["stop_seq"].to_list() == [1, 2, 3, 4, 5]
    assert trip["flags"].to_list() == [0, 0, Flag.INTERPOLATED, 0, Flag.EXTRAPOLATED]
    clock = trip["arrived_at"].dt.strftime("%H:%M:%S").to_list()
    assert clock[2] == "08:04:10", "halfway between leaving 가2 at 08:02:20 and reaching 가4"
    assert clock[4] > "08:07:00"
    assert meanings(Flag.INTERPOLATED | Flag.BALANCED)[0].startswith("통과 이력이 빠져")


def test_a_loop_that_serves_a_stop_twice_is_told_apart_by_time() -> None:
    given = inputs([])
    loop = given.stop_events.with_columns(
        stop_id=given.stop_events["stop_id"].replace({"가5": "가1"})
    )
    pattern = given.route_stops.with_columns(
        stop_id=given.route_stops["stop_id"].replace({"가5": "가1"})
    )
    early = ride(2, 5) | {"alight_stop_id": "S:가1"}
    starts = ride(1, 3)
    taps = inputs([early, starts]).taps
    out = analyse_day(replace(given, taps=taps, stop_events=loop, route_stops=pattern), DayRules())[
        "tap"
    ]
    assert out.select("board_stop_seq", "alight_stop_seq").rows() == [(2, 5), (1, 3)]


def test_the_last_stop_of_a_route_takes_no_boardings() -> None:
    rows = [tap(n, {"board": {"stop": f"가{n}", "at": "08:08:10"}}) for n in range(1, 6)]
    out = analyse_day(inputs(rows), DayRules())
    last = out["trip_stop"].filter(stop_seq=ROUTES["가"], route_id="가")
    assert last["boardings"].to_list() == [0, 0]
