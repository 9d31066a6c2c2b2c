"""How good the day's data were: every gap, correction and estimate, counted with its base.

Quiet: reaches nothing outside itself.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from gongmu.bus import tables
from gongmu.bus.crosswalk import WAY_TITLES
from gongmu.bus.flags import Flag
from gongmu.bus.infer import Decided
from gongmu.bus.journeys import BOARD_DECIDED, Rides
from gongmu.bus.match import Alightings, Clocks
from gongmu.bus.network import Network
from gongmu.bus.service import Ridden
from gongmu.bus.visits import Visits

BOARD_TITLES = {
    "unmatched": "운행도 정류소도 알 수 없는 승차",
    "card_only": "운행에 잇지 못해 카드의 정류소만 쓴 승차",
    "same": "카드와 BMS가 같은 승차",
    "corrected": "BMS로 바로잡은 승차 정류소",
}
ALIGHT_TITLES = {
    "unmatched": "운행에 잇지 못해 하차를 정하지 못함",
    "recorded": "하차 태그",
    "next_boarding": "추정: 다음 승차에 가까운 정류소",
    "return_home": "추정: 그날 첫 승차에 가까운 정류소",
    "history": "추정: 그날 다른 이용에 가까운 정류소",
    "distribution": "추정: 같은 곳에서 탄 승객의 하차 분포",
    "terminal": "추정: 종점",
}
KIND_TITLES = {"stop": "정류소", "vehicle": "차량", "route": "노선"}
Row = tuple[str, str, float, float, str | None]


def quality_table(
    day: date,
    rows_given: int,
    other_day: int,
    rides: Rides,
    recorded: Alightings,
    visits: Visits,
    network: Network,
    ridden: Ridden,
    ways: pl.DataFrame,
) -> pl.DataFrame:
    """Return QUALITY: measure, Korean title, count, base, share and note, in a fixed order."""
    rows = (
        _tap_rows(rows_given, other_day, rides, recorded)
        + _visit_rows(visits, network, ridden)
        + _clock_rows(rides.clocks)
        + _way_rows(ways)
    )
    columns = list(zip(*rows, strict=True))
    count, base = np.array(columns[2], np.float64), np.array(columns[3], np.float64)
    frame = {
        "service_day": pl.repeat(day, len(rows), dtype=pl.Date(), eager=True),
        "measure": columns[0],
        "title": columns[1],
        "count": count,
        "base": base,
        "share": np.divide(count, base, out=np.zeros(len(rows)), where=base > 0),
        "note": pl.Series(columns[4], dtype=pl.String()),
    }
    return tables.QUALITY.shape(pl.DataFrame(frame))


def _tap_rows(rows_given: int, other_day: int, rides: Rides, recorded: Alightings) -> list[Row]:
    legs, how = rides.legs, rides.alightings.how
    total = len(legs.row)
    placed = int((rides.boardings.visit >= 0).sum())
    silent = int((legs.alight_recorded < 0).sum())
    boarded = np.bincount(rides.board_how, minlength=len(BOARD_DECIDED))
    alighted = np.bincount(how, minlength=len(Decided))
    imputed = int(alighted[Decided.next_boarding :].sum())
    off_trip = int(recorded.off_trip.sum())
    missing = imputed + int(((how == Decided.unmatched) & (legs.alight_recorded < 0)).sum())
    return [
        ("taps", "이용 내역", rows_given, rows_given, "현금 승객은 들어 있지 않음"),
        ("other_day", "다른 운행일의 이용 내역", other_day, rows_given + other_day, "쓰지 않음"),
        ("repeats", "거듭 들어온 이용 내역", legs.repeats, rows_given, "한 번만 셈"),
        ("matched", "운행에 이은 이용 내역", placed, total, None),
        ("riders", "승객(다인승 포함)", int(legs.riders.sum()), total, None),
        *(
            (f"board_{name}", BOARD_TITLES[name], int(boarded[place]), total, None)
            for place, name in enumerate(BOARD_DECIDED)
        ),
        ("alight_missing", "하차 태그가 없는 이용", silent, total, None),
        ("alight_off_trip", "하차 정류소가 그 운행의 뒤쪽에 없는 이용", off_trip, total,
         "하차 태그가 없는 것으로 보고 추정"),
        ("alight_imputed", "하차를 추정한 이용", imputed, missing, "분모: 하차를 추정해야 할 이용"),
        *(
            (f"alight_{way.name}", ALIGHT_TITLES[way.name], int(alighted[way]), total, None)
            for way in Decided
        ),
    ]  # fmt: skip


def _visit_rows(visits: Visits, network: Network, ridden: Ridden) -> list[Row]:
    flags, total = ridden.flags, len(visits.trip)
    trips = len(visits.trip_ids)
    filled = int((flags & (Flag.INTERPOLATED | Flag.EXTRAPOLATED) > 0).sum())
    carried = np.bincount(visits.trip, ridden.boardings, trips) > 0
    no_capacity = int((flags & Flag.UNKNOWN_CAPACITY > 0).sum())
    odd = int((flags & Flag.IMPLAUSIBLE_TIME > 0).sum())
    return [
        ("trips", "BMS 운행", trips, trips, None),
        ("trips_with_taps", "이용 내역이 있는 운행", int(carried.sum()), trips, None),
        ("visits_filled", "통과 이력이 빠져 채운 정류소", filled, total, None),
        ("visits_implausible", "시각의 앞뒤가 맞지 않는 정류소", odd, total, None),
        ("visits_balanced", "하차를 옮겨 균형을 맞춘 정류소",
         int((flags & Flag.BALANCED > 0).sum()), total, None),
        ("visits_no_capacity", "정원을 몰라 기본값을 쓴 정류소", no_capacity, total, None),
        ("stops_without_place", "좌표가 없는 정류소", int(np.isnan(network.x_m).sum()),
         len(network.x_m), "하차 추정에 쓰지 못함"),
    ]  # fmt: skip


def _clock_rows(clocks: Clocks) -> list[Row]:
    used = clocks.taps > 0
    vehicles = int(used.sum())
    late = int((clocks.measured & (np.abs(clocks.offset_s) > 30)).sum())
    furthest = int(np.abs(clocks.offset_s[used]).max(initial=0))
    return [
        ("clocks_measured", "카드 시계를 맞춘 차량", int(clocks.measured.sum()), vehicles, None),
        ("clocks_off", "카드 시계가 30초 넘게 어긋난 차량", late, vehicles,
         f"가장 큰 어긋남 {furthest}초"),
    ]  # fmt: skip


def _way_rows(ways: pl.DataFrame) -> list[Row]:
    totals = dict(ways.group_by("kind").agg(pl.col("ids").sum()).iter_rows())
    return [
        (
            f"{kind}_by_{way}",
            f"{KIND_TITLES[kind]} ID를 이은 방법: {WAY_TITLES[way]}",
            ids,
            totals[kind],
            None,
        )
        for kind, way, ids in ways.iter_rows()
    ]
