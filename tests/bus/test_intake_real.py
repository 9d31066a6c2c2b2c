"""Intake on files that cities really publish; skipped where they are not on this machine."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from gongmu.bus.intake import Intake, Source, card_pseudonym, read
from gongmu.core.city import load_city
from tests.conftest import shared

PSEUDONYM = card_pseudonym(b"a key")


def intake(city: str, *parts: str) -> Intake:
    path = shared("data", *parts)
    source = Source(path.name, path.read_bytes())
    [made] = read(source, load_city(city), PSEUDONYM, date(2026, 11, 22))
    assert made.rows_read == made.rows_kept + made.set_aside.height + made.rows_skipped
    return made


def test_seoul_month_is_read_whole_with_its_broken_lines_recovered() -> None:
    made = intake("seoul", "seoul_hourly_2022_01.txt")
    month = made.tables["monthly_stop_hours"]
    assert (made.rows_read, made.rows_kept, made.set_aside.height) == (39_159, 39_159, 0)
    assert month["boardings"].sum() == 117_216_099
    assert month.height == 39_159 * 24
    assert any("오른쪽에서 세어 바로잡음: 704행" in note for note in made.notes)
    assert month["ars_id"].drop_nulls().str.contains(r"^\d{5}$").all()
    assert month["stop_name"].str.contains(",").any()


def test_seoul_onboard_loads_run_over_midnight() -> None:
    made = intake("seoul", "seoul_load", "data__152번 재차인원.csv")
    loads = made.tables["hourly_loads"]
    first = loads.filter(pl.col("stop_seq") == 1).sort("hour")
    assert (made.rows_kept, loads.height) == (131, 131 * 24)
    assert first.filter(pl.col("hour") == 7)["load"].item() == 18
    assert first["hour"].to_list() == list(range(24))


def test_seoul_stops_keep_the_zeros_of_their_numbers() -> None:
    stops = intake("seoul", "seoul_misc", "bus-station-master.csv").tables["stops"]
    assert stops.height == 10_365
    assert stops.filter(pl.col("stop_id") == "100000379")["ars_id"].item() == "01008"
    assert stops["ars_id"].str.len_chars().unique().to_list() == [5]


def test_geumcheon_months_written_as_floats_and_rows_without_a_month() -> None:
    made = intake("seoul", "seoul_misc", "geumcheon_monthly_17_20h.csv")
    month = made.tables["monthly_stop_hours"]
    assert (made.rows_read, made.rows_kept) == (12_790, 10_909)
    assert set(made.set_aside["reason"]) == {"time_missing"}
    assert month["month"].min() == date(2020, 1, 1)
    assert sorted(month["hour"].unique()) == [17, 18, 19, 20]


@pytest.mark.parametrize(
    ("city", "name", "layout", "table"),
    [
        ("seoul", "dongjak_14col_sample.csv", "tcd_14", "taps"),
        ("seoul", "metropolitan_18col_header.csv", "tcd_18", "taps"),
        ("yeosu", "yeosu_dwtcd_28field_subset.dat", "tcd_28", "taps"),
        ("yeosu", "yeosu_routesttn_14field_subset.dat", "routesttn_14", "settlement_route_stops"),
    ],
)
def test_korean_card_samples_are_recognised(city: str, name: str, layout: str, table: str) -> None:
    made = intake(city, "kr_tcd", name)
    assert (made.layout, list(made.tables)) == (layout, [table])
    assert made.rows_kept == made.rows_read > 0


def test_yeosu_distances_in_kilometres_and_a_night_tap_of_dongjak() -> None:
    yeosu = intake("yeosu", "kr_tcd", "yeosu_routesttn_14field_subset.dat")
    assert yeosu.tables["settlement_route_stops"]["distance_m"].to_list()[:3] == [0, 500, 6_800]
    [tap] = intake("seoul", "kr_tcd", "dongjak_14col_sample.csv").tables["taps"].to_dicts()
    assert (tap["service_day"], tap["boarded_s"]) == (date(2024, 5, 31), 86_404)


def test_a_file_of_yeosu_given_to_another_city_is_set_aside_row_by_row() -> None:
    made = intake("practice", "kr_tcd", "yeosu_dwtcd_28field_subset.dat")
    assert made.rows_kept == 0
    assert set(made.set_aside["reason"]) == {"other_city"}


@pytest.mark.parametrize(
    ("city", "name", "rows", "boardings", "stop"),
    [
        ("sanfrancisco", "san-francisco_passenger-count.excerpt.csv", 37, None, "CALIFORNIA ST"),
        ("zurich", "zurich_passenger-counts.excerpt.csv", 11, 29, "Zürich, Kalkbreite"),
    ],
)
def test_true_passenger_counts_add_up_to_their_loads(
    city: str, name: str, rows: int, boardings: int | None, stop: str
) -> None:
    counts = intake(city, "udc", name).tables["stop_counts"]
    assert counts.height == rows
    assert boardings is None or counts["boardings"].sum() == boardings
    assert counts["stop_name"].str.contains(stop, literal=True).any()
    change = counts.sort("trip_id", "stop_seq").with_columns(
        step=pl.col("load").diff().over("trip_id"),
        told=pl.col("boardings") - pl.col("alightings"),
    )
    differing = change.drop_nulls("step").filter(pl.col("step") != pl.col("told"))
    assert differing.height <= 1
