"""Drafts."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "bot_draft",
        sa.Column("draft_id", sa.String(60), primary_key=True),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("department", sa.String(100), nullable=False),
        sa.Column("data_class", sa.String(1), nullable=False),
        sa.Column("bot", sa.String(60), nullable=False),
        sa.Column("conversation_id", sa.String(60), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("last_number", sa.Integer, nullable=False),
    )
    op.create_index("ix_bot_draft_department", "bot_draft", ["department", "changed_at"])
    op.create_table(
        "bot_draft_version",
        sa.Column("draft_id", sa.String(60), sa.ForeignKey("bot_draft.draft_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("bot_version", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "bot_draft_review",
        sa.Column("draft_id", sa.String(60), sa.ForeignKey("bot_draft.draft_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("reviewer", sa.String(60), nullable=False),
        sa.Column("reviewer_name", sa.String(60), nullable=False),
        sa.Column("department", sa.String(100), nullable=False),
        sa.Column("reviewed_at", Instant, nullable=False),
        sa.Column("sealed_note", sa.LargeBinary, nullable=False),
    )
