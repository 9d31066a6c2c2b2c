"""What holds for any day: exact schemas, whole riders, nobody leaves before boarding."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from gongmu.bus import tables
from gongmu.bus.day import DayInputs, DayRules, analyse_day
from gongmu.bus.flags import Flag
from gongmu.practice.day import build_city, simulate_day
from gongmu.practice.faults import LEVELS
from gongmu.practice.records import record
from gongmu.practice.settlement import build_settlement
from gongmu.practice.tables import as_tables
from tests.bus.small_city import DAY, inputs, seconds, tap

PUBLISHED = {table.name: table for table in tables.PUBLISHED_TABLES}


def checked(out: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Assert what every analysed day must show, and hand it on."""
    assert set(out) == set(PUBLISHED)
    for name, frame in out.items():
        assert dict(frame.schema) == PUBLISHED[name].schema, name
    visits, taps = out["trip_stop"], out["tap"]
    assert (visits["load"] >= 0).all()
    ends = visits.group_by("trip_id").agg(pl.col("load").sort_by("stop_seq").last())
    assert (ends["load"] == 0).all()
    assert visits["boardings"].sum() == visits["alightings"].sum()
    matched = taps.filter(pl.col("trip_id").is_not_null())
    assert (matched["alight_stop_seq"] > matched["board_stop_seq"]).all()
    assert visits["boardings"].sum() == matched["riders"].sum() == out["od"]["riders"].sum()
    for name in ("stop_hour", "route_hour"):
        assert out[name]["boardings"].sum() == matched["riders"].sum()
    assert (out["quality"]["share"] >= 0).all()
    return out


times = st.integers(seconds("07:50:00"), seconds("18:20:00")).map(
    lambda s: f"{s // 3600:02d}:{s % 3600 // 60:02d}:{s % 60:02d}"
)
ends = st.fixed_dictionaries(
    {
        "stop": st.sampled_from(["가1", "가2", "가4", "가5", "나2", "다3", "먼곳", "모름"]),
        "at": times,
    }
)
rides = st.fixed_dictionaries(
    {
        "vehicle": st.sampled_from(["V1", "V2", "V3", "V9"]),
        "board": ends,
        "riders": st.integers(1, 4),
    },
    optional={"alight": ends},
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), rides), max_size=25), st.randoms())
def test_any_taps_give_a_sound_day_whatever_the_row_order(
    given_rides: list[tuple[int, dict[str, Any]]], chance: Any
) -> None:
    rows = [tap(card, ride) | {"row_number": n} for n, (card, ride) in enumerate(given_rides, 1)]
    whole = inputs(rows, missed=("가3",))
    out = checked(analyse_day(whole, DayRules()))
    mixed = whole.stop_events.sample(fraction=1, shuffle=True, seed=chance.randint(0, 99))
    chance.shuffle(rows)
    again = analyse_day(replace(inputs(rows), stop_events=mixed), DayRules())
    for name, frame in out.items():
        other = again[name]
        if name == "tap":
            frame, other = frame.sort("row_number"), other.sort("row_number")
        assert_frame_equal(frame, other)


@cache
def practice_day() -> tuple[DayInputs, pl.DataFrame]:
    """Return a small simulated day with the faults of real files, and its true loads."""
    city, level = build_city(3, 0.05), LEVELS[2]
    settlement = build_settlement(city, level)
    day = simulate_day(city, DAY)
    made = as_tables(city, day, record(city, day, level), settlement, level)
    names = [t.name for t in tables.INTAKE_TABLES if t.name in made]
    frames = {table.name: table for table in tables.INTAKE_TABLES}
    shaped = {name: frames[name].shape(made[name]) for name in names}
    return DayInputs(DAY, **shaped), made["true_trip_stop"]


def test_a_practice_day_is_sound_and_near_the_truth() -> None:
    given_day, truth = practice_day()
    out = checked(analyse_day(given_day, DayRules()))
    both = truth.join(out["trip_stop"], on=["trip_id", "stop_seq"], suffix="_out")
    assert len(both) == len(truth)
    assert (both["load"] - both["load_out"]).abs().mean() <= 0.6


def test_running_twice_gives_the_same_tables() -> None:
    given_day, _ = practice_day()
    once, twice = analyse_day(given_day, DayRules()), analyse_day(given_day, DayRules())
    for name, frame in once.items():
        assert_frame_equal(frame, twice[name])


def test_a_practice_day_does_not_depend_on_row_order() -> None:
    given_day, _ = practice_day()
    mixed = replace(
        given_day,
        **{
            name: getattr(given_day, name).sample(fraction=1, shuffle=True, seed=5)
            for name in ("taps", "stop_events", "stops", "vehicles", "route_stops", "routes")
        },
    )
    once, again = analyse_day(given_day, DayRules()), analyse_day(mixed, DayRules())
    for name, frame in once.items():
        order = ["file_id", "row_number"] if name == "tap" else frame.columns[:4]
        assert_frame_equal(
            frame.sort(order, maintain_order=True), again[name].sort(order, maintain_order=True)
        )


EMPTY = DayInputs(
    DAY,
    *(
        table.empty()
        for table in (
            tables.TAPS, tables.STOP_EVENTS, tables.ROUTES, tables.ROUTE_STOPS, tables.STOPS,
            tables.VEHICLES,
        )
    ),
)  # fmt: skip


def test_a_day_without_anything_gives_empty_tables() -> None:
    out = checked(analyse_day(EMPTY, DayRules()))
    assert all(frame.is_empty() for name, frame in out.items() if name != "quality")


def test_taps_without_bms_are_kept_and_counted() -> None:
    rows = [tap(1, {"board": {"stop": "가1", "at": "08:00:00"}})]
    given_day = replace(inputs(rows), stop_events=tables.STOP_EVENTS.empty())
    out = checked(analyse_day(given_day, DayRules()))
    assert out["tap"]["board_decided"].to_list() == ["card_only"]
    assert out["quality"].filter(measure="matched")["count"].item() == 0


def test_events_without_masters_or_taps_still_give_trips() -> None:
    given_day = replace(EMPTY, stop_events=inputs([]).stop_events)
    out = checked(analyse_day(given_day, DayRules()))
    assert out["trip"].height == 4
    flags = out["trip_stop"]["flags"].to_numpy()
    assert (flags & Flag.UNKNOWN_CAPACITY > 0).all(), "capacity is the default, and says so"


def test_rows_of_another_day_are_left_out_and_counted() -> None:
    rows = [tap(1, {"board": {"stop": "가1", "at": "08:00:00"}})] * 2
    other = rows[1] | {"service_day": DAY - timedelta(days=1)}
    out = analyse_day(inputs([rows[0], other]), DayRules())
    assert out["quality"].filter(measure="other_day")["count"].item() == 1
    assert out["tap"].height == 1


def crowded(**rules: Any) -> pl.DataFrame:
    ride = {"board": {"stop": "가1", "at": "08:00:00"}, "riders": 30,
            "alight": {"stop": "가4", "at": "08:06:05"}}  # fmt: skip
    return analyse_day(inputs([tap(1, ride), tap(2, ride)]), DayRules(**rules))["trip"].filter(
        trip_id="T1"
    )


@pytest.mark.parametrize(
    ("rules", "factor", "congestion"),
    [
        ({}, 60 / 55, "매우혼잡"),
        ({"denominator": "seats"}, 60 / 25, "매우혼잡"),
        ({"congestion_names": ("여유", "보통", "혼잡"), "congestion_basis": "seats",
          "congestion_bounds": {"대형": (1.0, 2.5)}}, 60 / 55, "보통"),
    ],
)  # fmt: skip
def test_load_factor_and_class_follow_the_rules_of_the_city(
    rules: dict[str, Any], factor: float, congestion: str
) -> None:
    row = crowded(**rules).row(0, named=True)
    assert row["load_max"] == 60
    assert np.isclose(row["load_factor_max"], factor)
    assert (row["congestion"], row["peak_stop_seq"]) == (congestion, 1)


def test_a_transfer_joins_two_rides_within_half_an_hour() -> None:
    def chain(start: str) -> pl.DataFrame:
        rides = [
            {
                "board": {"stop": "가1", "at": "09:00:00"},
                "alight": {"stop": "가4", "at": "09:06:10"},
            },
            {"vehicle": "V2", "board": {"stop": "나1", "at": start}},
        ]
        return analyse_day(inputs([tap(1, ride) for ride in rides]), DayRules())["transfer"]

    row = chain("09:30:00").row(0, named=True)
    assert (row["from_stop_id"], row["to_stop_id"], row["riders"]) == ("가4", "나1", 1)
    assert row["wait_seconds_mean"] == seconds("09:30:00") - seconds("09:06:00")
    assert chain("09:00:05").is_empty(), "boarding before the first bus arrives is no transfer"


def test_times_are_published_in_seoul() -> None:
    out = analyse_day(inputs([]), DayRules())["trip_stop"]
    moment = out.filter(trip_id="T1")["departed_at"][0]
    assert moment.isoformat() == "2026-11-20T08:00:00+09:00"
    assert out["service_day"].unique().to_list() == [date(2026, 11, 20)]
