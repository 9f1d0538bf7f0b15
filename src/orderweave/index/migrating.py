"""Brings the tables of a database to the form of this version."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection

# It tells of every look at the tables, in a form of its own.
logging.getLogger("alembic").setLevel(logging.WARNING)
_MIGRATIONS = Path(__file__).parent / "migrations"
# alembic keeps what it is doing in variables of the process.
_ONE_AT_A_TIME = Lock()


class UnknownForm(Exception):
    """The tables have a form that this version does not know: a newer one made them."""


def migrate(connection: Connection, to: str = "head") -> None:
    """Run every migration that has not run, up to this revision; part of a writing transaction, so that several
    processes may begin. Raises UnknownForm, and then changes nothing.
    """
    with _ONE_AT_A_TIME:
        _migrate(connection, to)


def _migrate(connection: Connection, to: str) -> None:
    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    settings.attributes["connection"] = connection
    try:
        command.upgrade(settings, to)
    except CommandError as error:
        raise UnknownForm(
            "its tables were made by a newer version of Orderweave: use that one, or another [index] url"
        ) from error
