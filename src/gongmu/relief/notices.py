"""Which text for which relief, now and later, who gets none and why, who gets a letter.

Pure: grant, decision, office and day in, a plan out. The wording is data (`wording`), the
decision comes from the rules, and the article recorded by the tax office is the one trusted: a
notice of another article's family is held for an officer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from gongmu.core.calendar import working_day_from
from gongmu.core.errors import Refused
from gongmu.core.values import korean_date
from gongmu.messages.message import recipient_digits
from gongmu.relief.drafts import UNSENDABLE, Drafter
from gongmu.relief.drafts import Desk as Desk
from gongmu.relief.drafts import Judged as Judged
from gongmu.relief.drafts import NoticeDraft as NoticeDraft
from gongmu.relief.drafts import last_digits as last_digits
from gongmu.relief.drafts import masked_name as masked_name
from gongmu.relief.drafts import message_key as message_key
from gongmu.relief.grant import Grant
from gongmu.relief.reminders import reminders, still_to_come
from gongmu.relief.wording import NO_DUTY, NOTICES, Texts, shipped_texts


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
    Raises Refused text_missing or text_hole when the texts themselves are incomplete.
    """
    texts = texts or shipped_texts()
    code = decision.notice_code
    send_on = working_day_from(today, closed_on)
    held = _held(grant, decision, send_on)
    if held is not None:
        return Plan(grant.grant_id, code, exclusions=(held,))
    base = code.removesuffix("+REPL")
    if base == NO_DUTY:
        reason = "추징 규정이 없는 감면이라 의무를 알리는 문자를 보내지 않습니다."
        why = LetterWhy.NO_TEXT if grant.electronic_notice else LetterWhy.STATUTORY
        return Plan(grant.grant_id, code, (), (), (Exclusion(Why.NO_DUTY, reason),), (why,))
    ends_on = decision.clawback_until_on
    assert ends_on is not None  # noqa: S101 - `_held` keeps back a notice without an end
    if send_on > ends_on:
        reason = f"의무 기간이 {korean_date(ends_on)} 에 끝나 안내할 때가 지났습니다."
        return Plan(grant.grant_id, code, exclusions=(Exclusion(Why.ENDED, reason),))
    silent = _silent(grant)
    if silent is not None:
        return Plan(grant.grant_id, code, (), (), (silent[0],), _letters(grant, silent[1]))
    desk = Drafter(grant, decision, office, texts)
    try:
        now = (desk.first(ends_on, send_on),)
        replace_by_on = decision.replacement_due_on if code.endswith("+REPL") else None
        coming = still_to_come(reminders(ends_on, replace_by_on, closed_on), today)
        later = tuple(desk.reminder(item) for item in coming if item.send_on > send_on)
    except Refused as why:
        if why.code != UNSENDABLE:
            raise
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
    desk = Drafter(grant, decision, office, texts)
    try:
        draft = desk.clawback(code, event.amount_won, event.filing_due_on, event_kind, send_on)
    except Refused as why:
        if why.code != UNSENDABLE:
            raise
        unsent = Exclusion(Why.UNSENDABLE, why.message)
        return Plan(grant.grant_id, code, (), (), (unsent,), (LetterWhy.UNSENDABLE,))
    return Plan(grant.grant_id, code, (draft,))


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


def _held(grant: Grant, decision: Judged, send_on: date) -> Exclusion | None:
    """Return why an officer has to look first, None when nothing is open."""
    base = decision.notice_code.removesuffix("+REPL")
    if base not in NOTICES | {NO_DUTY} or not grant.article:
        return Exclusion(Why.REVIEW, "감면 조문이나 의무를 담당자가 먼저 정해야 합니다.")
    family = family_of(grant.article)
    if family is not None and family != base.removesuffix("공동"):
        reason = "대장에 적힌 감면 조문과 안내문의 종류가 다릅니다. 담당자가 확인하세요."
        return Exclusion(Why.MISMATCH, reason)
    with_part, replace_by_on = decision.notice_code != base, decision.replacement_due_on
    if with_part and family_of(grant.article) not in {"N17", "N22", "N29"}:
        return Exclusion(Why.MISMATCH, "대체취득 규정이 없는 감면입니다. 담당자가 확인하세요.")
    if with_part and replace_by_on is not None and replace_by_on < send_on:
        reason = "종전차 정리 기한이 지났습니다. 정리되었는지 담당자가 확인하세요."
        return Exclusion(Why.REVIEW, reason)
    missing = [
        word
        for word, known in (
            ("감면세액", grant.relief_won is not None),
            ("의무 종료일", base == NO_DUTY or decision.clawback_until_on is not None),
            ("종전차 정리 기한", not with_part or replace_by_on is not None),
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
