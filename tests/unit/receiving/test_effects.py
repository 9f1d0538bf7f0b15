"""What a webhook does: caches forget, followers are told, the index reads anew; and nothing of it is believed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from orderweave.caching.ages import Ages
from orderweave.index.tables import orders
from orderweave.model.provenance import Via
from orderweave.receiving.deliveries import Concerned
from orderweave.receiving.effects import EffectFailed, GatewayEffects
from orderweave.receiving.refreshing import refresh
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Search
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Facet, Key
from tests.unit.caching.stores import settings
from tests.unit.fake_business import order
from tests.unit.receiving.desk import Desk, shop, told

HEADER = frozenset({Facet.HEADER})
ONE = order("a1", "1001", reference=("ref", "X-1"))
ABOUT_ONE = [Concerned.of(told("e1"))]


class Told:
    """What followers were told."""

    def __init__(self) -> None:
        self.keys: list[Key] = []

    async def announce(self, keys: Iterable[Key]) -> None:
        """Note it."""
        self.keys += keys


class Telling:
    """What other processes were told; fails while `error` is set."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.error: Exception | None = None

    async def tell(self, names: Sequence[str]) -> None:
        """Note it."""
        if self.error is not None:
            raise self.error
        self.names += names


class World:
    """A cached shop with one order, and the effects over it."""

    def __init__(self, folder: Path) -> None:
        long = Ages(ttl=3600, stale_while_revalidate=0, stale_if_error=0)
        ages: dict[str, Any] = dict.fromkeys(("header", "stock", "products"), long)
        self.shop = shop(orders=[ONE])
        self.desk = Desk(folder, system=self.shop, cache=settings("shop", **ages))
        self.told, self.telling = Told(), Telling()
        self.effects = GatewayEffects(
            self.desk.gateway,
            self.told.announce,
            telling=self.telling,  # type: ignore[arg-type] # a fake of it
            refresh=refresh,
        )
        self.quiet = GatewayEffects(self.desk.gateway, self.told.announce)

    async def via(self, by: str, value: str) -> list[Via]:
        """Which way the order comes."""
        systems = self.desk.woven.systems
        found = await systems.find_orders("shop", keys_of(by, [value]), HEADER, systems.call(10))
        return [each.via for each in found.found]

    async def listed(self) -> list[Via]:
        """Which way the order comes in a list."""
        systems = self.desk.woven.systems
        wanted = Search(conditions=(), sort=SearchField.PLACED_AT, descending=True, size=10, after=None, facets=HEADER)
        page = await systems.search_orders("shop", wanted, systems.call(10))
        return [each.fetched.via for each in page.found]

    async def indexed(self) -> int:
        """How many orders the index has."""
        index = self.desk.woven.index
        assert index is not None
        counted = select(func.count()).select_from(orders)
        return await index.read(lambda connection: connection.execute(counted).scalar_one(), seconds=10)


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world that is closed at the end."""
    made = World(tmp_path)
    yield made
    await made.desk.close()


async def test_forgotten_under_every_name(world: World) -> None:
    """A delivery names the order by its id; what was kept of it by id, number, in another spelling of the number and by
    reference is asked for anew. Another order's entry stays.
    """
    other = order("a2", "1002")
    world.shop.orders.append(other)
    asked = [("id", "a1"), ("number", "1001"), ("ref", "X-1"), ("number", "1002")]
    for by, value in asked:
        await world.via(by, value)
    assert [await world.via(by, value) for by, value in asked] == [[Via.CACHE]] * 4
    await world.quiet.apply("shop", ABOUT_ONE)
    assert [await world.via(by, value) for by, value in asked] == [[Via.LIVE], [Via.LIVE], [Via.LIVE], [Via.CACHE]]


async def test_what_was_not_there_is_forgotten_too(world: World) -> None:
    """An order that was looked for in vain is found once a webhook tells of it."""
    assert await world.via("number", "1003") == []
    world.shop.orders.append(order("a3", "1003"))
    assert await world.via("number", "1003") == []
    new = Concerned(order=(Key("id", "a3"), Key("number", "1003")))
    await world.quiet.apply("shop", [new])
    assert await world.via("number", "1003") == [Via.LIVE]


@pytest.mark.parametrize("capability", ["find_orders", "search_orders"])
async def test_an_answer_on_its_way_is_not_kept(world: World, capability: str) -> None:
    """What the shop was asked before it said that the order changed, by the order's id or for a list, may be of before:
    it is answered, and not kept.
    """
    gate, begun = asyncio.Event(), asyncio.Event()
    systems = world.desk.woven.systems
    connector = systems.connector("shop")
    given = getattr(connector, capability)

    async def slowly(*asked: Any) -> Any:
        found = await given(*asked)
        begun.set()
        await gate.wait()
        return found

    setattr(connector, capability, slowly)
    asking = asyncio.create_task(world.via("id", "a1") if capability == "find_orders" else world.listed())
    await begun.wait()
    await world.quiet.apply("shop", ABOUT_ONE)
    gate.set()
    assert await asking == [Via.LIVE]
    assert await world.via("id", "a1") == [Via.LIVE]
    assert await world.via("id", "a1") == [Via.CACHE]


async def test_a_list_fills_the_cache(world: World) -> None:
    """Where nothing was forgotten meanwhile, what stood in a list is at hand by its id."""
    assert await world.listed() == [Via.LIVE]
    assert await world.via("id", "a1") == [Via.CACHE]


async def test_followers_are_told(world: World) -> None:
    """An order and a level of stock in the words of their system, a SKU and a parcel as followers know them."""
    about = Concerned(
        order=(Key("id", "a1"), Key("number", "1001")),
        skus=(" tea-1 ",),
        stock_levels=("L1",),
        tracking_numbers=("1z 9",),
    )
    await world.quiet.apply("shop", [about, about])
    assert world.told.keys == [
        Key("shop:id", "a1"),
        Key("shop:number", "1001"),
        Key("sku", "tea-1"),
        Key("shop:stock_level", "L1"),
        Key("tracking_number", "1z9"),
    ]


async def test_the_index_reads_anew(world: World) -> None:
    """The order is asked for once, by the surest of its names, past the cache, in which nothing is put of an order that
    maybe nobody looks at; it stands in the index, and once its system has it no more it is dropped.
    """
    about = [Concerned(order=(Key("id", "a1"), Key("number", "1001")))]
    await world.effects.apply("shop", about)
    assert world.shop.looked_up() == [("id=a1",)]
    assert await world.indexed() == 1
    assert await world.via("id", "a1") == [Via.LIVE]
    world.shop.orders.clear()
    await world.effects.apply("shop", about)
    assert await world.indexed() == 0


async def test_many_orders_are_few_calls(world: World) -> None:
    """A hundred deliveries about sixty orders are two look-ups: the batches that the shop takes have fifty."""
    await world.effects.apply("shop", [Concerned(order=(Key("id", f"b{n % 60}"),)) for n in range(100)])
    assert [len(values) for values in world.shop.looked_up()] == [50, 10]


async def test_a_shop_that_does_not_answer(world: World) -> None:
    """The index cannot read anew: the effect fails, in words without a value, and nothing is dropped."""
    await world.effects.apply("shop", ABOUT_ONE)
    world.shop.error = Unreachable("orders: order of ada")
    with pytest.raises(EffectFailed) as failure:
        await world.effects.apply("shop", ABOUT_ONE)
    assert failure.value.reason == "orders were not read (UNREACHABLE)"
    assert await world.indexed() == 1


async def test_other_processes_are_told(world: World) -> None:
    """By the names of entries, which are hashes; where that cannot be, the effect fails and is tried again."""
    await world.via("id", "a1")
    await world.effects.apply("shop", ABOUT_ONE)
    assert len(world.telling.names) > 3
    assert all(name.startswith("orderweave:") and len(name) == 51 for name in world.telling.names)
    world.telling.error = ConnectionError("redis://ada")
    with pytest.raises(EffectFailed) as failure:
        await world.effects.apply("shop", ABOUT_ONE)
    assert failure.value.reason == "other processes could not be told (ConnectionError)"


async def test_a_system_that_is_gone(world: World) -> None:
    """A delivery of a system that a new configuration has no more is done, with nothing to do."""
    await world.effects.apply("before", ABOUT_ONE)
    assert world.told.keys == []
