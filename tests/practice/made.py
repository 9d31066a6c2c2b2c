"""Practice cities the tests share; each is made once per test session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from gongmu.practice.day import City, Day, build_city, simulate_day
from gongmu.practice.faults import LEVELS
from gongmu.practice.make import Summary, make
from gongmu.practice.records import Records, record
from gongmu.practice.settlement import Settlement, build_settlement

FRIDAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Simulated:
    """A simulated day with its records at one fault level."""

    city: City
    day: Day
    records: Records
    settlement: Settlement


@lru_cache
def city_of(seed: int, scale: float) -> City:
    """Return a city, built once."""
    return build_city(seed, scale)


@lru_cache
def friday_of(seed: int, scale: float) -> Day:
    """Return a city's Friday, simulated once."""
    return simulate_day(city_of(seed, scale), FRIDAY)


@lru_cache
def simulated(seed: int = 7, scale: float = 0.3, faults: int = 2) -> Simulated:
    """Return a simulated Friday."""
    city = city_of(seed, scale)
    day = friday_of(seed, scale)
    level = LEVELS[faults]
    return Simulated(city, day, record(city, day, level), build_settlement(city, level))


def made(folder: Path, *, days: int = 1, faults: int = 2, seed: int = 3) -> Summary:
    """Write a very small city to `folder`."""
    return make(folder, seed, days, 0.05, faults, FRIDAY, lambda _: None)
