"""Keeps departments' desks: one open draft each, numbered versions, every step written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gongmu.bots.bot import Bot, parse_bot
from gongmu.bots.workshop import rules
from gongmu.bots.workshop.desk import (
    DeskRow,
    Draft,
    Verdict,
    Version,
    desk_of,
    draft_of,
    verdict_text,
    version_of,
)
from gongmu.bots.workshop.difference import Difference, difference
from gongmu.bots.workshop.live import left_out, published_bots
from gongmu.bots.workshop.rules import State
from gongmu.bots.workshop.tables import desk_table, draft_table, version_table
from gongmu.bots.workshop.text import read_text
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.people import Person
from gongmu.core.values import content_hash

__all__ = ["DeskRow", "Draft", "Trial", "Verdict", "Version", "Workshop"]
__all__ += ["left_out", "published_bots"]

Trial = Callable[[Bot, Bot | None], Verdict]
"""Runs a draft's questions; the second desk is the published one it would replace."""


class Workshop:
    """Departments' desks of one installation. Raises Refused with Korean text."""

    def __init__(self, house: House, known: Callable[[Bot], None] | None = None) -> None:
        """`known` refuses a desk with unknown tools, corpora or forms (`registry.check_desks`)."""
        self._house = house
        self._engine = house.engine
        self._known = known or _known_to(house)

    # ------------------------------------------------------------ looking

    def desks(self) -> Sequence[DeskRow]:
        """Return every department's desk in order of department and code."""
        with self._engine.connect() as connection:
            open_drafts = set(connection.scalars(sa.select(draft_table.c.code)))
            query = sa.select(desk_table).order_by(desk_table.c.department, desk_table.c.code)
            return [desk_of(row, open_drafts) for row in connection.execute(query)]

    def desk(self, code: str) -> DeskRow:
        """Return one desk; raises Refused `bot_unknown`."""
        with self._engine.connect() as connection:
            return desk_of(_desk_row(connection, code), _drafts(connection, code))

    def draft(self, code: str) -> Draft | None:
        """Return the open draft of a desk, or None."""
        with self._engine.connect() as connection:
            row = connection.execute(_of(draft_table, code)).one_or_none()
        return None if row is None else draft_of(row)

    def versions(self, code: str) -> Sequence[Version]:
        """Return the published versions, newest first."""
        with self._engine.connect() as connection:
            desk = _desk_row(connection, code)
            query = _of(version_table, code).order_by(version_table.c.number.desc())
            return [version_of(row, desk.published) for row in connection.execute(query)]

    def version(self, code: str, number: int) -> Version:
        """Return one version; raises Refused `version_unknown`."""
        for one in self.versions(code):
            if one.number == number:
                return one
        raise Refused("version_unknown", f"{code}의 {number}판이 없습니다.", "판 목록을 보세요.")

    def compare(self, code: str, old: int, new: int) -> Difference:
        """Return how version `new` differs from `old`; 0 stands for the open draft."""
        return difference(self._text(code, old), self._text(code, new))

    # ------------------------------------------------------------ writing

    def start(self, code: str, text: str, by: Person) -> Draft:
        """Begin a new desk; its department is the one named in the text."""
        from gongmu.bots.registry import shipped_bots

        rules.check_code(code, shipped_bots())
        bot = self._read(code, text)
        rules.check_editor(by, bot.department)
        now = self._house.clock()
        desk = {
            "code": code,
            "department": bot.department,
            "made_by": by.account,
            "made_at": now,
            "published": 0,
            "last": 0,
            "retired_by": "",
            "retired_reason": "",
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(desk_table.insert().values(desk))
                connection.execute(draft_table.insert().values(_fresh(code, text, 0, by, now)))
        except sa.exc.IntegrityError:
            raise Refused(
                "bot_double", f"이미 있는 창구입니다: {code}", "다른 부호를 쓰세요."
            ) from None
        self._record(by, "bot.start", code)
        return self._open_draft(code)

    def open(self, code: str, by: Person) -> Draft:
        """Return the open draft, or open one with the text of the newest version."""
        found = self.draft(code)
        desk = self.desk(code)
        rules.check_editor(by, desk.department)
        if found is not None:
            return found
        base = desk.published or desk.last
        return self._begin(code, self.version(code, base).text, base, by, "bot.open")

    def save(self, code: str, text: str, revision: int, by: Person) -> Draft:
        """Keep a changed draft; raises Refused `draft_changed` when another saved first."""
        bot = self._read(code, text)
        draft = self._open_draft(code)
        desk = self.desk(code)
        rules.check_editor(by, desk.department)
        rules.check_editor(by, bot.department)
        rules.check_revision(draft.facts, revision)
        text_hash = content_hash(text.encode())
        values = {
            "text": text,
            "text_hash": text_hash,
            "state": rules.after_save(text_hash, draft.facts.tested_hash).value,
            "editors": "\n".join(dict.fromkeys((*draft.facts.editors, by.account))),
            "changed_by": by.account,
            "changed_at": self._house.clock(),
        }
        self._change_draft(code, revision, values)
        self._record(by, "bot.save", code)
        return self._open_draft(code)

    def discard(self, code: str, revision: int, by: Person) -> None:
        """Throw the open draft away; a desk that never was published goes with it."""
        draft, desk = self._open_draft(code), self.desk(code)
        rules.check_editor(by, desk.department)
        rules.check_revision(draft.facts, revision)
        with self._engine.begin() as connection:
            self._drop_draft(connection, draft)
            if not desk.last:
                connection.execute(desk_table.delete().where(desk_table.c.code == code))
        self._record(by, "bot.discard", code)

    # ------------------------------------------------------------ going live

    def test(self, code: str, by: Person, trial: Trial) -> Verdict:
        """Run the draft's questions and keep how they went; nothing is held open meanwhile."""
        draft, desk = self._open_draft(code), self.desk(code)
        rules.check_editor(by, desk.department)
        bot = self._read(code, draft.text)
        now_live = self.version(code, desk.published).text if desk.published else ""
        verdict = trial(
            replace(bot, version=desk.last + 1),
            replace(parse_bot(code, now_live), version=desk.published) if now_live else None,
        )
        latest = self._open_draft(code)
        rules.check_testable(latest.facts, draft.facts.text_hash)
        values = {
            "state": (State.TESTED if verdict.passed else State.DRAFT).value,
            "tested_hash": draft.facts.text_hash if verdict.passed else "",
            "tested_at": self._house.clock(),
            "tested_by": by.account,
            "verdict": verdict_text(verdict),
        }
        self._change_draft(code, latest.revision, values)
        said = "passed" if verdict.passed else "failed"
        self._record(by, "bot.test", f"{code} {said} {verdict.share:.3f}")
        return verdict

    def approve(self, code: str, revision: int, by: Person) -> Version:
        """Publish the tested draft under the next number; never by one who wrote in it."""
        draft = self._open_draft(code)
        rules.check_revision(draft.facts, revision)
        rules.check_approval(draft.facts, by)
        bot = self._read(code, draft.text)
        with self._engine.begin() as connection:
            self._drop_draft(connection, draft)
            number = _desk_row(connection, code).last + 1
            made = {
                "code": code,
                "number": number,
                "text": draft.text,
                "text_hash": draft.facts.text_hash,
                "base": draft.base,
                "editors": "\n".join(draft.facts.editors),
                "approved_by": by.account,
                "published_at": self._house.clock(),
                "verdict": verdict_text(draft.verdict),
            }
            connection.execute(version_table.insert().values(made))
            live = {
                "published": number,
                "last": number,
                "department": bot.department,
                "retired_at": None,
                "retired_by": "",
                "retired_reason": "",
            }
            connection.execute(desk_table.update().where(desk_table.c.code == code).values(live))
        self._record(by, "bot.approve", f"{code} {number}")
        return self.version(code, number)

    def roll_back(self, code: str, number: int, by: Person) -> Draft:
        """Open a draft with the text of an earlier version; it is tested and approved anew."""
        desk = self.desk(code)
        rules.check_editor(by, desk.department)
        rules.check_roll_back(number, desk.published, desk.last, desk.has_draft)
        return self._begin(code, self.version(code, number).text, number, by, "bot.roll_back")

    def retire(self, code: str, by: Person, reason: str) -> None:
        """Take the desk away at once; its versions stay and one may be brought back."""
        desk = self.desk(code)
        rules.check_retirement(by, desk.department, desk.published, reason)
        gone = {
            "published": 0,
            "retired_at": self._house.clock(),
            "retired_by": by.account,
            "retired_reason": reason.strip()[:500],
        }
        with self._engine.begin() as connection:
            connection.execute(desk_table.update().where(desk_table.c.code == code).values(gone))
        self._record(by, "bot.retire", code, reason.strip()[:500])

    # ------------------------------------------------------------ inside

    def _read(self, code: str, text: str) -> Bot:
        bot = read_text(code, text)
        self._known(bot)
        return bot

    def _text(self, code: str, number: int) -> str:
        return self.version(code, number).text if number else self._open_draft(code).text

    def _begin(self, code: str, text: str, base: int, by: Person, did: str) -> Draft:
        row = _fresh(code, text, base, by, self._house.clock())
        try:
            with self._engine.begin() as connection:
                connection.execute(draft_table.insert().values(row))
        except sa.exc.IntegrityError:
            raise Refused(
                "draft_open", "그사이 다른 사람이 초안을 열었습니다.", "다시 열어 보세요."
            ) from None
        self._record(by, did, f"{code} {base}")
        return self._open_draft(code)

    def _open_draft(self, code: str) -> Draft:
        found = self.draft(code)
        if found is None:
            raise Refused("draft_missing", f"{code}의 초안이 없습니다.", "고치기를 눌러 여세요.")
        return found

    def _change_draft(self, code: str, revision: int, values: Mapping[str, Any]) -> None:
        mine = sa.and_(draft_table.c.code == code, draft_table.c.revision == revision)
        change = draft_table.update().where(mine).values(**values, revision=revision + 1)
        with self._engine.begin() as connection:
            changed = connection.execute(change).rowcount
        if not changed:
            rules.check_revision(self._open_draft(code).facts, revision)

    def _drop_draft(self, connection: sa.Connection, draft: Draft) -> None:
        mine = sa.and_(draft_table.c.code == draft.code, draft_table.c.revision == draft.revision)
        if not connection.execute(draft_table.delete().where(mine)).rowcount:
            raise Refused(
                "draft_changed", "그사이 초안이 바뀌었습니다.", "다시 열어 확인한 뒤 하세요."
            )

    def _record(self, by: Person, did: str, about: str, reason: str = "") -> None:
        self._house.audit.record(by.account, did, about, reason=reason)


def _known_to(house: House) -> Callable[[Bot], None]:
    def check(bot: Bot) -> None:
        from gongmu.bots.guard.office import bots_office
        from gongmu.bots.knowledge.tables import corpus_table
        from gongmu.bots.registry import check_desks, known_tools

        with house.engine.connect() as connection:
            corpora = list(connection.scalars(sa.select(corpus_table.c.code)))
        check_desks({bot.code: bot}, corpora=corpora, tools=known_tools(bots_office(house)))

    return check


def _of(table: sa.Table, code: str) -> sa.Select[Any]:
    return sa.select(table).where(table.c.code == code)


def _desk_row(connection: sa.Connection, code: str) -> sa.Row[Any]:
    row = connection.execute(_of(desk_table, code)).one_or_none()
    if row is None:
        raise Refused("bot_unknown", f"부서 창구가 없습니다: {code}", "목록에서 고르세요.")
    return row


def _drafts(connection: sa.Connection, code: str) -> set[str]:
    return set(connection.scalars(sa.select(draft_table.c.code).where(draft_table.c.code == code)))


def _fresh(code: str, text: str, base: int, by: Person, now: datetime) -> Mapping[str, Any]:
    return {
        "code": code,
        "text": text,
        "text_hash": content_hash(text.encode()),
        "base": base,
        "revision": 1,
        "state": State.DRAFT.value,
        "editors": by.account,
        "changed_by": by.account,
        "changed_at": now,
        "tested_hash": "",
        "tested_by": "",
        "verdict": "",
    }
