"""Tables of departments' own desks: the desk, its open draft, its published versions."""

from __future__ import annotations

import sqlalchemy as sa

from gongmu.core.database import Instant, metadata

desk_table = sa.Table(
    "bot_desk",
    metadata,
    sa.Column("code", sa.String(40), primary_key=True),
    sa.Column("department", sa.String(100), nullable=False),
    sa.Column("made_by", sa.String(60), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("published", sa.Integer, nullable=False),
    sa.Column("last", sa.Integer, nullable=False),
    sa.Column("retired_at", Instant),
    sa.Column("retired_by", sa.String(60), nullable=False),
    sa.Column("retired_reason", sa.String(500), nullable=False),
)
"""`published` is the version that answers (0 = none), `last` the highest number given."""

draft_table = sa.Table(
    "bot_desk_draft",
    metadata,
    sa.Column("code", sa.ForeignKey("bot_desk.code"), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("base", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("editors", sa.Text, nullable=False),
    sa.Column("changed_by", sa.String(60), nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("tested_hash", sa.String(64), nullable=False),
    sa.Column("tested_at", Instant),
    sa.Column("tested_by", sa.String(60), nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
)
"""At most one open draft a desk; `base` is the version it started from (0 = none), `editors` the
accounts that wrote in it (newline between), `verdict` the last test as JSON."""

version_table = sa.Table(
    "bot_desk_version",
    metadata,
    sa.Column("code", sa.ForeignKey("bot_desk.code"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("base", sa.Integer, nullable=False),
    sa.Column("editors", sa.Text, nullable=False),
    sa.Column("approved_by", sa.String(60), nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
)
"""Never changed once written."""
