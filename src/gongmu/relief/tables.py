"""The tax office's tables: lists, grants, judgements, reviews, batches, events, proofs of deletion.

What names a person (name, phone, address, plate, VIN, birth, co-owners, the texts made of them)
stands only in columns called `sealed`; a person is found through keyed hashes in `relief_lookup`.
"""

from __future__ import annotations

import sqlalchemy as sa

from gongmu.core.database import Instant, metadata

list_table = sa.Table(
    "relief_list",
    metadata,
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

set_aside_table = sa.Table(
    "relief_set_aside",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("week_on", sa.Date, primary_key=True),
    sa.Column("row_number", sa.Integer, primary_key=True),
    sa.Column("column_name", sa.String(100), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("todo", sa.Text, nullable=False),
)

grant_table = sa.Table(
    "relief_grant",
    metadata,
    sa.Column("grant_id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("is_current", sa.Boolean, nullable=False),
    sa.Column("is_history", sa.Boolean, nullable=False),
    sa.Column("week_on", sa.Date, nullable=False, index=True),
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

lookup_table = sa.Table(
    "relief_lookup",
    metadata,
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("value_hash", sa.String(64), primary_key=True),
    sa.Column("grant_id", sa.String(64), primary_key=True, index=True),
)

decision_table = sa.Table(
    "relief_decision",
    metadata,
    sa.Column("grant_id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("article", sa.String(40), nullable=False),
    sa.Column("notice_code", sa.String(20), nullable=False),
    sa.Column("relief_won", sa.BigInteger),
    sa.Column("tax_due_won", sa.BigInteger),
    sa.Column("clawback_until_on", sa.Date, index=True),
    sa.Column("replacement_due_on", sa.Date, index=True),
    sa.Column("cross_status", sa.String(20), nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("decided_at", Instant, nullable=False),
)

review_table = sa.Table(
    "relief_review",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("grant_id", sa.String(64), nullable=False),
    sa.Column("reason", sa.String(30), nullable=False),
    sa.Column("mark", sa.String(80), nullable=False),
    sa.Column("week_on", sa.Date, nullable=False, index=True),
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

code_table = sa.Table(
    "relief_code",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("code", sa.String(40), nullable=False, index=True),
    sa.Column("article", sa.String(40), nullable=False),
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("at", Instant, nullable=False),
)

batch_table = sa.Table(
    "relief_batch",
    metadata,
    sa.Column("batch_id", sa.String(40), primary_key=True),
    sa.Column("week_on", sa.Date, nullable=False, index=True),
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

member_table = sa.Table(
    "relief_batch_member",
    metadata,
    sa.Column("batch_id", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("grant_id", sa.String(64), nullable=False, index=True),
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

left_out_table = sa.Table(
    "relief_left_out",
    metadata,
    sa.Column("grant_id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("week_on", sa.Date, nullable=False, index=True),
    sa.Column("why", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("found_at", Instant, nullable=False),
)

claim_table = sa.Table(
    "relief_claim",
    metadata,
    sa.Column("grant_id", sa.String(64), primary_key=True),
    sa.Column("slot", sa.String(80), primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("batch_id", sa.String(40), nullable=False, index=True),
    sa.Column("released_for", sa.Text, nullable=False),
)

approval_table = sa.Table(
    "relief_approval",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("batch_id", sa.String(40), nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("act", sa.String(20), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("who", sa.String(100), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

letter_table = sa.Table(
    "relief_letter",
    metadata,
    sa.Column("grant_id", sa.String(64), primary_key=True),
    sa.Column("slot", sa.String(80), primary_key=True),
    sa.Column("week_on", sa.Date, nullable=False, index=True),
    sa.Column("why", sa.String(200), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("raised_at", Instant, nullable=False),
    sa.Column("made_at", Instant),
    sa.Column("made_by", sa.String(100), nullable=False),
)

event_table = sa.Table(
    "relief_event",
    metadata,
    sa.Column("event_id", sa.String(40), primary_key=True),
    sa.Column("grant_id", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("happened_on", sa.Date, nullable=False),
    sa.Column("list_sha256", sa.String(64), nullable=False),
    sa.Column("row_number", sa.Integer, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("amount_won", sa.BigInteger),
    sa.Column("filing_due_on", sa.Date, index=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("sealed_facts", sa.LargeBinary),
    sa.Column("sealed_note", sa.LargeBinary),
    sa.Column("found_at", Instant, nullable=False),
    sa.Column("settled_at", Instant),
    sa.Column("settled_by", sa.String(100), nullable=False),
)

consent_table = sa.Table(
    "relief_consent",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("grant_id", sa.String(64), nullable=False, index=True),
    sa.Column("electronic", sa.Boolean, nullable=False),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("given_on", sa.Date, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("at", Instant, nullable=False),
)

deletion_table = sa.Table(
    "relief_deletion",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.String(100), nullable=False),
    sa.Column("what", sa.String(40), nullable=False),
    sa.Column("before_on", sa.Date, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("hashes", sa.Text, nullable=False),
    sa.Column("proof", sa.String(64), nullable=False),
)
