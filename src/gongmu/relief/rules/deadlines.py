"""Days of the law: periods by 민법 제157조·제160조, filing days, penalties by the day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from gongmu.core.calendar import is_rest_day, working_day_from


def end_of_years(start_on: date, years: int) -> date:
    """Return the last day of a period of `years` that begins after `start_on`.

    The first day does not count (민법 제157조); the period ends on the day before the one that
    corresponds to its first day, or on the month's last day when there is none (제160조제2·3항):
    2023-02-28 → 2024-02-29, 2024-02-29 → 2025-02-28, 2025-06-10 → 2026-06-10.
    """
    return end_of_months(start_on, 12 * years)


@lru_cache(maxsize=8192)
def end_of_months(start_on: date, months: int) -> date:
    """Return the last day of a period of `months` that begins after `start_on` (민법 제160조)."""
    first = start_on + timedelta(days=1)
    index = first.year * 12 + first.month - 1 + months
    year, month = index // 12, index % 12 + 1
    days = monthrange(year, month)[1]
    if first.day > days:
        return date(year, month, days)
    return date(year, month, first.day) - timedelta(days=1)


def end_of_month(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def coming_of_age_on(birth_on: date, age: int) -> date:
    """Return the day from which a person is `age` years old (민법 제158조: the birthday counts)."""
    try:
        return birth_on.replace(year=birth_on.year + age)
    except ValueError:  # born on 29 February, no such day that year
        return date(birth_on.year + age, 3, 1)


@lru_cache(maxsize=8192)
def tax_deadline(event_on: date, days: int, closed_on: tuple[date, ...] = ()) -> date:
    """Return the last day to file: `days` after the event, moved past closed days.

    지방세법 제20조 (the event's day does not count), 지방세기본법 제24조제1항.
    """
    return working_day_from(event_on + timedelta(days=days), closed_on)


def gift_deadline(acquired_on: date, months: int, closed_on: Collection[date] = ()) -> date:
    """Return the last day to file a gift or an inheritance (지방세법 제20조제1항).

    `months` after the last day of the month of acquisition.
    """
    return working_day_from(end_of_months(end_of_month(acquired_on), months), closed_on)


def in_grace(until_on: date, event_on: date, closed_on: Collection[date] = ()) -> bool:
    """Return whether an event after `until_on` is in time if 민법 제161조 lengthens the period."""
    return (
        until_on < event_on
        and is_rest_day(until_on, closed_on)
        and event_on <= working_day_from(until_on, closed_on)
    )


@dataclass(frozen=True)
class PenaltyLine:
    """One penalty: what, by which article, how it comes about, won."""

    title: str
    article: str
    how: str
    won: int


@dataclass(frozen=True)
class PenaltyRates:
    """Rates of 지방세기본법 제53조·제55조·제57조 (see parameters.toml, block `penalty`)."""

    no_filing_rate: Fraction = Fraction(1, 5)
    late_per_day_rate: Fraction = Fraction(22, 100_000)
    late_cap_rate: Fraction = Fraction(3, 4)
    discount_1m_rate: Fraction = Fraction(1, 2)
    discount_3m_rate: Fraction = Fraction(3, 10)
    discount_6m_rate: Fraction = Fraction(1, 5)


def _ten(amount: Fraction) -> int:
    return int(amount) // 10 * 10


def penalty_lines(
    tax_won: int,
    filing_due_on: date,
    as_of: date,
    rates: PenaltyRates,
    filed_on: date | None = None,
    paid_on: date | None = None,
    closed_on: Collection[date] = (),
) -> tuple[PenaltyLine, ...]:
    """Return what is added to an unfiled, unpaid tax of `tax_won` as it stands on `as_of`.

    무신고 (20 %, less the discount of a late filing within 1, 3 or 6 months) and 납부지연 for each
    day after the last day, up to 75 % of the tax. Nothing while the last day has not passed.
    """
    lines: list[PenaltyLine] = []
    filed = filed_on is not None and filed_on <= as_of
    if (filed_on if filed and filed_on is not None else as_of) > filing_due_on:
        full = tax_won * rates.no_filing_rate
        cut, words = Fraction(0), "기한 후 신고가 없습니다"
        if filed and filed_on is not None:
            cut, words = _late_filing(filing_due_on, filed_on, rates, closed_on)
        lines.append(
            PenaltyLine(
                "무신고가산세",
                "지방세기본법§53①" + (", §57②2" if cut else ""),
                f"세액 {tax_won:,}원 × {_percent(rates.no_filing_rate)} ({words})",
                _ten(full * (1 - cut)),
            )
        )
    until = paid_on if paid_on is not None and paid_on <= as_of else as_of
    late = (until - filing_due_on).days
    if late > 0:
        plain = tax_won * rates.late_per_day_rate * late
        most = tax_won * rates.late_cap_rate
        capped = plain > most
        lines.append(
            PenaltyLine(
                "납부지연가산세",
                "지방세기본법§55①1, 영§34①",
                f"세액 {tax_won:,}원 × {late}일 × 1일 10만분의 "
                f"{int(rates.late_per_day_rate * 100_000)}"
                + (f" (한도: 세액의 {_percent(rates.late_cap_rate)})" if capped else ""),
                _ten(min(plain, most)),
            )
        )
    return tuple(lines)


def _late_filing(
    due_on: date, filed_on: date, rates: PenaltyRates, closed_on: Collection[date]
) -> tuple[Fraction, str]:
    steps = ((1, rates.discount_1m_rate), (3, rates.discount_3m_rate), (6, rates.discount_6m_rate))
    for months, cut in steps:
        if filed_on <= working_day_from(end_of_months(due_on, months), closed_on):
            return cut, f"{months}개월 안에 기한 후 신고: {_percent(cut)} 감면"
    return Fraction(0), "기한이 지나고 6개월 뒤에 신고"


def _percent(rate: Fraction) -> str:
    return f"{float(rate * 100):g}%"
