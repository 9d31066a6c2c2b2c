"""Dates and times in free text, written as official documents do: 2026. 11. 25.(수) 14:00.

A date without a year is taken as the nearest one to today; a weekday that does not fit, and an
hour that may be morning or afternoon, are left as written with a line that asks.

Quiet: today's date is handed in; no clock, database, file or model is reached from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from gongmu.core.values import korean_date

WEEKDAYS = "월화수목금토일"

_YEAR = r"(?:(?P<year>(?:19|20)\d\d)\s*[.\-/년]|[’'‘](?P<short>\d\d)\s*[.\-/년])"
_WEEKDAY = (
    r"(?:\s*[(（]\s*(?P<weekday>[월화수목금토일])(?:요일)?\s*[)）]|"
    r"\s+(?P<weekday2>[월화수목금토일])요일)?"
)
_DATE = re.compile(
    rf""
    rf"(?<![\d.,/\-])(?:{_YEAR}\s*(?P<month>\d{{1,2}})\s*[.\-/월]\s*(?P<day>\d{{1,2}})(?:\s*일|"
    rf"\.)?(?!\d)"
    r"|(?P<month2>\d{1,2})\s*월\s*(?P<day2>\d{1,2})\s*일"
    r"|(?P<month3>\d{1,2})/(?P<day3>\d{1,2})(?![\d/]|\s*(?:분기|명|회|수준|이상|이하|선|가량))"
    r"|(?P<month4>\d{1,2})\.\s?(?P<day4>\d{1,2})\.(?!\s?\d)(?=\s|$|[(（),~]|까지|부터|에|자)"
    r"|(?P<month5>\d{1,2})\.\s?(?P<day5>\d{1,2})\.?(?=\s*[(（][월화수목금토일]))"
    rf"{_WEEKDAY}"
)
_RELATIVE = re.compile(
    r"(?P<day>오늘|금일|내일|명일|모레|어제|작일)(?![가-힣]*(?:부터|까지)?[가-힣]{3})"
    r"|(?P<when>오는|이달|이번\s?달|다음\s?달|지난\s?달|지난)\s*(?P<date>\d{1,2})일"
    r"(?:\s*[(（][월화수목금토일](?:요일)?[)）])?"
    r"|(?P<week>이번|금|다음|차|지난|저번)\s?주\s*(?P<weekday>[월화수목금토일])요일"
)
_TIME = (
    r"(?:(?P<part{n}>오전|오후|낮|저녁|밤|새벽|아침)\s*)?"
    r"(?:(?P<hour{n}>\d{{1,2}}):(?P<minute{n}>[0-5]\d)(?!\d)"
    r"|(?P<hour{n}h>\d{{1,2}})\s*시(?!간|민|장|청|내|설|군|의|도|행|범|작|"
    r"스)(?:\s*(?P<minute{n}h>\d{{1,2}})\s*분|\s*(?P<half{n}>반))?)"
)
_CLOCK = re.compile(
    r"(?<![\d:])(?:(?P<bare>\d{1,2})\s*[~∼〜-]\s*(?=\d{1,2}\s*시))?"
    + _TIME.format(n="1")
    + r"(?:\s*(?:~|∼|〜|-|–|부터|에서)\s*"
    + _TIME.format(n="2")
    + r"(?:\s*까지)?)?"
)
_UNTIL = re.compile(r"\s*(?:~|∼|〜|-|–|부터|에서)\s*")
_DAY_ONLY = re.compile(r"(?P<day>\d{1,2})(?:\s*일|\.)" + _WEEKDAY)


@dataclass(frozen=True)
class Moment:
    """A date or time in a text from `start` to `end`.

    `text` is it in house style; `ask` is a Korean line for what is not sure, or empty.
    """

    start: int
    end: int
    text: str
    on: date | None
    clock: str = ""
    until_on: date | None = None
    ask: str = ""


def find_moments(text: str, today: date) -> list[Moment]:
    """Return dates with their times and ranges, in order; times without a date too."""
    found: list[Moment] = []
    at = 0
    while at < len(text):
        moment = _next(text, at, today)
        if moment is None:
            break
        found.append(moment)
        at = max(moment.end, at + 1)
    return found


def day_text(day: date) -> str:
    """Write a date with its weekday: 2026. 11. 25.(수)."""
    return f"{korean_date(day)}({WEEKDAYS[day.weekday()]})"


def nearest(month: int, day: int, today: date) -> date | None:
    """Return the date of that month and day that is nearest to today; None when there is none."""
    candidates = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    return min(candidates, key=lambda one: abs((one - today).days), default=None)


@dataclass(frozen=True)
class _Day:
    start: int
    end: int
    on: date
    ask: str = ""


def _next(text: str, at: int, today: date) -> Moment | None:
    day, clock = _day(text, at, today), _clock(text, at)
    if day is None:
        return clock
    if clock is not None and clock.end <= day.start and not _is_gap(text[clock.end : day.start]):
        return clock
    return _with_range(text, day, today)


def _with_range(text: str, day: _Day, today: date) -> Moment:
    written, end, until_on, asks = day_text(day.on), day.end, None, [day.ask]
    clock = _clock_right_after(text, end)
    clock_text = ""
    if clock is not None:
        written, end, clock_text = f"{written} {clock.text}", clock.end, clock.clock
        asks.append(clock.ask)
    joint = _UNTIL.match(text, end)
    if joint and joint[0].strip():
        other = _day(text, joint.end(), today)
        if other is None or other.start != joint.end():
            other = _day_only(text, joint.end(), day.on)
        if other is not None and other.start == joint.end():
            until_on, end = _not_before(other, day.on, text), other.end
            asks.append(other.ask)
            tail = day_text(until_on)
            if until_on.year == day.on.year:
                tail = tail.removeprefix(f"{until_on.year}. ")
            written = f"{written}~{tail}"
            later = _clock_right_after(text, end)
            if later is not None:
                written, end = f"{written} {later.text}", later.end
            closing = re.match(r"\s*까지(?![가-힣]{2})", text[end:])
            end += closing.end() if closing else 0
    ask = " ".join(one for one in asks if one)
    return Moment(day.start, end, written, day.on, clock_text, until_on, ask)


def _not_before(other: _Day, first: date, text: str) -> date:
    """Return the last day of a range: one written without its year is not before the first."""
    if re.match(r"\s*(?:(?:19|20)\d\d|[’'‘]\d\d)", text[other.start :]):
        return other.on
    for year in (first.year, first.year + 1):
        try:
            day = other.on.replace(year=year)
        except ValueError:
            continue
        if day >= first:
            return day
    return other.on


def _clock_right_after(text: str, at: int) -> Moment | None:
    gap = re.match(r"[\s,]*", text[at:])
    start = at + (gap.end() if gap else 0)
    clock = _clock(text, start)
    return clock if clock is not None and clock.start == start else None


def _is_gap(between: str) -> bool:
    return not between.strip(" ,")


def _day(text: str, at: int, today: date) -> _Day | None:
    best: _Day | None = None
    for match in _DATE.finditer(text, at):
        if (day := _dated(match, today)) is not None:
            best = day
            break
    for match in _RELATIVE.finditer(text, at):
        if best is None or match.start() < best.start:
            best = _related(match, today) or best
        break
    return best


def _dated(match: re.Match[str], today: date) -> _Day | None:
    groups = match.groupdict()
    month = next((groups[f"month{n}"] for n in ("", "2", "3", "4", "5") if groups[f"month{n}"]), "")
    day = next((groups[f"day{n}"] for n in ("", "2", "3", "4", "5") if groups[f"day{n}"]), "")
    year = groups["year"] or (f"20{groups['short']}" if groups["short"] else "")
    try:
        on = date(int(year), int(month), int(day)) if year else nearest(int(month), int(day), today)
    except ValueError:
        return None
    if on is None:
        return None
    far = not year and abs((on - today).days) > 90
    said = groups["weekday"] or groups["weekday2"]
    real = WEEKDAYS[on.weekday()]
    ask = (
        f"{korean_date(on)}은 {real}요일입니다({said}요일로 적힘)." if said and said != real else ""
    )
    if far and not ask:
        ask = f"'{match[0].strip()}'의 연도가 적혀 있지 않아 {on.year}년으로 보았습니다."
    return _Day(match.start(), match.end(), on, ask)


def _related(match: re.Match[str], today: date) -> _Day | None:
    if match["day"]:
        words = {"오늘": 0, "금일": 0, "내일": 1, "명일": 1, "모레": 2, "어제": -1, "작일": -1}
        return _Day(match.start(), match.end(), today + timedelta(days=words[match["day"]]))
    if match["when"]:
        on = _of_month(match["when"].replace(" ", ""), int(match["date"]), today)
        return _Day(match.start(), match.end(), on) if on else None
    weeks = {"이번": 0, "금": 0, "다음": 7, "차": 7, "지난": -7, "저번": -7}[match["week"]]
    monday = today - timedelta(days=today.weekday())
    on = monday + timedelta(days=weeks + WEEKDAYS.index(match["weekday"]))
    return _Day(match.start(), match.end(), on)


def _of_month(when: str, day: int, today: date) -> date | None:
    """Return the day that 오는 25일, 다음 달 3일, 지난 20일 mean."""
    months = {"다음달": 1, "지난달": -1}.get(when, 0)
    if when == "오는" and day < today.day:
        months = 1
    if when == "지난" and day > today.day:
        months = -1
    place = today.year * 12 + today.month - 1 + months
    try:
        return date(place // 12, place % 12 + 1, day)
    except ValueError:
        return None


def _day_only(text: str, at: int, first: date) -> _Day | None:
    match = _DAY_ONLY.match(text, at)
    if match is None:
        return None
    try:
        on = first.replace(day=int(match["day"]))
    except ValueError:
        return None
    return _Day(match.start(), match.end(), on) if on >= first else None


def _clock(text: str, at: int) -> Moment | None:
    for match in _CLOCK.finditer(text, at):
        first = _hour(match, "1", "")
        if first is None:
            continue
        second = _hour(match, "2", match["part1"] or "")
        if match["bare"] and int(match["bare"]) <= 24 and ":" in first.text:
            first, second = _Hour(f"{int(match['bare']):02d}:00", first.ask), first
        written = first.text + (f"~{second.text}" if second else "")
        ask = " ".join(one.ask for one in (first, second) if one and one.ask)
        return Moment(match.start(), match.end(), written, None, written, None, ask)
    return None


@dataclass(frozen=True)
class _Hour:
    text: str
    ask: str = ""


def _hour(match: re.Match[str], n: str, part_before: str) -> _Hour | None:
    spoken = match[f"hour{n}h"]
    hour = int(match[f"hour{n}"] or spoken or -1)
    minute = int(match[f"minute{n}"] or match[f"minute{n}h"] or (30 if match[f"half{n}"] else 0))
    part = match[f"part{n}"] or part_before
    if not 0 <= hour <= 24 or minute > 59:
        return None
    if part in ("오후", "저녁", "밤", "낮") and hour < 12 and not (part == "낮" and hour > 9):
        hour += 12
    elif match[f"part{n}"] in ("오전", "새벽") and hour == 12:
        hour = 0
    unsure = bool(spoken) and not part and 1 <= hour <= 6
    ask = f"'{spoken}시'가 오전인지 오후인지 적혀 있지 않습니다." if unsure else ""
    return _Hour(f"{spoken}시" if unsure and not minute else f"{hour:02d}:{minute:02d}", ask)
