"""Quotas and cost of models, by person, department, desk and month (Seoul)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from gongmu.bots.guard.office import Quotas
from gongmu.bots.guard.tables import quota_table, use_table
from gongmu.core.clock import Clock
from gongmu.core.errors import Refused
from gongmu.core.values import SEOUL

_MICRO = 1_000_000
_PERSON_DAY, _PERSON_MONTH, _DEPARTMENT_MONTH = "person-day", "person-month", "department-month"


@dataclass(frozen=True)
class Taken:
    """A question that was let through; `reserved` micro-won are held until it is settled."""

    account: str
    department: str
    bot: str
    at: datetime
    reserved: int


@dataclass(frozen=True)
class UseOf:
    """Use of models by one person, department or desk."""

    answers: int
    tokens_in: int
    tokens_out: int
    cost_won: Fraction


@dataclass(frozen=True)
class MonthUse:
    """One month's use, by names in alphabetical order: it compares nobody with anybody."""

    month: str
    total: UseOf
    by_department: Mapping[str, UseOf]
    by_bot: Mapping[str, UseOf]
    by_person: Mapping[str, UseOf]
    by_model: Mapping[str, UseOf]


@dataclass(frozen=True)
class Left:
    """What a person may still use; None = without limit."""

    questions_today: int | None
    person_won: Fraction | None
    department_won: Fraction | None


class QuotaBook:
    """Counts questions and won against the city's limits; counting is atomic."""

    def __init__(self, engine: sa.Engine, quotas: Quotas, clock: Clock) -> None:
        self._engine = engine
        self._quotas = quotas
        self._clock = clock

    def take(
        self, account: str, department: str, bot: str, *, reserve_won: Fraction = Fraction(0)
    ) -> Taken:
        """Count one question and hold `reserve_won` until it is settled.

        Raises Refused quota, naming the limit that is used up; then nothing is counted.
        """
        taken = Taken(account, department, bot, self._clock(), _micro(reserve_won))
        with self._engine.begin() as connection:
            for scope, name, period in _keys(taken):
                self._make(connection, scope, name, period)
            for scope, name, period in _keys(taken):
                self._count(connection, scope, name, period, taken.reserved)
        return taken

    def release(self, taken: Taken) -> None:
        """Undo a question that came to no answer of a model."""
        with self._engine.begin() as connection:
            for key in _keys(taken):
                connection.execute(
                    quota_table.update()
                    .where(_is(*key), quota_table.c.questions > 0)
                    .values(
                        questions=quota_table.c.questions - 1,
                        micro_won=quota_table.c.micro_won - taken.reserved,
                    )
                )

    def record_use(
        self,
        taken: Taken,
        *,
        model: str,
        tokens_in: int,
        tokens_out: int,
        cost_won: Fraction,
    ) -> None:
        """Write down what an answer cost, and settle what was held for it.

        The cost counts in the month in which the question was asked.
        """
        row = {
            "at": self._clock(),
            "month": _month(taken.at),
            "account": taken.account,
            "department": taken.department,
            "bot": taken.bot,
            "model": model,
            "tokens_in": tokens_in,
            "tokens_out": tokens_out,
            "cost_won": f"{cost_won.numerator}/{cost_won.denominator}",
        }
        change = _micro(cost_won) - taken.reserved
        with self._engine.begin() as connection:
            connection.execute(use_table.insert().values(row))
            for key in _keys(taken):
                connection.execute(
                    quota_table.update()
                    .where(_is(*key))
                    .values(micro_won=quota_table.c.micro_won + change)
                )

    def left(self, account: str, department: str) -> Left:
        """Return what this person may still use today and this month."""
        now = self._clock()
        limits = self._quotas
        with self._engine.connect() as connection:
            counts = {
                row.scope: row
                for key in _keys(Taken(account, department, "", now, 0))
                for row in connection.execute(sa.select(quota_table).where(_is(*key)))
            }
        day = counts.get(_PERSON_DAY)
        asked = day.questions if day else 0
        questions = limits.person_questions_a_day
        return Left(
            None if questions is None else max(questions - asked, 0),
            _rest(limits.person_won_a_month, counts.get(_PERSON_MONTH)),
            _rest(limits.department_won_a_month, counts.get(_DEPARTMENT_MONTH)),
        )

    def usage(self, month: str) -> MonthUse:
        """Return the use in `month` ("2026-11", Seoul), summed exactly."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(use_table).where(use_table.c.month == month)).all()
        kinds: dict[str, dict[str, list[sa.Row[Any]]]] = {
            "department": defaultdict(list),
            "bot": defaultdict(list),
            "account": defaultdict(list),
            "model": defaultdict(list),
        }
        for row in rows:
            for kind, names in kinds.items():
                names[getattr(row, kind)].append(row)
        summed = {
            kind: {name: _sum(names[name]) for name in sorted(names)}
            for kind, names in kinds.items()
        }
        return MonthUse(
            month,
            _sum(rows),
            summed["department"],
            summed["bot"],
            summed["account"],
            summed["model"],
        )

    def _make(self, connection: sa.Connection, scope: str, name: str, period: str) -> None:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        row = {"scope": scope, "name": name, "period": period, "questions": 0, "micro_won": 0}
        connection.execute(dialect.insert(quota_table).values(row).on_conflict_do_nothing())

    def _count(
        self, connection: sa.Connection, scope: str, name: str, period: str, reserved: int
    ) -> None:
        limits = [_is(scope, name, period)]
        questions, won = self._limits(scope)
        if questions is not None:
            limits.append(quota_table.c.questions < questions)
        if won is not None:
            # What is held counts too, so that many at once cannot pass the limit together.
            limits.append(quota_table.c.micro_won + max(reserved, 1) <= won * _MICRO)
        done = connection.execute(
            quota_table.update()
            .where(*limits)
            .values(
                questions=quota_table.c.questions + 1,
                micro_won=quota_table.c.micro_won + reserved,
            )
        )
        if not done.rowcount:
            raise _used_up(scope)

    def _limits(self, scope: str) -> tuple[int | None, int | None]:
        if scope == _PERSON_DAY:
            return self._quotas.person_questions_a_day, None
        if scope == _PERSON_MONTH:
            return None, self._quotas.person_won_a_month
        return None, self._quotas.department_won_a_month


def _keys(taken: Taken) -> list[tuple[str, str, str]]:
    # Always in this order: two writers then wait for each other and never in a ring.
    day = taken.at.astimezone(SEOUL).date().isoformat()
    month = _month(taken.at)
    return [
        (_PERSON_DAY, taken.account, day),
        (_PERSON_MONTH, taken.account, month),
        (_DEPARTMENT_MONTH, taken.department, month),
    ]


def _is(scope: str, name: str, period: str) -> sa.ColumnElement[bool]:
    table = quota_table.c
    return sa.and_(table.scope == scope, table.name == name, table.period == period)


def _month(at: datetime) -> str:
    return at.astimezone(SEOUL).strftime("%Y-%m")


def _micro(won: Fraction) -> int:
    return ceil(won * _MICRO)


def _rest(limit: int | None, row: sa.Row[Any] | None) -> Fraction | None:
    if limit is None:
        return None
    used = Fraction(row.micro_won, _MICRO) if row is not None else Fraction(0)
    return max(Fraction(limit) - used, Fraction(0))


def _sum(rows: Sequence[sa.Row[Any]]) -> UseOf:
    listed = list(rows)
    return UseOf(
        len(listed),
        sum(row.tokens_in for row in listed),
        sum(row.tokens_out for row in listed),
        sum((Fraction(row.cost_won) for row in listed), Fraction(0)),
    )


_SAID = {
    _PERSON_DAY: (
        "오늘 물을 수 있는 횟수를 다 썼습니다.",
        "내일 다시 쓰거나 모델 없이 물어보세요.",
    ),
    _PERSON_MONTH: (
        "이달 개인 한도를 다 썼습니다.",
        "모델 없이 묻거나 관리자에게 한도를 물어보세요.",
    ),
    _DEPARTMENT_MONTH: (
        "이달 부서 한도를 다 썼습니다.",
        "모델 없이 묻거나 부서 담당자에게 한도를 물어보세요.",
    ),
}


def _used_up(scope: str) -> Refused:
    return Refused("quota", *_SAID[scope])
