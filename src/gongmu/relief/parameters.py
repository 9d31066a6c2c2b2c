"""Dated values of the law: read from parameters.toml, laid over by a city's own, looked up by day.

A block (`ev_66_4`) has versions; each is in force for acquisitions from `first_on` to `last_on`
and names its law. The same types say which values a block may have, so a misspelt name in the
file, in a city file or in a what-if is refused in Korean.
"""

from __future__ import annotations

import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from gongmu.core.errors import Refused
from gongmu.relief.rule import MICRO, check_dates

V = TypeVar("V", bound="Version")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a block; `article` where the numbering changed between versions."""

    key: str = ""
    title: str = ""
    first_on: date
    last_on: date | None = None
    law: str
    article: str = ""
    open_after: bool = False


@dataclass(frozen=True, kw_only=True)
class AcquisitionRate(Version):
    """지방세법 제12조제1항제2호, 제17조제1항."""

    passenger_private_rate: Fraction
    light_private_rate: Fraction
    motorcycle_small_rate: Fraction
    other_private_rate: Fraction
    commercial_rate: Fraction
    other_vehicle_rate: Fraction
    motorcycle_small_cc: int
    motorcycle_small_kw: int
    exempt_price_won: int


@dataclass(frozen=True, kw_only=True)
class CarSize(Version):
    """Limits of 경형 and 대형."""

    light_cc_under: int
    light_length_mm: int
    light_width_mm: int
    light_height_mm: int
    large_length_mm: int
    large_width_mm: int
    large_height_mm: int


@dataclass(frozen=True, kw_only=True)
class Filing(Version):
    """지방세법 제20조."""

    onerous_days: int
    gift_months: int
    inheritance_months: int
    abroad_months: int
    clawback_days: int


@dataclass(frozen=True, kw_only=True)
class Penalty(Version):
    """지방세기본법 제53조, 제55조, 제57조."""

    no_filing_rate: Fraction
    late_per_day_rate: Fraction
    late_cap_rate: Fraction
    discount_1m_rate: Fraction
    discount_3m_rate: Fraction
    discount_6m_rate: Fraction


@dataclass(frozen=True, kw_only=True)
class MinimumTax(Version):
    """지특법 제177조의2."""

    relief_rate: Fraction
    over_won: int


@dataclass(frozen=True, kw_only=True)
class PersonCar(Version):
    """지특법 제17조, 제29조제4항."""

    rate: Fraction
    compensated_rate: Fraction | None = None
    cc_max: int
    seats_min: int
    seats_max: int
    van_seats_max: int
    truck_payload_kg_max: int
    motorcycle_cc_max: int
    clawback_years: int
    replacement_days: int


@dataclass(frozen=True, kw_only=True)
class MultiChild(Version):
    """지특법 제22조의2; `two_rate` None = no relief for two children."""

    child_age: int
    three_plus_cap_won: int
    two_rate: Fraction | None = None
    two_cap_won: int = 0
    two_cap_over_won: int = 0
    seats_min: int
    seats_max: int
    van_seats_max: int
    truck_payload_kg_max: int
    motorcycle_cc_max: int
    clawback_years: int
    replacement_days: int


@dataclass(frozen=True, kw_only=True)
class Deduction(Version):
    """A relief up to `cap_won`."""

    cap_won: int
    clawback_years: int = 0


@dataclass(frozen=True, kw_only=True)
class Share(Version):
    """A relief of a share of the tax."""

    rate: Fraction


@dataclass(frozen=True, kw_only=True)
class Trade(Version):
    """지특법 제68조."""

    rate: Fraction
    years_passenger: int
    years_other: int


@dataclass(frozen=True, kw_only=True)
class Years(Version):
    """지특법 제92조."""

    years: int


BLOCKS: Mapping[str, type[Version]] = {
    "acquisition_rate": AcquisitionRate,
    "car_size": CarSize,
    "filing": Filing,
    "penalty": Penalty,
    "minimum_tax": MinimumTax,
    "disabled_17": PersonCar,
    "veteran_29_4": PersonCar,
    "multichild_22_2": MultiChild,
    "light_67_1": Deduction,
    "light_van_truck_67_2": Share,
    "swap_66_1": Version,
    "hybrid_66_3": Deduction,
    "ev_66_4": Deduction,
    "hydrogen_66_5": Deduction,
    "hydrogen_truck_66_6": Share,
    "dealer_68_1": Trade,
    "exporter_68_3": Trade,
    "transport_70_1": Share,
    "cng_bus_70_3": Share,
    "eco_bus_70_4": Share,
    "disaster_92": Years,
}

Blocks = Mapping[str, tuple[Version, ...]]


@dataclass(frozen=True)
class LocalRate:
    """A rate that a city's ordinance sets (지방세법 제14조, within 50 % of the standard)."""

    name: str
    rate: Fraction
    first_on: date
    law: str
    last_on: date | None = None


@dataclass(frozen=True)
class Ordinance:
    """A relief of an ordinance (지특법 제4조), or a rate lowered by one (제182조)."""

    code: str
    name: str
    first_on: date
    last_on: date | None = None
    ground: str = "visual_4"
    """visual_4 (시각장애 4급 상당), or lowered: `rule` gives `factor` of its relief only."""
    rate: Fraction = Fraction(1)
    cap_won: int | None = None
    minimum_tax: bool = True
    """Whether 제177조의2제2항 applies (its 제3항 lets the ordinance decide)."""
    rule: str = ""
    factor: Fraction = Fraction(1)


GROUNDS = ("visual_4", "lowered")


@cache
def standard_blocks() -> Blocks:
    """Return the blocks of parameters.toml; raises `Refused` rules_overlap, parameters_invalid."""
    text = files("gongmu.relief").joinpath("parameters.toml").read_text("utf-8")
    return blocks_of(tomllib.loads(text))


def blocks_of(raw: Mapping[str, Any]) -> Blocks:
    """Return typed blocks; every block of BLOCKS must be there, with no overlapping dates."""
    if unknown := sorted(set(raw) - set(BLOCKS)):
        raise _invalid(f"없는 이름입니다: {', '.join(unknown)}")
    if absent := sorted(set(BLOCKS) - set(raw)):
        raise _invalid(f"빠졌습니다: {', '.join(absent)}")
    return {key: _versions(key, kind, raw[key]) for key, kind in BLOCKS.items()}


def _versions(key: str, kind: type[Version], raw: Mapping[str, Any]) -> tuple[Version, ...]:
    title = str(raw.get("title", key))
    read = [
        typed(kind, {"key": key, "title": title, **entry}, f"{key}의 판")
        for entry in raw["versions"]
    ]
    read.sort(key=lambda version: version.first_on)
    check_dates(title, [(version.first_on, version.last_on) for version in read])
    return tuple(read)


def typed(kind: type[T], raw: Mapping[str, Any], where: str) -> T:
    """Return `raw` as the dataclass `kind`; raises `Refused` parameters_invalid in Korean."""
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(raw) - set(known)):
        raise _invalid(f"{where}: 없는 이름입니다: {', '.join(unknown)}")
    absent = [name for name, f in known.items() if f.default is MISSING and name not in raw]
    if absent:
        raise _invalid(f"{where}: 빠졌습니다: {', '.join(absent)}")
    kinds = field_kinds(kind)  # type: ignore[arg-type]
    return kind(**{name: value_of(kinds[name], raw[name], f"{where} {name}") for name in raw})


@cache
def field_kinds(kind: Any) -> Mapping[str, type]:
    """Return the plain type of each field, without None."""
    return {name: _bare(hint) for name, hint in typing.get_type_hints(kind).items()}


def _bare(hint: Any) -> Any:
    if isinstance(hint, types.UnionType):
        return next(part for part in typing.get_args(hint) if part is not type(None))
    return hint


def value_of(kind: type, value: Any, where: str) -> Any:
    """Return a TOML value or a text as `kind` (int, date, Fraction, bool, str)."""
    try:
        if kind is Fraction and not isinstance(value, float):
            text = str(value).strip()
            if len(text) > 40 or "e" in text.lower():  # 1e999999999 would be written out
                raise ValueError(text)
            return Fraction(text)
        if kind is date and isinstance(value, str):
            return date.fromisoformat(value.strip())
        if kind is date and isinstance(value, datetime):
            raise ValueError("instant")
        if kind is int and isinstance(value, str):
            return int(value.replace(",", "").replace("_", ""))
        if kind is bool and isinstance(value, str):
            return {"true": True, "false": False, "예": True, "아니오": False}[value.strip()]
    except (ValueError, KeyError, ZeroDivisionError) as error:
        raise _invalid(f"{where}: {value!r}은(는) {_KIND_WORDS[kind]}이(가) 아닙니다.") from error
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _invalid(
            f"{where}: {value!r}은(는) {_KIND_WORDS.get(kind, '맞는 값')}이(가) 아닙니다."
        )
    return value


_KIND_WORDS: Mapping[type, str] = {
    int: "정수",
    date: "날짜(2026-12-31)",
    Fraction: '비율("0.5" 또는 "1/2")',
    bool: "예·아니오(true, false)",
    str: "글자",
}


def _invalid(message: str) -> Refused:
    return Refused("parameters_invalid", f"감면 값: {message}", "이름과 값을 바로잡으세요.")


def ppm(rate: Fraction, where: str) -> int:
    """Return a rate in parts per million; raises `Refused` when it is finer than that."""
    scaled = rate * MICRO
    if scaled.denominator != 1:
        raise _invalid(f"{where}: 세율은 백만분의 1까지만 나눌 수 있습니다: {rate}")
    return int(scaled)


@dataclass(slots=True)
class InForce:
    """The values in force for an acquisition on `day`; None = no such relief that day."""

    day: date
    rates: AcquisitionRate
    ppm_of: dict[str, int]
    rate_law_of: dict[str, str]
    """Names of rates that an ordinance set, with the ordinance."""
    size: CarSize
    filing: Filing
    penalty: Penalty
    minimum: MinimumTax | None
    blocks: dict[str, Version]
    open_blocks: dict[str, Version]
    """Blocks that have ended, whose law may yet be prolonged: their last version."""
    ordinances: tuple[Ordinance, ...]
    lowered: dict[str, Ordinance]
    ordinances_known: bool
    rules: tuple[Any, ...] = ()
    closed_on: tuple[date, ...] = ()
    clawbacks: dict[tuple[str, str | None], Any] = field(default_factory=dict)
    """Clawback rules made so far, by paragraph and kind of car."""


RATE_NAMES = (
    "passenger_private_rate",
    "light_private_rate",
    "motorcycle_small_rate",
    "other_private_rate",
    "commercial_rate",
    "other_vehicle_rate",
)


def in_force(
    blocks: Blocks,
    day: date,
    local_rates: Iterable[LocalRate] = (),
    ordinances: Iterable[Ordinance] = (),
    ordinances_known: bool = False,
) -> InForce:
    """Return all values in force on `day`, which is not before 2023-01-01."""
    found: dict[str, Version] = {}
    ended: dict[str, Version] = {}
    for key, versions in blocks.items():
        for version in versions:
            if version.first_on <= day and (version.last_on is None or day <= version.last_on):
                found[key] = version
        if (
            key not in found
            and versions
            and versions[-1].open_after
            and versions[-1].first_on <= day
        ):
            ended[key] = versions[-1]
    rates = _block(found, "acquisition_rate", AcquisitionRate)
    ppm_of = {name: ppm(getattr(rates, name), name) for name in RATE_NAMES}
    rate_law_of: dict[str, str] = {}
    for local in local_rates:
        if local.first_on <= day and (local.last_on is None or day <= local.last_on):
            ppm_of[local.name] = ppm(local.rate, local.name)
            rate_law_of[local.name] = local.law
    now = [o for o in ordinances if o.first_on <= day and (o.last_on is None or day <= o.last_on)]
    minimum = found.get("minimum_tax")
    return InForce(
        day=day,
        rates=rates,
        ppm_of=ppm_of,
        rate_law_of=rate_law_of,
        size=_block(found, "car_size", CarSize),
        filing=_block(found, "filing", Filing),
        penalty=_block(found, "penalty", Penalty),
        minimum=minimum if isinstance(minimum, MinimumTax) else None,
        blocks=found,
        open_blocks=ended,
        ordinances=tuple(o for o in now if o.ground != "lowered"),
        lowered={o.rule: o for o in now if o.ground == "lowered"},
        ordinances_known=ordinances_known,
    )


def _block(found: Mapping[str, Version], key: str, kind: type[V]) -> V:
    version = found.get(key)
    if not isinstance(version, kind):
        raise _invalid(f"{key}: 그날의 값이 없습니다.")
    return version


AFTER_LAST_DAY = (
    "{title} 감면은 법문상 {last}까지입니다. 그 뒤 연장한 개정법이 있는지 확인해 주세요."
)


def block_of(now: InForce, key: str, kind: type[V]) -> tuple[V | None, tuple[str, ...]]:
    """Return the values of a relief and the open question when its last day has passed.

    None: there is no such relief that day, and no prolongation is to be expected.
    """
    version = now.blocks.get(key)
    if version is not None:
        return version if isinstance(version, kind) else None, ()
    ended = now.open_blocks.get(key)
    if isinstance(ended, kind):
        return ended, (AFTER_LAST_DAY.format(title=ended.title, last=ended.last_on),)
    return None, ()
