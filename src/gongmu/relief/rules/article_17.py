"""장애인용 자동차 (지특법 제17조, 지특령 제8조)."""

from __future__ import annotations

from datetime import date

from gongmu.relief.facts import Case, Veteran
from gongmu.relief.parameters import InForce, PersonCar, block_of
from gongmu.relief.rule import Judgement, Question, Rule, Trail
from gongmu.relief.rules.article_29 import standing
from gongmu.relief.rules.person_car import judge_person_car

KEY = "disabled_17"

Q_ASKED = Question("지특법§183①", "장애인 감면을 신청할 사유가 적혀 있는가")
Q_SEVERE = Question("지특령§8①", "장애의 정도가 심한 장애인인가")
Q_VETERAN = Question("지특법§17①", "제29조제4항의 국가유공자등에 해당하는가(제17조에서 제외)")

BOTH_COMPENSATED = (
    "보훈보상대상자(지원대상자)이면서 장애의 정도가 심한 장애인입니다. 제17조제1항 괄호와 "
    "제29조제4항 단서가 서로를 빼므로, 면제(제17조)인지 50% 경감(제29조)인지 정해 주세요."
)


def judge(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제17조; None when the case says nothing of a disability."""
    disability = case.disability
    if disability is None:
        trail.checks.append(Q_ASKED.no)
        return None
    limit, deciding = block_of(now, KEY, PersonCar)
    if limit is None:
        return None
    found = Judgement(KEY, "지특법§17①", not deciding, rate=limit.rate, deciding=deciding)
    trail.checks.append(Q_SEVERE.of(disability.severe))
    if disability.severe is False:
        return Judgement(KEY, "지특법§17①", False)
    if disability.severe is None:
        found.missing = ("장애의 정도(심한 장애인지)",)
    rate, unknown = standing(case.veteran, now)
    if rate is not None and rate > 0:
        trail.checks.append(Q_VETERAN.yes)
        found.applies = False
        both = case.veteran is not None and case.veteran.kind in (
            Veteran.COMPENSATED,
            Veteran.SUPPORTED,
        )
        if not both:
            return Judgement(KEY, "지특법§17①", False)
        found.deciding = (*found.deciding, BOTH_COMPENSATED)
    elif unknown:
        trail.checks.append(Q_VETERAN.unknown)
        found.missing = (*found.missing, *unknown)
    else:
        trail.checks.append(Q_VETERAN.no)
    return judge_person_car(case, now, micro, trail, limit, found, "지특법§17②")


RULES = (
    Rule(
        KEY,
        "장애인용 자동차",
        "지특법 제17조(법률 제18656호)",
        date(2023, 1, 1),
        judge,
        date(2024, 12, 31),
        order=10,
    ),
    Rule(
        KEY,
        "장애인용 자동차",
        "지특법 제17조(법률 제20632호)",
        date(2025, 1, 1),
        judge,
        order=10,
    ),
)
