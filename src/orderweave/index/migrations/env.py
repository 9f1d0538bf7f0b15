"""Run by alembic for each migration: in the connection and transaction of `index/migrating.py`."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
