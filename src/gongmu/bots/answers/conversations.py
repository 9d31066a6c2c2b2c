"""Conversations kept sealed until their time is over, with proof of deletion; feedback."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from gongmu.bots.answer import Answer, Standing
from gongmu.bots.answers.kept import dump_answer, load_answer
from gongmu.bots.answers.tables import (
    conversation_deletion_table,
    conversation_table,
    feedback_table,
    turn_table,
)
from gongmu.bots.guard.mask import mask_for_good
from gongmu.bots.guard.mask_vault import MaskVault
from gongmu.bots.guard.personal_kinds import MASKED
from gongmu.bots.passages import Reader
from gongmu.core.clock import today
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.values import SEOUL, new_id

REASONS = {
    "wrong": "사실과 다름",
    "no_source": "근거가 맞지 않음",
    "missing": "빠진 내용이 있음",
    "old": "지난 자료임",
    "unclear": "알아보기 어려움",
    "refused": "답할 수 있는데 거절함",
    "other": "그 밖",
}
"""Why a thumb goes down: code to words."""

_TITLE_LENGTH = 40


@dataclass(frozen=True)
class Talk:
    """A conversation in a list; its title holds no personal data."""

    conversation_id: str
    bot: str
    title: str
    started_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Turn:
    """One question with its answer; `answer` is None while it is written or when it failed.

    `live` is False once an edit or another attempt has taken its place (`replaces` names it).
    """

    turn_id: str
    conversation_id: str
    number: int
    question: str
    answer: Answer | None
    asked_at: datetime
    answered_at: datetime | None
    replaces: str
    live: bool


@dataclass(frozen=True)
class Feedback:
    """What a person thought of an answer; `correction` is what it should have said."""

    feedback_id: str
    turn_id: str
    conversation_id: str
    bot: str
    bot_version: int
    account: str
    at: datetime
    good: bool
    reason: str
    question: str
    correction: str


@dataclass(frozen=True)
class Purged:
    """The proof of one deletion; `proof` is the hash over all the rest."""

    number: int
    at: datetime
    who: str
    before_on: date
    count: int
    hashes: tuple[str, ...]
    proof: str


class Conversations:
    """Keeps, shows and forgets what was asked; everybody sees only their own."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine, self._vault = house.engine, house.vault

    # ------------------------------------------------------------ asking

    def begin(
        self,
        bot: str,
        reader: Reader,
        question: str,
        *,
        conversation_id: str = "",
        bot_version: int = 0,
        replaces: str = "",
    ) -> Turn:
        """Keep a question and return its turn; "" begins a new conversation.

        `replaces`: the turn that this edits or tries again; it and what followed step back.
        Raises Refused conversation_unknown (also for another person's).
        """
        now = self._house.clock()
        with self._engine.begin() as connection:
            if conversation_id:
                self._own(connection, conversation_id, reader)
            else:
                conversation_id = new_id("talk", now)
                row = {
                    "conversation_id": conversation_id,
                    "account": reader.account,
                    "department": reader.department,
                    "bot": bot,
                    "title": title_of(question),
                    "started_at": now,
                    "changed_at": now,
                }
                connection.execute(conversation_table.insert().values(row))
            # The row is locked by this update, so that two turns never take one number.
            mine = conversation_table.c.conversation_id == conversation_id
            connection.execute(conversation_table.update().where(mine).values(changed_at=now))
            if replaces:
                self._step_back(connection, conversation_id, replaces)
            last = connection.scalar(
                sa.select(sa.func.max(turn_table.c.number)).where(
                    turn_table.c.conversation_id == conversation_id
                )
            )
            turn_id = new_id("turn", now)
            number = (last or 0) + 1
            row = {
                "turn_id": turn_id,
                "conversation_id": conversation_id,
                "number": number,
                "replaces": replaces,
                "live": True,
                "bot_version": bot_version,
                "asked_at": now,
                "answered_at": None,
                "model": "",
                "refusal": "",
                "verified": 0,
                "unverified": 0,
                "stopped": False,
                "sealed_question": self._vault.seal(question.encode(), f"bot_question:{turn_id}"),
                "sealed_answer": None,
            }
            connection.execute(turn_table.insert().values(row))
        return Turn(
            turn_id, conversation_id, number, question, None, now, None, replaces, live=True
        )

    def finish(self, turn: Turn, answer: Answer) -> None:
        """Keep the answer of a turn."""
        standings = [one.standing for one in answer.sentences]
        row = {
            "answered_at": self._house.clock(),
            "model": answer.model[:120],
            "refusal": answer.refusal[:40],
            "verified": standings.count(Standing.VERIFIED),
            "unverified": standings.count(Standing.UNVERIFIED),
            "stopped": answer.stopped,
            "sealed_answer": self._vault.seal(dump_answer(answer), f"bot_answer:{turn.turn_id}"),
        }
        with self._engine.begin() as connection:
            connection.execute(
                turn_table.update().where(turn_table.c.turn_id == turn.turn_id).values(row)
            )

    # ------------------------------------------------------------ showing

    def talks(self, reader: Reader, bot: str = "", limit: int = 50) -> Sequence[Talk]:
        """Return the reader's own conversations, the latest first."""
        table = conversation_table
        query = sa.select(table).where(table.c.account == reader.account)
        if bot:
            query = query.where(table.c.bot == bot)
        query = query.order_by(table.c.changed_at.desc(), table.c.conversation_id.desc())
        with self._engine.connect() as connection:
            rows = connection.execute(query.limit(limit)).mappings()
            names = Talk.__dataclass_fields__
            return [Talk(**{name: row[name] for name in names}) for row in rows]

    def turns(
        self, conversation_id: str, reader: Reader, *, replaced: bool = False
    ) -> Sequence[Turn]:
        """Return a conversation's turns in order; raises Refused conversation_unknown."""
        query = sa.select(turn_table).where(turn_table.c.conversation_id == conversation_id)
        if not replaced:
            query = query.where(turn_table.c.live.is_(True))
        with self._engine.connect() as connection:
            self._own(connection, conversation_id, reader)
            rows = connection.execute(query.order_by(turn_table.c.number)).mappings().all()
        return [self._turn(row) for row in rows]

    def turn(self, turn_id: str, reader: Reader) -> Turn:
        """Return one turn of the reader's own; raises Refused conversation_unknown."""
        query = sa.select(turn_table).where(turn_table.c.turn_id == turn_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                raise _unknown()
            self._own(connection, row["conversation_id"], reader)
        return self._turn(row)

    def remove(self, conversation_id: str, reader: Reader) -> None:
        """Forget one conversation at its owner's wish, with proof."""
        with self._engine.connect() as connection:
            self._own(connection, conversation_id, reader)
        self._forget([conversation_id], today(self._house.clock), reader.account)

    # ------------------------------------------------------------ feedback

    def give_feedback(
        self, turn_id: str, reader: Reader, *, good: bool, reason: str = "", correction: str = ""
    ) -> str:
        """Keep a thumb, why, and what the answer should have said; a second one replaces it.

        Raises Refused conversation_unknown, feedback_reason.
        """
        if reason and reason not in REASONS:
            raise Refused("feedback_reason", "모르는 까닭입니다.", "보이는 까닭 가운데 고르세요.")
        turn = self.turn(turn_id, reader)
        now = self._house.clock()
        table, feedback_id = feedback_table, new_id("feedback", now)
        sealed = self._vault.seal
        with self._engine.begin() as connection:
            about = turn_table.c.conversation_id == turn.conversation_id
            row = connection.execute(
                sa.select(turn_table.c.bot_version, conversation_table.c.bot)
                .join(conversation_table)
                .where(about, turn_table.c.turn_id == turn_id)
            ).one()
            mine = sa.and_(table.c.turn_id == turn_id, table.c.account == reader.account)
            connection.execute(table.delete().where(mine))
            connection.execute(
                table.insert().values(
                    feedback_id=feedback_id,
                    turn_id=turn_id,
                    conversation_id=turn.conversation_id,
                    bot=row.bot,
                    bot_version=row.bot_version,
                    account=reader.account,
                    at=now,
                    good=good,
                    reason=reason,
                    sealed_question=sealed(turn.question.encode(), f"bot_feedback:{feedback_id}"),
                    sealed_correction=sealed(correction.encode(), f"bot_feedback:{feedback_id}")
                    if correction.strip()
                    else None,
                )
            )
        return feedback_id

    def feedback(self, bot: str = "", since: datetime | None = None) -> Sequence[Feedback]:
        """Return what people thought, oldest first, for the evaluation's cases."""
        table = feedback_table
        query = sa.select(table).order_by(table.c.at, table.c.feedback_id)
        if bot:
            query = query.where(table.c.bot == bot)
        if since is not None:
            query = query.where(table.c.at >= since)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [self._feedback(row) for row in rows]

    # ------------------------------------------------------------ forgetting

    def purge(self, who: str, keep_days: int) -> Purged | None:
        """Remove conversations that nobody touched for `keep_days`; None when there are none."""
        before = today(self._house.clock) - timedelta(days=keep_days)
        start = datetime.combine(before, time(), SEOUL)
        table = conversation_table
        with self._engine.connect() as connection:
            old = connection.scalars(
                sa.select(table.c.conversation_id).where(table.c.changed_at < start)
            ).all()
        return self._forget(list(old), before, who) if old else None

    def proofs(self, limit: int = 200) -> Sequence[Purged]:
        """Return the proofs of deletion, newest first."""
        table = conversation_deletion_table
        query = sa.select(table).order_by(table.c.number.desc()).limit(limit)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [Purged(**{**row, "hashes": tuple(json.loads(row["hashes"]))}) for row in rows]

    @staticmethod
    def is_sound(purged: Purged) -> bool:
        """Return whether a proof still says what it said when it was made."""
        return purged.proof == _proof(purged.at, purged.who, purged.before_on, purged.hashes)

    # ------------------------------------------------------------ inside

    def _own(self, connection: sa.Connection, conversation_id: str, reader: Reader) -> None:
        table = conversation_table
        query = sa.select(table.c.account).where(table.c.conversation_id == conversation_id)
        if connection.scalar(query) != reader.account:
            raise _unknown()

    def _step_back(self, connection: sa.Connection, conversation_id: str, replaces: str) -> None:
        table = turn_table
        mine = table.c.conversation_id == conversation_id
        number = connection.scalar(
            sa.select(table.c.number).where(mine, table.c.turn_id == replaces)
        )
        if number is None:
            raise _unknown()
        connection.execute(table.update().where(mine, table.c.number >= number).values(live=False))

    def _forget(self, ids: Sequence[str], before: date, who: str) -> Purged:
        table, turns, feedback = conversation_table, turn_table, feedback_table
        with self._engine.begin() as connection:
            for start in range(0, len(ids), 500):
                part = ids[start : start + 500]
                connection.execute(feedback.delete().where(feedback.c.conversation_id.in_(part)))
                connection.execute(turns.delete().where(turns.c.conversation_id.in_(part)))
                connection.execute(table.delete().where(table.c.conversation_id.in_(part)))
        MaskVault(self._engine, self._vault, self._house.clock).destroy(ids)
        hashes = tuple(sorted(hashlib.sha256(one.encode()).hexdigest() for one in ids))
        now = self._house.clock()
        row = {
            "at": now,
            "who": who,
            "before_on": before,
            "count": len(ids),
            "hashes": json.dumps(hashes),
            "proof": _proof(now, who, before, hashes),
        }
        with self._engine.begin() as connection:
            done = connection.execute(conversation_deletion_table.insert().values(row))
            number = done.inserted_primary_key[0] if done.inserted_primary_key else 0
        self._house.audit.record(who, "bot.purge", f"{len(ids)} {str(row['proof'])[:16]}")
        return Purged(number, now, who, before, len(ids), hashes, str(row["proof"]))

    def _turn(self, row: sa.RowMapping) -> Turn:
        turn_id, sealed = row["turn_id"], row["sealed_answer"]
        question = self._vault.unseal(row["sealed_question"], f"bot_question:{turn_id}").decode()
        answer = (
            load_answer(self._vault.unseal(sealed, f"bot_answer:{turn_id}")) if sealed else None
        )
        return Turn(
            turn_id,
            row["conversation_id"],
            row["number"],
            question,
            answer,
            row["asked_at"],
            row["answered_at"],
            row["replaces"],
            row["live"],
        )

    def _feedback(self, row: sa.RowMapping) -> Feedback:
        purpose = f"bot_feedback:{row['feedback_id']}"
        opened = {
            name: self._vault.unseal(row[f"sealed_{name}"], purpose).decode()
            if row[f"sealed_{name}"]
            else ""
            for name in ("question", "correction")
        }
        return Feedback(
            feedback_id=row["feedback_id"],
            turn_id=row["turn_id"],
            conversation_id=row["conversation_id"],
            bot=row["bot"],
            bot_version=row["bot_version"],
            account=row["account"],
            at=row["at"],
            good=row["good"],
            reason=row["reason"],
            question=opened["question"],
            correction=opened["correction"],
        )


def title_of(question: str) -> str:
    """Return a short title of a question without anything personal in it."""
    plain = " ".join(mask_for_good(question, kinds=MASKED).text.split())
    return plain if len(plain) <= _TITLE_LENGTH else f"{plain[: _TITLE_LENGTH - 1]}…"


def _unknown() -> Refused:
    return Refused(
        "conversation_unknown",
        "그런 대화가 없습니다.",
        "보관 기간이 지나 지워졌을 수 있습니다. 새로 물어보세요.",
    )


def _proof(at: datetime, who: str, before: date, hashes: Sequence[str]) -> str:
    line = json.dumps([int(at.timestamp()), who, before.isoformat(), list(hashes)])
    return hashlib.sha256(line.encode()).hexdigest()
