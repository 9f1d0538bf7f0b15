"""A report beside a portal, on one shop with the vendor's real cost bucket: the portal does not notice it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest
from graphql import build_schema, parse

from orderweave.bootstrap import Orderweave
from orderweave.config import Configuration, installed
from orderweave.config.loading import read
from orderweave.model.calls import CallRules
from orderweave.model.terms import Lane, Terms
from orderweave_sdk.capabilities import Search
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Facet, Key
from orderweave_sdk.transport import Answer, Request
from orderweave_shopify.simulator_cost import Bucket, requested_cost
from orderweave_shopify.simulator_schema import SDL
from tests.unit.calling.passing_time import PassingTime

SCREEN = frozenset({Facet.HEADER, Facet.LINES, Facet.PAYMENTS})
REPORT = frozenset({Facet.HEADER, Facet.LINES})
SECONDS = 60.0


class Shop:
    """Shopify's bucket and prices behind a wire of a tenth of a second each way; nothing is ever found in it."""

    def __init__(self, time: PassingTime) -> None:
        self._time = time
        self._schema = build_schema(SDL)
        self._documents: dict[str, Any] = {}
        self.bucket = Bucket(maximum=2000, per_second=100, clock=time.clock.monotonic)
        self.throttled = 0
        self.charged: list[tuple[float, float]] = []

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport.send`."""
        sent = json.loads(request.body or b"")
        document = self._documents.setdefault(sent["query"], parse(sent["query"]))
        cost = requested_cost(self._schema, document, sent["variables"])
        await self._time.pause(0.1)
        answer: dict[str, Any]
        if self.bucket.take(cost):
            self.charged.append((self._time.clock.monotonic(), cost))
            page = {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
            answer = {"data": {"orders": page}}
        else:
            self.throttled += 1
            answer = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
        actual = cost if "data" in answer else None
        status = self.bucket.status()
        answer["extensions"] = {
            "cost": {"requestedQueryCost": cost, "actualQueryCost": actual, "throttleStatus": status}
        }
        await self._time.pause(0.1)
        return Answer(status=200, headers={}, body=msgspec.json.encode(answer))

    async def close(self) -> None:
        """See `Transport.close`."""


def configured(rules: CallRules) -> Configuration:
    """One shop, called by these rules."""
    settings = {"url": "https://shop.example.com", "access_token": {"env": "TOKEN"}}
    document = {"systems": {"shop": {"connector": "shopify", "settings": settings}}}
    configuration = read(document, file="by hand", registry=installed(), environment={"TOKEN": "x"})
    systems = {name: msgspec.structs.replace(system, calls=rules) for name, system in configuration.systems.items()}
    return msgspec.structs.replace(configuration, systems=systems, cache=None)


class Load:
    """A portal that looks up an order every two seconds, and as many reports as are started."""

    def __init__(self, rules: CallRules) -> None:
        self.time = PassingTime()
        self.shop = Shop(self.time)
        self.woven = Orderweave(
            configured(rules), clock=self.time.clock, transports={"shop": self.shop}, pause=self.time.pause
        )
        self.waits: list[float] = []
        self.failed: dict[Lane, int] = dict.fromkeys(Lane, 0)
        self.pages = 0

    def terms(self, lane: Lane) -> Terms:
        """Terms of ten seconds."""
        return self.woven.systems.call(10.0, lane)

    async def look_up(self) -> None:
        """One order screen."""
        began = self.time.clock.monotonic()
        answer = await self.woven.systems.find_orders(
            "shop", [Key("number", "1001")], SCREEN, self.terms(Lane.INTERACTIVE)
        )
        self.waits.append(round(self.time.clock.monotonic() - began, 6))
        self.failed[Lane.INTERACTIVE] += answer.failed is not None

    async def report(self, lane: Lane) -> None:
        """Page after page of 50 orders, as fast as they come."""
        search = Search(conditions=(), sort=SearchField.PLACED_AT, descending=True, size=50, after=None, facets=REPORT)
        while self.time.clock.monotonic() < SECONDS:
            page = await self.woven.systems.search_orders("shop", search, self.terms(lane))
            self.failed[lane] += page.failed is not None
            self.pages += page.failed is None

    async def run(self, reports: int, lane: Lane) -> None:
        """A minute of it."""
        tasks = [asyncio.create_task(self.report(lane)) for _ in range(reports)]
        for moment in range(0, int(SECONDS), 2):
            await self.time.until(float(moment))
            tasks.append(asyncio.create_task(self.look_up()))
        await self.time.until(SECONDS + 11)
        await asyncio.gather(*tasks)
        await self.woven.close()


async def portal(reports: int, lane: Lane = Lane.ANALYTICS, rules: CallRules | None = None) -> Load:
    """The load after a minute with so many reports."""
    load = Load(rules or CallRules())
    await load.run(reports, lane)
    return load


@pytest.mark.parametrize("lane", [Lane.ANALYTICS, Lane.SYNC])
async def test_a_report_takes_nothing_from_a_portal(lane: Lane) -> None:
    """30 screens beside six reports that never stop: each as quick as without them, and nobody is throttled.

    The reports get what is left: together all calls use up the refill and no more than the bucket allows.
    """
    alone, beside = await portal(0), await portal(6, lane)
    assert alone.waits == [0.2] * 30
    assert beside.waits == alone.waits
    assert (alone.shop.throttled, beside.shop.throttled) == (0, 0)
    assert beside.failed[Lane.INTERACTIVE] == 0
    charged = sum(cost for _, cost in beside.shop.charged)
    lasted = beside.shop.charged[-1][0]
    assert 100 * lasted * 0.9 <= charged <= 2000 + 100 * lasted
    assert beside.pages > 20


async def test_without_lanes_the_portal_waits() -> None:
    """The same reports in the portal's own lane make it wait; even so nobody is throttled: the quota is kept."""
    beside = await portal(6, Lane.INTERACTIVE)
    assert sorted(beside.waits)[len(beside.waits) * 95 // 100] > 1.0
    assert beside.shop.throttled == 0


async def test_without_reserves_the_portal_still_goes_first() -> None:
    """With nothing reserved a screen waits for the refill that it takes itself, but never behind a report's page."""
    rules = CallRules(analytics_reserve=0.0, sync_reserve=0.0)
    beside = await portal(6, Lane.ANALYTICS, rules)
    assert 0.2 < max(beside.waits) < 1.0
    assert (beside.shop.throttled, beside.failed[Lane.INTERACTIVE]) == (0, 0)
