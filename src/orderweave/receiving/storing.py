"""Deliveries in the index's database, SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Row, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from orderweave.answering import Gateway
from orderweave.index import Index
from orderweave.receiving.deliveries import Added, Concerned, Counts, Kept, State, Waiting, tidy_word
from orderweave.receiving.tables import webhook_deliveries as deliveries
from orderweave.receiving.tables import webhook_positions as positions
from orderweave_sdk.webhooks import Delivery

T = TypeVar("T")
# Seconds that a look may take.
_LONGEST_LOOK = 5.0
# Rows that are deleted in one step, so that nobody waits long for the database.
_MOST_FORGOTTEN = 1_000
# The topic of a delivery of which nothing could be read, and what is said of it.
_UNREADABLE = "(unreadable)"
# Between two works on one signed body under different ids, where ids are not signed.
_BETWEEN_SEALS = timedelta(seconds=60)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Concerned).decode


class IndexStore:
    """See `deliveries.Store`. The database is that of the gateway which is current; without an index it raises."""

    def __init__(self, gateway: Callable[[], AbstractContextManager[Gateway]]) -> None:
        self._gateway = gateway

    async def add(self, system: str, delivery: Delivery, now: datetime, *, most: int) -> Added:
        """Keep a delivery, once, unless so many wait."""
        row = {
            "system": system,
            "id": delivery.id,
            "topic": tidy_word(delivery.topic),
            "position": delivery.position,
            "content": _encode(Concerned.of(delivery)),
            "received_at": now,
            "happened_at": delivery.occurred_at,
            "state": State.WAITING.value,
            "attempts": 0,
            "due_at": now,
            "seal": delivery.seal,
        }
        sealed = (deliveries.c.system == system, deliveries.c.seal == delivery.seal)
        again = select(deliveries.c.number).where(
            *sealed, deliveries.c.state == State.WAITING.value, deliveries.c.claimed_until.is_(None)
        )
        lately = select(func.max(func.coalesce(deliveries.c.ended_at, deliveries.c.due_at, deliveries.c.received_at)))

        def work(connection: Connection) -> Added:
            known = select(deliveries.c.number).where(deliveries.c.system == system, deliveries.c.id == delivery.id)
            if connection.execute(known).first() is not None:
                return Added.KNOWN
            waiting = select(deliveries.c.number).where(deliveries.c.state == State.WAITING.value)
            if connection.execute(waiting.limit(1).offset(most - 1)).first() is not None:
                return Added.FULL
            if delivery.seal is not None:
                # What waits reads later than now, and so what this one tells of, too.
                if connection.execute(again).first() is not None:
                    return Added.KNOWN
                last = connection.execute(lately.where(*sealed)).scalar_one()
                row["due_at"] = max(now, last + _BETWEEN_SEALS) if last is not None else now
            connection.execute(deliveries.insert(), row)
            return Added.NEW

        return await self._write(work)

    async def add_unreadable(self, system: str, name: str, now: datetime, *, most: int) -> None:
        """Keep one of which nothing could be read."""
        row = {
            "system": system,
            "id": name,
            "topic": _UNREADABLE,
            "content": _encode(Concerned()),
            "received_at": now,
            "attempts": 0,
            **_ended(State.DEAD, now),
            "problem": "signed, and not what the vendor's documents promise",
        }

        def work(connection: Connection) -> None:
            known = select(deliveries.c.number).where(deliveries.c.system == system, deliveries.c.id == name)
            dead = select(deliveries.c.number).where(deliveries.c.state == State.DEAD.value)
            full = connection.execute(dead.limit(1).offset(most - 1)).first() is not None
            if not full and connection.execute(known).first() is None:
                connection.execute(deliveries.insert(), row)

        await self._write(work)

    async def claim(self, now: datetime, *, most: int, lease: timedelta) -> list[Waiting]:
        """Deliveries that are due."""
        free = or_(deliveries.c.claimed_until.is_(None), deliveries.c.claimed_until <= now)
        due = (deliveries.c.state == State.WAITING.value, deliveries.c.due_at <= now, free)

        def work(connection: Connection) -> list[Waiting]:
            found = connection.execute(
                select(deliveries).where(*due).order_by(deliveries.c.due_at, deliveries.c.number).limit(most)
            ).all()
            numbers = [row.number for row in found]
            claimed = update(deliveries).where(deliveries.c.number.in_(numbers)).values(claimed_until=now + lease)
            connection.execute(claimed)
            return [_waiting(row) for row in found]

        # Most looks find nothing, and only who claims has to be the one writer.
        some = select(deliveries.c.number).where(*due).limit(1)
        if await self._read(lambda connection: connection.execute(some).first()) is None:
            return []
        return await self._write(work)

    async def positions(self, system: str, subjects: Sequence[str]) -> Mapping[str, int]:
        """The newest position of each subject that was worked on."""
        wanted = select(positions.c.subject, positions.c.position).where(
            positions.c.system == system, positions.c.subject.in_(list(subjects))
        )
        rows = await self._read(lambda connection: connection.execute(wanted).all())
        return {row.subject: row.position for row in rows}

    async def end(self, waiting: Sequence[Waiting], state: State, now: datetime) -> None:
        """They are done, or outdated."""
        numbers = [each.number for each in waiting]
        ended = update(deliveries).where(deliveries.c.number.in_(numbers)).values(_ended(state, now))
        newest: dict[tuple[str, str], int] = {}
        if state is State.DONE:
            for each in waiting:
                for subject in each.concerned.subjects() if each.position is not None else ():
                    name = (each.system, subject)
                    newest[name] = max(newest.get(name, each.position or 0), each.position or 0)
        rows = [
            {"system": system, "subject": subject, "position": position, "worked_at": now}
            for (system, subject), position in sorted(newest.items())
        ]

        def work(connection: Connection) -> None:
            connection.execute(ended)
            if rows:
                connection.execute(_newest(connection), rows)

        await self._write(work)

    async def postpone(self, waiting: Waiting, due_at: datetime, problem: str) -> None:
        """It is tried again later."""
        values = {"attempts": waiting.attempts + 1, "due_at": due_at, "claimed_until": None, "problem": problem}
        await self._change(waiting, values)

    async def bury(self, waiting: Waiting, problem: str, now: datetime) -> None:
        """It is given up."""
        await self._change(waiting, {**_ended(State.DEAD, now), "attempts": waiting.attempts + 1, "problem": problem})

    async def counts(self) -> Counts:
        """How many there are."""
        waiting = deliveries.c.state == State.WAITING.value
        dead = select(func.count()).where(deliveries.c.state == State.DEAD.value)

        def work(connection: Connection) -> Counts:
            found = connection.execute(
                select(func.count().label("waiting"), func.min(deliveries.c.received_at).label("oldest")).where(waiting)
            ).one()
            return Counts(found.waiting, connection.execute(dead).scalar_one(), found.oldest)

        return await self._read(work)

    async def listed(self, state: State | None, *, most: int) -> list[Kept]:
        """The newest of a state, or of all."""
        wanted = select(deliveries).order_by(deliveries.c.number.desc()).limit(most)
        if state is not None:
            wanted = wanted.where(deliveries.c.state == state.value)
        return [_kept(row) for row in await self._read(lambda connection: connection.execute(wanted).all())]

    async def shown(self, number: int) -> Kept | None:
        """One of them."""
        wanted = select(deliveries).where(deliveries.c.number == number)
        row = await self._read(lambda connection: connection.execute(wanted).first())
        return _kept(row) if row is not None else None

    async def replay(self, numbers: Sequence[int] | None, now: datetime) -> int:
        """Have dead ones worked on again."""
        # Of what could not be read nothing is known that could be done.
        again = update(deliveries).where(deliveries.c.state == State.DEAD.value, deliveries.c.topic != _UNREADABLE)
        if numbers is not None:
            again = again.where(deliveries.c.number.in_(list(numbers)))
        values = {"state": State.WAITING.value, "attempts": 0, "due_at": now, "claimed_until": None, "ended_at": None}
        return await self._write(lambda connection: connection.execute(again.values(values)).rowcount)

    async def forget(self, ended_before: datetime, dead_before: datetime) -> int:
        """Delete some of what ended long ago."""
        old = or_(
            deliveries.c.state.in_([State.DONE.value, State.OUTDATED.value]) & (deliveries.c.ended_at < ended_before),
            (deliveries.c.state == State.DEAD.value) & (deliveries.c.ended_at < dead_before),
        )
        some = select(deliveries.c.number).where(old).limit(_MOST_FORGOTTEN)
        idle = select(positions.c.system, positions.c.subject).where(positions.c.worked_at < ended_before)

        def work(connection: Connection) -> int:
            numbers = connection.execute(some).scalars().all()
            connection.execute(delete(deliveries).where(deliveries.c.number.in_(numbers)))
            for row in connection.execute(idle.limit(_MOST_FORGOTTEN)).all():
                one = (positions.c.system == row.system, positions.c.subject == row.subject)
                connection.execute(delete(positions).where(*one))
            return len(numbers)

        return await self._write(work)

    async def _change(self, waiting: Waiting, values: Mapping[str, Any]) -> None:
        changed = update(deliveries).where(deliveries.c.number == waiting.number).values(values)
        await self._write(lambda connection: connection.execute(changed))

    async def _read(self, work: Callable[[Connection], T]) -> T:
        with self._gateway() as gateway:
            return await _index(gateway).read(work, seconds=_LONGEST_LOOK)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        with self._gateway() as gateway:
            return await _index(gateway).write(work)


def _index(gateway: Gateway) -> Index:
    if gateway.parts.index is None:
        raise LookupError("the configuration has no index any more")
    return gateway.parts.index


def _ended(state: State, now: datetime) -> dict[str, Any]:
    return {"state": state.value, "ended_at": now, "due_at": None, "claimed_until": None, "problem": None}


def _newest(connection: Connection) -> Any:
    """Positions, each unless a newer one is known."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(positions)
    return row.on_conflict_do_update(
        index_elements=[positions.c.system, positions.c.subject],
        set_={"position": row.excluded.position, "worked_at": row.excluded.worked_at},
        where=positions.c.position <= row.excluded.position,
    )


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        number=row.number,
        system=row.system,
        concerned=_decode(row.content),
        position=row.position,
        attempts=row.attempts,
        received_at=row.received_at,
    )


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        number=row.number,
        system=row.system,
        topic=row.topic,
        state=State(row.state),
        received_at=row.received_at,
        happened_at=row.happened_at,
        attempts=row.attempts,
        due_at=row.due_at,
        problem=row.problem,
        concerned=_decode(row.content),
    )
