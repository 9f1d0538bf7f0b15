"""Search terms say whether they are kept from who reads masked; all orders are woven again, for that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Until its order is woven again, a term is kept from all who may not read names: some are of companies."""
    op.add_column("search_terms", sa.Column("masked", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute(sa.text("UPDATE search_terms SET personal = true"))
    op.execute(sa.text("UPDATE records SET dirty = true"))
