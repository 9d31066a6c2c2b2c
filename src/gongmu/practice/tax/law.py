"""The little the practice tax office knows of the law, written apart from the product's rules.

It decides what its own people get, so that the product's answers can be compared with somebody
else's. It knows acquisitions from autumn 2025 to the end of 2026 and the people it makes, no more.
Sources: 지방세법 §12①2 · §20③; 지방세특례제한법 §17, §22의2, §29④, §66④⑤, §67, §68, §70, §177의2,
§180; 민법 §157 · §160 for the end of a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import holidays

from gongmu.practice.tax.cars import Model


@dataclass(frozen=True)
class Buyer:
    """What the law asks about who buys."""

    minors: int = 0
    disabled: bool = False
    veteran: str = ""
    business: str = ""
    """dealer, taxi, bus or ''."""
    replaces: bool = False
    """The car takes the place of one relieved before."""


@dataclass(frozen=True)
class Award:
    """A relief: article, how much, what the list calls its rate."""

    article: str
    amount: Fraction
    rate_words: str


FULL, HALF = "100%", "50%"
_CLAWED = ("지특법§17", "지특법§22의2", "지특법§29")


def tax_rate(model: Model, commercial: bool) -> Fraction:
    """Return the rate of 지방세법 제12조제1항제2호."""
    if commercial or model.light or "경형" in model.kind:
        return Fraction(4, 100)
    if model.kind == "승용":
        return Fraction(7, 100)
    if model.kind == "이륜" and model.cc is not None and model.cc <= 125:
        return Fraction(2, 100)
    return Fraction(5, 100)


def ten_won(amount: Fraction) -> int:
    """Drop what is below ten won."""
    return int(amount / 10) * 10


def _minimum(tax: Fraction) -> Fraction:
    """A full exemption over 2,000,000 won leaves 15 % to pay (§177의2)."""
    return tax * 85 / 100 if tax > 2_000_000 else tax


def awards(buyer: Buyer, model: Model, tax: Fraction) -> list[Award]:
    """Return every relief that applies, largest first."""
    found = []
    passenger = model.kind.startswith("승용")
    place = _place(model)
    if buyer.disabled and place:
        article = "지특법§17②" if buyer.replaces else f"지특법§17①{place}"
        found.append(Award(article, tax, FULL))
    if buyer.veteran and place:
        share = Fraction(1) if buyer.veteran == "국가유공자" else Fraction(1, 2)
        article = "지특법§29⑤" if buyer.replaces else f"지특법§29④{place}"
        found.append(Award(article, tax * share, FULL if share == 1 else HALF))
    if buyer.minors >= 2:
        found += _many_children(buyer, model, tax)
    if passenger and model.fuel == "전기":
        found.append(Award("지특법§66④", min(tax, Fraction(1_400_000)), FULL))
    if passenger and model.fuel == "수소":
        found.append(Award("지특법§66⑤", min(tax, Fraction(1_400_000)), FULL))
    if model.kind == "승용(경형)":
        found.append(Award("지특법§67①", min(tax, Fraction(750_000)), FULL))
    if model.kind == "화물(경형)":
        found.append(Award("지특법§67②", _minimum(tax), FULL))
    if buyer.business == "dealer":
        found.append(Award("지특법§68①", _minimum(tax), FULL))
    if buyer.business in ("taxi", "bus"):
        item = "2" if buyer.business == "taxi" else "1"
        found.append(Award(f"지특법§70①{item}", tax / 2, HALF))
    return sorted(found, key=lambda award: -award.amount)


def _place(model: Model) -> str:
    """Return the item of §17① (also §29④) that the car falls under; '' = none."""
    if model.kind.startswith("승용"):
        if 7 <= model.seats <= 10:
            return "1나"
        # An electric car is taken by its size; the ones sold here are no large ones.
        return "1가" if model.cc is None or model.cc <= 2000 else ""
    if model.kind == "승합":
        return "2" if model.seats <= 15 else ""
    if model.kind.startswith("화물"):
        return "3" if (model.payload_kg or 0) <= 1000 else ""
    return "4" if model.cc is not None and model.cc <= 250 else ""


def _many_children(buyer: Buyer, model: Model, tax: Fraction) -> list[Award]:
    small = model.kind.startswith("승용") and not 7 <= model.seats <= 10
    if model.kind == "승합" and model.seats > 15:
        return []
    if model.kind == "승용" or small:
        item = "1나" if small else "1가"
    else:
        item = {"승합": "2", "이륜": "4"}.get(model.kind, "3")
    if buyer.minors == 2:
        amount = min(tax / 2, Fraction(700_000)) if small else tax / 2
        article = "지특법§22의2③1" if buyer.replaces else "지특법§22의2②"
        return [Award(article, amount, HALF)]
    amount = min(tax, Fraction(1_400_000)) if small else _minimum(tax)
    article = "지특법§22의2③1" if buyer.replaces else f"지특법§22의2①{item}"
    return [Award(article, amount, FULL)]


def notice_code(article: str, joint: bool, replaces: bool) -> str:
    """Return which notice the owner should get."""
    code = "NONE"
    for start, notice in (("§17", "N17"), ("§29", "N29")):
        if article.startswith(f"지특법{start}"):
            code = f"{notice}공동" if joint else notice
    if article.startswith("지특법§22의2"):
        code = "N22"
    elif article == "지특법§67①":
        code = "N67"
    elif article.startswith("지특법§68"):
        code = "N68"
    return f"{code}+REPL" if replaces and code != "NONE" else code


def duty_ends_on(article: str, model: Model, acquired_on: date, registered_on: date) -> date | None:
    """Return the last day on which the forbidden thing costs the relief; None = no duty."""
    if article.startswith(_CLAWED):
        return years_after(registered_on, 1)
    if article == "지특법§67①":
        return years_after(acquired_on, 1)
    if article.startswith("지특법§68"):
        return years_after(acquired_on, 2 if model.kind.startswith("승용") else 3)
    return None


def years_after(day: date, years: int) -> date:
    """Return the last day of a term of years whose first day is not counted."""
    first = day + timedelta(days=1)
    try:
        return first.replace(year=first.year + years) - timedelta(days=1)
    except ValueError:  # 29 February has no counterpart: the month's last day ends the term
        return date(first.year + years, 2, 28)


def file_by(event_on: date) -> date:
    """Return the last day to file after an event: 60 days, moved past days of rest."""
    day = event_on + timedelta(days=60)
    rest = holidays.country_holidays("KR", years=(day.year, day.year + 1))
    while day.weekday() >= 5 or day in rest or (day.month, day.day) == (5, 1):
        day += timedelta(days=1)
    return day
