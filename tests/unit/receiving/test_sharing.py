"""Several processes: what one of them is told of by a webhook, the memory of the others forgets as well."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from orderweave.caching.ages import Ages
from orderweave.caching.forgetting import Telling
from orderweave.model.provenance import Via
from orderweave.observing import UNOBSERVED
from orderweave.receiving import Receiving
from orderweave.receiving.deliveries import Concerned
from orderweave.receiving.effects import GatewayEffects
from orderweave_sdk.batches import keys_of
from orderweave_sdk.records import Facet, Key
from tests.unit.caching.stores import settings
from tests.unit.calling.redis_servers import redis_server
from tests.unit.fake_business import order
from tests.unit.receiving.desk import Desk, shop, told

LONG = Ages(ttl=3600, stale_while_revalidate=0, stale_if_error=0)


async def _nobody(keys: Iterable[Key]) -> None:
    """Nobody follows."""


async def via(desk: Desk) -> list[Via]:
    """Which way the order comes in one process."""
    systems = desk.woven.systems
    found = await systems.find_orders("shop", keys_of("number", ["1001"]), frozenset({Facet.HEADER}), systems.call(10))
    return [each.via for each in found.found]


async def test_the_other_process_forgets(tmp_path: Path) -> None:
    """Both have the order in memory. One works a webhook off: the other, which listens, asks anew, too."""
    system = shop(orders=[order("a1", "1001")])
    one, two = (Desk(tmp_path, system=system, cache=settings("shop", header=LONG)) for _ in range(2))
    async with redis_server() as server:
        clients = [server.client() for _ in range(2)]
        heard = asyncio.Event()

        async def wait(event: asyncio.Event, seconds: float) -> None:
            heard.set()
            await asyncio.sleep(0.001)

        listening = Receiving(
            two.gateway,
            two.store,
            two.scripted,
            two.settings,
            two.time,
            observing=UNOBSERVED,
            telling=Telling(clients[1]),
            wait=wait,
        )
        effects = GatewayEffects(one.gateway, _nobody, telling=Telling(clients[0]))
        assert [await via(desk) for desk in (one, two, one, two)] == [[Via.LIVE], [Via.LIVE], [Via.CACHE], [Via.CACHE]]
        async with listening.running():
            await heard.wait()
            await effects.apply("shop", [Concerned.of(told("e1"))])
            assert await via(one) == [Via.LIVE]
            async with asyncio.timeout(10):
                while await via(two) == [Via.CACHE]:
                    heard.clear()
                    await heard.wait()
        for client in clients:
            await client.aclose()
    for desk in (one, two):
        await desk.close()
