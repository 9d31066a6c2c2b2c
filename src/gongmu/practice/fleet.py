"""The vehicles of the practice city and the timetable they are planned to run."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from gongmu.practice.arrays import Floats, Ints, dice
from gongmu.practice.network import Network
from gongmu.practice.riders import People

DAY_TYPES = ("평일", "토요일", "공휴일")
HEADWAY_FACTOR = (1.0, 1.18, 1.35)
VEHICLES_AT_SCALE_ONE = 400
SPARE_SHARE = 0.05
VEHICLE_TYPES = {"대형": (55, 26), "중형": (33, 20), "소형": (18, 15)}
TYPE_OF_ROUTE = {"간선": "대형", "지선": "대형", "순환": "중형", "심야": "대형", "마을": "중형"}
SLOWNESS = np.array(
    [1.0] * 4 + [0.86, 0.88, 0.98, 1.16, 1.24, 1.10, 1.04, 1.05, 1.08, 1.06, 1.06, 1.09]
    + [1.13, 1.20, 1.27, 1.16, 1.05, 1.0, 0.96, 0.92, 0.88, 0.85, 0.84, 0.84, 0.84]
)  # fmt: skip
"""Running time by hour of the service day (0..28), relative to mid-morning."""
HEADWAY_BY_HOUR = np.array(
    [1.4] * 6 + [1.15, 1.0, 1.0, 1.1, 1.25, 1.25, 1.2, 1.2, 1.2, 1.2]
    + [1.1, 1.0, 1.0, 1.05, 1.2, 1.35, 1.5, 1.7, 1.4, 1.4, 1.4, 1.4, 1.4]
)  # fmt: skip
LAYOVER_SECONDS = 300
PLANNED_SLACK = 1.04
DAY_WINDOW = (5.0, 23.1)
NIGHT_WINDOW = (22.7, 25.9)


@dataclass(frozen=True)
class Fleet:
    """All vehicles; index b. route[b] is the route it is licensed for, -1 for spare vehicles."""

    vehicle_id: list[str]
    plate: list[str]
    operator: Ints
    route: Ints
    vehicle_type: list[str]
    low_floor: list[bool]

    @property
    def capacity(self) -> Ints:
        """Return the licensed number of people of each vehicle, driver apart."""
        return np.array([VEHICLE_TYPES[kind][0] for kind in self.vehicle_type])

    @property
    def seats(self) -> Ints:
        """Return the seats of each vehicle."""
        return np.array([VEHICLE_TYPES[kind][1] for kind in self.vehicle_type])


@dataclass(frozen=True)
class Timetable:
    """Planned trips of one day type, by pattern and departure: arrays [T].

    number counts from 1 within the pattern; block is the vehicle planned; turn orders its trips.
    """

    pattern: Ints
    number: Ints
    departs: Ints
    block: Ints
    turn: Ints


def build_fleet(seed: int, scale: float, network: Network, people: People) -> Fleet:
    """Return about 400 vehicles times `scale`, shared out by demand and length of the routes."""
    draw = dice(seed, "fleet")
    total = round(VEHICLES_AT_SCALE_ONE * scale)
    spares = max(1, round(total * SPARE_SHARE))
    per_route = _share_out(_wanted(network, people), total - spares)
    route = np.concatenate(
        [np.repeat(np.arange(len(network.lines)), per_route), np.full(spares, -1)]
    )
    spare_operator = draw.choice(network.operator, spares)
    operator = np.where(route >= 0, network.operator[route], 0)
    operator[route < 0] = spare_operator
    types = [_vehicle_type(draw, network, int(r)) for r in route]
    numbers = draw.choice(9_000, total, replace=False) + 1_000
    letters = draw.choice(list("아바사자"), total)
    return Fleet(
        vehicle_id=[str(237_000_000 + int(n)) for n in np.cumsum(draw.integers(1, 30, total))],
        plate=[f"연습70{letter}{number}" for number, letter in zip(numbers, letters, strict=True)],
        operator=operator,
        route=route,
        vehicle_type=types,
        low_floor=[
            bool(low) and kind != "소형"
            for low, kind in zip(draw.random(total) < 0.45, types, strict=True)
        ],
    )


def _vehicle_type(draw: np.random.Generator, network: Network, route: int) -> str:
    usual = TYPE_OF_ROUTE[network.lines[route].type.name] if route >= 0 else "대형"
    if draw.random() < 0.12:
        return {"대형": "중형", "중형": "소형"}[usual]
    return usual


def _wanted(network: Network, people: People) -> Floats:
    """Return the vehicles each route would like: enough for its busiest hour, two at least."""
    path = people.paths
    flow = np.zeros((29, network.visit_stop.size + 1))
    hour = (people.starts // 3600).astype(np.int64)
    for leg in (0, 1):
        rows = path.pattern[:, leg] >= 0
        first = network.visit_first[path.pattern[rows, leg]]
        riders = people.person_riders[people.person[rows]] * 0.8
        np.add.at(flow, (hour[rows], first + path.board[rows, leg]), riders)
        np.add.at(flow, (hour[rows], first + path.alight[rows, leg]), -riders)
    load = np.cumsum(flow, axis=1)[:, :-1].max(axis=0)
    busiest = np.maximum.reduceat(load, network.visit_first[:-1])
    cycle = np.zeros(len(network.lines))
    peak = np.zeros(len(network.lines))
    np.add.at(cycle, network.pattern_route, _planned_run(network, np.full(busiest.size, 8)))
    np.maximum.at(peak, network.pattern_route, busiest)
    capacity = np.array([VEHICLE_TYPES[TYPE_OF_ROUTE[line.type.name]][0] for line in network.lines])
    needed = peak / (capacity * 0.75) * (cycle + LAYOVER_SECONDS) / 3600
    usual = cycle / 900
    night = np.array([line.type.name == "심야" for line in network.lines])
    return np.where(night, np.clip(usual * 0.4, 1, 4), 1.0 * needed + 0.35 * usual)


def _planned_run(network: Network, hour: Ints) -> Floats:
    """Return the planned seconds from first to last stop of each pattern at `hour` [P]."""
    base = network.visit_seconds[network.visit_first[1:] - 1]
    planned: Floats = base * SLOWNESS[hour] * PLANNED_SLACK
    return planned


def _share_out(wanted: Floats, total: int) -> Ints:
    """Return whole numbers that sum to `total`, in proportion to `wanted`, one at least."""
    ideal = wanted / wanted.sum() * max(0, total - wanted.size)
    whole = np.floor(ideal).astype(np.int64)
    missing = total - wanted.size - int(whole.sum())
    whole[np.argsort(whole - ideal, kind="stable")[: max(0, missing)]] += 1
    shared: Ints = whole + 1
    return shared


def build_timetable(network: Network, fleet: Fleet, day_type: int) -> Timetable:
    """Return the planned trips: departures by headway, each round given to the freest vehicle."""
    trips: list[tuple[int, int, int, int]] = []
    runs = np.stack(
        [_planned_run(network, np.full(network.pattern_route.size, h)) for h in range(29)]
    )
    for route, line in enumerate(network.lines):
        patterns = [int(p) for p in np.flatnonzero(network.pattern_route == route)]
        blocks = [int(b) for b in np.flatnonzero(fleet.route == route)]
        window = NIGHT_WINDOW if line.type.name == "심야" else DAY_WINDOW
        at = (window[0] + 0.17 * (route % 4)) * 3600
        peak_cycle = float(runs[8, patterns].sum()) + LAYOVER_SECONDS * len(patterns)
        headway = max(240.0, peak_cycle / len(blocks) * HEADWAY_FACTOR[day_type])
        free = [(at, block) for block in blocks]
        while at <= window[1] * 3600:
            ready, block = heapq.heappop(free)
            at = 60 * round(max(at, ready) / 60)
            moment = float(at)
            for pattern in patterns:
                trips.append((pattern, 60 * round(moment / 60), block, len(trips)))
                moment += float(runs[min(28, int(moment // 3600)), pattern]) + LAYOVER_SECONDS
            heapq.heappush(free, (moment, block))
            at += headway * HEADWAY_BY_HOUR[int(at // 3600)]
    table = np.array(trips, dtype=np.int64)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    counts = np.bincount(table[:, 0], minlength=network.pattern_route.size)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return Timetable(
        pattern=table[:, 0],
        number=np.arange(len(table)) - first[table[:, 0]] + 1,
        departs=table[:, 1],
        block=table[:, 2],
        turn=table[:, 3],
    )
