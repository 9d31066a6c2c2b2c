"""경형자동차 (지특법 제67조, 지특령 제31조)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from gongmu.relief.facts import Case, Kind, Use
from gongmu.relief.parameters import Deduction, InForce, Share, block_of
from gongmu.relief.rule import MICRO, Judgement, Question, Rule, Trail
from gongmu.relief.rules.base_tax import RATE_MISSING, light_class

CAR, VAN_TRUCK = "light_67_1", "light_van_truck_67_2"

Q_LIGHT = Question("지특령§31①", "경형인가(1,000cc 미만, 3.6×1.6×2.0m 이하; 전기차는 크기만)")
Q_PRIVATE = Question("지특법§67①", "비영업용 승용자동차인가")
Q_TOWED = Question("지특법§67②", "특수용도형 피견인형 화물자동차인가(제외)")


def judge_car(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제67조제1항: 경형 승용, not commercial, up to the cap."""
    vehicle = case.vehicle
    if vehicle is None or vehicle.kind is not Kind.PASSENGER:
        return None
    light, lacking = light_class(vehicle, now.size)
    trail.checks.append(Q_LIGHT.of(light))
    if light is False:
        return None
    version, deciding = block_of(now, CAR, Deduction)
    if version is None:
        return None
    missing = [RATE_MISSING[lacking]] if light is None else []
    if vehicle.use is Use.COMMERCIAL:
        trail.checks.append(Q_PRIVATE.no)
        return Judgement(CAR, "지특법§67①", False)
    if vehicle.use is None:
        missing.append(RATE_MISSING["use"])
    trail.checks.append(Q_PRIVATE.of(None if vehicle.use is None else True))
    cap = version.cap_won * MICRO
    return Judgement(
        CAR,
        "지특법§67①",
        None if missing else not deciding,
        min(micro, cap),
        exempts=micro <= cap,
        missing=tuple(missing),
        deciding=deciding,
    )


def judge_van_truck(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제67조제2항: 경형 승합·화물, free, no clawback."""
    vehicle = case.vehicle
    if vehicle is None or (vehicle.kind is not Kind.VAN and vehicle.kind is not Kind.TRUCK):
        return None
    light, lacking = light_class(vehicle, now.size)
    trail.checks.append(Q_LIGHT.of(light))
    if light is False:
        return None
    version, deciding = block_of(now, VAN_TRUCK, Share)
    if version is None:
        return None
    if vehicle.kind is Kind.TRUCK and vehicle.towed_special:
        trail.checks.append(Q_TOWED.yes)
        return Judgement(VAN_TRUCK, "지특법§67②", False)
    return Judgement(
        VAN_TRUCK,
        "지특법§67②",
        None if light is None else not deciding,
        micro * version.rate.numerator // version.rate.denominator,
        rate=version.rate,
        exempts=version.rate == Fraction(1),
        missing=(RATE_MISSING[lacking],) if light is None else (),
        deciding=deciding,
    )


RULES = (
    Rule(
        CAR,
        "경형 승용자동차",
        "지특법 제67조제1항(법률 제18656호·제20632호)",
        date(2023, 1, 1),
        judge_car,
        order=50,
    ),
    Rule(
        VAN_TRUCK,
        "경형 승합·화물자동차",
        "지특법 제67조제2항(법률 제18656호·제20632호)",
        date(2023, 1, 1),
        judge_van_truck,
        order=51,
    ),
)
