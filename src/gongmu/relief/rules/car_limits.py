"""Which cars 제17조, 제22조의2 and 제29조 take: seats, displacement, payload."""

from __future__ import annotations

from typing import NamedTuple

from gongmu.relief.facts import Fuel, Kind, Size, Vehicle
from gongmu.relief.parameters import CarSize, MultiChild, PersonCar
from gongmu.relief.rule import Question, Trail

Q_CC = Question("지특법§17①1가", "배기량 2,000cc 이하인 승용자동차인가")
Q_ELECTRIC = Question(
    "지특법§17①1가", "전기·수소 승용차가 중형 이하인가(길이·너비·높이가 모두 넘지 않음)"
)
Q_SEATS = Question("지특법§17①1나", "승차정원 7명 이상 10명 이하인 승용자동차인가")
Q_VAN = Question("지특법§17①2", "승차정원 15명 이하인 승합자동차인가")
Q_TRUCK = Question("지특법§17①3", "최대적재량 1톤 이하인 화물자동차인가")
Q_MOTORCYCLE = Question("지특법§17①4", "배기량 250cc 이하인 이륜자동차인가")
Q_KIND = Question("지특법§17①", "감면 대상 차종인가")

ELECTRIC_MOTORCYCLE = (
    "전기이륜차는 배기량이 없습니다. 「배기량 250시시 이하인 이륜자동차」에 드는지 정해 주세요."
)


class Scope(NamedTuple):
    """Whether a car is in scope (None = not known), under which item, and what is missing."""

    inside: bool | None
    item: str = ""
    missing: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()


_OUT = Scope(False)


def person_scope(vehicle: Vehicle, limit: PersonCar, size: CarSize, trail: Trail) -> Scope:
    """Return the item of 제17조제1항 (the same in 제29조제4항) that a car falls under."""
    if vehicle.kind is Kind.PASSENGER:
        return _passenger(vehicle, limit, size, trail)
    return other_scope(vehicle, limit, trail)


def other_scope(vehicle: Vehicle, limit: PersonCar | MultiChild, trail: Trail) -> Scope:
    """Return the item for vans, trucks and motorcycles, the same in all three articles."""
    match vehicle.kind:
        case Kind.VAN:
            return _at_most(vehicle.seats, limit.van_seats_max, "2", "승차정원", Q_VAN, trail)
        case Kind.TRUCK:
            return _at_most(
                vehicle.payload_kg,
                limit.truck_payload_kg_max,
                "3",
                "최대적재량",
                Q_TRUCK,
                trail,
            )
        case Kind.MOTORCYCLE:
            if vehicle.cc is None and vehicle.fuel is Fuel.ELECTRIC:
                return Scope(True, "4", (), (ELECTRIC_MOTORCYCLE,))
            return _at_most(vehicle.cc, limit.motorcycle_cc_max, "4", "배기량", Q_MOTORCYCLE, trail)
    trail.checks.append(Q_KIND.no)
    return _OUT


def _at_most(
    value: int | None, limit: int, item: str, name: str, question: Question, trail: Trail
) -> Scope:
    if value is None:
        trail.checks.append(question.unknown)
        return Scope(None, item, (name,))
    trail.checks.append(question.yes if value <= limit else question.no)
    return Scope(True, item) if value <= limit else _OUT


def _passenger(vehicle: Vehicle, limit: PersonCar, size: CarSize, trail: Trail) -> Scope:
    changed = vehicle.seats_before_change
    seats = changed if changed is not None else vehicle.seats
    if seats is not None and limit.seats_min <= seats <= limit.seats_max:
        trail.checks.append(
            Q_SEATS.of(True, f"구조변경 전 정원 {changed}명")
            if changed is not None
            else Q_SEATS.yes
        )
        return Scope(True, "1나")
    if vehicle.reclassified_2006:
        return Scope(True, "1다")
    if vehicle.fuel is Fuel.ELECTRIC or vehicle.fuel is Fuel.HYDROGEN:
        fits, missing, question = (
            not_large(vehicle, size),
            "차량 크기(길이·너비·높이 또는 규모)",
            Q_ELECTRIC,
        )
    else:
        fits, missing, question = _small_engine(vehicle, limit), "배기량", Q_CC
    trail.checks.append(question.of(fits))
    if fits:
        return Scope(True, "1가")
    lacking = (() if fits is False else (missing,)) + (("승차정원",) if seats is None else ())
    if lacking:
        return Scope(None, "1", lacking)
    trail.checks.append(Q_SEATS.no)
    return _OUT


def _small_engine(vehicle: Vehicle, limit: PersonCar) -> bool | None:
    if vehicle.cc is not None:
        return vehicle.cc <= limit.cc_max
    return True if vehicle.size is Size.LIGHT else None


def not_large(vehicle: Vehicle, size: CarSize) -> bool | None:
    """Return whether an electric car is at most 중형 (지방세운영과-388, 2014-02-06).

    대형 only when length, width and height all exceed the limits.
    """
    within = (
        (vehicle.length_mm, size.large_length_mm),
        (vehicle.width_mm, size.large_width_mm),
        (vehicle.height_mm, size.large_height_mm),
    )
    if any(value is not None and value <= limit for value, limit in within):
        return True
    if all(value is not None for value, _ in within):
        return False
    return None if vehicle.size is None else vehicle.size is not Size.LARGE
