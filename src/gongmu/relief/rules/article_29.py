"""국가유공자 등의 자동차 (지특법 제29조제4항, 지특령 제12조의2)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from gongmu.relief.facts import Case, Veteran, VeteranStatus
from gongmu.relief.parameters import InForce, PersonCar, block_of
from gongmu.relief.rule import Judgement, Question, Rule, Trail
from gongmu.relief.rules.person_car import judge_person_car

KEY = "veteran_29_4"

Q_ASKED = Question("지특법§183①", "국가유공자등 감면을 신청할 사유가 적혀 있는가")
Q_MERIT = Question("지특법§29④", "상이등급 1급부터 7급까지의 국가유공자인가")
Q_COMPENSATED = Question(
    "지특법§29④", "상이등급 1급부터 7급까지의 보훈보상대상자·지원대상자인가(2024년부터 50%)"
)
Q_MAY_18 = Question("지특령§12의2①1", "신체장해등급 1급부터 14급까지의 5·18민주화운동부상자인가")
Q_DEFOLIANT = Question("지특령§12의2①2", "경도 장애 이상의 고엽제후유의증환자인가")
Q_DISABLED_CAR = Question("지특법§29④단서", "제17조에 따른 장애인용 자동차 감면을 받았는가")

_QUESTIONS = {
    Veteran.MERIT: Q_MERIT,
    Veteran.COMPENSATED: Q_COMPENSATED,
    Veteran.SUPPORTED: Q_COMPENSATED,
    Veteran.MAY_18: Q_MAY_18,
    Veteran.DEFOLIANT: Q_DEFOLIANT,
}
_DEFOLIANT_GRADES = frozenset({"경도", "중등도", "고도"})
NOTHING = Fraction(0)


def standing(
    veteran: VeteranStatus | None, now: InForce
) -> tuple[Fraction | None, tuple[str, ...]]:
    """Return the rate of a status (0 = none, None = not known) and what is missing."""
    if veteran is None:
        return NOTHING, ()
    limit, _ = block_of(now, KEY, PersonCar)
    if limit is None:
        return NOTHING, ()
    if veteran.kind is None:
        return None, ("보훈 대상의 종류(국가유공자·보훈보상대상자 등)",)
    rate = _full_rate(veteran.kind, limit)
    if rate == 0:
        return NOTHING, ()
    if veteran.grade is None:
        return None, ("상이(장애)등급",)
    return (rate if _graded(veteran.kind, veteran.grade) else NOTHING), ()


def _full_rate(kind: Veteran, limit: PersonCar) -> Fraction:
    if kind in (Veteran.COMPENSATED, Veteran.SUPPORTED):
        return limit.compensated_rate if limit.compensated_rate is not None else NOTHING
    return limit.rate


def _graded(kind: Veteran, grade: str) -> bool:
    if kind is Veteran.DEFOLIANT:
        return grade in _DEFOLIANT_GRADES
    highest = 14 if kind is Veteran.MAY_18 else 7
    return grade.isdigit() and 1 <= int(grade) <= highest


def judge(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제29조제4항; None when the case says nothing of such a status."""
    if case.veteran is None:
        trail.checks.append(Q_ASKED.no)
        return None
    limit, deciding = block_of(now, KEY, PersonCar)
    if limit is None:
        return None
    rate, missing = standing(case.veteran, now)
    question = _QUESTIONS[case.veteran.kind] if case.veteran.kind else Q_MERIT
    if rate == 0:
        trail.checks.append(question.no)
        return Judgement(KEY, "지특법§29④", False)
    trail.checks.append(question.of(None if rate is None else True))
    if any(
        car.article and car.article.startswith("지특법§17") and car.state is not None
        for car in case.earlier_cars or ()
    ):
        trail.checks.append(Q_DISABLED_CAR.yes)
    found = Judgement(
        KEY,
        "지특법§29④",
        not deciding,
        rate=rate if rate is not None else limit.rate,
        missing=missing,
        deciding=deciding,
    )
    return judge_person_car(case, now, micro, trail, limit, found, "지특법§29④")


RULES = (
    Rule(
        KEY,
        "국가유공자 등의 자동차",
        "지특법 제29조제4항(법률 제18656호): 보훈보상대상자 제외",
        date(2023, 1, 1),
        judge,
        date(2023, 12, 31),
        order=20,
    ),
    Rule(
        KEY,
        "국가유공자 등의 자동차",
        "지특법 제29조제4항(법률 제19862호·제20632호): 보훈보상대상자 50%",
        date(2024, 1, 1),
        judge,
        order=20,
    ),
)
