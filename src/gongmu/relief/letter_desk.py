"""The letter list: who gets a letter and why, and the letters themselves as PDF, HWPX and xlsx."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.messages.delivery import Delivery
from gongmu.relief.events import Events
from gongmu.relief.frozen import Freezer, LetterDue
from gongmu.relief.judging import Duty
from gongmu.relief.keeping import Judgement, Keeping
from gongmu.relief.letters import (
    LetterSheet,
    clawback_letter_of,
    letter_hwpx,
    letter_of,
    letter_pdf,
    letters_workbook,
)
from gongmu.relief.notices import LetterWhy
from gongmu.relief.office import office_of
from gongmu.relief.planning import word_of
from gongmu.relief.review import FIRST, Reviews
from gongmu.relief.tables import batch_table, letter_table
from gongmu.relief.weeks import week_name


@dataclass(frozen=True)
class LetterRow:
    """One letter on the list; `why` are the reasons, `made_at` when it was last written."""

    grant_id: str
    slot: str
    week_on: date
    why: str
    is_made: bool
    made_at: datetime | None
    made_by: str


@dataclass(frozen=True)
class Letters:
    """The letters of a week, ready to print; `undecided` grants wait for an officer."""

    sheets: tuple[LetterSheet, ...]
    undecided: int


class LetterDesk:
    """The letters of one installation."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine
        self._kept = Keeping(house)

    def keep(self, week_on: date, letters: Iterable[LetterDue]) -> int:
        """Put letters on the list and return how many are new; a known one gains the reasons."""
        table, now, new = letter_table, self._house.clock(), 0
        with self._engine.begin() as connection:
            for item in letters:
                mine = sa.and_(table.c.grant_id == item.grant_id, table.c.slot == item.slot)
                known = connection.scalar(sa.select(table.c.why).where(mine))
                if known is None:
                    row = {
                        "grant_id": item.grant_id,
                        "slot": item.slot,
                        "week_on": week_on,
                        "why": item.why,
                        "state": "open",
                        "raised_at": now,
                        "made_by": "",
                    }
                    connection.execute(table.insert().values(row))
                    new += 1
                    continue
                both = dict.fromkeys([*known.split(", "), *item.why.split(", ")])
                if (why := ", ".join(both)) != known:
                    values = {"why": why, "state": "open"}
                    connection.execute(table.update().where(mine).values(values))
        return new

    def add_failures(self, batch_id: str) -> int:
        """Put the people whose text failed on the list of the batch's week."""
        query = sa.select(batch_table.c.week_on).where(batch_table.c.batch_id == batch_id)
        with self._engine.connect() as connection:
            week_on = connection.scalar(query)
        if week_on is None:
            return 0
        slots = {item.key: item.slot for item in Freezer(self._house).members(batch_id)}
        failed = Delivery(self._house).failures(batch_id)
        return self.keep(
            week_on,
            [
                LetterDue(entry.about, slots[entry.key], LetterWhy.FAILED)
                for entry in failed
                # 기한 알림은 편지가 닿기 전에 지나므로 우편으로 다시 보내지 않는다
                if entry.key in slots and slots[entry.key] not in _REMINDERS
            ],
        )

    def of_week(self, week_on: date) -> Sequence[LetterRow]:
        """Return a week's letters; failures that came in since are added first."""
        query = sa.select(batch_table.c.batch_id).where(
            batch_table.c.week_on == week_on, batch_table.c.state.in_(["sending", "done"])
        )
        with self._engine.connect() as connection:
            sent = list(connection.scalars(query))
        for batch_id in sent:
            self.add_failures(batch_id)
        table = letter_table.c
        query_ = sa.select(letter_table).where(table.week_on == week_on).order_by(table.grant_id)
        with self._engine.connect() as connection:
            rows = connection.execute(query_).all()
        return [
            LetterRow(
                row.grant_id, row.slot, row.week_on, row.why, row.state == "made",
                row.made_at, row.made_by,
            )
            for row in rows
        ]  # fmt: skip

    def sheets(self, week_on: date, who: str, *, address: str = "", reason: str) -> Letters:
        """Return a week's letters with names and addresses; the look is written down."""
        rows = self.of_week(week_on)
        ids = sorted({row.grant_id for row in rows})
        grants, judged = self._kept.opened(ids), self._kept.judgements(ids)
        standing = Reviews(self._house).standing(ids)
        day = today(self._house.clock)
        sheets, undecided = [], 0
        for row in rows:
            grant, said = grants.get(row.grant_id), judged.get(row.grant_id)
            if grant is None or said is None:
                continue
            named = word_of(standing.get(row.grant_id, ())).notice_code
            try:
                sheets.append(self._sheet(row, grant.grant_id, said, named, day))
            except Refused as problem:
                if problem.code != "letter_undecided":
                    raise
                undecided += 1
        self._house.audit.record(
            who,
            "relief.letters",
            week_name(week_on),
            address=address,
            reason=reason,
            subjects=len(sheets),
        )
        return Letters(tuple(sheets), undecided)

    def write(self, week_on: date, folder: Path, who: str, reason: str) -> list[Path]:
        """Write a week's letters and their list into a folder and mark them as made.

        Raises Refused("letters_empty") when there are none.
        """
        letters = self.sheets(week_on, who, reason=reason)
        if not letters.sheets:
            raise Refused(
                "letters_empty", "이 주에 보낼 편지가 없습니다.", "주와 편지 대상을 확인하세요."
            )
        day, office = today(self._house.clock), office_of(self._house.city)
        made_at = self._house.clock()
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"감면안내_편지_{week_name(week_on)}"
        bodies = {
            "pdf": letter_pdf(letters.sheets, office, day, made_at),
            "hwpx": letter_hwpx(letters.sheets, office, day, made_at),
            "xlsx": letters_workbook(letters.sheets),
        }
        written = []
        for form, body in bodies.items():
            path = folder / f"{stem}.{form}"
            # Names and addresses: for nobody else who works on this machine.
            path.touch(mode=0o600)
            path.chmod(0o600)
            path.write_bytes(body)
            written.append(path)
        self.mark_made(week_on, who)
        return written

    def mark_made(self, week_on: date, who: str) -> None:
        """Mark a week's open letters as made now."""
        table = letter_table
        mine = sa.and_(table.c.week_on == week_on, table.c.state == "open")
        values = {"state": "made", "made_at": self._house.clock(), "made_by": who}
        with self._engine.begin() as connection:
            connection.execute(table.update().where(mine).values(values))

    def _sheet(
        self, row: LetterRow, grant_id: str, said: Judgement, named: str, day: date
    ) -> LetterSheet:
        grant = self._kept.opened([grant_id])[grant_id]
        why = row.why.split(", ")
        if row.slot == FIRST:
            code = named or said.notice_code
            duty = Duty(code, said.clawback_until_on, said.replacement_due_on)
            return letter_of(grant, duty, why, day)
        start = row.slot.partition(":")[2]
        events = Events(self._house).of_grants([grant_id]).get(grant_id, ())
        event = next(item for item in events if item.event_id.startswith(start))
        return clawback_letter_of(grant, event, event.text_kind, why, day)


_REMINDERS = frozenset({"D30", "D14", "D0", "R14", "R0"})
