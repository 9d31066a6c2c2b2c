"""Foreign identifiers: every way of joining them to the city's, in order of trust."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from gongmu.bus import tables
from gongmu.bus.day import DayInputs, DayRules, analyse_day
from tests.bus.small_city import filled, inputs, tap


def ways(out: dict[str, pl.DataFrame], kind: str) -> dict[str, int]:
    rows = out["quality"].filter(pl.col("measure").str.starts_with(f"{kind}_by_"))
    return {
        m.removeprefix(f"{kind}_by_"): int(n) for m, n in rows.select("measure", "count").rows()
    }


def day(rows: list[dict[str, Any]], **changes: pl.DataFrame) -> DayInputs:
    return replace(inputs(rows), **changes)


def boarding(stop_id: str | None, **more: Any) -> dict[str, Any]:
    row = tap(1, {"board": {"stop": "가2", "at": "08:02:10"}})
    return row | {"board_stop_id": stop_id} | more


def recorded(out: dict[str, pl.DataFrame]) -> list[str | None]:
    return out["tap"]["board_stop_recorded"].to_list()


def test_stops_are_joined_by_each_way_in_turn() -> None:
    near = {"stop_id": "X:near", "stop_name": "가2", "latitude": 37.5001, "longitude": 127.01134}
    far = near | {"stop_id": "X:far", "latitude": 37.6}
    settlement = filled(
        tables.SETTLEMENT_STOPS, [{"stop_id": "X:ars", "ars_id": "00001"}, near, far]
    )
    rows = [
        boarding("S:가2", card=1),
        boarding(None, card=2, board_stop_std_id="가2"),
        boarding("X:ars", card=3),
        boarding("X:pair", card=4, board_stop_std_id="가2"),
        boarding("X:pair", card=5),
        boarding("X:near", card=6),
        boarding("X:far", card=7),
    ]
    out = analyse_day(day(rows, settlement_stops=settlement), DayRules())
    assert recorded(out) == ["가2"] * 6 + ["X:far"]
    assert ways(out, "stop") == {"master": 1, "ars": 1, "taps": 1, "near": 1, "none": 1}
    assert out["tap"]["board_stop_id"].to_list() == ["가2"] * 7, "BMS knows where the bus stood"


def test_an_id_that_could_be_two_stops_is_left_to_the_next_way() -> None:
    given = inputs([])
    both = given.stops.with_columns(
        settlement_stop_id=pl.when(pl.col("stop_id").is_in(["가2", "가3"]))
        .then(pl.lit("X:both"))
        .otherwise("settlement_stop_id")
    )
    out = analyse_day(day([boarding("X:both")], stops=both), DayRules())
    assert recorded(out) == ["X:both"]
    assert ways(out, "stop") == {"none": 1}


def test_a_vehicle_is_found_by_its_plate_when_its_id_is_unknown() -> None:
    rows = [
        boarding("S:가2", card=1, vehicle_id="Z:7", vehicle_plate="70자1001"),
        boarding("S:가2", card=2, vehicle_id="Z:7"),
        boarding("S:가2", card=3, vehicle_id=None, vehicle_plate="연습70자1001"),
        boarding("S:가2", card=4, vehicle_id=None),
    ]
    out = analyse_day(day(rows), DayRules())
    assert out["tap"]["vehicle_id"].to_list() == ["V1", "V1", "V1", None]
    assert ways(out, "vehicle") == {"plate": 1}


def test_a_route_is_found_by_its_number() -> None:
    named = filled(
        tables.SETTLEMENT_ROUTE_STOPS,
        [{"route_id": "R:1", "route_name": "나", "stop_seq": 0, "stop_id": "S:나1"}],
    )
    rows = [boarding("S:가2", vehicle_id=None, route_id="R:1")]
    out = analyse_day(day(rows, settlement_route_stops=named), DayRules())
    assert out["tap"]["route_id"].to_list() == ["나"]
    assert ways(out, "route") == {"route_name": 1}
