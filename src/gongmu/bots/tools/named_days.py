"""Days that are written by a name: 다음 달 3일, 이번 달 말일, 연말, 추석, 성탄절.

Pure: today's date is an argument.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gongmu.core.calendar import holidays_of


@dataclass(frozen=True)
class NamedDay:
    """A day and where it stands; `assumed` tells in Korean what was added."""

    day: date
    start: int
    end: int
    assumed: str = ""


_MONTHS = {
    "이번달": 0, "이달": 0, "금월": 0, "당월": 0, "다음달": 1, "내달": 1, "익월": 1, "다다음달": 2,
    "지난달": -1, "전월": -1,
}  # fmt: skip
YEARS = {"올해": 0, "금년": 0, "내년": 1, "명년": 1, "작년": -1, "지난해": -1}
_YEAR = rf"(?:(?P<y>20\d{{2}})\s*년|(?P<year>{'|'.join(YEARS)}))"
_MONTH = r"(?P<month>다다음\s*달|이번\s*달|이\s*달|금월|당월|다음\s*달|내달|익월|지난\s*달|전월)"
_END = r"(?:말일|마지막\s*날|말(?=까지|부터|에|이|은|$|\s))"
_OF_MONTH = re.compile(rf"{_MONTH}\s*(?:의\s*)?(?:(?P<d>[0-3]?\d)\s*일(?!간)|{_END})")
_MONTH_END = re.compile(rf"(?:{_YEAR}\s*)?(?<![\d.])(?P<m>\d{{1,2}})\s*월\s*{_END}")
_YEAR_END = re.compile(
    rf"(?:{_YEAR}\s*(?:연말|{_END})|(?<![가-힣])연말(?=까지|부터|에|이|은|$|\s))"
)
_HOLIDAYS = {
    "크리스마스": "기독탄신일", "성탄절": "기독탄신일", "기독탄신일": "기독탄신일",
    "추석": "추석", "한가위": "추석", "설날": "설날", "부처님오신날": "부처님오신날",
    "석가탄신일": "부처님오신날", "삼일절": "삼일절", "어린이날": "어린이날", "현충일": "현충일",
    "광복절": "광복절", "개천절": "개천절", "한글날": "한글날", "노동절": "노동절",
    "근로자의날": "노동절",
}  # fmt: skip
_HOLIDAY = re.compile(
    rf"(?:{_YEAR}\s*)?(?P<name>근로자의\s*날|{'|'.join(_HOLIDAYS)})(?!\s*(?:대체|연휴|전날|다음))"
)


def named_days(text: str, today: date) -> Iterator[NamedDay]:
    """Yield the days written by a name; a holiday without a year is the next one."""
    for match in _OF_MONTH.finditer(text):
        number = today.year * 12 + today.month - 1 + _MONTHS[re.sub(r"\s", "", match["month"])]
        day = _in_month(number // 12, number % 12 + 1, int(match["d"]) if match["d"] else None)
        if day is not None:
            yield NamedDay(day, *match.span())
    for match in _MONTH_END.finditer(text):
        year = _year(match, today)
        day = _in_month(year, int(match["m"]), None)
        if day is not None:
            told = bool(match["y"] or match["year"])
            yield NamedDay(
                day, *match.span(), "" if told else f"연도가 없어 {year}년으로 보았습니다."
            )
    for match in _YEAR_END.finditer(text):
        yield NamedDay(date(_year(match, today), 12, 31), *match.span())
    for match in _HOLIDAY.finditer(text):
        name = _HOLIDAYS[re.sub(r"\s", "", match["name"])]
        told = bool(match["y"] or match["year"])
        years = [_year(match, today)] if told else [today.year, today.year + 1]
        days = [day for year in years if (day := _holiday(name, year)) is not None]
        coming = next((day for day in days if told or day >= today), None)
        if coming is not None:
            assumed = "" if told else f"연도가 없어 {coming.year}년으로 보았습니다."
            yield NamedDay(coming, *match.span(), assumed)


def _year(match: re.Match[str], today: date) -> int:
    if match["y"]:
        return int(match["y"])
    return today.year + (YEARS[match["year"]] if match["year"] else 0)


def _in_month(year: int, month: int, day: int | None) -> date | None:
    """Return a day of a month, its last one for None; None for a day it does not have."""
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, day or last) if day is None or 1 <= day <= last else None


def _holiday(name: str, year: int) -> date | None:
    return next(
        (day for day, names in holidays_of(year).items() if name in names.split("; ")), None
    )
