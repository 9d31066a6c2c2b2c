"""What a question about buses asks for: route, period, hours, kind of figure.

Pure: today's date is an argument.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gongmu.bots.tools.reading import days_in


class Figure(StrEnum):
    """Which figures."""

    CONGESTION = "혼잡"
    BOARDINGS = "승차"
    SECTION = "구간"
    RANKING = "순위"


@dataclass(frozen=True)
class Period:
    """First and last day; None = the usual period."""

    first: date | None = None
    last: date | None = None
    week: str = ""
    """'' usual, all, work (평일) or rest (주말)."""


_ROUTE = re.compile(
    r"(?<![\d\-.A-Za-z])(?P<name>(?:[A-Za-z]{1,2})?\d{1,4}(?:-\d{1,3})?(?:[A-Za-z])?)\s*번(?!째|호|지)"
)
_NAMED_ROUTE = re.compile(
    r"(?:노선|버스)\s*(?P<name>[A-Za-z]{0,2}\d{1,4}(?:-\d{1,3})?)(?![\d년월일시분명대회개호%.])"
    r"|(?<![가-힣])(?P<word>(?:마을|급행|직행|광역|순환|심야|간선|지선)\s*\d{1,4}(?:-\d{1,3})?)"
)
_BUS = re.compile(r"버스|노선|정류[장소]|재차|차내\s*혼잡")
_ASKS = re.compile(
    r"재차|혼잡|붐비|만차|만원|승차|탑승|이용객|승객|이용\s*(?:인원|자|량|현황)|타는|탔|몇\s*명|수요|구간|통행량|태웠"
)
_RANKING = re.compile(
    r"가장|제일|순위|상위|어느\s*노선|어떤\s*노선|노선별|많은\s*노선|붐비는\s*노선"
)
_SECTION = re.compile(
    r"구간|정류[장소]별|어느\s*정류|어디(?:서|에서)|정류[장소](?:가|은|는)?\s*어디"
)
_BOARDINGS = re.compile(
    r"승차\s*(?:인원|객|건|량|수)|이용객|이용\s*인원|이용자|탑승|승객\s*수|몇\s*명|태웠|탔"
)
_NOT_BUS = re.compile(
    r"취득세|감면|면허\s*기준|보조금\s*(?:신청|지급)|조례|법\s*제?\d+조|민원\s*(?:회신|답변)|공고"
)
_PARTS = (
    (re.compile(r"출근|아침|첨두\s*오전|오전\s*첨두|등교"), (7, 9)),
    (re.compile(r"퇴근|저녁|오후\s*첨두|하교"), (17, 19)),
    (re.compile(r"낮|주간|한낮|점심"), (11, 15)),
    (re.compile(r"심야|막차|밤"), (22, 24)),
    (re.compile(r"새벽|첫차"), (5, 6)),
    (re.compile(r"오전"), (6, 11)),
    (re.compile(r"오후"), (12, 17)),
)
_HOURS = re.compile(
    r"(?:(?P<half>오전|오후|아침|저녁|밤)\s*)?(?P<a>\d{1,2})\s*시?\s*(?:~|-|–|부터|에서)\s*(?P<b>\d{1,2})\s*시"
)
_HOUR = re.compile(
    r"(?:(?P<half>오전|오후|아침|저녁|밤)\s*)?(?P<a>\d{1,2})\s*시(?!간|내|군|민|외|청|행)"
)


def asks_of_buses(question: str) -> bool:
    """Return whether the question asks for figures of buses."""
    if _NOT_BUS.search(question) and "재차" not in question:
        return False
    return bool((_BUS.search(question) or route_in(question)) and _ASKS.search(question))


def route_in(question: str) -> str:
    """Return the route's number as written (10-1, M5107, 마을7), "" without one."""
    found = _ROUTE.search(question)
    if found:
        return found["name"]
    found = _NAMED_ROUTE.search(question)
    return re.sub(r"\s", "", found["name"] or found["word"]) if found else ""


def figure_in(question: str, route: str) -> Figure:
    """Return which figures are asked for."""
    if _SECTION.search(question) and route:
        return Figure.SECTION
    if not route and _RANKING.search(question):
        return Figure.RANKING
    return Figure.BOARDINGS if _BOARDINGS.search(question) else Figure.CONGESTION


def hours_in(question: str) -> tuple[int, int] | None:
    """Return the first and last hour asked about (출근 = 7, 9), None for the whole day."""
    if found := _HOURS.search(question):
        first, last = _hour(found["a"], found["half"]), _hour(found["b"], found["half"])
        # "8시부터 9시" ends before nine.
        return first, max(first, last - 1)
    if found := _HOUR.search(question):
        hour = _hour(found["a"], found["half"])
        return (hour, hour) if hour < 28 else None
    return next((hours for pattern, hours in _PARTS if pattern.search(question)), None)


def _hour(text: str, half: str | None) -> int:
    hour = int(text)
    return hour + 12 if half in ("오후", "저녁", "밤") and hour < 12 else hour


_MONTH = re.compile(r"(?:(?P<y>20\d{2})\s*년\s*)?(?<!\d)(?P<m>\d{1,2})\s*월(?!\s*\d{1,2}\s*일)")
_LAST_DAYS = re.compile(r"최근\s*(?P<n>\d{1,3})\s*(?P<unit>일|주|개월|달)")


def period_in(question: str, today: date) -> Period:
    """Return the period asked about; without one the usual period."""
    week = "rest" if re.search(r"주말|토·?일|휴일", question) else ""
    week = week or ("work" if "평일" in question else "")
    monday = today - timedelta(days=today.weekday())
    if days := days_in(question, today):
        first, last = days[0].day, days[-1].day
        whole = week or "all"
        return Period(min(first, last), max(first, last), whole)
    for pattern, back in ((r"지난\s*주|전\s*주", 1), (r"이번\s*주|금주", 0)):
        if re.search(pattern, question):
            first = monday - timedelta(days=7 * back)
            return Period(first, first + timedelta(days=6), week)
    if found := _LAST_DAYS.search(question):
        length = int(found["n"]) * {"일": 1, "주": 7}.get(found["unit"], 30)
        return Period(today - timedelta(days=length), today, week)
    if re.search(r"지난\s*달|전월", question):
        last = today.replace(day=1) - timedelta(days=1)
        return Period(last.replace(day=1), last, week)
    if re.search(r"이번\s*달|이달|금월", question):
        return Period(today.replace(day=1), today, week)
    if found := _MONTH.search(question):
        month = int(found["m"])
        if 1 <= month <= 12:
            year = int(found["y"]) if found["y"] else today.year - (month > today.month)
            last_day = calendar.monthrange(year, month)[1]
            return Period(date(year, month, 1), date(year, month, last_day), week)
    return Period(week=week)
