"""The refusal threshold of each knowledge base: learnt from questions and kept with the corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from gongmu.bots.search.refusal import MANY, USUAL_THRESHOLD, calibrate, calibrate_plainly
from gongmu.bots.search.tables import (
    corpus_table,
    passage_department_table,
    passage_table,
    passage_text_table,
)

ShareOf = Callable[[str], float]
"""Asks one question of a corpus and returns the share found."""
_ENOUGH_QUESTIONS = 8
_MADE_QUESTIONS = 20
_WORDS_OF_A_QUESTION = 5


def threshold(engine: sa.Engine, corpora: Sequence[str]) -> float:
    """Return the threshold under which these corpora count as not answering; the lowest of them."""
    query = sa.select(corpus_table.c.threshold).where(corpus_table.c.corpus.in_(corpora))
    with engine.connect() as connection:
        known = [one for one in connection.scalars(query) if one is not None]
    return min(known, default=USUAL_THRESHOLD)


def learn_threshold(
    engine: sa.Engine,
    corpus: str,
    share_of: ShareOf,
    on_topic: Sequence[str],
    off_topic: Sequence[str],
    now: datetime,
) -> float:
    """Calibrate a corpus on questions and keep the threshold; returns it.

    With fewer than forty questions of people, some made of its passages weigh in, with fewer than
    eight these alone; they name what the passages say in the passages' words, so a person's
    distance is taken off them.
    """
    foreign = [share_of(one) for one in off_topic]
    made = [share_of(one) * _PERSON for one in made_questions(engine, corpus)]
    origin, learnt = "passages", calibrate_plainly(made, foreign)
    if len(on_topic) >= _ENOUGH_QUESTIONS:
        origin, weight = "questions", min(1.0, len(on_topic) / MANY)
        asked = calibrate([share_of(one) for one in on_topic], foreign)
        learnt = weight * asked + (1 - weight) * learnt
    with engine.begin() as connection:
        connection.execute(
            sa.update(corpus_table)
            .where(corpus_table.c.corpus == corpus)
            .values(
                threshold=learnt,
                threshold_revision=corpus_table.c.revision,
                threshold_from=origin,
                calibrated_at=now,
            )
        )
    return learnt


_PERSON = 0.7
"""A person asks in other words than the paper: what is left of a made question's share."""


def made_questions(engine: sa.Engine, corpus: str) -> Sequence[str]:
    """Return questions made of a corpus's own passages: heading and some words of the text."""
    passage, text = passage_table.c, passage_text_table.c
    of_corpus = sa.select(passage.number).where(passage.corpus == corpus).order_by(passage.number)
    with engine.connect() as connection:
        numbers = connection.scalars(of_corpus).all()
        chosen = numbers[:: max(1, len(numbers) // _MADE_QUESTIONS)][:_MADE_QUESTIONS]
        rows = connection.execute(
            sa.select(text.document, text.heading, text.text).where(text.number.in_(chosen))
        ).all()
    return [
        " ".join([row.heading or row.document, *row.text.split()[1::3][:_WORDS_OF_A_QUESTION]])
        for row in rows
    ]


def stale(engine: sa.Engine, corpora: Sequence[str] | None = None) -> Sequence[str]:
    """Return those of the corpora (None = all) that changed since their threshold was learnt."""
    table = corpus_table.c
    query = (
        sa.select(table.corpus)
        .where(
            table.passages > 0,
            sa.or_(table.threshold_revision.is_(None), table.threshold_revision != table.revision),
        )
        .order_by(table.corpus)
    )
    if corpora is not None:
        query = query.where(table.corpus.in_(corpora))
    with engine.connect() as connection:
        return connection.scalars(query).all()


def department_of(engine: sa.Engine, corpus: str) -> str:
    """Return the department that may read most of the corpus's closed passages; empty for none."""
    allowed = passage_department_table.c
    query = (
        sa.select(allowed.department)
        .join(passage_table, passage_table.c.number == allowed.number)
        .where(passage_table.c.corpus == corpus)
        .group_by(allowed.department)
        .order_by(sa.func.count().desc(), allowed.department)
        .limit(1)
    )
    with engine.connect() as connection:
        return connection.scalar(query) or ""
