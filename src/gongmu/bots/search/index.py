"""The index of all passages: what is learnt goes in here, what a reader may see comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from gongmu.bots.passages import DataClass, Found, Passage, Reader
from gongmu.bots.search import tokens as words
from gongmu.bots.search.calibration import threshold
from gongmu.bots.search.ranking import (
    LENGTH_SHARE,
    SATURATION,
    Candidate,
    Ground,
    Ranked,
    rank,
    rarest,
)
from gongmu.bots.search.rights import readable
from gongmu.bots.search.tables import corpus_table, passage_table, posting_table, term_table
from gongmu.bots.search.writing import remove_documents, write_documents

CANDIDATES = 120
"""How many passages are weighed in full for one question."""
POSTING_BUDGET = 5_000
"""How many postings one question may read; the commonest terms are left to the weighing."""


class SearchIndex:
    """Finds passages by Korean stems; rights, class and effective dates apply in the query."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

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
        terms = words.query_tokens(query)
        if not terms or not corpora or k < 1:
            return []
        with self._engine.connect() as connection:
            ground, ids = _ground(connection, corpora, terms)
            taken = rarest(terms, ground, POSTING_BUDGET)
            if not taken:
                return []
            rows = _candidates(
                connection, taken, ids, ground, readable(reader, on, below), max(CANDIDATES, k)
            )
        ranked = rank(terms, [_candidate(row) for row in rows], ground)[:k]
        by_number = {row["number"]: row for row in rows}
        return [_found(by_number[one.number], one) for one in ranked]

    def passage(self, passage_id: str, reader: Reader) -> Passage | None:
        """Return one passage, or None where there is none that `reader` may see."""
        query = sa.select(passage_table).where(
            passage_table.c.passage_id == passage_id, readable(reader)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _passage(row) if row else None

    def passages(self, corpus: str, document_id: str, reader: Reader) -> Sequence[Passage]:
        """Return a document's passages that `reader` may see, in their order."""
        query = (
            sa.select(passage_table)
            .where(
                passage_table.c.corpus == corpus,
                passage_table.c.document_id == document_id,
                readable(reader),
            )
            .order_by(passage_table.c.in_document, passage_table.c.number)
        )
        with self._engine.connect() as connection:
            return [_passage(row) for row in connection.execute(query).mappings()]

    def count(self, corpus: str) -> int:
        """Return how many passages the corpus holds."""
        query = sa.select(corpus_table.c.passages).where(corpus_table.c.corpus == corpus)
        with self._engine.connect() as connection:
            return connection.scalar(query) or 0

    def threshold(self, *corpora: str) -> float:
        """Return the refusal threshold for a search in these corpora; see refusal.enough."""
        return threshold(self._engine, corpora)

    def warm(self) -> None:
        """Load the analyser before the first question."""
        words.warm()


_Ids = Mapping[str, Sequence[int]]


def _ground(
    connection: sa.Connection, corpora: Sequence[str], terms: Sequence[str]
) -> tuple[Ground, _Ids]:
    state = connection.execute(
        sa.select(sa.func.sum(corpus_table.c.passages), sa.func.sum(corpus_table.c.tokens)).where(
            corpus_table.c.corpus.in_(corpora)
        )
    ).one()
    passages, length = int(state[0] or 0), int(state[1] or 0)
    rows = connection.execute(
        sa.select(term_table.c.term, term_table.c.term_id, term_table.c.passages).where(
            term_table.c.corpus.in_(corpora), term_table.c.term.in_(terms)
        )
    )
    holding: dict[str, int] = {}
    ids: dict[str, list[int]] = {}
    for term, term_id, held in rows:
        holding[term] = holding.get(term, 0) + held
        ids.setdefault(term, []).append(term_id)
    return Ground(passages, length / passages if passages else 0.0, holding), ids


def _candidates(
    connection: sa.Connection,
    terms: Sequence[str],
    ids: _Ids,
    ground: Ground,
    allowed: sa.ColumnElement[bool],
    limit: int,
) -> Sequence[sa.RowMapping]:
    asked = _asked(
        connection.dialect.name,
        [(term_id, ground.weight(term)) for term in terms for term_id in ids[term]],
    )
    posting, passage = posting_table.c, passage_table.c
    base = SATURATION * (1 - LENGTH_SHARE)
    slope = SATURATION * LENGTH_SHARE / (ground.mean_length or 1.0)
    score = sa.func.sum(
        asked.c.weight * posting.frequency / (posting.frequency + base + slope * posting.length)
    )
    best = (
        sa.select(posting.number, score.label("score"))
        .select_from(
            asked.join(posting_table, posting.term_id == asked.c.term_id).join(
                passage_table, passage.number == posting.number
            )
        )
        .where(allowed)
        .group_by(posting.number)
        .order_by(sa.desc("score"), posting.number)
        .limit(limit)
        .subquery()
    )
    query = sa.select(passage_table).join(best, best.c.number == passage.number)
    return connection.execute(query).mappings().all()


def _asked(dialect: str, weights: Sequence[tuple[int, float]]) -> sa.FromClause:
    """Return the question's terms as a table (term_id, weight) that the database reads."""
    if dialect == "postgresql":
        return (
            sa.func.unnest(
                sa.cast([one for one, _ in weights], sa.ARRAY(sa.Integer)),
                sa.cast([weight for _, weight in weights], sa.ARRAY(sa.Float)),
            )
            .table_valued("term_id", "weight", name="asked")
            .render_derived()
        )
    each = sa.func.json_each(json.dumps(weights)).table_valued("value", name="each")
    return sa.select(
        sa.cast(sa.func.json_extract(each.c.value, "$[0]"), sa.Integer).label("term_id"),
        sa.cast(sa.func.json_extract(each.c.value, "$[1]"), sa.Float).label("weight"),
    ).subquery("asked")


def _candidate(row: sa.RowMapping) -> Candidate:
    return Candidate(row["number"], row["title_tokens"].split(), row["body_tokens"].split())


def _found(row: sa.RowMapping, ranked: Ranked) -> Found:
    return Found(_passage(row), ranked.score, ranked.share)


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
