"""재해로 잃은 자동차의 대체취득 (지특법 제92조제1항제3호)."""

from __future__ import annotations

from datetime import date

from gongmu.relief.facts import Case
from gongmu.relief.parameters import InForce, Years, block_of
from gongmu.relief.rule import Judgement, Question, Rule, Trail
from gongmu.relief.rules.deadlines import end_of_years, in_grace

KEY = "disaster_92"

Q_DISASTER = Question(
    "지특법§92①", "천재지변, 그 밖의 불가항력으로 멸실·파손된 자동차를 대체하는가"
)
Q_TWO_YEARS = Question("지특법§92①", "멸실일(파손일)부터 2년 이내에 취득했는가")
Q_MORE = Question("지특법§92①단서", "새 차의 가액이 종전 차의 신제품구입가액을 넘는가")

GRACE = "2년의 마지막 날이 쉬는 날입니다. 민법 제161조로 늘어나는지 정해 주세요."


def judge(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제92조제1항: free up to the price that the lost car had when new."""
    facts = case.disaster
    if facts is None:
        return None
    limit, _ = block_of(now, KEY, Years)
    if limit is None:
        return None
    article = "지특법§92①3"
    missing: list[str] = []
    deciding: list[str] = []
    applies = True
    trail.checks.append(Q_DISASTER.of(facts.unavoidable))
    if facts.unavoidable is False:
        return Judgement(KEY, article, False)
    if facts.unavoidable is None:
        missing.append("천재지변 등 불가항력으로 잃었다는 증명")
    if facts.lost is None:
        missing.append("종전 차량의 멸실일(파손일)")
    else:
        first, last = (end_of_years(day, limit.years) for day in facts.lost)
        in_time = True if now.day <= first else False if now.day > last else None
        trail.checks.append(Q_TWO_YEARS.of(in_time))
        if in_time is None:
            missing.append("종전 차량의 멸실일(일까지)")
        elif in_time is False:
            if not in_grace(last, now.day, now.closed_on):
                return Judgement(KEY, article, False)
            applies, deciding = False, [GRACE]
    relief = micro
    base = case.price_won if case.price_won is not None else case.tax_base_won
    if facts.earlier_new_price_won is None:
        missing.append("종전 차량의 신제품구입가액")
    elif base is not None and base > facts.earlier_new_price_won:
        trail.checks.append(Q_MORE.yes)
        relief = micro * facts.earlier_new_price_won // base
    else:
        trail.checks.append(Q_MORE.no)
    return Judgement(
        KEY,
        article,
        None if missing and applies else applies,
        relief,
        missing=tuple(missing),
        deciding=tuple(deciding),
    )


RULES = (
    Rule(
        KEY,
        "재해로 잃은 자동차의 대체취득",
        "지특법 제92조제1항(2018.12.24)",
        date(2023, 1, 1),
        judge,
        order=80,
    ),
)
