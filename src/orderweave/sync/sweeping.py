"""The sweep: every order of a system held against the index, so that nothing stays missed however it was missed.

All orders are listed, with their headers alone where the system says by itself what changed, and whole where it does
not. What differs or is not there is looked up by id and read anew; what the index has and the list had not is looked
up too, and forgotten when it is gone. What a header does not show, as a parcel where no change is dated by it, is found
by reading a part of the orders whole again, the next part with the next sweep. Whoever answers "how wrong was it"
(drift) gets the records that had to be mended though they had changed before the index said that it knew all changes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, func, select

from orderweave.index import Index
from orderweave.index.contents import decoded, kept
from orderweave.index.progress import ORDERS, Progress, note, part_of
from orderweave.index.tables import records
from orderweave.index.taking import aside_no_more, wait_again
from orderweave.index.weaving import among
from orderweave.sync.asking import Asking, Found, Listed, Unanswered
from orderweave.sync.histories import LONGEST_LOOK, Histories
from orderweave.sync.places import read_place, write_place
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Clock
from orderweave_sdk.records import OrderRecord

SWEEP = "sweep"
# Where the reading of all orders again stands.
AGAIN = "again"
# Sweeps in which every order is read again whole, and records of which one of them reads at most.
_SWEEPS_A_ROUND = 28
_MOST_AGAIN = 2_000
# Bytes that stand for an id; two of a million have the same once in tens of millions of sweeps.
DIGEST = 8
# Records that are looked at for what a system says of all of them.
_SAMPLE = 100
# Ids of the index that are looked at in one statement.
_AT_ONCE = 20_000


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What one sweep found: records that were wrong (missed, changed or gone), of so many, and the calls it took."""

    wrong: int
    looked_at: int
    calls: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one step of a sweep did, and where the next one goes on (None: nowhere). `seen` are digests of ids."""

    after: str | None
    wrong: int = 0
    calls: int = 0
    seen: bytes = b""


class Sweeping:
    """Sweeps over the orders of one gateway's systems."""

    def __init__(self, asking: Asking, index: Index, histories: Histories, clock: Clock) -> None:
        self._asking = asking
        self._index = index
        self._histories = histories
        self._clock = clock

    async def list_on(self, name: str, after: str | None) -> Step | None:
        """Hold the next page of the list against the index and mend what differs; None where the system failed."""
        known = await self._histories.standing(name)
        place = read_place(after, known.from_at).begun(self._clock.now())
        whole = await self._is_whole(name)
        try:
            listed = await self._asking.all(name, place, whole=whole)
            found = None if whole else await self._differing(name, listed)
        except Unanswered as error:
            await self._histories.failed(name, ORDERS, error.issue.message)
            return None
        given = listed.records if found is None else found.records
        gaps = (*listed.gaps, *(found.gaps if found is not None else ()))
        wrong = await self._mend(name, known, given, gaps, listed.at)
        return Step(
            after=write_place(listed.place) if listed.more else None,
            wrong=wrong,
            calls=1 + (found.calls if found is not None else 0),
            seen=b"".join(map(_digest, [*(each.external_id for each in listed.records), *_ids(listed.gaps)])),
        )

    async def look_up(self, name: str, seen: bytes, after: str) -> Step | None:
        """Ask for orders that the index has after this id and that were not seen in the list, a batch of them."""
        if not self._asking.finds(name):
            return Step(after=None)
        size = self._asking.spec(name).manifest.lookups["id"].size
        digests = array("Q", sorted(memoryview(seen).cast("Q")))
        unseen, end = await self._index.read(
            lambda found: _unseen(found, name, digests, after, size), seconds=LONGEST_LOOK
        )
        if not unseen:
            return Step(after=end)
        known = await self._histories.standing(name)
        at = self._clock.now()
        try:
            found = await self._asking.find(name, unseen)
        except Unanswered as error:
            await self._histories.failed(name, ORDERS, error.issue.message)
            return None
        wrong = await self._mend(name, known, found.records, found.gaps, at, found.gone(unseen))
        return Step(after=end, wrong=wrong, calls=found.calls)

    async def read_again(self, name: str, done: int) -> Step | None:
        """Read the next batch of this sweep's part whole, from where the last one ended, and mend what differs; None
        where the system failed. `done` are the records of the part that were read, as `after` then says of more.
        """
        if await self._is_whole(name):
            return Step(after=None)
        size = self._asking.spec(name).manifest.lookups["id"].size
        ids, part = await self._index.read(lambda found: _next_ids(found, name, size), seconds=LONGEST_LOOK)
        known = await self._histories.standing(name)
        at = self._clock.now()
        try:
            found = await self._asking.find(name, ids)
        except Unanswered as error:
            await self._histories.failed(name, ORDERS, error.issue.message)
            return None
        wrong = await self._mend(name, known, found.records, found.gaps, at, found.gone(ids))
        ended = len(ids) < size
        cursor = None if ended else ids[-1]
        await self._index.write(lambda connection: note(connection, name, AGAIN, cursor=cursor))
        done += len(ids)
        return Step(after=None if ended or done >= part else str(done), wrong=wrong, calls=found.calls)

    async def end(self, name: str, began: datetime, swept: Swept) -> None:
        """Note that a system was swept, and what was found."""
        # Where changes cannot be listed, it is the sweep that has seen all of them.
        reached = {} if self._asking.lists_changes(name) else {"reached_at": began}

        def noted(connection: Connection) -> None:
            aside_no_more(connection, name, began)
            wait_again(connection, name)
            note(connection, name, ORDERS, swept_at=began, error=None, error_at=None, **reached)
            note(connection, name, SWEEP, swept_at=began, cursor=msgspec.json.encode(swept).decode())

        await self._index.write(noted)

    async def _is_whole(self, name: str) -> bool:
        """Whether headers alone would not tell: where changes are not listed, or orders carry no time of change."""
        if not (self._asking.lists_changes(name) and self._asking.finds(name)):
            return True
        return await self._index.read(lambda found: _is_undated(found, name), seconds=LONGEST_LOOK)

    async def _differing(self, name: str, listed: Listed) -> Found:
        """The whole records of those whose header is not as the index has it."""
        ids = [record.external_id for record in listed.records]
        known = await self._index.read(lambda found: _known(found, name, ids), seconds=LONGEST_LOOK)
        differing = [record.external_id for record in listed.records if _differs(record, known.get(record.external_id))]
        return await self._asking.find(name, differing)

    async def _mend(  # noqa: PLR0917 - what was said, and when
        self,
        name: str,
        known: Progress,
        given: Sequence[OrderRecord],
        gaps: Sequence[Gap],
        at: datetime,
        gone: Sequence[str] = (),
    ) -> int:
        """Keep what is so and forget what is gone; how many were wrong that should have been known."""
        if not given and not gaps and not gone:
            return 0

        def work(connection: Connection) -> int:
            news = self._index.keep_now(connection, name, given, at, gaps=gaps).changed
            if gone:
                self._index.drop_now(connection, name, gone)
            late = [each for each in given if (name, each.external_id) in news and _was_due(each, known.reached_at)]
            return len(late) + len(gone)

        return await self._index.write(work)


def _next_ids(connection: Connection, name: str, most: int) -> tuple[list[str], int]:
    """The ids that are next to be read again, and how many records one sweep reads."""
    after = part_of(connection, name, AGAIN).cursor or ""
    here = records.c.system == name
    ids = select(records.c.external_id).where(here, records.c.external_id > after).order_by(records.c.external_id)
    count = connection.execute(select(func.count()).select_from(records).where(here)).scalar_one()
    part = min(_MOST_AGAIN, -(-count // _SWEEPS_A_ROUND))
    return list(connection.execute(ids.limit(most)).scalars()), part


def _was_due(record: OrderRecord, reached_at: datetime | None) -> bool:
    """Whether this state of the record should have been in the index: the system had it when all changes were read."""
    return reached_at is not None and (record.updated_at is None or record.updated_at <= reached_at)


def _differs(listed: OrderRecord, known: OrderRecord | None) -> bool:
    if known is None or listed.updated_at != known.updated_at:
        return True
    return (kept(listed).header, listed.keys, listed.references) != (known.header, known.keys, known.references)


def _is_undated(connection: Connection, name: str) -> bool:
    """Whether some of the first records of a system carry no time of change."""
    first = select(records.c.updated_at).where(records.c.system == name).order_by(records.c.external_id).limit(_SAMPLE)
    return None in connection.execute(first).scalars().all()


def _known(connection: Connection, name: str, ids: Sequence[str]) -> dict[str, OrderRecord]:
    return {
        row.external_id: decoded(row.content)
        for these in among(records.c.system, records.c.external_id, {(name, each) for each in ids})
        for row in connection.execute(select(records.c.external_id, records.c.content).where(these))
    }


def _unseen(
    connection: Connection, name: str, digests: array[int], after: str, most: int
) -> tuple[list[str], str | None]:
    """At most so many ids of the index that were not seen, and after which id to go on; None at the end."""
    found: list[str] = []
    while True:
        ids = list(
            connection.execute(
                select(records.c.external_id)
                .where(records.c.system == name, records.c.external_id > after)
                .order_by(records.c.external_id)
                .limit(_AT_ONCE)
            ).scalars()
        )
        for external_id in ids:
            after = external_id
            if not _holds(digests, external_id):
                found.append(external_id)
                if len(found) == most:
                    return found, after
        if len(ids) < _AT_ONCE:
            return found, None


def _holds(digests: array[int], external_id: str) -> bool:
    digest = memoryview(_digest(external_id)).cast("Q")[0]
    place = bisect_left(digests, digest)
    return place < len(digests) and digests[place] == digest


def _digest(external_id: str) -> bytes:
    return blake2b(external_id.encode(), digest_size=DIGEST).digest()


def _ids(gaps: Iterable[Gap]) -> list[str]:
    return [gap.external_id for gap in gaps if gap.external_id is not None]
