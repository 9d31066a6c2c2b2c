"""Cars bought week by week and the relief each got: what the tax office knows when it files."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import holidays

from gongmu.practice.tax.cars import BY_NAME, Model, Register, price
from gongmu.practice.tax.law import (
    Award,
    Buyer,
    awards,
    duty_ends_on,
    notice_code,
    tax_rate,
    ten_won,
)
from gongmu.practice.tax.people import Family, Person, Town

CODES = {
    "지특법§17①1가": "017111", "지특법§17①1나": "017112", "지특법§17①2": "017120",
    "지특법§17①3": "017130", "지특법§17①4": "017140", "지특법§17②": "017200",
    "지특법§22의2①1가": "022111", "지특법§22의2①1나": "022112", "지특법§22의2①2": "022120",
    "지특법§22의2①3": "022130", "지특법§22의2①4": "022140", "지특법§22의2②": "022200",
    "지특법§22의2③1": "022310", "지특법§29④1가": "029411", "지특법§29④1나": "029412",
    "지특법§29④2": "029420", "지특법§29④3": "029430", "지특법§29④4": "029440",
    "지특법§29⑤": "029500", "지특법§66④": "066400", "지특법§66⑤": "066500",
    "지특법§67①": "067100", "지특법§67②": "067200", "지특법§68①": "068100",
    "지특법§70①1": "070110", "지특법§70①2": "070120",
}  # fmt: skip
"""The practice office's own code table (감면코드)."""

_ANY = ("가온 세단 1.6", "가온 세단 2.0", "다솜 SUV 7", "라온 밴 9", "큰들 1톤", "라온 밴 11")
_KINDS: dict[str, tuple[float, tuple[str, ...]]] = {
    "three": (0.20, (*_ANY, "마루 HEV", "나래 대형 2.5", "바람 250", "새빛 EV")),
    "two": (0.23, (*_ANY, "마루 HEV", "나래 대형 2.5", "새빛 EV", "꼬마 1.0")),
    "disabled": (0.19, (*_ANY, "마루 HEV", "새빛 EV", "꼬마 1.0")),
    "veteran": (0.05, _ANY),
    "light": (0.13, ("꼬마 1.0",)),
    "electric": (0.11, ("새빛 EV",)),
    "hydrogen": (0.01, ("새빛 FCEV",)),
    "light truck": (0.03, ("꼬마 밴",)),
    "dealer": (0.03, (*_ANY, "나래 대형 2.5")),
    "taxi": (0.015, ("나래 택시",)),
    "bus": (0.005, ("가온 버스 45",)),
}


@dataclass
class Sale:
    """One car bought with a relief."""

    tax_number: str
    week: str
    filed_on: date
    acquired_on: date
    registered_on: date
    owner: Person
    phone: str
    address: str
    postcode: str
    electronic: bool | None
    model: Model
    plate: str
    vin: str
    cause: str
    commercial: bool
    price_won: int
    rate: Fraction
    base_won: int
    article: str
    relief_rate: str
    relief_won: int
    notice: str
    ends_on: date | None
    family: Family | None = None
    joint: Person | None = None
    joint_relation: str = ""
    joint_share: str = ""
    previous_plate: str = ""
    wrong: str = ""
    """What the list got wrong: rate, base, relief or ''."""
    listed: dict[str, Any] = field(default_factory=dict)
    """What the list says in place of the truth."""
    unknown_code: bool = False
    later: list[dict[str, Any]] = field(default_factory=list)
    replacement: dict[str, Any] | None = None

    @property
    def due_won(self) -> int:
        """Return what remained to pay."""
        return self.base_won - self.relief_won


class Office:
    """Files sales week by week; the same seed files the same."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._town = Town(random.Random(f"{seed}:town"))
        self._register = Register(random.Random(f"{seed}:register"))
        self._dice = random.Random(f"{seed}:sales")
        self._number = 0

    @property
    def town(self) -> Town:
        """Return the town whose people buy."""
        return self._town

    def week(self, monday: date, count: int) -> list[Sale]:
        """Return a week's sales by day of filing."""
        days = working_days(monday)
        filed = sorted(self._dice.choice(days) for _ in range(count))
        return [self._sale(day) for day in filed]

    def _sale(self, filed_on: date) -> Sale:
        dice = self._dice
        while True:
            kind = dice.choices(list(_KINDS), [share for share, _ in _KINDS.values()])[0]
            model = BY_NAME[dice.choice(_KINDS[kind][1])]
            used = kind == "dealer" or (kind not in ("light truck", "bus") and dice.random() < 0.3)
            paid = price(model, dice, used)
            commercial = kind in ("taxi", "bus")
            rate = tax_rate(model, commercial)
            buyer, family, owner = self._buyer(kind, filed_on)
            found = awards(buyer, model, paid * rate)
            # Equal reliefs of two articles are an open question, which the truth leaves out.
            if found and (len(found) == 1 or found[0].amount > found[1].amount):
                return self._filed(
                    filed_on, model, used, paid, rate, commercial, buyer, family, owner, found[0]
                )

    def _buyer(self, kind: str, day: date) -> tuple[Buyer, Family | None, Person]:
        dice, town = self._dice, self._town
        if kind in ("dealer", "bus"):
            company = town.company(kind)
            return Buyer(business=kind), None, company
        if kind == "light truck" and dice.random() < 0.4:
            return Buyer(), None, town.company()
        children = {"three": dice.choice((3, 3, 3, 4)), "two": 2}.get(kind, 0)
        if kind in ("disabled", "veteran", "electric") and dice.random() < 0.15:
            children = 2
        disabled = kind == "disabled"
        veteran = ""
        if kind == "veteran":
            veteran = "국가유공자" if dice.random() < 0.7 else "보훈보상대상자"
        family = town.family(day, children, disabled=disabled, veteran=veteran)
        replaces = kind in ("three", "two", "disabled", "veteran") and dice.random() < 0.06
        business = "taxi" if kind == "taxi" else ""
        buyer = Buyer(family.minors(day), disabled, veteran, business, replaces)
        return buyer, family, family.father

    def _filed(
        self,
        filed_on: date,
        model: Model,
        used: bool,
        paid: int,
        rate: Fraction,
        commercial: bool,
        buyer: Buyer,
        family: Family | None,
        owner: Person,
        award: Award,
    ) -> Sale:
        dice = self._dice
        acquired = filed_on - timedelta(days=dice.choice((0, 0, 0, 0, 0, 0, 1, 2, 3, 5)))
        registered = filed_on + timedelta(days=1 if dice.random() < 0.12 else 0)
        base = ten_won(paid * rate)
        relief = base - ten_won(paid * rate - award.amount)
        joint, relation, share = self._joint(award.article, family)
        replaces = buyer.replaces and award.article[-2:] in ("7②", "9⑤", "③1")
        if family is not None:
            home = (family.address, family.postcode)
            phone, electronic = family.phone, family.electronic
        else:
            home, phone, electronic = self._town.home(), self._town.phone(), dice.random() < 0.8
        self._number += 1
        return Sale(
            tax_number=f"04115{filed_on:%Y%m}{self._number:07d}",
            week=f"{filed_on:%G-W%V}",
            filed_on=filed_on,
            acquired_on=acquired,
            registered_on=registered,
            owner=owner,
            phone=phone,
            address=home[0],
            postcode=home[1],
            electronic=electronic,
            model=model,
            plate=self._register.plate(commercial, model.kind == "이륜"),
            vin=self._register.vin(),
            cause="매매" if used else "신규",
            commercial=commercial,
            price_won=paid,
            rate=rate,
            base_won=base,
            article=award.article,
            relief_rate=award.rate_words,
            relief_won=relief,
            notice=notice_code(award.article, joint is not None, replaces),
            ends_on=duty_ends_on(award.article, model, acquired, registered),
            family=family,
            joint=joint,
            joint_relation=relation,
            joint_share=share,
            previous_plate=self._register.plate() if replaces else "",
        )

    def _joint(self, article: str, family: Family | None) -> tuple[Person | None, str, str]:
        """Return who owns the car too, the relation to the first owner and the share."""
        dice = self._dice
        if family is None:
            return None, "", ""
        if article.startswith(("지특법§17", "지특법§29")) and dice.random() < 0.45:
            if dice.random() < 0.6:
                return family.mother, "배우자", "99/100"
            born = self._town.born(date(2026, 1, 1), 66, 84)
            return self._town.person("F", born), "모", "99/100"
        if article.startswith("지특법§22의2") and dice.random() < 0.25:
            return family.mother, "배우자", "50/100"
        return None, "", ""


def working_days(monday: date) -> Sequence[date]:
    """Return the days of a week on which the office is open."""
    closed = holidays.country_holidays("KR", years=(monday.year, monday.year + 1))
    days = [monday + timedelta(days=at) for at in range(5)]
    return [day for day in days if day not in closed] or [monday]


def spoil(sales: Sequence[Sale], dice: random.Random, wrong: float, unknown: float) -> None:
    """Let the list say something else than the truth for a share of the sales."""
    for sale in sales:
        which = dice.random()
        if which < wrong:
            sale.wrong = dice.choice(("rate", "base", "relief"))
            sale.listed = _wrongly(sale, dice)
        elif which < wrong + unknown:
            sale.unknown_code = True
            sale.listed = {
                "relief_code": f"099{dice.randrange(900):03d}",
                "relief_text": "기타 감면",
            }
            sale.notice = "CHECK"


def _wrongly(sale: Sale, dice: random.Random) -> dict[str, Any]:
    if sale.wrong == "rate":
        rate = Fraction(5, 100) if sale.rate == Fraction(7, 100) else Fraction(7, 100)
        base = ten_won(sale.price_won * rate)
        relief = min(sale.relief_won, base)
        return {"rate": rate, "base_won": base, "relief_won": relief, "due_won": base - relief}
    if sale.wrong == "base":
        base = sale.base_won + dice.choice((10, 1000, 70_000))
        return {"base_won": base, "due_won": base - sale.relief_won}
    relief = max(10, sale.relief_won - dice.choice((10, 50_000, 140_000)))
    return {"relief_won": relief, "due_won": sale.base_won - relief}
