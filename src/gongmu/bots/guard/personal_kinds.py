"""The kinds of personal data, and how a placeholder names them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PersonalKind(StrEnum):
    """What was found; the value is the Korean word of its placeholder."""

    RESIDENT = "주민번호"
    """Resident or foreigner registration number, whole or half of it."""
    PHONE = "전화"
    CARD = "카드"
    ACCOUNT = "계좌"
    PLATE = "차량번호"
    PASSPORT = "여권"
    LICENCE = "면허"
    EMAIL = "이메일"
    ADDRESS = "주소"
    BIRTH = "생년월일"
    BUSINESS = "사업자번호"
    CORPORATE = "법인번호"
    ENCODED = "부호화"
    """A stretch in base64 or hexadecimal that has personal data inside."""
    NAME = "이름"
    OFFICE_PHONE = "기관전화"
    """A public office's number: found, but not masked."""


ALWAYS_SECRET = frozenset(
    {
        PersonalKind.RESIDENT,
        PersonalKind.CARD,
        PersonalKind.ACCOUNT,
        PersonalKind.PASSPORT,
        PersonalKind.LICENCE,
        PersonalKind.ENCODED,
    }
)
"""What is masked for good when a document is learnt."""

MASKED = frozenset(PersonalKind) - {PersonalKind.OFFICE_PHONE}
"""What is masked wherever words leave or are listed: all but a public office's number."""


@dataclass(frozen=True)
class PersonalItem:
    """One find: text[start:end] is of this kind."""

    kind: PersonalKind
    start: int
    end: int
