"""최소납부세제 (지특법 제177조의2): a full exemption over 200만원 of tax keeps 15 %."""

from __future__ import annotations

from fractions import Fraction

from gongmu.relief.parameters import InForce
from gongmu.relief.rule import MICRO, TEN_WON, Answer, Check, Judgement, Question, Trail

Q_OVER = Question("지특법§177의2①1가", "면제이고 산출세액이 200만원을 넘는가(85%만 감면)")
Q_LISTED = Question(
    "지특법§177의2①2", "최소납부를 적용하지 않는 감면(제17조·제29조·제66조·제92조)인가"
)

NOT_FOR = ("지특법§17", "지특법§29", "지특법§66", "지특법§92")
"""제177조의2제1항제2호, as far as it touches vehicles."""

WITHIN_TEN = (
    "산출세액의 10원 미만 끝수를 버리기 전에는 200만원을 넘고 버린 뒤에는 넘지 않습니다. "
    "최소납부세제를 적용할지 정해 주세요."
)


def keep_minimum(found: Judgement, micro: int, now: InForce, trail: Trail) -> None:
    """Reduce a full exemption to 85 % where 제177조의2 says so."""
    minimum = now.minimum
    if not found.exempts or minimum is None or found.micro < micro:
        return
    over = minimum.over_won * MICRO
    if micro <= over:
        return
    if found.article.startswith(NOT_FOR):
        trail.checks.append(Q_LISTED.yes)
        return
    rate = minimum.relief_rate
    found.micro = micro * rate.numerator // rate.denominator
    found.rate = Fraction(rate)
    found.keeps_minimum = True
    trail.checks.append(
        Check(
            Q_OVER.article,
            Q_OVER.question,
            Answer.YES,
            f"{found.article}: {float(rate):.0%}만 감면",
        )
    )
    if micro < over + TEN_WON:
        found.deciding = (*found.deciding, WITHIN_TEN)
