"""Who may stand beside the person on the registration: 지특령 제8조제3항, 제22조의2 단서."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from gongmu.relief.facts import (
    ELIGIBLE_RELATIONS,
    RELATION_WORDS,
    Case,
    Owner,
    Relation,
)
from gongmu.relief.rule import Question, Trail

Q_ALONE = Question("지특령§8③", "본인 단독명의인가")
Q_RELATION = Question("지특령§8③", "공동등록할 수 있는 가족인가")
Q_HOUSEHOLD = Question("지특령§8③", "등록일에 같은 세대별 주민등록표에 있는가")
Q_SPOUSE_ONLY = Question("지특법§22의2①단서", "배우자(③3호는 자녀도) 외의 사람과 공동등록했는가")
Q_ON_TITLE = Question("지특령§8③", "감면받을 사람이 소유자로 등록됐는가")

ALONE = "공동소유자가 적히지 않아 단독명의로 봤습니다."
NO_SELF = "본인이 소유자로 등록됐는지(소유자 목록에 본인이 없음)"
OWNERS_UNKNOWN = "공동소유자가 있는지와 그 관계"


class Title(NamedTuple):
    """Whether the owners fit (None = not known), whether there is more than one."""

    fits: bool | None
    joint: bool = False
    missing: tuple[str, ...] = ()


def others(case: Case) -> tuple[Owner, ...]:
    """Return the owners other than the applicant."""
    return tuple(o for o in case.owners or () if o.relation is not Relation.SELF)


def self_left_out(case: Case) -> bool:
    """Return whether the owners are all there and the applicant is none of them."""
    listed = case.owners or ()
    if not listed:
        return False
    mine = [o for o in listed if o.relation is Relation.SELF]
    if mine:
        return mine[0].share == 0
    return (
        all(o.share is not None for o in listed)
        and sum((o.share or Fraction(0) for o in listed), Fraction(0)) == 1
    )


def _unclear(case: Case) -> str:
    """Return what is wrong with the list of owners; '' = nothing."""
    listed = case.owners or ()
    mine = sum(owner.relation is Relation.SELF for owner in listed)
    shares = [owner.share for owner in listed]
    known = sum((share for share in shares if share is not None), Fraction(0))
    if mine > 1:
        return "소유자의 관계(본인이 두 번 적힘)"
    if known > 1 or (known != 1 and mine and None not in shares):
        return "소유자의 지분(더하면 1이 아님)"
    if not mine and None in shares:
        return NO_SELF
    return ""


def _alone(case: Case, trail: Trail, question: Question, alone: bool) -> Title | None:
    if case.owners is None:
        trail.checks.append(question.unknown)
        return Title(None, False, (OWNERS_UNKNOWN,))
    if self_left_out(case):
        trail.checks.append(Q_ON_TITLE.no)
        return Title(False)
    if not case.owners:
        if ALONE not in trail.assumed:
            trail.assumed.append(ALONE)
        trail.checks.append(question.yes if alone else question.no)
        return Title(True)
    if not others(case):
        if wrong := _unclear(case):
            trail.checks.append(question.unknown)
            return Title(None, False, (wrong,))
        trail.checks.append(question.yes if alone else question.no)
        return Title(True)
    return None


def family_title(case: Case, trail: Trail) -> Title:
    """Judge the owners for 제17조 and 제29조: eligible family on the same register, or alone."""
    alone = _alone(case, trail, Q_ALONE, True)
    if alone is not None:
        return alone
    missing: list[str] = []
    for owner in others(case):
        words = RELATION_WORDS[owner.relation] if owner.relation else "공동소유자"
        if owner.relation is None:
            missing.append("공동소유자와의 관계")
            continue
        if owner.relation not in ELIGIBLE_RELATIONS:
            trail.checks.append(Q_RELATION.of(False, words))
            return Title(False, True)
        if owner.same_household is False:
            trail.checks.append(Q_HOUSEHOLD.of(False, words))
            return Title(False, True)
        if owner.same_household is None:
            missing.append(f"등록일에 {words}와(과) 같은 세대인지")
        trail.checks.append(Q_RELATION.of(True, words))
        trail.checks.append(Q_HOUSEHOLD.of(owner.same_household, words))
    if wrong := _unclear(case):
        missing.append(wrong)
    return Title(None if missing else True, True, tuple(missing))


def spouse_title(case: Case, with_children: bool, trail: Trail) -> Title:
    """Judge the owners for 제22조의2: the spouse, and children only for an inheritance (③3호)."""
    alone = _alone(case, trail, Q_SPOUSE_ONLY, False)
    if alone is not None:
        return alone
    wrong = _unclear(case)
    missing: list[str] = [wrong] if wrong else []
    allowed = {Relation.SPOUSE} | ({Relation.CHILD} if with_children else set())
    if wrong == NO_SELF:
        allowed.add(Relation.PARENT)  # the children's father and mother, told from their side
    for owner in others(case):
        if owner.relation is None:
            missing.append("공동소유자와의 관계")
        elif owner.relation not in allowed:
            trail.checks.append(Q_SPOUSE_ONLY.of(True, RELATION_WORDS[owner.relation]))
            return Title(False, True)
    trail.checks.append(Q_SPOUSE_ONLY.unknown if missing else Q_SPOUSE_ONLY.no)
    return Title(None if missing else True, True, tuple(missing))
