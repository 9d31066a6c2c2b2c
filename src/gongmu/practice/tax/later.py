"""What happens to relieved cars afterwards, and whether the relief is claimed back for it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gongmu.practice.tax.law import file_by
from gongmu.practice.tax.people import Town
from gongmu.practice.tax.sales import Sale

_STRICT = ("지특법§17", "지특법§29")
_CHILDREN = "지특법§22의2"
REPLACE_WITHIN_DAYS = 60


@dataclass(frozen=True)
class Change:
    """One row of the later lists; `about` is the tax number of the sale."""

    about: str
    household: bool
    changed_on: date
    kind: str
    plate: str
    vin: str
    name: str
    number: str
    new_name: str = ""
    new_number: str = ""
    relation: str = ""
    share: str = ""
    reason: str = ""


class Lives:
    """Lets time pass over sales until `last_day`; the same dice give the same lives."""

    def __init__(self, town: Town, dice: random.Random, last_day: date) -> None:
        self._town = town
        self._dice = dice
        self._last_day = last_day
        self.changes: list[Change] = []

    def live(self, sales: Sequence[Sale]) -> None:
        """Give a tenth of the sales an event, some on the very last day and the day after."""
        edge = 0
        for sale in sales:
            if sale.previous_plate:
                self._replace(sale)
            if sale.wrong or sale.unknown_code:
                continue
            ends = sale.ends_on
            if ends is not None and ends < self._last_day and sale.article.startswith(_CHILDREN):
                edge += 1
                if edge % 12 in (1, 2):
                    self._sold(sale, ends + timedelta(days=edge % 12 - 1))
                    continue
            age = (self._last_day - sale.registered_on).days
            if age > 24 and self._dice.random() < 0.10:
                after = self._dice.randrange(10, min(age, 420))
                self._happen(sale, sale.registered_on + timedelta(days=after))

    def _happen(self, sale: Sale, on: date) -> None:
        choices: list[Callable[[Sale, date], None]] = [self._sold, self._scrapped, self._died]
        if sale.article.startswith(_STRICT):
            choices += [self._moved_out, self._moved_out, self._to_spouse, self._sold]
        elif sale.article.startswith(_CHILDREN):
            choices += [self._moved_out, self._to_spouse, self._to_child, self._sold]
        elif sale.article == "지특법§67①":
            choices += [self._commercial, self._commercial, self._commercial]
        elif sale.owner.company:
            choices = [self._sold]
        self._dice.choice(choices)(sale, on)

    # What may happen

    def _sold(self, sale: Sale, on: date) -> None:
        buyer = self._town.person("M", self._town.born(on, 25, 60))
        self._change(sale, on, "이전", buyer.name, buyer.number, share="1/1", reason="매매")
        within = sale.ends_on is not None and on <= sale.ends_on
        due = within and sale.article.startswith((*_STRICT, _CHILDREN))
        self._note(sale, on, "이전", "due" if due else "not_due", "매각")

    def _scrapped(self, sale: Sale, on: date) -> None:
        self._change(sale, on, "말소", reason="폐차")
        # No decision says so, but scrapping is no transfer of ownership (open question 13).
        within = sale.ends_on is not None and on <= sale.ends_on
        clawed = sale.article.startswith((*_STRICT, _CHILDREN))
        self._note(sale, on, "말소", "open" if within and clawed else "not_due", "폐차")

    def _died(self, sale: Sale, on: date) -> None:
        if sale.family is None:
            self._sold(sale, on)
            return
        heir = sale.family.mother
        self._household(sale, on, "사망", sale.owner.name, sale.owner.number, "본인", "사망")
        later = min(on + timedelta(days=14), self._last_day)
        self._change(
            sale, later, "상속이전", heir.name, heir.number, "배우자", "1/1", reason="상속"
        )
        self._note(sale, later, "상속이전", "not_due", "사망으로 상속")

    def _moved_out(self, sale: Sale, on: date) -> None:
        """The joint owner (else the owner) leaves the household."""
        who = sale.joint or sale.owner
        relation = sale.joint_relation if sale.joint else "본인"
        married = self._dice.random() < 0.15
        reason = "혼인" if married else self._dice.choice(("취업", "전세 이사", "요양"))
        self._household(sale, on, "세대분가", who.name, who.number, relation, reason)
        within = sale.ends_on is not None and on <= sale.ends_on
        due = within and sale.joint and sale.article.startswith(_STRICT) and not married
        self._note(sale, on, "세대분가", "due" if due else "not_due", reason)

    def _to_spouse(self, sale: Sale, on: date) -> None:
        if sale.family is None or sale.joint is not None or sale.article == "지특법§22의2③1":
            self._sold(sale, on)
            return
        spouse = sale.family.mother
        strict = sale.article.startswith(_STRICT)
        share = "99/100" if strict else "1/1"
        kind = "지분이전" if strict else "이전"
        self._change(sale, on, kind, spouse.name, spouse.number, "배우자", share, "증여")
        self._note(sale, on, kind, "not_due", "배우자에게 이전")

    def _to_child(self, sale: Sale, on: date) -> None:
        if sale.family is None or not sale.family.children:
            self._sold(sale, on)
            return
        child = sale.family.children[0]
        self._change(sale, on, "지분이전", child.name, child.number, "자", "1/100", "증여")
        within = sale.ends_on is not None and on <= sale.ends_on
        self._note(sale, on, "지분이전", "due" if within else "not_due", "자녀에게 1% 이전")

    def _commercial(self, sale: Sale, on: date) -> None:
        self._change(sale, on, "영업용전환", reason="화물운송")
        within = sale.ends_on is not None and on <= sale.ends_on
        self._note(sale, on, "영업용전환", "due" if within else "not_due", "영업용 사용")

    def _replace(self, sale: Sale) -> None:
        """The old car goes within 60 days, or it does not."""
        last = sale.registered_on + timedelta(days=REPLACE_WITHIN_DAYS)
        in_time = self._dice.random() < 0.75
        days = self._dice.randrange(3, 56) if in_time else self._dice.randrange(61, 100)
        gone = sale.registered_on + timedelta(days=days)
        shown = gone if gone <= self._last_day else None
        if shown is not None:
            scrap = self._dice.random() < 0.5
            row = Change(
                sale.tax_number, False, shown, "말소" if scrap else "이전", sale.previous_plate, "",
                sale.owner.name, sale.owner.number, reason="폐차" if scrap else "매매",
            )  # fmt: skip
            self.changes.append(row)
        late = last < self._last_day and (shown is None or shown > last)
        sale.replacement = {
            "due_on": last,
            "disposed_on": shown,
            "clawback": "due" if late else "not_due" if shown else "waiting",
        }

    # How it is written down

    def _change(
        self,
        sale: Sale,
        on: date,
        kind: str,
        new_name: str = "",
        new_number: str = "",
        relation: str = "",
        share: str = "",
        reason: str = "",
    ) -> None:
        if on > self._last_day:
            return
        row = Change(
            sale.tax_number, False, on, kind, sale.plate, sale.vin, sale.owner.name,
            sale.owner.number, new_name, new_number, relation, share, reason,
        )  # fmt: skip
        self.changes.append(row)

    def _household(
        self, sale: Sale, on: date, kind: str, name: str, number: str, relation: str, reason: str
    ) -> None:
        row = Change(
            sale.tax_number, True, on, kind, sale.plate, "", name, number,
            relation=relation, reason=reason,
        )  # fmt: skip
        self.changes.append(row)

    def _note(self, sale: Sale, on: date, kind: str, clawback: str, why: str) -> None:
        due = clawback == "due"
        sale.later.append(
            {
                "on": on,
                "kind": kind,
                "clawback": clawback,
                "amount_won": sale.relief_won if due else 0,
                "file_by": file_by(on) if due else None,
                "why": why,
            }
        )
