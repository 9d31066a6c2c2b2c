"""Keeps drafts: each version sealed whole, none overwritten."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gongmu.bots.drafts.form import Value, Values
from gongmu.bots.drafts.tables import draft_review_table, draft_table, draft_version_table
from gongmu.bots.passages import DataClass
from gongmu.core.errors import Refused
from gongmu.core.values import content_hash
from gongmu.core.vault import Vault


@dataclass(frozen=True)
class DraftRow:
    """A draft without its text."""

    draft_id: str
    form: str
    department: str
    data_class: DataClass
    bot: str
    conversation_id: str
    made_by: str
    made_at: datetime
    changed_at: datetime
    last_number: int


@dataclass(frozen=True)
class Version:
    """One version of a draft, opened; `asks` are what its filling left to a person."""

    draft_id: str
    number: int
    made_by: str
    made_at: datetime
    model: str
    bot_version: int
    sha256: str
    values: dict[str, Value]
    asks: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """Where its contents come from, as shown: "원본: 버스정책과 주간업무.hwpx"."""


@dataclass(frozen=True)
class ReviewRow:
    """An officer's check of one version; `sha256` is of the values that were checked."""

    draft_id: str
    number: int
    sha256: str
    reviewer: str
    reviewer_name: str
    department: str
    reviewed_at: datetime
    note: str


class DraftStore:
    """Drafts, versions and checks in the database."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def add(self, row: DraftRow, first: Version) -> None:
        """Keep a new draft with its first version."""
        with self._engine.begin() as connection:
            connection.execute(draft_table.insert().values(vars(row)))
            connection.execute(draft_version_table.insert().values(self._sealed(first)))

    def add_version(self, version: Version) -> None:
        """Keep the next version; raises Refused `draft_changed` when that number is taken."""
        after = sa.and_(
            draft_table.c.draft_id == version.draft_id,
            draft_table.c.last_number == version.number - 1,
        )
        values = {"last_number": version.number, "changed_at": version.made_at}
        with self._engine.begin() as connection:
            moved = connection.execute(draft_table.update().where(after).values(values))
            if not moved.rowcount:
                raise changed_meanwhile()
            connection.execute(draft_version_table.insert().values(self._sealed(version)))

    def find(self, draft_id: str) -> DraftRow | None:
        """Return a draft, or None."""
        query = sa.select(draft_table).where(draft_table.c.draft_id == draft_id)
        found = self._rows(query)
        return found[0] if found else None

    def of_department(self, department: str, limit: int) -> Sequence[DraftRow]:
        """Return a department's drafts, those changed last first."""
        query = (
            sa.select(draft_table)
            .where(draft_table.c.department == department)
            .order_by(draft_table.c.changed_at.desc(), draft_table.c.draft_id.desc())
            .limit(limit)
        )
        return self._rows(query)

    def version(self, draft_id: str, number: int) -> Version | None:
        """Return one version, opened, or None."""
        table = draft_version_table
        query = sa.select(table).where(table.c.draft_id == draft_id, table.c.number == number)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return self._opened(row) if row else None

    def versions(self, draft_id: str) -> Sequence[Version]:
        """Return every version, oldest first."""
        table = draft_version_table
        query = sa.select(table).where(table.c.draft_id == draft_id).order_by(table.c.number)
        with self._engine.connect() as connection:
            return [self._opened(row) for row in connection.execute(query).mappings()]

    def add_review(self, review: ReviewRow) -> None:
        """Keep an officer's check; raises Refused `draft_reviewed` when that version has one."""
        facts = {name: value for name, value in vars(review).items() if name != "note"}
        sealed = self._vault.seal(review.note.encode(), _purpose(review.draft_id, review.number))
        try:
            with self._engine.begin() as connection:
                connection.execute(draft_review_table.insert().values(**facts, sealed_note=sealed))
        except sa.exc.IntegrityError:
            raise Refused(
                "draft_reviewed", "이미 검증한 판입니다.", "고칠 것이 있으면 새 판을 만드세요."
            ) from None

    def review(self, draft_id: str, number: int) -> ReviewRow | None:
        """Return the check of one version, or None."""
        table = draft_review_table
        query = sa.select(table).where(table.c.draft_id == draft_id, table.c.number == number)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        facts = {name: row[name] for name in row if name != "sealed_note"}
        note = self._vault.unseal(row["sealed_note"], _purpose(draft_id, number)).decode()
        return ReviewRow(**facts, note=note)

    def forget_older(self, before: datetime) -> int:
        """Remove drafts not changed since a time, versions and checks too; return how many."""
        old = sa.select(draft_table.c.draft_id).where(draft_table.c.changed_at < before)
        with self._engine.begin() as connection:
            gone = list(connection.scalars(old))
            for table in (draft_review_table, draft_version_table, draft_table):
                connection.execute(table.delete().where(table.c.draft_id.in_(gone)))
        return len(gone)

    def _rows(self, query: sa.Select[tuple[object, ...]]) -> list[DraftRow]:
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [DraftRow(**{**row, "data_class": DataClass(row["data_class"])}) for row in rows]

    def _sealed(self, version: Version) -> dict[str, object]:
        body = {
            "values": version.values,
            "asks": list(version.asks),
            "sources": list(version.sources),
        }
        data = json.dumps(body, ensure_ascii=False).encode()
        return {
            "draft_id": version.draft_id,
            "number": version.number,
            "made_by": version.made_by,
            "made_at": version.made_at,
            "model": version.model,
            "bot_version": version.bot_version,
            "sha256": version.sha256,
            "sealed": self._vault.seal(data, _purpose(version.draft_id, version.number)),
        }

    def _opened(self, row: sa.RowMapping) -> Version:
        draft_id, number = row["draft_id"], row["number"]
        body = json.loads(self._vault.unseal(row["sealed"], _purpose(draft_id, number)))
        return Version(
            draft_id,
            number,
            row["made_by"],
            row["made_at"],
            row["model"],
            row["bot_version"],
            row["sha256"],
            body["values"],
            tuple(body["asks"]),
            tuple(body["sources"]),
        )


def values_hash(form: str, values: Values) -> str:
    """Return the hash that a check of these values is bound to."""
    facts: Mapping[str, object] = {"form": form, "values": dict(values)}
    return content_hash(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode())


def changed_meanwhile() -> Refused:
    """Return the refusal of a change to a version that is not the last any more."""
    return Refused(
        "draft_changed",
        "그 사이 다른 사람이 이 초안을 고쳤습니다.",
        "새 판을 열어 견준 뒤 다시 고치세요.",
    )


def _purpose(draft_id: str, number: int) -> str:
    return f"draft:{draft_id}:{number}"
