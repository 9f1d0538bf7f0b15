"""Signing in, pages, refusals and exact numbers of calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from orderweave_adobe_commerce.connector import AdobeCommerceConnector
from orderweave_adobe_commerce.manifest import FACETS
from orderweave_adobe_commerce.simulator import AdobeCommerceCloudSimulator, AdobeCommerceSimulator
from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import FixCredentials, GiveUp
from orderweave_sdk.records import Facet, Key, OrderRecord
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.world import World

from .wire_orders import wire

NOTHING = frozenset[Facet]()
FIRST, SECOND = "1000001", "1000002"


@asynccontextmanager
async def connected(settings: dict[str, Any]) -> AsyncIterator[AdobeCommerceConnector]:
    """The connector with these settings."""
    connecting = Connecting(AdobeCommerceConnector, settings)
    try:
        assert isinstance(connecting.connector, AdobeCommerceConnector)
        yield connecting.connector
    finally:
        await connecting.close()


async def ids_found(connector: AdobeCommerceConnector, *ids: str, call: Call | None = None) -> list[str]:
    """The ids that are found among these."""
    found = await connector.find_orders(keys_of("id", ids), NOTHING, call or Call.within(10))
    return [record.external_id for record in found.records]


class LaterClock(SystemClock):
    """A clock that can be put forward."""

    ahead = 0.0

    def monotonic(self) -> float:
        """The machine's seconds and those ahead."""
        return super().monotonic() + self.ahead


# --- signing in ----------------------------------------------------------------------------------------------------


async def test_an_admin_signs_in_once(shop: AdobeCommerceSimulator) -> None:
    """Callers that come together share one token, and it is kept."""
    async with connected(shop.admin_settings()) as connector:
        await asyncio.gather(*(ids_found(connector, FIRST) for _ in range(5)))
        assert await ids_found(connector, FIRST) == [FIRST]
    assert len(shop.given) == 1


async def test_a_refused_token_is_renewed_once(shop: AdobeCommerceSimulator) -> None:
    """A token that ended is replaced, and those who lost the same one share the next."""
    async with connected(shop.admin_settings()) as connector:
        await ids_found(connector, FIRST)
        shop.forget_tokens()
        calls = len(shop.calls)
        assert await asyncio.gather(*(ids_found(connector, FIRST) for _ in range(3))) == [[FIRST]] * 3
        assert len(shop.given) == 1
        assert len(shop.calls) - calls <= 6


async def test_a_wrong_password_is_told(shop: AdobeCommerceSimulator) -> None:
    """Nobody but a person can help, and the password is not in the message."""
    async with connected({**shop.admin_settings(), "password": "wrong-password"}) as connector:
        with pytest.raises(FixCredentials, match="sign-in as admin") as caught:
            await ids_found(connector, FIRST)
    assert "wrong-password" not in str(caught.value)


async def test_an_integration_s_token_is_not_tried_again(shop: AdobeCommerceSimulator) -> None:
    """There is no other one."""
    async with connected({"url": shop.url, "access_token": "revoked"}) as connector:
        with pytest.raises(FixCredentials, match="orders: HTTP 401"):
            await ids_found(connector, FIRST)
    assert len(shop.calls) == 1


async def test_ims_tokens_end_before_they_end(cloud: AdobeCommerceCloudSimulator) -> None:
    """A token is kept for as long as Adobe says, less a minute, and then fetched anew without a refusal."""
    clock = LaterClock()
    async with connected(cloud.settings()) as connector:
        await ids_found(connector, FIRST, call=Call.within(10, clock))
        clock.ahead = cloud.token_seconds - 120
        await ids_found(connector, FIRST, call=Call.within(10, clock))
        assert len(cloud.given) == 1
        clock.ahead = cloud.token_seconds - 30
        assert await ids_found(connector, FIRST, call=Call.within(10, clock)) == [FIRST]
        assert len(cloud.given) == 2
    assert [call.answer.status for call in cloud.calls] == [200, 200, 200]


async def test_the_saas_refuses_a_wrong_credential(cloud: AdobeCommerceCloudSimulator) -> None:
    """IMS answers 400 to a wrong secret; the organization is checked with each call."""
    async with connected({**cloud.settings(), "client_secret": "wrong"}) as connector:
        with pytest.raises(FixCredentials, match="sign-in at IMS: HTTP 400"):
            await ids_found(connector, FIRST)
    async with connected({**cloud.settings(), "organization_id": "other@AdobeOrg"}) as connector:
        with pytest.raises(FixCredentials):
            await ids_found(connector, FIRST)


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        ({"access_token": "a"}, []),
        ({"username": "u", "password": "p"}, []),
        ({"client_id": "c", "client_secret": "s", "organization_id": "o", "amounts": "order", "store_ids": "1, 2"}, []),
        ({}, ["give access_token"]),
        ({"username": "u"}, ["password: is needed beside username"]),
        ({"client_id": "c", "client_secret": "s"}, ["organization_id: is needed"]),
        ({"access_token": "a", "client_id": "c", "client_secret": "s", "organization_id": "o"}, ["only one way"]),
        ({"access_token": "a", "amounts": "both"}, ["amounts: must be base or order"]),
        ({"access_token": "a", "store_ids": "main"}, ["store_ids: give the ids"]),
        ({"access_token": "a", "page_size": 0}, ["page_size: must be at least 1"]),
    ],
)
def test_settings(settings: dict[str, Any], problems: list[str]) -> None:
    """One whole way to sign in; each problem names its key."""
    found = AdobeCommerceConnector.problems({"url": "https://shop.example", **settings})
    assert len(found) == len(problems)
    assert all(wanted in told for wanted, told in zip(problems, found, strict=True))


# --- rights and editions ------------------------------------------------------------------------------------------


async def test_open_source_has_no_returns(shop: AdobeCommerceSimulator) -> None:
    """Without the setting the missing resource is named; with it the facet is not declared and not asked for."""
    shop.has_returns = False
    wanted = frozenset({Facet.RETURNS})
    async with connected(shop.settings()) as connector:
        assert await connector.check(Call.within(10)) == "orders readable; refused: returns"
        with pytest.raises(GiveUp, match="returns: HTTP 404"):
            await connector.find_orders(keys_of("id", [FIRST]), wanted, Call.within(10))
    settings = {**shop.settings(), "returns": False}
    assert AdobeCommerceConnector.narrowed(settings).facets == FACETS - wanted
    async with connected(settings) as connector:
        assert await connector.check(Call.within(10)) == "orders readable, and all that belongs to them"


async def test_store_views(shop: AdobeCommerceSimulator) -> None:
    """Of several stores in one instance, a system may be some; a number may stand once in each."""
    shop.put("orders", [wire(entity_id=1, store_id=1), wire(entity_id=2, store_id=2), wire(entity_id=3, store_id=3)])
    expected = {"": {"1", "2", "3"}, "2": {"2"}, "1, 3": {"1", "3"}}
    for stores, ids in expected.items():
        async with connected({**shop.settings(), "store_ids": stores}) as connector:
            found = await connector.find_orders(keys_of("number", ["000000012"]), NOTHING, Call.within(10))
            assert {record.external_id for record in found.records} == ids
            changes = await connector.list_changes(None, None, NOTHING, Call.within(10))
            assert {record.external_id for record in changes.records} == ids


# --- batches and pages --------------------------------------------------------------------------------------------


def many(count: int) -> World:
    """A world of so many orders, each with the documents that its pattern has."""
    samples = sample_world(AdobeCommerceSimulator.external_id)
    return World(orders=tuple(_copied(samples.orders[n % len(samples.orders)], n) for n in range(count)))


def _copied(order: OrderRecord, n: int) -> OrderRecord:
    external_id, number = str(1_000_000 + n), f"9{n:06d}"
    return msgspec.structs.replace(order, external_id=external_id, keys=(Key("id", external_id), Key("number", number)))


@pytest.mark.parametrize(("orders", "calls"), [(1, 6), (20, 6), (100, 6), (1000, 60)])
async def test_calls_for_many_orders(orders: int, calls: int) -> None:
    """So many orders with every facet, in batches of the declared size, cost exactly so many calls."""
    async with AdobeCommerceSimulator() as shop:
        shop.seed(many(orders))
        size = AdobeCommerceConnector.manifest.lookups["number"].size
        async with connected(shop.settings()) as connector:
            numbers = [order.key("number") or "" for order in shop.world.orders]
            found = 0
            for start in range(0, orders, size):
                keys = keys_of("number", numbers[start : start + size])
                read = await connector.find_orders(keys, FACETS, Call.within(30))
                assert read.gaps == ()
                found += len(read.records)
        assert (found, len(shop.calls)) == (orders, calls)


async def test_facets_cost_what_they_need(connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator) -> None:
    """The order's own facets come with the order; documents are asked for by the facets that they make."""
    expected = {Facet.PAYMENTS: 3, Facet.INVOICES: 2, Facet.FULFILLMENT: 2, Facet.RETURNS: 2}
    for facet in sorted(FACETS):
        shop.calls.clear()
        await connector.find_orders(keys_of("id", [FIRST, SECOND]), frozenset({facet}), Call.within(10))
        assert len(shop.calls) == expected.get(facet, 1), facet


async def test_nothing_found_asks_for_nothing_more(
    connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator
) -> None:
    """Without an order there are no documents to ask for; what can be no id is not asked for at all."""
    await connector.find_orders(keys_of("number", ["nobody's"]), FACETS, Call.within(10))
    assert len(shop.calls) == 1
    await connector.find_orders(keys_of("id", ["12abc", "012", "gid://1", " "]), FACETS, Call.within(10))
    assert len(shop.calls) == 1


async def test_keys_of_every_kind_share_a_call(connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator) -> None:
    """Ids, numbers and references are alternatives of one filter group; a value with a comma is one of its own."""
    shop.put(
        "orders",
        [
            wire(entity_id=1, increment_id="A"),
            wire(entity_id=2, increment_id="B,C"),
            wire(entity_id=3, increment_id="D", ext_order_id="ERP-3"),
            wire(entity_id=4, increment_id="D-1", original_increment_id="D"),
            wire(entity_id=5, increment_id="E"),
        ],
    )
    keys = [
        Key("id", "1"),
        Key("number", "B,C"),
        Key("number", "A"),
        Key("ext_order_id", "ERP-3"),
        Key("original_increment_id", "D"),
    ]
    found = await connector.find_orders(keys, NOTHING, Call.within(10))
    assert [record.external_id for record in found.records] == ["1", "2", "3", "4"]
    assert len(shop.calls) == 1


async def test_documents_beyond_a_page(connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator) -> None:
    """More shipments than a page holds are read on by count, for a page past the end would come again for ever."""
    shop.put("orders", [wire(entity_id=1)])
    shop.put("shipments", [shipment(n) for n in range(1, 602)])
    wanted = frozenset({Facet.FULFILLMENT})
    found = await connector.find_orders(keys_of("id", ["1"]), wanted, Call.within(10))
    (record,) = found.records
    assert record.fulfillment is not None
    assert [int(item.external_id) for item in record.fulfillment.shipments] == list(range(1, 602))
    assert [call.operation for call in shop.calls] == ["orders", "shipments", "shipments", "shipments"]


async def test_a_list_without_end_is_a_gap(connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator) -> None:
    """Reading ends at the bound and says so."""
    shop.put("orders", [wire(entity_id=1)])
    shop.put("shipments", [shipment(n) for n in range(1, 3002)])
    wanted = frozenset({Facet.FULFILLMENT})
    found = await connector.find_orders(keys_of("id", ["1"]), wanted, Call.within(20))
    assert [gap.reason for gap in found.gaps] == ["shipments: more than 3000 found, the rest was left out"]
    assert len(shop.calls) == 11


async def test_shops_with_small_pages(shop: AdobeCommerceSimulator) -> None:
    """Where a shop allows less a page the error names the setting, and with it everything is read by more pages."""
    shop.most_items = 10
    ids = [order.external_id for order in shop.world.orders]
    async with connected(shop.settings()) as connector:
        with pytest.raises(GiveUp, match="orders: HTTP 400, the shop's pages are smaller: lower page_size"):
            await ids_found(connector, *ids)
    shop.calls.clear()
    async with connected({**shop.settings(), "page_size": 10}) as connector:
        assert await ids_found(connector, *ids) == ids
        assert len(shop.calls) == 3
        cursor, seen, more = None, list[str](), True
        while more:
            changes = await connector.list_changes(cursor, None, NOTHING, Call.within(10))
            seen += [record.external_id for record in changes.records]
            cursor, more = changes.cursor, changes.more
    assert sorted(seen) == ids


async def test_a_bad_document_is_a_gap(connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator) -> None:
    """A shipment that cannot be read is told of, and neither hides the order nor takes its place."""
    shop.put("orders", [wire(entity_id=1), wire(entity_id=2, created_at="never")])
    shop.put("shipments", [shipment(1), {**shipment(2), "items": [{"qty": "many"}]}])
    wanted = frozenset({Facet.FULFILLMENT, Facet.HEADER})
    found = await connector.find_orders(keys_of("id", ["1", "2"]), wanted, Call.within(10))
    assert [record.external_id for record in found.records] == ["1"]
    assert {(gap.external_id, gap.reason.partition(":")[0]) for gap in found.gaps} == {
        ("2", "order 2"),
        (None, "shipments"),
    }


def shipment(entity_id: int) -> dict[str, Any]:
    """A shipment of nothing much."""
    return {"entity_id": entity_id, "order_id": 1, "items": [], "tracks": [], "comments": []}
