"""What was signed of a webhook whose id is not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orderweave.index.columns import Word

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make its column."""
    op.add_column("webhook_deliveries", sa.Column("seal", Word(), nullable=True))
    op.create_index("webhook_deliveries_seal", "webhook_deliveries", ["system", "seal"])
