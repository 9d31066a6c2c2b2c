"""Departments' own desks."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "bot_desk",
        sa.Column("code", sa.String(40), primary_key=True),
        sa.Column("department", sa.String(100), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("published", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("retired_at", Instant),
        sa.Column("retired_by", sa.String(60), nullable=False),
        sa.Column("retired_reason", sa.String(500), nullable=False),
    )
    op.create_table(
        "bot_desk_draft",
        sa.Column("code", sa.String(40), sa.ForeignKey("bot_desk.code"), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("editors", sa.Text, nullable=False),
        sa.Column("changed_by", sa.String(60), nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("tested_hash", sa.String(64), nullable=False),
        sa.Column("tested_at", Instant),
        sa.Column("tested_by", sa.String(60), nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
    )
    op.create_table(
        "bot_desk_version",
        sa.Column("code", sa.String(40), sa.ForeignKey("bot_desk.code"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("editors", sa.Text, nullable=False),
        sa.Column("approved_by", sa.String(60), nullable=False),
        sa.Column("published_at", Instant, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
    )
