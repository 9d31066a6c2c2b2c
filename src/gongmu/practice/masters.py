"""The registers of the practice city as frames, one row a thing, under the columns of the files."""

from __future__ import annotations

import numpy as np
import polars as pl

from gongmu.practice.arrays import Flags, Ints, dice, spread
from gongmu.practice.day import City
from gongmu.practice.faults import Faults
from gongmu.practice.fleet import DAY_TYPES
from gongmu.practice.network import degrees
from gongmu.practice.settlement import MODES, Settlement, company_of
from gongmu.practice.words import (
    DIRECTIONS,
    OPERATORS,
    SETTLEMENT_COMPANIES,
    SETTLEMENT_REGION,
)


def _known(numbers: Ints, known: Flags) -> list[str | None]:
    """Return the numbers as text, None where the BMS does not know them."""
    return [str(number) if yes else None for number, yes in zip(numbers, known, strict=True)]


def routes(city: City, settlement: Settlement) -> pl.DataFrame:
    """Return 노선: one row per route, with the licensed vehicles and weekday trips."""
    network = city.network
    count = len(network.lines)
    timetable = city.timetables[0]
    first = [int(np.flatnonzero(network.pattern_route == route)[0]) for route in range(count)]
    names = network.stops.name
    owned = city.fleet.route[city.fleet.route >= 0]
    return pl.DataFrame(
        {
            "노선ID": network.route_id,
            "노선번호": [line.name for line in network.lines],
            "노선유형": [line.type.name for line in network.lines],
            "기점": [names[network.visit_stop[network.visit_first[p]]] for p in first],
            "종점": [names[network.visit_stop[network.visit_first[p + 1] - 1]] for p in first],
            "운수사": [OPERATORS[k] for k in network.operator],
            "인가대수": np.bincount(owned, minlength=count),
            "인가횟수": np.bincount(network.pattern_route[timetable.pattern], minlength=count),
            "정산사노선ID": _known(settlement.route, settlement.known_route),
        }
    )


def route_stops(city: City) -> pl.DataFrame:
    """Return 노선정류소: one row per visit of a pattern."""
    network = city.network
    pattern, position = spread(network.pattern_length)
    route = network.pattern_route[pattern]
    stop = network.visit_stop
    return pl.DataFrame(
        {
            "노선ID": np.array(network.route_id)[route],
            "노선번호": np.array([line.name for line in network.lines])[route],
            "방향": [DIRECTIONS[d] for d in network.pattern_direction[pattern]],
            "정류소순번": position + 1,
            "정류소ID": np.array(network.stops.stop_id)[stop],
            "정류소명": np.array(network.stops.name)[stop],
            "누적거리(m)": network.visit_meters.astype(np.int64),
        }
    )


def stops(city: City, settlement: Settlement) -> pl.DataFrame:
    """Return 정류소: one row per stop."""
    table = city.network.stops
    latitude, longitude = table.degrees()
    return pl.DataFrame(
        {
            "정류소ID": table.stop_id,
            "ARS번호": table.ars,
            "정류소명": table.name,
            "위도": np.round(latitude, 6),
            "경도": np.round(longitude, 6),
            "행정동": table.district,
            "정산사정류장ID": _known(settlement.stop[0], settlement.known_stop),
        }
    ).sort("정류소ID")


def vehicles(city: City, settlement: Settlement) -> pl.DataFrame:
    """Return 차량: one row per vehicle, spare ones too."""
    fleet = city.fleet
    return pl.DataFrame(
        {
            "차량ID": fleet.vehicle_id,
            "차량번호": fleet.plate,
            "운수사": [OPERATORS[k] for k in fleet.operator],
            "차종": fleet.vehicle_type,
            "승차정원": fleet.capacity,
            "좌석수": fleet.seats,
            "저상여부": ["Y" if low else "N" for low in fleet.low_floor],
            "정산사ID": company_of(fleet.operator),
            "정산사차량ID": _known(settlement.vehicle, settlement.known_vehicle),
        }
    )


def timetable(city: City) -> pl.DataFrame:
    """Return 배차시간표: one row per planned trip of weekdays, Saturdays and holidays."""
    network = city.network
    parts = []
    for day_type, planned in zip(DAY_TYPES, city.timetables, strict=True):
        minutes = planned.departs // 60
        parts.append(
            pl.DataFrame(
                {
                    "노선ID": np.array(network.route_id)[network.pattern_route[planned.pattern]],
                    "방향": [DIRECTIONS[d] for d in network.pattern_direction[planned.pattern]],
                    "요일구분": [day_type] * minutes.size,
                    "회차": planned.number,
                    "출발시각": [f"{m // 60:02d}:{m % 60:02d}" for m in minutes.tolist()],
                }
            )
        )
    return pl.concat(parts)


def settlement_stops(city: City, settlement: Settlement, faults: Faults) -> pl.DataFrame:
    """Return STTN: each company's stops, with its own spelling, surveying and gaps."""
    parts = []
    table = city.network.stops
    for company, code in enumerate(SETTLEMENT_COMPANIES):
        draw = dice(city.seed, "settlement stops", company)
        rows = np.flatnonzero(settlement.served[company])
        rows = rows[np.argsort(settlement.stop[company, rows])]
        xy = table.xy[rows] + faults.settlement_place_noise_meters * draw.normal(
            0, 1, (rows.size, 2)
        )
        latitude, longitude = (np.round(values, 6) for values in degrees(xy))
        swapped = draw.random(rows.size) < faults.settlement_swapped_xy_share
        gap = draw.random(rows.size) < faults.settlement_ars_empty_share
        other = draw.random(rows.size) < faults.settlement_other_name_share
        parts.append(
            pl.DataFrame(
                {
                    "stop": rows,
                    "정산사ID": [code] * rows.size,
                    "지역코드": [SETTLEMENT_REGION] * rows.size,
                    "정류장ID": settlement.stop[company, rows],
                    "정류장명칭": [
                        _respell(table.name[s]) if o else table.name[s]
                        for s, o in zip(rows, other, strict=True)
                    ],
                    "ARS번호": ["" if g else table.ars[s] for s, g in zip(rows, gap, strict=True)],
                    "Y": np.where(swapped, longitude, latitude),
                    "X": np.where(swapped, latitude, longitude),
                }
            )
        )
    return pl.concat(parts)


def _respell(name: str) -> str:
    """Return a stop name as another office would write it."""
    for long, short in (
        ("아파트", "아파트 앞"),
        ("초등학교", "초교"),
        ("사거리", "네거리"),
        ("주민센터", "행정복지센터"),
    ):
        if name.endswith(long):
            return name[: -len(long)] + short
    return name + "앞"


def settlement_route_stops(
    city: City, settlement: Settlement, stops_frame: pl.DataFrame
) -> pl.DataFrame:
    """Return ROUTESTTN: each route as one run of stops, there and back in one sequence."""
    network = city.network
    route = network.pattern_route[network.visit_pattern]
    company = network.operator[route]
    order = np.cumsum(np.concatenate([[0], np.diff(route) != 0]))
    sequence = np.arange(route.size) - np.flatnonzero(np.diff(order, prepend=-1))[order]
    last = network.visit_meters[network.visit_first[1:] - 1]
    first_of_route = np.diff(network.pattern_route, prepend=-1) != 0
    before = np.where(first_of_route, 0, np.roll(last, 1) + 30)[network.visit_pattern]
    meters = (network.visit_meters + before).astype(np.int64)
    step = np.where(sequence == 0, 0, np.diff(meters, prepend=0))
    frame = pl.DataFrame(
        {
            "정산사ID": company_of(company),
            "노선ID": settlement.route[route],
            "노선명칭": [network.lines[r].name for r in route],
            "교통수단구분": [MODES[network.lines[r].type.name] for r in route],
            "정류장순번": sequence + (company != 0),
            "stop": network.visit_stop,
            "누적거리": meters,
            "정류장거리": step,
        }
    )
    return frame.join(stops_frame, on=["정산사ID", "stop"], how="left", maintain_order="left")
