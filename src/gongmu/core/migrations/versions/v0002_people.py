"""People: accounts, what they may do over time, sessions and failed sign-ins."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of core/people."""
    op.create_table(
        "person",
        sa.Column("person_id", sa.String(40), primary_key=True),
        sa.Column("account", sa.String(60), nullable=False, unique=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("department", sa.String(100), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("password_hash", sa.String(300), nullable=False),
        sa.Column("password_at", Instant, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("disabled_at", Instant),
    )
    op.create_table(
        "person_change",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("account", sa.String(60), nullable=False),
        sa.Column("change", sa.String(20), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("person_id", sa.String(40), sa.ForeignKey("person.person_id"), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("used_at", Instant, nullable=False),
    )
    op.create_index("ix_session_person_id", "session", ["person_id"])
    op.create_table(
        "failed_sign_in",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("account", sa.String(60), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
    )
    op.create_index("ix_failed_sign_in_account_at", "failed_sign_in", ["account", "at"])
    op.create_index("ix_failed_sign_in_address_at", "failed_sign_in", ["address", "at"])
