"""중복 특례의 배제 (지특법 제180조): the larger alone; 제66조제1항, 제92조 beside others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gongmu.relief.article import paragraph_of
from gongmu.relief.rule import Answer, Check, Judgement, Trail, floor_ten

COMBINABLE_FROM = {"disaster_92": date(2023, 1, 1), "swap_66_1": date(2024, 1, 1)}
"""May stand beside another relief: 제92조 always, 제66조제1항 from 2024-01-01 (법률 제19862호)."""

TIE = (
    "{articles}의 감면세액이 같습니다(제180조에 정함이 없음). 어느 조문을 적용할지 정해 주세요: "
    "추징 의무가 서로 다릅니다."
)
BESIDE = (
    "{first}와(과) {second}을(를) 함께 적용할 수 있습니다(제180조 단서). 두 감면을 어떤 순서로 "
    "셈할지 정해 주세요."
)


@dataclass(slots=True)
class Choice:
    """Which judgement wins; `tied` holds the equal ones, `beside` one that also applies."""

    winner: Judgement | None
    tied: tuple[Judgement, ...] = ()
    beside: Judgement | None = None
    why: str = ""


def choose(
    found: Sequence[Judgement], micro: int, day: date, applied_for: str | None, trail: Trail
) -> Choice:
    """Choose among the judgements that apply (제180조: 감면되는 세액이 큰 것 하나)."""
    if not found:
        return Choice(None)
    if len(found) == 1:
        return Choice(found[0])
    ranked = sorted(found, key=lambda one: -one.micro)
    best = ranked[0]
    tied = tuple(one for one in ranked if one.micro == best.micro)
    why = "감면되는 세액이 가장 큼"
    if len(tied) > 1 and applied_for:
        asked = [one for one in tied if _asked(one.article, applied_for)]
        if len(asked) == 1:
            best, tied, why = asked[0], (asked[0],), "감면세액이 같아 신청한(적힌) 조문을 따름"
    words = ", ".join(f"{one.article} {floor_ten(one.micro):,}원" for one in ranked)
    trail.checks.append(
        Check("지특법§180", "둘 이상의 감면이 겹치는가", Answer.YES, f"{words}: {why}")
    )
    beside = next(
        (
            one
            for one in ranked
            if one is not best
            and (_combinable(one, day) or _combinable(best, day))
            and not (_combinable(one, day) and _combinable(best, day))
        ),
        None,
    )
    if best.micro >= micro:
        beside = None
    return Choice(best, tied if len(tied) > 1 and beside is None else (), beside, why)


def _combinable(one: Judgement, day: date) -> bool:
    first = COMBINABLE_FROM.get(one.key)
    return first is not None and first <= day


def _asked(article: str, applied_for: str) -> bool:
    return article.startswith(applied_for) or applied_for.startswith(paragraph_of(article))
