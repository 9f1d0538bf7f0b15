"""The tables of webhooks, in the database of the index."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, UniqueConstraint

from orderweave.index.columns import Instant, Word
from orderweave.index.tables import METADATA

# Deliveries that came: `id` is the vendor's, once a system; `position` orders those about one thing; `content` is whom
# it concerns (`deliveries.Concerned`). `claimed_until` is until when somebody works on it; `seal` is the
# digest of what was signed, where the id is not.
webhook_deliveries = Table(
    "webhook_deliveries",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("system", Word, nullable=False),
    Column("id", Word, nullable=False),
    Column("topic", Word, nullable=False),
    Column("position", BigInteger),
    Column("content", LargeBinary, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("happened_at", Instant),
    Column("state", Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant),
    Column("claimed_until", Instant),
    Column("problem", Word),
    Column("ended_at", Instant),
    Column("seal", Word),
    UniqueConstraint("system", "id"),
)
Index("webhook_deliveries_seal", webhook_deliveries.c.system, webhook_deliveries.c.seal)
Index("webhook_deliveries_due", webhook_deliveries.c.state, webhook_deliveries.c.due_at)
Index("webhook_deliveries_ended", webhook_deliveries.c.state, webhook_deliveries.c.ended_at)

# The newest position that was worked on, of each thing that deliveries are about, by a hash of its name.
webhook_positions = Table(
    "webhook_positions",
    METADATA,
    Column("system", Word, nullable=False),
    Column("subject", Word, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("worked_at", Instant, nullable=False),
    PrimaryKeyConstraint("system", "subject"),
)
Index("webhook_positions_worked", webhook_positions.c.worked_at)
