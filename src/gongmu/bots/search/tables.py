"""The search's tables: passages, who may read them, their terms and postings, each corpus's state.

The same tables and the same query serve SQLite and PostgreSQL, so both rank alike.
"""

from __future__ import annotations

import sqlalchemy as sa

from gongmu.core.database import Instant, metadata

passage_table = sa.Table(
    "bot_passage",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("class_rank", sa.Integer, nullable=False),
    sa.Column("restricted", sa.Boolean, nullable=False),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("length", sa.Integer, nullable=False),
    sa.Column("corpus", sa.String(60), nullable=False),
    sa.Column("passage_id", sa.String(200), nullable=False, unique=True),
    sa.Column("document_id", sa.String(200), nullable=False),
    sa.Column("in_document", sa.Integer, nullable=False),
    sa.Index("ix_bot_passage_corpus_document_id", "corpus", "document_id"),
)
"""Kept narrow, for every question looks at many rows.

`restricted`: only the departments of `bot_passage_department` may read it.
"""

passage_text_table = sa.Table(
    "bot_passage_text",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("departments", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("title_tokens", sa.Text, nullable=False),
    sa.Column("heading_tokens", sa.Text, nullable=False),
    sa.Column("terms", sa.LargeBinary, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
"""What a passage says and its terms, see `packing`; `departments` one a line."""

passage_department_table = sa.Table(
    "bot_passage_department",
    metadata,
    sa.Column("department", sa.String(100), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Index("ix_bot_passage_department_number", "number"),
)

vector_table = sa.Table(
    "bot_passage_vector",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)
"""32-bit floats; only where an embeddings endpoint was tried, see `dense`."""

term_table = sa.Table(
    "bot_term",
    metadata,
    sa.Column("term_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("corpus", sa.String(60), nullable=False),
    sa.Column("term", sa.String(130), nullable=False),
    sa.Column("passages", sa.Integer, nullable=False),
    sa.UniqueConstraint("corpus", "term"),
)

posting_table = sa.Table(
    "bot_posting",
    metadata,
    sa.Column("term_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("frequency", sa.Integer, nullable=False),
    sa.Column("length", sa.Integer, nullable=False),
    sa.Index("ix_bot_posting_number", "number"),
    sqlite_with_rowid=False,
)
"""`frequency`: occurrences in the text and, weighted, in title and heading."""

corpus_table = sa.Table(
    "bot_corpus_state",
    metadata,
    sa.Column("corpus", sa.String(60), primary_key=True),
    sa.Column("passages", sa.Integer, nullable=False),
    sa.Column("tokens", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("threshold", sa.Float),
    sa.Column("threshold_revision", sa.Integer),
    sa.Column("threshold_from", sa.String(20)),
    sa.Column("dense", sa.Boolean, nullable=False),
    sa.Column("calibrated_at", Instant),
)
