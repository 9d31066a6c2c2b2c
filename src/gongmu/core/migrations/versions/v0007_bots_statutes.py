"""Laws and ordinances: laws, versions, articles, rulings, and how far an import has come."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "bot_law",
        sa.Column("law_key", sa.String(120), primary_key=True),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("normal", sa.String(300), nullable=False),
        sa.Column("other_names", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("imported_at", Instant, nullable=False),
    )
    op.create_table(
        "bot_law_version",
        sa.Column("version_key", sa.String(200), primary_key=True),
        sa.Column("law_key", sa.String(120), sa.ForeignKey("bot_law.law_key"), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("serial", sa.String(60), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("promulgated_on", sa.Date),
        sa.Column("promulgation_number", sa.String(40), nullable=False),
        sa.Column("revision", sa.String(60), nullable=False),
        sa.Column("partial", sa.Boolean, nullable=False),
        sa.Column("covers", sa.Text, nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("imported_at", Instant, nullable=False),
    )
    op.create_table(
        "bot_law_article",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "version_key",
            sa.String(200),
            sa.ForeignKey("bot_law_version.version_key"),
            nullable=False,
        ),
        sa.Column("code", sa.String(6), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "bot_law_part",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "version_key",
            sa.String(200),
            sa.ForeignKey("bot_law_version.version_key"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "bot_ruling",
        sa.Column("ruling_key", sa.String(120), primary_key=True),
        sa.Column("interpretation", sa.Boolean, nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("number", sa.String(120), nullable=False),
        sa.Column("decided_on", sa.Date),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("imported_at", Instant, nullable=False),
    )
    op.create_table(
        "bot_statute_import",
        sa.Column("run_id", sa.String(200), primary_key=True),
        sa.Column("target", sa.String(20), primary_key=True),
        sa.Column("serial", sa.String(60), primary_key=True),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("starts_on", sa.Date),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
    )
    op.create_index("ix_bot_law_normal", "bot_law", ["normal"])
    op.create_index("ix_bot_law_version_law_key", "bot_law_version", ["law_key"])
    op.create_index("ix_bot_law_article_version_key", "bot_law_article", ["version_key"])
    op.create_index(
        "ix_bot_law_article_version_key_code", "bot_law_article", ["version_key", "code"]
    )
    op.create_index("ix_bot_law_part_version_key", "bot_law_part", ["version_key"])
