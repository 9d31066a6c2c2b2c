"""The send ledger: messages, their append-only events, the kill switch, cancelled campaigns."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables and make the events append-only."""
    op.create_table(
        "message",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(40), nullable=False, unique=True),
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(3), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("not_before_on", sa.Date, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("claim", sa.String(40), nullable=False),
        sa.Column("hand_overs", sa.Integer, nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("provider_id", sa.String(100), nullable=False),
        sa.Column("unit_won", sa.String(20), nullable=False),
        sa.Column("accepted_at", Instant, nullable=False),
        sa.Column("claimed_at", Instant),
        sa.Column("doubted_at", Instant),
        sa.Column("sent_at", Instant),
        sa.Column("asked_at", Instant),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("unreachable", sa.Boolean, nullable=False),
    )
    op.create_index("ix_message_campaign_status", "message", ["campaign", "status"])
    op.create_index(
        "ix_message_status_not_before_on_number", "message", ["status", "not_before_on", "number"]
    )
    op.create_table(
        "message_event",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
    )
    op.create_index("ix_message_event_key", "message_event", ["key"])
    op.create_table(
        "message_stop",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
    )
    op.create_table(
        "message_cancel",
        sa.Column("campaign", sa.String(200), primary_key=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
    )
    for statement in _append_only(op.get_bind().dialect.name):
        op.execute(statement)


def _append_only(dialect: str) -> list[str]:
    if dialect == "postgresql":
        return [
            "CREATE FUNCTION message_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'message_event is append-only'; END $$",
            "CREATE TRIGGER message_event_keeps BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON message_event FOR EACH STATEMENT EXECUTE FUNCTION message_event_is_append_only()",
        ]
    return [
        f"CREATE TRIGGER message_event_keeps_{act.lower()} BEFORE {act} ON message_event "
        "BEGIN SELECT RAISE(ABORT, 'message_event is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ]
