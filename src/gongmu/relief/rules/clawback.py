"""추징: which later events take a relief back, from when until when, how much, by when to file.

지특법 제17조제3항, 제22조의2제4항(2024년까지 제3항), 제29조제5항, 제67조제1항 단서,
제68조제2항·제4항; 지방세법 제20조제3항. 제66조, 제67조제2항, 제70조 and 제92조 have none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from gongmu.relief.article import article_head, paragraph_of
from gongmu.relief.facts import (
    ELIGIBLE_RELATIONS,
    Event,
    Happening,
    Kind,
    Reason,
    Relation,
    When,
)
from gongmu.relief.parameters import InForce, MultiChild, Penalty, PersonCar, Trade, block_of
from gongmu.relief.rule import Answer, Check
from gongmu.relief.rules.deadlines import (
    PenaltyLine,
    PenaltyRates,
    end_of_years,
    in_grace,
    penalty_lines,
    tax_deadline,
)


class Status(StrEnum):
    """none: no rule or nothing happened; review: a person decides."""

    NONE = "none"
    DUE = "due"
    NOT_DUE = "not_due"
    REVIEW = "review"


@dataclass(frozen=True)
class ClawbackRule:
    """What takes a relief back, in words for texts, and until when."""

    article: str
    """The clawing clause itself, short form."""
    law: str
    start: str
    """registration or acquisition."""
    years: int
    kind: str
    """person, multichild, commercial_use or trade."""
    events: tuple[str, ...]
    exceptions: tuple[str, ...]

    def until(self, acquired_on: date | None, registered_on: date | None) -> date | None:
        """Return the last day on which an event takes the relief back; None = start unknown."""
        start = registered_on if self.start == "registration" else acquired_on
        return None if start is None else end_of_years(start, self.years)


@dataclass(frozen=True)
class Relieved:
    """A relief as granted: what `judge_event` needs of it."""

    article: str
    acquired_on: date | None
    registered_on: date | None
    relieved_won: int | None
    joint: bool | None = None
    kind: Kind | None = None


@dataclass(slots=True)
class Clawback:
    """What a later event means for a relief."""

    status: Status = Status.NONE
    amount_won: int = 0
    reason: str = ""
    article: str = ""
    event_on: date | None = None
    filing_due_on: date | None = None
    penalty_won: int | None = None
    """None when no day was named as of which to reckon it."""
    penalty: tuple[PenaltyLine, ...] = ()
    missing: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    checks: list[Check] = field(default_factory=list)


_UNAVOIDABLE = ("사망", "혼인", "해외이민", "운전면허 취소", "그 밖에 이와 유사한 부득이한 사유")
_BETWEEN = (
    "공동등록할 수 있는 사람의 소유권을 본인이 이전받은 경우",
    "공동등록할 수 있는 사람이 본인에게서 소유권 일부를 이전받은 경우",
    "공동등록할 수 있는 사람끼리 등록을 바꾼 경우",
)
_EXEMPT = frozenset({Reason.DEATH, Reason.MARRIAGE, Reason.EMIGRATION, Reason.LICENCE_REVOKED})
_REASON_WORDS = {
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
_EVENT_WORDS = {
    Happening.TRANSFER: "소유권 이전",
    Happening.DEREGISTRATION: "말소등록",
    Happening.SCRAPPING: "폐차",
    Happening.EXPORT: "수출",
    Happening.HOUSEHOLD_SPLIT: "세대 분가",
    Happening.COMMERCIAL_USE: "영업용 사용",
    Happening.DEATH: "사망",
    Happening.MARRIAGE: "혼인",
    Happening.EMIGRATION: "해외이민",
    Happening.LICENCE_REVOKED: "운전면허 취소",
}

SHARE_ONLY = (
    "지분 일부만 이전했습니다. 법문은 감면된 취득세 전부를 추징하나(조심2019지3778), 이전한 "
    "지분만 추징한 예(2004-0385)가 있습니다. 전액으로 셈했습니다."
)
STRUCK_OFF = (
    "말소(폐차)는 법문의 「소유권 이전」이 아니어서 추징하지 않는 것으로 봤습니다. 확인된 "
    "결정례는 없습니다."
)
LAST_DAY = (
    "의무 기간의 마지막 날이 토·일·공휴일이고 그 다음 날까지 사이에 사유가 생겼습니다. "
    "민법 제161조로 기간이 늘어나는지 정해 주세요."
)
THIRD_PARAGRAPH = (
    "제22조의2제3항으로 감면받은 차를 배우자에게 이전했습니다. 제4항 단서(제1항·제2항 본문만 "
    "적음)로 추징을 면하는지 정해 주세요."
)
ALONE_MOVES = "단독명의이므로 세대를 분가해도 추징하지 않는 것으로 봤습니다(제17조제3항의 문언)."
SAME_HOUSE = "이전받은 가족이 같은 세대라고 봤습니다(공동등록할 수 있는 사람)."

_PERSON_ALSO = "지특법§17③"


def clawback_rule(
    article: str, acquired_on: date, now: InForce, kind: Kind | None = None
) -> ClawbackRule | None:
    """Return what takes back a relief under `article`; None when nothing does.

    `kind` matters for 제68조 only (승합·화물·특수: three years from 2024-01-01).
    """
    head, paragraph = article_head(article), paragraph_of(article)
    if head in ("지특법§17", "지특법§29") or "조례" in head:
        key = "veteran_29_4" if head == "지특법§29" else "disabled_17"
        person, _ = block_of(now, key, PersonCar)
        years = person.clawback_years if person is not None else 1
        clause = "지특법§29⑤" if head == "지특법§29" else _PERSON_ALSO
        if "조례" in head:
            clause = head
        return ClawbackRule(
            clause,
            "지특법 제29조제5항" if head == "지특법§29" else "지특법 제17조제3항",
            "registration",
            years,
            "person",
            ("소유권 이전", "세대 분가(공동명의)"),
            (*_UNAVOIDABLE, *_BETWEEN),
        )
    if head == "지특법§22의2":
        multi, _ = block_of(now, "multichild_22_2", MultiChild)
        later = acquired_on.year >= 2025
        return ClawbackRule(
            "지특법§22의2④" if later else "지특법§22의2③",
            "지특법 제22조의2제4항" if later else "지특법 제22조의2제3항",
            "registration",
            multi.clawback_years if multi is not None else 1,
            "multichild",
            ("소유권 이전",),
            (*_UNAVOIDABLE[:4], "그 밖에 이와 유사한 사유", "배우자에게 이전"),
        )
    if paragraph == "지특법§67①":
        light = now.blocks.get("light_67_1")
        years = getattr(light, "clawback_years", 1) or 1
        return ClawbackRule(
            "지특법§67①단서",
            "지특법 제67조제1항 단서",
            "acquisition",
            years,
            "commercial_use",
            ("영업용 사용",),
            (),
        )
    if paragraph in ("지특법§68①", "지특법§68③"):
        return _trade_rule(paragraph, now, kind)
    return None


def _trade_rule(paragraph: str, now: InForce, kind: Kind | None) -> ClawbackRule:
    dealer = paragraph == "지특법§68①"
    trade, _ = block_of(now, "dealer_68_1" if dealer else "exporter_68_3", Trade)
    long = kind in (Kind.VAN, Kind.TRUCK, Kind.SPECIAL)
    years = 2 if trade is None else trade.years_other if long else trade.years_passenger
    exceptions = ("재난 피해로 폐차",)
    return ClawbackRule(
        "지특법§68②" if dealer else "지특법§68④",
        "지특법 제68조제2항" if dealer else "지특법 제68조제4항",
        "acquisition",
        years,
        "trade",
        ("기간 안에 매각·수출하지 않음",) if dealer else ("기간 안에 수출하지 않음",),
        ("취득일부터 1년이 지나 검사 부적합으로 폐차", *exceptions) if dealer else exceptions,
    )


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
        return _review(found, missing=("사후 사유의 종류",))
    if rule.kind == "trade":
        _trade(found, rule, relieved, event)
    else:
        _within(found, rule, relieved, event, earlier)
    if found.status is Status.DUE:
        _bill(found, relieved, event, now, as_of)
    return found


def _review(
    found: Clawback, missing: tuple[str, ...] = (), questions: tuple[str, ...] = ()
) -> Clawback:
    found.status = Status.REVIEW
    found.missing += missing
    found.questions += questions
    return found


def _say(found: Clawback, question: str, answer: bool | None, note: str = "") -> None:
    word = Answer.UNKNOWN if answer is None else Answer.YES if answer else Answer.NO
    found.checks.append(Check(found.article, question, word, note))


def _not_due(found: Clawback, reason: str) -> None:
    found.status, found.reason = Status.NOT_DUE, reason


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
        _review(found, missing=(what,))
        return
    if event.when is None:
        _review(found, missing=("사유가 생긴 날",))
        return
    question = f"{until}까지 생긴 사유인가"
    if event.when.last <= until:
        _say(found, question, True)
        if found.status is Status.NONE:
            found.status, found.reason = Status.DUE, reason_of_event
        elif found.status is Status.DUE:
            found.reason = reason_of_event
    elif event.when.first > until:
        if in_grace(until, event.when.first):
            _say(found, question, None)
            _review(found, questions=(LAST_DAY,))
            return
        _say(found, question, False)
        found.questions, found.missing = (), ()
        _not_due(found, f"의무 기간({until}까지)이 지난 뒤의 일입니다.")
    else:
        _say(found, question, None)
        _review(found, missing=("사유가 생긴 날(일까지)",))


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
    words = _EVENT_WORDS[kind]
    if rule.kind == "commercial_use":
        hit = kind is Happening.COMMERCIAL_USE
        _say(found, "영업용으로 사용했는가", hit, words)
        if not hit:
            _not_due(found, f"{words}은(는) 이 감면의 추징 사유가 아닙니다.")
        return "영업용 사용" if hit else ""
    if kind in (Happening.DEREGISTRATION, Happening.SCRAPPING, Happening.EXPORT):
        _say(found, "소유권을 이전했는가", False, words)
        found.questions += (STRUCK_OFF,)
        _not_due(found, f"{words}은(는) 소유권 이전이 아닙니다.")
        return ""
    split = kind is Happening.HOUSEHOLD_SPLIT
    if kind is not Happening.TRANSFER and not (split and rule.kind == "person"):
        _say(found, "소유권을 이전했는가", False, words)
        _not_due(found, f"{words}은(는) 이 감면의 추징 사유가 아닙니다.")
        return ""
    if split and not _joint_split(found, relieved):
        return ""
    if _excused(found, event, earlier):
        return ""
    if split:
        return words
    return _transfer(found, rule, relieved, event)


def _joint_split(found: Clawback, relieved: Relieved) -> bool:
    if relieved.joint is None:
        _review(found, missing=("공동명의인지",))
        return False
    _say(found, "공동명의자와 세대를 달리하게 됐는가", relieved.joint)
    if not relieved.joint:
        found.questions += (ALONE_MOVES,)
        _not_due(found, "단독명의라 세대 요건이 없습니다.")
    return relieved.joint


def _excused(found: Clawback, event: Event, earlier: tuple[Event, ...]) -> bool:
    reason = event.reason
    if reason is None:
        reason = next(
            (
                _STANDALONE[other.kind]
                for other in earlier
                if other.kind in _STANDALONE and _not_after(other.when, event.when)
            ),
            None,
        )
    question = "사망·혼인·해외이민·운전면허 취소, 그 밖에 유사한 부득이한 사유가 있는가"
    if reason in _EXEMPT:
        _say(found, question, True, _REASON_WORDS[reason])
        _not_due(found, f"{_REASON_WORDS[reason]}에 따른 것이라 추징하지 않습니다.")
        return True
    if reason in _OPEN_REASONS:
        _say(found, question, None, _REASON_WORDS[reason])
        _review(found, questions=(_OPEN_REASONS[reason],))
        found.reason = f"{_REASON_WORDS[reason]}이(가) 부득이한 사유인지 사람이 정합니다."
        return False
    _say(found, question, False, _REASON_WORDS.get(reason, "") if reason else "")
    return False


def _not_after(first: When | None, then: When | None) -> bool:
    return first is None or then is None or first.first <= then.last


def _transfer(found: Clawback, rule: ClawbackRule, relieved: Relieved, event: Event) -> str:
    if rule.kind == "multichild":
        if event.to is Relation.SPOUSE:
            paragraph = relieved.article
            by_third = rule.article == "지특법§22의2④" and paragraph.startswith("지특법§22의2③")
            by_third |= rule.article == "지특법§22의2③" and paragraph.startswith("지특법§22의2②")
            if by_third:
                _review(found, questions=(THIRD_PARAGRAPH,))
                return "배우자에게 이전"
            _say(found, "배우자에게 이전했는가", True)
            _not_due(found, "배우자에게 이전한 것이라 추징하지 않습니다.")
            return ""
    elif event.to in ELIGIBLE_RELATIONS or event.to is Relation.SELF:
        answer = _between_family(found, event)
        if answer is not None:
            return answer
    if event.whole is False or (event.share is not None and event.share < Fraction(1)):
        found.questions += (SHARE_ONLY,)
        return "소유권(지분) 이전"
    return "소유권 이전"


def _between_family(found: Clawback, event: Event) -> str | None:
    """Judge 제17조제3항 단서; None = an ordinary transfer."""
    if event.to is Relation.SELF:
        _say(found, "공동등록자의 소유권을 본인이 이전받았는가", True)
        _not_due(found, "본인이 공동등록자의 지분을 이전받은 것이라 추징하지 않습니다(단서).")
        return ""
    if event.to_same_household is False:
        return None
    by = event.by
    if by is None:
        _review(found, missing=("지분을 넘긴 사람(본인인지 공동명의자인지)",))
        return "소유권 이전"
    if by is Relation.SELF:
        whole = event.whole if event.whole is not None else _whole_share(event)
        if whole is None:
            _review(found, missing=("본인이 지분 전부를 넘겼는지 일부를 넘겼는지",))
            return "소유권 이전"
        _say(found, "공동등록할 수 있는 가족에게 지분 일부만 이전했는가", not whole)
        if whole:
            return None
        _not_due(found, "공동등록할 수 있는 가족에게 일부만 이전해 추징하지 않습니다(단서).")
    else:
        _say(found, "공동등록할 수 있는 사람끼리 등록을 바꿨는가", True)
        _not_due(found, "공동등록할 수 있는 사람끼리의 등록 전환이라 추징하지 않습니다(단서).")
    if event.to_same_household is None:
        _say(found, "이전받은 가족이 같은 세대인가", None, SAME_HOUSE)
    return ""


def _whole_share(event: Event) -> bool | None:
    if event.share is None:
        return None
    return True if event.share >= 1 else None


def _trade(found: Clawback, rule: ClawbackRule, relieved: Relieved, event: Event) -> None:
    until = rule.until(relieved.acquired_on, relieved.registered_on)
    if until is None:
        _review(found, missing=("취득일",))
        return
    if event.when is None:
        _review(found, missing=("사유가 생긴 날",))
        return
    sold = event.kind is Happening.EXPORT or (
        event.kind is Happening.TRANSFER and rule.article == "지특법§68②"
    )
    if event.kind in (Happening.SCRAPPING, Happening.DEREGISTRATION):
        _scrapped(found, rule, relieved, event, until)
        return
    in_time = event.when.last <= until
    if not sold:
        _say(found, "매각·수출했는가", False, _EVENT_WORDS[event.kind or Happening.TRANSFER])
        if in_time:
            _not_due(found, f"{until}까지 매각·수출하면 됩니다.")
        else:
            _late(found, until, event)
        return
    if in_time:
        _say(found, f"{until}까지 매각·수출했는가", True)
        _not_due(found, "기간 안에 매각·수출했습니다.")
    elif event.when.first <= until:
        _review(found, missing=("매각·수출한 날(일까지)",))
    else:
        _late(found, until, event)


def _late(found: Clawback, until: date, event: Event) -> None:
    _say(found, f"{until}까지 매각·수출했는가", False)
    if event.when is not None and in_grace(until, event.when.first):
        _review(found, questions=(LAST_DAY,))
        return
    found.status, found.reason = Status.DUE, f"{until}까지 매각(수출)하지 않았습니다."
    found.event_on = until + timedelta(days=1)


def _scrapped(
    found: Clawback, rule: ClawbackRule, relieved: Relieved, event: Event, until: date
) -> None:
    later = relieved.acquired_on is None or relieved.acquired_on.year >= 2024
    if event.reason is Reason.DISASTER and later:
        _say(found, "재난 피해로 폐차했는가", True)
        _not_due(found, "재난 피해로 폐차해 추징하지 않습니다(단서).")
        return
    if event.reason is Reason.FAILED_INSPECTION and rule.article == "지특법§68②":
        year = end_of_years(relieved.acquired_on, 1) if relieved.acquired_on else None
        if year is not None and event.when is not None and event.when.first > year:
            _say(found, "취득일부터 1년이 지나 검사 부적합으로 폐차했는가", True)
            _not_due(found, "검사 부적합으로 폐차해 추징하지 않습니다(단서).")
            return
    if event.reason is None:
        _review(found, missing=("폐차한 까닭(검사 부적합·재난 피해 등)",))
        return
    _say(found, "추징하지 않는 폐차인가", False)
    found.status, found.reason = Status.DUE, "매각(수출)하지 않고 폐차했습니다."
    day = event.when.last if event.when is not None else until
    found.event_on = min(day, until + timedelta(days=1))


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
