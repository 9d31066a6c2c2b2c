"""Invented people of the practice city: families, companies, numbers that cannot be real.

Resident numbers are well formed (a real day, a digit for century and sex) but their last digit is
always one that the check sum in use until 2020 refuses, so none belongs to anybody born before.
Telephone numbers are of the block 0000, which is given to nobody.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from gongmu.practice.words import DISTRICTS

_SURNAMES = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심"
_FIRST = "가나다라마바사아자하도민서지현수예은준시우하윤채태경성재영동승"
_SECOND = "람온솔빛결별들샘돌봄찬율아인원준호진연희우민영서윤혁훈"
_STREETS = (
    "가람로",
    "누리로",
    "다온길",
    "라온길",
    "마루로",
    "바른길",
    "새빛로",
    "아라길",
    "해솔로",
)
_COMPANIES = ("가온물산", "나래유통", "다솜건설", "라온전자", "마루식품", "바로산업")
_DEALERS = ("가람중고차매매상사", "나루자동차매매", "두레모터스상사")
_BUS = ("가온여객", "나래운수", "다솜교통")

_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


@dataclass(frozen=True)
class Person:
    """A natural person or a company; numbers are invented and cannot be valid."""

    name: str
    number: str
    born_on: date | None = None
    company: bool = False


@dataclass(frozen=True)
class Family:
    """A household: parents, children, and what a relief may hang on."""

    father: Person
    mother: Person
    children: tuple[Person, ...]
    address: str
    postcode: str
    phone: str
    electronic: bool | None
    disabled: bool = False
    """The father is severely disabled (장애의 정도가 심한)."""
    veteran: str = ""
    """'국가유공자' or '보훈보상대상자', the father."""
    grandmother: Person | None = None

    def minors(self, on: date) -> int:
        """Return how many children are under 18 on a day."""
        return sum(1 for child in self.children if child.born_on and _age(child.born_on, on) < 18)


@dataclass
class Town:
    """Makes people, each once; the same `dice` makes the same people."""

    dice: random.Random
    _numbers: set[str] = field(default_factory=set)

    def person(self, sex: str, born_on: date) -> Person:
        """Return an adult or child born on that day; `sex` is M or F."""
        dice = self.dice
        name = dice.choice(_SURNAMES) + dice.choice(_FIRST) + dice.choice(_SECOND)
        digit = {"M": "1", "F": "2"}[sex]
        if born_on.year >= 2000:
            digit = {"1": "3", "2": "4"}[digit]
        while True:
            twelve = f"{born_on:%y%m%d}{digit}{dice.randrange(100_000):05d}"
            number = f"{twelve[:6]}-{twelve[6:]}{_wrong_digit(twelve, dice)}"
            if number not in self._numbers:
                self._numbers.add(number)
                return Person(name, number, born_on)

    def born(self, today: date, least: int, most: int) -> date:
        """Return a birthday of somebody between `least` and `most` years old today."""
        days = self.dice.randrange(int(least * 365.25) + 2, int((most + 1) * 365.25) - 2)
        return today - timedelta(days=days)

    def family(self, today: date, children: int, **facts: object) -> Family:
        """Return a family with so many children, all of whom are minors (under 17)."""
        dice = self.dice
        born = [self.born(today, 0, 16) for _ in range(children)]
        youngsters = tuple(self.person(dice.choice("MF"), day) for day in born)
        address, postcode = self.home()
        return Family(
            father=self.person("M", self.born(today, 36, 60)),
            mother=self.person("F", self.born(today, 34, 56)),
            children=youngsters,
            address=address,
            postcode=postcode,
            phone=self.phone(),
            electronic=dice.random() < 0.8,
            **facts,  # type: ignore[arg-type]
        )

    def company(self, kind: str = "") -> Person:
        """Return a company: 'dealer', 'bus', or any."""
        dice = self.dice
        names = {"dealer": _DEALERS, "bus": _BUS}.get(kind, _COMPANIES)
        name = dice.choice(names)
        twelve = f"110111{dice.randrange(1_000_000):06d}"
        number = f"{twelve[:6]}-{twelve[6:]}{_wrong_company_digit(twelve, dice)}"
        return Person(f"(주){name}", number, company=True)

    def home(self) -> tuple[str, str]:
        """Return an address and a postcode."""
        dice = self.dice
        street, house = dice.choice(_STREETS), dice.randrange(1, 240)
        flat = f", {dice.randrange(101, 112)}동 {dice.randrange(1, 20)}0{dice.randrange(1, 5)}호"
        address = f"연습시 {street} {house}{flat if dice.random() < 0.7 else ''}"
        return f"{address} ({dice.choice(DISTRICTS)})", f"{dice.randrange(0, 100):05d}"

    def phone(self) -> str:
        """Return a number of the block 0000: mostly mobile, some land lines, wrong or missing."""
        dice = self.dice
        which = dice.random()
        last = f"{dice.randrange(10_000):04d}"
        if which < 0.90:
            return f"010-0000-{last}"
        if which < 0.94:
            return f"031-000-{last}"
        if which < 0.97:
            return dice.choice((f"010-0000-{last[:2]}", f"011-000-{last}", f"010-000-{last}9"))
        return ""


def _age(born_on: date, on: date) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def _wrong_digit(twelve: str, dice: random.Random) -> int:
    total = sum(int(digit) * weight for digit, weight in zip(twelve, _WEIGHTS, strict=True))
    right = (11 - total % 11) % 10
    return (right + dice.randrange(1, 10)) % 10


def _wrong_company_digit(twelve: str, dice: random.Random) -> int:
    total = sum(int(digit) * (1 + at % 2) for at, digit in enumerate(twelve))
    right = (10 - total % 10) % 10
    return (right + dice.randrange(1, 10)) % 10
