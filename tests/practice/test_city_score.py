"""The score gives full marks for the truth and never rewards what is missing."""

from pathlib import Path

import polars as pl
import pytest

from gongmu.practice.score import score
from tests.practice.made import made


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The truth of a very small city."""
    directory = tmp_path_factory.mktemp("scored") / "city"
    made(directory)
    return directory / "truth"


def _perfect(truth: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tap and trip_stop tables of an analysis that is always right."""
    true = pl.read_parquet(truth / "tap.parquet")
    tap = true.select(
        file_id=pl.col("file_sha256").str.slice(0, 16),
        row_number="row_number",
        trip_id="trip_id",
        board_stop_recorded="board_stop_id",
        board_stop_id="board_stop_id",
        board_stop_seq="board_stop_seq",
        board_decided=pl.lit("same"),
        alight_stop_id="alight_stop_id",
        alight_stop_seq="alight_stop_seq",
        alight_decided=pl.when("alight_recorded")
        .then(pl.lit("recorded"))
        .otherwise(pl.lit("next_boarding")),
    )
    return tap, pl.read_parquet(truth / "trip_stop.parquet")


def _score(folder: Path, truth: Path, tap: pl.DataFrame, load: pl.DataFrame) -> dict[str, float]:
    tap.write_parquet(folder / "tap.parquet")
    load.write_parquet(folder / "trip_stop.parquet")
    return score(folder, truth)


def test_the_truth_itself_gets_full_marks(tmp_path: Path, truth: Path) -> None:
    marks = _score(tmp_path, truth, *_perfect(truth))
    assert marks["load_mae"] == marks["load_mae_p95"] == marks["unmatched_share"] == 0
    for name in (
        "peak_stop_hit_share",
        "boarding_stop_exact_share",
        "alighting_inferred_share",
        "alighting_exact_share",
    ):
        assert marks[name] == 1, name


def test_no_output_at_all_gets_the_worst_marks(tmp_path: Path, truth: Path) -> None:
    marks = score(tmp_path, truth)
    mean = pl.read_parquet(truth / "trip_stop.parquet")["load"].mean()
    assert marks["load_mae"] == mean
    assert marks["unmatched_share"] == 1
    for name in ("peak_stop_hit_share", "boarding_stop_exact_share", "alighting_inferred_share"):
        assert marks[name] == 0, name


def test_leaving_hard_rows_out_never_helps(tmp_path: Path, truth: Path) -> None:
    tap, load = _perfect(truth)
    full = _score(tmp_path, truth, tap, load)
    half = _score(tmp_path, truth, tap.head(tap.height // 2), load.head(load.height // 2))
    assert half["load_mae"] > full["load_mae"]
    assert half["peak_stop_hit_share"] < 0.6
    assert half["boarding_stop_exact_share"] == pytest.approx(0.5, abs=0.03)
    assert half["unmatched_share"] == pytest.approx(0.5, abs=0.03)
    assert half["legs_missing_from_output"] > 0


def test_either_row_of_a_repeated_leg_may_be_the_analysed_one(tmp_path: Path, truth: Path) -> None:
    tap, load = _perfect(truth)
    true = pl.read_parquet(truth / "tap.parquet")
    assert true["leg_id"].n_unique() < true.height
    for keep in ("first", "last"):
        rows = true.with_row_index().unique("leg_id", keep=keep, maintain_order=True)["index"]
        marks = _score(tmp_path, truth, tap[rows.sort()], load)
        assert marks["boarding_stop_exact_share"] == 1


def test_an_empty_load_counts_as_zero_riders(tmp_path: Path, truth: Path) -> None:
    tap, load = _perfect(truth)
    silent = load.with_columns(load=pl.lit(None, dtype=pl.Float64))
    marks = _score(tmp_path, truth, tap, silent)
    assert marks["load_mae"] == load["load"].mean()
    assert marks["peak_stop_hit_share"] == 0


def test_a_wrong_guess_lowers_exactness_but_not_the_share_guessed(
    tmp_path: Path, truth: Path
) -> None:
    tap, load = _perfect(truth)
    wrong = tap.with_columns(alight_stop_seq=pl.col("alight_stop_seq") - 1)
    marks = _score(tmp_path, truth, wrong, load)
    assert marks["alighting_inferred_share"] == 1
    assert marks["alighting_exact_share"] == 0
