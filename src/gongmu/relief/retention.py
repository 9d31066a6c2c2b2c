"""Forgetting in time: raw lists after 30 days, sealed rows years after the duty, with proof.

A proof is kept of every deletion: what, how many, the hashes of what went, when and by whom. The
access record is never touched here: 개인정보의 안전성 확보조치 기준 제8조 asks for two years at
least, and it only grows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from gongmu.core.clock import today
from gongmu.core.files import stored_file_table
from gongmu.core.house import House
from gongmu.core.values import SEOUL
from gongmu.messages.delivery import Delivery
from gongmu.relief.lists import ListKind
from gongmu.relief.office import office_of
from gongmu.relief.tables import (
    consent_table,
    decision_table,
    deletion_table,
    event_table,
    grant_table,
    list_table,
    lookup_table,
    member_table,
    review_table,
)

RAW_KINDS = tuple(kind.value for kind in ListKind)
PICTURES = ("screenshot", "trace")
ROBOT = "local_tax"
"""Pictures of the tax system go with its raw lists."""


@dataclass(frozen=True)
class Deletion:
    """The proof of one deletion; `proof` is the hash over all the rest."""

    number: int
    at: datetime
    who: str
    what: str
    """raw_list | picture | grant | text | message."""
    before_on: date
    count: int
    hashes: tuple[str, ...]
    proof: str


WHAT_TITLES = {
    "raw_list": "원본 대장",
    "picture": "지방세 시스템 화면",
    "grant": "잠근 감면 자료",
    "text": "묶음의 문자",
    "message": "발송 기록의 번호와 글",
}


class Retention:
    """Removes what has had its time."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine = house.engine
        self._office = office_of(house.city)

    def purge(self, who: str) -> Sequence[Deletion]:
        """Remove everything past its days and return the proofs; nothing due, no proof."""
        day = today(self._house.clock)
        raw_before = day - timedelta(days=self._office.raw_keep_days)
        kept_before = day - timedelta(days=self._office.keep_days)
        made = [
            self._files(RAW_KINDS, "", "raw_list", raw_before, who),
            self._files(PICTURES, ROBOT, "picture", raw_before, who),
            self._grants(kept_before, who),
            self._texts(kept_before, who),
            self._messages(kept_before, who),
        ]
        return [item for item in made if item is not None]

    def proofs(self, limit: int = 200) -> Sequence[Deletion]:
        """Return the proofs of deletion, newest first."""
        table = deletion_table
        query = sa.select(table).order_by(table.c.number.desc()).limit(limit)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [Deletion(**{**row, "hashes": tuple(json.loads(row["hashes"]))}) for row in rows]

    def is_sound(self, deletion: Deletion) -> bool:
        """Return whether a proof still says what it said when it was made."""
        return deletion.proof == _proof(
            deletion.at, deletion.who, deletion.what, deletion.before_on, deletion.hashes
        )

    # ------------------------------------------------------------ inside

    def _files(
        self, kinds: Sequence[str], source: str, what: str, before: date, who: str
    ) -> Deletion | None:
        table = stored_file_table
        old = [table.c.kind.in_(kinds), table.c.received_at < _start(before)]
        if source:
            old.append(table.c.source == source)
        with self._engine.connect() as connection:
            hashes = list(connection.scalars(sa.select(table.c.sha256).where(*old)))
        if not hashes:
            return None
        for sha256 in hashes:
            self._house.files.forget(sha256)
        with self._engine.begin() as connection:
            gone = list_table.c.sha256.in_(hashes)
            connection.execute(
                list_table.update().where(gone).values(purged_at=self._house.clock())
            )
        return self._prove(what, before, hashes, who)

    def _grants(self, before: date, who: str) -> Deletion | None:
        """Empty grants whose years since list and duty are over; figures stay for statistics."""
        grants, judged = grant_table, decision_table
        alive = sa.select(judged.c.grant_id).where(
            sa.or_(judged.c.clawback_until_on >= before, judged.c.replacement_due_on >= before)
        )
        old = sa.and_(
            grants.c.kept_at < _start(before),
            grants.c.sealed.is_not(None),
            grants.c.grant_id.not_in(alive),
        )
        with self._engine.begin() as connection:
            query = sa.select(grants.c.grant_id, grants.c.fingerprint).where(old)
            rows = connection.execute(query).all()
            if not rows:
                return None
            ids = sorted({row.grant_id for row in rows})
            now = self._house.clock()
            for start in range(0, len(ids), 500):
                part = ids[start : start + 500]
                emptied = {"sealed": None, "purged_at": now}
                connection.execute(
                    grants.update().where(grants.c.grant_id.in_(part)).values(emptied)
                )
                connection.execute(lookup_table.delete().where(lookup_table.c.grant_id.in_(part)))
                for table, names in _ABOUT_GRANTS:
                    emptied = dict.fromkeys(names)
                    mine = table.c.grant_id.in_(part)
                    if names:
                        connection.execute(table.update().where(mine).values(emptied))
                    else:
                        connection.execute(table.delete().where(mine))
        return self._prove("grant", before, [row.fingerprint for row in rows], who)

    def _texts(self, before: date, who: str) -> Deletion | None:
        table = member_table
        old = sa.and_(table.c.sealed.is_not(None), table.c.not_before_on < before)
        with self._engine.begin() as connection:
            keys = list(connection.scalars(sa.select(table.c.key).where(old)))
            if not keys:
                return None
            connection.execute(table.update().where(old).values(sealed=None))
        return self._prove("text", before, keys, who)

    def _messages(self, before: date, who: str) -> Deletion | None:
        count = Delivery(self._house).forget_older(_start(before))
        return self._prove("message", before, [], who, count) if count else None

    def _prove(
        self, what: str, before: date, hashes: Sequence[str], who: str, count: int | None = None
    ) -> Deletion:
        ordered, now = tuple(sorted(hashes)), self._house.clock()
        proof = _proof(now, who, what, before, ordered)
        row = {
            "at": now,
            "who": who,
            "what": what,
            "before_on": before,
            "count": len(ordered) if count is None else count,
            "hashes": json.dumps(ordered),
            "proof": proof,
        }
        with self._engine.begin() as connection:
            done = connection.execute(deletion_table.insert().values(row))
            number = done.inserted_primary_key[0] if done.inserted_primary_key else 0
        subjects = int(str(row["count"])) if what != "picture" else 0
        self._house.audit.record(who, "relief.purge", f"{what} {proof[:16]}", subjects=subjects)
        return Deletion(**{**row, "hashes": ordered, "number": number})  # type: ignore[arg-type]


_ABOUT_GRANTS: tuple[tuple[sa.Table, tuple[str, ...]], ...] = (
    (decision_table, ("sealed",)),
    (review_table, ("sealed_note",)),
    (event_table, ("sealed_facts", "sealed_note")),
    (consent_table, ()),
)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), SEOUL)


def _proof(at: datetime, who: str, what: str, before: date, hashes: Sequence[str]) -> str:
    line = json.dumps(
        [int(at.timestamp()), who, what, before.isoformat(), list(hashes)], ensure_ascii=False
    )
    return hashlib.sha256(line.encode()).hexdigest()
