"""The network of the practice city: stops in pairs, routes, and the patterns vehicles run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongmu.practice.arrays import Floats, Ints, dice, spread
from gongmu.practice.lines import Line, build_lines
from gongmu.practice.streets import Place, Streets, build_places, build_streets
from gongmu.practice.words import DISTRICTS, KINDS, OPERATORS, STEMS

ORIGIN_LATITUDE, ORIGIN_LONGITUDE = 37.61, 126.42
METERS_PER_DEGREE = 111_195.0
OPERATOR_SHARES = (0.45, 0.33, 0.22)
FREE_SPEED = 8.0
"""Metres a second between stops with nothing in the way (29 km/h)."""


@dataclass(frozen=True)
class Stops:
    """All stops; index s. xy [S, 2] metres, ids and names as they are printed."""

    xy: Floats
    stop_id: list[str]
    ars: list[str]
    name: list[str]
    district: list[str]

    def degrees(self) -> tuple[Floats, Floats]:
        """Return (latitude, longitude) of every stop."""
        return degrees(self.xy)


@dataclass(frozen=True)
class Network:
    """Routes, patterns (route and direction) and visits (a pattern's stop positions).

    line[R]; route_id[R]; operator[R]; pattern_route[P], pattern_direction[P] (1, 2, 0);
    visit_first[P + 1] offsets into visit_stop[V], visit_meters[V] (from the pattern's start).
    """

    stops: Stops
    places: list[Place]
    lines: list[Line]
    route_id: list[str]
    operator: Ints
    pattern_route: Ints
    pattern_direction: Ints
    visit_first: Ints
    visit_stop: Ints
    visit_meters: Floats

    @property
    def pattern_length(self) -> Ints:
        """Return the number of stops of each pattern [P]."""
        return np.diff(self.visit_first)

    @property
    def visit_pattern(self) -> Ints:
        """Return the pattern of each visit [V]."""
        return spread(self.pattern_length)[0]

    @property
    def pattern_type(self) -> list[str]:
        """Return the route type of each pattern [P]."""
        return [self.lines[route].type.name for route in self.pattern_route]

    @property
    def visit_seconds(self) -> Floats:
        """Return the planned seconds from the pattern's start to each visit [V], off-peak."""
        position = spread(self.pattern_length)[1]
        return self.visit_meters / FREE_SPEED + 18.0 * position


def degrees(xy: Floats) -> tuple[Floats, Floats]:
    """Return (latitude, longitude) of positions in metres [n, 2]."""
    latitude = ORIGIN_LATITUDE + xy[:, 1] / METERS_PER_DEGREE
    east = METERS_PER_DEGREE * np.cos(np.radians(ORIGIN_LATITUDE))
    return latitude, ORIGIN_LONGITUDE + xy[:, 0] / east


def build_network(seed: int, scale: float) -> Network:
    """Return the network of the city of this seed and scale."""
    streets = build_streets(seed, scale)
    places = build_places(seed, scale, streets)
    lines = build_lines(seed, scale, streets, places)
    courses = [
        (route, direction, course)
        for route, line in enumerate(lines)
        for direction, course in line.courses.items()
    ]
    lengths = np.array([len(course) for _, _, course in courses])
    edges = np.concatenate([np.array(course) for _, _, course in courses])
    used, visit_stop = np.unique(edges, return_inverse=True)
    stops = _stops(seed, streets, places, used)
    draw = dice(seed, "route ids")
    numbers = np.sort(draw.choice(max(999, 2 * len(lines)), len(lines), replace=False) + 1)
    return Network(
        stops=stops,
        places=places,
        lines=lines,
        route_id=[f"234{number:06d}" for number in numbers],
        operator=_operators(draw, len(lines)),
        pattern_route=np.array([route for route, _, _ in courses]),
        pattern_direction=np.array([direction for _, direction, _ in courses]),
        visit_first=np.concatenate([[0], np.cumsum(lengths)]),
        visit_stop=visit_stop.astype(np.int64),
        visit_meters=_meters(stops.xy, visit_stop, lengths),
    )


def _operators(draw: np.random.Generator, count: int) -> Ints:
    """Return the operator of every route; each of the three runs at least one."""
    spare = count - len(OPERATORS)
    shares = np.round(np.cumsum(OPERATOR_SHARES) * spare).astype(np.int64)
    quota = np.diff(shares, prepend=0) + 1
    return draw.permutation(np.repeat(np.arange(len(OPERATORS)), quota))


def _meters(xy: Floats, visit_stop: Ints, lengths: Ints) -> Floats:
    """Return road metres from the start of each pattern to each visit (whole metres)."""
    step = np.hypot(*(xy[visit_stop][1:] - xy[visit_stop][:-1]).T) * 1.08
    step = np.maximum(np.concatenate([[0.0], np.round(step)]), 60.0)
    firsts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    step[firsts] = 0.0
    total = np.cumsum(step)
    meters: Floats = total - np.repeat(total[firsts], lengths)
    return meters


def _stops(seed: int, streets: Streets, places: list[Place], used: Ints) -> Stops:
    """Return a stop on the right-hand side of every used street edge."""
    draw = dice(seed, "stops")
    start = streets.node_xy[streets.edge_from[used]]
    end = streets.node_xy[streets.edge_to[used]]
    along = end - start
    right = np.stack([along[:, 1], -along[:, 0]], axis=1)
    right /= np.hypot(*right.T)[:, None]
    middle = draw.uniform(0.42, 0.58, len(streets.edge_from) // 2)[used >> 1]
    middle = np.where(used % 2 == 0, middle, 1 - middle) + draw.normal(0.02, 0.04, used.size)
    xy = start + along * middle[:, None] + right * draw.uniform(8, 17, used.size)[:, None]
    base = 235_000_000 + draw.integers(0, 400_000)
    stop_id = base + np.cumsum(draw.integers(1, 9, used.size))
    pair_number = np.cumsum(np.concatenate([[0], np.diff(used >> 1) > 0]))
    ars = 7_000 + 2 * pair_number + 10 * (pair_number // 45) + used % 2
    return Stops(
        xy=xy,
        stop_id=[str(number) for number in draw.permutation(stop_id)],
        ars=[f"{number:05d}" for number in ars],
        name=_stop_names(draw, streets, places, used, pair_number),
        district=_districts(draw, xy),
    )


def _stop_names(
    draw: np.random.Generator,
    streets: Streets,
    places: list[Place],
    used: Ints,
    pair_number: Ints,
) -> list[str]:
    """Name stops: both sides of a street alike, streets at a place after the place."""
    count = int(pair_number[-1]) + 1
    words = [stem + kind for stem in STEMS for kind in KINDS]
    chosen = draw.permutation(words)
    rounds = [f".{n}" if n else "" for n in range(count // len(words) + 1)]
    names = [str(chosen[n % len(words)]) + rounds[n // len(words)] for n in range(count)]
    at_node = {place.node: place.name for place in places}
    for node, name in at_node.items():
        touching = (streets.edge_from[used] == node) | (streets.edge_to[used] == node)
        endings = iter(["", "앞", "입구", "후문", "건너편", "옆"])
        for pair in np.unique(pair_number[touching])[:4]:
            names[pair] = name + next(endings)
    return [names[pair] for pair in pair_number]


def _districts(draw: np.random.Generator, xy: Floats) -> list[str]:
    """Return the district of every stop: the nearest of a few district centres."""
    count = int(np.clip(len(xy) // 110, 3, len(DISTRICTS)))
    centres = xy[draw.choice(len(xy), count, replace=False)]
    gap = np.hypot(xy[:, None, 0] - centres[None, :, 0], xy[:, None, 1] - centres[None, :, 1])
    return [DISTRICTS[nearest] for nearest in gap.argmin(axis=1)]
