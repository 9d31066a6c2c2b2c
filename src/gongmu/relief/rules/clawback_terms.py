"""What a clawback is: its status, its rule, the relief it falls on; which articles have one.

지특법 제17조제3항, 제22조의2제4항(2024년까지 제3항), 제29조제5항, 제67조제1항 단서,
제68조제2항·제4항. 제66조, 제67조제2항, 제70조 and 제92조 have none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from gongmu.relief.article import article_head, paragraph_of
from gongmu.relief.facts import Happening, Kind
from gongmu.relief.parameters import Deduction, InForce, MultiChild, PersonCar, Trade, block_of
from gongmu.relief.rule import Answer, Check
from gongmu.relief.rules.deadlines import PenaltyLine, end_of_years


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
    own_share: Fraction | None = None
    """Share of the person relieved, in the whole car; None = not known."""


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


EVENT_WORDS = {
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
    Happening.REJOINED: "다시 세대를 합친 것",
    Happening.UNSOLD: "매각하지 않은 것",
}

BEFORE_START = "사유가 생긴 날(적힌 날이 등록일·취득일보다 앞섬)"
LAST_DAY = (
    "의무 기간의 마지막 날이 토·일·공휴일이고 그 다음 날까지 사이에 사유가 생겼습니다. "
    "민법 제161조로 기간이 늘어나는지 정해 주세요."
)

_UNAVOIDABLE = ("사망", "혼인", "해외이민", "운전면허 취소", "그 밖에 이와 유사한 부득이한 사유")
_BETWEEN = (
    "공동등록할 수 있는 사람의 소유권을 본인이 이전받은 경우",
    "공동등록할 수 있는 사람이 본인에게서 소유권 일부를 이전받은 경우",
    "공동등록할 수 있는 사람끼리 등록을 바꾼 경우",
)


def to_review(
    found: Clawback, missing: tuple[str, ...] = (), questions: tuple[str, ...] = ()
) -> Clawback:
    """Leave a clawback to a person."""
    found.status = Status.REVIEW
    found.missing += missing
    found.questions += questions
    return found


def say(found: Clawback, question: str, answer: bool | None, note: str = "") -> None:
    """Add a check of the clawback's own clause."""
    word = Answer.UNKNOWN if answer is None else Answer.YES if answer else Answer.NO
    found.checks.append(Check(found.article, question, word, note))


def not_due(found: Clawback, reason: str) -> None:
    """Say that nothing is taken back, and why."""
    found.status, found.reason = Status.NOT_DUE, reason


def clawback_rule(
    article: str, acquired_on: date, now: InForce, kind: Kind | None = None
) -> ClawbackRule | None:
    """Return what takes back a relief under `article`; None when nothing does.

    `kind` matters for 제68조 only (승합·화물·특수: three years from 2024-01-01).
    """
    paragraph = paragraph_of(article)
    key = (paragraph if acquired_on.year >= 2025 else f"~2024 {paragraph}", kind)
    if key not in now.clawbacks:
        now.clawbacks[key] = _rule(paragraph, acquired_on, now, kind)
    found: ClawbackRule | None = now.clawbacks[key]
    return found


def _rule(
    paragraph: str, acquired_on: date, now: InForce, kind: Kind | None
) -> ClawbackRule | None:
    head = article_head(paragraph)
    if head in ("지특법§17", "지특법§29") or "조례" in head:
        block = "veteran_29_4" if head == "지특법§29" else "disabled_17"
        person, _ = block_of(now, block, PersonCar)
        years = person.clawback_years if person is not None else 1
        clause = "지특법§29⑤" if head == "지특법§29" else "지특법§17③"
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
        light, _ = block_of(now, "light_67_1", Deduction)
        years = light.clawback_years if light is not None else 1
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
