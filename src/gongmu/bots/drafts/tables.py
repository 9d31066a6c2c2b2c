"""Drafts, their versions and checks; every text is sealed."""

from __future__ import annotations

import sqlalchemy as sa

from gongmu.core.database import Instant, metadata

draft_table = sa.Table(
    "bot_draft",
    metadata,
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
    sa.Index("ix_bot_draft_department", "department", "changed_at"),
)

draft_version_table = sa.Table(
    "bot_draft_version",
    metadata,
    sa.Column("draft_id", sa.ForeignKey("bot_draft.draft_id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("made_by", sa.String(60), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("bot_version", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

draft_review_table = sa.Table(
    "bot_draft_review",
    metadata,
    sa.Column("draft_id", sa.ForeignKey("bot_draft.draft_id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("reviewer", sa.String(60), nullable=False),
    sa.Column("reviewer_name", sa.String(60), nullable=False),
    sa.Column("department", sa.String(100), nullable=False),
    sa.Column("reviewed_at", Instant, nullable=False),
    sa.Column("sealed_note", sa.LargeBinary, nullable=False),
)
