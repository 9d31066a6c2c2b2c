"""Which text for which relief, now and later, who gets none and why, who gets a letter.

Pure: grant, decision, office and day in, a plan out. The wording is data (`wording`), the
decision comes from the rules, and the article recorded by the tax office is the one trusted: a
notice of another article's family is held for an officer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from gongmu.core.calendar import working_day_from
from gongmu.core.errors import Refused
from gongmu.core.values import korean_date
from gongmu.messages.characters import unsendable
from gongmu.messages.message import (
    SMS_BYTES,
    byte_count,
    kind_of,
    problems_of,
    recipient_digits,
)
from gongmu.messages.provider import Kind
from gongmu.relief.grant import Grant
from gongmu.relief.reminders import Reminder, reminders, still_to_come
from gongmu.relief.wording import (
    FORBIDDEN,
    NEVER,
    NO_DUTY,
    NOTICES,
    Texts,
    Wording,
    filled,
    shipped_texts,
)


class Desk(Protocol):
    """The tax office as the texts name it; `relief.office` fits."""

    @property
    def office(self) -> str:
        """Stands at the head of every text."""
        ...

    @property
    def phone(self) -> str:
        """Whom to call."""
        ...


class Judged(Protocol):
    """What a notice needs of a decision; `relief.assess.Decision` fits."""

    @property
    def notice_code(self) -> str: ...
    @property
    def clawback_until_on(self) -> date | None: ...
    @property
    def replacement_due_on(self) -> date | None: ...


class Event(Protocol):
    """What a clawback notice needs; `Decision.clawback` fits."""

    @property
    def amount_won(self) -> int | None: ...
    @property
    def filing_due_on(self) -> date | None: ...


class Why(StrEnum):
    """Why no text goes out; the value is the word of the report."""

    NO_DUTY = "추징 규정 없음"
    REVIEW = "담당자 확인 중"
    MISMATCH = "조문과 안내문 다름"
    MISSING = "빠진 값"
    ENDED = "의무 기간 끝남"
    COMPANY = "법인"
    NO_PHONE = "휴대전화 없음"
    UNSENDABLE = "보낼 수 없는 글자"


class LetterWhy(StrEnum):
    """Why a letter goes out; the value is the word of the letter list."""

    STATUTORY = "전자적 안내를 신청하지 않음"
    NO_PHONE = "휴대전화 번호 없음"
    UNSENDABLE = "문자로 보낼 수 없는 글자"
    COMPANY = "법인"
    NO_TEXT = "보낼 문자가 없는 감면"
    FAILED = "문자가 전해지지 않음"


@dataclass(frozen=True)
class Exclusion:
    """Why no text goes out; `reason` is a Korean sentence without personal data."""

    why: Why
    reason: str


@dataclass(frozen=True)
class NoticeDraft:
    """One text as it will be sent; `text` and `subject` hold personal data."""

    key: str
    """Deterministic, at most 40 ASCII characters: the ledger's key."""
    code: str
    template_version: str
    subject: str
    text: str
    kind: Kind
    byte_count: int
    due_on: date
    """The day it speaks of: the duty's last day, or the reminder's day by the calendar."""
    not_before_on: date
    """The working day from which it may go out."""


@dataclass(frozen=True)
class Plan:
    """What one grant gets: texts now and later, or the reasons why none, and the letter."""

    grant_id: str
    notice_code: str
    now: tuple[NoticeDraft, ...] = ()
    later: tuple[NoticeDraft, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    letter: tuple[LetterWhy, ...] = ()
    """Reasons for a letter; empty = none needed."""

    @property
    def needs_letter(self) -> bool:
        """Whether a letter goes out."""
        return bool(self.letter)


def plan(
    grant: Grant,
    decision: Judged,
    office: Desk,
    today: date,
    *,
    closed_on: Collection[date] = (),
    texts: Texts | None = None,
) -> Plan:
    """Decide what one grant gets on `today`: texts now and later, exclusions, the letter.

    `closed_on` are days the office is shut besides weekends and holidays. Nothing is guessed: a
    value that is not known, or a notice that does not fit the article, holds the grant back.
    """
    texts = texts or shipped_texts()
    code = decision.notice_code
    held = _held(grant, decision)
    if held is not None:
        return Plan(grant.grant_id, code, exclusions=(held,))
    base = code.removesuffix("+REPL")
    if base == NO_DUTY:
        reason = "추징 규정이 없는 감면이라 의무를 알리는 문자를 보내지 않습니다."
        why = LetterWhy.NO_TEXT if grant.electronic_notice else LetterWhy.STATUTORY
        return Plan(grant.grant_id, code, (), (), (Exclusion(Why.NO_DUTY, reason),), (why,))
    ends_on = decision.clawback_until_on
    assert ends_on is not None  # noqa: S101 - `_held` keeps back a notice without an end
    send_on = working_day_from(today, closed_on)
    if send_on > ends_on:
        reason = f"의무 기간이 {korean_date(ends_on)} 끝났습니다."
        return Plan(grant.grant_id, code, exclusions=(Exclusion(Why.ENDED, reason),))
    silent = _silent(grant)
    if silent is not None:
        return Plan(grant.grant_id, code, (), (), (silent[0],), _letters(grant, silent[1]))
    desk = _Writer(grant, decision, office, texts)
    try:
        now = (desk.first(ends_on, send_on),)
        coming = still_to_come(reminders(ends_on, decision.replacement_due_on, closed_on), today)
        later = tuple(desk.reminder(item) for item in coming if item.send_on > send_on)
    except Refused as why:
        unsent = Exclusion(Why.UNSENDABLE, why.message)
        return Plan(grant.grant_id, code, (), (), (unsent,), _letters(grant, LetterWhy.UNSENDABLE))
    return Plan(grant.grant_id, code, now, later, (), _letters(grant, None))


def clawback_plan(
    grant: Grant,
    decision: Judged,
    event: Event,
    event_kind: str,
    office: Desk,
    today: date,
    *,
    closed_on: Collection[date] = (),
    texts: Texts | None = None,
) -> Plan:
    """Decide the text after an event that makes clawback due: CB, past the day CB미신고.

    `event_kind` is one of EVENT_KINDS. An event that this relief does not know (a household
    split for §22의2, a sale for §67①) is held back: 지특법 §17③, §22의2④, §67①, 지방세법 §20③.
    """
    texts = texts or shipped_texts()
    base = decision.notice_code.removesuffix("+REPL")
    if event_kind not in EVENT_KINDS.get(base, ()):
        reason = f"이 감면은 '{event_kind}' 때문에 추징하지 않습니다. 담당자가 확인하세요."
        return Plan(grant.grant_id, "CB", exclusions=(Exclusion(Why.MISMATCH, reason),))
    if event.filing_due_on is None or not event.amount_won:
        reason = "추징세액이나 신고기한을 모릅니다. 담당자가 확인하세요."
        return Plan(grant.grant_id, "CB", exclusions=(Exclusion(Why.MISSING, reason),))
    send_on = working_day_from(today, closed_on)
    code = "CB" if send_on <= event.filing_due_on else "CB미신고"
    silent = _silent(grant)
    if silent is not None:
        return Plan(grant.grant_id, code, (), (), (silent[0],), (silent[1],))
    desk = _Writer(grant, decision, office, texts)
    try:
        draft = desk.clawback(code, event.amount_won, event.filing_due_on, event_kind, send_on)
    except Refused as why:
        unsent = Exclusion(Why.UNSENDABLE, why.message)
        return Plan(grant.grant_id, code, (), (), (unsent,), (LetterWhy.UNSENDABLE,))
    return Plan(grant.grant_id, code, (draft,))


def message_key(grant_id: str, code: str, version: str, due_on: date) -> str:
    """Return the ledger's key of one text: the same facts always give the same 35 characters."""
    facts = "\x1f".join(("relief-notice", grant_id, code, version, due_on.isoformat()))
    return "rn-" + hashlib.sha256(facts.encode()).hexdigest()[:32]


def masked_name(name: str) -> str:
    """Return a name with its middle hidden: 홍*동, 남*; what is shown stays as it is written."""
    name = name.strip()
    if len(name) == 1:
        return "*"
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def last_digits(plate: str) -> str:
    """Return the last four digits of a plate, '' when it does not end in four digits."""
    found = re.search(r"(?<![0-9])[0-9]{4}$", plate.strip())
    return found[0] if found else ""


def family_of(article: str) -> str | None:
    """Return the notice family of a canonical article, NONE without a clawback rule.

    None for an article that is not of 지특법: an ordinance's notice is the rule's to say.
    """
    if not article.startswith("지특법§"):
        return None
    for start, family in _FAMILIES:
        if re.match(f"지특법§{start}(?![0-9의])", article):
            return family
    return NO_DUTY


EVENT_KINDS: Mapping[str, tuple[str, ...]] = {
    "N17": ("이전",),
    "N29": ("이전",),
    "N17공동": ("이전", "세대분리"),
    "N29공동": ("이전", "세대분리"),
    "N22": ("이전",),
    "N67": ("영업용",),
    "N68": ("미매각",),
}
"""Notice code → events that make clawback due."""

_FAMILIES = (("17", "N17"), ("22의2", "N22"), ("29", "N29"), ("67①", "N67"), ("68", "N68"))


def _held(grant: Grant, decision: Judged) -> Exclusion | None:
    """Return why an officer has to look first, None when nothing is open."""
    base = decision.notice_code.removesuffix("+REPL")
    if base not in NOTICES | {NO_DUTY} or not grant.article:
        return Exclusion(Why.REVIEW, "감면 조문이나 의무를 담당자가 먼저 정해야 합니다.")
    family = family_of(grant.article)
    if family is not None and family != base.removesuffix("공동"):
        reason = "대장에 적힌 감면 조문과 안내문의 종류가 다릅니다. 담당자가 확인하세요."
        return Exclusion(Why.MISMATCH, reason)
    missing = [
        word
        for word, known in (
            ("감면세액", grant.relief_won is not None),
            ("의무 종료일", base == NO_DUTY or decision.clawback_until_on is not None),
            (
                "종전차 정리 기한",
                not decision.notice_code.endswith("+REPL")
                or decision.replacement_due_on is not None,
            ),
            ("성명", bool(grant.name.strip())),
            ("개인·법인 구분", grant.is_company is not None or bool(grant.birth)),
        )
        if not known
    ]
    if missing:
        return Exclusion(Why.MISSING, f"모르는 값이 있습니다: {', '.join(missing)}.")
    return None


def _silent(grant: Grant) -> tuple[Exclusion, LetterWhy] | None:
    """Return why this person cannot be texted, with the letter's reason."""
    if grant.is_company:
        return Exclusion(Why.COMPANY, "법인이라 우편으로 안내합니다."), LetterWhy.COMPANY
    try:
        recipient_digits(grant.phone)
    except Refused:
        reason = "문자를 받을 휴대전화 번호가 없어 우편으로 안내합니다."
        return Exclusion(Why.NO_PHONE, reason), LetterWhy.NO_PHONE
    return None


def _letters(grant: Grant, why: LetterWhy | None) -> tuple[LetterWhy, ...]:
    """Return the letter's reasons: form 2 unless electronic notice was asked for (규칙 §2②)."""
    asked = grant.electronic_notice is True
    return (() if asked else (LetterWhy.STATUTORY,)) + (() if why is None else (why,))


class _Writer:
    """Fills the wordings for one grant."""

    def __init__(self, grant: Grant, decision: Judged, office: Desk, texts: Texts) -> None:
        self._grant = grant
        self._notice = decision.notice_code.removesuffix("+REPL")
        self._replace_by_on = decision.replacement_due_on
        self._with_part = decision.notice_code.endswith("+REPL")
        self._ends_on = decision.clawback_until_on
        self._office = office
        self._texts = texts

    def first(self, ends_on: date, send_on: date) -> NoticeDraft:
        wording = self._texts.on(self._notice, send_on)
        version, part = wording.version, ""
        if self._with_part:
            extra = self._texts.on("REPL", send_on)
            part = filled(extra.lms, self._values(extra))
            version = f"{version}+{extra.version}"
        text = filled(wording.lms, self._values(wording) | {"대체": part})
        code = self._notice + ("+REPL" if self._with_part else "")
        return self._draft(code, version, wording.subject, text, ends_on, send_on)

    def reminder(self, item: Reminder) -> NoticeDraft:
        # 판은 나가는 날의 것: 언제 계획하든 같은 열쇠가 된다
        wording = self._texts.on(item.code, item.send_on)
        short = filled(wording.sms, self._values(wording, short=True))
        if byte_count(short) <= SMS_BYTES:
            text, subject = short, ""
        else:  # 기관 이름이 긴 도시
            text, subject = filled(wording.lms, self._values(wording)), wording.subject
        return self._draft(item.code, wording.version, subject, text, item.due_on, item.send_on)

    def clawback(
        self, code: str, amount_won: int, due_on: date, event_kind: str, send_on: date
    ) -> NoticeDraft:
        wording = self._texts.on(code, send_on)
        values = self._values(wording) | {
            "추징세액": f"{amount_won:,}",
            "신고기한": _day(due_on),
            "사유": wording.words["사유"][event_kind],
        }
        return self._draft(
            code, wording.version, wording.subject, filled(wording.lms, values), due_on, send_on
        )

    def _values(self, wording: Wording, *, short: bool = False) -> dict[str, str]:
        grant, tail, old = (
            self._grant,
            last_digits(self._grant.plate),
            last_digits(self._grant.previous_plate),
        )
        values = {"기관": self._office.office, "전화": self._office.phone}
        values["성명"] = masked_name(grant.name)
        values["감면세액"] = f"{grant.relief_won or 0:,}"
        if short:
            values["차량"] = f"차량{tail}" if tail else "감면차량"
            values["종전차량"] = f"종전차{old}"
        else:
            values["차량"] = f"차량(끝번호 {tail})" if tail else "차량"
            values["종전차량"] = f"종전 차량(끝번호 {old})" if old else "종전 차량"
        for name, day in (("의무종료일", self._ends_on), ("대체기한", self._replace_by_on)):
            if day is not None:
                values[name] = _short_day(day) if short else _day(day)
        for name, choices in wording.words.items():
            if self._notice in choices:
                values[name] = choices[self._notice]
        return values

    def _draft(
        self, code: str, version: str, subject: str, text: str, due_on: date, send_on: date
    ) -> NoticeDraft:
        self._check(text, subject)
        return NoticeDraft(
            key=message_key(self._grant.grant_id, code, version, due_on),
            code=code,
            template_version=version,
            subject=subject,
            text=text,
            kind=kind_of(text, subject),
            byte_count=byte_count(text),
            due_on=due_on,
            not_before_on=send_on,
        )

    def _check(self, text: str, subject: str) -> None:
        problems = problems_of(text, subject, {*NEVER, *FORBIDDEN[self._notice]})
        if not problems:
            return
        # 글자 자체는 이름의 조각일 수 있어 까닭에 적지 않는다
        if unsendable(masked_name(self._grant.name)):
            said = "성명에 문자로 보낼 수 없는 글자가 있어 우편으로 안내합니다."
        elif any(one.code == "character_unsendable" for one in problems):
            said = "글에 문자로 보낼 수 없는 글자가 있어 우편으로 안내합니다."
        else:
            codes = ", ".join(sorted({one.code for one in problems}))
            said = f"글이 문자 검사를 통과하지 못해 우편으로 안내합니다({codes})."
        raise Refused("text_unsendable", said, "우편으로 안내하세요.")


def _day(day: date) -> str:
    return f"{day.year}년 {day.month}월 {day.day}일"


def _short_day(day: date) -> str:
    return f"{day.year}.{day.month}.{day.day}."
