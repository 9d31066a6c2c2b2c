"""Search index, calibration and scores."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "bot_passage",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("class_rank", sa.Integer, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("corpus", sa.String(60), nullable=False),
        sa.Column("passage_id", sa.String(200), nullable=False),
        sa.Column("document_id", sa.String(200), nullable=False),
        sa.Column("in_document", sa.Integer, nullable=False),
        sa.UniqueConstraint("passage_id"),
    )
    op.create_index("ix_bot_passage_corpus_document_id", "bot_passage", ["corpus", "document_id"])
    op.create_table(
        "bot_passage_text",
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
    op.create_table(
        "bot_passage_department",
        sa.Column("department", sa.String(100), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    )
    op.create_index("ix_bot_passage_department_number", "bot_passage_department", ["number"])
    op.create_table(
        "bot_passage_vector",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "bot_term",
        sa.Column("term_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("corpus", sa.String(60), nullable=False),
        sa.Column("term", sa.String(130), nullable=False),
        sa.Column("passages", sa.Integer, nullable=False),
        sa.UniqueConstraint("corpus", "term"),
    )
    op.create_table(
        "bot_posting",
        sa.Column("term_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("frequency", sa.Integer, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_bot_posting_number", "bot_posting", ["number"])
    op.create_table(
        "bot_corpus_state",
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
    op.create_table(
        "bot_score",
        sa.Column("score_id", sa.String(60), primary_key=True),
        sa.Column("bot", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("knowledge", sa.String(64), nullable=False),
        sa.Column("checks", sa.Integer, nullable=False),
        sa.Column("right", sa.Integer, nullable=False),
        sa.Column("recall", sa.String(40), nullable=False),
        sa.Column("outcomes", sa.Text, nullable=False),
    )
    op.create_index("ix_bot_score_bot_at", "bot_score", ["bot", "at"])
