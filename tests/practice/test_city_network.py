"""The practice city has the shape of a real one: paired stops, routes of five types, loops."""

import numpy as np
import pytest

from gongmu.practice.arrays import spread
from gongmu.practice.fleet import VEHICLE_TYPES
from tests.practice.made import city_of, simulated


def test_the_same_seed_is_the_same_city_and_another_seed_another() -> None:
    one, again, other = (city_of.__wrapped__(seed, 0.05) for seed in (3, 3, 4))
    assert one.network.stops.stop_id == again.network.stops.stop_id
    assert np.array_equal(one.people.person_card, again.people.person_card)
    assert one.network.stops.stop_id != other.network.stops.stop_id
    assert one.network.stops.name != other.network.stops.name
    assert not set(one.people.person_card) & set(other.people.person_card)


def test_opposite_directions_use_paired_stops_across_the_road() -> None:
    network = city_of(7, 0.3).network
    place = {ars: at for at, ars in enumerate(network.stops.ars)}
    pairs = [
        (at, place[f"{int(ars) ^ 1:05d}"])
        for ars, at in place.items()
        if f"{int(ars) ^ 1:05d}" in place
    ]
    assert len(pairs) > 0.8 * len(place)
    for one, other in pairs:
        assert network.stops.name[one] == network.stops.name[other]
        apart = np.hypot(*(network.stops.xy[one] - network.stops.xy[other]))
        assert 10 < apart < 250


def test_stop_ids_keep_their_forms() -> None:
    stops = city_of(7, 0.3).network.stops
    assert len(set(stops.stop_id)) == len(stops.stop_id) == len(set(stops.ars))
    assert all(len(number) == 9 and number.isdigit() for number in stops.stop_id)
    assert all(len(ars) == 5 for ars in stops.ars)
    assert any(ars.startswith("0") for ars in stops.ars)
    latitude, longitude = stops.degrees()
    assert latitude.min() > 37
    assert longitude.max() < 128


def test_every_route_type_exists_with_its_number_style() -> None:
    lines = city_of(7, 0.3).network.lines
    by_type = {line.type.name: line.name for line in lines}
    assert set(by_type) == {"간선", "지선", "순환", "심야", "마을"}
    assert by_type["마을"].startswith("마을 ")
    assert by_type["심야"].startswith("심야 N")
    assert len({line.name for line in lines}) == len(lines)


def test_patterns_have_15_to_70_stops_and_only_loops_visit_a_stop_twice() -> None:
    network = city_of(7, 1.0).network
    assert network.pattern_length.min() >= 15
    assert network.pattern_length.max() <= 70
    for pattern, direction in enumerate(network.pattern_direction):
        stops = network.visit_stop[network.visit_first[pattern] : network.visit_first[pattern + 1]]
        if direction == 0:
            assert len(set(stops)) < len(stops)
        else:
            assert len(set(stops)) == len(stops)


def test_metres_grow_along_every_pattern() -> None:
    network = city_of(7, 0.3).network
    _, position = spread(network.pattern_length)
    steps = np.diff(network.visit_meters)
    assert (steps[position[1:] > 0] >= 60).all()
    assert (network.visit_meters[position == 0] == 0).all()


def test_a_city_of_scale_one_has_about_60_routes_400_vehicles_and_110_000_boardings() -> None:
    made = simulated(7, 1.0)
    assert len(made.city.network.lines) == 60
    assert len(made.city.fleet.plate) == 400
    assert 105_000 < made.day.boardings.sum() < 115_000


@pytest.mark.parametrize("scale", [0.05, 0.3])
def test_routes_vehicles_and_riders_scale_together(scale: float) -> None:
    made = simulated(7, scale)
    assert len(made.city.network.lines) == max(4, round(60 * scale))
    assert len(made.city.fleet.plate) == round(400 * scale)
    assert made.day.boardings.sum() == pytest.approx(110_000 * scale, rel=0.05)


def test_vehicles_have_the_places_of_their_type_and_some_are_spare() -> None:
    fleet = city_of(7, 0.3).fleet
    for kind, capacity, seats in zip(fleet.vehicle_type, fleet.capacity, fleet.seats, strict=True):
        assert (capacity, seats) == VEHICLE_TYPES[kind]
    assert (fleet.route < 0).sum() >= 1
    assert set(fleet.operator) == {0, 1, 2}
