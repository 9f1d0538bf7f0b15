"""Orders of every awkward shape come back whole, in few calls, whatever is asked."""

from collections import Counter
from decimal import Decimal

import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.facets import facets_of
from orderweave_sdk.records import Facet, OrderRecord, Quantities
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.world import World
from orderweave_shopify.connector import ShopifyConnector
from orderweave_shopify.simulator import ShopifySimulator
from orderweave_shopify.simulator_wire import order_wire

from .rich_orders import awkward_order, bare_order, crowded_order, ids, returned_order, rich_world

ALL = ShopifyConnector.manifest.facets
ORDERS = (crowded_order(), awkward_order(), bare_order(), returned_order(), returned_order(refunded=False))


@pytest.mark.parametrize("order", ORDERS)
async def test_rich_orders_come_back_whole(
    shop: ShopifySimulator, connector: ShopifyConnector, order: OrderRecord
) -> None:
    """More entries than any page holds, and everything else that a shop does, come back as Shopify can say them."""
    shop.seed(World(orders=(order,)))
    found = await connector.find_orders(keys_of("id", [order.external_id]), ALL, Call.within(60))
    assert found.gaps == ()
    (record,) = found.records
    assert comparable(record) == comparable(facets_of(shop.expressible(order), ALL))


@pytest.mark.parametrize("order", ORDERS)
def test_saying_twice_says_the_same(order: OrderRecord) -> None:
    """Reducing a record to what Shopify can say changes nothing the second time."""
    once = ShopifySimulator.expressible(order)
    assert ShopifySimulator.expressible(once) == once


@pytest.mark.parametrize("refunded", [True, False])
async def test_returned_goods_stay_in_the_order(
    shop: ShopifySimulator, connector: ShopifyConnector, *, refunded: bool
) -> None:
    """Shopify's current quantity falls with what came back, refunded or not; ours falls with what was canceled."""
    order = returned_order(refunded=refunded)
    wires = order_wire(shop.expressible(order))["lineItems"](None)["nodes"]
    assert [wire["currentQuantity"] for wire in wires] == [3, 0, 3]
    shop.seed(World(orders=(order,)))
    found = await connector.find_orders(keys_of("id", [order.external_id]), frozenset({Facet.LINES}), Call.within(10))
    quantities = [line.quantity for line in found.records[0].lines or ()]
    assert quantities == [
        Quantities(ordered=Decimal(7), canceled=Decimal(2), current=Decimal(5)),
        Quantities(ordered=Decimal(3), canceled=Decimal(0), current=Decimal(3)),
        Quantities(ordered=Decimal(3), canceled=Decimal(0), current=Decimal(3)),
    ]


async def test_continuing_costs_one_call_a_page(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """An order with 130 of everything is continued by exactly the calls that its lists need, and no other."""
    shop.seed(World(orders=(crowded_order(),)))
    await connector.find_orders(keys_of("id", [ids("order", 1)]), ALL, Call.within(60))
    assert Counter(call.operation for call in shop.calls) == {
        "OrdersById": 1,
        "MoreOrderLineItems": 2,
        "MoreRefundRefundLineItems": 2,
        "MoreOrderDiscountApplications": 2,
        "MoreOrderFulfillmentOrders": 2,
        "MoreOrderReturns": 2,
        "MoreOrderEvents": 2,
        "MoreFulfillmentOrderLineItems": 2,
        "MoreFulfillmentFulfillmentLineItems": 2,
        "MoreFulfillmentEvents": 2,
        "MoreReturnReturnLineItems": 2,
    }


async def test_holds_alone_are_continued_too(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """Holds without fulfillment ask for little, and for all of it."""
    shop.seed(World(orders=(crowded_order(),)))
    found = await connector.find_orders(keys_of("id", [ids("order", 1)]), frozenset({Facet.HOLDS}), Call.within(60))
    assert len(found.records[0].holds or ()) == 130
    assert [call.operation for call in shop.calls] == [
        "OrdersById",
        "MoreOrderFulfillmentOrders",
        "MoreOrderFulfillmentOrders",
    ]


async def test_a_list_without_end_is_reported(
    shop: ShopifySimulator, connector: ShopifyConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list longer than the bound gives the order with a gap that names the list, never a quiet cut."""
    monkeypatch.setattr("orderweave_shopify.continuing.MOST_ROUNDS", 1)
    shop.seed(World(orders=(crowded_order(),)))
    found = await connector.find_orders(keys_of("id", [ids("order", 1)]), frozenset({Facet.LINES}), Call.within(60))
    assert len(found.records[0].lines or ()) == 125
    assert [(gap.reason, gap.external_id) for gap in found.gaps] == [
        ("Order.lineItems has more entries than are read", ids("order", 1)),
        ("Refund.refundLineItems has more entries than are read", ids("order", 1)),
    ]


async def test_large_batches_are_split_by_cost(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """250 ids are one query with the header alone, and as many as their cost demands with every facet."""
    asked = [ids("order", n) for n in range(1, 251)]
    shop.seed(sample_world(ids))
    await connector.find_orders(keys_of("id", asked), frozenset({Facet.HEADER}), Call.within(60))
    assert [len(call.detail["ids"]) for call in shop.calls] == [250]
    shop.calls.clear()
    found = await connector.find_orders(keys_of("id", asked), ALL, Call.within(60))
    assert sorted(len(call.detail["ids"]) for call in shop.calls) == [19, 33, 33, 33, 33, 33, 33, 33]
    assert len(found.records) == 25


async def test_what_shopify_finds_too_costly_is_halved(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """Should Shopify price higher than expected, the batch is halved until it passes, by id and by search."""
    shop.seed(sample_world(ids))
    shop.most_cost = 500
    found = await connector.find_orders(keys_of("id", [ids("order", n) for n in range(1, 21)]), ALL, Call.within(60))
    assert len(found.records) == 20
    assert sorted(len(call.detail["ids"]) for call in shop.calls) == [5, 5, 5, 5, 10, 10, 20]
    shop.calls.clear()
    numbered = await connector.find_orders(
        keys_of("number", [str(1000 + n) for n in range(1, 8)]), ALL, Call.within(60)
    )
    assert len(numbered.records) == 7
    assert [call.detail["first"] for call in shop.calls] == [12, 6, 12, 6]


async def test_either_spelling_of_a_number_finds(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """`#1002-A` is found with and without its sign, in another case, and by nothing else."""
    shop.seed(rich_world())
    for spelling in ("#1002-A", "1002-A", "1002-a"):
        found = await connector.find_orders(keys_of("number", [spelling]), frozenset(), Call.within(10))
        assert [record.key("number") for record in found.records] == ["#1002-A"], spelling
    assert (
        await connector.find_orders(keys_of("number", ["1002", "", " "]), frozenset(), Call.within(10))
    ).records == ()


@pytest.mark.parametrize(
    ("by", "value"), [("po_number", 'PO "7" \\ 8'), ("source_identifier", "SO-77"), ("source_identifier", "so-77")]
)
async def test_reference_fields_find(shop: ShopifySimulator, connector: ShopifyConnector, by: str, value: str) -> None:
    """The purchase order number (quotes and backslashes and all) and the foreign system's number find the order."""
    shop.seed(rich_world())
    found = await connector.find_orders(keys_of(by, [value]), frozenset(), Call.within(10))
    assert [record.external_id for record in found.records] == [ids("order", 2)]


async def test_what_is_no_global_id_is_not_asked_for(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """Ids of another form or of another kind cannot be orders; Shopify would refuse the whole query for one."""
    strange = ["1", "", "gid://shopify/Product/1", "gid://shopify/Order/1) {", "gid://shopify/Order/x"]
    assert (await connector.find_orders(keys_of("id", strange), ALL, Call.within(10))).records == ()
    assert shop.calls == []


async def test_an_id_asked_twice_comes_once(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """Repeated ids give one record."""
    shop.seed(rich_world())
    found = await connector.find_orders(keys_of("id", [ids("order", 3)] * 3), frozenset(), Call.within(10))
    assert [record.external_id for record in found.records] == [ids("order", 3)]


async def test_more_orders_than_one_page_by_number(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """Orders that share a number are all found, over several pages."""
    orders = tuple(
        OrderRecord(external_id=ids("order", n), keys=(*bare_order(n).keys, *awkward_order().keys[1:]))
        for n in range(1, 21)
    )
    shop.seed(World(orders=orders))
    found = await connector.find_orders(keys_of("number", ["1002-A"]), frozenset(), Call.within(10))
    assert len(found.records) == 20
    assert len(shop.calls) == 4
