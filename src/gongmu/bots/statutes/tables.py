"""The tables of laws: one row a law, a version, an article of a version, a 부칙 or annex."""

from __future__ import annotations

import sqlalchemy as sa

from gongmu.core.database import Instant, metadata

law_table = sa.Table(
    "bot_law",
    metadata,
    sa.Column("law_key", sa.String(120), primary_key=True),
    sa.Column("name", sa.String(300), nullable=False),
    sa.Column("normal", sa.String(300), nullable=False, index=True),
    sa.Column("other_names", sa.Text, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("owner", sa.String(200), nullable=False),
    sa.Column("imported_at", Instant, nullable=False),
)

law_version_table = sa.Table(
    "bot_law_version",
    metadata,
    sa.Column("version_key", sa.String(200), primary_key=True),
    sa.Column("law_key", sa.ForeignKey("bot_law.law_key"), nullable=False, index=True),
    sa.Column("name", sa.String(300), nullable=False),
    sa.Column("serial", sa.String(60), nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("promulgated_on", sa.Date),
    sa.Column("promulgation_number", sa.String(40), nullable=False),
    sa.Column("revision", sa.String(60), nullable=False),
    sa.Column("partial", sa.Boolean, nullable=False),
    sa.Column("covers", sa.Text, nullable=False),
    sa.Column("source", sa.String(300), nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("imported_at", Instant, nullable=False),
)

law_article_table = sa.Table(
    "bot_law_article",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column(
        "version_key", sa.ForeignKey("bot_law_version.version_key"), nullable=False, index=True
    ),
    sa.Column("code", sa.String(6), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("ix_bot_law_article_version_key_code", "version_key", "code"),
)

law_part_table = sa.Table(
    "bot_law_part",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column(
        "version_key", sa.ForeignKey("bot_law_version.version_key"), nullable=False, index=True
    ),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

ruling_table = sa.Table(
    "bot_ruling",
    metadata,
    sa.Column("ruling_key", sa.String(120), primary_key=True),
    sa.Column("interpretation", sa.Boolean, nullable=False),
    sa.Column("title", sa.String(500), nullable=False),
    sa.Column("number", sa.String(120), nullable=False),
    sa.Column("decided_on", sa.Date),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("imported_at", Instant, nullable=False),
)

statute_import_table = sa.Table(
    "bot_statute_import",
    metadata,
    sa.Column("run_id", sa.String(200), primary_key=True),
    sa.Column("target", sa.String(20), primary_key=True),
    sa.Column("serial", sa.String(60), primary_key=True),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("starts_on", sa.Date),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("reason", sa.String(300), nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)
