"""The yearly self-check on AI ethics: the list, the answers, and which year still lacks one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

import sqlalchemy as sa

from gongmu.bots.guard.tables import ethics_table
from gongmu.core.clock import Clock
from gongmu.core.errors import Refused
from gongmu.core.people import Act, Person


class Verdict(StrEnum):
    """What was found for one item; anything but YES needs a note."""

    YES = "예"
    PARTLY = "일부"
    NO = "아니오"
    NONE = "해당 없음"


@dataclass(frozen=True)
class EthicsItem:
    """One question of the list."""

    code: str
    ask: str


@dataclass(frozen=True)
class EthicsPart:
    """A heading with its questions."""

    code: str
    title: str
    items: tuple[EthicsItem, ...]


@dataclass(frozen=True)
class EthicsAnswer:
    """The answer to one item; `note` says what was looked at or what is to be done."""

    code: str
    verdict: Verdict
    note: str = ""


@dataclass(frozen=True)
class EthicsCheck:
    """A finished self-check."""

    year: int
    at: datetime
    account: str
    name: str
    edition: str
    answers: tuple[EthicsAnswer, ...]

    @property
    def open_items(self) -> tuple[EthicsAnswer, ...]:
        """Return the answers that ask for something to be done."""
        return tuple(a for a in self.answers if a.verdict in (Verdict.NO, Verdict.PARTLY))


def ethics_parts() -> Sequence[EthicsPart]:
    """Return the list as shipped."""
    return tuple(
        EthicsPart(
            part["code"],
            part["title"],
            tuple(EthicsItem(item["code"], item["ask"]) for item in part["items"]),
        )
        for part in _list()["parts"]
    )


class EthicsBook:
    """Keeps the self-checks; a check is added, never changed."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def record(self, year: int, person: Person, answers: Sequence[EthicsAnswer]) -> EthicsCheck:
        """Keep a self-check of `year` and return it.

        Raises Refused not_allowed, ethics_incomplete naming the first item without an answer or
        without the note it needs.
        """
        if not person.may(Act.CONFIGURE):
            raise Refused(
                "not_allowed", "점검표를 적을 권한이 없습니다.", "담당자나 관리자가 적으세요."
            )
        _check(answers)
        made = EthicsCheck(
            year, self._clock(), person.account, person.name, _list()["edition"], tuple(answers)
        )
        row = {
            "year": year,
            "at": made.at,
            "account": made.account,
            "name": made.name,
            "edition": made.edition,
            "answers": [[a.code, a.verdict.value, a.note] for a in answers],
        }
        with self._engine.begin() as connection:
            connection.execute(ethics_table.insert().values(row))
        return made

    def checks(self) -> Sequence[EthicsCheck]:
        """Return all self-checks, newest first."""
        query = sa.select(ethics_table).order_by(ethics_table.c.number.desc())
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            EthicsCheck(
                row.year,
                row.at,
                row.account,
                row.name,
                row.edition,
                tuple(EthicsAnswer(c, Verdict(v), n) for c, v, n in row.answers),
            )
            for row in rows
        ]

    def is_due(self, today: date) -> bool:
        """Return whether this year's self-check is still missing."""
        query = sa.select(sa.func.count()).where(ethics_table.c.year == today.year)
        with self._engine.connect() as connection:
            return not connection.scalar(query)


def _check(answers: Sequence[EthicsAnswer]) -> None:
    given: Mapping[str, EthicsAnswer] = {answer.code: answer for answer in answers}
    for part in ethics_parts():
        for item in part.items:
            answer = given.get(item.code)
            if answer is None:
                raise _incomplete(f"답하지 않은 항목이 있습니다: {item.ask}")
            if answer.verdict is not Verdict.YES and not answer.note.strip():
                raise _incomplete(f"까닭을 적지 않은 항목이 있습니다: {item.ask}")


def _incomplete(why: str) -> Refused:
    return Refused("ethics_incomplete", why, "항목을 모두 채운 뒤 저장하세요.")


@lru_cache(maxsize=1)
def _list() -> dict[str, Any]:
    text = files("gongmu.bots.guard").joinpath("ethics.toml").read_text("utf-8")
    return tomllib.loads(text)
