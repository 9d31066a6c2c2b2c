"""Judges one case by every rule in force on its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gongmu.core.calendar import working_day_from
from gongmu.relief.article import article_head, paragraph_of
from gongmu.relief.decision import Candidate, Decision, PreviousCar
from gongmu.relief.decision import decision_json as decision_json
from gongmu.relief.facts import (
    Case,
    Cause,
    EarlierCar,
    Event,
    Happening,
    Reason,
    Relation,
    State,
)
from gongmu.relief.law import FIRST_DAY, Law
from gongmu.relief.law import load_law as load_law
from gongmu.relief.parameters import InForce
from gongmu.relief.rule import Answer, Check, Judgement, Outcome, Trail, floor_ten
from gongmu.relief.rules.base_tax import BaseTax, base_tax
from gongmu.relief.rules.clawback import judge_event, rates_of
from gongmu.relief.rules.clawback_terms import Clawback, Relieved, Status, clawback_rule
from gongmu.relief.rules.deadlines import PenaltyLine, gift_deadline, penalty_lines, tax_deadline
from gongmu.relief.rules.minimum_tax import keep_minimum
from gongmu.relief.rules.overlap import BESIDE, TIE, Choice, choose

TOO_EARLY = (
    "2023-01-01 전에 취득한 차량입니다. 과세표준·감면 조문이 지금과 달라 계산하지 않습니다. "
    "당시 법령으로 판단해 주세요."
)
REGISTERED_FIRST = (
    "등록일이 취득일보다 앞섭니다. 잔금 전에 등록했다면 등록일이 취득일입니다(지방세령 제20조). "
    "두 날짜를 확인해 주세요."
)
NO_DAY = "취득일"
NOTHING_APPLIES = Check("지특법", "적용할 수 있는 감면이 있는가", Answer.NO)
NO_CLAWBACK = Clawback()
UNSOLD = "기간 안에 매각(수출)했는지"

NOTICES = {
    "지특법§17": "N17",
    "지특법§29": "N29",
    "지특법§22의2": "N22",
    "지특법§67①": "N67",
    "지특법§68": "N68",
}


@dataclass(slots=True)
class Weighed:
    """The judgements after minimum tax and overlap, with what stands open."""

    choice: Choice
    missing: list[str]
    deciding: list[str]
    notes: list[str]


def assess(case: Case, law: Law, as_of: date | None = None) -> Decision:
    """Judge one case: base tax, reliefs, the winner, clawback, deadlines, the notice.

    `as_of` is the day for penalties and for the 60 days of a replacement; without it penalties
    are not reckoned. Nothing raises: what is not known is named in `missing`.
    """
    if case.acquired_on is None:
        return Decision(
            case.case_id,
            Outcome.NEEDS_REVIEW,
            notice_code="CHECK",
            missing=(NO_DAY,),
            checks=(Check("지방세령§20", "취득일을 아는가", Answer.UNKNOWN),),
        )
    if case.acquired_on < FIRST_DAY:
        return Decision(
            case.case_id,
            Outcome.NEEDS_REVIEW,
            notice_code="CHECK",
            questions=(TOO_EARLY,),
            checks=(Check("지방세법 부칙", "2023-01-01 이후에 취득했는가", Answer.NO),),
        )
    now = law.on(case.acquired_on)
    trail = Trail(as_of)
    tax = base_tax(case, now, trail)
    filing_due_on = _filing_due(case, now)
    if tax.micro is None:
        return Decision(
            case.case_id,
            Outcome.NEEDS_REVIEW,
            filing_due_on=filing_due_on,
            notice_code="CHECK",
            tax_base_won=tax.base_won,
            checks=tuple(trail.checks)
            or (Check("지방세법§12", "세액을 셈할 수 있는가", Answer.UNKNOWN),),
            missing=tax.missing,
            assumed=tuple(trail.assumed),
        )
    if tax.free_article:
        return _free(case, tax, trail, filing_due_on)
    micro = tax.micro
    found: list[Judgement] = []
    for rule in now.rules:
        judged = rule.judge(case, now, micro, trail)
        if judged is not None:
            if now.lowered:
                _lower(judged, now, trail)
            keep_minimum(judged, micro, now, trail)
            found.append(judged)
    weighed = _weigh(case, found, micro, now, trail)
    return _decide(case, tax, micro, found, weighed, now, trail, filing_due_on)


def _free(case: Case, tax: BaseTax, trail: Trail, filing_due_on: date | None) -> Decision:
    exempt = tax.free_article != "지방세법§17①"
    return Decision(
        case.case_id,
        Outcome.NO_RELIEF,
        base_tax_won=0,
        relief_article=tax.free_article if exempt else None,
        relief_won=0,
        tax_due_won=0,
        filing_due_on=filing_due_on,
        tax_base_won=tax.base_won,
        tax_free_article=tax.free_article,
        checks=tuple(trail.checks),
        assumed=tuple(trail.assumed),
    )


def _filing_due(case: Case, now: InForce) -> date:
    if case.cause is Cause.GIFT:
        return gift_deadline(now.day, now.filing.gift_months, now.closed_on)
    if case.cause is Cause.INHERITANCE:
        abroad = case.heirs_abroad
        months = now.filing.abroad_months if abroad else now.filing.inheritance_months
        return gift_deadline(now.day, months, now.closed_on)
    return tax_deadline(now.day, now.filing.onerous_days, now.closed_on)


def _lower(judged: Judgement, now: InForce, trail: Trail) -> None:
    ordinance = now.lowered.get(judged.key)
    if ordinance is None or judged.applies is False:
        return
    factor = ordinance.factor
    judged.micro = judged.micro * factor.numerator // factor.denominator
    judged.rate = None if judged.rate is None else judged.rate * factor
    judged.exempts = judged.exempts and factor == 1
    trail.checks.append(
        Check(
            "지특법§182①",
            "조례가 감면율을 낮췄는가",
            Answer.YES,
            f"{ordinance.name}: {judged.article} × {factor}",
        )
    )


def _weigh(
    case: Case, found: Sequence[Judgement], micro: int, now: InForce, trail: Trail
) -> Weighed:
    applied = [one for one in found if one.applies]
    choice = choose(applied, micro, now.day, case.applied_for, trail)
    best = choice.winner
    best_micro = best.micro if best is not None else -1
    weighed = Weighed(choice, [], [], list(best.notes) if best is not None else [])
    for one in found:
        if one.applies is None and one.micro >= best_micro:
            weighed.missing += one.missing
            weighed.deciding += one.deciding
        elif one.deciding and (one is best or one.micro >= max(best_micro, 1)):
            weighed.deciding += one.deciding
    if choice.tied and best is not None:
        articles = ", ".join(one.article for one in choice.tied)
        weighed.deciding.append(TIE.format(articles=articles))
    if choice.beside is not None and best is not None:
        text = BESIDE.format(first=best.article, second=choice.beside.article)
        whole = best.micro + choice.beside.micro >= micro
        (weighed.notes if whole else weighed.deciding).append(text)
    return weighed


def _decide(
    case: Case,
    tax: BaseTax,
    micro: int,
    found: Sequence[Judgement],
    weighed: Weighed,
    now: InForce,
    trail: Trail,
    filing_due_on: date,
) -> Decision:
    choice = weighed.choice
    winner = choice.winner
    if winner is not None and _registered_first(case):
        weighed.deciding.append(REGISTERED_FIRST)
    base = floor_ten(micro)
    relief_micro = 0 if winner is None else winner.micro
    if choice.beside is not None:
        relief_micro = min(micro, relief_micro + choice.beside.micro)
    due = floor_ten(micro - relief_micro)
    unknown = bool(weighed.missing)
    if unknown or weighed.deciding:
        outcome = Outcome.NEEDS_REVIEW
    else:
        outcome = Outcome.NO_RELIEF if winner is None else Outcome.RELIEF
    if winner is None:
        trail.checks.append(NOTHING_APPLIES)
    shown = None if unknown or choice.tied else winner
    claw, until, previous = _afterwards(case, shown, base - due, now, trail.as_of)
    missing = [*weighed.missing, *claw.missing]
    questions = [*weighed.deciding, *weighed.notes, *claw.questions]
    for car in previous:
        missing += car.clawback.missing
        questions += car.clawback.questions
    return Decision(
        case.case_id,
        outcome,
        base,
        None if shown is None else shown.article,
        "" if shown is None else shown.key,
        None if shown is None else shown.rate,
        None if unknown else base - due,
        None if unknown else due,
        until,
        claw,
        previous,
        filing_due_on,
        _filing_penalty(case, due, filing_due_on, now, trail.as_of) if case.filed_on else (),
        _notice(outcome, shown, claw),
        None if shown is None else shown.replacement_due_on,
        tax.base_won,
        tax.rate,
        None,
        None if shown is None else shown.joint,
        tuple(trail.checks),
        tuple(dict.fromkeys(missing)) if missing else (),
        tuple(dict.fromkeys(questions)) if questions else (),
        tuple(_candidate(one, micro, base, choice) for one in found) if found else (),
        tuple(trail.assumed),
    )


def _registered_first(case: Case) -> bool:
    acquired, registered = case.acquired_on, case.registered_on
    return acquired is not None and registered is not None and registered < acquired


def _candidate(one: Judgement, micro: int, base: int, choice: Choice) -> Candidate:
    won = base - floor_ten(micro - one.micro) if one.applies is not False else 0
    if one is choice.winner:
        why = choice.why or "적용되는 감면이 하나"
    elif one is choice.beside:
        why = "다른 감면과 함께 적용"
    elif one.applies:
        why = "감면세액이 더 큰 감면이 있음" if one not in choice.tied else "감면세액이 같음"
    else:
        why = "요건을 갖추지 못함" if one.applies is False else "모르는 사실이 있음"
    return Candidate(one.article, one.key, one.applies, won, why)


def _notice(outcome: Outcome, winner: Judgement | None, claw: Clawback) -> str:
    if outcome is Outcome.NEEDS_REVIEW or claw.status is Status.REVIEW:
        return "CHECK"
    if winner is None:
        return "NONE"
    head = article_head(winner.article)
    code = NOTICES.get(head) or NOTICES.get(paragraph_of(winner.article))
    if code is None:
        return "CHECK" if winner.key == "ordinance" else "NONE"
    if winner.joint and code in ("N17", "N29"):
        code += "공동"
    return f"{code}+REPL" if winner.replacement_due_on is not None else code


def _afterwards(
    case: Case, winner: Judgement | None, relief_won: int, now: InForce, as_of: date | None
) -> tuple[Clawback, date | None, tuple[PreviousCar, ...]]:
    """Judge the later events of this car and of the earlier cars."""
    previous = _previous_cars(case, winner, now, as_of) if case.earlier_cars else ()
    if winner is None:
        return NO_CLAWBACK, None, previous
    kind = case.vehicle.kind if case.vehicle is not None else None
    rule = clawback_rule(winner.article, now.day, now, kind)
    until = None if rule is None else rule.until(case.acquired_on, case.registered_on)
    if not case.events:
        unsold = rule is not None and rule.kind == "trade" and until and as_of and as_of > until
        return (
            (Clawback(Status.REVIEW, missing=(UNSOLD,)) if unsold else NO_CLAWBACK),
            until,
            previous,
        )
    relieved = Relieved(
        winner.article,
        case.acquired_on,
        case.registered_on,
        relief_won,
        winner.joint,
        kind,
        next((o.share for o in case.owners or () if o.relation is Relation.SELF), None),
    )
    return judge_events(relieved, case.events, now, as_of), until, previous


_BESIDE = frozenset(
    {
        Happening.DEATH,
        Happening.MARRIAGE,
        Happening.EMIGRATION,
        Happening.LICENCE_REVOKED,
        Happening.REJOINED,
    }
)
_WEIGHT = {Status.DUE: 0, Status.REVIEW: 1, Status.NOT_DUE: 2, Status.NONE: 3}


def judge_events(
    relieved: Relieved, events: tuple[Event, ...], now: InForce, as_of: date | None
) -> Clawback:
    """Return the gravest of what several events mean: due before review before not due."""
    judged = [
        (judge_event(relieved, event, now, as_of, events), event.kind in _BESIDE)
        for event in events
    ]
    # Of events that weigh the same, the transfer speaks, not the death that explains it.
    order = min(
        judged, key=lambda one: (_WEIGHT[one[0].status], one[0].event_on or date.max, one[1])
    )
    return order[0]


_GONE = {
    State.TRANSFERRED: Happening.TRANSFER,
    State.DEREGISTERED: Happening.DEREGISTRATION,
    State.SCRAPPED: Happening.SCRAPPING,
    State.EXPORTED: Happening.EXPORT,
    State.DESTROYED: Happening.DEREGISTRATION,
}


def _previous_cars(
    case: Case, winner: Judgement | None, now: InForce, as_of: date | None
) -> tuple[PreviousCar, ...]:
    found = []
    for car in case.earlier_cars or ():
        article = car.article or _this_relief(case, winner)
        if not article:
            continue
        registered = car.registered
        exact = registered.day if registered is not None else None
        rule = clawback_rule(article, exact or now.day, now)
        until = rule.until(exact, exact) if rule is not None else None
        replace_by = winner.replacement_due_on if winner is not None else None
        claw = _previous_clawback(car, article, exact, now, as_of)
        found.append(PreviousCar(article, claw, until, replace_by))
    return tuple(found)


def _this_relief(case: Case, winner: Judgement | None) -> str:
    """Return the relief that an earlier car without an article had: the one asked for now.

    It may be refused now, or give way to a larger one that asks for no earlier car.
    """
    if winner is not None and winner.by_person:
        return winner.article
    family = case.children is not None or case.children_under_18 is not None
    asked = [
        article
        for article, said in (
            ("지특법§17①", case.disability is not None),
            ("지특법§29④", case.veteran is not None),
            ("지특법§22의2①", family),
        )
        if said
    ]
    if len(asked) == 1:
        return asked[0]
    return winner.article if winner is not None else ""


def _previous_clawback(
    car: EarlierCar, article: str, registered_on: date | None, now: InForce, as_of: date | None
) -> Clawback:
    kind = _GONE.get(car.state) if car.state is not None else None
    if kind is None or (car.registered is None and car.relieved_won is None):
        return NO_CLAWBACK
    event = Event(
        kind=kind,
        when=car.gone,
        by=Relation.SELF,
        to=car.gone_to,
        whole=car.whole,
        reason=car.gone_reason or Reason.NONE,
    )
    relieved = Relieved(article, registered_on, registered_on, car.relieved_won)
    if registered_on is None and car.registered is not None:
        firm = [
            judge_event(Relieved(article, day, day, car.relieved_won), event, now, as_of)
            for day in car.registered
        ]
        if firm[0].status is firm[1].status:
            return firm[0]
    return judge_event(relieved, event, now, as_of)


def _filing_penalty(
    case: Case, due_won: int, filing_due_on: date, now: InForce, as_of: date | None
) -> tuple[PenaltyLine, ...]:
    """Return what a late filing of the acquisition itself costs (등록 전에는 접수일까지)."""
    last = filing_due_on
    if case.registered_on is not None and case.registered_on < last:
        last = working_day_from(case.registered_on, now.closed_on)
    day = as_of or case.paid_on or case.filed_on
    if day is None or due_won == 0:
        return ()
    return penalty_lines(
        due_won, last, day, rates_of(now.penalty), case.filed_on, case.paid_on, now.closed_on
    )
