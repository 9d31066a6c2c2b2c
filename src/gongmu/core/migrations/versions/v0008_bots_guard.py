"""Mask memories, use and quotas of models, ethics checks, MCP tokens."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "bot_mask",
        sa.Column("conversation_id", sa.String(60), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
    )
    op.create_index("ix_bot_mask_changed_at", "bot_mask", ["changed_at"])
    op.create_table(
        "bot_use",
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
    )
    op.create_index("ix_bot_use_month_department", "bot_use", ["month", "department"])
    op.create_table(
        "bot_quota",
        sa.Column("scope", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("period", sa.String(10), primary_key=True),
        sa.Column("questions", sa.Integer, nullable=False),
        sa.Column("micro_won", sa.BigInteger, nullable=False),
    )
    _records()


def _records() -> None:
    op.create_table(
        "bot_ethics",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("account", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("edition", sa.String(20), nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
    )
    op.create_index("ix_bot_ethics_year", "bot_ethics", ["year"])
    op.create_table(
        "bot_mcp_token",
        sa.Column("token_id", sa.String(50), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("account", sa.String(60), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        sa.Column("revoked_at", Instant),
    )
    op.create_index("ix_bot_mcp_token_account", "bot_mcp_token", ["account"])
