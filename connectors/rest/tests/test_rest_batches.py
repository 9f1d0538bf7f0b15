"""Each way in which keys travel: exact requests and exact counts for 1, 20 and 1,000 orders, and what bounds them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from connectors.rest.tests.scripted import Asked, api, call, connected, status
from orderweave_rest.connector import RestConnector
from orderweave_sdk.batches import keys_of, packed
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.records import Facet, Key

BATCHES: dict[str, dict[str, Any]] = {
    "list": {"batch": "list", "size": 50, "query": {"ids": "{keys}"}, "items": "orders"},
    "repeated": {"batch": "repeated", "size": 50, "query": {"id[]": "{keys}"}, "items": "orders"},
    "body": {"batch": "body", "size": 50, "method": "POST", "body": {"ids": "{keys}"}, "items": "orders"},
    "one": {"batch": "one", "size": 20, "path": "/orders/{key}"},
}
# Requests for so many orders: a batch of fifty, or each its own.
COUNTS = {
    "list": {1: 1, 20: 1, 1000: 20},
    "repeated": {1: 1, 20: 1, 1000: 20},
    "body": {1: 1, 20: 1, 1000: 20},
    "one": {1: 1, 20: 20, 1000: 1000},
}


def told(style: str, **more: Any) -> dict[str, Any]:
    """An API whose look-up takes keys in this way."""
    return api(lookups={"id": {"path": "/orders", **BATCHES[style], **more}})


def keys_in(asked: Asked) -> list[str]:
    """The keys that a request holds, however they travel."""
    if asked.path != "/api/orders":
        return [asked.path.rpartition("/")[2]]
    if asked.body is not None:
        return [str(key) for key in asked.body["ids"]]
    return [key for _, value in asked.query for key in value.split(",")]


def says(asked: Asked) -> Any:
    """An order for each key."""
    found = [{"id": key} for key in keys_in(asked)]
    return {"orders": found} if asked.path == "/api/orders" else found[0]


@pytest.mark.parametrize("style", BATCHES)
@pytest.mark.parametrize("count", [1, 20, 1000])
async def test_call_counts(style: str, count: int) -> None:
    """So many orders, packed as the gateway packs them, cost exactly so many requests, and all of them come."""
    subject, scripted = connected(told(style), says)
    manifest = RestConnector.narrowed({"api": told(style)})
    ids = [f"A{n}" for n in range(count)]
    found = []
    for batch in packed(keys_of("id", ids), manifest):
        found += (await subject.find_orders(batch, frozenset(), call())).records
    assert sorted(record.external_id for record in found) == sorted(ids)
    assert len(scripted.asked) == COUNTS[style][count]


async def test_how_keys_travel() -> None:
    """One text, a parameter for each, a JSON list, and a path with everything escaped that is not plain."""
    asked: dict[str, Asked] = {}
    for style in BATCHES:
        subject, scripted = connected(told(style), says)
        await subject.find_orders(keys_of("id", ["A1", "B/2 ü"]), frozenset(), call())
        asked[style] = scripted.asked[-1]
    assert asked["list"].query == [("ids", "A1,B/2 ü")]
    assert asked["repeated"].query == [("id[]", "A1"), ("id[]", "B/2 ü")]
    assert (asked["body"].method, asked["body"].body) == ("POST", {"ids": ["A1", "B/2 ü"]})
    assert asked["one"].path == "/api/orders/B%2F2%20%C3%BC"


async def test_separator_of_the_apis_own() -> None:
    """Keys are joined as the API wants them, also inside a filter language."""
    subject, scripted = connected(told("list", separator="|", query={"filter": "id in ({keys})"}), says)
    await subject.find_orders(keys_of("id", ["A1", "A2"]), frozenset(), call())
    assert scripted.asked[0].query == [("filter", "id in (A1|A2)")]


async def test_a_key_never_leads_out_of_its_path() -> None:
    """A key that is a step of a path is not asked for; one that only holds such steps is escaped."""
    subject, scripted = connected(told("one"), says)
    await subject.find_orders(keys_of("id", ["..", ".", "../ping", "a?b#c"]), frozenset(), call())
    assert sorted(asked.path for asked in scripted.asked) == ["/api/orders/..%2Fping", "/api/orders/a%3Fb%23c"]


async def test_whole_numbers_for_keys() -> None:
    """Keys that the API keeps as numbers go as numbers; what is none cannot be known and is not sent."""
    subject, scripted = connected(told("body", integers=True), says)
    await subject.find_orders(keys_of("id", ["7", "x", "08", "٣"]), frozenset(), call())
    assert scripted.asked[0].body == {"ids": [7, 8]}
    assert (await subject.find_orders(keys_of("id", ["x"]), frozenset(), call())).records == ()
    assert len(scripted.asked) == 1


async def test_one_by_one_is_bounded_by_concurrency() -> None:
    """Twenty requests run as many at once as the configuration says, and no more."""
    subject, scripted = connected({**told("one"), "concurrency": 3}, says)
    await subject.find_orders(keys_of("id", [f"A{n}" for n in range(20)]), frozenset(), call())
    assert (len(scripted.asked), scripted.most) == (20, 3)


async def test_a_hundred_one_by_one_through_one_slot() -> None:
    """A batch as large as any may be goes through the narrowest line without being turned away."""
    subject, scripted = connected({**told("one", size=100), "concurrency": 1}, says)
    found = await subject.find_orders(keys_of("id", [f"A{n}" for n in range(100)]), frozenset(), call())
    assert (len(found.records), len(scripted.asked), scripted.most) == (100, 100, 1)


async def test_absent_is_no_error() -> None:
    """A 404 says that there is none, and another status where the configuration says so; a 400 does not."""
    subject, _ = connected(told("one"), lambda asked: status(404))
    assert (await subject.find_orders(keys_of("id", ["A1", "A2"]), frozenset(), call())).records == ()
    subject, _ = connected(told("one", absent=[404, 410]), lambda asked: status(410))
    assert (await subject.find_orders(keys_of("id", ["A1"]), frozenset(), call())).records == ()
    subject, _ = connected(told("one"), lambda asked: status(400))
    with pytest.raises(GiveUp):
        await subject.find_orders(keys_of("id", ["A1"]), frozenset(), call())


async def test_a_first_failure_ends_the_others() -> None:
    """One by one, an error is raised at once; what still waited for its turn is not sent."""
    subject, scripted = connected(
        {**told("one"), "concurrency": 1}, lambda asked: status(500) if asked.path.endswith("A2") else says(asked)
    )
    with pytest.raises(Exception, match="HTTP 500"):
        await subject.find_orders(keys_of("id", [f"A{n}" for n in range(1, 20)]), frozenset(), call())
    assert len(scripted.asked) < 5


PARTS: dict[str, tuple[dict[str, Any], dict[int, int]]] = {
    "list": ({"batch": "list", "size": 50, "query": {"orders": "{keys}"}, "belongs": "order"}, {1: 2, 20: 2}),
    "one": ({"batch": "one", "query": {"order": "{key}"}}, {1: 2, 20: 21}),
}


@pytest.mark.parametrize("style", PARTS)
@pytest.mark.parametrize("count", [1, 20])
async def test_parts_join_their_orders(style: str, count: int) -> None:
    """Shipments of a second request stand in their own orders, asked for only where their facet is wanted."""
    request, counts = PARTS[style]
    part = {"path": "/shipments", "items": "shipments", "facets": ["FULFILLMENT"], **request}
    shipments = {"each": "shipments", "id": "id", "status": {"value": "IN_TRANSIT"}}
    described = {
        **told("list"),
        "parts": {"shipments": part},
        "order": {"id": "id", "fulfillment": {"shipments": shipments}},
    }

    def answers(asked: Asked) -> Any:
        if asked.path != "/api/shipments":
            return says(asked)
        ((_, value),) = asked.query
        return {"shipments": [{"id": f"S-{key}-{n}", "order": key} for key in value.split(",") for n in (1, 2)]}

    subject, scripted = connected(described, answers)
    keys = [Key("id", f"A{n}") for n in range(count)]
    await subject.find_orders(keys, frozenset({Facet.HEADER}), call())
    assert len(scripted.asked) == 1
    found = await subject.find_orders(keys, frozenset({Facet.FULFILLMENT}), call())
    assert len(scripted.asked) - 1 == counts[count]
    assert {
        record.external_id: [shipment.external_id for shipment in record.fulfillment.shipments]
        for record in found.records
    } == {f"A{n}": [f"S-A{n}-1", f"S-A{n}-2"] for n in range(count)}


async def test_a_caller_that_goes_away_leaves_nothing_behind() -> None:
    """Canceled before or while it runs, a look-up one by one ends all that it began, and nothing is never awaited."""
    for turns in (0, 3):
        subject, scripted = connected(told("one"), says)
        asking = asyncio.ensure_future(
            subject.find_orders(keys_of("id", [f"A{n}" for n in range(20)]), frozenset(), call())
        )
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        sent = len(scripted.asked)
        await asyncio.sleep(0)
        assert len(scripted.asked) == sent
        assert asyncio.all_tasks() == {asyncio.current_task()}
