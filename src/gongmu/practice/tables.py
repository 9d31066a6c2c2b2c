"""A simulated day as plain frames, for benches: no files, the same faults.

Column names are those of the product's intake tables (by name only; nothing is imported).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from gongmu.practice import masters, truth
from gongmu.practice.arrays import spread
from gongmu.practice.bms import trip_ids
from gongmu.practice.day import City, Day, build_city, simulate_day
from gongmu.practice.faults import LEVELS, Faults
from gongmu.practice.fleet import DAY_TYPES
from gongmu.practice.network import Network
from gongmu.practice.records import Records, record
from gongmu.practice.settlement import MODES, Settlement, build_settlement
from gongmu.practice.words import OPERATORS, SETTLEMENT_COMPANIES, SETTLEMENT_REGION

BMS_FILE = "b" * 64


def simulated_tables(
    seed: int, scale: float, faults: int, service_day: date
) -> dict[str, pl.DataFrame]:
    """Return `as_tables` of a day of the city of this seed and scale at a fault level (0..3)."""
    city = build_city(seed, scale)
    day, level = simulate_day(city, service_day), LEVELS[faults]
    records = record(city, day, level)
    return as_tables(city, day, records, build_settlement(city, level), level)


def as_tables(
    city: City, day: Day, records: Records, settlement: Settlement, faults: Faults
) -> dict[str, pl.DataFrame]:
    """Return the day's intake tables by name, and the truth as true_trip_stop and true_tap.

    Rows of one bus company stand in one imagined file; late rows are there already.
    """
    taps = truth.with_truth(city, day, records.taps)
    row_number = np.empty(taps.height, dtype=np.int64)
    operator = taps["operator"].to_numpy()
    for number in range(len(OPERATORS)):
        mine = operator == number
        row_number[mine] = np.arange(int(mine.sum())) + 1
    true_tap = truth.tap(taps, "", row_number).with_columns(file_sha256=_file(operator, 64))
    stops = masters.settlement_stops(city, settlement, faults)
    return {
        "taps": _taps(city, settlement, taps, row_number),
        "stop_events": _stop_events(city, day, records.events),
        **_registers(city, settlement),
        "settlement_stops": stops.select(
            stop_id=_full(pl.col("정산사ID"), pl.col("정류장ID")),
            stop_name="정류장명칭",
            ars_id=_or_null("ARS번호"),
            latitude=pl.min_horizontal("Y", "X"),
            longitude=pl.max_horizontal("Y", "X"),
        ),
        "settlement_route_stops": masters.settlement_route_stops(city, settlement, stops).select(
            route_id=_full(pl.col("정산사ID"), pl.col("노선ID")),
            route_name="노선명칭",
            stop_seq=pl.col("정류장순번").cast(pl.Int16),
            stop_id=_full(pl.col("정산사ID"), pl.col("정류장ID")),
            distance_m=pl.col("누적거리").cast(pl.Float64),
        ),
        "true_trip_stop": truth.trip_stop(city, day),
        "true_tap": true_tap,
    }


def _file(operator: np.typing.NDArray[np.int64], digits: int) -> pl.Series:
    return pl.Series(np.array([str(n) * digits for n in range(len(OPERATORS))])[operator])


def _full(company: pl.Expr, number: pl.Expr) -> pl.Expr:
    """Return '정산사:지역:ID', null where the number is missing."""
    return company + f":{SETTLEMENT_REGION}:" + number.cast(pl.String)


def _or_null(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.col(column))


def _taps(
    city: City,
    settlement: Settlement,
    taps: pl.DataFrame,
    row_number: np.typing.NDArray[np.int64],
) -> pl.DataFrame:
    network = city.network
    operator, vehicle = taps["operator"].to_numpy(), taps["vehicle"].to_numpy()
    route = taps["route"].to_numpy()
    on, off = taps["on_stop"].to_numpy(), np.maximum(0, taps["off_stop"].to_numpy())
    standard = np.array(network.stops.stop_id)
    tapped_off = pl.Series("tapped_off", taps["off"] >= 0)
    company = pl.Series(np.array(SETTLEMENT_COMPANIES)[operator])
    with_standard = pl.Series((operator == 0) & ~taps["standard_empty"].to_numpy())
    modes = np.array([MODES[line.type.name] for line in network.lines])
    frame = taps.select(
        file_id=_file(operator, 16),
        row_number=pl.Series(row_number, dtype=pl.Int32),
        service_day="service_day",
        card=pl.col("card").cast(pl.UInt64),
        vehicle_id=_full(pl.lit(company), pl.lit(pl.Series(settlement.vehicle[vehicle]))),
        vehicle_plate=pl.Series(np.array(city.fleet.plate)[vehicle]),
        route_id=_full(pl.lit(company), pl.lit(pl.Series(settlement.route[route]))),
        route_std_id=pl.Series(np.array(network.route_id)[route]),
        boarded_s=pl.col("on").cast(pl.Int32),
        board_stop_id=_full(pl.lit(company), pl.lit(pl.Series(settlement.stop[operator, on]))),
        board_stop_std_id=pl.Series(standard[on]),
        alighted_s=pl.col("off").cast(pl.Int32),
        alight_stop_id=_full(pl.lit(company), pl.lit(pl.Series(settlement.stop[operator, off]))),
        alight_stop_std_id=pl.Series(standard[off]),
        transaction_id=pl.col("transaction").cast(pl.String),
        transfer_count=pl.col("transfers").cast(pl.Int16),
        user_type=pl.col("user_type").cast(pl.String).str.zfill(2),
        riders=pl.col("riders").cast(pl.Int16),
        distance_m=pl.col("meters").cast(pl.Int32),
        fare_won=pl.col("fare").cast(pl.Int32),
        mode=pl.Series(np.where(operator == 0, "784", modes[route])),
    )
    unless = {
        "vehicle_plate": pl.Series(operator == 0),
        "route_std_id": with_standard,
        "board_stop_std_id": with_standard,
        "alight_stop_std_id": with_standard & tapped_off,
        "alighted_s": tapped_off,
        "alight_stop_id": tapped_off,
    }
    return frame.with_columns(pl.when(kept).then(pl.col(name)) for name, kept in unless.items())


def _stop_events(city: City, day: Day, events: pl.DataFrame) -> pl.DataFrame:
    network = city.network
    pattern, position = events["pattern"].to_numpy(), events["position"].to_numpy()
    stop = network.visit_stop[network.visit_first[pattern] + position]
    route = network.pattern_route[pattern]
    return events.select(
        file_id=pl.lit(BMS_FILE[:16]),
        row_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int32),
        service_day=pl.lit(day.service_day),
        route_id=pl.Series(np.array(network.route_id)[route]),
        direction=pl.Series(network.pattern_direction[pattern], dtype=pl.Int8),
        trip_id=trip_ids(day.service_day, events["trip"].to_numpy()),
        vehicle_id=pl.Series(np.array(city.fleet.vehicle_id)[events["vehicle"].to_numpy()]),
        stop_seq=(pl.col("position") + 1).cast(pl.Int16),
        stop_id=pl.Series(np.array(network.stops.stop_id)[stop]),
        arrived_s=pl.col("arrived").cast(pl.Int32),
        departed_s=pl.col("departed").cast(pl.Int32),
    )


def _registers(city: City, settlement: Settlement) -> dict[str, pl.DataFrame]:
    """Return routes, route_stops, stops, vehicles and timetable under the intake names."""
    network = city.network
    company = pl.Series(np.array(SETTLEMENT_COMPANIES)[network.operator])
    return {
        "routes": masters.routes(city, settlement).select(
            route_id="노선ID",
            route_name="노선번호",
            route_type="노선유형",
            origin="기점",
            destination="종점",
            operator="운수사",
            licensed_vehicles=pl.col("인가대수").cast(pl.Int16),
            licensed_trips=pl.col("인가횟수").cast(pl.Int16),
            settlement_route_id=_full(pl.lit(company), pl.col("정산사노선ID")),
        ),
        "route_stops": _route_stops(network),
        "stops": masters.stops(city, settlement).select(
            stop_id="정류소ID",
            stop_name="정류소명",
            ars_id="ARS번호",
            latitude="위도",
            longitude="경도",
            district="행정동",
            settlement_stop_id=_full(pl.lit(SETTLEMENT_COMPANIES[0]), pl.col("정산사정류장ID")),
        ),
        "vehicles": masters.vehicles(city, settlement).select(
            vehicle_id="차량ID",
            vehicle_plate="차량번호",
            operator="운수사",
            vehicle_type="차종",
            capacity=pl.col("승차정원").cast(pl.Int16),
            seats=pl.col("좌석수").cast(pl.Int16),
            settlement_vehicle_id=_full(pl.col("정산사ID"), pl.col("정산사차량ID")),
        ),
        "timetable": _timetable(city),
    }


def _route_stops(network: Network) -> pl.DataFrame:
    pattern, position = spread(network.pattern_length)
    return pl.DataFrame(
        {
            "route_id": np.array(network.route_id)[network.pattern_route[pattern]],
            "direction": pl.Series(network.pattern_direction[pattern], dtype=pl.Int8),
            "stop_seq": pl.Series(position + 1, dtype=pl.Int16),
            "stop_id": np.array(network.stops.stop_id)[network.visit_stop],
            "distance_m": network.visit_meters,
        }
    )


def _timetable(city: City) -> pl.DataFrame:
    network = city.network
    route_id = np.array(network.route_id)
    return pl.concat(
        pl.DataFrame(
            {
                "route_id": route_id[network.pattern_route[planned.pattern]],
                "direction": pl.Series(network.pattern_direction[planned.pattern], dtype=pl.Int8),
                "day_type": [day_type] * planned.pattern.size,
                "trip_number": pl.Series(planned.number, dtype=pl.Int16),
                "departs_s": pl.Series(planned.departs, dtype=pl.Int32),
            }
        )
        for day_type, planned in zip(DAY_TYPES, city.timetables, strict=True)
    )
