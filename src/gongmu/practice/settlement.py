"""The card companies' own ids of stops, routes and vehicles, and which of them the BMS knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongmu.practice.arrays import Flags, Ints, dice
from gongmu.practice.day import City
from gongmu.practice.faults import Faults
from gongmu.practice.words import OPERATORS, SETTLEMENT_COMPANIES

BMS_STOP_COMPANY = 0
"""The BMS stop register carries the stop ids of this company only."""
MODES = {"간선": "115", "지선": "120", "순환": "121", "심야": "115", "마을": "105"}


@dataclass(frozen=True)
class Settlement:
    """Numbers of the settlement companies (their operator's index is the company's).

    stop [3, S], route [R], vehicle [B]: numbers without leading zeros; served [3, S]: the stops
    a company knows; known_*: whether the BMS registers carry the number.
    """

    stop: Ints
    served: Flags
    route: Ints
    vehicle: Ints
    known_stop: Flags
    known_route: Flags
    known_vehicle: Flags


def build_settlement(city: City, faults: Faults) -> Settlement:
    """Return the ids of all companies; the same for every day of a city."""
    draw = dice(city.seed, "settlement")
    network, fleet = city.network, city.fleet
    stops = len(network.stops.name)
    served = np.zeros((len(OPERATORS), stops), dtype=bool)
    served[network.operator[network.pattern_route[network.visit_pattern]], network.visit_stop] = (
        True
    )
    numbers = np.stack(
        [
            draw.choice(np.arange(90_000 + 1_500_000 * k, 1_590_000 + 1_500_000 * k), stops, False)
            for k in range(len(OPERATORS))
        ]
    )
    routes, vehicles = len(network.lines), len(fleet.plate)
    unknown = faults.unknown_settlement_id_share
    known = [draw.random(size) >= unknown for size in (stops, routes, vehicles)]
    return Settlement(
        stop=numbers.astype(np.int64),
        served=served,
        route=draw.choice(88_000_000, routes, replace=False) + 4_000_000,
        vehicle=draw.choice(8_000_000, vehicles, replace=False) + 140_000_000,
        known_stop=known[0] & served[BMS_STOP_COMPANY],
        known_route=known[1],
        known_vehicle=known[2] | (fleet.operator != 0),
    )


def company_of(operator: Ints) -> list[str]:
    """Return the settlement company's code of each operator index."""
    return [SETTLEMENT_COMPANIES[k] for k in operator]
