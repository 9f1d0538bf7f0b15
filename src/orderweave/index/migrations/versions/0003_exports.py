"""Exports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orderweave.index.columns import Instant, Word

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "exports",
        sa.Column("id", Word(), nullable=False),
        sa.Column("owner", Word(), nullable=False),
        sa.Column("state", Word(), nullable=False),
        sa.Column("selection", sa.LargeBinary(), nullable=False),
        sa.Column("progress", sa.LargeBinary(), nullable=True),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("error", Word(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("holder", Word(), nullable=True),
        sa.Column("held_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("exports_by_owner", "exports", ["owner", "created_at"])
    op.create_index("exports_by_state", "exports", ["state", "created_at"])
