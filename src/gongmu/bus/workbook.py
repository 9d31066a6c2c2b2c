"""The Excel workbook of a period: a print sheet (A4 landscape), pivot-ready tables, raw rows.

The same tables and the same `about` give the same bytes. Text from data is written as text,
so a cell that begins with = + - @ never becomes a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import polars as pl
import xlsxwriter

from gongmu.bus import tables as schema
from gongmu.bus.flags import meanings
from gongmu.bus.heatmap import DIRECTIONS, MEASURES, Grades, number_order
from gongmu.bus.sheet_rows import append_rows

SHEET_ROWS = 1_048_576
"""Excel's limit of rows on a sheet, the heading included."""

_HEADINGS = {
    "service_day": "운행일",
    "route_id": "노선ID",
    "route_name": "노선번호",
    "direction": "방향",
    "hour": "시간대",
    "trips": "운행 수",
    "boardings": "승차(명)",
    "alightings": "하차(명)",
    "load_mean": "평균 재차(명)",
    "load_max": "최대 재차(명)",
    "load_factor_mean": "평균 재차율",
    "load_factor_max": "최대 재차율",
    "peak_stop_seq": "최대 재차 순번",
    "peak_stop_id": "최대 재차 정류소ID",
    "over_capacity_minutes": "정원 초과 승객·분",
    "congestion": "혼잡 등급",
    "stop_seq": "정류소 순번",
    "stop_id": "정류소ID",
    "stop_name": "정류소명",
    "visits": "정차 수",
    "trip_id": "운행ID",
    "vehicle_id": "차량ID",
    "arrived_at": "도착",
    "departed_at": "출발",
    "load_raw": "재차(태그만)",
    "load_imputed": "재차(하차 추정)",
    "load": "재차(명)",
    "capacity": "분모(명)",
    "load_factor": "재차율",
    "flags": "자료 상태",
    "title": "지표",
    "count": "건수",
    "base": "분모",
    "share": "비율",
    "note": "설명",
}
_FORMATS = {
    "service_day": "yyyy-mm-dd",
    "arrived_at": "yyyy-mm-dd hh:mm:ss",
    "departed_at": "yyyy-mm-dd hh:mm:ss",
    "load_factor": "0.0%",
    "load_factor_mean": "0.0%",
    "load_factor_max": "0.0%",
    "share": "0.0%",
    "boardings": "#,##0.0",
    "alightings": "#,##0.0",
    "load": "#,##0.0",
    "load_raw": "#,##0.0",
    "load_imputed": "#,##0.0",
    "load_mean": "#,##0.0",
    "load_max": "#,##0.0",
    "over_capacity_minutes": "#,##0",
    "count": "#,##0",
    "base": "#,##0",
}
_COLOURS = (
    ("#FFFFFF", "#333333"),
    ("#FDD9A5", "#1E2124"),
    ("#C2461A", "#FFFFFF"),
    ("#6B0E10", "#FFFFFF"),
)


@dataclass(frozen=True)
class About:
    """What is printed on the workbook; filters and quality are label and text."""

    title: str
    filters: tuple[tuple[str, str], ...]
    source: str
    made_on: date
    definitions: tuple[str, ...]
    grades: Grades
    value: str
    quality: tuple[tuple[str, str], ...]
    code_version: str
    finding: str = ""
    notes: tuple[str, ...] = ()


def workbook_bytes(tables: Mapping[str, pl.DataFrame], about: About) -> bytes:
    """Return the workbook as bytes; see write_workbook."""
    buffer = BytesIO()
    write_workbook(buffer, tables, about)
    return buffer.getvalue()


def write_workbook(
    target: Path | IO[bytes], tables: Mapping[str, pl.DataFrame], about: About
) -> None:
    """Write 인쇄용, 피벗용, 원자료 and 품질 sheets.

    `tables`: route_hour and stop_hour, quality, and trip_stop unless it was too long; each may
    carry route_name and stop_name beside the ids.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    made = datetime(about.made_on.year, about.made_on.month, about.made_on.day, tzinfo=UTC)
    book.set_properties(
        {"title": about.title, "comments": about.code_version, "created": made.replace(tzinfo=None)}
    )
    _print_sheet(book, tables["route_hour"], about)
    _long_table(book, "피벗용_노선시간", tables["route_hour"], about)
    _long_table(book, "피벗용_정류소시간", tables["stop_hour"], about)
    if "trip_stop" in tables:
        _long_table(book, "원자료", tables["trip_stop"], about)
    else:
        _left_out(book)
    _long_table(book, "품질", tables["quality"], about)
    book.close()


# ---------------------------------------------------------------- the print sheet


def _print_sheet(book: Any, route_hour: pl.DataFrame, about: About) -> None:
    sheet = book.add_worksheet("인쇄용")
    look = _looks(book)
    heat = _heat(route_hour, about.value)
    hours = sorted(route_hour["hour"].unique().to_list())
    across = len(hours)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&F&C&P / &N&R" + about.code_version.replace("&", "&&"))
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, across, 5)
    row = _head_rows(sheet, look, about)
    sheet.repeat_rows(row)
    sheet.freeze_panes(row + 1, 1)
    sheet.write_string(row, 0, "노선", look["head"])
    for column, hour in enumerate(hours, 1):
        sheet.write_string(row, column, f"{hour}시", look["head"])
    for label, shares in heat:
        row += 1
        sheet.write_string(row, 0, label, look["label"])
        for column, hour in enumerate(hours, 1):
            share, grade = shares.get(hour, (None, None))
            if share is None:
                sheet.write_blank(row, column, None, look["cell0"])
            else:
                shown = min(about.grades.of(share, grade), 3)
                sheet.write_number(row, column, share, look[f"cell{shown}"])
    row += 1
    for text in about.definitions + about.notes:
        row += 1
        sheet.write_string(row, 0, f"※ {text}", look["small"])
    row += 1
    sheet.write_string(
        row, 0, f"※ 혼잡 등급({about.grades.title}): {about.grades.source}", look["small"]
    )
    sheet.print_area(0, 0, row, max(across, 12))


def _head_rows(sheet: Any, look: Mapping[str, Any], about: About) -> int:
    """Write title, filters, source, date, officer, classes and quality; return the next row."""
    day = about.made_on
    facts = [
        *about.filters,
        ("단위", f"% ({MEASURES[about.value]})"),
        ("자료출처", about.source),
        ("작성일", f"{day.year}. {day.month}. {day.day}."),
        ("담당", ""),
        (
            "혼잡 등급",
            f"{about.grades.title}: "
            + ", ".join(f"{name} {span}" for name, span in about.grades.legend()),
        ),
        *_lines("자료 품질", [f"{title} {text}" for title, text in about.quality]),
        ("먼저 볼 곳", about.finding),
    ]
    sheet.write_string(0, 0, about.title, look["title"])
    row = 1
    half = -(-len(about.filters) // 2)
    pairs = list(zip(about.filters[:half], [*about.filters[half:], ("", "")], strict=False))
    for left, right in pairs:
        row += 1
        sheet.write_string(row, 0, left[0], look["key"])
        sheet.write_string(row, 1, left[1], look["plain"])
        sheet.write_string(row, 9, right[0], look["key"])
        sheet.write_string(row, 12, right[1], look["plain"])
    for key, text in facts[len(about.filters) :]:
        row += 1
        sheet.write_string(row, 0, key, look["key"])
        sheet.write_string(row, 1, text, look["plain"])
    return row + 2


def _lines(key: str, texts: Sequence[str], each: int = 2) -> list[tuple[str, str]]:
    """Return the texts `each` to a printed line, so that none runs off the sheet."""
    lines = [" · ".join(texts[at : at + each]) for at in range(0, len(texts), each)]
    return [(key if not number else "", line) for number, line in enumerate(lines)]


def _heat(
    route_hour: pl.DataFrame, value: str
) -> list[tuple[str, dict[int, tuple[float, str | None]]]]:
    """Return rows of the print sheet: label, and hour to share and published class."""
    if "route_name" not in route_hour.columns:
        route_hour = route_hour.with_columns(pl.col("route_id").alias("route_name"))
    best = "load_factor_max" if value == "max" else "load_factor_mean"
    share = (
        pl.col(best).max()
        if value == "max"
        else (pl.col(best) * pl.col("trips")).sum() / pl.col("trips").sum()
    )
    grouped = route_hour.group_by("route_id", "route_name", "hour", maintain_order=True).agg(
        share.alias("share"),
        pl.col("congestion").sort_by("load_factor_max").last().alias("grade"),
    )
    rows: dict[tuple[str, str], dict[int, tuple[float, str | None]]] = {}
    for route_id, label, hour, number, grade in grouped.select(
        "route_id", "route_name", "hour", "share", "grade"
    ).iter_rows():
        published = grade if value == "max" else None
        rows.setdefault((label, route_id), {})[hour] = (number, published)
    ordered = sorted(rows, key=lambda key: (number_order(key[0]), key[1]))
    return [(f"{key[0]}번", rows[key]) for key in ordered]


def _looks(book: Any) -> dict[str, Any]:
    thin = {"border": 1, "border_color": "#B1B8BE", "font_name": "맑은 고딕", "font_size": 9}
    plain = {"font_name": "맑은 고딕", "font_size": 9}
    looks = {
        "title": book.add_format({"font_name": "맑은 고딕", "font_size": 15, "bold": True}),
        "key": book.add_format(plain | {"bold": True}),
        "plain": book.add_format(plain),
        "small": book.add_format(plain | {"font_size": 8, "font_color": "#464C53"}),
        "head": book.add_format(thin | {"bold": True, "bg_color": "#ECF2FE", "align": "center"}),
        "label": book.add_format(thin | {"bold": True}),
    }
    for grade, (ground, ink) in enumerate(_COLOURS):
        colour = {"bg_color": ground, "font_color": ink, "num_format": "0%", "align": "center"}
        # 흑백으로 찍어도 알아보게: 혼잡은 굵게, 매우혼잡은 밑줄까지
        weight = {"bold": grade > 1, "underline": 1 if grade > 2 else 0}
        looks[f"cell{grade}"] = book.add_format(thin | colour | weight)
    return looks


# ---------------------------------------------------------------- long tables


def _long_table(book: Any, name: str, frame: pl.DataFrame, about: About) -> None:
    """Write a table with one heading row, frozen, filterable; cut it into sheets when too long."""
    room = SHEET_ROWS - 1
    shown = _for_excel(frame)
    pieces = max(1, -(-frame.height // room))
    for number in range(pieces):
        sheet = book.add_worksheet(name if pieces == 1 else f"{name}_{number + 1}")
        _write_rows(book, sheet, shown.slice(number * room, room), about)


def _for_excel(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns in reading order, directions and flags in words."""
    first = [c for c in ("service_day", "route_name", "route_id") if c in frame.columns]
    rest = [c for c in frame.columns if c not in first and c != "stop_name"]
    if "stop_name" in frame.columns:
        rest.insert(rest.index("stop_id") + 1, "stop_name")
    shown = frame.select(*first, *rest)
    if "direction" in shown.columns:
        shown = shown.with_columns(pl.col("direction").replace_strict(DIRECTIONS, default="?"))
    if "flags" in shown.columns:
        said = {flags: ", ".join(meanings(flags)) or None for flags in shown["flags"].unique()}
        words = pl.col("flags").replace_strict(said, return_dtype=pl.String)
        shown = shown.with_columns(words)
    if "measure" in shown.columns:
        shown = shown.drop("measure")
    return shown


def _write_rows(book: Any, sheet: Any, frame: pl.DataFrame, about: About) -> None:
    head = book.add_format({"bold": True, "bg_color": "#ECF2FE", "bottom": 1})
    kinds = frame.schema
    formats = {
        name: book.add_format({"num_format": _FORMATS[name]}) if name in _FORMATS else None
        for name in frame.columns
    }
    for column, name in enumerate(frame.columns):
        sheet.set_column(
            column, column, 20 if isinstance(kinds[name], pl.Datetime) else 12, formats[name]
        )
        sheet.write_string(0, column, _HEADINGS.get(name, name), head)
    sheet.freeze_panes(1, min(2, frame.width))
    sheet.autofilter(0, 0, frame.height, frame.width - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    sheet.set_header("&L" + about.title + "&R" + " / ".join(t for _, t in about.filters[:4]))
    append_rows(sheet, frame, {name: style for name, style in formats.items() if style})


def _left_out(book: Any) -> None:
    sheet = book.add_worksheet("원자료")
    sheet.set_column(0, 0, 90)
    sheet.write_string(0, 0, f"{schema.TRIP_STOP.title} 행이 너무 많아 넣지 않았습니다.")
    sheet.write_string(1, 0, "기간을 줄이거나 노선을 하나 골라 다시 내려받으세요.")
