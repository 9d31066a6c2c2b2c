"""The list against our own computation: base tax, relief and tax due of one recorded grant.

The list lacks what a decision rests on (children, household, earlier car), so the recorded
article is trusted and only the amounts under it are computed again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from gongmu.relief.article import article_head, paragraph_of
from gongmu.relief.assess import NOTICES
from gongmu.relief.decision import Decision
from gongmu.relief.facts import Case, Cause, Fuel, Kind, Owner, Relation, Size, Use, Vehicle
from gongmu.relief.grant import Grant
from gongmu.relief.law import FIRST_DAY, Law
from gongmu.relief.parameters import Deduction, InForce, MultiChild, PersonCar, Share, Trade
from gongmu.relief.rule import MICRO, Answer, Check, Judgement, Outcome, Trail, floor_ten
from gongmu.relief.rules.base_tax import base_tax
from gongmu.relief.rules.clawback_terms import clawback_rule
from gongmu.relief.rules.minimum_tax import keep_minimum
from gongmu.relief.words import bare, reading_of


class Result(StrEnum):
    """What the comparison came to."""

    AGREE = "agree"
    DIFFER = "differ"
    CANNOT_COMPUTE = "cannot_compute"


@dataclass(frozen=True)
class CrossCheck:
    """Both computations side by side; keys: 과세표준, 산출세액, 감면세액, 납부세액.

    `computed` holds None where it cannot be told; `missing` says why. `decision` is what follows
    from the recorded article: end of the duty and notice code.
    """

    status: Result
    decision: Decision
    listed: Mapping[str, int | None]
    computed: Mapping[str, int | None]
    differences: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    how: tuple[str, ...] = field(default=())
    """How the computed figures came about, line by line, in Korean."""


def _word(kind: type[StrEnum], text: str) -> StrEnum | None:
    table = reading_of(kind)
    plain = re.sub(r"[(\[].*$", "", text)
    for candidate in (text.strip(), bare(text), bare(plain)):
        if candidate in table:
            return table[candidate]
    return None


def kind_of(text: str) -> tuple[Kind | None, Size | None]:
    """Return 차종 and 규모 as a list words them: 승용(경형) → passenger, light."""
    plain = bare(text)
    size = Size.LIGHT if "경형" in plain or plain == "경차" else None
    found = _word(Kind, text)
    if found is None:
        for word, kind in (
            ("승용", Kind.PASSENGER),
            ("승합", Kind.VAN),
            ("화물", Kind.TRUCK),
            ("특수", Kind.SPECIAL),
            ("이륜", Kind.MOTORCYCLE),
        ):
            if word in plain:
                found = kind
                break
    for word, given in (("소형", Size.SMALL), ("중형", Size.MEDIUM), ("대형", Size.LARGE)):
        if size is None and word in plain:
            size = given
    return (found if isinstance(found, Kind) else None), size


def _fuel_of(text: str) -> Fuel | None:
    plain = bare(text)
    if not plain:
        return None
    found = _word(Fuel, text)
    if isinstance(found, Fuel):
        return found
    if "플러그인" in plain or "phev" in plain:
        return Fuel.PLUG_IN_HYBRID
    if "하이브리드" in plain or "hev" in plain:
        return Fuel.HYBRID
    if "수소" in plain:
        return Fuel.HYDROGEN
    return Fuel.ELECTRIC if "전기" in plain else None


def case_of(grant: Grant) -> Case:
    """Return what a grant of the list says as a case; no name, number or plate goes into it."""
    kind, size = kind_of(grant.kind)
    use = _word(Use, grant.use)
    cause = _word(Cause, grant.cause)
    owners = tuple(_owner(one.relation, one.share) for one in grant.co_owners)
    return Case(
        case_id=grant.grant_id,
        acquired_on=grant.acquired_on,
        registered_on=grant.registered_on,
        cause=cause if isinstance(cause, Cause) else None,
        vehicle=Vehicle(
            kind=kind,
            size=size,
            seats=grant.seats,
            cc=grant.cc or None,
            payload_kg=grant.payload_kg,
            use=use if isinstance(use, Use) else None,
            fuel=_fuel_of(grant.fuel),
            eco_listed=None if kind is Kind.MOTORCYCLE else True,
        ),
        tax_base_won=grant.tax_base_won,
        owners=(Owner(Relation.SELF), *owners) if owners else (),
        applied_for=grant.article or None,
        filed_on=grant.filed_on,
    )


def _owner(relation: str, share: Fraction | None) -> Owner:
    found = _word(Relation, relation) if relation else None
    return Owner(found if isinstance(found, Relation) else None, share)


def cross_check(grant: Grant, law: Law) -> CrossCheck:
    """Compare a grant's base tax, relief and tax due with our own, under its recorded article."""
    case = case_of(grant)
    listed = {
        "과세표준": grant.tax_base_won,
        "산출세액": grant.base_tax_won,
        "감면세액": grant.relief_won,
        "납부세액": grant.tax_due_won,
    }
    missing: list[str] = []
    if grant.acquired_on is None:
        missing.append("취득일")
    elif grant.acquired_on < FIRST_DAY:
        missing.append("2023-01-01 전 취득(당시 법령)")
    if not grant.article:
        missing.append("감면 조문(감면코드표에 없음)")
    if grant.registered_on is None:
        missing.append("등록일")
    if grant.acquired_on is None or grant.acquired_on < FIRST_DAY:
        empty: dict[str, int | None] = dict.fromkeys(listed)
        decision = Decision(
            case.case_id,
            Outcome.NEEDS_REVIEW,
            relief_article=grant.article or None,
            notice_code="CHECK",
            checks=(Check("지방세법", "취득일이 2023-01-01 이후인가", Answer.UNKNOWN),),
            missing=tuple(missing),
        )
        return CrossCheck(Result.CANNOT_COMPUTE, decision, listed, empty, (), tuple(missing))
    now = law.on(grant.acquired_on)
    trail = Trail()
    tax = base_tax(case, now, trail)
    missing += tax.missing
    relief: tuple[Judgement, ...] = ()
    if tax.micro is not None and grant.article:
        relief, lacking = _under_article(case, grant.article, tax.micro, now, trail)
        missing += lacking
    return _compare(case, grant, listed, tax.micro, tax.base_won, relief, missing, now, trail)


def _compare(
    case: Case,
    grant: Grant,
    listed: Mapping[str, int | None],
    micro: int | None,
    base_won: int | None,
    relief: tuple[Judgement, ...],
    missing: list[str],
    now: InForce,
    trail: Trail,
) -> CrossCheck:
    computed: dict[str, int | None] = {
        "과세표준": base_won,
        "산출세액": None if micro is None else floor_ten(micro),
        "감면세액": None,
        "납부세액": None,
    }
    if micro is not None and relief:
        fitting = next(
            (one for one in relief if _relief(micro, one)[0] == grant.relief_won), relief[0]
        )
        computed["감면세액"], computed["납부세액"] = _relief(micro, fitting)
    absent = [f"명단의 {name}" for name, value in listed.items() if value is None]
    differences = tuple(
        f"{name}: 명단 {value:,}원, 계산 {ours:,}원 (차이 {ours - value:+,}원)"
        for name, value in listed.items()
        if value is not None and (ours := computed[name]) is not None and ours != value
    )
    unknown = missing or absent or None in computed.values()
    status = Result.CANNOT_COMPUTE if unknown else Result.AGREE
    if differences:
        status = Result.DIFFER
    decision = _recorded(case, grant, computed, missing, now, trail)
    how = tuple(
        f"{check.article} {check.question}: {check.answer}"
        + (f" ({check.note})" if check.note else "")
        for check in trail.checks
    )
    return CrossCheck(
        status,
        decision,
        listed,
        computed,
        differences,
        tuple(dict.fromkeys([*missing, *absent])),
        how,
    )


def _relief(micro: int, one: Judgement) -> tuple[int, int]:
    due = floor_ten(micro - min(micro, one.micro))
    return floor_ten(micro) - due, due


def _recorded(
    case: Case,
    grant: Grant,
    computed: Mapping[str, int | None],
    missing: list[str],
    now: InForce,
    trail: Trail,
) -> Decision:
    """Return what follows from the recorded article: the duty's end, the notice."""
    article = grant.article
    kind = case.vehicle.kind if case.vehicle is not None else None
    rule = clawback_rule(article, now.day, now, kind) if article else None
    until = rule.until(grant.acquired_on, grant.registered_on) if rule is not None else None
    replacing = bool(grant.previous_plate)
    code = NOTICES.get(article_head(article)) or NOTICES.get(paragraph_of(article)) or "NONE"
    joint = bool(grant.co_owners)
    due_on = None
    if not article or article.startswith("조례") or (rule is not None and until is None):
        code = "CHECK"
    elif code in ("N17", "N29") and joint:
        code += "공동"
    if replacing and code not in ("NONE", "CHECK") and grant.registered_on is not None:
        due_on = date.fromordinal(grant.registered_on.toordinal() + 60)
        code += "+REPL"
    return Decision(
        case.case_id,
        Outcome.RELIEF if article else Outcome.NEEDS_REVIEW,
        base_tax_won=computed["산출세액"],
        relief_article=article or None,
        relief_won=computed["감면세액"],
        tax_due_won=computed["납부세액"],
        clawback_until_on=until,
        notice_code=code,
        replacement_due_on=due_on,
        tax_base_won=computed["과세표준"],
        joint=joint,
        checks=tuple(trail.checks),
        missing=tuple(missing),
    )


def _under_article(
    case: Case, article: str, micro: int, now: InForce, trail: Trail
) -> tuple[tuple[Judgement, ...], list[str]]:
    """Return the reliefs that the article may give (several when the list cannot tell which)."""
    head, paragraph = article_head(article), paragraph_of(article)
    blocks = now.blocks
    match head:
        case "지특법§17":
            found = _person(blocks.get("disabled_17"), article, micro)
        case "지특법§29":
            found = _person(blocks.get("veteran_29_4"), article, micro)
        case "지특법§22의2":
            return _multichild(case, article, micro, now, trail)
        case "지특법§66" | "지특법§67":
            found = _vehicle(case, paragraph, micro, now)
        case "지특법§68":
            key = "exporter_68_3" if paragraph == "지특법§68③" else "dealer_68_1"
            found = _share(blocks.get(key), article, micro)
        case "지특법§70":
            keys = {"지특법§70③": "cng_bus_70_3", "지특법§70④": "eco_bus_70_4"}
            found = _share(blocks.get(keys.get(paragraph, "transport_70_1")), article, micro)
        case _:
            found = ()
    for one in found:
        keep_minimum(one, micro, now, trail)
    lacking = [] if found else [f"{article}의 감면세액을 셈할 사실이 명단에 없음"]
    return found, lacking


def _person(block: object, article: str, micro: int) -> tuple[Judgement, ...]:
    if not isinstance(block, PersonCar):
        return ()
    found = [Judgement(block.key, article, True, micro, block.rate, True)]
    if block.compensated_rate is not None:
        rate = block.compensated_rate
        half = micro * rate.numerator // rate.denominator
        found.append(Judgement(block.key, article, True, half, rate))
    return tuple(found)


def _share(block: object, article: str, micro: int) -> tuple[Judgement, ...]:
    if not isinstance(block, Share | Trade):
        return ()
    won = micro * block.rate.numerator // block.rate.denominator
    return (Judgement(block.key, article, True, won, block.rate, block.rate == 1),)


def _deduction(block: object, article: str, micro: int) -> tuple[Judgement, ...]:
    if not isinstance(block, Deduction):
        return ()
    cap = block.cap_won * MICRO
    return (Judgement(block.key, article, True, min(micro, cap), None, micro <= cap),)


def _vehicle(case: Case, paragraph: str, micro: int, now: InForce) -> tuple[Judgement, ...]:
    blocks = now.blocks
    hydrogen = case.vehicle is not None and case.vehicle.fuel is Fuel.HYDROGEN
    truck = case.vehicle is not None and case.vehicle.kind is Kind.TRUCK
    match paragraph:
        case "지특법§66③":
            return _deduction(blocks.get("hybrid_66_3"), paragraph, micro)
        case "지특법§66④":
            key = "hydrogen_66_5" if hydrogen and now.day.year <= 2024 else "ev_66_4"
            return _deduction(blocks.get(key), paragraph, micro)
        case "지특법§66⑤":
            if now.day.year <= 2024 or truck:
                return _share(blocks.get("hydrogen_truck_66_6"), paragraph, micro)
            return _deduction(blocks.get("hydrogen_66_5"), paragraph, micro)
        case "지특법§66⑥":
            return _share(blocks.get("hydrogen_truck_66_6"), paragraph, micro)
        case "지특법§67①":
            return _deduction(blocks.get("light_67_1"), paragraph, micro)
        case "지특법§67②":
            return _share(blocks.get("light_van_truck_67_2"), paragraph, micro)
    return ()


def _multichild(
    case: Case, article: str, micro: int, now: InForce, trail: Trail
) -> tuple[tuple[Judgement, ...], list[str]]:
    limit = now.blocks.get("multichild_22_2")
    if not isinstance(limit, MultiChild):
        return (), [f"{article}: 그날 그런 감면이 없음"]
    second = paragraph_of(article) == "지특법§22의2②" and limit.two_rate is not None
    first = paragraph_of(article) == "지특법§22의2①"
    grades = (2,) if second else (3,) if first or limit.two_rate is None else (3, 2)
    capped = _capped(case, article, limit)
    if capped is None:
        return (), ["승차정원(7~10인승인지)"]
    found = []
    for grade in grades:
        found.append(_multichild_amount(article, grade, capped, micro, limit))
        keep_minimum(found[-1], micro, now, trail)
    return tuple(found), []


def _capped(case: Case, article: str, limit: MultiChild) -> bool | None:
    """Return whether 나목 (승용, not 7 to 10 seats) governs; None = the list does not say."""
    if article.endswith("1나"):
        return True
    if article.endswith("1가"):
        return False
    vehicle = case.vehicle
    if vehicle is None or vehicle.kind is not Kind.PASSENGER:
        return False
    if vehicle.seats is None:
        return None
    return not limit.seats_min <= vehicle.seats <= limit.seats_max


def _multichild_amount(
    article: str, grade: int, capped: bool, micro: int, limit: MultiChild
) -> Judgement:
    key = limit.key
    if grade == 3:
        cap = limit.three_plus_cap_won * MICRO
        if capped and micro > cap:
            return Judgement(key, article, True, cap)
        return Judgement(key, article, True, micro, Fraction(1), True)
    if capped and micro > limit.two_cap_over_won * MICRO:
        return Judgement(key, article, True, limit.two_cap_won * MICRO)
    rate = limit.two_rate or Fraction(1, 2)
    return Judgement(key, article, True, micro * rate.numerator // rate.denominator, rate)
