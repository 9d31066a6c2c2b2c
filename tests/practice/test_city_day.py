"""One simulated day adds up: vehicles move forwards, and everybody who gets on gets off."""

from datetime import date

import numpy as np
import pytest

from gongmu.practice.day import simulate_day
from gongmu.practice.rides import CRUSH_FACTOR
from tests.practice.made import city_of, simulated


@pytest.mark.parametrize(("seed", "scale"), [(7, 0.3), (3, 0.05), (11, 0.1)])
def test_loads_are_never_negative_and_end_at_zero(seed: int, scale: float) -> None:
    day = simulated(seed, scale).day
    assert day.load.min() >= 0
    assert (day.load[day.trips.first[1:] - 1] == 0).all()
    assert day.boardings.sum() == day.alightings.sum()


def test_every_ride_boards_before_it_alights_on_the_trip_it_boarded() -> None:
    made = simulated()
    rides, calls, trips = made.day.rides, made.day.calls, made.day.trips
    assert (rides.board < rides.alight).all()
    on, off = trips.first[rides.trip] + rides.board, trips.first[rides.trip] + rides.alight
    assert (off < trips.first[rides.trip + 1]).all()
    for second, call in ((rides.boarded, on), (rides.alighted, off)):
        assert (second >= calls.arrived[call]).all()
        assert (second <= calls.departed[call]).all()


def test_nobody_is_on_two_buses_at_once() -> None:
    rides = simulated().day.rides
    same = rides.person[1:] == rides.person[:-1]
    assert (rides.boarded[1:][same] > rides.alighted[:-1][same]).all()


def test_vehicles_move_forwards_and_run_one_trip_at_a_time() -> None:
    day = simulated().day
    calls, trips = day.calls, day.trips
    assert (calls.departed > calls.arrived).all()
    same = calls.trip[1:] == calls.trip[:-1]
    assert (calls.arrived[1:][same] > calls.departed[:-1][same]).all()
    begin, end = calls.arrived[trips.first[:-1]], calls.departed[trips.first[1:] - 1]
    order = np.lexsort((begin, trips.vehicle))
    same = trips.vehicle[order][1:] == trips.vehicle[order][:-1]
    assert (begin[order][1:][same] >= end[order][:-1][same]).all()


def test_night_buses_run_past_midnight_within_the_service_day() -> None:
    made = simulated()
    night = np.array([kind == "심야" for kind in made.city.network.pattern_type])
    late = made.day.calls.departed[night[made.day.trips.pattern[made.day.calls.trip]]]
    assert late.max() > 25 * 3600
    assert made.day.calls.arrived.min() >= 4 * 3600
    assert made.day.calls.departed.max() < 28 * 3600
    assert (made.day.rides.boarded > 24 * 3600).any()


def test_some_trips_are_missed_and_some_vehicles_change() -> None:
    made = simulated(7, 1.0)
    planned = made.city.timetables[0].pattern.size
    assert 0.97 < made.day.trips.count / planned < 0.999
    spare = made.city.fleet.route[made.day.trips.vehicle] < 0
    assert 0 < spare.mean() < 0.05


def test_most_cards_go_and_come_back_and_some_make_one_ride() -> None:
    made = simulated(7, 1.0)
    rides = np.bincount(made.day.rides.person)
    rides = rides[rides > 0]
    assert 0.035 < (rides == 1).mean() < 0.07
    assert 2.0 < rides.mean() < 3.0


def test_a_return_usually_starts_near_where_the_first_ride_ended_but_not_at_one_spot() -> None:
    made = simulated(7, 1.0)
    rides, network = made.day.rides, made.city.network
    first = network.visit_first[made.day.trips.pattern[rides.trip]]
    on = network.stops.xy[network.visit_stop[first + rides.board]]
    off = network.stops.xy[network.visit_stop[first + rides.alight]]
    same = rides.person[1:] == rides.person[:-1]
    gap = np.hypot(*(on[1:][same] - off[:-1][same]).T)
    assert 0.90 < (gap < 600).mean() < 0.985
    assert 20 < np.median(gap) < 300
    assert np.quantile(gap, 0.85) > 150


def test_crowded_buses_turn_people_away() -> None:
    made = simulated(7, 1.0)
    crush = made.city.fleet.capacity[made.day.trips.vehicle] * CRUSH_FACTOR
    assert (made.day.load > crush[made.day.calls.trip]).mean() < 0.002


def test_people_keep_habits_from_day_to_day() -> None:
    city = city_of(7, 0.1)
    monday, tuesday = (simulate_day(city, date(2026, 11, day)) for day in (23, 24))
    routes = []
    for day in (monday, tuesday):
        rides = day.rides
        pattern = day.trips.pattern[rides.trip]
        routes.append(
            {
                (int(journey), int(leg)): (int(p), int(b), int(a))
                for journey, leg, p, b, a in zip(
                    rides.journey, rides.leg, pattern, rides.board, rides.alight, strict=True
                )
            }
        )
    both = routes[0].keys() & routes[1].keys()
    assert len(both) > 1000
    same = np.mean([routes[0][key] == routes[1][key] for key in both])
    assert 0.6 < same < 0.95


def test_weekends_are_quieter_than_weekdays() -> None:
    city = city_of(7, 0.1)
    friday, saturday, sunday = (
        int(simulate_day(city, date(2026, 11, day)).boardings.sum()) for day in (20, 21, 22)
    )
    assert sunday < saturday < 0.85 * friday
