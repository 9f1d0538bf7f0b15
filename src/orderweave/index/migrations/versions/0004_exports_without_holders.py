"""Exports are held by nobody: who works on one is noted by the library for durable work."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Drop what said who holds one."""
    op.drop_column("exports", "holder")
    op.drop_column("exports", "held_until")
