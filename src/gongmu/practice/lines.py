"""Courses of bus routes over the streets, as sequences of directed street edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongmu.practice.arrays import Ints, dice
from gongmu.practice.streets import Place, Streets


@dataclass(frozen=True)
class LineType:
    """What one type of route is like: its share, stops per direction, stops it leaves out."""

    name: str
    share: float
    fewest: int
    most: int
    skipped_share: float
    headway_guess_seconds: int


TYPES = (
    LineType("간선", 0.27, 30, 60, 0.14, 600),
    LineType("지선", 0.30, 22, 42, 0.05, 780),
    LineType("순환", 0.12, 24, 48, 0.03, 840),
    LineType("심야", 0.07, 24, 46, 0.10, 1800),
    LineType("마을", 0.24, 15, 25, 0.0, 780),
)


@dataclass(frozen=True)
class Line:
    """One route: type, name and the edges it runs along in each direction (1, 2 or 0)."""

    type: LineType
    name: str
    courses: dict[int, list[int]]


def build_lines(seed: int, scale: float, streets: Streets, places: list[Place]) -> list[Line]:
    """Return about 60 routes times `scale` (four at least, so that every kind but one exists)."""
    draw = dice(seed, "lines")
    count = max(4, round(60 * scale))
    hubs = _hubs(places)
    trees = {hub: streets.tree(hub) for hub in hubs}
    types = _types(count)
    names = _names(draw, types)
    lines = []
    for line_type, name in zip(types, names, strict=True):
        if line_type.name == "순환":
            course = _loop(draw, streets, trees, line_type)
            courses = {0: _skip(draw, course, line_type.skipped_share, keep=3)}
        else:
            course = _there(draw, streets, trees, hubs, line_type)
            back = [edge ^ 1 for edge in reversed(course)]
            courses = {
                1: _skip(draw, course, line_type.skipped_share),
                2: _skip(draw, back, line_type.skipped_share),
            }
        lines.append(Line(line_type, name, courses))
    return lines


def _hubs(places: list[Place]) -> list[int]:
    """Return the nodes routes run through: every centre but schools, 80 at most."""
    nodes = [place.node for place in places if place.kind != "school"]
    return list(dict.fromkeys(nodes))[:80]


def _types(count: int) -> list[LineType]:
    if count == 4:
        return list(TYPES[:4])
    types = [kind for kind in TYPES for _ in range(max(1, round(kind.share * count)))]
    while len(types) < count:
        types.append(TYPES[1])
    return types[:count]


def _names(draw: np.random.Generator, types: list[LineType]) -> list[str]:
    tails = ["", "-1", "-2"]
    plain = [f"{n}{tail}" for n in range(1, 400) for tail in tails if n % 3 == 0 or not tail]
    hundred = [f"{n}{tail}" for n in range(400, 999) for tail in tails if n % 4 == 0 or not tail]
    pools = {
        "간선": list(draw.permutation(plain[: 60 + 3 * len(types)])),
        "지선": list(draw.permutation(hundred)),
        "마을": [f"마을 {n:02d}" for n in range(1, len(types) + 1)],
        "심야": [f"심야 N{n}" for n in range(1, len(types) + 1)],
    }
    pools["순환"] = pools["간선"]
    return [
        str(pools[kind.name].pop(-1 if kind.name in ("간선", "순환", "지선") else 0))
        for kind in types
    ]


def _walk(streets: Streets, tree: Ints, node: int) -> list[int]:
    """Return the edges from `node` to the root of `tree`."""
    edges = []
    while tree[node] >= 0:
        edges.append(int(tree[node]))
        node = int(streets.edge_to[edges[-1]])
    return edges


def _without_turns(edges: list[int]) -> list[int]:
    """Drop spurs: a street entered and left again at once."""
    kept: list[int] = []
    for edge in edges:
        if kept and kept[-1] == edge ^ 1:
            kept.pop()
        else:
            kept.append(edge)
    return kept


def _there(
    draw: np.random.Generator,
    streets: Streets,
    trees: dict[int, Ints],
    hubs: list[int],
    line_type: LineType,
) -> list[int]:
    """Return a course terminus - hub (- hub) - terminus with a fitting number of stops."""
    best: list[int] = []
    for _ in range(80):
        first, second = (int(h) for h in draw.choice(hubs, 2))
        start, end = (int(n) for n in draw.integers(0, len(streets.node_xy), 2))
        if draw.random() < 0.5:
            start = int(draw.choice(hubs))
        away = [edge ^ 1 for edge in reversed(_walk(streets, trees[second], end))]
        course = _without_turns(
            _walk(streets, trees[first], start) + _walk(streets, trees[second], first) + away
        )
        streets_used = {edge >> 1 for edge in course}
        if len(streets_used) < len(course):
            continue
        if line_type.fewest <= len(course) <= line_type.most:
            return course
        if len(course) > line_type.most:
            at = int(draw.integers(0, len(course) - line_type.most + 1))
            course = course[at : at + line_type.most]
        if len(course) > len(best):
            best = course
    return best


def _loop(
    draw: np.random.Generator, streets: Streets, trees: dict[int, Ints], line_type: LineType
) -> list[int]:
    """Return a loop that starts and ends on the same streets, so its first stops come twice."""
    hubs = list(trees)
    best: list[int] = []
    for _ in range(300):
        corners = [int(h) for h in draw.choice(hubs, 3, replace=len(hubs) < 3)]
        ring: list[int] = []
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            ring += _walk(streets, trees[end], start)
        ring = _without_turns(ring)
        if len(ring) < 8 or ring[0] == ring[-1] ^ 1 or len(set(ring)) < len(ring):
            continue
        course = ring + ring[:2]
        if line_type.fewest <= len(course) <= line_type.most:
            return course
        if not best or abs(len(course) - line_type.fewest) < abs(len(best) - line_type.fewest):
            best = course
    return best


def _skip(draw: np.random.Generator, course: list[int], share: float, keep: int = 1) -> list[int]:
    """Leave out a share of the stops, never the first and last `keep` nor below 15 stops."""
    stays = draw.random(len(course)) >= share
    stays[:keep] = stays[-keep:] = True
    if stays.sum() < 15:
        return course
    return [edge for edge, stay in zip(course, stays, strict=True) if stay]
