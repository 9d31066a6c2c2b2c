"""Brings editions, near-duplicates, dates and rights of documents into their passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from gongmu.bots.knowledge.document import Document
from gongmu.bots.knowledge.draft import Rights
from gongmu.bots.knowledge.editions import places
from gongmu.bots.knowledge.learner import SYSTEM
from gongmu.bots.knowledge.rows import Rows
from gongmu.bots.knowledge.tables import document_table
from gongmu.bots.passages import Passage
from gongmu.bots.search.index import SearchIndex


class Settling:
    """Changes what passages say about their document, not their words."""

    def __init__(self, index: SearchIndex, rows: Rows) -> None:
        self._index = index
        self._rows = rows

    def settle(self, corpus: str, touched: set[str]) -> Mapping[str, Sequence[str]]:
        """Bring editions and near-duplicates of a corpus up to date.

        Returns id of a touched document → titles of the editions that ended with it. Doing it
        again changes nothing; what a crash left undone is done by the next learning.
        """
        documents = self._rows.documents(document_table.c.corpus == corpus)
        said = self._rows.said_ends(corpus)
        found = places(documents, said, self._rows.signatures(corpus))
        ended: dict[str, list[str]] = {}
        for one in documents:
            place = found.get(one.document_id)
            if place is None:
                continue
            if place.ends_on != one.ends_on:
                self.redate(one, one.starts_on, place.ends_on)
            if place.replaced_by in touched and place.replaced_by != one.replaced_by:
                ended.setdefault(place.replaced_by, []).append(one.title)
            if (place.replaced_by, place.duplicate_of) != (one.replaced_by, one.duplicate_of):
                self._rows.change(
                    one.document_id,
                    replaced_by=place.replaced_by,
                    duplicate_of=place.duplicate_of,
                )
        return ended

    def redate(self, one: Document, starts_on: date | None, ends_on: date | None) -> None:
        passages = [
            replace(passage, starts_on=starts_on, ends_on=ends_on)
            for passage in self._own_passages(one)
        ]
        self._index.replace(one.corpus, one.document_id, passages)
        self._rows.change(one.document_id, starts_on=starts_on, ends_on=ends_on)

    def set_rights(self, one: Document, rights: Rights) -> None:
        passages = [
            replace(passage, data_class=rights.data_class, departments=rights.departments)
            for passage in self._own_passages(one)
        ]
        self._index.replace(one.corpus, one.document_id, passages)
        self._rows.change(
            one.document_id,
            data_class=rights.data_class.value,
            departments="\n".join(rights.departments),
        )

    def _own_passages(self, one: Document) -> Sequence[Passage]:
        department = one.departments[0] if one.departments else ""
        reader = replace(SYSTEM, department=department)
        return self._index.passages(one.corpus, one.document_id, reader)
