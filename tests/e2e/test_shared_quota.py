"""Two gateways with one account and one Redis keep one quota between them."""

from __future__ import annotations

import time

import msgspec
import pytest

from orderweave.bootstrap import Orderweave
from orderweave.config import Configuration, installed
from orderweave.config.configuration import SharedRedis
from orderweave.config.loading import read
from orderweave.model.calls import QuotaLevel
from orderweave_sdk.records import Facet, Key
from orderweave_sdk.transport import Answer, Request
from tests.unit.calling.redis_servers import redis_server


class NoOrders:
    """Shopify, having found nothing and saying nothing of its bucket."""

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport.send`."""
        page = {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
        return Answer(status=200, headers={}, body=msgspec.json.encode({"data": {"orders": page}}))

    async def close(self) -> None:
        """See `Transport.close`."""


def configured(url: str, shop: str) -> Configuration:
    """A shop at this address, and the Redis at this one."""
    settings = {"url": f"https://{shop}.example.com", "access_token": {"env": "TOKEN"}}
    document = {"systems": {"shop": {"connector": "shopify", "settings": settings}}}
    configuration = read(document, file="by hand", registry=installed(), environment={"TOKEN": "x"})
    return msgspec.structs.replace(configuration, redis=SharedRedis(url=url), cache=None)


async def asked(woven: Orderweave, times: int) -> QuotaLevel:
    """The quota after so many look-ups of an order's header."""
    for _ in range(times):
        answer = await woven.systems.find_orders(
            "shop", [Key("number", "1001")], frozenset({Facet.HEADER}), woven.systems.call(10)
        )
        assert answer.failed is None
    quota = woven.systems.calls("shop").quota
    assert quota is not None
    return quota


async def test_two_gateways_share_one_account() -> None:
    """What one has spent the other has not, but for what came back meanwhile; another shop has a quota of its own."""
    async with redis_server() as server:
        first, second, other = (
            Orderweave(configured(server.url, shop), transports={"shop": NoOrders()}) for shop in ("a", "a", "b")
        )
        began = time.monotonic()
        alone = await asked(first, 10)
        both = await asked(second, 10)
        back = 100 * (time.monotonic() - began)
        spent = 1000 - alone.available
        assert (alone.shared, both.shared, spent > 0) == (True, True, True)
        assert both.available == pytest.approx(1000 - 2 * spent, abs=2 * back + 1)
        assert (await asked(other, 1)).available > 1000 - spent
        for woven in (first, second, other):
            await woven.close()
