"""The exports of a gateway as rows of its index's database: who asked for what, and how far it is.

All of it runs in transactions of the caller's. One that writes is the only one that does, over all processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update

from orderweave.exporting.selection import Selection, decoded, encoded
from orderweave.exporting.steps import State
from orderweave.index.tables import exports
from orderweave.model.exports import Stage

# Rows looked through at once when what is over is put away.
_SOME = 100


UNFINISHED = (Stage.QUEUED.value, Stage.RUNNING.value)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One export. Without a `selection` its files are gone; `expected` rows were counted when it began."""

    id: str
    owner: str
    stage: Stage
    selection: Selection | None
    state: State | None
    expected: int | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime


class TooManyUnfinished(Exception):
    """The owner has as many unfinished exports as one may have."""


def add(connection: Connection, job: Job, *, most: int) -> None:
    """Keep a new export; raises TooManyUnfinished where its owner has `most` of them already."""
    assert job.selection is not None
    theirs = and_(exports.c.owner == job.owner, exports.c.state.in_(UNFINISHED))
    if connection.execute(select(func.count()).select_from(exports).where(theirs)).scalar_one() >= most:
        raise TooManyUnfinished
    connection.execute(
        insert(exports).values(
            id=job.id,
            owner=job.owner,
            state=job.stage.value,
            selection=encoded(job.selection),
            created_at=job.created_at,
            expires_at=job.expires_at,
        )
    )


def find(connection: Connection, name: str, owner: str | None = None) -> Job | None:
    """An export by its id; where an owner is given, only if it is theirs."""
    row = connection.execute(select(exports).where(exports.c.id == name)).one_or_none()
    return None if row is None or owner not in (None, row.owner) else _job(row)


def unfinished(connection: Connection, most: int) -> Sequence[str]:
    """Exports that are to be worked on, the oldest first."""
    waiting = select(exports.c.id).where(exports.c.state.in_(UNFINISHED))
    return connection.execute(waiting.order_by(exports.c.created_at, exports.c.id).limit(most)).scalars().all()


def note(connection: Connection, job: Job, **changes: Any) -> bool:
    """Change what is noted of an unfinished export that is as this job says; False where it is not so any more."""
    as_it_was = exports.c.progress.is_(None) if job.state is None else exports.c.progress == written(job.state)
    still = and_(exports.c.id == job.id, exports.c.state.in_(UNFINISHED), as_it_was)
    return bool(connection.execute(update(exports).where(still).values(**changes)).rowcount)


def cancel(connection: Connection, name: str, owner: str, now: datetime) -> Job | None:
    """End an export of the owner's that is not finished; as it then is, None where they have none of that id."""
    theirs = and_(exports.c.id == name, exports.c.owner == owner)
    unfinished = and_(theirs, exports.c.state.in_(UNFINISHED))
    values = {"state": Stage.CANCELED.value, "finished_at": now, "expires_at": now}
    connection.execute(update(exports).where(unfinished).values(values))
    return find(connection, name, owner)


def over(connection: Connection, now: datetime, longest_step: timedelta) -> Sequence[str]:
    """Exports whose files are to go: some of them at once."""
    ended = (Stage.DONE.value, Stage.FAILED.value)
    past = and_(exports.c.state.in_(ended), exports.c.expires_at <= now)
    # Whoever worked on one that was canceled may still be writing.
    given_up = and_(exports.c.state == Stage.CANCELED.value, exports.c.finished_at <= now - longest_step)
    here = and_(exports.c.selection != b"", or_(past, given_up))
    return connection.execute(select(exports.c.id).where(here).limit(_SOME)).scalars().all()


def put_away(connection: Connection, name: str, forget_before: datetime) -> None:
    """Note that an export's files are gone, forget what it was made of, and all of those that were over long ago."""
    here = exports.c.id == name
    connection.execute(update(exports).where(here).values(selection=b"", progress=None))
    done = and_(here, exports.c.state == Stage.DONE.value)
    connection.execute(update(exports).where(done).values(state=Stage.EXPIRED.value))
    long_ago = and_(exports.c.selection == b"", exports.c.expires_at < forget_before)
    connection.execute(delete(exports).where(long_ago))


def written(state: State) -> bytes:
    """A state as it is kept."""
    return msgspec.json.encode(state)


def _job(row: Row[*tuple[Any, ...]]) -> Job:
    return Job(
        id=row.id,
        owner=row.owner,
        stage=Stage(row.state),
        selection=decoded(row.selection) if row.selection else None,
        state=msgspec.json.decode(row.progress, type=State) if row.progress else None,
        expected=row.expected,
        error=row.error,
        created_at=row.created_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )
