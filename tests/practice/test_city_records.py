"""The records of a day carry the faults of their level, near the shares asked for."""

import numpy as np
import polars as pl
import pytest

from gongmu.practice.faults import LEVELS
from gongmu.practice.records import TRANSFER_SECONDS
from gongmu.practice.tables import as_tables
from tests.practice.made import Simulated, simulated


def _with_truth(made: Simulated) -> pl.DataFrame:
    """Return the card rows without repeats, with true calls beside them."""
    taps = made.records.taps.unique("leg", keep="first", maintain_order=True)
    calls, trips = made.day.calls, made.day.trips
    first = trips.first[taps["true_trip"].to_numpy()]
    on, off = first + taps["true_board"].to_numpy(), first + taps["true_alight"].to_numpy()
    clock = made.records.clock_seconds[taps["vehicle"].to_numpy()]
    return taps.with_columns(
        on_true_clock=pl.col("on") - pl.Series(clock),
        off_true_clock=pl.col("off") - pl.Series(clock),
        left=pl.Series(calls.departed[on]),
        came=pl.Series(calls.arrived[on]),
        off_came=pl.Series(calls.arrived[off]),
        off_left=pl.Series(calls.departed[off]),
    )


def test_a_clean_day_is_recorded_as_it_was() -> None:
    made = simulated(7, 0.3, 0)
    taps = _with_truth(made)
    assert made.records.taps.height == taps.height == made.day.rides.trip.size
    assert taps["true_written_right"].all()
    assert (taps["off"] >= 0).all()
    assert (made.records.clock_seconds == 0).all()
    assert taps.select((pl.col("on").is_between("came", "left")).all()).item()
    assert taps.select((pl.col("off").is_between("off_came", "off_left")).all()).item()
    assert made.records.events.height == made.day.calls.trip.size
    assert made.records.events["arrived"].to_list() == made.day.calls.arrived.tolist()


@pytest.mark.parametrize("level", [1, 2, 3])
def test_card_fault_shares_are_near_their_targets(level: int) -> None:
    made, faults = simulated(7, 1.0, level), LEVELS[level]
    taps = _with_truth(made)
    tapped = taps.filter(pl.col("off") >= 0)
    shares = {
        "missing_tap_off_share": (taps["off"] < 0).mean(),
        "wrong_board_stop_share": (~taps["true_written_right"]).mean(),
        "early_tap_off_share": (tapped["off_true_clock"] < tapped["off_came"]).mean(),
        "late_tap_on_share": (taps["on_true_clock"] > taps["left"]).mean(),
        "duplicate_row_share": made.records.taps.height / taps.height - 1,
        "late_row_share": taps["late_row"].mean(),
        "cash_rider_share": 1 - taps.height / made.day.rides.trip.size,
        "bms_missing_event_share": 1
        - made.records.events.height / made.day.calls.trip.size
        - faults.bms_missing_trip_share,
    }
    for name, share in shares.items():
        assert share == pytest.approx(getattr(faults, name), rel=0.3), name


def test_a_wrong_boarding_stop_is_the_next_one_and_early_tap_offs_keep_the_right_stop() -> None:
    made = simulated(7, 1.0)
    network, taps = made.city.network, _with_truth(made)
    pattern = made.day.trips.pattern[taps["true_trip"].to_numpy()]
    first, board = network.visit_first[pattern], taps["true_board"].to_numpy()
    last = network.visit_first[pattern + 1] - 1
    written = taps["on_stop"].to_numpy()
    wrong = ~taps["true_written_right"].to_numpy()
    before = network.visit_stop[np.maximum(first, first + board - 1)]
    after = network.visit_stop[np.minimum(last, first + board + 1)]
    assert ((written == before) | (written == after))[wrong].all()
    assert (written == network.visit_stop[first + board])[~wrong].all()
    off = network.visit_stop[first + taps["true_alight"].to_numpy()]
    assert (off == taps["off_stop"].to_numpy())[taps["off"].to_numpy() >= 0].all()
    early = taps.filter((pl.col("off") >= 0) & (pl.col("off_true_clock") < pl.col("off_came")))
    ahead = early["off_came"] - early["off_true_clock"]
    assert ahead.max() <= 90
    assert taps.filter(pl.col("off") >= 0).select((pl.col("off") > pl.col("on")).all()).item()


def test_clocks_are_skewed_by_vehicle_and_within_bounds() -> None:
    skew = simulated(7, 1.0).records.clock_seconds
    assert np.abs(skew).max() <= 150
    assert 30 < skew.std() < 60


def test_some_vehicles_keep_one_departure_time_all_day() -> None:
    made, faults = simulated(7, 1.0), LEVELS[2]
    per_vehicle = made.records.taps.group_by("vehicle").agg(
        trips=pl.col("true_trip").n_unique(), starts=pl.col("started").n_unique()
    )
    busy = per_vehicle.filter(pl.col("trips") >= 5)
    constant = busy.filter(pl.col("starts") == 1)
    share = constant.height / busy.height
    assert share == pytest.approx(faults.constant_departure_vehicle_share, rel=0.6)
    rest = busy.filter(pl.col("starts") > 1)
    assert (rest["starts"] == rest["trips"]).all()


def test_part_of_the_ids_are_missing_where_real_files_miss_them() -> None:
    made, faults = simulated(7, 1.0), LEVELS[2]
    own = made.records.taps.filter(pl.col("operator") == 0)
    assert own["standard_empty"].mean() == pytest.approx(faults.standard_ids_empty_share, rel=0.1)
    settlement = made.settlement
    served = settlement.served[0]
    assert (~settlement.known_stop[served]).mean() == pytest.approx(0.10, abs=0.04)
    assert 0 < (~settlement.known_route).mean() < 0.25
    assert settlement.known_vehicle[made.city.fleet.operator != 0].all()


def test_linked_trips_follow_what_the_terminal_wrote_not_what_people_meant() -> None:
    taps = simulated(7, 1.0).records.taps.unique("leg", keep="first").sort("leg")
    pairs = taps.with_columns(
        before_off=pl.col("off").shift(1),
        before_route=pl.col("route").shift(1),
        before_person=pl.col("person").shift(1),
        before_transaction=pl.col("transaction").shift(1),
    ).filter(pl.col("person") == pl.col("before_person"))
    changed = pairs.filter(pl.col("transfers") > 0)
    assert changed.height > 5_000
    assert (changed["before_off"] >= 0).all()
    assert ((changed["on"] - changed["before_off"]) < TRANSFER_SECONDS).all()
    assert (changed["route"] != changed["before_route"]).all()
    assert (changed["transaction"] == changed["before_transaction"]).all()


def test_distance_and_time_come_from_the_written_stops_and_clocks() -> None:
    made = simulated(7, 1.0)
    network, taps = made.city.network, _with_truth(made)
    silent = taps.filter(pl.col("off") < 0)
    assert (silent["meters"] == 0).all()
    assert (silent["seconds"] == 0).all()
    tapped = taps.filter(pl.col("off") >= 0)
    assert (tapped["seconds"] == tapped["off"] - tapped["on"]).all()
    pattern = made.day.trips.pattern[tapped["true_trip"].to_numpy()]
    first = network.visit_first[pattern]
    true = network.visit_meters[first + tapped["true_alight"].to_numpy()]
    true = true - network.visit_meters[first + tapped["true_board"].to_numpy()]
    right = tapped["true_written_right"].to_numpy()
    assert (tapped["meters"].to_numpy() == true)[right].all()
    assert (tapped["meters"].to_numpy() != true)[~right].mean() > 0.95


def test_bench_tables_hold_the_same_records_without_the_truth() -> None:
    made = simulated(7, 0.3)
    tables = as_tables(made.city, made.day, made.records, made.settlement, LEVELS[2])
    taps = tables["taps"]
    assert taps.height == made.records.taps.height == tables["true_tap"].height
    assert not [name for name in taps.columns if "true" in name]
    assert taps["alighted_s"].null_count() == (made.records.taps["off"] < 0).sum()
    assert taps.select("file_id", "row_number").is_unique().all()
    known = tables["settlement_stops"]["stop_id"].implode()
    assert taps["board_stop_id"].is_in(known).all()
    assert tables["true_trip_stop"]["load"].min() == 0
