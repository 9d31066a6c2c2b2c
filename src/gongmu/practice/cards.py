"""Writes the card companies' files: three layouts of taps, STTN and ROUTESTTN.

Every writer returns the file and, for each row it was given, its row number there.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from gongmu.practice.arrays import Ints, dice
from gongmu.practice.day import City
from gongmu.practice.faults import Faults
from gongmu.practice.settlement import MODES, Settlement, company_of
from gongmu.practice.words import SETTLEMENT_REGION

CSV_HEADER = (
    "운행일자,정산사ID,가상카드번호,정산지역코드,카드구분코드,정산사차량ID,교통수단코드,정산사노선ID,"
    "승차일시,정산사승차정류장ID,하차일시,정산사하차정류장ID,트랜잭션ID,환승건수,"
    "이용자유형코드(시스템),이용자수,이용거리,탑승시간"
)
XLSX_HEADER = [
    "카드번호",
    "운행출발일시",
    "트랜잭션ID",
    "교통수단CD",
    "환승횟수",
    "버스노선ID",
    "교통사업자ID",
    "차량ID",
    "사용자구분코드",
    "승차일시",
    "승차정류장ID",
    "하차일시",
    "하차정류장ID",
    "이용객수_다인승",
]
STAMP = "%Y%m%d%H%M%S"
SHEETS = ("이용내역1", "이용내역2")
GARBAGE = ("", "****", "자료 없음|||", "2026|03", "조회 결과가 너무 많아 일부만 표시합니다")


@dataclass(frozen=True)
class Written:
    """A written card file and the row number (1-based, headers counted) of each tap row in it."""

    path: Path
    row_number: Ints


def texts(city: City, settlement: Settlement, taps: pl.DataFrame) -> pl.DataFrame:
    """Return every field any layout may print, as text; `taps` carries its `service_day`."""
    network = city.network
    route, vehicle = taps["route"].to_numpy(), taps["vehicle"].to_numpy()
    company = taps["operator"].to_numpy()
    on, off = taps["on_stop"].to_numpy(), taps["off_stop"].to_numpy()
    missing = pl.col("off") < 0
    standard = np.array(network.stops.stop_id)
    modes = np.array([MODES[line.type.name] for line in network.lines])
    frame = taps.with_columns(
        company=pl.Series(np.array(company_of(company), dtype=object), dtype=pl.String),
        plate=pl.Series(np.array(city.fleet.plate)[vehicle]),
        vehicle_number=pl.Series(settlement.vehicle[vehicle]).cast(pl.String),
        route_number=pl.Series(settlement.route[route]).cast(pl.String),
        on_number=pl.Series(settlement.stop[company, on]).cast(pl.String),
        off_number=pl.Series(settlement.stop[company, off]).cast(pl.String),
        standard_route=pl.Series(np.array(network.route_id)[route]),
        standard_on=pl.Series(standard[on]),
        standard_off=pl.Series(standard[off]),
        mode=pl.Series(modes[route]),
        user=pl.col("user_type").cast(pl.String).str.zfill(2),
        day=pl.col("service_day").dt.strftime("%Y%m%d"),
        on_at=_stamp("on"),
        on_at_again=_stamp("on", 10),
        off_at=_stamp("off"),
        started_at=_stamp("started"),
        ended_at=_stamp("ended"),
    )
    empty = [
        pl.when(missing).then(pl.lit("")).otherwise(pl.col(c)).alias(c)
        for c in ("off_at", "off_number", "standard_off")
    ]
    blank = [
        pl.when(pl.col("standard_empty")).then(pl.lit("")).otherwise(pl.col(c)).alias(c)
        for c in ("standard_route", "standard_on", "standard_off")
    ]
    return frame.with_columns(empty).with_columns(blank)


def _stamp(column: str, plus: int = 0) -> pl.Expr:
    seconds = pl.duration(seconds=pl.col(column) + plus)
    return (pl.col("service_day").cast(pl.Datetime("us")) + seconds).dt.strftime(STAMP)


def write_taps(
    folder: Path, operator: int, day: date, fields: pl.DataFrame, faults: Faults, seed: int
) -> Written:
    """Write one company's taps of one day in its layout."""
    if operator == 0:
        path = folder / f"DWTCD_{day:%Y%m%d}.dat"
        return _write_lines(path, [], _dwtcd(fields), "cp949", faults, seed)
    if operator == 1:
        path = folder / f"TB_KTS_DWTCD_METROPOLITAN_{day:%Y%m%d}.csv"
        return _write_lines(path, [CSV_HEADER], _metropolitan(fields), "utf-8", faults, seed)
    return _write_workbook(folder / f"교통카드_{day:%Y%m%d}.xlsx", fields, day)


def _dwtcd(fields: pl.DataFrame) -> list[str]:
    """Return the 28-field lines."""
    region, empty, kind, mode = (pl.lit(v) for v in (SETTLEMENT_REGION, "", "C", "784"))
    columns: list[pl.Expr | str] = [
        "day", "company", "serial", "card", region, kind, empty, "vehicle_number", "plate",
        "started_at", "ended_at", mode, "standard_route", "route_number", "on_at", "on_at_again",
        "standard_on", "on_number", "off_at", "standard_off", "off_number",
        pl.col("transaction").cast(pl.String).str.zfill(3), "transfers", "user", "riders",
        "meters", "seconds", "fare",
    ]  # fmt: skip
    lines: list[str] = fields.select(pl.concat_str(columns, separator="|")).to_series().to_list()
    return lines


def _metropolitan(fields: pl.DataFrame) -> list[str]:
    """Return the 18-column lines; stop ids keep their leading zeros here."""
    region, kind = pl.lit(SETTLEMENT_REGION), pl.lit("C")
    off = (
        pl.when(pl.col("off_number") == "")
        .then(pl.lit(""))
        .otherwise(pl.col("off_number").str.zfill(7))
    )
    columns: list[pl.Expr | str] = [
        "day", "company", "card", region, kind, "vehicle_number", "mode", "route_number", "on_at",
        pl.col("on_number").str.zfill(7), "off_at", off, "transaction", "transfers", "user",
        "riders", "meters", "seconds",
    ]  # fmt: skip
    lines: list[str] = fields.select(pl.concat_str(columns, separator=",")).to_series().to_list()
    return lines


def _write_lines(
    path: Path, header: list[str], lines: list[str], encoding: str, faults: Faults, seed: int
) -> Written:
    """Write text lines, with garbage lines in between where the faults ask for them."""
    draw = dice(seed, "garbage", path.name)
    garbage = np.sort(draw.integers(0, len(lines) + 1, faults.garbage_rows))
    row_number = np.arange(len(lines)) + 1 + len(header)
    row_number += np.searchsorted(garbage, np.arange(len(lines)), side="right")
    for at in garbage[::-1].tolist():
        lines.insert(at, str(draw.choice(GARBAGE)))
    text = "\r\n".join([*header, *lines]) + "\r\n"
    path.write_bytes(text.encode(encoding))
    return Written(path, row_number)


def _write_workbook(path: Path, fields: pl.DataFrame, day: date) -> Written:
    """Write the 14-column workbook: two sheets, each with its header; missing is ~ or empty."""
    missing = pl.col("off") < 0
    tilde = pl.when(missing & (pl.col("serial") % 2 == 0)).then(pl.lit("~"))
    rows = fields.select(
        pl.col("card").cast(pl.String),
        "started_at",
        pl.col("transaction").cast(pl.String),
        "mode",
        pl.col("transfers").cast(pl.String),
        "route_number",
        pl.lit("152990001").alias("bus_company"),
        "vehicle_number",
        pl.col("user_type").cast(pl.String),
        "on_at",
        "on_number",
        tilde.otherwise(pl.col("off_at")).alias("off_at"),
        tilde.otherwise(pl.col("off_number")).alias("off_number"),
        pl.col("riders").cast(pl.String),
    ).rows()
    half = (len(rows) + 1) // 2
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True, "in_memory": True}) as book:
        book.set_properties({"created": datetime.combine(day, datetime.min.time())})
        for name, part in zip(SHEETS, (rows[:half], rows[half:]), strict=True):
            sheet = book.add_worksheet(name)
            for number, row in enumerate([tuple(XLSX_HEADER), *part]):
                for column, value in enumerate(row):
                    sheet.write_string(number, column, value)
    path.write_bytes(buffer.getvalue())
    position = np.arange(len(rows))
    return Written(path, position + 2 + (position >= half))


def write_masters(
    folder: Path, day: date, stops: pl.DataFrame, route_stops: pl.DataFrame
) -> list[Path]:
    """Write STTN (10 columns) and ROUTESTTN (14 columns) of all companies."""
    stamp, empty, region = pl.lit(f"{day:%Y%m%d}"), pl.lit(""), pl.lit(SETTLEMENT_REGION)
    number = pl.col("정류장ID").cast(pl.String)
    padded = pl.when(pl.col("정산사ID") == "15").then(number.str.zfill(7)).otherwise(number)
    y, x = (pl.col(c).map_elements(lambda v: f"{v:.6f}", pl.String) for c in ("Y", "X"))
    sttn: list[pl.Expr | str] = [
        stamp, "정산사ID", region, pl.lit("B"), padded, "정류장명칭", empty, "ARS번호", y, x,
    ]  # fmt: skip
    routesttn: list[pl.Expr | str] = [
        stamp, "정산사ID", region, "노선ID", "노선명칭", "교통수단구분", "정류장순번", number,
        "정류장명칭", y, x, "ARS번호", "누적거리", "정류장거리",
    ]  # fmt: skip
    frames = {
        "STTN": stops.select(pl.concat_str(sttn, separator="|")),
        "ROUTESTTN": route_stops.select(pl.concat_str(routesttn, separator="|")),
    }
    written = []
    for name, frame in frames.items():
        path = folder / f"{name}_{day:%Y%m%d}.dat"
        path.write_bytes(("\r\n".join(frame.to_series().to_list()) + "\r\n").encode("cp949"))
        written.append(path)
    return written
