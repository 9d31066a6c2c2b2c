"""Which patterns can be reached on foot from each cell of the city, and where they connect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongmu.practice.arrays import Flags, Floats, Ints, first_of_each, spread
from gongmu.practice.network import Network

CELL_METERS = 210.0
WALK_METERS = 620.0
NEAREST_PATTERNS = 14
TRANSFER_METERS = 260.0
TRANSFERS_PER_PAIR = 3


@dataclass(frozen=True)
class Access:
    """For every cell the nearest patterns and where to board and leave them.

    pattern [C, K] (-1 where fewer than K), board, alight [C, K] positions within the pattern.
    """

    columns: int
    corner: Floats
    pattern: Ints
    board: Ints
    alight: Ints

    def cell_of(self, xy: Floats) -> Ints:
        """Return the cell of each position [n, 2]; positions outside go to the edge cell."""
        grid = np.floor((xy - self.corner) / CELL_METERS).astype(np.int64)
        rows = len(self.pattern) // self.columns
        column = np.clip(grid[:, 0], 0, self.columns - 1)
        return np.clip(grid[:, 1], 0, rows - 1) * self.columns + column

    def served(self, xy: Floats) -> Flags:
        """Return whether a bus can be reached on foot from each position."""
        served: Flags = self.pattern[self.cell_of(xy), 0] >= 0
        return served


@dataclass(frozen=True)
class Connections:
    """Places to change between patterns p and q: rows first[p * P + q] .. first[p * P + q + 1].

    leave, enter: positions on p and on q; walk_meters between the two stops.
    """

    first: Ints
    leave: Ints
    enter: Ints
    walk_meters: Floats


def build_access(network: Network, usable: Flags) -> Access:
    """Return the access table of the patterns marked in `usable` [P]."""
    stops = network.stops.xy
    corner = stops.min(axis=0) - WALK_METERS
    columns, rows = (int(n) for n in (stops.max(axis=0) + WALK_METERS - corner) // CELL_METERS + 1)
    visit = np.flatnonzero(usable[network.visit_pattern])
    position = spread(network.pattern_length)[1][visit]
    pattern = network.visit_pattern[visit]
    reach = int(WALK_METERS // CELL_METERS) + 1
    shift = np.arange(-reach, reach + 1)
    dx, dy = (grid.ravel() for grid in np.meshgrid(shift, shift))
    xy = stops[network.visit_stop[visit]]
    column = ((xy[:, 0] - corner[0]) // CELL_METERS).astype(np.int64)[:, None] + dx
    row = ((xy[:, 1] - corner[1]) // CELL_METERS).astype(np.int64)[:, None] + dy
    centre_x = corner[0] + (column + 0.5) * CELL_METERS
    centre_y = corner[1] + (row + 0.5) * CELL_METERS
    gap = np.hypot(centre_x - xy[:, :1], centre_y - xy[:, 1:])
    near = (gap <= WALK_METERS) & (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    which = np.nonzero(near)[0]
    cell, gap = (row * columns + column)[near], gap[near]
    pattern, position = pattern[which], position[which]
    board = np.lexsort((position, gap, pattern, cell))
    alight = np.lexsort((-position, gap, pattern, cell))
    head = first_of_each((cell * len(usable) + pattern)[board])
    board, alight = board[head], alight[head]
    by_distance = np.lexsort((gap[board], cell[board]))
    board, alight = board[by_distance], alight[by_distance]
    slot = spread(np.bincount(cell[board], minlength=columns * rows))[1]
    kept = slot < NEAREST_PATTERNS
    board, alight, slot = board[kept], alight[kept], slot[kept]
    table = np.full((3, columns * rows, NEAREST_PATTERNS), -1, dtype=np.int64)
    for layer, values in enumerate((pattern[board], position[board], position[alight])):
        table[layer, cell[board], slot] = values
    return Access(columns, corner, table[0], table[1], table[2])


def build_connections(network: Network, usable: Flags, draw: np.random.Generator) -> Connections:
    """Return up to three places to change between every two usable patterns."""
    xy = network.stops.xy
    near_from, near_to = _near_pairs(xy, TRANSFER_METERS)
    visit = np.flatnonzero(usable[network.visit_pattern])
    visit = visit[np.argsort(network.visit_stop[visit], kind="stable")]
    count = np.bincount(network.visit_stop[visit], minlength=len(xy))
    first = np.concatenate([[0], np.cumsum(count)])
    pair, turn = spread(count[near_from] * count[near_to])
    wide = count[near_to][pair]
    leave = visit[first[near_from][pair] + turn // wide]
    enter = visit[first[near_to][pair] + turn % wide]
    from_pattern, to_pattern = network.visit_pattern[leave], network.visit_pattern[enter]
    other = network.pattern_route[from_pattern] != network.pattern_route[to_pattern]
    leave, enter, from_pattern, to_pattern = (
        values[other] for values in (leave, enter, from_pattern, to_pattern)
    )
    total = len(usable)
    key = from_pattern * total + to_pattern
    order = np.lexsort((draw.random(key.size), key))
    slot = spread(np.bincount(key, minlength=total * total))[1]
    order = order[slot < TRANSFERS_PER_PAIR]
    kept = np.bincount(key[order], minlength=total * total)
    leave, enter = leave[order], enter[order]
    walk = np.hypot(*(xy[network.visit_stop[leave]] - xy[network.visit_stop[enter]]).T)
    return Connections(
        first=np.concatenate([[0], np.cumsum(kept)]),
        leave=leave - network.visit_first[from_pattern[order]],
        enter=enter - network.visit_first[to_pattern[order]],
        walk_meters=walk,
    )


def _near_pairs(xy: Floats, radius: float) -> tuple[Ints, Ints]:
    """Return all ordered pairs of points within `radius` metres (a point is near itself)."""
    grid = np.floor((xy - xy.min(axis=0)) / radius).astype(np.int64) + 1
    width = int(grid[:, 0].max()) + 2
    cell = grid[:, 1] * width + grid[:, 0]
    order = np.argsort(cell, kind="stable")
    count = np.bincount(cell, minlength=width * (int(grid[:, 1].max()) + 2))
    first = np.concatenate([[0], np.cumsum(count)])
    near_from, near_to = [], []
    for step in (-width - 1, -width, -width + 1, -1, 0, 1, width - 1, width, width + 1):
        beside = cell + step
        owner, position = spread(count[beside])
        other = order[first[beside][owner] + position]
        close = np.hypot(*(xy[owner] - xy[other]).T) <= radius
        near_from.append(owner[close])
        near_to.append(other[close])
    return np.concatenate(near_from), np.concatenate(near_to)
