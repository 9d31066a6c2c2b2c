"""Counts days as the law does, and shows each step.

Pure. Sources: 민법 제157조, 제159조부터 제161조까지(초일불산입, 말일의 종료, 역에 의한 계산,
말일이 쉬는 날이면 다음 날); 행정기본법 제6조(민법 준용; 권익 제한 기간은 첫날 산입, 말일 그대로);
민원 처리에 관한 법률 제19조(5일 이하는 시간, 6일 이상은 첫날 산입, 공휴일·토요일 불산입);
공공기관의 정보공개에 관한 법률 제29조제2항; 지방세기본법 제24조제1항.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from gongmu.bots.tools.reading import day_text
from gongmu.core.calendar import LABOUR_DAY, holidays_of
from gongmu.core.errors import Refused

_LABOUR_DAY_SINCE = 2026
_LONGEST_DAYS = 36_600
OPENS, CLOSES = time(9), time(18)
LUNCH_STARTS, LUNCH_ENDS = time(12), time(13)


class Rule(StrEnum):
    """By which law a period is counted."""

    CIVIL = "민법"
    BURDEN = "권익제한"
    """행정기본법 제6조제2항: a period for which a right is limited or a duty lasts."""
    PETITION = "민원"
    DISCLOSURE = "정보공개"
    LOCAL_TAX = "지방세"
    ORDINAL = "며칠째"
    """The N-th day, the first one being day 1; no law, only the calendar."""
    WORKING = "근무일"
    """Working days only; a custom, not a law."""


class Unit(StrEnum):
    """What the period is made of."""

    DAY = "일"
    WEEK = "주"
    MONTH = "월"
    YEAR = "년"
    HOUR = "시간"


@dataclass(frozen=True)
class Counted:
    """A counted period: its first counted and its last day, how it came about, and by which law."""

    first: date
    last: date
    steps: Sequence[str]
    articles: Sequence[str]
    ends_at: time | None = None


def rest_reason(day: date, rule: Rule, extra: Collection[date] = ()) -> str:
    """Return why offices are closed that day (토요일, 일요일, a holiday's name), "" when open.

    노동절 has been a public holiday since 2026; deadlines of local tax moved past it before.
    """
    if day.weekday() == 5:
        return "토요일"
    if day.weekday() == 6:
        return "일요일"
    if day in extra:
        return "임시공휴일"
    name = holidays_of(day.year).get(day, "")
    labour = (day.month, day.day) == LABOUR_DAY and name == "노동절"
    if labour and day.year < _LABOUR_DAY_SINCE and rule is not Rule.LOCAL_TAX:
        return ""
    return name


def count(
    start: date,
    amount: int,
    unit: Unit,
    rule: Rule = Rule.CIVIL,
    *,
    back: bool = False,
    first_counts: bool = False,
    at: time | None = None,
    extra: Collection[date] = (),
) -> Counted:
    """Return the period of `amount` `unit`s from `start` by `rule`.

    `back` counts backwards (기일 전 N일), `first_counts` counts the first day by an agreement or a
    start at midnight. `extra` are holidays decreed anew. Raises Refused("count_too_long").
    """
    longest = _LONGEST_DAYS // {Unit.WEEK: 7, Unit.MONTH: 31, Unit.YEAR: 366}.get(unit, 1)
    if not 0 < amount <= longest:
        raise Refused(
            "count_too_long", "셀 수 없는 기간입니다.", "1일부터 100년 사이로 물어보세요."
        )
    if rule in (Rule.PETITION, Rule.DISCLOSURE) and not back:
        return _by_office_days(start, amount, unit, rule, at, extra)
    if rule is Rule.ORDINAL:
        last = last_day(start, amount, unit)
        return Counted(start, last, [f"{day_text(start)}을 1일째로 셉니다."], [])
    if rule is Rule.WORKING:
        return _working_days(start, amount, back=back, extra=extra)
    if unit is Unit.HOUR:
        raise Refused(
            "count_hours",
            "시간 단위 기간은 민원 처리기간만 셉니다.",
            "민원 처리기간이면 '민원'이라고 적고 접수 시각을 알려 주세요.",
        )
    if back:
        return _backwards(start, amount, unit)
    return _civil(start, amount, unit, rule, first_counts=first_counts, extra=extra)


def _civil(
    start: date,
    amount: int,
    unit: Unit,
    rule: Rule,
    *,
    first_counts: bool,
    extra: Collection[date],
) -> Counted:
    burden = rule is Rule.BURDEN
    counts = first_counts or burden
    first = start if counts else start + timedelta(days=1)
    steps, articles = [], []
    if burden:
        steps.append(f"첫날을 산입합니다: 기산일 {day_text(first)}.")
        articles.append("행정기본법 제6조제2항제1호")
    elif counts:
        steps.append(f"첫날을 산입합니다(오전 0시에 시작하거나 따로 정한 경우): {day_text(first)}.")
        articles.append("민법 제157조 단서")
    else:
        steps.append(f"첫날은 산입하지 않습니다: 기산일 {day_text(first)}.")
        articles.append("민법 제157조")
    last = last_day(first, amount, unit)
    steps.append(f"{amount}{_unit_word(unit)}의 말일: {day_text(last)}.")
    articles.append(
        "민법 제160조" if unit in (Unit.WEEK, Unit.MONTH, Unit.YEAR) else "민법 제159조"
    )
    if burden:
        if why := rest_reason(last, rule, extra):
            steps.append(f"말일이 {why}이지만 그 날로 만료합니다.")
            articles.append("행정기본법 제6조제2항제2호")
        return Counted(first, last, steps, articles)
    moved = _moved(last, rule, extra, steps)
    if moved != last:
        tax = rule is Rule.LOCAL_TAX
        articles.append("지방세기본법 제24조제1항" if tax else "민법 제161조")
    if rule is Rule.CIVIL:
        articles.append("행정기본법 제6조제1항")
    return Counted(first, moved, steps, articles)


def _moved(last: date, rule: Rule, extra: Collection[date], steps: list[str]) -> date:
    moved = last
    while why := rest_reason(moved, rule, extra):
        following = moved + timedelta(days=1)
        steps.append(f"{day_text(moved)}은 {why}이므로 다음 날로 넘어갑니다.")
        moved = following
    return moved


def last_day(first: date, amount: int, unit: Unit) -> date:
    """Return the last day of a period counted from and with `first` (민법 제159조, 제160조)."""
    if unit is Unit.DAY:
        return first + timedelta(days=amount - 1)
    if unit is Unit.WEEK:
        return first + timedelta(days=7 * amount - 1)
    months = amount * (12 if unit is Unit.YEAR else 1)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    month += 1
    longest = calendar.monthrange(year, month)[1]
    if first.day > longest:
        return date(year, month, longest)
    return date(year, month, first.day) - timedelta(days=1)


def _backwards(start: date, amount: int, unit: Unit) -> Counted:
    """Return the last day on which something may be done `amount` before `start`."""
    first = start - timedelta(days=1)
    if unit is Unit.DAY:
        edge = first - timedelta(days=amount - 1)
    elif unit is Unit.WEEK:
        edge = first - timedelta(days=7 * amount - 1)
    else:
        months = amount * (12 if unit is Unit.YEAR else 1)
        year, month = divmod(start.year * 12 + start.month - 1 - months, 12)
        month += 1
        day = min(start.day, calendar.monthrange(year, month)[1])
        edge = date(year, month, day)
    done_by = edge - timedelta(days=1)
    steps = [
        f"기준일({day_text(start)})은 빼고 거꾸로 셉니다: 첫째 날 {day_text(first)}.",
        f"{amount}{_unit_word(unit)} 전의 날: {day_text(edge)}.",
        f"'{amount}{_unit_word(unit)} 전까지'이면 그 전날 {day_text(done_by)}까지 마쳐야 합니다.",
    ]
    return Counted(first, edge, steps, ["민법 제157조", "민법 제159조"])


def _by_office_days(
    start: date,
    amount: int,
    unit: Unit,
    rule: Rule,
    at: time | None,
    extra: Collection[date],
) -> Counted:
    if unit in (Unit.WEEK, Unit.MONTH, Unit.YEAR):
        article = "민원 처리에 관한 법률 제19조제3항" if rule is Rule.PETITION else "민법 제160조"
        counted = _civil(start, amount, unit, Rule.CIVIL, first_counts=True, extra=extra)
        articles = [article, "민법 제160조", "민법 제161조"]
        return Counted(counted.first, counted.last, counted.steps, articles)
    if rule is Rule.PETITION and (unit is Unit.HOUR or amount <= 5):
        return _petition_hours(start, amount, unit, at, extra)
    steps: list[str] = []
    first = _moved(start, rule, extra, steps)
    day, counted_days, skipped = first, 1, []
    while counted_days < amount:
        day += timedelta(days=1)
        if why := rest_reason(day, rule, extra):
            skipped.append(f"{day_text(day)} {why}")
        else:
            counted_days += 1
    steps.insert(0, f"첫날을 산입합니다: 1일째 {day_text(first)}.")
    if skipped:
        steps.append(f"공휴일과 토요일은 빼고 셉니다: {_few(skipped)}.")
    steps.append(f"{amount}일째: {day_text(day)}.")
    if rule is Rule.PETITION:
        return Counted(first, day, steps, ["민원 처리에 관한 법률 제19조제2항"])
    return Counted(first, day, steps, ["공공기관의 정보공개에 관한 법률 제29조제2항"])


def _petition_hours(
    start: date, amount: int, unit: Unit, at: time | None, extra: Collection[date]
) -> Counted:
    hours = amount if unit is Unit.HOUR else amount * 8
    steps = [f"5일 이하의 민원은 접수한 때부터 근무시간으로 셉니다: {hours}시간(1일 8시간)."]
    article = ["민원 처리에 관한 법률 제19조제1항"]
    if at is None:
        if hours % 8:
            raise Refused(
                "count_needs_time",
                "시간으로 정한 민원은 접수 시각이 있어야 셉니다.",
                "접수 시각(예: 14시 30분)을 적어 물어보세요.",
            )
        moved = _moved(start, Rule.PETITION, extra, steps)
        last = moved
        for _ in range(hours // 8):
            last = _next_open(last, extra)
        steps.append(
            f"접수 시각을 몰라, {hours // 8}근무일 뒤 접수한 시각과 같은 시각까지로 셉니다: "
            f"{day_text(last)}."
        )
        return Counted(moved, last, steps, article)
    now = _into_hours(datetime.combine(start, at), extra)
    begun, left = now, timedelta(hours=hours)
    while left:
        ends = datetime.combine(now.date(), LUNCH_STARTS if now.time() < LUNCH_ENDS else CLOSES)
        step = min(left, ends - now)
        left -= step
        now = now + step if not left else _into_hours(now + step, extra)
    steps.append(f"세기 시작: {day_text(begun.date())} {begun:%H:%M}.")
    steps.append(f"근무시간(09:00~18:00, 점심 12:00~13:00 제외)으로 {hours}시간 뒤.")
    return Counted(begun.date(), now.date(), steps, article, now.time())


def _into_hours(moment: datetime, extra: Collection[date]) -> datetime:
    """Return the first moment of office hours at or after `moment`."""
    day, clock = moment.date(), moment.time()
    if not rest_reason(day, Rule.PETITION, extra):
        if clock < OPENS:
            return datetime.combine(day, OPENS)
        if LUNCH_STARTS <= clock < LUNCH_ENDS:
            return datetime.combine(day, LUNCH_ENDS)
        if clock < CLOSES:
            return moment
    return datetime.combine(_next_open(day, extra), OPENS)


def _next_open(day: date, extra: Collection[date]) -> date:
    day += timedelta(days=1)
    while rest_reason(day, Rule.PETITION, extra):
        day += timedelta(days=1)
    return day


def _working_days(start: date, amount: int, *, back: bool, extra: Collection[date]) -> Counted:
    step = timedelta(days=-1 if back else 1)
    day, done, first, skipped = start, 0, None, []
    while done < amount:
        day += step
        if why := rest_reason(day, Rule.WORKING, extra):
            skipped.append(f"{day_text(day)} {why}")
        else:
            done += 1
            first = first or day
    steps = [f"{day_text(start)}은 빼고 근무일만 {'거꾸로 ' if back else ''}셉니다."]
    if skipped:
        steps.append(f"뺀 날: {_few(skipped)}.")
    steps.append(f"{amount}근무일째: {day_text(day)}.")
    return Counted(first or day, day, steps, [])


def _few(lines: Sequence[str]) -> str:
    return ", ".join(lines) if len(lines) <= 8 else f"{', '.join(lines[:8])} 등 {len(lines)}일"


def _unit_word(unit: Unit) -> str:
    return "개월" if unit is Unit.MONTH else unit.value


@dataclass(frozen=True)
class Between:
    """How far two days lie apart."""

    days: int
    """The later day minus the earlier one."""
    working: int
    """Working days after the earlier day, up to and with the later one."""


def between(first: date, last: date, extra: Collection[date] = ()) -> Between:
    """Return how many days and working days lie between; raises Refused past 100 years."""
    early, late = min(first, last), max(first, last)
    if (late - early).days > _LONGEST_DAYS:
        raise Refused("count_too_long", "너무 먼 날짜입니다.", "100년 안의 날짜로 물어보세요.")
    days = (late - early).days
    working = sum(
        not rest_reason(early + timedelta(days=number), Rule.WORKING, extra)
        for number in range(1, days + 1)
    )
    return Between(days, working)
