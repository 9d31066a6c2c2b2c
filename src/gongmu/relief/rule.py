"""What a dated rule is, the checks it leaves behind, and what it concludes.

Money inside the rules is whole micro-won (won x 1,000,000), so that tax at any rate of parts per
million is exact; it becomes won, rounded down to ten, only at the end (`floor_ten`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from gongmu.core.errors import Refused

if TYPE_CHECKING:
    from gongmu.relief.facts import Case
    from gongmu.relief.parameters import InForce

MICRO = 1_000_000
TEN_WON = 10 * MICRO


class Answer(StrEnum):
    """The answer of one check."""

    YES = "예"
    NO = "아니오"
    UNKNOWN = "모름"
    NOT_APPLICABLE = "해당없음"


class Check(NamedTuple):
    """One question that a rule asked of the facts, as an officer reads it."""

    article: str
    question: str
    answer: Answer
    note: str = ""


class Question:
    """A check whose wording never changes; its four answers are made once."""

    __slots__ = ("article", "no", "not_applicable", "question", "unknown", "yes")

    def __init__(self, article: str, question: str) -> None:
        self.article = article
        self.question = question
        self.yes = Check(article, question, Answer.YES)
        self.no = Check(article, question, Answer.NO)
        self.unknown = Check(article, question, Answer.UNKNOWN)
        self.not_applicable = Check(article, question, Answer.NOT_APPLICABLE)

    def of(self, answer: bool | None, note: str = "") -> Check:
        """Return the check for a fact that holds, does not hold, or is not known (None)."""
        if not note:
            return self.yes if answer else self.no if answer is False else self.unknown
        word = Answer.YES if answer else Answer.NO if answer is False else Answer.UNKNOWN
        return Check(self.article, self.question, word, note)


class Outcome(StrEnum):
    """What became of a case."""

    RELIEF = "RELIEF"
    NO_RELIEF = "NO_RELIEF"
    NEEDS_REVIEW = "NEEDS_REVIEW"


def floor_ten(micro: int) -> int:
    """Return won rounded down to ten (지방세기본법 제59조, 국고금관리법 제47조)."""
    return micro // TEN_WON * 10


class Trail:
    """What one case leaves behind while it is judged."""

    __slots__ = ("as_of", "assumed", "checks")

    def __init__(self, as_of: date | None = None) -> None:
        self.checks: list[Check] = []
        self.assumed: list[str] = []
        self.as_of = as_of


@dataclass(slots=True)
class Judgement:
    """What one rule says of one case.

    `applies` None: not known, for want of `missing` facts or because of `deciding` questions.
    `micro` is the relief in micro-won, before the final rounding; for an unknown judgement the
    most that it could be.
    """

    key: str
    article: str
    applies: bool | None
    micro: int = 0
    rate: Fraction | None = None
    exempts: bool = False
    """A full exemption (면제), to which the minimum tax of 제177조의2 may apply."""
    keeps_minimum: bool = False
    """Whether the minimum tax reduced the exemption to 85 %."""
    missing: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    by_person: bool = False
    joint: bool = False
    """Registered together with someone else, so that household rules matter (제17조, 제29조)."""
    replacement_due_on: date | None = None
    """Until when the earlier car must be gone; None when it is gone already or there is none."""


Judge = Callable[["Case", "InForce", int, Trail], "Judgement | None"]
"""case, values in force, tax in micro-won, trail → what the rule says; None = not its business."""


@dataclass(frozen=True)
class Rule:
    """One wording of one relief, in force for acquisitions from `first_on` to `last_on`."""

    key: str
    title: str
    law: str
    first_on: date
    judge: Judge
    last_on: date | None = None
    order: int = 50
    """Rules are judged, and listed, in this order."""
    extra: dict[str, Any] = field(default_factory=dict)

    def in_force(self, day: date) -> bool:
        """Return whether this wording governs an acquisition on `day`."""
        return self.first_on <= day and (self.last_on is None or day <= self.last_on)


def check_dates(key: str, spans: Iterable[tuple[date, date | None]]) -> None:
    """Refuse versions of one thing whose days overlap or run backwards.

    Raises `Refused` rules_overlap.
    """
    last: date | None = None
    first = True
    for begins, ends in sorted(spans, key=lambda span: span[0]):
        if ends is not None and ends < begins:
            raise Refused(
                "rules_overlap",
                f"{key}: 마지막 날({ends})이 첫날({begins})보다 앞섭니다.",
                "첫날과 마지막 날을 바로잡으세요.",
            )
        if not first and (last is None or begins <= last):
            raise Refused(
                "rules_overlap",
                f"{key}: {begins}부터인 판이 앞선 판과 날짜가 겹칩니다.",
                "앞선 판의 마지막 날을 하루 전으로 고치세요.",
            )
        last, first = ends, False
