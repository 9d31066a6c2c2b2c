"""Fixtures of the delivery tests."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gongmu.core.house import House
from gongmu.core.settings import Settings
from tests.conftest import Ticking
from tests.messages.houses import MONDAY_TEN, World, make_house


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongmu.messages.dispatch.BACKOFF_SECONDS", 0.0)


@pytest.fixture
def house(settings: Settings, engine: sa.Engine, clock: Ticking) -> House:
    clock.now += MONDAY_TEN
    return make_house(settings, engine, clock)


@pytest.fixture
def world(clock: Ticking) -> World:
    return World(clock)
