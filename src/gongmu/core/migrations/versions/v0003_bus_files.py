"""The bus room: files read and the service days they touch."""

import sqlalchemy as sa
from alembic import op

from gongmu.core.database import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "bus_file",
        sa.Column("city", sa.String(50), primary_key=True),
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("stored_sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("layout", sa.String(100), nullable=False),
        sa.Column("collected_on", sa.Date, nullable=False),
        sa.Column("rows_read", sa.Integer, nullable=False),
        sa.Column("rows_kept", sa.Integer, nullable=False),
        sa.Column("rows_set_aside", sa.Integer, nullable=False),
        sa.Column("read_at", Instant, nullable=False),
    )
    op.create_table(
        "bus_file_day",
        sa.Column("city", sa.String(50), primary_key=True),
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("service_day", sa.Date, primary_key=True),
        sa.Column("table_name", sa.String(50), primary_key=True),
        sa.Column("rows", sa.Integer, nullable=False),
    )
