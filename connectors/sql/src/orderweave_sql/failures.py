"""What a database driver's error means, by what one can do about it.

The driver's own text may hold values or the address, so no message repeats it; the error's code stands in its place.
Codes: SQLite result codes, PostgreSQL SQLSTATE (appendix A of its manual), MySQL and MariaDB error numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import exc

from orderweave_sdk.errors import (
    BadPayload,
    FixCredentials,
    GiveUp,
    Retry,
    TimedOut,
    Unreachable,
    UpstreamError,
    Wait,
)

_LOST = "no connection, or it broke"
_ENDED = "the statement was ended at its time limit"
_REFUSED = "the credentials are refused or lack a right"
_BUSY = "the database has no connection to spare"
_FOREIGN = "the tables are not what the mapping says; run the check"
_SPOILED = "the file is no whole database"
_CLASH = "the database gave way to another transaction"
_WRITES = "the mapping tries to write"

_Meaning = tuple[type[UpstreamError], str]

_SQLITE: dict[str, _Meaning] = {
    "SQLITE_CANTOPEN": (Unreachable, "the file cannot be opened"),
    "SQLITE_IOERR": (Unreachable, "the file cannot be read"),
    "SQLITE_BUSY": (TimedOut, "the database stayed locked"),
    "SQLITE_LOCKED": (TimedOut, "the database stayed locked"),
    "SQLITE_INTERRUPT": (TimedOut, _ENDED),
    "SQLITE_NOTADB": (BadPayload, _SPOILED),
    "SQLITE_CORRUPT": (BadPayload, _SPOILED),
    "SQLITE_PERM": (FixCredentials, _REFUSED),
    "SQLITE_AUTH": (FixCredentials, _REFUSED),
    "SQLITE_READONLY": (GiveUp, _WRITES),
    "SQLITE_ERROR": (BadPayload, _FOREIGN),
}

# By the longest prefix that fits.
_POSTGRESQL: dict[str, _Meaning] = {
    "08": (Unreachable, _LOST),
    "57P": (Unreachable, _LOST),
    "57014": (TimedOut, _ENDED),
    "55P03": (TimedOut, "a lock was not given in time"),
    "28": (FixCredentials, _REFUSED),
    "42501": (FixCredentials, _REFUSED),
    "53": (Wait, _BUSY),
    "40": (Retry, _CLASH),
    "25006": (GiveUp, _WRITES),
    "3D": (GiveUp, "there is no such database"),
    "22": (BadPayload, "a value is not of the type that the mapping's query takes it for"),
    "42": (BadPayload, _FOREIGN),
}

_MYSQL: dict[int, _Meaning] = {
    **dict.fromkeys((2002, 2003, 2006, 2013, 2014, 2055, 1053, 1077, 1158, 1159, 1160, 1161), (Unreachable, _LOST)),
    **dict.fromkeys((1044, 1045, 1142, 1143, 1227, 1698, 3118, 3159), (FixCredentials, _REFUSED)),
    **dict.fromkeys((1040, 1203, 1226), (Wait, _BUSY)),
    **dict.fromkeys((1205, 1317, 1907, 1969, 3024), (TimedOut, _ENDED)),
    1213: (Retry, _CLASH),
    1792: (GiveUp, _WRITES),
    1049: (GiveUp, "there is no such database"),
    **dict.fromkeys((1054, 1064, 1146, 1305, 1356), (BadPayload, _FOREIGN)),
}

# What PostgreSQL says when it turns a connection away; libpq hands on no code for it.
_TURNED_AWAY = re.compile(
    r"authentication failed|no password supplied|pg_hba\.conf|role .* does not exist|is not permitted to log in"
)
_NO_ROOM = re.compile(r"too many (clients|connections)|remaining connection slots")
_NO_DATABASE = re.compile(r"database .* does not exist")


def meaning_of(error: exc.SQLAlchemyError, operation: str) -> UpstreamError:
    """The error to raise in place of the driver's."""
    kind, why, code = _meaning(error)
    shown = f" ({code})" if code else ""
    return kind(f"{operation}: {why}{shown}")


def _meaning(error: exc.SQLAlchemyError) -> tuple[type[UpstreamError], str, str]:
    if not isinstance(error, exc.DBAPIError) or error.orig is None:
        return GiveUp, "the statement could not be made", type(error).__name__
    cause = error.orig
    name = getattr(cause, "sqlite_errorname", None)
    if isinstance(name, str):
        return (*_SQLITE.get(_first_two(name), (Retry, "the database failed")), name)
    # Before the SQLSTATE, which PyMySQL gives too, and less exactly.
    if cause.args and isinstance(cause.args[0], int):
        number = cause.args[0]
        return (*_MYSQL.get(number, (Retry, "the database failed")), str(number))
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return (*_by_prefix(state), state)
    return (*_without_code(str(cause), isinstance(error, exc.OperationalError)), type(cause).__name__)


def _first_two(name: str) -> str:
    """SQLITE_CANTOPEN_ISDIR is a SQLITE_CANTOPEN."""
    return "_".join(name.split("_")[:2])


def _by_prefix(state: str) -> _Meaning:
    fitting: Iterable[str] = (prefix for prefix in _POSTGRESQL if state.startswith(prefix))
    found = max(fitting, key=len, default=None)
    return _POSTGRESQL[found] if found else (Retry, "the database failed")


def _without_code(said: str, operational: bool) -> _Meaning:
    for pattern, meaning in (
        (_TURNED_AWAY, (FixCredentials, _REFUSED)),
        (_NO_ROOM, (Wait, _BUSY)),
        (_NO_DATABASE, _POSTGRESQL["3D"]),
    ):
        if pattern.search(said):
            return meaning
    return (Unreachable, _LOST) if operational else (BadPayload, "an answer that the driver cannot read")
