"""The index: what the systems said of their orders, stock and products, kept for questions that no system answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, delete, select

from orderweave.index.database import Database
from orderweave.index.erasing import erase, records_saying
from orderweave.index.isolating import apart
from orderweave.index.migrating import migrate
from orderweave.index.pages import Slice, Spot, count, keys_of
from orderweave.index.progress import ORDERS, PRODUCTS, SKUS, STOCK, Progress, progress_of
from orderweave.index.rows import folded
from orderweave.index.stocking import restock, unstock
from orderweave.index.tables import READ, WAITING, records
from orderweave.index.taking import (
    Taken,
    note_unwoven,
    set_gaps_aside,
    take_orders,
    take_products,
    take_skus,
    take_stock,
)
from orderweave.index.weaving import Node, Weaver, Woven, chunks
from orderweave.inventory import StockMerger
from orderweave.matching import Group, KeyReader
from orderweave.merging import Merger
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Clock
from orderweave_sdk.records import OrderRecord, ProductRecord, StockRecord

T = TypeVar("T")
# Records woven in one transaction when a backlog is worked off.
_AT_ONCE = 500


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A slice of orders as groups of their records, one for each spot, and how many orders there are in all."""

    spots: tuple[Spot, ...]
    groups: tuple[Group, ...]
    total: int | None
    progress: tuple[Progress, ...]


class Index:
    """The index over one database for one business. Tables are made at its first use; close it at the end.

    Whoever writes gives records as connectors give them; all derived rows are made in the same transaction, or, with
    `weave=False`, left to `weave_some`.
    """

    def __init__(
        self, database: Database, *, reader: KeyReader, merger: Merger, captures: Collection[str], clock: Clock
    ) -> None:
        self.database = database
        self.reader = reader
        self.weaver = Weaver(reader, merger, captures, clock)
        self._stock_merger = StockMerger(merger.business, merger.authority)
        self._clock = clock
        self._captures = frozenset(captures)
        self._whole = False
        self._opening = asyncio.Lock()
        self._open = False

    async def open(self) -> None:
        """Bring the tables to this version's form, once; all that needs them does so by itself."""
        async with self._opening:
            if not self._open:
                await self.database.write(migrate)
                self._open = True

    async def read(self, work: Callable[[Connection], T], *, seconds: float, long: bool = False) -> T:
        """What `work` reads from one snapshot within so many seconds; raises TooSlow and TooBusy.

        What reads many rows is `long`, so that pages do not wait for it.
        """
        await self.open()
        return await self.database.read(work, seconds=seconds, long=long)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives, all that it wrote in one transaction."""
        await self.open()
        return await self.database.write(work)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    async def take(
        self,
        system: str,
        given: Sequence[OrderRecord],
        at: datetime,
        *,
        gaps: Sequence[Gap] = (),
        weave: bool = True,
    ) -> Woven:
        """Keep records that a system gave at an instant; what is not news changes nothing."""
        return await self.write(lambda found: self.take_now(found, system, given, at, gaps=gaps, weave=weave))

    def take_now(
        self,
        connection: Connection,
        system: str,
        given: Sequence[OrderRecord],
        at: datetime,
        *,
        gaps: Sequence[Gap] = (),
        weave: bool = True,
    ) -> Woven:
        """As `take`, in a transaction of the caller's."""
        taken = self.keep_now(connection, system, given, at, gaps=gaps)
        return self._weave(connection, taken.changed) if weave and taken.changed else _NOTHING

    def _weave(self, connection: Connection, changed: Iterable[Node], gone: Iterable[Node] = ()) -> Woven:
        """Weave, and note which records are in no order because it could not be made."""
        woven = self.weaver.weave(connection, changed, gone)
        note_unwoven(connection, woven.settled, woven.unwoven, self._clock.now())
        return woven

    def keep_now(
        self,
        connection: Connection,
        system: str,
        given: Sequence[OrderRecord],
        at: datetime,
        *,
        gaps: Sequence[Gap] = (),
    ) -> Taken:
        """Keep records, and say which of them were news; weaving those is left to `weave_some`. One that cannot be kept
        is set aside as the gaps are.
        """
        taken, failed = apart(
            connection, given, lambda records: take_orders(connection, system, records, at, self.reader)
        )
        set_gaps_aside(connection, system, (*gaps, *_unkept(failed, lambda record: record.external_id)), at)
        return Taken(
            changed=frozenset().union(*(each.changed for each in taken)), unchanged=sum(e.unchanged for e in taken)
        )

    def drop_now(self, connection: Connection, system: str, external_ids: Iterable[str]) -> Woven:
        """As `drop`, in a transaction of the caller's."""
        return self._weave(connection, (), [(system, external_id) for external_id in external_ids])

    async def drop(self, system: str, external_ids: Iterable[str]) -> Woven:
        """Forget records that their system has no more."""
        gone = tuple(external_ids)
        return await self.write(lambda found: self.drop_now(found, system, gone))

    async def erase(self, email: str) -> int:
        """Forget a person, and do not learn of them again; in how many records they stood."""

        def work(connection: Connection) -> int:
            # Of what waits it is not known yet to which order it belongs, and who else stands in that.
            self._weave(connection, records_saying(connection, email))
            changed = erase(connection, email, self._clock.now())
            self._weave(connection, changed)
            return len(changed)

        return await self.write(work)

    async def weave_some(self, most: int = _AT_ONCE) -> int:
        """Weave some of what waits for it; how many records that were, 0 when nothing waits."""
        return await self.write(lambda found: self.weave_now(found, most))

    def weave_now(self, connection: Connection, most: int = _AT_ONCE) -> int:
        """As `weave_some`, in a transaction of the caller's."""
        waiting: list[Node] = [
            (row.system, row.external_id)
            for row in connection.execute(
                select(records.c.system, records.c.external_id)
                .where(WAITING)
                .order_by(records.c.system, records.c.external_id)
                .limit(most)
            )
        ]
        if waiting:
            self._weave(connection, waiting)
        return len(waiting)

    async def take_stock(self, system: str, given: Sequence[StockRecord], at: datetime) -> None:
        """Keep stock levels that a system gave."""
        await self.write(lambda found: self.take_stock_now(found, system, given, at))

    def take_stock_now(
        self,
        connection: Connection,
        system: str,
        given: Sequence[StockRecord],
        at: datetime,
        *,
        asked: Iterable[str] = (),
        gaps: Sequence[Gap] = (),
    ) -> None:
        """As `take_stock`, in a transaction of the caller's; of the SKUs `asked` in place of all that was known. What
        cannot be kept, or merged with what others say, is set aside as the gaps are.
        """
        asked = tuple(asked)
        take_stock(connection, system, (), at, asked=asked)
        _, unkept = apart(connection, given, lambda levels: take_stock(connection, system, levels, at))
        now = self._clock.now()
        skus = sorted({folded(sku) for sku in (*asked, *(level.sku for level in given))})
        _, unmerged = apart(connection, skus, lambda some: restock(connection, some, self._stock_merger, now))
        unstock(connection, [sku for sku, _ in unmerged])
        aside = (*gaps, *_unkept(unkept, lambda level: level.sku), *_unkept(unmerged, str))
        set_gaps_aside(connection, system, aside, at, part=STOCK)

    def take_skus_now(
        self, connection: Connection, system: str, given: Sequence[str], began: datetime, *, gaps: Sequence[Gap] = ()
    ) -> None:
        """Keep a page of the SKUs that a system lists, in a transaction of the caller's; `began` is when the listing
        did. What cannot be kept is set aside as the gaps are.
        """
        _, failed = apart(connection, given, lambda skus: take_skus(connection, system, skus, began))
        set_gaps_aside(connection, system, (*gaps, *_unkept(failed, str)), began, part=SKUS)

    async def take_products(self, system: str, given: Sequence[ProductRecord], at: datetime) -> None:
        """Keep products that a system gave."""
        await self.write(lambda found: self.take_products_now(found, system, given, at))

    def take_products_now(
        self,
        connection: Connection,
        system: str,
        given: Sequence[ProductRecord],
        at: datetime,
        *,
        asked: Iterable[str] = (),
        gaps: Sequence[Gap] = (),
    ) -> None:
        """As `take_products`, in a transaction of the caller's; of the SKUs `asked` in place of all that was known.
        What cannot be kept is set aside as the gaps are.
        """
        take_products(connection, system, (), at, asked=asked)
        _, failed = apart(connection, given, lambda products: take_products(connection, system, products, at))
        aside = (*gaps, *_unkept(failed, lambda product: product.external_id))
        set_gaps_aside(connection, system, aside, at, part=PRODUCTS)

    async def clear(self) -> None:
        """Forget all that the systems said, and how far they are read. What they did not say stays: who was erased,
        what was exported, which webhooks came.
        """

        def work(connection: Connection) -> None:
            for table in READ:
                connection.execute(delete(table))

        await self.write(work)

    async def was_whole(self, *, seconds: float) -> bool:
        """Whether the orders of every place of capture have once been in, and put together, to the last."""
        if not self._whole:
            known = await self.read(progress_of, seconds=seconds)
            done = {each.system for each in known if each.part == ORDERS and each.complete_at and not each.waiting}
            self._whole = self._captures <= done
        return self._whole

    async def page(self, wanted: Slice, *, counted: bool, seconds: float) -> Answer:
        """A slice, all of it from one snapshot; with `counted` the number of all that pass, too."""
        return await self.read(lambda found: self._page(found, wanted, counted=counted), seconds=seconds)

    def _page(self, connection: Connection, wanted: Slice, *, counted: bool) -> Answer:
        spots = keys_of(connection, wanted)
        total = count(connection, wanted.where) if counted else None
        known = progress_of(connection)
        return Answer(
            spots=tuple(spots),
            groups=tuple(self.groups(connection, [spot.key for spot in spots], known)),
            total=total,
            progress=known,
        )

    def groups(self, connection: Connection, keys: Sequence[str], known: Sequence[Progress]) -> list[Group]:
        """The records of these orders, matched as when they were woven; what changed meanwhile is left out.

        A record is as new as its system's part of the index: had it changed since it was fetched, it would be here.
        """
        members = {
            (row.system, row.external_id)
            for chunk in chunks(keys)
            for row in connection.execute(
                select(records.c.system, records.c.external_id).where(records.c.order_key.in_(chunk))
            )
        }
        reached = {entry.system: entry.reached_at for entry in known if entry.part == ORDERS and entry.reached_at}
        rows = self.weaver.together(connection, members).values()
        found = {
            f"{group.identity.namespace}/{group.identity.value}": _as_of(group, reached)
            for group in self.weaver.groups(rows)
        }
        return [found[key] for key in keys if key in found]


_NOTHING = Woven(made=frozenset(), gone=frozenset())


def _unkept(failed: Iterable[tuple[T, str]], named: Callable[[T], str]) -> list[Gap]:
    return [Gap(f"it could not be kept ({reason})", named(thing)) for thing, reason in failed]


def _as_of(group: Group, reached: dict[str, datetime]) -> Group:
    members = tuple(
        msgspec.structs.replace(each, fetched_at=max(each.fetched_at, reached.get(each.system, each.fetched_at)))
        for each in group.members
    )
    return msgspec.structs.replace(group, members=members)
