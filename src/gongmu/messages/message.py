"""What may stand in a text and to whom it may go, judged without asking anyone.

Sources: SMS 90 bytes, LMS 2,000 bytes, two bytes for a Hangul syllable (CP949); sender numbers by
전기통신사업법 제84조의2; no links, no resident numbers, no grade in a city's texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from gongmu.core.errors import Refused
from gongmu.messages.characters import instead_of, sendable_text, unsendable
from gongmu.messages.provider import Kind

SMS_BYTES = 90
LMS_BYTES = 2_000
SUBJECT_BYTES = 40

_HOSTS = (
    "kr|com|net|org|io|me|ly|gl|co|app|link|page|site|shop|xyz|info|biz|top|click|online|store"
    "|gg|to|cc|tv|us|jp|cn|asia|dev|im|la|ee|do|한국|컴|닷컴|닷넷"
)
_LINKS = (
    re.compile(r"[a-z][a-z0-9+.-]{1,10}\s*:\s*/\s*/", re.IGNORECASE),
    re.compile(r"(?<![a-z0-9])www\s*\.", re.IGNORECASE),
    re.compile(
        rf"(?<![\w@])[a-z0-9가-힣][a-z0-9가-힣-]*(?:\s?\.\s?[a-z0-9가-힣-]+)*\.(?:{_HOSTS})(?![a-z0-9가-힣])",
        re.IGNORECASE,
    ),
    re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:[:/]|(?![\d.]))"),
)
_RESIDENT = re.compile(
    r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s?[-–]?\s?[1-8][\d*●xX]{6}(?![\d*])"
)
_PLACEHOLDERS = re.compile(
    r"[#$%]?\{+[^{}\n]*\}*|\}+|##[^#\n]+##|%[가-힣A-Za-z_]+%|<[가-힣A-Za-z_ ]+>|○{2,}|_{2,}"
    r"|\[\[.*?\]\]|(?<![A-Za-z])(?:None|NaN|nan|null|undefined)(?![A-Za-z])"
)


@dataclass(frozen=True)
class Problem:
    """What stands in the way of a text; `position` counts characters from 1, 0 = the whole.

    `message` may travel on in errors, so it never quotes more than single characters; `found`
    is for the screen of whoever wrote the text.
    """

    code: str
    message: str
    position: int = 0
    found: str = field(default="", repr=False)
    suggestion: str = ""


@dataclass(frozen=True)
class Prices:
    """Won for one text of each kind, without rounding."""

    sms_won: Fraction
    lms_won: Fraction

    def of(self, kind: Kind) -> Fraction:
        """Return the price of one text."""
        return self.sms_won if kind is Kind.SMS else self.lms_won


def byte_count(text: str) -> int:
    """Return the length in CP949 bytes; a character outside it counts as two."""
    return len(text.encode("cp949", "replace")) + sum(len(run) for _, run in _outside(text))


def _outside(text: str) -> list[tuple[int, str]]:
    # "replace" writes one byte for a character that would need two.
    return [(at, c) for at, c in enumerate(text) if not _in_cp949(c)]


def _in_cp949(character: str) -> bool:
    return character.encode("cp949", "ignore") != b""


def kind_of(text: str, subject: str = "") -> Kind:
    """Return SMS up to 90 bytes without a subject, else LMS; raises Refused text_too_long."""
    length = byte_count(text)
    if length > LMS_BYTES:
        raise Refused(
            "text_too_long",
            f"글이 {length:,}바이트입니다. 장문(LMS)도 {LMS_BYTES:,}바이트까지입니다.",
            "글을 줄이세요.",
        )
    return Kind.SMS if length <= SMS_BYTES and not subject else Kind.LMS


def problems_of(
    text: str, subject: str = "", forbidden: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Return everything that must not stand in a text; `forbidden` words ignore spaces."""
    found: list[Problem] = []
    if not text.strip():
        found.append(Problem("text_empty", "글이 비어 있습니다."))
    found += _too_long(text, subject)
    for part in (subject, text):
        found += _characters(part)
        found += _all(_PLACEHOLDERS, part, "placeholder_left", "채우지 않은 자리입니다")
        for pattern in _LINKS:
            found += _all(pattern, part, "link", "인터넷 주소(링크)입니다")
        # The number itself must not travel on in an error.
        found += [
            Problem("resident_number", "주민등록번호처럼 보이는 수가 있습니다.", one.start() + 1)
            for one in _RESIDENT.finditer(part)
        ]
        found += _words(part, forbidden)
    return tuple(found)


def check(text: str, subject: str = "", forbidden: Collection[str] = ()) -> Kind:
    """Return the kind of a text that may be sent; raises Refused naming every problem."""
    if found := problems_of(text, subject, forbidden):
        raise Refused(
            found[0].code,
            "보낼 수 없는 글입니다. " + " ".join(problem.message for problem in found),
            f"이렇게 고쳐 보세요: {found[0].suggestion}"
            if found[0].suggestion
            else "글을 고치세요.",
        )
    return kind_of(text, subject)


def suggestion(text: str) -> str:
    """Return the text with every character that cannot be sent replaced or left out."""
    return sendable_text(text)


def _too_long(text: str, subject: str) -> list[Problem]:
    found = []
    if (length := byte_count(text)) > LMS_BYTES:
        said = f"글이 {length:,}바이트로 한도 {LMS_BYTES:,}바이트를 넘습니다."
        found.append(Problem("text_too_long", said))
    if (length := byte_count(subject)) > SUBJECT_BYTES:
        said = f"제목이 {length}바이트로 한도 {SUBJECT_BYTES}바이트를 넘습니다."
        found.append(Problem("subject_too_long", said))
    return found


def _characters(text: str) -> list[Problem]:
    found = []
    for position, run in unsendable(text):
        instead = instead_of(run)
        named = " ".join(f"'{c}'(U+{ord(c):04X})" if c.isprintable() else f"U+{ord(c):04X}"
                         for c in run)  # fmt: skip
        said = f"{position + 1}번째 글자 {named}은(는) 문자로 보낼 수 없습니다."
        said += f" '{instead}'(으)로 바꾸세요." if instead.strip() else " 빼세요."
        found.append(Problem("character_unsendable", said, position + 1, run, instead))
    return found


def _all(pattern: re.Pattern[str], text: str, code: str, said: str) -> list[Problem]:
    # Full-width letters and dots make a link just as well.
    plain = "".join(_plain(character) for character in text)
    return [
        Problem(code, f"{one.start() + 1}번째 글자부터 {said}.", one.start() + 1, one[0])
        for one in pattern.finditer(plain)
    ]


def _plain(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and "!" <= folded <= "~" else character


def _words(text: str, forbidden: Collection[str]) -> list[Problem]:
    places = [place for place, character in enumerate(text) if not character.isspace()]
    close = "".join(text[place] for place in places)
    found = []
    for word in sorted(forbidden):
        bare = re.sub(r"\s", "", word)
        at = close.find(bare) if bare else -1
        if at >= 0:
            said = f"문자에 쓰지 않기로 한 말이 있습니다: '{word}'."
            found.append(Problem("word_forbidden", said, places[at] + 1, word))
    return found


_LAND = re.compile(r"02\d{7,8}|0(?:3[1-3]|4[1-4]|5[1-5]|6[1-4])\d{7,8}|070\d{8}|080\d{7,8}")
_MOBILE = re.compile(r"010\d{8}|01[16-9]\d{7,8}")
_NATIONWIDE = re.compile(r"1[568]\d{6}")


def sender_digits(number: str, registered: Sequence[str]) -> str:
    """Return a sender's digits; raises Refused for a form telecoms refuse or an unknown number.

    Source: 발신번호 사전등록제 (전기통신사업법 제84조의2): 8 to 11 digits, land lines with
    their area code, 15YY/16YY/18YY exactly 8 digits, 050 never.
    """
    digits = re.sub(r"[-\s]", "", number)
    if not digits.isascii() or not digits.isdigit() or not 8 <= len(digits) <= 11:
        raise _bad_sender("숫자 8~11자리여야 합니다")
    if digits.startswith("050"):
        raise _bad_sender("050 번호로는 보낼 수 없습니다")
    if re.fullmatch(r"0\d{1,2}1[568]\d{6}", digits) and not _LAND.fullmatch(digits):
        raise _bad_sender("15YY·16YY·18YY 번호에는 지역번호를 붙이지 않습니다")
    if re.match(r"1[568]", digits) and len(digits) != 8:
        raise _bad_sender("15YY·16YY·18YY 번호는 8자리입니다")
    if not digits.startswith(("0", "15", "16", "18")):
        raise _bad_sender("유선번호에는 지역번호를 붙이세요")
    if not any(form.fullmatch(digits) for form in (_LAND, _MOBILE, _NATIONWIDE)):
        raise _bad_sender("있을 수 없는 번호입니다")
    if digits not in {re.sub(r"[-\s]", "", known) for known in registered}:
        raise _bad_sender("통신사에 등록한 번호 목록(senders)에 없습니다")
    return digits


def recipient_digits(phone: str) -> str:
    """Return a mobile number's digits; raises Refused phone_unreachable for any other number."""
    digits = re.sub(r"[-\s.()]", "", phone)
    digits = re.sub(r"^\+?82\+?0?(?=1)", "0", digits)
    if not digits.isascii() or not _MOBILE.fullmatch(digits):
        raise Refused(
            "phone_unreachable",
            "문자를 받을 수 없는 번호입니다.",
            "휴대전화 번호를 확인하거나 우편으로 보내세요.",
        )
    return digits


def mask_phone(phone: str) -> str:
    """Return 010-****-1234; of a number in any other form only the last four digits stay."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 8:
        return "*" * len(digits)
    if len(digits) == 8:
        return f"****-{digits[-4:]}"
    head = 2 if digits.startswith("02") else 3
    return f"{digits[:head]}-{'*' * max(len(digits) - head - 4, 1)}-{digits[-4:]}"


def _bad_sender(why: str) -> Refused:
    return Refused(
        "sender_invalid",
        f"발신번호를 쓸 수 없습니다: {why}.",
        "통신사에 등록한 번호를 도시 파일 [messages]의 senders와 sender에 적으세요.",
    )
