"""Streets and places of the practice city: a jittered grid with arterials, a river and centres."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from gongmu.practice.arrays import Floats, Ints, dice
from gongmu.practice.words import PLACE_NAMES

BLOCK_METERS = 420.0
PLACES_AT_SCALE_ONE = {
    "station": (2, 260.0),
    "hall": (1, 220.0),
    "university": (1, 300.0),
    "industry": (2, 520.0),
    "hospital": (3, 160.0),
    "market": (3, 220.0),
    "school": (14, 150.0),
    "apartment": (9, 430.0),
}
"""Kind -> (how many at scale 1.0, spread of the people around it in metres)."""
CENTRAL = ("station", "hall", "market")


@dataclass(frozen=True)
class Streets:
    """Nodes and directed street edges; edge e ^ 1 is the other side of the same street.

    node_xy [N, 2] metres; edge_from, edge_to [E] nodes; edge_cost [E] metres as drivers feel them.
    """

    node_xy: Floats
    edge_from: Ints
    edge_to: Ints
    edge_cost: Floats
    neighbours: list[list[tuple[int, int]]]

    def tree(self, root: int) -> Ints:
        """Return for every node the edge that leads one step towards `root` (-1 at the root)."""
        towards = np.full(len(self.node_xy), -1, dtype=np.int64)
        best = [float("inf")] * len(self.node_xy)
        best[root] = 0.0
        queue = [(0.0, root)]
        while queue:
            cost, node = heapq.heappop(queue)
            if cost > best[node]:
                continue
            for other, edge in self.neighbours[node]:
                further = cost + float(self.edge_cost[edge])
                if further < best[other]:
                    best[other] = further
                    towards[other] = edge ^ 1
                    heapq.heappush(queue, (further, other))
        return towards


@dataclass(frozen=True)
class Place:
    """A place people go to: its kind, name, street node, position and how far people spread."""

    kind: str
    name: str
    node: int
    xy: Floats
    spread_meters: float


def build_streets(seed: int, scale: float) -> Streets:
    """Return the street network; its side grows with the square root of `scale`."""
    draw = dice(seed, "streets")
    side = max(13, round(21 * scale**0.5))
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    xy = np.stack([column.ravel(), row.ravel()], axis=1) * BLOCK_METERS
    xy = xy + draw.normal(0, 45, xy.shape)
    index = np.arange(side * side).reshape(side, side)
    along = np.stack([index[:, :-1].ravel(), index[:, 1:].ravel()], axis=1)
    across = np.stack([index[:-1, :].ravel(), index[1:, :].ravel()], axis=1)
    pairs = np.concatenate([along, across])
    length = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    feel = _feel(draw, side, len(along), len(across))
    ends = np.stack([pairs, pairs[:, ::-1]], axis=1).reshape(-1, 2)
    neighbours: list[list[tuple[int, int]]] = [[] for _ in range(side * side)]
    for edge, (start, end) in enumerate(ends.tolist()):
        neighbours[start].append((end, edge))
    return Streets(xy, ends[:, 0], ends[:, 1], np.repeat(length * feel, 2), neighbours)


def _feel(draw: np.random.Generator, side: int, along_count: int, across_count: int) -> Floats:
    """Return how long each street feels: arterials short, back streets long, no bridge longest."""
    arterial = draw.random(side) < 0.34
    arterial[side // 2] = True
    along = np.repeat(np.where(arterial, 0.7, 1.25), side - 1)
    across = np.tile(np.where(np.roll(arterial, 1), 0.7, 1.25), side - 1)
    feel = np.concatenate([along, across]) * draw.uniform(0.85, 1.3, along_count + across_count)
    feel[draw.random(feel.size) < 0.1] *= 12
    river = side // 3
    bridge = (draw.random(side) < 0.35) | arterial
    crossing = np.arange(side) * (side - 1) + river
    feel[crossing[~bridge]] *= 15
    return feel


def build_places(seed: int, scale: float, streets: Streets) -> list[Place]:
    """Return the centres people travel to and from, the central ones near the middle."""
    draw = dice(seed, "places")
    middle = streets.node_xy.mean(axis=0)
    away = np.hypot(*(streets.node_xy - middle).T)
    places: list[Place] = []
    taken: set[int] = set()
    for kind, (count, spread_meters) in PLACES_AT_SCALE_ONE.items():
        for number in range(max(1, round(count * scale))):
            near = away.max() * (0.25 if kind in CENTRAL else 0.85)
            options = [int(n) for n in np.flatnonzero(away <= near) if int(n) not in taken]
            node = int(draw.choice(options or np.arange(away.size)))
            taken.add(node)
            names = PLACE_NAMES[kind]
            tail = "" if number < len(names) else str(number // len(names) + 1)
            name = names[number % len(names)] + tail
            places.append(Place(kind, name, node, streets.node_xy[node], spread_meters))
    return places
