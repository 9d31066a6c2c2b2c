"""Makes the practice tax office on disk: the lists of every week, the truth about each grant."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from gongmu.practice.tax.later import Change, Lives
from gongmu.practice.tax.lists import (
    change_row,
    household_workbook,
    html_list,
    ownership_csv,
    relief_row,
)
from gongmu.practice.tax.sales import Office, Sale, spoil

HISTORY_WEEKS = 57
"""Thirteen months, so that duties of one year end now."""
REGISTER = "register.json"
RELIEFS, OWNERSHIP, HOUSEHOLD = "감면대장", "소유권변동", "세대변동"


@dataclass(frozen=True)
class Level:
    """What is wrong with the lists at a fault level: shares of rows, rows per week."""

    wrong_share: float
    unknown_share: float
    twice: int
    future: int
    broken: int


LEVELS = (
    Level(0.0, 0.0, 0, 0, 0),
    Level(0.01, 0.005, 1, 0, 1),
    Level(0.02, 0.01, 2, 1, 1),
    Level(0.04, 0.02, 4, 2, 3),
)
_FULL_WEEK = 100
"""A list with fewer rows has at most one broken one."""
_BROKEN_DAYS = ("2026-02-30", "26-11-17", "2026-13-05", "20261", "미상")


@dataclass(frozen=True)
class Made:
    """What was made: weeks (oldest first), grants and changes."""

    weeks: tuple[str, ...]
    grants: int
    changes: int


def make_tax_office(
    directory: Path,
    seed: int,
    last_week: date,
    weeks: int,
    grants_per_week: int,
    faults: int,
    say: Callable[[str], None],
) -> Made:
    """Write `directory`/outside/tax/<week>/ and truth/relief.json; the same seed, the same bytes.

    `last_week` is a Monday; `weeks` weeks up to it are full, before them 13 months have a tenth.
    Raises ValueError with a Korean sentence for arguments that cannot be used.
    """
    if last_week.weekday() != 0:
        raise ValueError("주의 첫날(월요일)을 주세요.")
    if not 0 <= faults < len(LEVELS):
        raise ValueError(f"결함 수준은 0부터 {len(LEVELS) - 1}까지입니다.")
    if not 1 <= weeks <= HISTORY_WEEKS or grants_per_week < 1:
        raise ValueError(f"주는 1부터 {HISTORY_WEEKS}까지, 건수는 1 이상이어야 합니다.")
    level = LEVELS[faults]
    _clear(directory)
    office = Office(seed)
    mondays = [last_week - timedelta(weeks=HISTORY_WEEKS - 1 - at) for at in range(HISTORY_WEEKS)]
    by_week: dict[date, list[Sale]] = {}
    for at, monday in enumerate(mondays):
        full = at >= HISTORY_WEEKS - weeks
        count = grants_per_week if full else max(4, grants_per_week // 10)
        by_week[monday] = office.week(monday, count)
    sales = [sale for week in by_week.values() for sale in week]
    spoil(sales, random.Random(f"{seed}:spoil"), level.wrong_share, level.unknown_share)
    lives = Lives(office.town, random.Random(f"{seed}:lives"), last_week + timedelta(days=6))
    lives.live(sales)
    truth = Truth(seed, faults)
    for monday, week in by_week.items():
        rows = _rows(week, level, random.Random(f"{seed}:rows:{monday}"), truth)
        changes = [one for one in lives.changes if monday <= one.changed_on < monday + _WEEK]
        _write_week(directory, monday, rows, changes)
    truth.write(directory, sales)
    counted = f"감면 {len(sales):,}건, 나중 변동 {len(lives.changes):,}건"
    say(f"{len(by_week)}주의 {counted}을 만들었습니다.")
    names = tuple(f"{monday:%G-W%V}" for monday in by_week)
    return Made(names, len(sales), len(lives.changes))


_WEEK = timedelta(days=7)


def _clear(directory: Path) -> None:
    """Remove the weeks made here before; anything else is left alone."""
    for register in (directory / "outside" / "tax").glob(f"*/{REGISTER}"):
        shutil.rmtree(register.parent)


def _rows(
    week: Sequence[Sale], level: Level, dice: random.Random, truth: Truth
) -> list[dict[str, str]]:
    """Return the rows of a week's list, spoilt as the level says, and tell the truth of each."""
    rows = [relief_row(sale) for sale in week]
    if len(rows) < _FULL_WEEK:
        level = replace(level, twice=0, future=0, broken=min(level.broken, 1))
    chosen = dice.sample(range(len(rows)), min(len(rows), level.future + level.broken))
    for at in chosen[: level.future]:
        day = week[at].registered_on
        rows[at]["registered_on"] = day.replace(year=day.year + 40, day=1).isoformat()
        truth.fates[week[at].tax_number] = "future"
    for at in chosen[level.future :]:
        rows[at]["acquired_on"] = dice.choice(_BROKEN_DAYS)
        truth.fates[week[at].tax_number] = "broken"
    for sale, row in zip(week, list(rows), strict=True):
        truth.rows[sale.tax_number] = row
    sound = [at for at in range(len(rows)) if at not in chosen]
    for at in sorted(dice.sample(sound, min(level.twice, len(sound))), reverse=True):
        rows.insert(dice.randrange(at + 1, len(rows) + 1), dict(rows[at]))
        truth.twice.append(week[at].tax_number)
    return rows


def _write_week(
    directory: Path, monday: date, rows: Sequence[dict[str, str]], changes: Sequence[Change]
) -> None:
    folder = directory / "outside" / "tax" / f"{monday:%G-W%V}"
    folder.mkdir(parents=True, exist_ok=True)
    last = monday + timedelta(days=6)
    ownership = [change_row(one) for one in changes if not one.household]
    household = [change_row(one) for one in changes if one.household]
    register = {"monday": monday.isoformat(), RELIEFS: rows, OWNERSHIP: ownership}
    register[HOUSEHOLD] = household
    text = json.dumps(register, ensure_ascii=False, indent=0)
    (folder / REGISTER).write_text(text + "\n", encoding="utf-8")
    (folder / f"{RELIEFS}_{monday:%Y%m%d}.xls").write_bytes(html_list(rows, monday, last))
    (folder / f"{OWNERSHIP}_{monday:%Y%m%d}.csv").write_bytes(ownership_csv(ownership))
    (folder / f"{HOUSEHOLD}_{monday:%Y%m%d}.xlsx").write_bytes(household_workbook(household))


class Truth:
    """What is true of every grant, by tax number."""

    def __init__(self, seed: int, faults: int) -> None:
        self._seed = seed
        self._faults = faults
        self.fates: dict[str, str] = {}
        """Tax number → why its row cannot be read: future, broken."""
        self.rows: dict[str, Mapping[str, str]] = {}
        self.twice: list[str] = []

    def write(self, directory: Path, sales: Sequence[Sale]) -> None:
        """Write truth/relief.json."""
        folder = directory / "truth"
        folder.mkdir(parents=True, exist_ok=True)
        grants = {sale.tax_number: self._grant(sale) for sale in sales}
        whole = {"seed": self._seed, "faults": self._faults, "grants": grants}
        text = json.dumps(whole, ensure_ascii=False, indent=0, default=str)
        (folder / "relief.json").write_text(text + "\n", encoding="utf-8")

    def _grant(self, sale: Sale) -> dict[str, Any]:
        return {
            "week": sale.week,
            "listed": self.fates.get(sale.tax_number, "good"),
            "listed_times": 1 + self.twice.count(sale.tax_number),
            "article": sale.article,
            "notice": sale.notice,
            "ends_on": sale.ends_on,
            "figures_right": not sale.wrong,
            "wrong": sale.wrong,
            "unknown_code": sale.unknown_code,
            "base_won": sale.base_won,
            "relief_won": sale.relief_won,
            "due_won": sale.due_won,
            "electronic": sale.electronic,
            "replacement": sale.replacement,
            "later": sale.later,
            "row": self.rows[sale.tax_number],
        }
