"""Tables of what was asked and answered: content sealed, the proofs of its deletion kept."""

from __future__ import annotations

import sqlalchemy as sa

from gongmu.core.database import Instant, metadata

conversation_table = sa.Table(
    "bot_conversation",
    metadata,
    sa.Column("conversation_id", sa.String(60), primary_key=True),
    sa.Column("account", sa.String(60), nullable=False),
    sa.Column("department", sa.String(100), nullable=False),
    sa.Column("bot", sa.String(60), nullable=False),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False, index=True),
    sa.Index("ix_bot_conversation_account_changed", "account", "changed_at"),
)

turn_table = sa.Table(
    "bot_turn",
    metadata,
    sa.Column("turn_id", sa.String(60), primary_key=True),
    sa.Column(
        "conversation_id",
        sa.ForeignKey("bot_conversation.conversation_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
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

feedback_table = sa.Table(
    "bot_feedback",
    metadata,
    sa.Column("feedback_id", sa.String(60), primary_key=True),
    sa.Column("turn_id", sa.String(60), nullable=False),
    sa.Column("conversation_id", sa.String(60), nullable=False, index=True),
    sa.Column("bot", sa.String(60), nullable=False),
    sa.Column("bot_version", sa.Integer, nullable=False),
    sa.Column("account", sa.String(60), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("good", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("sealed_question", sa.LargeBinary, nullable=False),
    sa.Column("sealed_correction", sa.LargeBinary),
    sa.UniqueConstraint("turn_id", "account", name="uq_bot_feedback_turn_account"),
    sa.Index("ix_bot_feedback_bot_at", "bot", "at"),
)

conversation_deletion_table = sa.Table(
    "bot_conversation_deletion",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.String(100), nullable=False),
    sa.Column("before_on", sa.Date, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("hashes", sa.Text, nullable=False),
    sa.Column("proof", sa.String(64), nullable=False),
)
