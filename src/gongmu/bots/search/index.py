"""The index of all passages: what is learnt goes in here, what a reader may see comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from gongmu.bots.passages import DataClass, Found, Passage, Reader
from gongmu.bots.search import tokens as words
from gongmu.bots.search.calibration import learn_threshold, threshold
from gongmu.bots.search.elsewhere import ELSEWHERE
from gongmu.bots.search.question import read_question
from gongmu.bots.search.ranking import (
    LENGTH_SHARE,
    SATURATION,
    Candidate,
    Ground,
    Ranked,
    rank,
    rarest,
    weights_of,
)
from gongmu.bots.search.refusal import share
from gongmu.bots.search.rights import readable
from gongmu.bots.search.statistics import Statistics
from gongmu.bots.search.tables import corpus_table, passage_table, passage_text_table, posting_table
from gongmu.bots.search.writing import remove_documents, write_documents

CANDIDATES = 45
"""How many passages are weighed in full for one question."""
POSTING_BUDGET = 3_000
"""How many postings one question may read; the commonest terms are left to the weighing."""

_SHOWN = sa.select(
    *(column for column in passage_table.c if column.name != "length"),
    *(passage_text_table.c[name] for name in ("departments", "document", "place", "heading")),
    passage_text_table.c.text,
).join(passage_text_table, passage_text_table.c.number == passage_table.c.number)


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
        question = read_question(words.read(query))
        if not question.weights or not corpora or k < 1:
            return []
        allowed = readable(reader, on, below)
        with self._engine.connect() as connection:
            known = self._known.of(connection, corpora)
            ground = known.ground(connection, question.terms)
            weights = weights_of(question, ground)
            taken = rarest(weights, ground, POSTING_BUDGET)
            if not taken:
                return []
            asked = [(number, weights[term]) for term in taken for number in known.ids(term)]
            candidates = _candidates(connection, asked, ground, allowed, max(CANDIDATES, k))
            titles = [token for one in candidates for token in one.name.split()]
            ranked = rank(question, weights, candidates, known.ground(connection, titles))[:k]
            return _found(connection, ranked, allowed)

    def passage(self, passage_id: str, reader: Reader) -> Passage | None:
        """Return one passage, or None where there is none that `reader` may see."""
        query = _SHOWN.where(passage_table.c.passage_id == passage_id, readable(reader))
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _passage(row) if row else None

    def passages(self, corpus: str, document_id: str, reader: Reader) -> Sequence[Passage]:
        """Return a document's passages that `reader` may see, in their order."""
        query = _SHOWN.where(
            passage_table.c.corpus == corpus,
            passage_table.c.document_id == document_id,
            readable(reader),
        ).order_by(passage_table.c.in_document, passage_table.c.number)
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


def _candidates(
    connection: sa.Connection,
    weights: Sequence[tuple[int, float]],
    ground: Ground,
    allowed: sa.ColumnElement[bool],
    limit: int,
) -> Sequence[Candidate]:
    asked = _asked(connection.dialect.name, weights)
    posting, passage, said = posting_table.c, passage_table.c, passage_text_table.c
    base = SATURATION * (1 - LENGTH_SHARE)
    slope = SATURATION * LENGTH_SHARE / (ground.mean_length or 1.0)
    score = sa.func.sum(
        asked.c.weight * posting.frequency / (posting.frequency + base + slope * posting.length)
    )
    scored = (
        sa.select(posting.number, score.label("score"))
        .select_from(asked.join(posting_table, posting.term_id == asked.c.term_id))
        .group_by(posting.number)
        .subquery("scored")
    )
    best = (
        sa.select(scored.c.number)
        .select_from(scored.join(passage_table, passage.number == scored.c.number))
        .where(allowed)
        .order_by(scored.c.score.desc(), scored.c.number)
        .limit(limit)
        .subquery("best")
    )
    query = sa.select(
        passage.number,
        passage.document_id,
        said.title_tokens,
        said.heading_tokens,
        said.body_tokens,
        passage.length,
    ).select_from(
        best.join(passage_table, passage.number == best.c.number).join(
            passage_text_table, said.number == best.c.number
        )
    )
    return [
        Candidate(number, document_id, title, heading, body, length)
        for number, document_id, title, heading, body, length in connection.execute(query)
    ]


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


def _found(
    connection: sa.Connection, ranked: Sequence[Ranked], allowed: sa.ColumnElement[bool]
) -> Sequence[Found]:
    query = _SHOWN.where(passage_table.c.number.in_([one.number for one in ranked]), allowed)
    rows = {row["number"]: row for row in connection.execute(query).mappings()}
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
