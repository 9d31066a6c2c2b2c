"""시·도 감면조례 (지특법 제4조): city data, e.g. 시각장애 4급 상당."""

from __future__ import annotations

from datetime import date

from gongmu.relief.facts import Case
from gongmu.relief.parameters import InForce, PersonCar, block_of
from gongmu.relief.rule import MICRO, Judgement, Question, Rule, Trail
from gongmu.relief.rules.article_17 import KEY as DISABLED
from gongmu.relief.rules.person_car import judge_person_car

KEY = "ordinance"

Q_VISUAL = Question("시·도 감면조례", "시각장애 4급 상당(심하지 않은 장애)인가")
Q_ORDINANCE = Question("지특법§4", "이 시·도에 그 감면을 정한 조례가 있는가")

UNKNOWN_ORDINANCE = (
    "시각장애 4급 상당을 감면하는 시·도 감면조례(도시 파일의 [[relief.ordinance]]; 조례가 없으면 "
    "ordinance = [])"
)


def judge(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge the ordinances of the city for visual grade 4."""
    disability = case.disability
    if disability is None or disability.severe is not False:
        return None
    if disability.kind != "시각" or disability.grade != 4:
        return None
    trail.checks.append(Q_VISUAL.yes)
    limit, _ = block_of(now, DISABLED, PersonCar)
    if limit is None:
        return None
    chosen = next((o for o in now.ordinances if o.ground == "visual_4"), None)
    if chosen is None:
        if now.ordinances_known:
            trail.checks.append(Q_ORDINANCE.no)
            return Judgement(KEY, "시·도 감면조례", False)
        trail.checks.append(Q_ORDINANCE.unknown)
        found = Judgement(
            KEY, "시·도 감면조례", None, rate=limit.rate, missing=(UNKNOWN_ORDINANCE,)
        )
        return judge_person_car(case, now, micro, trail, limit, found, "시·도 감면조례")
    trail.checks.append(Q_ORDINANCE.of(True, chosen.name))
    found = Judgement(KEY, "", True, rate=chosen.rate)
    found = judge_person_car(case, now, micro, trail, limit, found)
    found.article = chosen.name
    if chosen.cap_won is not None and found.micro > chosen.cap_won * MICRO:
        found.micro, found.exempts = chosen.cap_won * MICRO, False
    if not chosen.minimum_tax:
        found.exempts = False
    return found


RULES = (
    Rule(KEY, "시·도 감면조례", "지특법 제4조, 시·도 감면조례", date(2023, 1, 1), judge, order=90),
)
