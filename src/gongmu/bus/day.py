"""One service day of the bus room: taps and stop events in, every published table out.

The day is the unit of work: nothing here looks beyond 04:00 to 03:59, and the same inputs give
the same tables. Quiet: reaches nothing outside itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gongmu.bus import service, tables
from gongmu.bus.crosswalk import Crosswalk, build_crosswalk
from gongmu.bus.infer import Chain, Decided, build_chain, infer_alightings
from gongmu.bus.journeys import KEPT_COLUMNS, Rides, board_how, od_table, tap_table, transfer_table
from gongmu.bus.load import balance, count_riders, running_load
from gongmu.bus.match import (
    Alightings,
    Legs,
    build_legs,
    place_alightings,
    place_boardings,
    set_clocks,
)
from gongmu.bus.network import Bools, Ints, Network, build_network, code_events, position
from gongmu.bus.quality import quality_table
from gongmu.bus.visits import Visits, complete_visits

if TYPE_CHECKING:
    from gongmu.core.city import City


@dataclass(frozen=True)
class DayInputs:
    """The input tables of one service day; every frame follows tables.py."""

    service_day: date
    taps: pl.DataFrame
    stop_events: pl.DataFrame
    routes: pl.DataFrame
    route_stops: pl.DataFrame
    stops: pl.DataFrame
    vehicles: pl.DataFrame
    timetable: pl.DataFrame = field(default_factory=tables.TIMETABLE.empty)
    settlement_stops: pl.DataFrame = field(default_factory=tables.SETTLEMENT_STOPS.empty)
    settlement_route_stops: pl.DataFrame = field(
        default_factory=tables.SETTLEMENT_ROUTE_STOPS.empty
    )


@dataclass(frozen=True)
class DayRules:
    """The choices an analysis makes, each with its usual value.

    denominator: what a load is divided by, capacity (정원) or seats (좌석 수); the defaults stand
    in for vehicles that the register lacks. congestion_*: class names from the emptiest, `persons`
    or `seats`, and the greatest load of each class but the last by vehicle type.
    """

    denominator: str = "capacity"
    default_capacity: int = 55
    default_seats: int = 25
    congestion_names: tuple[str, ...] = ("여유", "보통", "혼잡", "매우혼잡")
    congestion_basis: str = "persons"
    congestion_bounds: Mapping[str, tuple[float, ...]] = field(
        default_factory=lambda: {"대형": (25.0, 40.0, 55.0)}
    )
    walk_limit_meters: float = 2_000.0
    """A rider is taken to walk at most this far to the next boarding (Trepanier et al. 2007)."""
    transfer_limit_seconds: int = 1_800
    """Boarding another route this soon after alighting is a transfer (환승 할인 30분)."""
    minimum_clock_taps: int = 12
    """Fewer usable taps than this leave a vehicle's card clock unmeasured."""
    early_boarding_seconds: int = 1_800
    """Riders may tap this long before the bus is recorded at the first stop."""
    late_tap_seconds: int = 120
    """Riders may tap this long after the arrival at the last stop."""


def day_rules(city: City, service_day: date) -> DayRules:
    """Return the rules of a city on a day; raises `Refused` when no thresholds are in force."""
    classes = city.congestion_on(service_day)
    return DayRules(
        denominator=city.denominator,
        default_capacity=city.default_capacity,
        default_seats=city.default_seats,
        congestion_names=classes.names,
        congestion_basis=classes.basis,
        congestion_bounds=classes.bounds,
    )


class DayTables(Mapping[str, pl.DataFrame]):
    """The published tables of a day by name, each made when it is asked for.

    Written one after the other they need the memory of the largest, not of all.
    """

    def __init__(self, makers: Mapping[str, Callable[[], pl.DataFrame]]) -> None:
        self._makers = makers

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def analyse_day(inputs: DayInputs, rules: DayRules) -> dict[str, pl.DataFrame]:
    """Return every table of tables.PUBLISHED_TABLES for the day, by name.

    Taps and events of another service day are left out; taps of one are counted in `quality`.
    """
    return dict(day_tables(inputs, rules))


def day_tables(inputs: DayInputs, rules: DayRules) -> DayTables:
    """Decide everything about the day; the tables of `analyse_day` are made when asked for."""
    day = inputs.service_day
    today = pl.col("service_day") == day
    taps, given = inputs.taps.filter(today), len(inputs.taps)
    events = code_events(inputs.stop_events.filter(today))
    network = build_network(inputs.stops, inputs.vehicles, inputs.route_stops, events)
    masters = (
        inputs.routes, inputs.stops, inputs.vehicles,
        inputs.settlement_stops, inputs.settlement_route_stops,
    )  # fmt: skip
    del inputs  # the caller may have handed over the only reference to the large frames
    with ThreadPoolExecutor(1) as beside:  # the two longest steps do not wait for each other
        joining = beside.submit(_joined, taps, network, *masters)
        visits = complete_visits(events, network)
        walk, legs = joining.result()
    del events, joining
    rides, recorded, chain = _rides(legs, visits, network, rules)
    taps, names, ways = taps.select(KEPT_COLUMNS), walk.stop_names, walk.ways
    del walk
    ridden = cache(lambda: _ridden(rides, visits, network, rules))
    grades = rules.congestion_names
    limit, cells = rules.transfer_limit_seconds, cache(lambda: service.slot_hours(visits))

    def here() -> tuple[date, Visits, Network, service.Ridden]:
        return day, visits, network, ridden()

    return DayTables(
        {
            # Short ones behind each long one: they are made while it is written, and only one
            # long one is held at a time.
            "tap": lambda: tap_table(taps, rides, visits, network, names),
            "od": lambda: od_table(day, rides, visits, network),
            "transfer": lambda: transfer_table(day, rides, chain, visits, network, limit),
            "trip_stop": lambda: service.trip_stop_table(*here()),
            "trip": lambda: service.trip_table(*here(), grades),
            "route_hour": lambda: service.route_hour_table(*here(), grades),
            "stop_hour": lambda: service.stop_hour_table(day, network, ridden(), cells()),
            "segment_hour": lambda: service.segment_hour_table(*here(), grades, cells()),
            "quality": lambda: quality_table(
                day, len(taps), given - len(taps), rides, recorded, visits, network,
                ridden(), ways,
            ),
        }
    )  # fmt: skip


def _joined(taps: pl.DataFrame, network: Network, *masters: pl.DataFrame) -> tuple[Crosswalk, Legs]:
    """Return the crosswalk of the taps and their legs; `masters` as `build_crosswalk` has them."""
    walk = build_crosswalk(taps, network, *masters)
    return walk, build_legs(taps, walk)


def _rides(
    legs: Legs, visits: Visits, network: Network, rules: DayRules
) -> tuple[Rides, Alightings, Chain]:
    """Decide where every leg boarded and alighted; also the recorded alightings and the chains."""
    clocks = set_clocks(legs, visits, len(network.vehicle_ids), rules.minimum_clock_taps)
    boardings = place_boardings(
        legs, visits, clocks, rules.early_boarding_seconds, rules.late_tap_seconds
    )
    recorded = place_alightings(legs, visits, boardings, clocks)
    chain = build_chain(legs.card, boardings.second_s)
    how = board_how(legs, boardings, visits, len(network.stop_ids))
    on_card = np.where(how == 1, legs.board_recorded, -1)
    boarded = np.where(boardings.visit >= 0, np.append(visits.stop, -1)[boardings.visit], on_card)
    alightings = infer_alightings(
        visits, network, boardings.visit, recorded.visit, boarded, boardings.second_s,
        chain, legs.card, rules.walk_limit_meters,
    )  # fmt: skip
    return Rides(legs, clocks, boardings, how, alightings), recorded, chain


def _ridden(rides: Rides, visits: Visits, network: Network, rules: DayRules) -> service.Ridden:
    """Sum the legs onto the visits and run the loads along the trips."""
    count = len(visits.trip)
    riders, how, alight = rides.legs.riders, rides.alightings.how, rides.alightings.visit
    inferred = np.where(how > Decided.recorded, alight, -1)
    boardings = count_riders(rides.boardings.visit, riders, count)
    recorded = count_riders(np.where(how == Decided.recorded, alight, -1), riders, count)
    imputed = count_riders(inferred, riders, count)
    corrected = count_riders(
        np.where(rides.board_how == 3, rides.boardings.visit, -1), riders, count
    )
    balanced = balance(boardings, recorded + imputed, visits.first)
    capacity, seats, unknown = _room(network, rules)
    vehicle = visits.trip_vehicle[visits.trip]
    denominator = (seats if rules.denominator == "seats" else capacity)[vehicle]
    types = network.vehicle_type.unique().sort()
    grade = service.grades(
        balanced.load, seats[vehicle], position(network.vehicle_type, types)[vehicle], types,
        rules.congestion_basis, rules.congestion_bounds,
    )  # fmt: skip
    flags = service.visit_flags(
        visits, corrected, imputed, balanced.alightings, balanced.moved,
        balanced.load > denominator, unknown[vehicle],
    )  # fmt: skip
    return service.Ridden(
        boardings,
        balanced.alightings,
        running_load(boardings, recorded, visits.first),
        running_load(boardings, recorded + imputed, visits.first),
        balanced.load,
        denominator,
        balanced.load / denominator,
        grade,
        flags,
        imputed,
    )


def _room(network: Network, rules: DayRules) -> tuple[Ints, Ints, Bools]:
    """Return (V,) capacity and seats, defaults filled in, and where the wanted one is unknown."""
    capacity = np.where(network.capacity > 0, network.capacity, rules.default_capacity)
    seats = np.where(network.seats > 0, network.seats, rules.default_seats)
    unknown = (network.seats if rules.denominator == "seats" else network.capacity) <= 0
    return capacity, seats, unknown
