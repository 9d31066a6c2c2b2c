"""The refusal threshold of each knowledge base: learnt from questions and kept with the corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from gongmu.bots.search.refusal import USUAL_THRESHOLD, calibrate
from gongmu.bots.search.tables import corpus_table, passage_table, passage_text_table

ShareOf = Callable[[str], float]
"""Asks one question of a corpus and returns the share found."""
_ENOUGH_QUESTIONS = 8
_MADE_QUESTIONS = 60
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

    With fewer than eight questions of its own, more are made of its passages; these name what
    the passages say in the passages' words, so half a person's distance is taken off them.
    """
    shares = [share_of(one) for one in on_topic]
    origin = "questions"
    if len(shares) < _ENOUGH_QUESTIONS:
        shares += [share_of(one) * _PERSON for one in made_questions(engine, corpus)]
        origin = "passages"
    learnt = calibrate(shares, [share_of(one) for one in off_topic])
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
    text = passage_text_table.c
    query = (
        sa.select(text.document, text.heading, text.text)
        .join(passage_table, passage_table.c.number == text.number)
        .where(passage_table.c.corpus == corpus)
        .order_by(text.number)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    step = max(1, len(rows) // _MADE_QUESTIONS)
    return [
        " ".join([row.heading or row.document, *row.text.split()[1::3][:_WORDS_OF_A_QUESTION]])
        for row in rows[::step]
    ]
