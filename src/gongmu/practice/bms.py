"""Writes the BMS portal's downloads: CP949 csv registers and stop passages as HTML named .xls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from gongmu.practice import masters
from gongmu.practice.arrays import Ints
from gongmu.practice.day import City
from gongmu.practice.faults import Faults
from gongmu.practice.settlement import Settlement
from gongmu.practice.words import DIRECTIONS, OPERATORS

HEADER = """<html>
<head><meta http-equiv="Content-Type" content="text/html; charset=euc-kr">
<title>{title}</title></head>
<body>
<table border="1">
<tr><th colspan="12">{title}</th></tr>
<tr><th rowspan="2">운행일자</th><th colspan="3">노선</th><th colspan="3">운행</th>\
<th colspan="3">정류소</th><th colspan="2">시각</th></tr>
<tr><th>노선ID</th><th>노선번호</th><th>방향</th><th>운행ID</th><th>차량ID</th><th>차량번호</th>\
<th>순번</th><th>정류소ID</th><th>정류소명</th><th>도착</th><th>출발</th></tr>
"""
FOOTER = """<tr><td colspan="10">합계</td><td colspan="2">{count}</td></tr>
</table>
</body>
</html>
"""


def trip_ids(service_day: date, trips: Ints) -> pl.Series:
    """Return the BMS trip id of each trip index: the day and a running number."""
    numbers = pl.Series("trip_id", trips + 1)
    return pl.select(
        pl.lit(f"{service_day:%Y%m%d}") + numbers.cast(pl.String).str.zfill(6)
    ).to_series()


def clock(service_day: date, column: str, form: str) -> pl.Expr:
    """Return the expression that writes service-day seconds of `column` as calendar time."""
    midnight = datetime.combine(service_day, datetime.min.time())
    return (pl.lit(midnight) + pl.duration(seconds=pl.col(column))).dt.strftime(form)


def write_registers(
    folder: Path, city: City, settlement: Settlement, faults: Faults, service_day: date
) -> list[Path]:
    """Write the five registers of one day."""
    stops = masters.stops(city, settlement)
    if faults.renamed_master_column:
        stops = stops.rename({"ARS번호": "정류소번호"})
    frames = {
        "노선": masters.routes(city, settlement),
        "노선정류소": masters.route_stops(city),
        "정류소": stops,
        "차량": masters.vehicles(city, settlement),
        "배차시간표": masters.timetable(city),
    }
    written = []
    for name, frame in frames.items():
        text = frame.write_csv(line_terminator="\r\n", quote_style="never")
        path = folder / f"{name}_{service_day:%Y%m%d}.csv"
        path.write_bytes(text.encode("cp949"))
        written.append(path)
    return written


def write_passages(
    folder: Path, city: City, events: pl.DataFrame, service_day: date
) -> Iterator[Path]:
    """Write one file of stop passages per bus company."""
    company = city.fleet.operator[events["vehicle"].to_numpy()]
    for number, name in enumerate(OPERATORS):
        rows = _passage_rows(city, events.filter(pl.Series(company == number)), service_day)
        title = f"정류소 통과 이력({name}) {service_day:%Y-%m-%d}"
        text = HEADER.format(title=title) + "".join(rows) + FOOTER.format(count=f"{len(rows):,}")
        path = folder / f"정류소통과_{service_day:%Y%m%d}_{name}.xls"
        path.write_bytes(text.encode("cp949"))
        yield path


def _passage_rows(city: City, events: pl.DataFrame, service_day: date) -> list[str]:
    """Return one table row of HTML per stop event."""
    network, fleet = city.network, city.fleet
    pattern, vehicle = events["pattern"].to_numpy(), events["vehicle"].to_numpy()
    route = network.pattern_route[pattern]
    stop = network.visit_stop[network.visit_first[pattern] + events["position"].to_numpy()]
    cells = events.select(
        day=pl.lit(f"{service_day:%Y-%m-%d}"),
        route=pl.Series(np.array(network.route_id)[route]),
        number=pl.Series(np.array([line.name for line in network.lines])[route]),
        direction=pl.Series(np.array([DIRECTIONS[d] for d in network.pattern_direction])[pattern]),
        trip=trip_ids(service_day, events["trip"].to_numpy()),
        vehicle=pl.Series(np.array(fleet.vehicle_id)[vehicle]),
        plate=pl.Series(np.array(fleet.plate)[vehicle]),
        sequence=pl.col("position") + 1,
        stop=pl.Series(np.array(network.stops.stop_id)[stop]),
        name=pl.Series(np.array(network.stops.name)[stop]),
        arrived=clock(service_day, "arrived", "%Y-%m-%d %H:%M:%S"),
        departed=clock(service_day, "departed", "%Y-%m-%d %H:%M:%S"),
    )
    row = pl.concat_str(
        [pl.lit("<tr><td>"), pl.concat_str(pl.all(), separator="</td><td>"), pl.lit("</td></tr>\n")]
    )
    lines: list[str] = cells.select(row).to_series().to_list()
    return lines


def next_day(service_day: date) -> date:
    """Return the day after."""
    return service_day + timedelta(days=1)
