"""Since when and until when a document is in force, as the document itself says; never guessed.

Quiet: this module reaches nothing outside itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_DAY = (
    r"(?:'|’|‘)?(?P<{0}y>\d{{4}}|\d{{2}}(?=\s?[.년]))\s?(?:년|[.\-/])\s?(?P<{0}m>\d{{1,2}})\s?"
    r"(?:월|[.\-/])\s?(?P<{0}d>\d{{1,2}})\s?(?:일|\.)?"
)
_ONE = _DAY.format("a")
_WEEKDAY = r"(?:\s?\([월화수목금토일]\))?"
_BRACKET = re.compile(rf"[\[(（<〈]\s?시\s?행\s*{_ONE}")
_STARTS = (
    re.compile(rf"시행\s?(?:일자|일|예정일|시기)?\s?[:：]\s?{_ONE}"),
    re.compile(rf"시행(?:일자|일)\s?\|?\s{{0,3}}{_ONE}"),
    re.compile(rf"적용\s?(?:일자|일|시점|시기)\s?[:：]?\s?{_ONE}"),
    re.compile(rf"효력\s?발생일\s?[:：]?\s?{_ONE}"),
    re.compile(rf"(?:effective|시행)[_ ]?(?:date|from|on)?\s?[:：]\s?{_ONE}", re.IGNORECASE),
)
_CLAUSE = re.compile(rf"{_ONE}{_WEEKDAY}\s?(?:부터|자로)\s?(?:이를\s?)?(?:시행|적용|실시)")
_RANGE = re.compile(
    r"(?:적용|시행|유효|운영|사업|지원|계약|효력)\s?기간\s?[:：]?\s?"
    rf"{_ONE}{_WEEKDAY}\s?[~∼～\-–부터]{{1,2}}\s?(?:{_DAY.format('b')})"
)
_YEAR_OF = re.compile(r"(?<![\d.])(?P<year>20\d{2})(?!\d|\s?[.\-/]\s?\d|\s?년?\s?\d{1,2}\s?월)")
_YEARLY = re.compile(r"지침|안내|편람|매뉴얼|기준|요령|규정집|길잡이|가이드|한눈")
"""Papers that are made anew for a year and hold in it."""
_FOR_A_COMING_YEAR = re.compile(r"예산|편성|결산|계획|모집|요강|실적|보고")
"""Their year says what they are about, not since when they hold."""
_PROMULGATED = re.compile(
    rf"(?:제정|개정|전부개정|일부개정|공포)[^\n]{{0,12}}?{_ONE}|{_DAY.format('b')}[^\n]{{0,30}}?(?:제정|개정|공포)"
)
_ON_PROMULGATION = re.compile(r"공포한\s?날부터\s?시행")
_HEAD = 40
"""Blocks at the beginning of a document that say what it is."""


@dataclass(frozen=True)
class InForce:
    """First and last day in force, None when not said; `source` is the place it was read from."""

    starts_on: date | None = None
    ends_on: date | None = None
    source: str = ""


def in_force(title: str, lines: Sequence[str]) -> InForce:
    """Return the days that a document names: its head first, then its supplement, then its title.

    A year in the title ("2026년도 지침") means from 1 January; when it ends is not said.
    """
    head = lines[:_HEAD]
    for line in head:
        if found := _BRACKET.search(line):
            return _from(found, "머리의 [시행]")
    for line in head:
        if (found := _RANGE.search(line)) and _looks_own(line):
            starts, ends = _day(found, "a"), _day(found, "b")
            if starts and ends and starts <= ends:
                return InForce(starts, ends, f"'{_short(found[0])}'")
    for line in head:
        for form in _STARTS:
            if found := form.search(line):
                return _from(found, f"'{_short(found[0])}'")
    return _of_supplement(lines, head) or _of_year(title)


def _looks_own(line: str) -> bool:
    """Return whether a period is that of the document: of its application, not of a contract."""
    return bool(re.search(r"(?:적용|시행|유효|효력)\s?기간", line))


def _of_supplement(lines: Sequence[str], head: Sequence[str]) -> InForce | None:
    begins = [at for at, line in enumerate(lines) if re.match(r"부\s{0,6}칙", line)]
    found: list[date] = []
    for at in begins:
        for line in lines[at : at + 6]:
            if clause := _CLAUSE.search(line):
                if day := _day(clause, "a"):
                    found.append(day)
                break
    if found:
        return InForce(max(found), None, "부칙의 시행일")
    if begins and any(
        _ON_PROMULGATION.search(line) for at in begins for line in lines[at : at + 6]
    ):
        days = [
            day
            for line in head[:12]
            for match in _PROMULGATED.finditer(line)
            for which in ("a", "b")
            if (day := _day(match, which))
        ]
        if days:
            return InForce(max(days), None, "공포일(부칙: 공포한 날부터 시행)")
    for line in head:
        if clause := _CLAUSE.search(line):
            return _from(clause, f"'{_short(clause[0])}'")
    return None


def year_of(title: str) -> int | None:
    """Return the one year that a title names; None for none or several ("2025~2029 계획")."""
    years = {int(found["year"]) for found in _YEAR_OF.finditer(title.replace("_", " "))}
    return years.pop() if len(years) == 1 else None


def _of_year(title: str) -> InForce:
    year = year_of(title)
    if year is None or not _YEARLY.search(title) or _FOR_A_COMING_YEAR.search(title):
        return InForce()
    return InForce(date(year, 1, 1), None, f"제목의 '{year}년'")


def _from(found: re.Match[str], source: str) -> InForce:
    day = _day(found, "a")
    return InForce(day, None, source) if day else InForce()


def _day(found: re.Match[str], which: str) -> date | None:
    year, month, day = (found[f"{which}{part}"] for part in "ymd")
    if not year:
        return None
    number = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _short(text: str) -> str:
    return " ".join(text.split())[:60]
