"""Who each record is of, so that a person is found by what any system says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orderweave.index.columns import Word
from orderweave.index.contents import decoded
from orderweave.index.erasing import digests_of

revision = "0005"
down_revision = "0004"
# Records that are read at once.
_AT_ONCE = 1_000


def upgrade() -> None:
    """Make the table, and fill it from the records."""
    people = op.create_table(
        "record_people",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("system", Word(), nullable=False),
        sa.Column("external_id", Word(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "system", "external_id"),
    )
    records = sa.table(
        "records", sa.column("system", Word()), sa.column("external_id", Word()), sa.column("content", sa.LargeBinary())
    )
    connection, here = op.get_bind(), sa.tuple_(records.c.system, records.c.external_id)
    pages = sa.select(records).order_by(records.c.system, records.c.external_id).limit(_AT_ONCE)
    page = connection.execute(pages).all()
    while page:
        rows = [
            {"digest": digest, "system": row.system, "external_id": row.external_id}
            for row in page
            for digest in sorted(digests_of(row.system, decoded(row.content)))
        ]
        if rows:
            connection.execute(sa.insert(people), rows)
        page = connection.execute(pages.where(here > (page[-1].system, page[-1].external_id))).all()
    op.create_index("record_people_by_record", "record_people", ["system", "external_id"])
