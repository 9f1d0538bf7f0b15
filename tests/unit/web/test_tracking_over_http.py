"""Guests over HTTP: whose address an attempt is counted for, and by which method it may come."""

from __future__ import annotations

from typing import Any

import httpx

from orderweave.config.configuration import Allowance, TrackingSettings
from orderweave.web import build_app
from orderweave.web.addresses import Addresses
from orderweave.web.door import Door
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import weave

TRY = 'mutation { trackOrder(number: "1001", email: "x@example.com") { access { token } } }'
MISSED = {"data": {"trackOrder": {"access": None}}}


async def tried(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    """The answer to an attempt that a proxy passes on from this address."""
    answer = await client.post("/graphql", json={"query": TRY}, headers={"x-forwarded-for": address})
    document: dict[str, Any] = answer.json()
    return document


async def test_counted_by_the_address_behind_the_proxy() -> None:
    """Two addresses of one block share its budget and another block has its own; without a trusted proxy all that come
    over one connection share one, whatever they say.
    """
    allowed = TrackingSettings(keys=("k" * 32,), address=Allowance(attempts=1, seconds=60))
    outcomes = []
    for proxies in (["127.0.0.0/8"], []):
        woven = weave(shop([order("a1", "1001", email="ada@example.com")]), tracking=allowed)
        app = build_app(woven.schema, woven.gateway, door=Door(addresses=Addresses(proxies)))
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            answers = [await tried(client, address) for address in ("198.51.100.7", "198.51.100.8", "203.0.113.1")]
            outcomes.append([answer == MISSED for answer in answers])
            refused = next(answer for answer in answers if answer != MISSED)
            assert refused["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert outcomes == [[True, False, True], [True, False, False]]


async def test_not_by_get() -> None:
    """An attempt changes what is counted, and an address would hold what is personal: it comes by POST alone."""
    woven = weave(shop(), tracking=TrackingSettings(keys=("k" * 32,)))
    transport = httpx.ASGITransport(app=build_app(woven.schema, woven.gateway))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        answer = (await client.get("/graphql", params={"query": TRY})).json()
    assert answer["errors"][0]["message"] == "a GET may only ask queries"
