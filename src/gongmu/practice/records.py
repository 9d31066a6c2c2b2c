"""What the terminals and the BMS write down: the day seen through clocks, habits and faults.

A record keeps the truth in columns named `true_`; writers of outside files never read those.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from gongmu.practice.arrays import Flags, Floats, Ints, dice, first_of_each
from gongmu.practice.day import City, Day
from gongmu.practice.faults import Faults
from gongmu.practice.riders import KINDS

NONE = -1
TRANSFER_SECONDS = 1_800
MOST_TRANSFERS = 4
FARES = {"01": 1_450, "02": 730, "03": 1_010, "04": 1_450, "05": 1_450}
FREE_METERS, STEP_METERS, STEP_WON = 10_000, 5_000, 100


@dataclass(frozen=True)
class Records:
    """The card rows (duplicates included) and the BMS stop events of one day.

    taps: indexes into the city (route, vehicle, stop), seconds, NONE where a value is missing;
    events: trip, vehicle, position, arrived, departed.
    """

    taps: pl.DataFrame
    events: pl.DataFrame
    clock_seconds: Ints


def record(city: City, day: Day, faults: Faults) -> Records:
    """Return the day's records with the faults of one level."""
    draw = dice(city.seed, "records", day.service_day.toordinal())
    clock = _clocks(draw, len(city.fleet.plate), faults)
    taps = _taps(city, day, faults, clock, draw)
    return Records(taps, _events(day, faults, draw), clock)


def _clocks(draw: np.random.Generator, count: int, faults: Faults) -> Ints:
    """Return how far each vehicle's card clock is ahead of the BMS, seconds."""
    most = faults.clock_most_seconds
    skew = np.round(draw.normal(0, 1, count) * faults.clock_spread_seconds)
    return np.clip(skew, -most, most).astype(np.int64)


def _events(day: Day, faults: Faults, draw: np.random.Generator) -> pl.DataFrame:
    """Return the stop events the BMS kept, by trip and position."""
    calls = day.calls
    size = calls.trip.size
    noise = np.round(draw.normal(0, 1, (2, size)) * faults.bms_noise_seconds).astype(np.int64)
    arrived = calls.arrived + noise[0]
    departed = np.maximum(arrived + 1, calls.departed + noise[1])
    kept = draw.random(size) >= faults.bms_missing_event_share
    kept &= (draw.random(day.trips.count) >= faults.bms_missing_trip_share)[calls.trip]
    return pl.DataFrame(
        {
            "trip": calls.trip,
            "vehicle": day.trips.vehicle[calls.trip],
            "pattern": day.trips.pattern[calls.trip],
            "position": calls.position,
            "arrived": arrived,
            "departed": departed,
        }
    ).filter(pl.Series(kept))


def _taps(
    city: City, day: Day, faults: Faults, clock: Ints, draw: np.random.Generator
) -> pl.DataFrame:
    rides, people, network = day.rides, city.people, city.network
    has_card = people.person_cash_draw >= faults.cash_rider_share
    card_paid = np.flatnonzero(has_card[rides.person])
    person, trip = rides.person[card_paid], rides.trip[card_paid]
    board, alight = rides.board[card_paid], rides.alight[card_paid]
    size = trip.size
    pattern, vehicle = day.trips.pattern[trip], day.trips.vehicle[trip]
    on, off = _tap_times(day, faults, draw, card_paid)
    missing = _missing(person, on, off, faults, draw)
    wrong = draw.random(size) < faults.wrong_board_stop_share
    written = np.where(wrong, _neighbour(draw, board, network.pattern_length[pattern]), board)
    visits = network.visit_first[pattern]
    rode = network.visit_meters[visits + alight] - network.visit_meters[visits + written]
    starts, ends = _trip_times(city, day, faults, draw, clock)
    user_types = np.array([int(kind.user_type) for kind in KINDS])[people.person_kind[person]]
    taps = pl.DataFrame(
        {
            "leg": card_paid,
            "person": person,
            "card": people.person_card[person],
            "operator": city.fleet.operator[vehicle],
            "vehicle": vehicle,
            "route": network.pattern_route[pattern],
            "started": starts[trip],
            "ended": ends[trip],
            "on": on + clock[vehicle],
            "on_stop": network.visit_stop[visits + written],
            "off": np.where(missing, NONE, off + clock[vehicle]),
            "off_stop": np.where(missing, NONE, network.visit_stop[visits + alight]),
            "user_type": user_types,
            "riders": people.person_riders[person],
            "meters": np.where(missing, 0, np.maximum(rode, 0)).astype(np.int64),
            "seconds": np.where(missing, 0, off - on),
            "standard_empty": draw.random(size) < faults.standard_ids_empty_share,
            "late_row": draw.random(size) < faults.late_row_share,
            "true_trip": trip,
            "true_board": board,
            "true_alight": alight,
            "true_written_right": ~wrong,
        }
    )
    return _in_file_order(taps.with_columns(**_linked(taps)), faults, draw)


def _tap_times(
    day: Day, faults: Faults, draw: np.random.Generator, card_paid: Ints
) -> tuple[Ints, Ints]:
    """Return when people tapped on and off: in the door, some late on and many early off."""
    rides, calls = day.rides, day.calls
    first = day.trips.first[rides.trip[card_paid]]
    board, alight = first + rides.board[card_paid], first + rides.alight[card_paid]
    size = board.size
    late = draw.random(size) < faults.late_tap_on_share
    after = draw.integers(*faults.late_tap_on_seconds, size, endpoint=True)
    on = np.where(late, calls.departed[board] + after, rides.boarded[card_paid])
    early = draw.random(size) < faults.early_tap_off_share
    before = draw.integers(*faults.early_tap_off_seconds, size, endpoint=True)
    off = np.where(early, calls.arrived[alight] - before, rides.alighted[card_paid])
    return on, np.maximum(off, on + 2)


def _missing(person: Ints, on: Ints, off: Ints, faults: Faults, draw: np.random.Generator) -> Flags:
    """Return who forgot to tap off: some people always forget more, few do before a change."""
    changes = np.zeros(person.size, dtype=bool)
    same = person[1:] == person[:-1]
    changes[:-1] = same & (on[1:] - off[:-1] < TRANSFER_SECONDS)
    habit = draw.gamma(0.5, 2.0, int(person.max(initial=0)) + 1)[person]
    weight = np.where(changes, 0.4, 1.0) * np.minimum(habit, 8.0)
    chance = faults.missing_tap_off_share * weight / weight.mean()
    missing: Flags = draw.random(person.size) < chance
    return missing


def _neighbour(draw: np.random.Generator, board: Ints, length: Ints) -> Ints:
    """Return the stop before (mostly) or after the true one: the terminal had not moved on."""
    step = np.where(draw.random(board.size) < 0.65, -1, 1)
    step[board == 0] = 1
    step[board >= length - 2] = -1
    return board + step


def _trip_times(
    city: City, day: Day, faults: Faults, draw: np.random.Generator, clock: Ints
) -> tuple[Ints, Ints]:
    """Return start and end of each trip as the driver keyed them, constant for some vehicles."""
    trips, calls = day.trips, day.calls
    begin = calls.departed[trips.first[:-1]] - draw.integers(20, 240, trips.count)
    end = calls.arrived[trips.first[1:] - 1] + draw.integers(20, 240, trips.count)
    earliest = np.full(len(city.fleet.plate), 1 << 30)
    np.minimum.at(earliest, trips.vehicle, begin)
    share = faults.constant_departure_vehicle_share
    constant = (draw.random(earliest.size) < share)[trips.vehicle]
    begin = np.where(constant, earliest[trips.vehicle], begin)
    return begin + clock[trips.vehicle], end + clock[trips.vehicle]


def _linked(taps: pl.DataFrame) -> dict[str, pl.Series]:
    """Return transaction, transfers and fare as the terminals work them out from what they wrote.

    A ride within 30 minutes of the last tap-off on another route is the same linked trip.
    """
    person, on, off = (taps[name].to_numpy() for name in ("person", "on", "off"))
    route, meters = taps["route"].to_numpy(), taps["meters"].to_numpy()
    new_person = first_of_each(person)
    linked = np.zeros(person.size, dtype=bool)
    gap = on[1:] - off[:-1]
    linked[1:] = (off[:-1] >= 0) & (gap < TRANSFER_SECONDS) & (route[1:] != route[:-1])
    linked &= ~new_person
    transfers = np.zeros(person.size, dtype=np.int64)
    for _ in range(MOST_TRANSFERS + 1):
        transfers[1:] = np.where(linked[1:], transfers[:-1] + 1, 0)
    linked &= transfers <= MOST_TRANSFERS
    transfers[~linked] = 0
    journey = np.cumsum(~linked)
    start_of_person = np.maximum.accumulate(np.where(new_person, journey, 0))
    base = np.array([0] + [FARES[f"{n:02d}"] for n in range(1, 6)])[taps["user_type"].to_numpy()]
    so_far = _journey_meters(meters.astype(np.float64), linked)
    steps = _steps(so_far) - np.where(linked, _steps(so_far - meters), 0)
    fare = (np.where(linked, 0, base) + steps * STEP_WON) * taps["riders"].to_numpy()
    return {
        "transaction": pl.Series(journey - start_of_person + 1),
        "transfers": pl.Series(transfers),
        "fare": pl.Series(fare.astype(np.int64)),
    }


def _journey_meters(meters: Floats, linked: Flags) -> Floats:
    total = np.cumsum(meters)
    before = np.maximum.accumulate(np.where(linked, 0, total - meters))
    return total - before


def _steps(meters: Floats) -> Ints:
    return np.ceil(np.maximum(0, meters - FREE_METERS) / STEP_METERS).astype(np.int64)


def _in_file_order(taps: pl.DataFrame, faults: Faults, draw: np.random.Generator) -> pl.DataFrame:
    """Return rows by recorded time with serial numbers, and some rows once more further down."""
    taps = taps.sort("on", "card", "leg").with_columns(
        serial=pl.int_range(1, pl.len() + 1).over("operator")
    )
    size = taps.height
    again = np.flatnonzero(draw.random(size) < faults.duplicate_row_share)
    rows = np.concatenate([np.arange(size), again])
    later = np.concatenate([np.arange(size), again + draw.integers(1, 2_000, again.size)])
    return taps[rows[np.argsort(later, kind="stable")]]
