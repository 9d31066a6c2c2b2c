"""Missing alightings, step by step: the search downstream, the chain, and like riders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmu.bus.infer import build_chain, like_riders, nearest_downstream
from gongmu.bus.network import build_network, code_events
from gongmu.bus.visits import complete_visits
from tests.bus.small_city import inputs, seconds

GIVEN = inputs([])
EVENTS = code_events(GIVEN.stop_events)
NETWORK = build_network(GIVEN.stops, GIVEN.vehicles, GIVEN.route_stops, EVENTS)
VISITS = complete_visits(EVENTS, NETWORK)
STOPS = NETWORK.stop_ids.to_list()
BOARDABLE = np.setdiff1d(np.arange(len(VISITS.trip)), VISITS.last)


def near(board: int, target: str, deadline: str = "27:00:00", limit_m: float = 2_000) -> int:
    found = nearest_downstream(
        VISITS, NETWORK, np.array([board]), np.array([STOPS.index(target)]),
        np.array([seconds(deadline)]), limit_m,
    )  # fmt: skip
    return int(found.visit[0])


def stop_of(visit: int) -> str:
    return str(STOPS[VISITS.stop[visit]])


def test_the_nearest_downstream_stop_is_taken() -> None:
    assert stop_of(near(0, "나1")) == "가4"
    assert stop_of(near(0, "나2")) == "가4"


def test_a_stop_behind_the_boarding_is_never_taken() -> None:
    assert stop_of(near(2, "가1")) == "가4"


def test_of_two_stops_equally_near_the_earlier_is_taken() -> None:
    middle = NETWORK.x_m.copy()
    middle[STOPS.index("나1")] = (middle[STOPS.index("가3")] + middle[STOPS.index("가4")]) / 2
    network = replace(NETWORK, x_m=middle)
    found = nearest_downstream(
        VISITS, network, np.array([0]), np.array([STOPS.index("나1")]), np.array([10**6]), 2_000.0
    )
    assert stop_of(int(found.visit[0])) == "가3"


def test_a_stop_too_far_or_reached_too_late_is_not_accepted() -> None:
    assert near(0, "먼곳") == -1
    assert near(0, "나1", limit_m=20) == -1
    assert stop_of(near(0, "나1", deadline="08:06:26")) == "가4", "arrives 08:06:00, walks 25 s"
    assert near(0, "나1", deadline="08:06:20") == -1


@given(st.lists(st.sampled_from(BOARDABLE.tolist()), min_size=1), st.integers(0, len(STOPS) - 1))
def test_an_inferred_alighting_is_downstream_on_the_same_trip(
    boards: list[int], target: int
) -> None:
    board = np.array(boards)
    goal = np.full(len(board), target)
    found = nearest_downstream(VISITS, NETWORK, board, goal, np.full(len(board), 10**6), 1e9)
    assert (found.visit > board).all()
    assert (VISITS.trip[found.visit] == VISITS.trip[board]).all()


legs = st.lists(st.tuples(st.integers(1, 4), st.integers(14_400, 100_799)), max_size=20)


@given(legs)
def test_the_chain_follows_each_card_in_time(rows: list[tuple[int, int]]) -> None:
    rows.sort(key=lambda row: row[0])
    card, second = np.array([r[0] for r in rows], np.uint64), np.array([r[1] for r in rows])
    chain = build_chain(card, second.astype(np.int64))
    for leg, (owner, at) in enumerate(rows):
        own = [n for n, (other, _) in enumerate(rows) if other == owner]
        after = int(chain.following[leg])
        first = int(chain.first[leg])
        assert after == -1 or (after in own and second[after] >= at)
        assert (chain.following[own] == -1).sum() == 1, "one leg of each card is the last"
        assert first == -1 or (first in own and second[first] == min(second[own]))
        assert int(chain.previous[leg]) == -1 or chain.following[chain.previous[leg]] == leg


@settings(deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=30))
def test_like_riders_share_out_as_the_recorded_ones_do(places: list[int]) -> None:
    recorded = np.array(places)
    known = np.zeros(len(places), int)
    many = 4_000
    board = np.concatenate([known, np.zeros(many, int)])
    alight = np.concatenate([recorded, np.full(many, -1)])
    rows = np.arange(len(places), len(board))
    chosen = like_riders(VISITS, board, alight, rows, np.arange(many, dtype=np.uint64))
    for place in range(1, 5):
        expected = float((recorded == place).mean())
        assert abs(float((chosen == place).mean()) - expected) < 0.02
