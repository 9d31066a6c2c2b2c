"""How dates, spans of time and numbers are read in what officers write.

Pure: today's date is an argument.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from gongmu.bots.tools.figuring import number_of
from gongmu.bots.tools.named_days import YEARS, named_days
from gongmu.core.values import korean_date

WEEKDAYS = "월화수목금토일"


@dataclass(frozen=True)
class WrittenDay:
    """A day as written; `assumed` tells in Korean what was added to it."""

    day: date
    start: int
    end: int
    assumed: str = ""


@dataclass(frozen=True)
class WrittenSpan:
    """A length of time as written: unit is 일, 근무일, 주, 월, 년 or 시간."""

    amount: int
    unit: str
    start: int
    end: int
    tail: str = ""
    """The word behind it: 뒤, 후, 이내, 전, 동안 ..."""


def day_text(day: date) -> str:
    """Write a day with its weekday: 2026. 11. 20.(금)."""
    return f"{korean_date(day)}({WEEKDAYS[day.weekday()]})"


_FULL = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})\s*(?:[-./]\s*|년\s*)(?P<m>\d{1,2})\s*(?:[-./]\s*|월\s*)"
    r"(?P<d>\d{1,2})(?!\d)\s*[.일]?"
)
_SHORT_YEAR = re.compile(r"(?<!\d)['’](?P<y>\d{2})\.\s*(?P<m>\d{1,2})\.\s*(?P<d>\d{1,2})\.?")
_EIGHT = re.compile(r"(?<!\d)(?P<y>20\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)")
_MONTH_DAY = re.compile(
    r"(?:(?P<rel>올해|금년|내년|작년|지난해|명년)\s*)?(?<![\d.])(?P<m>\d{1,2})\s*월\s*(?P<d>\d{1,2})\s*일"
)
_SLASH = re.compile(r"(?<![\d/])(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/])")
_DAY_ALONE = re.compile(
    r"(?<![\d.월년])(?<!월 )(?P<d>[0-3]?\d)\s*일(?=\s*(?:부터|자로|접수|에\s*접수|오[전후]))"
)
_DOTTED = re.compile(r"(?<![\d.])(?P<m>\d{1,2})\.\s*(?P<d>\d{1,2})\.(?!\d)")
_RELATIVE = {
    "그저께": -2,
    "그제": -2,
    "어제": -1,
    "오늘": 0,
    "금일": 0,
    "내일": 1,
    "명일": 1,
    "모레": 2,
}
_RELATIVE_DAY = re.compile("|".join(_RELATIVE))
_WEEKDAY = re.compile(
    r"(?P<week>지난\s*주|이번\s*주|금주|다음\s*주|차주|다다음\s*주)\s*(?P<day>[월화수목금토일])요일?"
)
_WEEKS = {"지난주": -1, "이번주": 0, "금주": 0, "다음주": 1, "차주": 1, "다다음주": 2}


def days_in(text: str, today: date) -> Sequence[WrittenDay]:
    """Return the days named in `text`, in order; a day without a year is the nearest such day."""
    found: list[WrittenDay] = []

    def add(match: re.Match[str], day: date | None, assumed: str = "") -> None:
        if day is not None and not any(
            one.start < match.end() and match.start() < one.end for one in found
        ):
            found.append(WrittenDay(day, match.start(), match.end(), assumed))

    for one in named_days(text, today):
        found.append(WrittenDay(one.day, one.start, one.end, one.assumed))
    for pattern in (_FULL, _EIGHT, _SHORT_YEAR):
        for match in pattern.finditer(text):
            year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
            add(match, _day(year, int(match["m"]), int(match["d"])))
    for pattern in (_MONTH_DAY, _SLASH, _DOTTED):
        for match in pattern.finditer(text):
            add(match, *_without_year(match, today))
    for match in _DAY_ALONE.finditer(text):
        here = _day(today.year, today.month, int(match["d"]))
        add(match, here, f"월이 없어 {today.month}월로 보았습니다.")
    for match in _WEEKDAY.finditer(text):
        monday = today - timedelta(days=today.weekday())
        weeks = _WEEKS[re.sub(r"\s", "", match["week"])]
        add(match, monday + timedelta(days=7 * weeks + WEEKDAYS.index(match["day"])))
    for match in _RELATIVE_DAY.finditer(text):
        add(match, today + timedelta(days=_RELATIVE[match[0]]))
    return sorted(found, key=lambda one: one.start)


def impossible_day(text: str, today: date) -> str:
    """Return the first date in `text` that no calendar has (2026년 2월 30일), "" if none."""
    for match in _FULL.finditer(text):
        if _day(int(match["y"]), int(match["m"]), int(match["d"])) is None:
            return match[0].strip()
    for match in _MONTH_DAY.finditer(text):
        full = any(one.start() <= match.start() < one.end() for one in _FULL.finditer(text))
        if not full and _without_year(match, today)[0] is None:
            return match[0].strip()
    return ""


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _without_year(match: re.Match[str], today: date) -> tuple[date | None, str]:
    month, day = int(match["m"]), int(match["d"])
    relative = match.groupdict().get("rel")
    if relative:
        return _day(today.year + YEARS[relative], month, day), ""
    around = [_day(year, month, day) for year in (today.year - 1, today.year, today.year + 1)]
    near = min((one for one in around if one), key=lambda one: abs(one - today), default=None)
    return near, f"연도가 없어 {near.year}년으로 보았습니다." if near else ""


_NATIVE = {
    "하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "여드레": 8,
    "아흐레": 9, "열흘": 10, "보름": 15,
}  # fmt: skip
_COUNTS = {"한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6, "열": 10}
_SPAN = re.compile(
    r"(?<![\d.년월])(?P<n>\d{1,4}|한|두|세|석|네|넉|다섯|여섯|열)\s*"
    r"(?P<unit>근무\s*일|영업\s*일|업무\s*일|워킹\s*데이|근무\s*시간|시간|일간|일|주일|주간|주|개월|달|년간|년|月)"
    r"(?!호|조|차|번|요일|자)"
    r"\s*(?:간|의)?\s*(?P<tail>뒤|후|이후|이내|내에|안에|안|전|동안|까지|째|연장|경과|지나|되는|짜리)?"
)
_UNITS = {
    "근무일": "근무일", "영업일": "근무일", "업무일": "근무일", "워킹데이": "근무일", "일": "일",
    "일간": "일", "주": "주", "주일": "주", "주간": "주", "개월": "월", "달": "월", "년": "년",
    "년간": "년", "시간": "시간", "근무시간": "시간", "月": "월",
}  # fmt: skip
_NATIVE_SPAN = re.compile(
    rf"(?P<n>{'|'.join(_NATIVE)})\s*(?P<tail>뒤|후|이후|이내|내에|안에|안|전|동안|까지|지나)?"
)


def spans_in(text: str) -> Sequence[WrittenSpan]:
    """Return the lengths of time named in `text`; parts of dates are not among them."""
    patterns = (_FULL, _MONTH_DAY, _EIGHT, _SHORT_YEAR, _DAY_ALONE)
    taken = [match.span() for match in _all(text, *patterns)]
    # Where they stand does not hang on the day.
    taken += [(one.start, one.end) for one in named_days(text, date(2000, 1, 1))]
    found = []
    for match in _SPAN.finditer(text):
        if any(start < match.end("unit") and match.start() < end for start, end in taken):
            continue
        written = match["n"]
        amount = _COUNTS[written] if written in _COUNTS else int(written)
        unit = _UNITS[re.sub(r"\s", "", match["unit"])]
        if written in _COUNTS and unit not in ("월", "주", "시간"):
            continue
        tail = match["tail"] or ""
        found.append(WrittenSpan(amount, unit, match.start(), match.end(), tail))
    for match in _NATIVE_SPAN.finditer(text):
        tail = match["tail"] or ""
        found.append(WrittenSpan(_NATIVE[match["n"]], "일", match.start(), match.end(), tail))
    return sorted(found, key=lambda one: one.start)


def _all(text: str, *patterns: re.Pattern[str]) -> Sequence[re.Match[str]]:
    return [match for pattern in patterns for match in pattern.finditer(text)]


_CLOCK = re.compile(
    r"(?:(?P<half>오전|오후|아침|저녁)\s*)?(?P<h>\d{1,2})\s*(?::\s*(?P<m1>\d{2})|시(?!간|내|행|작|민|장|청|군|도|외|설)\s*(?:(?P<m2>\d{1,2})\s*분|(?P<half2>반))?)"
)


def clock_in(text: str) -> time | None:
    """Return the first time of day named in `text`: 14:30, 오후 2시 반."""
    for match in _CLOCK.finditer(text):
        hour = int(match["h"])
        minute = 30 if match["half2"] else int(match["m1"] or match["m2"] or 0)
        if match["half"] in ("오후", "저녁") and hour < 12:
            hour += 12
        if hour < 24 and minute < 60:
            return time(hour, minute)
    return None


_MONEY = re.compile(
    r"(?P<sign>[-−])?(?P<n>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>조|억|천만|백만|만|천)?\s*"
    r"(?P<more>(?:\d[\d,]*(?:\.\d+)?\s*(?:억|천만|백만|만|천)\s*)*(?:\d[\d,]*\s*)?)(?P<won>원|￦)"
)


def won_in(text: str) -> Sequence[int]:
    """Return the sums of money named in `text` in won: 2,345만원 → 23450000, 3억 5천만 원."""
    found = []
    for match in _MONEY.finditer(text):
        total = number_of(text[match.start("n") : match.start("won")])
        if total.denominator == 1:
            found.append(int(total) * (-1 if match["sign"] else 1))
    return found
