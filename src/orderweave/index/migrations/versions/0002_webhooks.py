"""The tables of webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orderweave.index.columns import Instant, Word

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "webhook_deliveries",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("system", Word(), nullable=False),
        sa.Column("id", Word(), nullable=False),
        sa.Column("topic", Word(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("happened_at", Instant(), nullable=True),
        sa.Column("state", Word(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("problem", Word(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("system", "id"),
    )
    op.create_index("webhook_deliveries_due", "webhook_deliveries", ["state", "due_at"], unique=False)
    op.create_index("webhook_deliveries_ended", "webhook_deliveries", ["state", "ended_at"], unique=False)
    op.create_table(
        "webhook_positions",
        sa.Column("system", Word(), nullable=False),
        sa.Column("subject", Word(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("worked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("system", "subject"),
    )
    op.create_index("webhook_positions_worked", "webhook_positions", ["worked_at"], unique=False)
