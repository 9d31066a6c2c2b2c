"""여객자동차운송사업에 쓰는 버스와 택시 (지특법 제70조)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from gongmu.relief.facts import Business, Case, Fuel, Kind
from gongmu.relief.parameters import InForce, Share, block_of
from gongmu.relief.rule import Judgement, Question, Rule, Trail

ROUTE, CNG, ECO = "transport_70_1", "cng_bus_70_3", "eco_bus_70_4"

BUSES = frozenset(
    {Business.CITY_BUS, Business.RURAL_BUS, Business.VILLAGE_BUS, Business.INTERCITY_BUS}
)
TAXIS = frozenset({Business.COMPANY_TAXI, Business.PRIVATE_TAXI})
PASSENGER_BUSINESS = BUSES | TAXIS | {Business.CHARTER_BUS, Business.RENTAL}

Q_ROUTE = Question(
    "지특법§70①", "면허를 받은 시내·농어촌·마을·시외버스 또는 택시운송사업에 직접 쓰는 자동차인가"
)
Q_CNG = Question("지특법§70③", "운송사업에 쓰는 천연가스 버스인가(2024-12-31까지)")
Q_ECO = Question("지특법§70④", "운송사업에 쓰는 전기버스·수소전기버스인가")

RURAL_TAX = (
    "농어촌특별세: 제70조 감면분은 농특세령 제4조제7항제5호에 열거되지 않았습니다. 감면세액의 "
    "20%를 부과할지 확인해 주세요."
)


def _share(
    case: Case, now: InForce, micro: int, trail: Trail, key: str, article: str, question: Question
) -> Judgement | None:
    version, deciding = block_of(now, key, Share)
    if version is None:
        return None
    licensed = case.business_licensed
    trail.checks.append(question.of(licensed))
    if licensed is False:
        return Judgement(key, article, False)
    rate = version.rate
    return Judgement(
        key,
        article,
        None if licensed is None else not deciding,
        micro * rate.numerator // rate.denominator,
        rate=rate,
        exempts=rate == Fraction(1),
        missing=("여객자동차운송사업 면허(등록) 여부",) if licensed is None else (),
        deciding=deciding,
        notes=(RURAL_TAX,),
    )


def judge_route(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제70조제1항: route buses and taxis, half."""
    if case.business in BUSES:
        return _share(case, now, micro, trail, ROUTE, "지특법§70①1", Q_ROUTE)
    if case.business in TAXIS:
        return _share(case, now, micro, trail, ROUTE, "지특법§70①2", Q_ROUTE)
    return None


def _is_bus(case: Case) -> bool:
    return case.vehicle is not None and case.vehicle.kind is Kind.VAN


def judge_cng(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제70조제3항: natural-gas buses, 75 % until 2024-12-31."""
    if case.business not in PASSENGER_BUSINESS or not _is_bus(case):
        return None
    if case.vehicle is None or case.vehicle.fuel is not Fuel.CNG:
        return None
    return _share(case, now, micro, trail, CNG, "지특법§70③", Q_CNG)


def judge_eco(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제70조제4항: electric and fuel-cell buses, free."""
    if case.business not in PASSENGER_BUSINESS or not _is_bus(case):
        return None
    if case.vehicle is None or case.vehicle.fuel not in (Fuel.ELECTRIC, Fuel.HYDROGEN):
        return None
    return _share(case, now, micro, trail, ECO, "지특법§70④", Q_ECO)


_FIRST = date(2023, 1, 1)
RULES = (
    Rule(ROUTE, "노선버스와 택시", "지특법 제70조제1항", _FIRST, judge_route, order=70),
    Rule(CNG, "천연가스 버스", "지특법 제70조제3항", _FIRST, judge_cng, order=71),
    Rule(ECO, "전기·수소전기버스", "지특법 제70조제4항", _FIRST, judge_eco, order=72),
)
