"""What single rides and their chains say: the table of taps, origins and destinations, transfers.

Quiet: reaches nothing outside itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from gongmu.bus import tables
from gongmu.bus.infer import Chain, Decided, Inferred
from gongmu.bus.match import Boardings, Clocks, Legs
from gongmu.bus.network import Bools, Ints, Network
from gongmu.bus.service import HOURS, Cells
from gongmu.bus.visits import Visits

BOARD_DECIDED = pl.Series(["unmatched", "card_only", "same", "corrected"])
ALIGHT_DECIDED = pl.Series([way.name for way in Decided])

KEPT_COLUMNS = (
    "file_id", "row_number", "service_day", "card", "riders", "boarded_s", "alighted_s",
    "user_type", "transfer_count",
)  # fmt: skip
"""Columns of TAPS that the table of taps repeats as they are."""


@dataclass(frozen=True)
class Rides:
    """The M legs with everything decided about them; board_how (M,) indexes BOARD_DECIDED."""

    legs: Legs
    clocks: Clocks
    boardings: Boardings
    board_how: Ints
    alightings: Inferred


def board_how(legs: Legs, boardings: Boardings, visits: Visits, known_stops: int) -> Ints:
    """Return (M,) how each boarding was decided, as places in BOARD_DECIDED.

    card_only: on no trip, but the card's own stop is a stop of the city.
    """
    placed = boardings.visit >= 0
    same = np.append(visits.stop, -1)[boardings.visit] == legs.board_recorded
    on_card = (legs.board_recorded >= 0) & (legs.board_recorded < known_stops)
    return np.where(placed, np.where(same, 2, 3), np.where(on_card, 1, 0)).astype(np.int8)


def tap_table(
    taps: pl.DataFrame, rides: Rides, visits: Visits, network: Network, stop_names: pl.Series
) -> pl.DataFrame:
    """Return TAP: one row per leg, in the order of the input rows."""
    legs = rides.legs
    leg_of = np.full(len(taps), -1)
    leg_of[legs.row] = np.arange(len(legs.row))
    order = leg_of[leg_of >= 0]
    board, alight = rides.boardings.visit[order], rides.alightings.visit[order]
    placed = board >= 0
    trip = np.where(placed, np.append(visits.trip, -1)[board], -1)
    pattern = np.where(placed, np.append(visits.trip_pattern, -1)[trip], -1)
    route = np.where(placed, np.append(network.pattern_route, -1)[pattern], legs.route[order])
    vehicle = legs.vehicle[order]
    offset = np.append(rides.clocks.offset_s, 0)[vehicle]
    on_card = legs.board_recorded[order]
    off_card = legs.alight_recorded[order]
    stop = np.where(placed, np.append(visits.stop, -1)[board], on_card)
    alight_stop = np.where(alight >= 0, np.append(visits.stop, -1)[alight], -1)
    seq = np.append(network.slot_seq, -1)
    slot = np.append(visits.slot, -1)
    kept = taps if not legs.repeats else taps.filter(pl.Series(leg_of >= 0))
    walk = pl.Series(rides.alightings.walk_m[order]).fill_nan(None)
    frame = kept.select(KEPT_COLUMNS).with_columns(
        route_id=_text(network.route_ids, route).fill_null(""),
        direction=np.append(network.pattern_direction, 0)[pattern],
        trip_id=_text(visits.trip_ids, trip),
        vehicle_id=_text(network.vehicle_ids, vehicle),
        clock_offset_s=_null(offset, vehicle >= 0),
        board_stop_recorded=_text(stop_names, on_card),
        board_stop_id=_text(stop_names, stop),
        board_stop_seq=_null(seq[slot[board]], placed),
        board_decided=_text(BOARD_DECIDED, rides.board_how[order]),
        alight_stop_recorded=_text(stop_names, off_card),
        alight_stop_id=_text(stop_names, alight_stop),
        alight_stop_seq=_null(seq[slot[alight]], alight >= 0),
        alight_decided=_text(ALIGHT_DECIDED, rides.alightings.how[order]),
        alight_walk_m=walk,
    )  # fmt: skip
    return tables.TAP.shape(frame)


def _text(texts: pl.Series, place: Ints) -> pl.Expr:
    """Return the text of each place; null for -1."""
    with_null = pl.concat([texts.rename("text"), pl.Series("text", [None], pl.String())])
    return pl.lit(with_null).gather(pl.lit(pl.Series(np.where(place < 0, len(texts), place))))


def _null(values: Ints, known: Bools) -> pl.Expr:
    """Return the values with null where they are not known."""
    return pl.when(pl.lit(pl.Series(known))).then(pl.lit(pl.Series(values)))


def od_table(day: date, rides: Rides, visits: Visits, network: Network) -> pl.DataFrame:
    """Return OD: riders between stops by route, direction and hour of boarding."""
    board, alight = rides.boardings.visit, rides.alightings.visit
    rows = np.flatnonzero((board >= 0) & (alight >= 0))
    board, alight = board[rows], alight[rows]
    riders = rides.legs.riders[rows]
    imputed = rides.alightings.how[rows] > Decided.recorded
    pattern = visits.trip_pattern[visits.trip[board]]
    cells = Cells(
        _packed(
            (pattern, len(network.pattern_route)),
            (_hour(rides.boardings.second_s[rows]), HOURS),
            (visits.stop[board], len(network.stop_ids)),
            (visits.stop[alight], len(network.stop_ids)),
        )
    )
    rest, to_stop = np.divmod(cells.key, len(network.stop_ids))
    rest, from_stop = np.divmod(rest, len(network.stop_ids))
    pattern, hour = np.divmod(rest, HOURS)
    return tables.OD.shape(
        pl.DataFrame(
            {
                "service_day": pl.repeat(day, len(hour), dtype=pl.Date(), eager=True),
                "route_id": network.route_ids.gather(network.pattern_route[pattern]),
                "direction": network.pattern_direction[pattern],
                "hour": hour,
                "board_stop_id": network.stop_ids.gather(from_stop),
                "alight_stop_id": network.stop_ids.gather(to_stop),
                "riders": cells.sum(riders),
                "imputed_riders": cells.sum(riders * imputed),
            }
        )
    )


def _packed(*parts: tuple[Ints, int]) -> Ints:
    """Pack (values, room) columns into one int64 key, the first the most significant."""
    key = np.zeros(len(parts[0][0]), np.int64)
    for values, room in parts:
        key *= room
        key += values
    return key


def _hour(second: Ints) -> Ints:
    return np.clip(second // 3600, 4, 27)


def transfer_table(
    day: date, rides: Rides, chain: Chain, visits: Visits, network: Network, limit_s: int
) -> pl.DataFrame:
    """Return TRANSFER: riders who boarded another route within `limit_s` of alighting."""
    board, alight = rides.boardings.visit, rides.alightings.visit
    rows = np.flatnonzero((alight >= 0) & (chain.following >= 0))
    rows = rows[board[chain.following[rows]] >= 0]
    following = chain.following[rows]
    route = network.pattern_route[visits.trip_pattern[visits.trip]]
    wait = rides.boardings.second_s[following] - visits.arrived_s[alight[rows]]
    moved = (wait >= 0) & (wait <= limit_s) & (route[alight[rows]] != route[board[following]])
    rows, following, wait = rows[moved], following[moved], wait[moved]
    riders = np.minimum(rides.legs.riders[rows], rides.legs.riders[following])
    stops, routes = len(network.stop_ids), len(network.route_ids)
    cells = Cells(
        _packed(
            (_hour(rides.boardings.second_s[following]), HOURS),
            (route[alight[rows]], routes),
            (visits.stop[alight[rows]], stops),
            (route[board[following]], routes),
            (visits.stop[board[following]], stops),
        )
    )
    rest, to_stop = np.divmod(cells.key, stops)
    rest, to_route = np.divmod(rest, routes)
    rest, from_stop = np.divmod(rest, stops)
    hour, from_route = np.divmod(rest, routes)
    total = cells.sum(riders)
    return tables.TRANSFER.shape(
        pl.DataFrame(
            {
                "service_day": pl.repeat(day, len(hour), dtype=pl.Date(), eager=True),
                "hour": hour,
                "from_route_id": network.route_ids.gather(from_route),
                "from_stop_id": network.stop_ids.gather(from_stop),
                "to_route_id": network.route_ids.gather(to_route),
                "to_stop_id": network.stop_ids.gather(to_stop),
                "riders": total,
                "wait_seconds_mean": cells.sum(riders.astype(np.int64) * wait) / total,
            }
        )
    )
