"""Reads names and resident or corporate numbers; the numbers stop here. Quiet.

Law: 개인정보 보호법 제24조의2 (a resident number is kept only where a law asks for it): what leaves
this module is a birth day, a digit for century and sex, and a keyed hash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gongmu.relief.cells import Unreadable

_PERSON_NAME = re.compile(
    r"[가-힣]{2,17}|[A-Za-z][A-Za-z .,'\-]{1,58}|[가-힣]{1,12}(?: [가-힣]{1,12})+"
)
_COMPANY_NAME = re.compile(r"(?=.*[가-힣A-Za-z])[가-힣A-Za-z0-9 .,&()\-+·'/]{2,60}")
_COMPANY_MARK = re.compile(
    r"\(주\)|\(유\)|\(합\)|\(사\)|\(재\)|주식회사|유한회사|합자회사|사단법인|재단법인|협동조합|법인"
    r"|조합$|상사$|렌터카$|렌트카$|캐피탈$|시청$|군청$|구청$"
)
_NO_NAMES = frozenset(
    re.findall(
        r"\w+",
        """승용 승합 화물 이륜 특수 비영업용 영업용 자가용 사업용 휘발유 경유 전기 수소 하이브리드
        신규 매매 증여 상속 이전 개인 법인 신청 미신청 배우자 본인 세대주""",
    )
)
_COMPANY_TYPES = frozenset(("법인", "20", "단체", "법인사업자"))
_PERSON_TYPES = frozenset(("개인", "00", "0", "내국인", "외국인", "개인사업자"))


def person_type(text: str) -> bool | None:
    """Return whether the column of kinds says company; None when it is blank."""
    if not text:
        return None
    if text in _COMPANY_TYPES or text in _PERSON_TYPES:
        return text in _COMPANY_TYPES
    raise Unreadable("개인·법인 구분으로 아는 말이 아닙니다.")


def is_company_name(text: str) -> bool:
    """Return whether the name carries the mark of a company or office."""
    return _COMPANY_MARK.search(text) is not None


def person_name(text: str, company: bool | None) -> str:
    """Return a name that looks like one; raises Unreadable for numbers, hanja and other text."""
    if not text:
        raise Unreadable("이름이 비어 있습니다.")
    if text in _NO_NAMES:
        raise Unreadable("이름이 아니라 다른 열의 말입니다.")
    form = _COMPANY_NAME if company or is_company_name(text) else _PERSON_NAME
    if not form.fullmatch(text):
        raise Unreadable("이름으로 읽을 수 없습니다.")
    return text


@dataclass(frozen=True)
class Number:
    """What is kept of a resident or corporate number."""

    birth: str = ""
    """YYMMDD-S."""
    key: str = ""
    company: bool | None = None
    """None when the number does not tell."""


_RESIDENT = re.compile(r"(\d{6})-?([0-9])(\d{6}|[*xX●○]{6}|)")
_BIRTH_ONLY = re.compile(r"\d{6}-?[*xX●○]{0,7}")
_BUSINESS = re.compile(r"\d{3}-\d{2}-\d{5}")
_CENTURY = {"1": 1900, "2": 1900, "5": 1900, "6": 1900, "3": 2000, "4": 2000, "7": 2000, "8": 2000}


def number(
    text: str, company: bool | None, today: date | None, key: Callable[[str], str]
) -> Number:
    """Return birth and keyed hash of a resident number, or the keyed hash of a company's.

    `company` is what other columns say; `today`, when known, bounds a person's age. A masked
    number gives the birth only. Nothing of the number itself leaves this function.
    """
    if not text:
        return Number(company=company)
    solid = re.sub(r"\s", "", text)
    if _BUSINESS.fullmatch(solid) or (company and re.fullmatch(r"\d{10}", solid)):
        return Number(key=key(solid.replace("-", "")), company=True)
    match = _RESIDENT.fullmatch(solid)
    if company:
        if match and match[3].isdigit():
            return Number(key=key(solid.replace("-", "")), company=True)
        raise Unreadable("법인등록번호의 꼴이 아닙니다.", column="number")
    if match is None and _BIRTH_ONLY.fullmatch(solid):
        return Number(company=company)
    if match is None or not _born(match[1], match[2], today):
        raise Unreadable(
            "주민(법인)등록번호의 꼴이 아닙니다.",
            "번호를 확인하고, 법인이면 개인·법인 구분 열을 함께 내려받으세요.",
            "number",
        )
    whole_number = match[3].isdigit()
    return Number(
        birth=f"{match[1]}-{match[2]}",
        key=key(solid.replace("-", "")) if whole_number else "",
        company=False,
    )


def _born(six: str, digit: str, today: date | None) -> bool:
    """Tell whether a person with this beginning of a number can be alive."""
    century = _CENTURY.get(digit)
    if century is None:
        return False
    try:
        born = date(century + int(six[:2]), int(six[2:4]), int(six[4:]))
    except ValueError:
        return False
    return today is None or (born <= today and today.year - born.year <= 110)
