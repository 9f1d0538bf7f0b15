"""The exports of a gateway as rows of its index's database: who asked for what, who works on it, and how far it is.

All of it runs in transactions of the caller's. One that writes is the only one that does, over all processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

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


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who works on exports: a name that no other has, and for how long a step may take before another takes over."""

    name: str
    seconds: float

    def until(self, now: datetime) -> datetime:
        """How long what is taken now is held."""
        return now + timedelta(seconds=self.seconds)


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


def waits(connection: Connection, now: datetime) -> bool:
    """Whether there is an export that nobody works on: a look that costs no writer its turn."""
    return connection.execute(select(exports.c.id).where(_waiting(now)).limit(1)).first() is not None


def take(connection: Connection, holder: Holder, now: datetime, *, most: int) -> Job | None:
    """The oldest export that nobody works on, which is then held; None where there is none, or `most` are held."""
    held = and_(exports.c.state == Stage.RUNNING.value, exports.c.held_until > now)
    if connection.execute(select(func.count()).select_from(exports).where(held)).scalar_one() >= most:
        return None
    row = connection.execute(
        select(exports).where(_waiting(now)).order_by(exports.c.created_at, exports.c.id).limit(1)
    ).one_or_none()
    if row is None:
        return None
    values = {"state": Stage.RUNNING.value, "holder": holder.name, "held_until": holder.until(now)}
    connection.execute(update(exports).where(exports.c.id == row.id).values(values))
    return msgspec.structs.replace(_job(row), stage=Stage.RUNNING)


def note(connection: Connection, name: str, holder: Holder, now: datetime, **changes: Any) -> bool:
    """Change what is noted of an export that is held, and hold it on; False where it is not held any more."""
    mine = and_(exports.c.id == name, exports.c.holder == holder.name, exports.c.state == Stage.RUNNING.value)
    values: Mapping[str, Any] = {"held_until": holder.until(now), **changes}
    return bool(connection.execute(update(exports).where(mine).values(**values)).rowcount)


def let_go(connection: Connection, holder: Holder) -> None:
    """Hold nothing any more: whoever looks next goes on."""
    held = and_(exports.c.holder == holder.name, exports.c.state == Stage.RUNNING.value)
    connection.execute(update(exports).where(held).values(state=Stage.QUEUED.value, holder=None, held_until=None))


def cancel(connection: Connection, name: str, owner: str, now: datetime) -> Job | None:
    """End an export of the owner's that is not finished; as it then is, None where they have none of that id."""
    theirs = and_(exports.c.id == name, exports.c.owner == owner)
    unfinished = and_(theirs, exports.c.state.in_(UNFINISHED))
    values = {"state": Stage.CANCELED.value, "finished_at": now, "expires_at": now}
    connection.execute(update(exports).where(unfinished).values(values))
    return find(connection, name, owner)


def over(connection: Connection, now: datetime) -> Sequence[str]:
    """Exports whose files are to go: some of them at once."""
    ended = (Stage.DONE.value, Stage.FAILED.value, Stage.CANCELED.value)
    # Whoever worked on one that was canceled may still be writing.
    free = or_(exports.c.held_until.is_(None), exports.c.held_until <= now)
    past = and_(exports.c.state.in_(ended), exports.c.selection != b"", exports.c.expires_at <= now, free)
    return connection.execute(select(exports.c.id).where(past).limit(_SOME)).scalars().all()


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


def _waiting(now: datetime) -> ColumnElement[bool]:
    left = and_(exports.c.state == Stage.RUNNING.value, exports.c.held_until <= now)
    return or_(exports.c.state == Stage.QUEUED.value, left)


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
