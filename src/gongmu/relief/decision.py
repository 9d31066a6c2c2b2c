"""What was decided of a case, and how it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from gongmu.relief.rule import Check, Outcome
from gongmu.relief.rules.clawback_terms import Clawback
from gongmu.relief.rules.deadlines import PenaltyLine


@dataclass(frozen=True, slots=True)
class Candidate:
    """One relief that was judged: whether it applied (None = not known), and what it gives."""

    article: str
    rule_key: str
    applies: bool | None
    relief_won: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class PreviousCar:
    """What is to become of a car relieved before; judged apart from the new one."""

    article: str
    clawback: Clawback
    clawback_until_on: date | None = None
    replace_by_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One case, judged. Won amounts are None where a missing fact decides them.

    When only an open legal question stands in the way (`questions`), the amounts are those of the
    letter of the law.
    """

    case_id: str
    outcome: Outcome
    base_tax_won: int | None = None
    relief_article: str | None = None
    relief_rule_key: str = ""
    relief_rate: Fraction | None = None
    relief_won: int | None = None
    tax_due_won: int | None = None
    clawback_until_on: date | None = None
    clawback: Clawback = field(default_factory=Clawback)
    previous_cars: tuple[PreviousCar, ...] = ()
    filing_due_on: date | None = None
    filing_penalty: tuple[PenaltyLine, ...] = ()
    notice_code: str = "NONE"
    replacement_due_on: date | None = None
    tax_base_won: int | None = None
    tax_rate: Fraction | None = None
    tax_free_article: str | None = None
    """Why there is no tax at all: 지방세법§17① (면세점) or 지방세법§9⑦."""
    joint: bool | None = None
    checks: tuple[Check, ...] = ()
    missing: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    assumed: tuple[str, ...] = ()
    """What was taken not to be so because the case is silent on it."""

    @property
    def previous_car(self) -> PreviousCar | None:
        """Return the first earlier car, None when there is none."""
        return self.previous_cars[0] if self.previous_cars else None


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _rate(rate: Fraction | None) -> str | None:
    return None if rate is None else str(rate)


def _checks(checks: tuple[Check, ...] | list[Check]) -> list[dict[str, str]]:
    return [
        {
            "article": check.article,
            "question": check.question,
            "answer": check.answer.value,
            "note": check.note,
        }
        for check in checks
    ]


def _penalty(lines: tuple[PenaltyLine, ...]) -> list[dict[str, Any]]:
    return [
        {"title": line.title, "article": line.article, "how": line.how, "won": line.won}
        for line in lines
    ]


def clawback_json(clawback: Clawback) -> dict[str, Any]:
    """Return a clawback as JSON values."""
    return {
        "status": clawback.status.value,
        "amount_won": clawback.amount_won,
        "reason": clawback.reason,
        "article": clawback.article or None,
        "event_on": _day(clawback.event_on),
        "filing_due_on": _day(clawback.filing_due_on),
        "penalty_won": clawback.penalty_won,
        "penalty": _penalty(clawback.penalty),
        "missing": list(clawback.missing),
        "questions": list(clawback.questions),
        "checks": _checks(clawback.checks),
    }


def _previous(car: PreviousCar) -> dict[str, Any]:
    return {
        "article": car.article,
        "clawback_until_on": _day(car.clawback_until_on),
        "clawback": clawback_json(car.clawback),
        "replace_by_on": _day(car.replace_by_on),
    }


def decision_json(decision: Decision) -> dict[str, Any]:
    """Return a decision as JSON values: days ISO, won integers, rates as fractions in text."""
    previous = decision.previous_car
    return {
        "case_id": decision.case_id,
        "base_tax_won": decision.base_tax_won,
        "outcome": decision.outcome.value,
        "relief_article": decision.relief_article,
        "relief_rule_key": decision.relief_rule_key or None,
        "relief_rate": _rate(decision.relief_rate),
        "relief_won": decision.relief_won,
        "tax_due_won": decision.tax_due_won,
        "clawback_until_on": _day(decision.clawback_until_on),
        "clawback": clawback_json(decision.clawback),
        "previous_car": None if previous is None else _previous(previous),
        "previous_cars": [_previous(car) for car in decision.previous_cars],
        "filing_due_on": _day(decision.filing_due_on),
        "filing_penalty": _penalty(decision.filing_penalty),
        "notice_code": decision.notice_code,
        "replacement_due_on": _day(decision.replacement_due_on),
        "tax_base_won": decision.tax_base_won,
        "tax_rate": _rate(decision.tax_rate),
        "tax_free_article": decision.tax_free_article,
        "checks": _checks(decision.checks),
        "missing": list(decision.missing),
        "questions": list(decision.questions),
        "candidates": [
            {
                "article": one.article,
                "rule_key": one.rule_key,
                "applies": one.applies,
                "relief_won": one.relief_won,
                "why": one.why,
            }
            for one in decision.candidates
        ],
        "assumed": list(decision.assumed),
    }
