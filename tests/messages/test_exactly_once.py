"""Whatever happens in whatever order, no text reaches a phone twice and none is forgotten."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gongmu.core.clock import today
from gongmu.core.database import open_database, upgrade
from gongmu.core.errors import GongmuError
from gongmu.core.settings import Settings
from gongmu.messages import dispatch
from gongmu.messages.changes import Change
from gongmu.messages.delivery import Status
from gongmu.messages.ledger import Claimed
from tests.conftest import Ticking
from tests.messages.houses import MONDAY_TEN, SETTLE_SECONDS, World, in_world, make_house, outgoing

MODES = (
    "ok", "transient", "refused", "bug", "one_unanswered",
    "ambiguous_taken", "ambiguous_lost", "ambiguous_late",
)  # fmt: skip


@cache
def _empty_home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="gongmu-empty-"))
    engine = open_database(f"sqlite:///{home / 'gongmu.sqlite'}")
    upgrade(engine)
    engine.dispose()
    return home


class ManyHands(RuleBasedStateMachine):
    """Workers that send, crash, fall asleep and wake; officers that stop, resume and cancel."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="gongmu-once-"))
        shutil.copytree(_empty_home(), self.home, dirs_exist_ok=True)
        self.clock = Ticking()
        self.clock.now += MONDAY_TEN
        own = Settings(home=self.home)
        self.engine = open_database(own.url)
        self.world = World(self.clock)
        self.delivery = in_world(make_house(own, self.engine, self.clock), self.world)
        self.room = self.delivery._room
        self.accepted = 0
        self.claims = 0
        self.asleep: list[tuple[str, Sequence[Claimed]]] = []

    @rule(count=st.integers(1, 3), late_campaign=st.booleans())
    def accept(self, count: int, late_campaign: bool) -> None:
        campaign = "w48" if late_campaign else "w47"
        new = [outgoing(self.accepted + n, campaign=campaign) for n in range(count)]
        self.accepted += self.delivery.accept(new)

    @rule(mode=st.sampled_from(MODES), limit=st.integers(1, 4))
    def send(self, mode: str, limit: int) -> None:
        self.world.mode = mode
        with suppress(GongmuError, KeyError):
            self.delivery.send_due(limit=limit)
        self.world.mode = "ok"

    def _claim(self, size: int) -> tuple[str, list[Claimed]]:
        self.claims += 1
        token = f"worker-{self.claims}"
        prices = self.delivery.office.gateway.prices
        day = today(self.clock)
        return token, self.room.ledger.claim(token, size, None, day, "practice", prices)

    @rule(size=st.integers(1, 3), left_count=st.integers(0, 3))
    def crash(self, size: int, left_count: int) -> None:
        """A worker dies after its claim, with some texts handed over and no answer written."""
        _token, claimed = self._claim(size)
        for one in claimed[:left_count]:
            self.world.take(one.key)

    @rule(size=st.integers(1, 3))
    def fall_asleep(self, size: int) -> None:
        self.asleep.append(self._claim(size))

    @rule(size=st.integers(1, 3), wakes=st.booleans())
    def sleep_through_the_lease(self, size: int, wakes: bool) -> None:
        """A worker sleeps so long that others take its rows for abandoned and send them."""
        self.fall_asleep(size)
        for seconds in (301, SETTLE_SECONDS + 1):
            self.time_passes(int(seconds))
            self.delivery.settle_doubt()
        self.delivery.send_due()
        if wakes:
            self.wake()

    @rule()
    def wake(self) -> None:
        """A sleeping worker goes on where it was: through the gate, then to the gateway."""
        if not self.asleep:
            return
        token, claimed = self.asleep.pop()
        if not claimed:
            return
        kept = dispatch._Gate(self.room)(claimed)
        if kept is None:
            for one in claimed:
                self.world.take(one.key)
        to = Status.QUEUED if kept else Status.SENT
        self.room.ledger.answered([Change(one.key, to, token) for one in claimed])

    @rule(seconds=st.sampled_from([1, 20, 35, 120, 400]))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_(seconds=seconds)
        self.world.work()

    @rule(mode=st.sampled_from(["ok", "cannot_tell"]))
    def settle(self, mode: str) -> None:
        self.world.mode = mode
        self.delivery.settle_doubt()
        self.world.mode = "ok"

    @rule(again=st.booleans())
    def receipts(self, again: bool) -> None:
        told = list(self.world.receipts_due)
        self.delivery.take_receipts()
        if again:
            self.world.receipts_due += told

    @rule(stopped=st.booleans())
    def switch(self, stopped: bool) -> None:
        act = self.delivery.stop if stopped else self.delivery.resume
        act("lee", "시험")

    @rule()
    def cancel(self) -> None:
        self.delivery.cancel("w48", "lee", "시험")

    @invariant()
    def nothing_is_doubled(self) -> None:
        assert not [key for key, count in self.world.taken.items() if count > 1]

    def teardown(self) -> None:
        """Let everything run on, then count: each accepted text was sent once or is cancelled."""
        self.delivery.resume("lee", "끝")
        for _ in range(4):
            self.clock.pass_(seconds=400)
            self.world.work()
            self.clock.pass_(seconds=SETTLE_SECONDS + 1)
            self.delivery.settle_doubt()
            self.delivery.send_due()
            self.delivery.take_receipts()
        self.nothing_is_doubled()
        for entry in self.delivery.entries(None, limit=10_000):
            if entry.status is Status.CANCELLED:
                assert entry.campaign == "w48"
                continue
            assert entry.status is Status.DELIVERED, (entry, self.delivery.history(entry.key))
            assert self.world.taken[entry.key] == 1
        self._again_only_after_a_definite_word()
        self.engine.dispose()
        shutil.rmtree(self.home)

    def _again_only_after_a_definite_word(self) -> None:
        for entry in self.delivery.entries(None, limit=10_000):
            way = self.delivery.history(entry.key)
            for before, event in pairwise(way):
                if event.status is Status.SENDING:
                    assert before.status is Status.QUEUED or ":" in before.reason, way


@pytest.fixture(autouse=True, scope="module")
def _no_backoff() -> None:
    dispatch.BACKOFF_SECONDS = 0.0


TestManyHands = ManyHands.TestCase
TestManyHands.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
class TestManyHandsAtLength(ManyHands.TestCase):  # type: ignore[name-defined,misc]
    settings = settings(
        max_examples=150,
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
