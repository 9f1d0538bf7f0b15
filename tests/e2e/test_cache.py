"""The order screen over a cache: what it costs, how long it bridges a system that is down, and what it says then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orderweave.caching.ages import DEFAULT_AGES, Subject
from orderweave_sdk.testing.faults import Fault
from tests.e2e.business import Front, front

SCREEN = (
    (Path(__file__).parent / "cases/order-whole/query.graphql")
    .read_text()
    .replace("sources { system", "sources { fetchedAt stale via system")
    .replace("freshness { asOf", "freshness { unmet { system reason } maxAgeSeconds asOf")
)
NUMBER = {"number": "1080"}
FRESH = "query WholeOrder($number: String!)"
TTL = DEFAULT_AGES[Subject.HEADER].ttl
BRIDGED = min(DEFAULT_AGES[s].ttl + DEFAULT_AGES[s].stale_if_error for s in (Subject.FULFILLMENT, Subject.HEADER))


def made(running: Front) -> dict[str, int]:
    """How many calls reached each system that was called."""
    return {name: len(calls) for name, calls in running.calls().items() if calls}


def said(answer: dict[str, Any]) -> dict[str, Any]:
    """The order without what tells of its way and age."""
    untold = {"sources", "freshness"}
    return {name: value for name, value in answer["data"]["order"].items() if name not in untold}


def erp(answer: dict[str, Any]) -> dict[str, Any] | None:
    """The ERP's entry among the sources."""
    return next((source for source in answer["data"]["order"]["sources"] if source["system"] == "erp"), None)


async def test_a_second_look_asks_nobody() -> None:
    """The same screen, and then parts of it by other names of the order: no call, the same order, and every source
    says that it comes from the cache.
    """
    async with front(seed=7, orders=200, cached=True) as running:
        live = await running.ask(SCREEN, NUMBER)
        assert made(running) == {"shop-us": 1, "erp": 1, "wms": 1}
        assert {source["via"] for source in live["data"]["order"]["sources"]} == {"LIVE"}
        running.forget_calls()

        running.time.advance(10)
        kept = await running.ask(SCREEN, NUMBER)
        assert said(kept) == said(live)
        assert {(source["via"], source["stale"]) for source in kept["data"]["order"]["sources"]} == {("CACHE", False)}
        assert kept["data"]["order"]["freshness"] == {
            "unmet": [],
            "maxAgeSeconds": 10,
            "asOf": live["data"]["order"]["freshness"]["asOf"],
            "stale": False,
            "missing": [],
        }
        await running.ask(
            "query ($number: String!) { order(by: {number: $number}) { number invoices { number } } }", NUMBER
        )
        await running.ask(
            "query ($id: ID!) { node(id: $id) { ... on Order { number } } }", {"id": live["data"]["order"]["id"]}
        )
        assert made(running) == {}


async def test_the_screen_bridges_an_erp_that_is_down() -> None:
    """The ERP is stopped. Up to the time to live and past it, to the end of stale-if-error, the screen shows the whole
    order, marks the ERP's part with its age, and misses nothing; after that the ERP is missing.
    """
    async with front(seed=7, orders=200, cached=True) as running:
        live = await running.ask(SCREEN, NUMBER)
        fetched = live["data"]["order"]["freshness"]["asOf"]
        await running.business.fail("erp", Fault.STOPPED)
        passed = 0
        for age in (TTL + 31, 3600, BRIDGED):
            running.time.advance(age - passed)
            passed = age
            answer = await running.ask(SCREEN, NUMBER)
            assert "errors" not in answer
            assert said(answer) == said(live)
            source = erp(answer)
            assert source is not None
            assert (source["via"], source["stale"], source["fetchedAt"]) == ("CACHE", True, fetched)
            freshness = answer["data"]["order"]["freshness"]
            assert freshness == {"unmet": [], "maxAgeSeconds": age, "asOf": fetched, "stale": True, "missing": []}

        running.time.advance(DEFAULT_AGES[Subject.LINES].ttl + 1)
        answer = await running.ask(SCREEN, NUMBER)
        assert "errors" not in answer
        assert erp(answer) is None
        (missing,) = answer["data"]["order"]["freshness"]["missing"]
        assert (missing["system"], missing["reason"]) == ("erp", "UNREACHABLE")


async def test_asking_the_source_says_that_it_could_not() -> None:
    """With an age of 0 asked and the ERP stopped, the others are asked, the ERP's part is what is at hand, and
    `unmet` names it; once the ERP is back, nothing is unmet.
    """
    source = SCREEN.replace(FRESH, f"{FRESH} @freshness(maxAge: 0)")
    async with front(seed=7, orders=200, cached=True) as running:
        await running.ask(SCREEN, NUMBER)
        await running.business.fail("erp", Fault.STOPPED)
        running.time.advance(5)
        running.forget_calls()

        answer = await running.ask(source, NUMBER)
        assert made(running) == {"shop-us": 1, "wms": 1}
        ways = {entry["system"]: (entry["via"], entry["stale"]) for entry in answer["data"]["order"]["sources"]}
        assert ways == {"shop-us": ("LIVE", False), "wms": ("LIVE", False), "erp": ("CACHE", True)}
        freshness = answer["data"]["order"]["freshness"]
        assert freshness["unmet"] == [{"system": "erp", "reason": "UNREACHABLE"}]
        assert (freshness["missing"], freshness["stale"], freshness["maxAgeSeconds"]) == ([], True, 5)

        await running.business.fail("erp", None)
        answer = await running.ask(source, NUMBER)
        assert answer["data"]["order"]["freshness"]["unmet"] == []
        assert {entry["via"] for entry in answer["data"]["order"]["sources"]} == {"LIVE"}


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.SERVER_ERROR, Fault.THROTTLED, Fault.RESET])
async def test_however_it_fails(fault: Fault) -> None:
    """Whatever is wrong with the ERP, what is at hand bridges it in the same way. The seven seconds for which it asks
    when it throttles are more than half of the deadline, so that nobody waits for them.
    """
    async with front(seed=7, orders=200, cached=True, deadline=13) as running:
        live = await running.ask(SCREEN, NUMBER)
        await running.business.fail("erp", fault)
        running.time.advance(3600)
        answer = await running.ask(SCREEN, NUMBER)
        assert said(answer) == said(live)
        assert answer["data"]["order"]["freshness"]["missing"] == []


async def test_a_list_is_kept_shortly() -> None:
    """The same list again within seconds asks nobody; past that the shops are asked for it anew, and for it alone."""
    query = "{ orders(first: 5) { nodes { id number invoices { number } } coverage { complete } } }"
    async with front(seed=7, orders=200, cached=True) as running:
        live = await running.ask(query)
        running.forget_calls()
        assert await running.ask(query) == live
        assert made(running) == {}
        running.time.advance(DEFAULT_AGES[Subject.SEARCHES].ttl + 1)
        assert await running.ask(query) == live
        assert made(running) == {"shop-us": 1, "shop-eu": 1, "erp": 1}


async def test_whichever_system_is_down() -> None:
    """Each system in turn is stopped a minute after it was asked: the order screen and the stock are what they were,
    with nothing missing; the list, which cannot say that it is old, names a shop that is down.
    """
    stock = """query ($skus: [String!]!) { inventory(skus: $skus) { sku onHand availableToSell
        freshness { missing { system } } } }"""
    latest = "{ orders(first: 4) { nodes { number } coverage { complete sources { system ok } } } }"
    async with front(seed=7, orders=200, cached=True) as running:
        skus = {"skus": running.business.telling_skus()}
        screen, levels = await running.ask(SCREEN, NUMBER), await running.ask(stock, skus)
        assert {len(item["freshness"]["missing"]) for item in levels["data"]["inventory"]} == {0}
        for system in ("shop-us", "shop-eu", "erp", "wms"):
            await running.ask(latest)
            running.time.advance(60)
            await running.business.fail(system, Fault.STOPPED)
            again = await running.ask(SCREEN, NUMBER)
            assert said(again) == said(screen)
            assert again["data"]["order"]["freshness"]["missing"] == []
            assert await running.ask(stock, skus) == levels
            coverage = (await running.ask(latest))["data"]["orders"]["coverage"]
            silent = [source["system"] for source in coverage["sources"] if not source["ok"]]
            assert silent == ([system] if system != "wms" else [])
            await running.business.fail(system, None)
