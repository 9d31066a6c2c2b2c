"""Tables of the guard: sealed mask memories, use and quotas, ethics checks, tokens."""

from __future__ import annotations

import sqlalchemy as sa

from gongmu.core.database import Instant, metadata

mask_table = sa.Table(
    "bot_mask",
    metadata,
    sa.Column("conversation_id", sa.String(60), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("changed_at", Instant, nullable=False, index=True),
)

use_table = sa.Table(
    "bot_use",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("month", sa.String(7), nullable=False),
    sa.Column("account", sa.String(60), nullable=False),
    sa.Column("department", sa.String(200), nullable=False),
    sa.Column("bot", sa.String(80), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("tokens_in", sa.Integer, nullable=False),
    sa.Column("tokens_out", sa.Integer, nullable=False),
    sa.Column("cost_won", sa.String(60), nullable=False),
    sa.Index("ix_bot_use_month_department", "month", "department"),
)

quota_table = sa.Table(
    "bot_quota",
    metadata,
    sa.Column("scope", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("period", sa.String(10), primary_key=True),
    sa.Column("questions", sa.Integer, nullable=False),
    sa.Column("micro_won", sa.BigInteger, nullable=False),
)

ethics_table = sa.Table(
    "bot_ethics",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("year", sa.Integer, nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("account", sa.String(60), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("edition", sa.String(20), nullable=False),
    sa.Column("answers", sa.JSON, nullable=False),
)

mcp_token_table = sa.Table(
    "bot_mcp_token",
    metadata,
    sa.Column("token_id", sa.String(50), primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("account", sa.String(60), nullable=False, index=True),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
    sa.Column("revoked_at", Instant),
)
