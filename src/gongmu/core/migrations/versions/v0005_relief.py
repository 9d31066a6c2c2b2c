"""The tax office: lists, grants, judgements, reviews, batches, events, proofs of deletion."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "relief_list",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("week_on", sa.Date, primary_key=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("source", sa.String(30), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("held_for", sa.Text, nullable=False),
        sa.Column("accepted_by", sa.String(100), nullable=False),
        sa.Column("accepted_for", sa.Text, nullable=False),
        sa.Column("rows_read", sa.Integer, nullable=False),
        sa.Column("rows_kept", sa.Integer, nullable=False),
        sa.Column("rows_set_aside", sa.Integer, nullable=False),
        sa.Column("rows_skipped", sa.Integer, nullable=False),
        sa.Column("rows_outside", sa.Integer, nullable=False),
        sa.Column("rows_new", sa.Integer, nullable=False),
        sa.Column("rows_changed", sa.Integer, nullable=False),
        sa.Column("read_at", Instant, nullable=False),
        sa.Column("purged_at", Instant),
    )
    op.create_table(
        "relief_set_aside",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("week_on", sa.Date, primary_key=True),
        sa.Column("row_number", sa.Integer, primary_key=True),
        sa.Column("column_name", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("todo", sa.Text, nullable=False),
    )
    op.create_table(
        "relief_grant",
        sa.Column("grant_id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("is_current", sa.Boolean, nullable=False),
        sa.Column("is_history", sa.Boolean, nullable=False),
        sa.Column("week_on", sa.Date, nullable=False),
        sa.Column("list_sha256", sa.String(64), nullable=False),
        sa.Column("row_number", sa.Integer, nullable=False),
        sa.Column("filed_on", sa.Date),
        sa.Column("acquired_on", sa.Date),
        sa.Column("registered_on", sa.Date),
        sa.Column("article", sa.String(40), nullable=False),
        sa.Column("relief_code", sa.String(40), nullable=False),
        sa.Column("is_company", sa.Boolean),
        sa.Column("is_joint", sa.Boolean, nullable=False),
        sa.Column("base_tax_won", sa.BigInteger),
        sa.Column("relief_won", sa.BigInteger),
        sa.Column("tax_due_won", sa.BigInteger),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("kept_at", Instant, nullable=False),
        sa.Column("purged_at", Instant),
    )
    op.create_index("ix_relief_grant_week_on", "relief_grant", ["week_on"])
    op.create_table(
        "relief_lookup",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("value_hash", sa.String(64), primary_key=True),
        sa.Column("grant_id", sa.String(64), primary_key=True),
    )
    op.create_index("ix_relief_lookup_grant_id", "relief_lookup", ["grant_id"])
    op.create_table(
        "relief_decision",
        sa.Column("grant_id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("article", sa.String(40), nullable=False),
        sa.Column("notice_code", sa.String(20), nullable=False),
        sa.Column("relief_won", sa.BigInteger),
        sa.Column("tax_due_won", sa.BigInteger),
        sa.Column("clawback_until_on", sa.Date),
        sa.Column("replacement_due_on", sa.Date),
        sa.Column("cross_status", sa.String(20), nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("decided_at", Instant, nullable=False),
    )
    op.create_index(
        "ix_relief_decision_clawback_until_on", "relief_decision", ["clawback_until_on"]
    )
    op.create_index(
        "ix_relief_decision_replacement_due_on", "relief_decision", ["replacement_due_on"]
    )
    op.create_table(
        "relief_review",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("grant_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("mark", sa.String(80), nullable=False),
        sa.Column("week_on", sa.Date, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("resolution", sa.String(30), nullable=False),
        sa.Column("notice_code", sa.String(20), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary),
        sa.Column("raised_at", Instant, nullable=False),
        sa.Column("settled_at", Instant),
        sa.Column("settled_by", sa.String(100), nullable=False),
        sa.UniqueConstraint("grant_id", "reason", "mark"),
    )
    op.create_index("ix_relief_review_week_on", "relief_review", ["week_on"])
    op.create_table(
        "relief_code",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("article", sa.String(40), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index("ix_relief_code_code", "relief_code", ["code"])
    op.create_table(
        "relief_batch",
        sa.Column("batch_id", sa.String(40), primary_key=True),
        sa.Column("week_on", sa.Date, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("run_id", sa.String(200), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("sender", sa.String(20), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("frozen_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
    )
    op.create_index("ix_relief_batch_week_on", "relief_batch", ["week_on"])
    op.create_table(
        "relief_batch_member",
        sa.Column("batch_id", sa.String(40), primary_key=True),
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("grant_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("slot", sa.String(80), nullable=False),
        sa.Column("notice_code", sa.String(20), nullable=False),
        sa.Column("template_version", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(3), nullable=False),
        sa.Column("byte_count", sa.Integer, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("not_before_on", sa.Date),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("excluded_for", sa.Text, nullable=False),
        sa.Column("excluded_by", sa.String(100), nullable=False),
    )
    op.create_index("ix_relief_batch_member_grant_id", "relief_batch_member", ["grant_id"])
    op.create_table(
        "relief_left_out",
        sa.Column("grant_id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("week_on", sa.Date, nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("found_at", Instant, nullable=False),
    )
    op.create_index("ix_relief_left_out_week_on", "relief_left_out", ["week_on"])
    op.create_table(
        "relief_claim",
        sa.Column("grant_id", sa.String(64), primary_key=True),
        sa.Column("slot", sa.String(80), primary_key=True),
        sa.Column("round", sa.Integer, primary_key=True),
        sa.Column("batch_id", sa.String(40), nullable=False),
        sa.Column("released_for", sa.Text, nullable=False),
    )
    op.create_index("ix_relief_claim_batch_id", "relief_claim", ["batch_id"])
    op.create_table(
        "relief_approval",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("batch_id", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index("ix_relief_approval_batch_id", "relief_approval", ["batch_id"])
    op.create_table(
        "relief_letter",
        sa.Column("grant_id", sa.String(64), primary_key=True),
        sa.Column("slot", sa.String(80), primary_key=True),
        sa.Column("week_on", sa.Date, nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("raised_at", Instant, nullable=False),
        sa.Column("made_at", Instant),
        sa.Column("made_by", sa.String(100), nullable=False),
    )
    op.create_index("ix_relief_letter_week_on", "relief_letter", ["week_on"])
    op.create_table(
        "relief_event",
        sa.Column("event_id", sa.String(40), primary_key=True),
        sa.Column("grant_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("list_sha256", sa.String(64), nullable=False),
        sa.Column("row_number", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("amount_won", sa.BigInteger),
        sa.Column("filing_due_on", sa.Date),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("sealed_facts", sa.LargeBinary),
        sa.Column("sealed_note", sa.LargeBinary),
        sa.Column("found_at", Instant, nullable=False),
        sa.Column("settled_at", Instant),
        sa.Column("settled_by", sa.String(100), nullable=False),
    )
    op.create_index("ix_relief_event_filing_due_on", "relief_event", ["filing_due_on"])
    op.create_index("ix_relief_event_grant_id", "relief_event", ["grant_id"])
    op.create_table(
        "relief_consent",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("grant_id", sa.String(64), nullable=False),
        sa.Column("electronic", sa.Boolean, nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index("ix_relief_consent_grant_id", "relief_consent", ["grant_id"])
    op.create_table(
        "relief_deletion",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("before_on", sa.Date, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("hashes", sa.Text, nullable=False),
        sa.Column("proof", sa.String(64), nullable=False),
    )
