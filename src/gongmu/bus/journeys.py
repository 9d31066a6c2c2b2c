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
from gongmu.bus.visits import Visits

BOARD_DECIDED = pl.Series(["unmatched", "card_only", "same", "corrected"])
ALIGHT_DECIDED = pl.Series([way.name for way in Decided])


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
    order = np.argsort(legs.row)
    row = legs.row[order]
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
    kept = taps if len(row) == len(taps) else taps[row]
    walk = pl.Series(rides.alightings.walk_m[order]).fill_nan(None)
    frame = kept.select(
        "file_id", "row_number", "service_day", "card", "riders", "boarded_s", "alighted_s",
        "user_type", "transfer_count",
    ).with_columns(
        route_id=_text(network.route_ids, route).fill_null(""),
        direction=np.append(network.pattern_direction, 0)[pattern],
        trip_id=_text(visits.trip_ids, trip),
        vehicle_id=_text(network.vehicle_ids, vehicle),
        clock_offset_s=_null(offset, vehicle >= 0),
        board_stop_recorded=_text(stop_names, on_card),
        board_stop_id=_text(stop_names, stop),
        board_stop_seq=_null(seq[slot[board]], placed),
        board_decided=BOARD_DECIDED.gather(rides.board_how[order]),
        alight_stop_recorded=_text(stop_names, off_card),
        alight_stop_id=_text(stop_names, alight_stop),
        alight_stop_seq=_null(seq[slot[alight]], alight >= 0),
        alight_decided=ALIGHT_DECIDED.gather(rides.alightings.how[order]),
        alight_walk_m=walk,
    )  # fmt: skip
    return tables.TAP.shape(frame)


def _text(texts: pl.Series, place: Ints) -> pl.Series:
    """Return the text of each place; null for -1."""
    with_null = pl.concat([texts.rename("text"), pl.Series("text", [None], pl.String())])
    return with_null.gather(np.where(place < 0, len(texts), place))


def _null(values: Ints, known: Bools) -> pl.Series:
    """Return the values with null where they are not known."""
    return pl.select(pl.when(pl.Series(known)).then(pl.Series(values))).to_series()


def od_table(day: date, rides: Rides, visits: Visits, network: Network) -> pl.DataFrame:
    """Return OD: riders between stops by route, direction and hour of boarding."""
    board, alight = rides.boardings.visit, rides.alightings.visit
    rows = np.flatnonzero((board >= 0) & (alight >= 0))
    board, alight = board[rows], alight[rows]
    riders = rides.legs.riders[rows]
    imputed = rides.alightings.how[rows] > Decided.recorded
    pattern = visits.trip_pattern[visits.trip[board]]
    counted = (
        pl.DataFrame(
            {
                "pattern": pattern.astype(np.int32),
                "hour": np.clip(rides.boardings.second_s[rows] // 3600, 4, 27),
                "board": visits.stop[board],
                "alight": visits.stop[alight],
                "riders": riders,
                "imputed": riders * imputed,
            }
        )
        .group_by("pattern", "hour", "board", "alight")
        .agg(pl.col("riders", "imputed").sum())
        .sort("pattern", "hour", "board", "alight")
    )
    pattern = counted["pattern"].to_numpy()
    return tables.OD.shape(
        pl.DataFrame(
            {
                "service_day": pl.repeat(day, len(counted), dtype=pl.Date(), eager=True),
                "route_id": network.route_ids.gather(network.pattern_route[pattern]),
                "direction": network.pattern_direction[pattern],
                "hour": counted["hour"],
                "board_stop_id": network.stop_ids.gather(counted["board"]),
                "alight_stop_id": network.stop_ids.gather(counted["alight"]),
                "riders": counted["riders"],
                "imputed_riders": counted["imputed"],
            }
        )
    )


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
    counted = (
        pl.DataFrame(
            {
                "hour": np.clip(rides.boardings.second_s[following] // 3600, 4, 27),
                "from_route": route[alight[rows]],
                "from_stop": visits.stop[alight[rows]],
                "to_route": route[board[following]],
                "to_stop": visits.stop[board[following]],
                "riders": riders,
                "waited": riders.astype(np.int64) * wait,
            }
        )
        .group_by("hour", "from_route", "from_stop", "to_route", "to_stop")
        .agg(pl.col("riders", "waited").sum())
        .sort("hour", "from_route", "from_stop", "to_route", "to_stop")
    )
    ends = {
        f"{end}_{kind}_id": ids.gather(counted[f"{end}_{kind}"])
        for end in ("from", "to")
        for kind, ids in (("route", network.route_ids), ("stop", network.stop_ids))
    }
    return tables.TRANSFER.shape(
        pl.DataFrame(
            {
                "service_day": pl.repeat(day, len(counted), dtype=pl.Date(), eager=True),
                "hour": counted["hour"],
                "riders": counted["riders"],
                "wait_seconds_mean": counted["waited"] / counted["riders"].clip(lower_bound=1),
            }
            | ends
        )
    )
