"""Fitted text rows become a table of bus.tables; rows that cannot are set aside with a reason.

Nothing is guessed and nothing is lost: every row is kept or set aside. A blank or unreadable value
of an optional column leaves that column blank (counted in a note); of a needed one, the row is set
aside. Quiet; the pseudonym function is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from gongmu.bus import tables, typed
from gongmu.bus.columns import Column
from gongmu.bus.repairs import repaired
from gongmu.bus.sorting import Sorting
from gongmu.core.documents.grid import ROW
from gongmu.core.values import DAY_SECONDS, SERVICE_DAY_FIRST_SECOND

_ANCHORS = {"taps": "boarded_s", "stop_events": "arrived_s"}
"""The moment that places a row of the table in its service day."""
_LATE_TAIL_SECONDS = 2 * 3_600
"""A trip of one service day may still take riders this long after 04:00."""
_TRIP_FIRST, _TRIP_LAST = 2 * 3_600, 30 * 3_600
"""Seconds of 운행일자 within which a BMS stop event must lie."""


@dataclass(frozen=True)
class Converted:
    """The kept rows in our table's columns (with ROW), the set-aside rows, and counted notes."""

    rows: pl.DataFrame
    aside: pl.DataFrame
    notes: dict[str, int]


def convert(sorting: Sorting) -> Converted:
    """Return every row of `sorting.cells` either kept or set aside (ROW, column, reason)."""
    _other_city(sorting)
    for name, column in sorting.found.layout.columns.items():
        if column.form in _READ and name in sorting.found.layout.target.columns:
            text = sorting.text(name)
            if text is not None:
                _READ[column.form](sorting, name, column, text)
    _times(sorting)
    _settlement_ids(sorting)
    _one_of(sorting)
    _measures(sorting)
    return _parted(sorting)


def _parted(sorting: Sorting) -> Converted:
    first = pl.repeat(0, sorting.cells.height, dtype=pl.Int32, eager=True)
    for at, problem in enumerate(sorting.problems, start=1):
        first = first.set((first == 0) & problem.rows, at)
    which = pl.DataFrame({ROW: sorting.cells[ROW], "problem": first}).filter(pl.col("problem") > 0)
    meaning = pl.DataFrame(
        {
            "problem": range(1, len(sorting.problems) + 1),
            "column": [problem.column for problem in sorting.problems],
            "reason": [problem.reason for problem in sorting.problems],
        },
        schema={"problem": pl.Int32, "column": pl.String, "reason": pl.String},
    )
    aside = which.join(meaning, on="problem", maintain_order="left").select(ROW, "column", "reason")
    made = pl.DataFrame({ROW: sorting.cells[ROW]} | sorting.made).filter(first == 0)
    return Converted(repaired(sorting, made), aside, sorting.notes)


# ------------------------------------------------------------------------- columns by their form


def _text(sorting: Sorting, name: str, column: Column, text: pl.Series) -> None:
    made = typed.ids(text, column.width) if column.width else text
    sorting.keep(name, text, made, "text_missing", "text_missing")


def _id(sorting: Sorting, name: str, column: Column, text: pl.Series) -> None:
    sorting.keep(name, text, typed.ids(text, column.width), "id_unreadable", "id_missing")


def _card(sorting: Sorting, name: str, column: Column, text: pl.Series) -> None:
    """A card number goes no further than this function."""
    whole = typed.ids(text, column.width).str.strip_chars_start("0")
    sorting.keep(name, text, sorting.pseudonym(whole), "id_unreadable", "id_missing")


def _count(sorting: Sorting, name: str, column: Column, text: pl.Series) -> None:
    dtype = sorting.found.layout.target.columns[name].dtype
    whole = typed.counts(text)
    made = whole.cast(dtype, strict=False)
    if column.least is not None:
        made = made.set((made < column.least).fill_null(value=False), None)
    sorting.keep(name, text, made, "number_unreadable", "number_unreadable")


def _number(sorting: Sorting, name: str, column: Column, text: pl.Series) -> None:
    sorting.keep(name, text, typed.numbers(text), "number_unreadable", "number_unreadable")


def _direction(sorting: Sorting, name: str, column: Column, text: pl.Series) -> None:
    made = typed.by_value(text, typed.DIRECTIONS.get, pl.Int8())
    sorting.keep(name, text, made, "number_unreadable", "number_unreadable")


def _day(sorting: Sorting, name: str, column: Column, text: pl.Series) -> None:
    made = typed.by_value(text, typed.day_of, pl.Date())
    sorting.keep(name, text, made, "time_unreadable", "time_missing")
    sorting.set_aside(name, "date_future", _future(sorting, made))


def _month(sorting: Sorting, name: str, column: Column, text: pl.Series) -> None:
    made = typed.by_value(text, typed.month_of, pl.Date())
    sorting.keep(name, text, made, "time_unreadable", "time_missing")
    sorting.set_aside(name, "date_future", _future(sorting, made))


def _clock(sorting: Sorting, name: str, column: Column, text: pl.Series) -> None:
    made = typed.by_value(text, typed.clock_of, pl.Int32())
    sorting.keep(name, text, made, "time_unreadable", "time_missing")


_READ = {
    "text": _text,
    "id": _id,
    "card": _card,
    "count": _count,
    "number": _number,
    "direction": _direction,
    "day": _day,
    "month": _month,
    "clock": _clock,
}


def _future(sorting: Sorting, days: pl.Series) -> pl.Series:
    ahead = (days - pl.Series([sorting.today])).dt.total_days()
    return ahead > sorting.city.limits.max_future_days


# --------------------------------------------------------------------------- rules over columns


def _other_city(sorting: Sorting) -> None:
    """Set aside rows whose region code or standard route id is not this city's."""
    own = sorting.city.settlement
    region = sorting.text("region")
    if region is not None and own.regions:
        sorting.set_aside("region", "other_city", ~region.is_in(list(own.regions)))
    standard = "route_std_id" if sorting.found.layout.table == "taps" else "route_id"
    column = sorting.found.layout.columns.get(standard)
    if column is None or column.form != "id" or not own.route_prefixes:
        return
    route = sorting.text(standard)
    if route is not None:
        begins = "^(?:" + "|".join(own.route_prefixes) + ")"
        sorting.set_aside(standard, "other_city", ~route.str.contains(begins))


def _times(sorting: Sorting) -> None:
    """Make service day and seconds of the table's moments."""
    anchor = _ANCHORS.get(sorting.found.layout.table)
    if anchor is None:
        return
    texts = {
        name: text if (text := sorting.text(name)) is not None else sorting.none(pl.String())
        for name, column in sorting.found.layout.columns.items()
        if column.form == "moment"
    }
    read = {name: typed.moments(text) for name, text in texts.items()}
    days, seconds = read[anchor]
    frame = pl.DataFrame({"day": days, "s": seconds, "said": _said_day(sorting)})
    placed = frame.select(**_in_service_day(sorting.found.layout.table))
    for name, text in texts.items():
        made = _relative(*read[name], placed["service_day"])
        sorting.keep(name, text, made, "time_unreadable", "time_missing")
    sorting.made["service_day"] = placed["service_day"]
    sorting.set_aside("operation_day", "day_mismatch", placed["mismatch"])
    sorting.set_aside(anchor, "date_future", _future(sorting, placed["service_day"]))
    if "alighted_s" in sorting.made:
        _drop_early_alighting(sorting)


def _said_day(sorting: Sorting) -> pl.Series:
    """Return the day the file says (운행일자), null where it says none or none that can be read."""
    text = sorting.text("operation_day")
    if text is None:
        return sorting.none(pl.Date())
    made = typed.by_value(text, typed.day_of, pl.Date())
    sorting.set_aside("operation_day", "time_unreadable", typed.unreadable(text, made))
    return made


def _in_service_day(table: str) -> dict[str, pl.Expr]:
    """Return service_day and mismatch from `day`, `s` (of the anchor) and `said` (운행일자).

    A tap belongs to the service day of its boarding (04:00 rule); 운행일자 may say that day or the
    calendar day, and a trip of the day before may run on for two hours after 04:00. A BMS stop
    event belongs to the day the BMS says.
    """
    early = pl.col("s") < SERVICE_DAY_FIRST_SECOND
    by_rule = pl.col("day") - pl.when(early).then(pl.duration(days=1)).otherwise(pl.duration())
    if table == "stop_events":
        since = (pl.col("day") - pl.col("said")).dt.total_days() * DAY_SECONDS + pl.col("s")
        return {
            "service_day": pl.coalesce("said", by_rule),
            "mismatch": ~since.is_between(_TRIP_FIRST, _TRIP_LAST).fill_null(value=True),
        }
    tail = (pl.col("said") == by_rule - pl.duration(days=1)) & pl.col("s").is_between(
        SERVICE_DAY_FIRST_SECOND, SERVICE_DAY_FIRST_SECOND + _LATE_TAIL_SECONDS, closed="left"
    )
    agrees = (pl.col("said") == by_rule) | (pl.col("said") == pl.col("day")) | tail
    return {
        "service_day": pl.when(tail).then(pl.col("said")).otherwise(by_rule),
        "mismatch": ~agrees.fill_null(value=True),
    }


def _relative(day: pl.Series, seconds: pl.Series, service_day: pl.Series) -> pl.Series:
    """Return seconds since 00:00 of the service day."""
    days = (day - service_day).dt.total_days()
    return (days * DAY_SECONDS + seconds).cast(pl.Int32, strict=False)


def _drop_early_alighting(sorting: Sorting) -> None:
    early = (sorting.made["alighted_s"] < sorting.made["boarded_s"]).fill_null(value=False)
    if not early.any():
        return
    sorting.note("하차가 승차보다 일러 하차를 비운 행", int(early.sum()))
    for name in ("alighted_s", "alight_stop_std_id"):
        if name in sorting.made:
            sorting.made[name] = sorting.made[name].set(early, None)
    sorting.made["_early"] = early


def _settlement_ids(sorting: Sorting) -> None:
    """Make '정산사:지역:ID' of the columns that hold bare settlement numbers."""
    layout, own = sorting.found.layout, sorting.city.settlement
    region = _filled(sorting, "region", layout.constants.get("region") or own.region)
    constant = layout.constants.get("settlement") or own.company or "*"
    for name, column in layout.columns.items():
        if column.form != "settlement_id" or (text := sorting.text(name)) is None:
            continue
        company = _filled(sorting, "settlement", "" if column.qualify else constant)
        operator = sorting.text(column.qualify) if column.qualify else None
        if operator is not None:
            by_operator = operator.replace_strict(
                dict(own.operators), default=constant, return_dtype=pl.String
            )
            company = company.to_frame("c").select(pl.coalesce("c", by_operator)).to_series()
        made = typed.qualified(typed.ids(text), company, region)
        if "_early" in sorting.made and name == "alight_stop_id":
            made = made.set(sorting.made["_early"], None)
        sorting.keep(name, text, made, "id_unreadable", "id_missing")
    sorting.made.pop("_early", None)


def _filled(sorting: Sorting, name: str, constant: str) -> pl.Series:
    text = sorting.text(name)
    column = sorting.found.layout.columns.get(name)
    if text is None or column is None:
        text = sorting.none(pl.String())
    elif column.width:
        text = typed.ids(text, column.width)
    return text.fill_null(constant) if constant else text


def _one_of(sorting: Sorting) -> None:
    present = [sorting.made[n] for n in sorting.found.layout.needs_one_of if n in sorting.made]
    if sorting.found.layout.needs_one_of:
        lacking = pl.DataFrame({str(at): text.is_null() for at, text in enumerate(present)})
        none = lacking.select(pl.all_horizontal(pl.all())).to_series() if present else None
        names = [sorting.title(n) for n in sorting.found.layout.needs_one_of]
        if none is not None:
            sorting.set_aside("·".join(names), "id_missing", none)


def _measures(sorting: Sorting) -> None:
    """Read the hour columns of a wide layout as whole numbers."""
    for (measure, hour), at in sorting.found.hours.items():
        text = sorting.clean(at)
        made = typed.counts(text).cast(pl.Int32, strict=False)
        sorting.set_aside(f"{hour:02d}시", "number_unreadable", made.is_null())
        sorting.made[f"{measure}@{hour}"] = made


def shaped(table: tables.Table, rows: pl.DataFrame, file_id: str) -> pl.DataFrame:
    """Return `rows` in the schema of `table`, with lineage where the table has it."""
    lineage = {"file_id": pl.lit(file_id), "row_number": pl.col(ROW)}
    return table.shape(rows.with_columns(**lineage))
