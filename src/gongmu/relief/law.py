"""The law as one thing: dated values, a city's ordinances, and the rules, looked up by day."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

import gongmu.relief.rules
from gongmu.core.errors import Refused
from gongmu.relief.parameters import (
    BLOCKS,
    GROUNDS,
    RATE_NAMES,
    Blocks,
    InForce,
    LocalRate,
    Ordinance,
    in_force,
    standard_blocks,
    typed,
)
from gongmu.relief.rule import Rule, check_dates

FIRST_DAY = date(2023, 1, 1)
"""Acquisitions before this day are left to a person: 과세표준과 감면 조문이 달랐습니다."""

NOT_LOWERED = ("disabled_17", "veteran_29_4")
"""지특령 제125조: an ordinance may not lower these (제182조제2항)."""


@dataclass(frozen=True)
class Law:
    """All versions of all values and rules, for one city."""

    blocks: Blocks
    rules: tuple[Rule, ...]
    local_rates: tuple[LocalRate, ...] = ()
    ordinances: tuple[Ordinance, ...] = ()
    ordinances_known: bool = False
    """Whether the city file lists its ordinances; otherwise silence about them is not a no."""
    closed_on: tuple[date, ...] = ()
    """Days off besides weekends and public holidays."""
    _days: dict[date, InForce] = field(default_factory=dict, compare=False, repr=False)

    def on(self, day: date) -> InForce:
        """Return what is in force for an acquisition on `day` (from 2023-01-01)."""
        found = self._days.get(day)
        if found is None:
            found = in_force(
                self.blocks, day, self.local_rates, self.ordinances, self.ordinances_known
            )
            found.rules = tuple(rule for rule in self.rules if rule.in_force(day))
            found.closed_on = self.closed_on
            self._days[day] = found
        return found

    def with_blocks(self, blocks: Blocks) -> Law:
        """Return the same law with other values."""
        return replace(self, blocks=blocks, _days={})


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return the rules of every file under relief/rules; raises `Refused` rules_overlap."""
    found: list[Rule] = []
    package = gongmu.relief.rules
    for module in pkgutil.iter_modules(package.__path__):
        found += getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "RULES", ())
    return checked(found)


def checked(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules in the order of judging; raises `Refused` rules_overlap."""
    found = sorted(rules, key=lambda rule: (rule.order, rule.first_on))
    for key in {rule.key for rule in found}:
        check_dates(key, [(rule.first_on, rule.last_on) for rule in found if rule.key == key])
    return tuple(found)


def load_law(section: Mapping[str, Any] | None = None, closed_on: Iterable[date] = ()) -> Law:
    """Return the law with what a city file's [relief] section adds: ordinance, rate.

    Other keys of the section are not the law's business. Raises `Refused` rules_overlap or
    parameters_invalid.
    """
    section = section or {}
    local = tuple(_local_rate(entry) for entry in section.get("rate", ()))
    for name in {one.name for one in local}:
        check_dates(name, [(one.first_on, one.last_on) for one in local if one.name == name])
    ordinances = tuple(_ordinance(entry) for entry in section.get("ordinance", ()))
    for code in {one.code for one in ordinances}:
        check_dates(code, [(one.first_on, one.last_on) for one in ordinances if one.code == code])
    return Law(
        standard_blocks(),
        all_rules(),
        local,
        ordinances,
        "ordinance" in section,
        tuple(closed_on),
    )


def _local_rate(entry: Mapping[str, Any]) -> LocalRate:
    found = typed(LocalRate, entry, "도시 파일 [[relief.rate]]")
    if found.name not in RATE_NAMES:
        raise _invalid(
            f"없는 세율입니다: {found.name}", f"쓸 수 있는 이름: {', '.join(RATE_NAMES)}"
        )
    for version in standard_blocks()["acquisition_rate"]:
        standard: Fraction = getattr(version, found.name)
        if abs(found.rate - standard) > standard / 2:
            raise _invalid(
                f"{found.name} {found.rate}은(는) 표준세율의 50% 범위를 벗어납니다.",
                "지방세법 제14조의 범위 안에서 적으세요.",
            )
    return found


def _ordinance(entry: Mapping[str, Any]) -> Ordinance:
    found = typed(Ordinance, entry, "도시 파일 [[relief.ordinance]]")
    if found.ground not in GROUNDS:
        raise _invalid(f"없는 ground입니다: {found.ground}", f"쓸 수 있는 값: {', '.join(GROUNDS)}")
    if found.ground == "lowered":
        known = (
            {item.name for kind in (BLOCKS[found.rule],) for item in fields(kind)}
            if (found.rule in BLOCKS)
            else set()
        )
        if not known & {"rate", "cap_won", "three_plus_cap_won"} or found.rule in NOT_LOWERED:
            raise _invalid(
                f"낮출 수 없는 감면입니다: {found.rule or '(rule 없음)'}",
                "지특법 제182조, 시행령 제125조를 보세요.",
            )
        if not Fraction(1, 2) <= found.factor <= 1:
            raise _invalid(
                f"factor {found.factor}은(는) 1/2과 1 사이여야 합니다.",
                "지특법 제182조제1항: 50% 범위에서 낮출 수 있습니다.",
            )
    return found


def _invalid(message: str, todo: str) -> Refused:
    return Refused("parameters_invalid", f"감면 조례: {message}", todo)
