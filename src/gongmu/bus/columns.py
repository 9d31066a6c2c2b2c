"""Layouts: what the columns of an outside file are called and mean, as data.

A layout is a TOML file under cities/layouts. This module gives it its meaning, checks it, and
recognises which layout a sheet has: by header names where there is a header, else by the number
of fields and the look of their values. A file's name is a hint for error messages only. Quiet.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import polars as pl

from gongmu.bus import tables
from gongmu.core.city import City
from gongmu.core.documents.grid import Sheet, cell, width
from gongmu.core.errors import Refused

FORMS = frozenset(
    (
        *("card", "text", "id", "settlement_id", "count", "number"),
        *("moment", "day", "month", "clock", "direction"),
    )
)
"""What a column's text may be read as; `bus.typed` does it."""

_HELPERS = frozenset(("operation_day", "settlement", "region"))
"""Columns that serve other columns and do not appear in the table."""

_TABLES = {table.name: table for table in tables.INTAKE_TABLES}
_HEADER_WITHIN = 20
_SAMPLE = 300
_LOOKS_LIKE = 0.5


@dataclass(frozen=True)
class Column:
    """Where one column of our table stands in the file and how its text is read."""

    form: str = "text"
    names: tuple[str, ...] = ()
    """Header names, the first is the usual one."""
    at: int = 0
    """Field number from 1, for files without a header."""
    else_at: int = 0
    else_names: tuple[str, ...] = ()
    """A second column to take the value from when the first is blank."""
    parts: tuple[str, ...] = ()
    """Header names whose texts are joined with a blank, such as a date and a time."""
    optional: bool = False
    """The file may lack this column; otherwise a missing header refuses the file."""
    default: str = ""
    width: int = 0
    """Digits an identifier has; spreadsheets drop leading zeros, these are put back."""
    least: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    """Codes of the file → ours."""
    qualify: str = ""
    """For settlement_id: the column that names the operator when the file lacks the company."""

    @property
    def title(self) -> str:
        """Return how a person finds this column in the file."""
        named = self.names or (" ".join(self.parts),) * bool(self.parts)
        return named[0] if named else f"{self.at}번째 필드"


@dataclass(frozen=True)
class RightAnchored:
    """Unquoted separators inside names: `left` and `right` fields stand firm, and the field that
    looks like `pivot` parts the names between them."""

    left: int
    right: int
    pivot: str


@dataclass(frozen=True)
class Wide:
    """Hours across the page: each of `measures` has a column per hour.

    With a header, `headers` are patterns with a group `hour`; without, the columns from `at` on
    run hour by hour, the measures in turn.
    """

    measures: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    at: int = 0
    hours: int = 24


@dataclass(frozen=True)
class Layout:
    """One way in which an outside system writes one of our tables."""

    code: str
    title: str
    table: str
    columns: Mapping[str, Column]
    source: str = ""
    name_hint: tuple[str, ...] = ()
    fields: int = 0
    """Number of fields of a file without a header; 0 = it must have a header."""
    fields_most: int = 0
    looks: Mapping[str, str] = field(default_factory=dict)
    """Field number → pattern that at least half the rows of a file without a header match."""
    constants: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ("", "~", "-", "NaN", "nan", "NULL", "null", "\\N")
    totals: tuple[str, ...] = ("합계", "총계", "소계", "총합계", "계")
    needs_one_of: tuple[str, ...] = ()
    first_field_may_be_lost: bool = False
    metres_above: float = 0.0
    """Routes whose greatest distance_m is below this were written in kilometres."""
    right_anchored: RightAnchored | None = None
    wide: Wide | None = None

    @property
    def target(self) -> tables.Table:
        """Return the table of bus.tables that this layout fills."""
        return _TABLES[self.table]


@dataclass(frozen=True)
class Found:
    """A sheet whose layout is known: where the data begins and where each column stands."""

    layout: Layout
    header_row: int
    """0 when the sheet has no header."""
    fields: int
    at: Mapping[str, tuple[int, ...]]
    """Our column → field numbers (several for `parts`)."""
    else_at: Mapping[str, int]
    hours: Mapping[tuple[str, int], int] = field(default_factory=dict)
    """(measure, hour) → field number."""
    blank_tail: bool = False
    """The header ends in blank names, so rows may leave those fields out."""
    lacking: Refused | None = None
    """The header lacks columns that our table can do without: a person decides about it."""


# ------------------------------------------------------------------------------ reading layouts


def layouts_of(city: City) -> tuple[Layout, ...]:
    """Return the city's layouts; raises `Refused` layout_invalid naming the layout and the key."""
    return tuple(_layout(code, data) for code, data in city.layouts.items())


def _layout(code: str, data: Mapping[str, Any]) -> Layout:
    values = dict(data)
    columns = {n: _made(Column, c, code) for n, c in values.pop("columns", {}).items()}
    for name, kind in (("right_anchored", RightAnchored), ("wide", Wide)):
        if name in values:
            values[name] = _made(kind, values[name], code)
    made: Layout = _made(Layout, values | {"code": code, "columns": columns}, code)
    _check(made)
    return made


def _made(kind: Any, values: Mapping[str, Any], code: str) -> Any:
    if unknown := sorted(set(values) - {item.name for item in fields(kind)}):
        raise _invalid(code, f"모르는 항목 {', '.join(unknown)}")
    try:
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    except TypeError as why:
        raise _invalid(code, f"빠진 항목({why})") from None


def _check(layout: Layout) -> None:
    if layout.table not in _TABLES:
        raise _invalid(layout.code, f"모르는 표 {layout.table}")
    allowed = set(layout.target.columns) | _HELPERS
    for name, column in layout.columns.items():
        if name not in allowed:
            raise _invalid(layout.code, f"{layout.table} 표에 없는 열 {name}")
        if column.form not in FORMS:
            raise _invalid(layout.code, f"{name} 열의 모르는 form {column.form}")
        if not (column.names or column.at or column.parts or column.default):
            raise _invalid(layout.code, f"{name} 열에 names나 at이 없습니다")


def _invalid(code: str, why: str) -> Refused:
    return Refused(
        "layout_invalid", f"자료 형식 {code}: {why}.", f"layouts/{code}.toml을 고치세요."
    )


# -------------------------------------------------------------------------------- recognising


def recognise(sheet: Sheet, layouts: Sequence[Layout], file_name: str) -> Found:
    """Return the layout of `sheet`; raises `Refused` column_missing or layout_unknown.

    When only columns are missing that our table can do without, the refusal is in `lacking`.
    """
    head = sheet.head(_HEADER_WITHIN)
    found = [f for layout in layouts if (f := _by_header(layout, head) or _by_look(layout, sheet))]
    if found:
        return max(found, key=lambda f: (f.header_row > 0, len(f.at) + len(f.hours)))
    near = _nearest(layouts, head, file_name)
    if near is None:
        raise Refused(
            "layout_unknown",
            f"'{file_name}' 파일의 형식을 알 수 없습니다(머리글도 값의 모양도 맞지 않음).",
            "다른 자료를 올리지 않았는지 확인하고, 새 형식이면 layouts에 더하세요.",
        )
    why = _column_missing(*near, file_name)
    rest = _without(near[0], near[1], head)
    if rest is None:
        raise why
    return replace(rest, lacking=why)


def _by_header(layout: Layout, head: list[tuple[int, tuple[str, ...]]]) -> Found | None:
    if not any(column.names or column.parts for column in layout.columns.values()):
        return None
    above: tuple[str, ...] = ()
    for number, cells in head:
        names = _names(cells, above)
        if not _missing_names(layout, names) and (hours := _hours(layout, cells)) is not None:
            return _positions(layout, names, number, cells, hours)
        above = cells
    return None


def _names(cells: tuple[str, ...], above: tuple[str, ...]) -> dict[str, int]:
    """Return normalised header name → field number; under a merged header also 'upper lower'."""
    names: dict[str, int] = {}
    for at, text in enumerate(cells, start=1):
        upper = above[at - 1] if at <= len(above) else ""
        for name in (_plain(text), _plain(upper + text)):
            if name:
                names.setdefault(name, at)
    return names


def _plain(name: str) -> str:
    """Return a header name without blanks, byte-order mark and case."""
    return re.sub(r"[\s\ufeff]+", "", unicodedata.normalize("NFC", name)).lower()


def _missing_names(layout: Layout, names: Mapping[str, int]) -> list[Column]:
    """Return the needed columns whose header name is not there."""
    return [
        column
        for column in layout.columns.values()
        if not column.optional
        and (column.names or column.parts)
        and not any(_plain(name) in names for name in column.names)
        and not (column.parts and all(_plain(part) in names for part in column.parts))
    ]


def _hours(layout: Layout, cells: tuple[str, ...]) -> dict[tuple[str, int], int] | None:
    """Return (measure, hour) → field; None when the layout wants more hours than there are."""
    if layout.wide is None or not layout.wide.headers:
        return {} if layout.wide is None else None
    found = {
        (measure, int(match["hour"]) % 24): at
        for measure, pattern in layout.wide.headers.items()
        for at, text in enumerate(cells, start=1)
        if (match := re.fullmatch(pattern, _plain(text)))
    }
    return found if len(found) >= layout.wide.hours * len(layout.wide.measures) else None


def _positions(
    layout: Layout,
    names: Mapping[str, int],
    number: int,
    cells: tuple[str, ...],
    hours: Mapping[tuple[str, int], int],
) -> Found:
    at: dict[str, tuple[int, ...]] = {}
    else_at: dict[str, int] = {}
    for name, column in layout.columns.items():
        first = next((names[_plain(n)] for n in column.names if _plain(n) in names), 0)
        second = next((names[_plain(n)] for n in column.else_names if _plain(n) in names), 0)
        if first or second:
            at[name] = (first or second,)
        elif column.parts and all(_plain(part) in names for part in column.parts):
            at[name] = tuple(names[_plain(part)] for part in column.parts)
        if first and second:
            else_at[name] = second
    blank_tail = bool(cells) and not cells[-1]
    return Found(layout, number, len(cells), at, else_at, hours, blank_tail)


def _by_look(layout: Layout, sheet: Sheet) -> Found | None:
    """Recognise a sheet without a header by its commonest number of fields and its values."""
    if not layout.fields:
        return None
    most = max(layout.fields, layout.fields_most)
    shifts = (0, 1) if layout.first_field_may_be_lost else (0,)
    for shift in shifts:
        main = sheet.blocks[0].head(_SAMPLE)
        if layout.fields <= width(main) + shift <= most and _looks_right(layout, main, shift):
            at = {n: (c.at,) for n, c in layout.columns.items() if c.at}
            else_at = {n: c.else_at for n, c in layout.columns.items() if c.else_at}
            return Found(layout, 0, width(main) + shift, at, else_at, _hours_in_turn(layout.wide))
    return None


def _looks_right(layout: Layout, sample: pl.DataFrame, shift: int) -> bool:
    for at, pattern in layout.looks.items():
        if int(at) <= shift:
            continue
        matches = sample[cell(int(at) - shift)].fill_null("").str.contains(f"^(?:{pattern})$")
        if (matches.mean() or 0.0) < _LOOKS_LIKE:  # type: ignore[operator]
            return False
    return True


def _hours_in_turn(wide: Wide | None) -> dict[tuple[str, int], int]:
    if wide is None:
        return {}
    each = len(wide.measures)
    return {
        (measure, hour): wide.at + hour * each + turn
        for hour in range(wide.hours)
        for turn, measure in enumerate(wide.measures)
    }


_Near = tuple[Layout, list[Column], tuple[str, ...]]
"""A layout, the columns of it whose header names are missing, and the header that is there."""


def _nearest(
    layouts: Sequence[Layout], head: list[tuple[int, tuple[str, ...]]], file_name: str
) -> _Near | None:
    """Return the layout whose header must have changed, if one is near."""
    best: tuple[float, _Near] | None = None
    above: tuple[str, ...] = ()
    for _, cells in head:
        names = _names(cells, above)
        above = cells
        for layout in layouts:
            needed = sum(not c.optional for c in layout.columns.values() if c.names or c.parts)
            missing = _missing_names(layout, names)
            share = 1 - len(missing) / needed if needed else 0.0
            hinted = any(fnmatch.fnmatch(file_name, f"*{hint}") for hint in layout.name_hint)
            near = missing and share >= (0.3 if hinted else 0.6) and needed - len(missing) >= 2
            if near and (best is None or share + hinted > best[0]):
                best = (share + hinted, (layout, missing, cells))
    return best and best[1]


def _column_missing(
    layout: Layout, missing: list[Column], cells: tuple[str, ...], file_name: str
) -> Refused:
    lost = ", ".join(f"'{column.title}'" for column in missing)
    return Refused(
        "column_missing",
        f"'{file_name}' 파일({layout.title})에서 {lost} 열을 찾지 못했습니다. "
        f"파일의 머리글: {', '.join(text for text in cells if text)}",
        "열 이름이 바뀌었으면 도시 파일의 "
        + ", ".join(f"[layout.{layout.code}.columns.{_key(layout, c)}]" for c in missing)
        + " names에 새 이름을 더하고 다시 하세요.",
    )


def _without(
    layout: Layout, missing: list[Column], head: list[tuple[int, tuple[str, ...]]]
) -> Found | None:
    """Return where the other columns stand, if our table can do without the missing ones."""
    lost = {_key(layout, column) for column in missing}
    ours = layout.target.columns
    if any(name not in ours or not ours[name].optional for name in lost):
        return None
    if lost & set(layout.needs_one_of):
        return None
    spared = {n: replace(c, optional=c.optional or n in lost) for n, c in layout.columns.items()}
    return _by_header(replace(layout, columns=spared), head)


def _key(layout: Layout, column: Column) -> str:
    return next(name for name, other in layout.columns.items() if other is column)
