"""Brings the tables of a database to the form of this version."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

# It tells of every look at the tables, in a form of its own.
logging.getLogger("alembic").setLevel(logging.WARNING)
_MIGRATIONS = Path(__file__).parent / "migrations"
# alembic keeps what it is doing in variables of the process.
_ONE_AT_A_TIME = Lock()


def migrate(connection: Connection) -> None:
    """Run every migration that has not run; part of a writing transaction, so that several processes may begin."""
    with _ONE_AT_A_TIME:
        _migrate(connection)


def _migrate(connection: Connection) -> None:
    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
