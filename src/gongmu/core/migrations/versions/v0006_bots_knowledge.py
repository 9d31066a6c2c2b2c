"""What the city has learnt."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "bot_corpus",
        sa.Column("code", sa.String(60), primary_key=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("department", sa.String(100), nullable=False),
        sa.Column("departments", sa.Text, nullable=False),
        sa.Column("data_class", sa.String(1), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
    )
    op.create_table(
        "bot_document",
        sa.Column("document_id", sa.String(64), primary_key=True),
        sa.Column("corpus", sa.String(60), nullable=False),
        sa.Column("folder", sa.String(500), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("changed_ns", sa.BigInteger, nullable=False),
        sa.Column("reading_version", sa.Integer, nullable=False),
        sa.Column("data_class", sa.String(1), nullable=False),
        sa.Column("departments", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.Column("said_ends_on", sa.Date),
        sa.Column("dates_by", sa.String(100), nullable=False),
        sa.Column("replaced_by", sa.String(64), nullable=False),
        sa.Column("duplicate_of", sa.String(64), nullable=False),
        sa.Column("passages", sa.Integer, nullable=False),
        sa.Column("characters", sa.Integer, nullable=False),
        sa.Column("masked", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("learnt_at", Instant, nullable=False),
        sa.Column("learnt_by", sa.String(100), nullable=False),
    )
    op.create_index("ix_bot_document_corpus", "bot_document", ["corpus"])
    op.create_index("ix_bot_document_sha256", "bot_document", ["sha256"])
    op.create_table(
        "bot_watch",
        sa.Column("corpus", sa.String(60), primary_key=True),
        sa.Column("folder", sa.String(500), primary_key=True),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("looked_at", Instant),
        sa.Column("said", sa.Text, nullable=False),
    )
