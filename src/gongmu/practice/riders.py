"""The people of the practice city: homes, places they go to, and the journeys of their days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from gongmu.practice.access import Access
from gongmu.practice.arrays import Flags, Floats, Ints, dice
from gongmu.practice.habits import keep_habits
from gongmu.practice.network import Network
from gongmu.practice.paths import Guide, Paths

BOARDINGS_AT_SCALE_ONE = 110_000
GROUP_SHARE = 0.025
NIGHT_STARTS = 23.2 * 3600
MAX_JOURNEYS = 4
CHANGE_DISLIKE = 3.0
ERRANDS = {"market": 3.0, "station": 2.0, "any": 2.0, "hospital": 0.5}


@dataclass(frozen=True)
class Kind:
    """One kind of person: share, card type, chance to travel on (weekday, Saturday, Sunday),
    hours of leaving and staying (mean, spread), and the kinds of places with their weights."""

    share: float
    user_type: str
    travels: tuple[float, float, float]
    leaves: tuple[float, float]
    stays: tuple[float, float]
    goes_to: Mapping[str, float]


OFFICES = {"station": 3, "hall": 1.5, "industry": 3, "market": 1, "hospital": 0.7, "any": 2.5}
SHOPS = {"market": 4, "station": 2, "any": 2}
CARE = {"hospital": 3, "market": 4, "hall": 1, "any": 2}
KINDS = (
    Kind(0.37, "01", (0.90, 0.52, 0.38), (7.75, 0.85), (10.2, 1.2), OFFICES),
    Kind(0.08, "01", (0.85, 0.75, 0.62), (10.5, 1.6), (8.5, 1.3), SHOPS),
    Kind(0.10, "03", (0.94, 0.30, 0.22), (7.75, 0.28), (8.3, 1.0), {"school": 1}),
    Kind(0.05, "03", (0.94, 0.45, 0.35), (7.5, 0.25), (13.6, 0.9), {"school": 1}),
    Kind(0.03, "02", (0.75, 0.55, 0.45), (13.6, 1.2), (2.6, 0.8), {"school": 1, "any": 1}),
    Kind(0.08, "01", (0.75, 0.40, 0.28), (9.4, 1.6), (6.3, 2.0), {"university": 1}),
    Kind(0.13, "04", (0.55, 0.50, 0.42), (10.2, 1.6), (2.3, 1.0), CARE),
    Kind(0.02, "05", (0.50, 0.40, 0.30), (10.6, 1.8), (2.6, 1.0), CARE),
    Kind(0.08, "01", (0.50, 0.62, 0.60), (13.2, 2.2), (2.1, 0.9), SHOPS),
    Kind(0.045, "01", (0.45, 0.60, 0.40), (18.4, 0.9), (3.0, 0.9), SHOPS),
    Kind(0.015, "01", (0.80, 0.70, 0.50), (16.6, 0.9), (8.1, 0.9), SHOPS),
)
DAYS = {
    "there and back": 0.745,
    "with a stop": 0.125,
    "twice": 0.05,
    "single": 0.045,
    "broken": 0.035,
}


@dataclass(frozen=True)
class People:
    """Riders and their usual journeys; person_* [N], journey arrays [J] sorted by (person, order).

    `starts` is when the person usually sets out (seconds of the service day); those whose
    `person_cash_draw` (0..1) is below the city's cash share have no card.
    """

    person_kind: Ints
    person_riders: Ints
    person_cash_draw: Floats
    person_card: Ints
    person: Ints
    order: Ints
    starts: Floats
    paths: Paths

    @property
    def count(self) -> int:
        """Return the number of people."""
        return self.person_kind.size


def build_people(seed: int, scale: float, network: Network) -> People:
    """Return people enough for about 110,000 boardings times `scale` on a weekday."""
    night = np.array([kind == "심야" for kind in network.pattern_type])
    guides = (Guide(network, ~night, seed), Guide(network, night, seed))
    target = BOARDINGS_AT_SCALE_ONE * scale * 1.02
    parts: list[People] = []
    boardings = 0.0
    while boardings < target:
        size = int(min(max(500, (target - boardings) * 0.75), 120_000))
        draw = dice(seed, "people", len(parts))
        part, expected = _some_people(draw, network, guides, size)
        total = np.cumsum(expected)
        if boardings + total[-1] > target:
            part = _first(part, int(np.searchsorted(total, target - boardings)) + 1)
        parts.append(part)
        boardings += float(total[-1])
    return _join(seed, parts)


def _some_people(
    draw: np.random.Generator, network: Network, guides: tuple[Guide, Guide], size: int
) -> tuple[People, Floats]:
    """Return people who can make all their journeys by bus, and each one's expected boardings."""
    kind = draw.choice(len(KINDS), size, p=[k.share for k in KINDS])
    home = _homes(draw, network, size)
    leaves, stays = (
        np.array([getattr(k, name) for k in KINDS])[kind] for name in ("leaves", "stays")
    )
    leave = draw.normal(*leaves.T) * 3600
    back = leave + np.maximum(0.6, draw.normal(*stays.T)) * 3600
    access = guides[0].access
    others = (_spots(draw, network, access, kind, home, other) for other in (False, True, True))
    spots = np.stack([home, *others])
    person, order, start_spot, end_spot, starts = _days(draw, leave, back)
    starts = np.clip(starts, 4.9 * 3600, 26.6 * 3600)
    paths = _find_ways(draw, guides, starts, spots[start_spot, person], spots[end_spot, person])
    late = starts >= NIGHT_STARTS
    paths = keep_habits(draw, network, person, start_spot, end_spot, late, paths)
    stuck = np.bincount(person[paths.legs == 0], minlength=size) > 0
    keep = ~stuck[person]
    renumber = np.cumsum(~stuck) - 1
    riders = np.where(draw.random(size) < GROUP_SHARE, draw.choice([2, 2, 3, 4], size), 1)
    legs = np.bincount(person[keep], weights=paths.legs[keep], minlength=size)[~stuck]
    travels = np.array([k.travels[0] for k in KINDS])[kind][~stuck]
    people = People(
        person_kind=kind[~stuck],
        person_riders=riders[~stuck],
        person_cash_draw=draw.random(size)[~stuck],
        person_card=np.zeros(int((~stuck).sum()), dtype=np.int64),
        person=renumber[person[keep]],
        order=order[keep],
        starts=starts[keep],
        paths=paths.take(keep),
    )
    return people, legs * riders[~stuck] * travels


def _find_ways(
    draw: np.random.Generator,
    guides: tuple[Guide, Guide],
    starts: Floats,
    here: Floats,
    there: Floats,
) -> Paths:
    """Return the way of each journey, late ones by night buses and the others by day buses."""
    dark = starts >= NIGHT_STARTS
    rows = [np.flatnonzero(~dark), np.flatnonzero(dark)]
    found = [guide.find(here[at], there[at], draw) for guide, at in zip(guides, rows, strict=True)]
    return Paths.join(found).take(np.argsort(np.concatenate(rows)))


def _homes(draw: np.random.Generator, network: Network, size: int) -> Floats:
    """Return homes: a good half in apartment districts, the rest anywhere near a stop."""
    stops = network.stops.xy
    anywhere = stops[draw.integers(0, len(stops), size)] + draw.normal(0, 210, (size, 2))
    districts = [place for place in network.places if place.kind == "apartment"]
    centre = np.stack([place.xy for place in districts])[draw.integers(0, len(districts), size)]
    apartment = centre + draw.normal(0, districts[0].spread_meters, (size, 2))
    return np.where(draw.random(size)[:, None] < 0.5, apartment, anywhere)


def _spots(
    draw: np.random.Generator,
    network: Network,
    access: Access,
    kind: Ints,
    home: Floats,
    other: bool,
) -> Floats:
    """Return where each person goes; `other` means shops and visits rather than the usual place.

    Four places and two spots along the lines near home are thought of; the nearer ones and those
    with a bus that goes there without a change are likelier.
    """
    stops, places = network.stops.xy, network.places
    xy = np.concatenate([np.stack([place.xy for place in places]), stops])
    wide = np.concatenate([[place.spread_meters for place in places], np.full(len(stops), 180.0)])
    names = np.array([place.kind for place in places])
    spot = np.empty((len(home), 2))
    for number, who in enumerate(KINDS):
        rows = np.flatnonzero(kind == number)
        goes_to = ERRANDS if other else who.goes_to
        weight = np.zeros(len(xy))
        for name, share in goes_to.items():
            at = np.arange(len(places), len(xy)) if name == "any" else np.flatnonzero(names == name)
            weight[at] = share / at.size
        options = draw.choice(len(xy), (rows.size, 4), p=weight / weight.sum())
        if "any" in goes_to:
            along = len(places) + _along_lines(draw, network, access, home[rows])
            options = np.concatenate([options, along], axis=1)
        gap = np.hypot(*np.moveaxis(xy[options] - home[rows, None, :], 2, 0))
        felt = gap / 2500 - draw.gumbel(0, 1, gap.shape) + 4 * (gap < 900)
        felt += CHANGE_DISLIKE * ~_connected(access, home[rows], xy[options])
        option = options[np.arange(rows.size), felt.argmin(axis=1)]
        spot[rows] = xy[option] + draw.normal(0, 0.6, (rows.size, 2)) * wide[option, None]
    return spot


def _along_lines(draw: np.random.Generator, network: Network, access: Access, home: Floats) -> Ints:
    """Return two random stops [n, 2] on the lines that pass near each home."""
    near = access.pattern[access.cell_of(home)]
    slot = draw.integers(0, np.maximum(1, (near >= 0).sum(axis=1))[:, None], (len(home), 2))
    pattern = np.maximum(0, np.take_along_axis(near, slot, axis=1))
    position = draw.integers(0, network.pattern_length[pattern])
    stops: Ints = network.visit_stop[network.visit_first[pattern] + position]
    return stops


def _connected(access: Access, home: Floats, spots: Floats) -> Flags:
    """Return whether some pattern passes near both home [n, 2] and each spot [n, m, 2]."""
    here = access.pattern[access.cell_of(home)]
    found = np.zeros(spots.shape[:2], dtype=bool)
    for option in range(spots.shape[1]):
        there = access.pattern[access.cell_of(spots[:, option])]
        for slot in range(0, here.shape[1]):
            one = here[:, slot, None]
            found[:, option] |= ((one == there) & (one >= 0)).any(axis=1)
    return found


def _days(
    draw: np.random.Generator, leave: Floats, back: Floats
) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """Return the journeys of all days: (person, order, from spot, to spot, start).

    Spots: 0 home, 1 the usual place, 2 a shop or visit, 3 somewhere reached by other means.
    """
    size = leave.size
    day = draw.choice(len(DAYS), size, p=list(DAYS.values()))
    other_half = draw.random(size) < 0.5
    later = back + draw.gamma(4.0, 1000.0, size) + 1200
    end = later + draw.gamma(4.0, 1300.0, size) + 1500
    table = np.full((size, MAX_JOURNEYS, 2), -1, dtype=np.int64)
    plans: list[tuple[Flags, list[tuple[int, int]]]] = [
        (day == 0, [(0, 1), (1, 0)]),
        (day == 1, [(0, 1), (1, 2), (2, 0)]),
        (day == 2, [(0, 1), (1, 0), (0, 2), (2, 0)]),
        ((day == 3) & other_half, [(0, 1)]),
        ((day == 3) & ~other_half, [(-1, -1), (1, 0)]),
        ((day == 4) & other_half, [(0, 1), (3, 0)]),
        ((day == 4) & ~other_half, [(0, 1), (3, 2)]),
    ]
    for who, journeys in plans:
        table[np.flatnonzero(who)[:, None], np.arange(len(journeys))] = journeys
    times = np.stack([leave, back, later, end], axis=1)
    person, order = np.nonzero(table[:, :, 0] >= 0)
    return person, order, table[person, order, 0], table[person, order, 1], times[person, order]


def _first(people: People, count: int) -> People:
    """Return the first `count` people with their journeys."""
    rows = people.person < count
    return People(
        **{
            f.name: getattr(people, f.name)[:count]
            for f in fields(People)
            if f.name.startswith("person_")
        },
        person=people.person[rows],
        order=people.order[rows],
        starts=people.starts[rows],
        paths=people.paths.take(rows),
    )


def _join(seed: int, parts: list[People]) -> People:
    """Return all parts as one people, with card numbers given out."""
    shift = np.cumsum([0] + [part.count for part in parts])
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("person_kind", "person_riders", "person_cash_draw", "order", "starts")
    }
    total = int(shift[-1])
    draw = dice(seed, "cards")
    steps = draw.integers(1, 9_000_000_000 // total, total)
    cards = 990_000_000_000 + np.cumsum(steps)
    return People(
        person_card=draw.permutation(cards),
        person=np.concatenate([part.person + at for part, at in zip(parts, shift, strict=False)]),
        paths=Paths.join([part.paths for part in parts]),
        **columns,
    )
