"""The refusal threshold of each knowledge base: kept with the corpus, learnt from questions."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from gongmu.bots.search.refusal import USUAL_THRESHOLD
from gongmu.bots.search.tables import corpus_table


def threshold(engine: sa.Engine, corpora: Sequence[str]) -> float:
    """Return the threshold under which a question counts as not answered by these corpora."""
    query = sa.select(corpus_table.c.threshold).where(corpus_table.c.corpus.in_(corpora))
    with engine.connect() as connection:
        known = [one for one in connection.scalars(query) if one is not None]
    return min(known, default=USUAL_THRESHOLD)
