"""The scores of desks over time."""

from __future__ import annotations

import sqlalchemy as sa

from gongmu.core.database import Instant, metadata

score_table = sa.Table(
    "bot_score",
    metadata,
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
    sa.Index("ix_bot_score_bot_at", "bot", "at"),
)
"""`outcomes`: a JSON list of names and faults; what people asked stands there by its id only."""
