"""Rows of corpora, documents and watched folders; no judgement here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from gongmu.bots.knowledge.document import Corpus, Document, State
from gongmu.bots.knowledge.tables import corpus_table, document_table, watch_table
from gongmu.bots.passages import DataClass

_SHOWN = [
    document_table.c[name]
    for name in Document.__dataclass_fields__
]  # fmt: skip
_AT_ONCE = 200


class Rows:
    """The tables of one installation's knowledge."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    # ------------------------------------------------------------ corpora

    def corpora(self) -> Sequence[Corpus]:
        """Return every corpus in order of its title, with its counts."""
        table = document_table.c
        learnt = sa.case((table.state == State.LEARNT, 1), else_=0)
        unreadable = sa.case((table.state == State.UNREADABLE, 1), else_=0)
        counts = (
            sa.select(
                table.corpus,
                sa.func.sum(learnt).label("documents"),
                sa.func.sum(table.passages).label("passages"),
                sa.func.sum(unreadable).label("unreadable"),
            )
            .group_by(table.corpus)
            .subquery()
        )
        query = (
            sa.select(corpus_table, counts.c.documents, counts.c.passages, counts.c.unreadable)
            .join(counts, counts.c.corpus == corpus_table.c.code, isouter=True)
            .order_by(corpus_table.c.title)
        )
        with self._engine.connect() as connection:
            return [_corpus(row) for row in connection.execute(query).mappings()]

    def corpus(self, code: str) -> Corpus | None:
        """Return a corpus without counts, or None."""
        query = sa.select(corpus_table).where(corpus_table.c.code == code)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _corpus(row) if row else None

    def keep_corpus(self, corpus: Corpus, at: datetime, by: str) -> None:
        """Make a corpus or change its title and rights."""
        values = {
            "title": corpus.title,
            "department": corpus.department,
            "departments": "\n".join(corpus.departments),
            "data_class": corpus.data_class.value,
        }
        fresh = {**values, "code": corpus.code, "made_at": at, "made_by": by}
        self._upsert(corpus_table, [(corpus_table.c.code == corpus.code, values, fresh)])

    # ------------------------------------------------------------ documents

    def document(self, document_id: str) -> Document | None:
        """Return a document, or None."""
        found = self.documents(document_table.c.document_id == document_id)
        return found[0] if found else None

    def documents(self, *where: sa.ColumnElement[bool]) -> Sequence[Document]:
        """Return the documents that meet the conditions, in order of title and name."""
        query = (
            sa.select(*_SHOWN).where(*where).order_by(document_table.c.title, document_table.c.name)
        )
        with self._engine.connect() as connection:
            return [_document(row) for row in connection.execute(query).mappings()]

    def marks(self, corpus: str, folder: str) -> Mapping[str, sa.RowMapping]:
        """Return name → what tells whether a file changed, for the documents of a folder."""
        table = document_table.c
        columns = (
            table.document_id, table.name, table.state, table.sha256, table.size,
            table.changed_ns, table.reading_version, table.data_class, table.departments,
            table.reason,
        )  # fmt: skip
        query = sa.select(*columns).where(table.corpus == corpus, table.folder == folder)
        with self._engine.connect() as connection:
            return {row["name"]: row for row in connection.execute(query).mappings()}

    def signatures(self, corpus: str) -> Mapping[str, bytes]:
        """Return id → signature of the learnt documents of a corpus."""
        table = document_table.c
        query = sa.select(table.document_id, table.signature).where(
            table.corpus == corpus, table.state == State.LEARNT
        )
        with self._engine.connect() as connection:
            return {row.document_id: bytes(row.signature) for row in connection.execute(query)}

    def said_ends(self, corpus: str) -> Mapping[str, date | None]:
        """Return id → the last day in force that the document itself says."""
        table = document_table.c
        query = sa.select(table.document_id, table.said_ends_on).where(table.corpus == corpus)
        with self._engine.connect() as connection:
            return {row.document_id: row.said_ends_on for row in connection.execute(query)}

    def keep(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write whole document rows, old ones in place."""
        own = document_table.c.document_id
        self._upsert(document_table, [(own == row["document_id"], row, row) for row in rows])

    def change(self, document_id: str, **values: Any) -> None:
        """Change columns of a document."""
        self.change_many([document_id], **values)

    def change_many(self, ids: Sequence[str], **values: Any) -> None:
        """Change the same columns of several documents."""
        with self._engine.begin() as connection:
            for at in range(0, len(ids), _AT_ONCE):
                some = ids[at : at + _AT_ONCE]
                connection.execute(
                    document_table.update()
                    .where(document_table.c.document_id.in_(some))
                    .values(**values)
                )

    def drop(self, ids: Sequence[str]) -> None:
        """Remove documents' rows."""
        with self._engine.begin() as connection:
            for at in range(0, len(ids), _AT_ONCE):
                mine = document_table.c.document_id.in_(ids[at : at + _AT_ONCE])
                connection.execute(document_table.delete().where(mine))

    # ------------------------------------------------------------ watched folders

    def watches(self, corpus: str | None = None) -> Sequence[sa.RowMapping]:
        """Return the watched folders, of one corpus or of all."""
        query = sa.select(watch_table).order_by(watch_table.c.corpus, watch_table.c.folder)
        if corpus is not None:
            query = query.where(watch_table.c.corpus == corpus)
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().all()

    def keep_watch(self, corpus: str, folder: str, account: str, since: datetime) -> None:
        """Watch a folder; watching it twice changes nothing but who asked."""
        mine = sa.and_(watch_table.c.corpus == corpus, watch_table.c.folder == folder)
        fresh = {
            "corpus": corpus, "folder": folder, "account": account, "since": since,
            "looked_at": None, "said": "",
        }  # fmt: skip
        self._upsert(watch_table, [(mine, {"account": account}, fresh)])

    def looked(self, corpus: str, folder: str, at: datetime, said: str) -> None:
        """Note how a look at a watched folder went."""
        mine = sa.and_(watch_table.c.corpus == corpus, watch_table.c.folder == folder)
        with self._engine.begin() as connection:
            connection.execute(watch_table.update().where(mine).values(looked_at=at, said=said))

    def drop_watch(self, corpus: str, folder: str) -> None:
        """Stop watching a folder."""
        mine = sa.and_(watch_table.c.corpus == corpus, watch_table.c.folder == folder)
        with self._engine.begin() as connection:
            connection.execute(watch_table.delete().where(mine))

    # ------------------------------------------------------------ inside

    def _upsert(
        self,
        table: sa.Table,
        changes: Iterable[tuple[sa.ColumnElement[bool], Mapping[str, Any], Mapping[str, Any]]],
    ) -> None:
        """Change each row where it is, else insert the fresh one."""
        with self._engine.begin() as connection:
            for mine, values, fresh in changes:
                done = connection.execute(table.update().where(mine).values(**values))
                if not done.rowcount:
                    connection.execute(table.insert().values(**fresh))


def departments_of(text: str) -> tuple[str, ...]:
    """Return the departments of a column."""
    return tuple(filter(None, text.split("\n")))


def _corpus(row: sa.RowMapping) -> Corpus:
    return Corpus(
        row["code"],
        row["title"],
        row["department"],
        departments_of(row["departments"]),
        DataClass(row["data_class"]),
        int(row.get("documents") or 0),
        int(row.get("passages") or 0),
        int(row.get("unreadable") or 0),
    )


def _document(row: sa.RowMapping) -> Document:
    values = dict(row)
    return Document(
        **{
            **values,
            "state": State(values["state"]),
            "data_class": DataClass(values["data_class"]),
            "departments": departments_of(values["departments"]),
            "masked": json.loads(values["masked"]),
            "notes": tuple(filter(None, values["notes"].split("\n"))),
        }
    )
