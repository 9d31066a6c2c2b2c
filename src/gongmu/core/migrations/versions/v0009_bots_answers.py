"""Conversations and feedback."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "bot_conversation",
        sa.Column("conversation_id", sa.String(60), primary_key=True),
        sa.Column("account", sa.String(60), nullable=False),
        sa.Column("department", sa.String(100), nullable=False),
        sa.Column("bot", sa.String(60), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
    )
    op.create_index("ix_bot_conversation_changed_at", "bot_conversation", ["changed_at"])
    op.create_index(
        "ix_bot_conversation_account_changed", "bot_conversation", ["account", "changed_at"]
    )
    op.create_table(
        "bot_turn",
        sa.Column("turn_id", sa.String(60), primary_key=True),
        sa.Column(
            "conversation_id",
            sa.String(60),
            sa.ForeignKey("bot_conversation.conversation_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("replaces", sa.String(60), nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("bot_version", sa.Integer, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("answered_at", Instant),
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("refusal", sa.String(40), nullable=False),
        sa.Column("verified", sa.Integer, nullable=False),
        sa.Column("unverified", sa.Integer, nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("sealed_question", sa.LargeBinary, nullable=False),
        sa.Column("sealed_answer", sa.LargeBinary),
        sa.UniqueConstraint("conversation_id", "number", name="uq_bot_turn_conversation_number"),
    )
    op.create_index("ix_bot_turn_conversation_id", "bot_turn", ["conversation_id"])
    op.create_table(
        "bot_feedback",
        sa.Column("feedback_id", sa.String(60), primary_key=True),
        sa.Column("turn_id", sa.String(60), nullable=False),
        sa.Column("conversation_id", sa.String(60), nullable=False),
        sa.Column("bot", sa.String(60), nullable=False),
        sa.Column("bot_version", sa.Integer, nullable=False),
        sa.Column("account", sa.String(60), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("good", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("sealed_question", sa.LargeBinary, nullable=False),
        sa.Column("sealed_correction", sa.LargeBinary),
        sa.UniqueConstraint("turn_id", "account", name="uq_bot_feedback_turn_account"),
    )
    op.create_index("ix_bot_feedback_conversation_id", "bot_feedback", ["conversation_id"])
    op.create_index("ix_bot_feedback_bot_at", "bot_feedback", ["bot", "at"])
    op.create_table(
        "bot_conversation_deletion",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("before_on", sa.Date, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("hashes", sa.Text, nullable=False),
        sa.Column("proof", sa.String(64), nullable=False),
    )
