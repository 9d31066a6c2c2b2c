"""추징: whether a later event takes a relief back, how much, by when to file.

지특법 제17조제3항, 제22조의2제4항, 제29조제5항, 제67조제1항 단서; 지방세법 제20조제3항.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from gongmu.relief.facts import ELIGIBLE_RELATIONS, Event, Happening, Reason, Relation, When
from gongmu.relief.parameters import InForce, Penalty
from gongmu.relief.rules.clawback_terms import (
    BEFORE_START,
    EVENT_WORDS,
    LAST_DAY,
    Clawback,
    ClawbackRule,
    Relieved,
    Status,
    clawback_rule,
    not_due,
    say,
    to_review,
)
from gongmu.relief.rules.clawback_trade import judge_trade
from gongmu.relief.rules.deadlines import PenaltyRates, in_grace, penalty_lines, tax_deadline

_EXEMPT = frozenset({Reason.DEATH, Reason.MARRIAGE, Reason.EMIGRATION, Reason.LICENCE_REVOKED})
REASON_WORDS = {
    Reason.DEATH: "사망",
    Reason.MARRIAGE: "혼인",
    Reason.EMIGRATION: "해외이민",
    Reason.LICENCE_REVOKED: "운전면허 취소",
    Reason.ILLNESS: "질병·요양",
    Reason.SPECIAL_SCHOOL: "특수학교 진학",
    Reason.OTHER: "그 밖의 사유",
    Reason.EMPLOYMENT: "취업",
    Reason.STUDY: "학업",
    Reason.HARDSHIP: "경제 사정",
    Reason.REBUILDING: "재개발",
    Reason.DISCORD: "가족 불화",
}
_OPEN_REASONS = {
    Reason.ILLNESS: (
        "질병·요양이 「유사한 부득이한 사유」인지 정해 주세요. 부정: 조심2017지0184(요양), "
        "조심2013지0607(건강). 인정: 지방세정팀-711(2007, 병세 악화로 운전불능)."
    ),
    Reason.SPECIAL_SCHOOL: (
        "특수학교 진학 등 장애로 인한 사정이 「유사한 부득이한 사유」인지 정해 주세요"
        "(2021년 2분기 인정례)."
    ),
    Reason.OTHER: "적힌 사유가 「그 밖에 이와 유사한 부득이한 사유」인지 정해 주세요.",
}
_STANDALONE = {
    Happening.DEATH: Reason.DEATH,
    Happening.MARRIAGE: Reason.MARRIAGE,
    Happening.EMIGRATION: Reason.EMIGRATION,
    Happening.LICENCE_REVOKED: Reason.LICENCE_REVOKED,
}

SHARE_ONLY = (
    "지분 일부만 이전했습니다. 법문은 감면된 취득세 전부를 추징하나(조심2019지3778), 이전한 "
    "지분만 추징한 예(2004-0385)가 있습니다. 전액으로 셈했습니다."
)
STRUCK_OFF = (
    "말소(폐차)는 법문의 「소유권 이전」이 아니어서 추징하지 않는 것으로 봤습니다. 확인된 "
    "결정례는 없습니다."
)
THIRD_PARAGRAPH = (
    "제22조의2제3항으로 감면받은 차를 배우자에게 이전했습니다. 제4항 단서(제1항·제2항 본문만 "
    "적음)로 추징을 면하는지 정해 주세요."
)
NOT_OF_OWNER = (
    "적힌 사망·혼인·해외이민·면허취소가 소유자의 것이 아닙니다. 이전(분가)의 부득이한 사유로 볼지 "
    "정해 주세요."
)
DIVORCED = (
    "이혼으로 이전했습니다. 이전등록한 날에 아직 배우자였으면 추징하지 않고, 이혼한 뒤면 배우자가 "
    "아닙니다. 날짜를 확인해 주세요."
)
ALONE_MOVES = "단독명의이므로 세대를 분가해도 추징하지 않는 것으로 봤습니다(제17조제3항의 문언)."
SAME_HOUSE = "이전받은 가족이 같은 세대라고 봤습니다(공동등록할 수 있는 사람)."


def judge_event(
    relieved: Relieved,
    event: Event,
    now: InForce,
    as_of: date | None = None,
    earlier: tuple[Event, ...] = (),
) -> Clawback:
    """Judge one later event of a relief; `now` are the values in force on its acquisition.

    `earlier`: the other events of the case, in which a death, a marriage, an emigration or a
    revoked licence may stand that explains a transfer. `as_of` is the day for the penalties.
    """
    found = Clawback()
    rule = (
        clawback_rule(relieved.article, relieved.acquired_on or now.day, now, relieved.kind)
        if relieved.article
        else None
    )
    if rule is None:
        found.status, found.reason = Status.NOT_DUE, "추징 규정이 없는 감면입니다."
        return found
    found.article = rule.article
    if event.kind is None:
        return to_review(found, missing=("사후 사유의 종류",))
    if rule.kind == "trade":
        judge_trade(found, rule, relieved, event)
    else:
        _within(found, rule, relieved, event, earlier)
    if found.status is Status.DUE:
        _bill(found, relieved, event, now, as_of)
    return found


def _within(
    found: Clawback,
    rule: ClawbackRule,
    relieved: Relieved,
    event: Event,
    earlier: tuple[Event, ...],
) -> None:
    reason_of_event = _about(found, rule, relieved, event, earlier)
    if not reason_of_event:
        return
    until = rule.until(relieved.acquired_on, relieved.registered_on)
    if until is None:
        what = "등록일" if rule.start == "registration" else "취득일"
        to_review(found, missing=(what,))
        return
    if event.when is None:
        to_review(found, missing=("사유가 생긴 날",))
        return
    start = relieved.registered_on if rule.start == "registration" else relieved.acquired_on
    if start is not None and event.when.last < start:
        to_review(found, missing=(BEFORE_START,))
        return
    question = f"{until}까지 생긴 사유인가"
    if event.when.last <= until:
        say(found, question, True)
        if found.status is Status.NONE:
            found.status, found.reason = Status.DUE, reason_of_event
        elif found.status is Status.DUE:
            found.reason = reason_of_event
    elif event.when.first > until:
        if in_grace(until, event.when.first):
            say(found, question, None)
            to_review(found, questions=(LAST_DAY,))
            return
        say(found, question, False)
        found.questions, found.missing = (), ()
        not_due(found, f"의무 기간({until}까지)이 지난 뒤의 일입니다.")
    else:
        say(found, question, None)
        to_review(found, missing=("사유가 생긴 날(일까지)",))


def _about(
    found: Clawback,
    rule: ClawbackRule,
    relieved: Relieved,
    event: Event,
    earlier: tuple[Event, ...],
) -> str:
    """Return what is clawed back for, or '' when the event is none of that kind or excepted.

    A status of review set here stands for an excuse that an officer has to judge.
    """
    kind = event.kind or Happening.TRANSFER
    words = EVENT_WORDS[kind]
    if rule.kind == "commercial_use":
        hit = kind is Happening.COMMERCIAL_USE
        say(found, "영업용으로 사용했는가", hit, words)
        if not hit:
            not_due(found, f"{words}은(는) 이 감면의 추징 사유가 아닙니다.")
        return "영업용 사용" if hit else ""
    if kind in (Happening.DEREGISTRATION, Happening.SCRAPPING, Happening.EXPORT):
        say(found, "소유권을 이전했는가", False, words)
        found.questions += (STRUCK_OFF,)
        not_due(found, f"{words}은(는) 소유권 이전이 아닙니다.")
        return ""
    split = kind is Happening.HOUSEHOLD_SPLIT
    if kind is not Happening.TRANSFER and not (split and rule.kind == "person"):
        say(found, "소유권을 이전했는가", False, words)
        not_due(found, f"{words}은(는) 이 감면의 추징 사유가 아닙니다.")
        return ""
    if split and not _joint_split(found, relieved):
        return ""
    if _excused(found, rule, relieved, event, earlier):
        return ""
    if split:
        return words
    return _transfer(found, rule, relieved, event)


def _joint_split(found: Clawback, relieved: Relieved) -> bool:
    if relieved.joint is None:
        to_review(found, missing=("공동명의인지",))
        return False
    say(found, "공동명의자와 세대를 달리하게 됐는가", relieved.joint)
    if not relieved.joint:
        found.questions += (ALONE_MOVES,)
        not_due(found, "단독명의라 세대 요건이 없습니다.")
    return relieved.joint


def _excused(
    found: Clawback,
    rule: ClawbackRule,
    relieved: Relieved,
    event: Event,
    earlier: tuple[Event, ...],
) -> bool:
    reason = event.reason
    if reason is None:
        excuses = [
            other
            for other in earlier
            if other.kind in _STANDALONE and _not_after(other.when, event.when)
        ]
        own = [other for other in excuses if _of_owner(other, rule, relieved)]
        if own and own[0].kind is not None:
            reason = _STANDALONE[own[0].kind]
        elif excuses:
            to_review(found, questions=(NOT_OF_OWNER,))
            found.reason = "적힌 사정이 소유자의 것인지 사람이 정합니다."
            return False
    question = "사망·혼인·해외이민·운전면허 취소, 그 밖에 유사한 부득이한 사유가 있는가"
    if reason in _EXEMPT:
        say(found, question, True, REASON_WORDS[reason])
        not_due(found, f"{REASON_WORDS[reason]}에 따른 것이라 추징하지 않습니다.")
        return True
    if reason in _OPEN_REASONS:
        say(found, question, None, REASON_WORDS[reason])
        to_review(found, questions=(_OPEN_REASONS[reason],))
        found.reason = f"{REASON_WORDS[reason]}이(가) 부득이한 사유인지 사람이 정합니다."
        return False
    say(found, question, False, REASON_WORDS.get(reason, "") if reason else "")
    return False


def _of_owner(event: Event, rule: ClawbackRule, relieved: Relieved) -> bool:
    if event.by in (None, Relation.SELF):
        return True
    if rule.kind == "multichild":
        return event.by is Relation.SPOUSE
    return relieved.joint is not False and event.by in ELIGIBLE_RELATIONS


def _not_after(first: When | None, then: When | None) -> bool:
    return first is None or then is None or first.first <= then.last


def _transfer(found: Clawback, rule: ClawbackRule, relieved: Relieved, event: Event) -> str:
    if rule.kind == "multichild":
        if event.to is Relation.SPOUSE:
            if event.reason is Reason.DISCORD:
                to_review(found, questions=(DIVORCED,))
                return "배우자에게 이전"
            paragraph = relieved.article
            by_third = rule.article == "지특법§22의2④" and paragraph.startswith("지특법§22의2③")
            by_third |= rule.article == "지특법§22의2③" and paragraph.startswith("지특법§22의2②")
            if by_third:
                to_review(found, questions=(THIRD_PARAGRAPH,))
                return "배우자에게 이전"
            say(found, "배우자에게 이전했는가", True)
            not_due(found, "배우자에게 이전한 것이라 추징하지 않습니다.")
            return ""
    elif event.to in ELIGIBLE_RELATIONS or event.to is Relation.SELF:
        answer = _between_family(found, relieved, event)
        if answer is not None:
            return answer
    if event.whole is False or (event.share is not None and event.share < Fraction(1)):
        found.questions += (SHARE_ONLY,)
        return "소유권(지분) 이전"
    return "소유권 이전"


def _between_family(found: Clawback, relieved: Relieved, event: Event) -> str | None:
    """Judge 제17조제3항 단서; None = an ordinary transfer."""
    if event.to is Relation.SELF:
        say(found, "공동등록자의 소유권을 본인이 이전받았는가", True)
        not_due(found, "본인이 공동등록자의 지분을 이전받은 것이라 추징하지 않습니다(단서).")
        return ""
    if event.to_same_household is False:
        return None
    # Who stands alone on the registration can only have given away their own.
    by = event.by if relieved.joint is not False else Relation.SELF
    if by is None:
        to_review(found, missing=("지분을 넘긴 사람(본인인지 공동명의자인지)",))
        return "소유권 이전"
    if by is Relation.SELF:
        whole = event.whole if event.share is None else _whole_share(relieved, event.share)
        if whole is None:
            to_review(found, missing=("본인이 지분 전부를 넘겼는지 일부를 넘겼는지",))
            return "소유권 이전"
        say(found, "공동등록할 수 있는 가족에게 지분 일부만 이전했는가", not whole)
        if whole:
            return None
        not_due(found, "공동등록할 수 있는 가족에게 일부만 이전해 추징하지 않습니다(단서).")
    else:
        say(found, "공동등록할 수 있는 사람끼리 등록을 바꿨는가", True)
        not_due(found, "공동등록할 수 있는 사람끼리의 등록 전환이라 추징하지 않습니다(단서).")
    if event.to_same_household is None:
        say(found, "이전받은 가족이 같은 세대인가", None, SAME_HOUSE)
    return ""


def _whole_share(relieved: Relieved, share: Fraction) -> bool | None:
    own = Fraction(1) if relieved.joint is False else relieved.own_share
    return None if own is None else share >= own


def _bill(
    found: Clawback, relieved: Relieved, event: Event, now: InForce, as_of: date | None
) -> None:
    found.amount_won = relieved.relieved_won or 0
    if relieved.relieved_won is None:
        found.missing += ("감면받은 세액",)
    if found.event_on is None:
        found.event_on = event.when.day if event.when is not None else None
    if found.event_on is None:
        found.missing += ("사유가 생긴 날(일까지)",)
        return
    found.filing_due_on = tax_deadline(found.event_on, now.filing.clawback_days, now.closed_on)
    if as_of is None:
        return
    found.penalty = penalty_lines(
        found.amount_won,
        found.filing_due_on,
        as_of,
        rates_of(now.penalty),
        event.filed_on,
        event.paid_on,
        now.closed_on,
    )
    found.penalty_won = sum(line.won for line in found.penalty)


def rates_of(penalty: Penalty) -> PenaltyRates:
    """Return the penalty rates in force."""
    return PenaltyRates(
        penalty.no_filing_rate,
        penalty.late_per_day_rate,
        penalty.late_cap_rate,
        penalty.discount_1m_rate,
        penalty.discount_3m_rate,
        penalty.discount_6m_rate,
    )
