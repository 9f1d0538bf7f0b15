"""The SKUs that systems list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orderweave.index.columns import Instant, Word

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "listed_skus",
        sa.Column("system", Word(), nullable=False),
        sa.Column("sku", Word(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("system", "sku"),
    )
