"""Foreign identifiers of card settlement companies as positions of the day's BMS network.

Only distinct texts are resolved; rows then follow by one gather. Each way of resolving is a small
frame of two columns, `text` and `id`; ways are tried in order and a text that a way would give to
two ids is left to the next way. Quiet: reaches nothing outside itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from gongmu.bus.network import METERS_PER_DEGREE, Ints, Network, coded, position

SAME_PLACE_METERS = 30.0
"""Two stops of the same name this near are taken to be the same stop."""

PLATE = r"(\d{2,3}[가-힣]\d{4})\s*$"
"""The part of a registration plate that both systems write; region names differ."""

Way = Callable[[pl.Series], pl.DataFrame]
"""Takes the texts still unresolved, returns a frame `text`, `id`."""

WAY_TITLES = {
    "standard": "표준 ID가 같음",
    "master": "BMS 기준정보의 정산사 ID",
    "ars": "정류장 ARS 번호",
    "taps": "두 ID가 함께 적힌 이용 내역",
    "near": "이름이 같고 30 m 안에 있는 정류소",
    "plate": "차량등록번호",
    "route_name": "노선번호",
    "none": "연결하지 못함",
}


@dataclass(frozen=True)
class Crosswalk:
    """Positions for N taps.

    vehicle, route (N,) int32, -1 when unknown
    board_stop, alight_stop (N,) int32: below len(network.stop_ids) a stop of the network, from
    there on a foreign stop, -1 when nothing is recorded; stop_names: text of every position
    ways: frame of kind, way, ids (distinct texts), for the quality table
    """

    vehicle: Ints
    route: Ints
    board_stop: Ints
    alight_stop: Ints
    stop_names: pl.Series
    ways: pl.DataFrame


@dataclass(frozen=True)
class _Resolved:
    texts: pl.Series
    place: Ints
    way: list[str]

    def ways(self, kind: str) -> pl.DataFrame:
        counted = pl.DataFrame({"way": pl.Series(self.way, dtype=pl.String())})
        return (
            counted.group_by("way")
            .agg(ids=pl.len().cast(pl.Int64()))
            .sort("way")
            .select(pl.lit(kind).alias("kind"), "way", "ids")
        )


def build_crosswalk(
    taps: pl.DataFrame,
    network: Network,
    routes: pl.DataFrame,
    stops: pl.DataFrame,
    vehicles: pl.DataFrame,
    settlement_stops: pl.DataFrame,
    settlement_route_stops: pl.DataFrame,
) -> Crosswalk:
    """Resolve the vehicles, routes and stops of (N,) taps; every frame follows tables.py."""
    board, alight, names, stop_ways = _stops(taps, network, stops, settlement_stops)
    vehicle, vehicle_ways = _vehicles(taps, network, vehicles)
    route, route_ways = _routes(taps, network, routes, settlement_route_stops)
    ways = pl.concat([stop_ways, vehicle_ways, route_ways])
    return Crosswalk(vehicle, route, board, alight, names, ways)


def _resolve(texts: pl.Series, known: pl.Series, ways: dict[str, Way]) -> _Resolved:
    """Try the ways in order on (U,) texts; a way's ids that are not in `known` do not count."""
    place = position(texts, known)
    how = np.where(place >= 0, "standard", "none").astype(object)
    for name, way in ways.items():
        open_rows = np.flatnonzero(place < 0)
        if not len(open_rows):
            break
        wanted = texts.gather(open_rows)
        found = (
            way(wanted)
            .select(pl.col("text").cast(pl.String()), pl.col("id").cast(pl.String()))
            .drop_nulls()
            .unique()
        )
        single = found.filter(pl.len().over("text") == 1).sort("text")
        match = position(wanted, single["text"])
        if not len(single):
            continue
        hit = position(single["id"], known)[match]
        hit[match < 0] = -1
        place[open_rows] = hit
        how[open_rows[hit >= 0]] = name
    return _Resolved(texts, place, [str(name) for name in how])


def _stops(
    taps: pl.DataFrame, network: Network, stops: pl.DataFrame, settlement_stops: pl.DataFrame
) -> tuple[Ints, Ints, pl.Series, pl.DataFrame]:
    own = coded(taps["board_stop_id"], taps["alight_stop_id"])
    standard = coded(taps["board_stop_std_id"], taps["alight_stop_std_id"])
    texts = pl.concat([ids.texts.rename("text") for ids in own]).unique().sort()
    resolved = _resolve(
        texts,
        network.stop_ids,
        {
            "master": lambda _: stops.select(text="settlement_stop_id", id="stop_id"),
            "ars": lambda _: _by_ars(stops, settlement_stops),
            "taps": lambda wanted: _by_taps(taps, wanted),
            "near": lambda wanted: _by_place(stops, settlement_stops, wanted),
        },
    )
    known = len(network.stop_ids)
    unknown_own = texts.gather(np.flatnonzero(resolved.place < 0))
    unknown_standard = pl.concat([ids.texts.rename("text") for ids in standard]).unique().sort()
    unknown_standard = unknown_standard.filter(
        pl.Series(position(unknown_standard, network.stop_ids) < 0)
    )
    foreign = pl.concat([unknown_own, unknown_standard]).unique().sort()
    columns = []
    for mine, common in zip(own, standard, strict=True):
        places = [
            _row_places(common.code, position(common.texts, network.stop_ids)),
            _row_places(mine.code, resolved.place[position(mine.texts, texts)]),
            _row_places(mine.code, position(mine.texts, foreign), known),
            _row_places(common.code, position(common.texts, foreign), known),
        ]
        columns.append(_first_known(places))
    names = pl.concat([network.stop_ids.rename("text"), foreign])
    return columns[0], columns[1], names, resolved.ways("stop")


def _row_places(code: Ints, place_of_text: Ints, shift: int = 0) -> Ints:
    """Return (N,) the place of each row's text plus `shift`; -1 for an empty or unknown text."""
    shifted = np.where(place_of_text >= 0, place_of_text + shift, -1)
    return np.append(shifted, -1).astype(np.int32)[code]


def _first_known(places: list[Ints]) -> Ints:
    """Return (N,) the first place that is not -1 among alternatives in order of trust."""
    result = places[0].copy()
    for alternative in places[1:]:
        empty = np.flatnonzero(result < 0)
        result[empty] = alternative[empty]
    return result


def _digits(column: str) -> pl.Expr:
    text = pl.col(column).str.replace_all(r"\D", "").str.strip_chars_start("0")
    return pl.when(text != "").then(text)


def _by_ars(stops: pl.DataFrame, settlement_stops: pl.DataFrame) -> pl.DataFrame:
    theirs = settlement_stops.select(text="stop_id", ars=_digits("ars_id")).drop_nulls()
    ours = stops.select(id="stop_id", ars=_digits("ars_id")).drop_nulls()
    return theirs.join(ours, "ars").select("text", "id")


def _by_taps(taps: pl.DataFrame, wanted: pl.Series) -> pl.DataFrame:
    """Return for each text the standard id most taps carry beside it; an even split gives none."""
    pairs = pl.concat(
        [
            taps.lazy()
            .select(text=f"{end}_stop_id", id=f"{end}_stop_std_id")
            .drop_nulls()
            .filter(pl.col("text").is_in(wanted.implode()))
            for end in ("board", "alight")
        ]
    )
    counted = pairs.group_by("text", "id").agg(times=pl.len())
    most = pl.col("times") == pl.col("times").max().over("text")
    return counted.filter(most).select("text", "id").collect()


def _by_place(
    stops: pl.DataFrame, settlement_stops: pl.DataFrame, wanted: pl.Series
) -> pl.DataFrame:
    """Return the nearest stop of the same name within 30 m of each settlement stop."""
    theirs = settlement_stops.filter(pl.col("stop_id").is_in(wanted.implode())).select(
        "stop_name", "latitude", "longitude", text="stop_id"
    )
    pairs = theirs.join(
        stops.select("stop_name", "latitude", "longitude", id="stop_id"), "stop_name"
    )
    north = (pl.col("latitude") - pl.col("latitude_right")) * METERS_PER_DEGREE
    east = (pl.col("longitude") - pl.col("longitude_right")) * METERS_PER_DEGREE
    east = east * pl.col("latitude").radians().cos()
    return (
        pairs.with_columns(apart=(north**2 + east**2).sqrt())
        .filter(pl.col("apart") <= SAME_PLACE_METERS)
        .filter(pl.col("apart") == pl.col("apart").min().over("text"))
        .select("text", "id")
    )


def _vehicles(
    taps: pl.DataFrame, network: Network, vehicles: pl.DataFrame
) -> tuple[Ints, pl.DataFrame]:
    own, plates = coded(taps["vehicle_id"], taps["vehicle_plate"])
    plate = pl.col("vehicle_plate").str.extract(PLATE)
    registered = vehicles.select(plate=plate, id="vehicle_id").drop_nulls()

    def same_plate(wanted: pl.Series) -> pl.DataFrame:
        written = pl.DataFrame({"text": wanted})
        written = written.with_columns(plate=pl.col("text").str.extract(PLATE)).drop_nulls()
        return written.join(registered, "plate").select("text", "id")

    def carried_plate(wanted: pl.Series) -> pl.DataFrame:
        carried = taps.lazy().select("vehicle_id", plate=plate).drop_nulls()
        carried = carried.filter(pl.col("vehicle_id").is_in(wanted.implode())).unique()
        return carried.collect().join(registered, "plate").select(text="vehicle_id", id="id")

    by_id = _resolve(
        own.texts,
        network.vehicle_ids,
        {
            "master": lambda _: vehicles.select(text="settlement_vehicle_id", id="vehicle_id"),
            "plate": carried_plate,
        },
    )
    by_plate = _resolve(plates.texts, network.vehicle_ids, {"plate": same_plate})
    places = [_row_places(own.code, by_id.place), _row_places(plates.code, by_plate.place)]
    return _first_known(places), by_id.ways("vehicle")


def _routes(
    taps: pl.DataFrame,
    network: Network,
    routes: pl.DataFrame,
    settlement_route_stops: pl.DataFrame,
) -> tuple[Ints, pl.DataFrame]:
    own, standard = coded(taps["route_id"], taps["route_std_id"])
    named = settlement_route_stops.select("route_name", text="route_id").drop_nulls().unique()
    by_id = _resolve(
        own.texts,
        network.route_ids,
        {
            "master": lambda _: routes.select(text="settlement_route_id", id="route_id"),
            "route_name": lambda _: named.join(
                routes.select("route_name", id="route_id"), "route_name"
            ).select("text", "id"),
        },
    )
    by_standard = position(standard.texts, network.route_ids)
    places = [_row_places(standard.code, by_standard), _row_places(own.code, by_id.place)]
    return _first_known(places), by_id.ways("route")
