"""One text for one grant: the wording filled, measured, checked and given its key.

Pure. The name stands masked and the plate by its last four digits: enough for the right person to
know the car, too little for the wrong one (지방세기본법 제86조).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from gongmu.core.errors import Refused
from gongmu.messages.characters import unsendable
from gongmu.messages.message import SMS_BYTES, byte_count, kind_of, problems_of
from gongmu.messages.provider import Kind
from gongmu.relief.grant import Grant
from gongmu.relief.reminders import Reminder
from gongmu.relief.wording import FORBIDDEN, NEVER, Texts, Wording, filled

UNSENDABLE = "text_unsendable"
"""Code of a text that its reader's own letters keep from being sent."""


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


class Drafter:
    """Fills the wordings for one grant; every text raises Refused text_unsendable."""

    def __init__(self, grant: Grant, decision: Judged, office: Desk, texts: Texts) -> None:
        self._grant = grant
        self._notice = decision.notice_code.removesuffix("+REPL")
        self._replace_by_on = decision.replacement_due_on
        self._with_part = decision.notice_code.endswith("+REPL")
        self._ends_on = decision.clawback_until_on
        self._office = office
        self._texts = texts

    def first(self, ends_on: date, send_on: date) -> NoticeDraft:
        """Return the first notice, with the part on the earlier car when there is one."""
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
        """Return one reminder: the form of 90 bytes, or the long one where the office is long."""
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
        """Return the text after an event that makes clawback due."""
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
        raise Refused(UNSENDABLE, said, "우편으로 안내하세요.")


def _day(day: date) -> str:
    return f"{day.year}년 {day.month}월 {day.day}일"


def _short_day(day: date) -> str:
    return f"{day.year}.{day.month}.{day.day}."
