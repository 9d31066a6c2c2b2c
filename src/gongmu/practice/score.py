"""Marks an analysis against the truth of the practice city.

A mark is never raised by leaving output out: what is missing counts as wrong, its load as zero.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

FILE_DIGITS = 16
INFERRED = ("next_boarding", "return_home", "history", "distribution", "terminal")


def score(out: Path, truth: Path) -> dict[str, float]:
    """Return the marks of `out` (tap.parquet, trip_stop.parquet) against `truth`.

    Shares are 0..1, loads in people. A missing file counts as an empty one. Raises
    FileNotFoundError when the truth is not there.
    """
    true_taps = pl.read_parquet(truth / "tap.parquet")
    true_loads = pl.read_parquet(truth / "trip_stop.parquet")
    marks = _load_marks(_read(out, "trip_stop", LOAD_COLUMNS), true_loads)
    return marks | _tap_marks(_read(out, "tap", TAP_COLUMNS), true_taps)


LOAD_COLUMNS = {
    "service_day": pl.Date(),
    "trip_id": pl.String(),
    "stop_seq": pl.Int16(),
    "load": pl.Float64(),
}
TAP_COLUMNS = {
    "file_id": pl.String(),
    "row_number": pl.Int32(),
    "trip_id": pl.String(),
    "board_stop_recorded": pl.String(),
    "board_stop_id": pl.String(),
    "board_stop_seq": pl.Int16(),
    "board_decided": pl.String(),
    "alight_stop_id": pl.String(),
    "alight_stop_seq": pl.Int16(),
    "alight_decided": pl.String(),
}


def _read(out: Path, name: str, columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return the wanted columns of one or more parquet files of a table."""
    path = out / f"{name}.parquet"
    if not path.exists():
        return pl.DataFrame(schema=columns)
    return pl.read_parquet(path).select(
        pl.col(column).cast(dtype) for column, dtype in columns.items()
    )


def _load_marks(out: pl.DataFrame, true: pl.DataFrame) -> dict[str, float]:
    key = ["service_day", "trip_id", "stop_seq"]
    predicted = out.unique(key, keep="first", maintain_order=True).select(
        *key, predicted=pl.col("load").fill_nan(None)
    )
    both = true.join(predicted, on=key, how="left", maintain_order="left").with_columns(
        missed=pl.col("predicted").is_null(), predicted=pl.col("predicted").fill_null(0.0)
    )
    both = both.with_columns(error=(pl.col("load") - pl.col("predicted")).abs())
    trips = both.group_by("service_day", "trip_id", maintain_order=True).agg(
        error=pl.col("error").mean(),
        riders=pl.col("boardings").sum(),
        hit=_peak_hit(),
    )
    ridden = trips.filter(pl.col("riders") > 0)
    return {
        "load_mae": _number(both["error"].mean()),
        "load_mae_p95": _number(trips["error"].quantile(0.95, "linear")),
        "load_bias": _number((both["predicted"] - both["load"]).mean()),
        "load_mean": _number(both["load"].mean()),
        "peak_stop_hit_share": _number(ridden["hit"].mean()),
        "missing_trip_stop_share": _number(both["missed"].mean()),
        "trip_stops": float(both.height),
        "trips": float(trips.height),
        "trips_with_riders": float(ridden.height),
    }


def _peak_hit() -> pl.Expr:
    """Return whether a true peak stands within one position of the first predicted peak.

    A trip that was not predicted at all is never a hit.
    """
    peak = pl.col("stop_seq").filter(pl.col("predicted") == pl.col("predicted").max()).first()
    true_peaks = pl.col("stop_seq").filter(pl.col("load") == pl.col("load").max())
    near = ((true_peaks - peak).abs() <= 1).any()
    return near & ~pl.col("missed").all()


def _tap_marks(out: pl.DataFrame, true: pl.DataFrame) -> dict[str, float]:
    """Return the marks over distinct legs: of a leg exported twice, the row analysed counts."""
    legs = _legs(out, true)
    same_trip = pl.col("trip_id_out") == pl.col("trip_id")
    stop = pl.col("board_stop_id_out") == pl.col("board_stop_id")
    seq = pl.col("board_stop_seq_out") == pl.col("board_stop_seq")
    matched = pl.col("analysed") & pl.col("trip_id_out").is_not_null()
    matched &= pl.col("board_decided") != "unmatched"
    inferred = pl.col("alight_decided").is_in(INFERRED) & pl.col("alight_stop_id_out").is_not_null()
    off = pl.col("alight_stop_id_out") == pl.col("alight_stop_id")
    off &= pl.col("alight_stop_seq_out") == pl.col("alight_stop_seq")
    marked = legs.select(
        "alight_recorded",
        "board_recorded_right",
        "analysed",
        board=(matched & stop & seq).fill_null(False),
        trip=(matched & same_trip).fill_null(False),
        card=(pl.col("board_stop_recorded") == pl.col("board_stop_id")).fill_null(False),
        unmatched=~matched.fill_null(False),
        inferred=inferred.fill_null(False),
        alight=off.fill_null(False),
    )
    silent = marked.filter(~pl.col("alight_recorded"))
    guessed = silent.filter("inferred")
    return {
        "boarding_stop_exact_share": _number(marked["board"].mean()),
        "card_boarding_stop_exact_share": _number(marked["card"].mean()),
        "true_card_boarding_stop_right_share": _number(marked["board_recorded_right"].mean()),
        "trip_exact_share": _number(marked["trip"].mean()),
        "alighting_inferred_share": _number(silent["inferred"].mean()),
        "alighting_exact_share": _number(guessed["alight"].mean()),
        "alighting_recovered_share": _number((silent["inferred"] & silent["alight"]).mean()),
        "unmatched_share": _number(marked["unmatched"].mean()),
        "legs": float(marked.height),
        "legs_missing_from_output": float(marked.height - int(marked["analysed"].sum())),
        "legs_without_tap_off": float(silent.height),
        "rows": float(true.height),
    }


def _legs(out: pl.DataFrame, true: pl.DataFrame) -> pl.DataFrame:
    """Return one row a leg: the truth, and the analysed row of it (columns ending in _out)."""
    key = ["file_id", "row_number"]
    predicted = out.unique(key, keep="first", maintain_order=True)
    rows = true.with_columns(file_id=pl.col("file_sha256").str.slice(0, FILE_DIGITS))
    legs = rows.join(
        predicted.with_columns(analysed=pl.lit(True)),
        on=key,
        how="left",
        suffix="_out",
        maintain_order="left",
    ).with_columns(pl.col("analysed").fill_null(False))
    leg = ["service_day", "leg_id"]
    best_first = legs.sort(*leg, ~pl.col("analysed"), maintain_order=True)
    return best_first.unique(leg, keep="first", maintain_order=True)


def _number(value: object) -> float:
    """Return a mark; 0.0 when there was nothing to mark."""
    return float(value) if isinstance(value, int | float) else 0.0
