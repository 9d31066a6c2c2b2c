"""매매용·수출용 중고자동차 (지특법 제68조)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from gongmu.relief.facts import Business, Case, Cause
from gongmu.relief.parameters import InForce, Trade, block_of
from gongmu.relief.rule import Judgement, Question, Rule, Trail

DEALER, EXPORTER = "dealer_68_1", "exporter_68_3"

Q_DEALER = Question("지특법§68①1", "자동차매매업을 등록한 자가 매매용으로 취득했는가")
Q_EXPORTER = Question("지특법§68③", "무역을 하는 자가 수출용으로 취득했는가")
Q_USED = Question("지특법§68", "중고자동차인가")

RURAL_TAX = (
    "농어촌특별세: 제68조 감면분이 농특세령의 비과세 범위(중고자동차)에 드는지 확인해 주세요."
)


def _judge(
    case: Case, now: InForce, micro: int, trail: Trail, key: str, article: str, question: Question
) -> Judgement | None:
    version, deciding = block_of(now, key, Trade)
    if version is None:
        return None
    used = case.vehicle.used if case.vehicle is not None else None
    if used is None and case.cause is Cause.PURCHASE:
        used = True  # 이전·유상승계: taken over from an owner
    if case.business_licensed is False or case.for_resale is False or used is False:
        trail.checks.append(Q_USED.no if used is False else question.no)
        return Judgement(key, article, False)
    missing: list[str] = []
    if used is None:
        missing.append("중고자동차인지")
    if case.business_licensed is None:
        missing.append("매매업 등록(무역업) 여부")
    if case.for_resale is None:
        missing.append("매매용(수출용)으로 취득했는지")
    trail.checks.append(question.of(None if missing[1:] else True))
    trail.checks.append(Q_USED.of(used))
    return Judgement(
        key,
        article,
        None if missing else not deciding,
        micro * version.rate.numerator // version.rate.denominator,
        rate=version.rate,
        exempts=version.rate == Fraction(1),
        missing=tuple(missing),
        deciding=deciding,
        notes=(RURAL_TAX,),
    )


def judge_dealer(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제68조제1항."""
    if case.business is not Business.DEALER:
        return None
    return _judge(case, now, micro, trail, DEALER, "지특법§68①", Q_DEALER)


def judge_exporter(case: Case, now: InForce, micro: int, trail: Trail) -> Judgement | None:
    """Judge 제68조제3항."""
    if case.business is not Business.EXPORTER:
        return None
    return _judge(case, now, micro, trail, EXPORTER, "지특법§68③", Q_EXPORTER)


RULES = (
    Rule(
        DEALER,
        "매매용 중고자동차",
        "지특법 제68조제1항(법률 제18656호·제19862호·제20632호)",
        date(2023, 1, 1),
        judge_dealer,
        order=60,
    ),
    Rule(
        EXPORTER,
        "수출용 중고자동차",
        "지특법 제68조제3항(법률 제18656호·제20632호)",
        date(2023, 1, 1),
        judge_exporter,
        order=61,
    ),
)
