"""The index of all passages: what is learnt goes in here, what a reader may see comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from gongmu.bots.passages import DataClass, Found, Passage, Reader
from gongmu.bots.search import tokens as words
from gongmu.bots.search.calibration import learn_threshold, threshold
from gongmu.bots.search.elsewhere import ELSEWHERE
from gongmu.bots.search.question import MOST_TERMS, read_question
from gongmu.bots.search.ranking import Candidate, Ranked, rank, rarest, weights_of
from gongmu.bots.search.refusal import share
from gongmu.bots.search.rights import rights_of
from gongmu.bots.search.statements import DOCUMENT, ONE_PASSAGE, asked, best, slope, these
from gongmu.bots.search.statistics import Statistics
from gongmu.bots.search.tables import corpus_table
from gongmu.bots.search.writing import remove_documents, write_documents

CANDIDATES = 45
"""How many passages are weighed in full for one question."""
POSTING_BUDGET = 3_000
"""How many postings one question may read; the commonest terms are left to the weighing."""


class SearchIndex:
    """Finds passages by Korean stems; rights, class and effective dates apply in the query."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._known = Statistics()

    # ------------------------------------------------------------ learning

    def replace(self, corpus: str, document_id: str, passages: Sequence[Passage]) -> None:
        """Put `passages` in place of all that `corpus` holds of this document."""
        self.replace_many(corpus, {document_id: passages})

    def replace_many(self, corpus: str, documents: Mapping[str, Sequence[Passage]]) -> None:
        """Replace several documents at once, far faster than one by one; all or nothing."""
        with self._engine.begin() as connection:
            write_documents(connection, corpus, documents)

    def remove(self, corpus: str, document_ids: Sequence[str]) -> None:
        """Forget these documents' passages."""
        with self._engine.begin() as connection:
            remove_documents(connection, corpus, document_ids)

    # ------------------------------------------------------------ finding

    def search(
        self,
        query: str,
        corpora: Sequence[str],
        reader: Reader,
        k: int = 10,
        on: date | None = None,
        below: DataClass | None = None,
    ) -> Sequence[Found]:
        """Return at most `k` passages that `reader` may see, best first.

        `on`: only what is in force that day (None = any day). `below`: only up to this class.
        """
        question = read_question(words.read(query, MOST_TERMS))
        if not question.weights or not corpora or k < 1:
            return []
        rights = rights_of(reader, on, below)
        kind = on is not None, below is not None
        dialect = self._engine.dialect.name
        with self._engine.connect() as connection:
            known = self._known.of(connection, corpora)
            ground = known.ground(connection, question.terms)
            weights = weights_of(question, ground)
            taken = rarest(weights, ground, POSTING_BUDGET)
            if not taken:
                return []
            terms = [(number, weights[term]) for term in taken for number in known.ids(term)]
            values = {
                **asked(dialect, terms),
                **rights,
                "slope": slope(ground.mean_length),
                "most": max(CANDIDATES, k),
            }
            rows = connection.execute(best(dialect, *kind), values)
            candidates = [Candidate(*row) for row in rows]
            known.read_names(connection, (one.name for one in candidates))
            ranked = rank(question, weights, candidates, ground, known.ids, known.name)[:k]
            return _found(connection, ranked, these(*kind), rights)

    def passage(self, passage_id: str, reader: Reader) -> Passage | None:
        """Return one passage, or None where there is none that `reader` may see."""
        values = {**rights_of(reader), "passage_id": passage_id}
        with self._engine.connect() as connection:
            row = connection.execute(ONE_PASSAGE, values).mappings().one_or_none()
        return _passage(row) if row else None

    def passages(self, corpus: str, document_id: str, reader: Reader) -> Sequence[Passage]:
        """Return a document's passages that `reader` may see, in their order."""
        values = {**rights_of(reader), "corpus": corpus, "document_id": document_id}
        with self._engine.connect() as connection:
            return [_passage(row) for row in connection.execute(DOCUMENT, values).mappings()]

    def count(self, corpus: str) -> int:
        """Return how many passages the corpus holds."""
        query = sa.select(corpus_table.c.passages).where(corpus_table.c.corpus == corpus)
        with self._engine.connect() as connection:
            return connection.scalar(query) or 0

    def threshold(self, *corpora: str) -> float:
        """Return the refusal threshold for a search in these corpora; see refusal.enough."""
        return threshold(self._engine, corpora)

    def calibrate(
        self,
        corpus: str,
        reader: Reader,
        now: datetime,
        on_topic: Sequence[str] = (),
        off_topic: Sequence[str] = (),
    ) -> float:
        """Learn and keep the corpus's refusal threshold; `reader` sees all of it."""

        def share_of(question: str) -> float:
            return share(self.search(question, [corpus], reader, k=3))

        foreign = [*ELSEWHERE, *off_topic]
        return learn_threshold(self._engine, corpus, share_of, on_topic, foreign, now)

    def warm(self) -> None:
        """Load the analyser before the first question."""
        words.warm()


def _found(
    connection: sa.Connection,
    ranked: Sequence[Ranked],
    query: sa.Select[Any],
    rights: Mapping[str, Any],
) -> Sequence[Found]:
    values = {**rights, "numbers": [one.number for one in ranked]}
    rows = {row["number"]: row for row in connection.execute(query, values).mappings()}
    return [
        Found(_passage(rows[one.number]), one.score, one.share)
        for one in ranked
        if one.number in rows
    ]


def _passage(row: sa.RowMapping) -> Passage:
    return Passage(
        passage_id=row["passage_id"],
        document_id=row["document_id"],
        corpus=row["corpus"],
        document=row["document"],
        place=row["place"],
        heading=row["heading"],
        text=row["text"],
        number=row["in_document"],
        data_class=DataClass("OSC"[row["class_rank"]]),
        departments=tuple(row["departments"].split("\n")) if row["restricted"] else (),
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
    )
