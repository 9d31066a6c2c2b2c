"""The rows under a batch: freezing texts, hashing them, claiming each notice of each grant once.

A claim (grant, slot) keeps a person from being told the same thing by two batches, also when the
wording or a due day has changed since: the ledger's key alone would let that through.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa

from gongmu.core.clock import today
from gongmu.core.errors import Refused, Transient
from gongmu.core.house import House
from gongmu.messages.delivery import Outgoing
from gongmu.messages.office import load_office
from gongmu.relief.notices import NoticeDraft
from gongmu.relief.review import BLOCKING, FIRST
from gongmu.relief.sealed import Seals
from gongmu.relief.tables import (
    batch_table,
    claim_table,
    grant_table,
    left_out_table,
    member_table,
    review_table,
)
from gongmu.relief.wording import shipped_texts


@dataclass(frozen=True)
class Text:
    """One text to freeze: whose, which duty it speaks of (`slot`), and the draft itself."""

    grant_id: str
    version: int
    slot: str
    phone: str
    draft: NoticeDraft


@dataclass(frozen=True)
class LeftOut:
    """A grant that gets no text now, with the Korean reason; no personal data."""

    grant_id: str
    version: int
    why: str
    reason: str


@dataclass(frozen=True)
class LetterDue:
    """A letter that has to go out, with the reasons."""

    grant_id: str
    slot: str
    why: str


@dataclass(frozen=True)
class Parts:
    """All that a run planned for one batch."""

    texts: tuple[Text, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    letters: tuple[LetterDue, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    """Numbers of the run for the record: rows read, grants, and so on."""


@dataclass(frozen=True)
class Member:
    """One frozen text, opened; `phone`, `text` and `subject` hold personal data."""

    key: str
    grant_id: str
    version: int
    slot: str
    notice_code: str
    template_version: str
    kind: str
    byte_count: int
    due_on: date
    not_before_on: date
    phone: str
    subject: str
    text: str
    excluded_for: str = ""
    excluded_by: str = ""


def frozen_hash(batch_id: str, sender: str, members: Iterable[Member]) -> str:
    """Return the SHA-256 over everything an approval stands for, in one canonical form."""
    rows = [
        [
            item.key,
            item.grant_id,
            item.version,
            item.notice_code,
            item.template_version,
            item.kind,
            item.due_on.isoformat(),
            item.not_before_on.isoformat(),
            hashlib.sha256(f"{item.phone}\0{item.subject}\0{item.text}".encode()).hexdigest(),
        ]
        for item in sorted(members, key=lambda item: item.key)
    ]
    frozen = {"batch": batch_id, "sender": sender, "people": rows}
    line = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


def slot_of(draft: NoticeDraft) -> str:
    """Return what a text is about, whatever its wording or day: first, D30, D14, D0, R14, R0."""
    return draft.code if draft.code in _REMINDERS else FIRST


_REMINDERS = frozenset({"D30", "D14", "D0", "R14", "R0"})
UNFILED = "CB미신고"
"""The notice after the day of filing: the day it speaks of is past when it is made."""


_LOOKS_BACK = timedelta(days=60)
"""Texts that are still queued so long after their day were dropped long ago."""


class Freezer:
    """Writes and reads the rows of batches."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine
        self._seals = Seals(house.vault)

    @property
    def sender(self) -> str:
        """The number that texts now go out from."""
        return load_office(self._house.city, self._house.settings).sender

    # ------------------------------------------------------------ writing

    def freeze(self, week_on: date, run_id: str, parts: Parts) -> str | None:
        """Write a batch with the texts not claimed before; None when there are none."""
        sender, now = self.sender, self._house.clock()
        try:
            with self._engine.begin() as connection:
                _one_at_a_time(connection)
                self._keep_left_out(connection, week_on, parts.left_out)
                number = _next_number(connection, week_on)
                batch_id = f"relief-{week_on:%G-W%V}-{number}"
                members = self._claimed(connection, batch_id, parts.texts)
                if not members:
                    return None
                self._insert(connection, batch_id, members)
                row = {
                    "batch_id": batch_id,
                    "week_on": week_on,
                    "number": number,
                    "revision": 1,
                    "state": "frozen",
                    "why": "",
                    "run_id": run_id,
                    "hash": frozen_hash(batch_id, sender, members),
                    "sender": sender,
                    "facts": json.dumps(parts.facts, ensure_ascii=False),
                    "frozen_at": now,
                    "changed_at": now,
                }
                connection.execute(batch_table.insert().values(row))
        except sa.exc.IntegrityError as race:
            raise Transient("batch_race", "다른 실행이 같은 때에 묶음을 만들고 있습니다.") from race
        return batch_id

    def replace(self, batch_id: str, parts: Parts) -> None:
        """Put what is planned now in place of what a batch held; exclusions by hand stay out."""
        with self._engine.begin() as connection:
            _one_at_a_time(connection)
            out = {
                (item.grant_id, item.slot): item
                for item in self._opened(connection, batch_id)
                if item.excluded_for
            }
            mine = member_table.c.batch_id == batch_id
            kept = sa.and_(mine, member_table.c.excluded_for == "")
            connection.execute(member_table.delete().where(kept))
            connection.execute(
                claim_table.delete().where(claim_table.c.batch_id == batch_id, _free(out))
            )
            texts = [text for text in parts.texts if (text.grant_id, text.slot) not in out]
            self._insert(connection, batch_id, self._claimed(connection, batch_id, texts))

    def exclude(self, batch_id: str, key: str, who: str, reason: str) -> str:
        """Mark one text as taken out and return its grant's id; its claim stays."""
        table = member_table
        mine = sa.and_(table.c.batch_id == batch_id, table.c.key == key, table.c.excluded_for == "")
        values = {"excluded_for": reason, "excluded_by": who}
        with self._engine.begin() as connection:
            grant_id: str | None = connection.scalar(sa.select(table.c.grant_id).where(mine))
            if grant_id is None:
                raise Refused(
                    "member_unknown", "묶음에 그 문자가 없습니다.", "화면을 새로 고쳐 확인하세요."
                )
            connection.execute(table.update().where(mine).values(values))
        return grant_id

    def holds(self, batch_id: str, key: str) -> bool:
        """Return whether a text stands in a batch and has not been taken out."""
        return any(item.key == key for item in self.members(batch_id))

    def release_claims(self, batch_id: str, why: str) -> None:
        """Let later batches tell the people of a batch that was given up."""
        table = claim_table
        mine = sa.and_(table.c.batch_id == batch_id, table.c.released_for == "")
        with self._engine.begin() as connection:
            connection.execute(table.update().where(mine).values(released_for=why))

    # ------------------------------------------------------------ reading

    def members(self, batch_id: str, *, excluded: bool = False) -> list[Member]:
        """Return the texts of a batch in order of their keys, those taken out only if asked."""
        with self._engine.connect() as connection:
            found = self._opened(connection, batch_id)
        return [item for item in found if excluded or not item.excluded_for]

    def outgoing(self, batch_id: str, member: Member) -> Outgoing:
        """Return a frozen text as the send ledger takes it."""
        return Outgoing(
            key=member.key,
            campaign=batch_id,
            phone=member.phone,
            text=member.text,
            subject=member.subject,
            about=member.grant_id,
            not_before_on=member.not_before_on,
        )

    def changes(self, batch_id: str, sender: str, hash_: str) -> tuple[str, ...]:
        """Return, in Korean, what has changed under a frozen batch."""
        members = self.members(batch_id)
        now_on = today(self._house.clock)
        found = []
        if frozen_hash(batch_id, sender, members) != hash_:
            found.append("묶음의 내용이 적어 둔 해시와 다릅니다.")
        if sender != self.sender:
            found.append("발신번호가 바뀌었습니다.")
        late = sum(item.due_on < now_on and item.notice_code != UNFILED for item in members)
        if late:
            found.append(f"말하는 날이 지난 문자가 {late}건 있습니다.")
        if stale := _stale_texts(members):
            found.append(f"안내문의 판이 바뀌었습니다({', '.join(stale)}).")
        ids = [item.grant_id for item in members]
        with self._engine.connect() as connection:
            if count := _newer(connection, members):
                found.append(f"대장이 다시 읽혀 {count}건의 내용이 바뀌었습니다.")
            if count := _questioned(connection, ids):
                found.append(f"담당자가 확인해야 할 건이 {count}건 새로 생겼습니다.")
        return tuple(found)

    def past_keys(self) -> list[str]:
        """Return the texts of released batches whose day went by in the last weeks."""
        day, member, batch = today(self._house.clock), member_table.c, batch_table.c
        query = (
            sa.select(member.key)
            .join(batch_table, batch.batch_id == member.batch_id)
            .where(
                batch.state.in_(["sending", "done"]),
                member.due_on < day,
                member.due_on >= day - _LOOKS_BACK,
                member.notice_code != UNFILED,
            )
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    # ------------------------------------------------------------ inside

    def _claimed(
        self, connection: sa.Connection, batch_id: str, texts: Iterable[Text]
    ) -> list[Member]:
        given = list(texts)
        table = claim_table.c
        ids = sorted({text.grant_id for text in given})
        rounds: dict[tuple[str, str], int] = {}
        held: set[tuple[str, str]] = set()
        for start in range(0, len(ids), 500):
            query = (
                sa.select(claim_table, batch_table.c.state)
                .join(batch_table, batch_table.c.batch_id == table.batch_id, isouter=True)
                .where(table.grant_id.in_(ids[start : start + 500]))
            )
            for row in connection.execute(query):
                slot = (row.grant_id, row.slot)
                rounds[slot] = max(rounds.get(slot, -1), row.round)
                # A withdrawal cut off before it let go of its people does not hold them.
                if not row.released_for and row.state != "withdrawn":
                    held.add(slot)
        members: list[Member] = []
        claims = []
        for text in given:
            slot = (text.grant_id, text.slot)
            if slot in held:
                continue
            held.add(slot)
            count = rounds.get(slot, -1) + 1
            claims.append(
                {
                    "grant_id": text.grant_id,
                    "slot": text.slot,
                    "round": count,
                    "batch_id": batch_id,
                    "released_for": "",
                }
            )
            members.append(_member(text, count))
        if claims:
            connection.execute(claim_table.insert(), claims)
        return members

    def _insert(self, connection: sa.Connection, batch_id: str, members: Sequence[Member]) -> None:
        secret = ("phone", "subject", "text")
        rows = []
        for item in members:
            plain = {name: value for name, value in vars(item).items() if name not in secret}
            facts = {name: getattr(item, name) for name in secret}
            sealed = self._seals.seal_facts(facts, member_purpose(batch_id, item.key))
            rows.append({**plain, "batch_id": batch_id, "sealed": sealed})
        if rows:
            connection.execute(member_table.insert(), rows)

    def _opened(self, connection: sa.Connection, batch_id: str) -> list[Member]:
        table = member_table
        query = sa.select(table).where(table.c.batch_id == batch_id).order_by(table.c.key)
        found = []
        for row in connection.execute(query).mappings():
            facts = self._seals.open_facts(row["sealed"], member_purpose(batch_id, row["key"]))
            plain = {name: row[name] for name in row if name not in ("batch_id", "sealed")}
            secret = {name: facts.get(name, "") for name in ("phone", "subject", "text")}
            found.append(Member(**plain, **secret))
        return found

    def _keep_left_out(
        self, connection: sa.Connection, week_on: date, left_out: Sequence[LeftOut]
    ) -> None:
        table, now = left_out_table, self._house.clock()
        numbers: dict[tuple[str, int], int] = {}
        for item in left_out:
            mine = (item.grant_id, item.version)
            if mine not in numbers:
                gone = sa.and_(table.c.grant_id == mine[0], table.c.version == mine[1])
                connection.execute(table.delete().where(gone))
            numbers[mine] = numbers.get(mine, 0) + 1
            row = {**vars(item), "number": numbers[mine], "week_on": week_on, "found_at": now}
            connection.execute(table.insert().values(row))


def _member(text: Text, count: int) -> Member:
    draft = text.draft
    key = draft.key
    if count:
        # A person who is to be told again gets a key of their own, or the ledger would not send.
        key = f"{key[:3]}{hashlib.sha256(f'{key}:{count}'.encode()).hexdigest()[:32]}"
    return Member(
        key=key,
        grant_id=text.grant_id,
        version=text.version,
        slot=text.slot,
        notice_code=draft.code,
        template_version=draft.template_version,
        kind=str(draft.kind),
        byte_count=draft.byte_count,
        due_on=draft.due_on,
        not_before_on=draft.not_before_on,
        phone=text.phone,
        subject=draft.subject,
        text=draft.text,
    )


def member_purpose(batch_id: str, key: str) -> str:
    """Return for which purpose a frozen text is sealed."""
    return f"relief.member:{batch_id}:{key}"


def _free(out: Mapping[tuple[str, str], Member]) -> sa.ColumnElement[bool]:
    """Return the condition for claims of people who were not taken out by hand."""
    held = [
        sa.and_(claim_table.c.grant_id == grant_id, claim_table.c.slot == slot)
        for grant_id, slot in out
    ]
    return sa.not_(sa.or_(*held)) if held else sa.true()


def _next_number(connection: sa.Connection, week_on: date) -> int:
    query = sa.select(sa.func.max(batch_table.c.number)).where(batch_table.c.week_on == week_on)
    return (connection.scalar(query) or 0) + 1


def _one_at_a_time(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('gongmu.relief.batch'))"))
    else:
        connection.execute(sa.text("BEGIN IMMEDIATE"))


def _newer(connection: sa.Connection, members: Sequence[Member]) -> int:
    table = grant_table.c
    versions: dict[str, int] = {}
    ids = sorted({item.grant_id for item in members})
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        query = sa.select(table.grant_id, table.version).where(
            table.grant_id.in_(part), table.is_current
        )
        versions |= {row.grant_id: row.version for row in connection.execute(query)}
    return sum(versions.get(item.grant_id) != item.version for item in members)


def _questioned(connection: sa.Connection, ids: Sequence[str]) -> int:
    table = review_table.c
    total = 0
    for start in range(0, len(ids), 500):
        query = sa.select(sa.func.count(table.grant_id.distinct())).where(
            table.grant_id.in_(ids[start : start + 500]),
            table.state == "open",
            table.reason.in_([reason.value for reason in BLOCKING]),
        )
        total += connection.scalar(query) or 0
    return total


def _stale_texts(members: Iterable[Member]) -> list[str]:
    """Return the codes whose wording in force on the sending day is no longer the frozen one."""
    texts = shipped_texts()
    stale = set()
    for code, version, on in {
        (item.notice_code, item.template_version, item.not_before_on) for item in members
    }:
        parts = [code.removesuffix("+REPL"), *(["REPL"] if code.endswith("+REPL") else [])]
        if version != "+".join(texts.on(part, on).version for part in parts):
            stale.add(code)
    return sorted(stale)
