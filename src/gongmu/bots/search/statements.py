"""The search's questions to the database, each put together once: building costs like asking."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from gongmu.bots.search.ranking import LENGTH_SHARE, SATURATION
from gongmu.bots.search.rights import readable
from gongmu.bots.search.tables import passage_table, passage_text_table, posting_table

_SHOWN = sa.select(
    *(column for column in passage_table.c if column.name != "length"),
    *(passage_text_table.c[name] for name in ("departments", "document", "place", "heading")),
    passage_text_table.c.text,
).join(passage_text_table, passage_text_table.c.number == passage_table.c.number)
ONE_PASSAGE = _SHOWN.where(
    passage_table.c.passage_id == sa.bindparam("passage_id", type_=sa.String), readable()
)
"""By `passage_id` and the values of `rights_of`; DOCUMENT by `corpus` and `document_id`."""
DOCUMENT = _SHOWN.where(
    passage_table.c.corpus == sa.bindparam("corpus", type_=sa.String),
    passage_table.c.document_id == sa.bindparam("document_id", type_=sa.String),
    readable(),
).order_by(passage_table.c.in_document, passage_table.c.number)


@cache
def these(dated: bool, limited: bool) -> sa.Select[Any]:
    """Return the query for the passages of `numbers` that may be shown."""
    return _SHOWN.where(
        passage_table.c.number.in_(sa.bindparam("numbers", expanding=True)),
        readable(dated, limited),
    )


@cache
def best(dialect: str, dated: bool, limited: bool) -> sa.Select[Any]:
    """Return the query for the best passages by BM25 over the terms asked, rights applied first.

    Values: those of `asked` and `rights_of`, `slope` (see `slope`) and `most`.
    """
    terms = _terms(dialect)
    posting, passage, said = posting_table.c, passage_table.c, passage_text_table.c
    damped = (
        posting.frequency
        + SATURATION * (1 - LENGTH_SHARE)
        + sa.bindparam("slope", type_=sa.Float) * posting.length
    )
    scored = (
        sa.select(
            posting.number, sa.func.sum(terms.c.weight * posting.frequency / damped).label("score")
        )
        .select_from(terms.join(posting_table, posting.term_id == terms.c.term_id))
        .group_by(posting.number)
        .subquery("scored")
    )
    chosen = (
        sa.select(scored.c.number)
        .select_from(scored.join(passage_table, passage.number == scored.c.number))
        .where(readable(dated, limited))
        .order_by(scored.c.score.desc(), scored.c.number)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .subquery("chosen")
    )
    name = sa.case((said.heading_tokens != "", said.heading_tokens), else_=said.title_tokens)
    return sa.select(
        passage.number, passage.document_id, name, said.terms, passage.length
    ).select_from(
        chosen.join(passage_table, passage.number == chosen.c.number).join(
            passage_text_table, said.number == chosen.c.number
        )
    )


def slope(mean_length: float) -> float:
    """Return how far each token of a passage's length holds it back."""
    return SATURATION * LENGTH_SHARE / (mean_length or 1.0)


def asked(dialect: str, weights: Sequence[tuple[int, float]]) -> dict[str, Any]:
    """Return the values that stand for the terms asked (number in the table, weight)."""
    if dialect == "postgresql":
        return {"terms": [one for one, _ in weights], "weights": [one for _, one in weights]}
    return {"terms": json.dumps(weights)}


def _terms(dialect: str) -> sa.FromClause:
    """Return the terms asked as a table (term_id, weight) that the database reads."""
    if dialect == "postgresql":
        return (
            sa.func.unnest(
                sa.cast(sa.bindparam("terms"), sa.ARRAY(sa.Integer)),
                sa.cast(sa.bindparam("weights"), sa.ARRAY(sa.Float)),
            )
            .table_valued("term_id", "weight", name="asked")
            .render_derived()
        )
    each = sa.func.json_each(sa.bindparam("terms")).table_valued("value", name="each")
    return sa.select(
        sa.cast(sa.func.json_extract(each.c.value, "$[0]"), sa.Integer).label("term_id"),
        sa.cast(sa.func.json_extract(each.c.value, "$[1]"), sa.Float).label("weight"),
    ).subquery("asked")
