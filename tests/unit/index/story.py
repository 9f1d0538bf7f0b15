"""The demo's business told to an index, and beside it the same orders merged in memory: the oracle."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from random import Random

import msgspec

from orderweave.demo.business import DemoBusiness
from orderweave.index import Database, Index
from orderweave.index.contents import kept
from orderweave.index.progress import note
from orderweave.inventory import StockMerger
from orderweave.matching import Group, KeyReader, match
from orderweave.merging import Merger
from orderweave.model.inventory import FetchedStock, InventoryItem
from orderweave.model.order import Order
from orderweave.model.provenance import Fetched, Via
from orderweave.model.systems import Business
from orderweave.planning.authority import Authority
from orderweave_sdk.records import OrderRecord
from orderweave_sdk.testing.world import World
from tests.unit.fake_clock import FakeClock

# When everything was read.
READ_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Story(msgspec.Struct, frozen=True):
    """What every system knows, and what is made of it."""

    business: Business
    worlds: dict[str, World]
    reader: KeyReader
    merger: Merger
    captures: frozenset[str]
    groups: tuple[Group, ...]
    orders: tuple[Order, ...]

    def index(self, url: str, now: datetime = READ_AT) -> Index:
        """An empty index of this business, and what time it is there."""
        return Index(
            Database(url), reader=self.reader, merger=self.merger, captures=self.captures, clock=FakeClock(now)
        )

    def items(self) -> list[InventoryItem]:
        """The stock of every SKU, merged in memory."""
        merger = StockMerger(self.business, Authority(self.business))
        said: dict[str, list[FetchedStock]] = {}
        for system, world in self.worlds.items():
            for level in world.stock:
                fetched = FetchedStock(system=system, record=level, fetched_at=READ_AT, via=Via.INDEX)
                said.setdefault(level.sku.casefold(), []).append(fetched)
        return [merger.merge(sku, levels, now=READ_AT) for sku, levels in said.items()]


@lru_cache(maxsize=2)
def story(seed: int = 7, orders: int = 300, players: tuple[str, ...] | None = None) -> Story:
    """The business of a seed, played by these connectors, or by the usual ones."""
    return asyncio.run(_story(seed, orders, players))


async def _story(seed: int, orders: int, players: tuple[str, ...] | None) -> Story:
    async with DemoBusiness(seed=seed, orders=orders, connectors=players) as made:
        business = made.configuration().business
    reader, merger = KeyReader(business), Merger(business, Authority(business))
    captures = frozenset(name for name, spec in business.systems.items() if spec.captures_orders)
    groups = shown_groups(records_of(made.worlds), business, reader, captures)
    return Story(
        business=business,
        worlds=made.worlds,
        reader=reader,
        merger=merger,
        captures=captures,
        groups=groups,
        orders=tuple(merger.merge(group, now=READ_AT) for group in groups),
    )


def records_of(worlds: dict[str, World]) -> list[tuple[str, OrderRecord]]:
    """Every record with its system."""
    return [(system, record) for system, world in worlds.items() for record in world.orders]


def shown_groups(
    records: Iterable[tuple[str, OrderRecord]], business: Business, reader: KeyReader, captures: frozenset[str]
) -> tuple[Group, ...]:
    """The orders of records, matched all at once: those of which a place of capture knows."""
    fetched = [
        Fetched(system=system, record=kept(record), fetched_at=READ_AT, via=Via.INDEX) for system, record in records
    ]
    return tuple(
        group
        for group in match(fetched, business, reader)
        if (group.anchor and group.anchor.system in captures)
        or (not group.anchor and any(member.system in captures for member in group.members))
    )


async def fill(index: Index, told: Story, *, shuffle: Random | None = None, at_once: int = 100) -> None:
    """Tell the index everything, in whatever order."""
    records = records_of(told.worlds)
    if shuffle is not None:
        shuffle.shuffle(records)
    for batch in _batches(records, at_once):
        for system in told.worlds:
            await index.take(system, [record for name, record in batch if name == system], READ_AT)
    for system, world in told.worlds.items():
        await index.take_stock(system, world.stock, READ_AT)
        await index.take_products(system, world.products, READ_AT)
        for part in ("orders", "stock"):
            await index.write(lambda found, system=system, part=part: _whole(found, system, part))  # type: ignore[misc]  # mypy knows no defaults of lambdas


def _whole(connection: object, system: str, part: str) -> None:
    note(connection, system, part, reached_at=READ_AT, complete_at=READ_AT)  # type: ignore[arg-type]  # a Connection


def _batches(records: Sequence[tuple[str, OrderRecord]], size: int) -> Iterable[Sequence[tuple[str, OrderRecord]]]:
    for start in range(0, len(records), size):
        yield records[start : start + size]
