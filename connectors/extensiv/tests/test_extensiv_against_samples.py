"""Every request and every answer, held against what Extensiv publishes: samples, and schemas made from them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from connectors.extensiv.tests.published import (
    as_the_tap_has_it,
    entries,
    problems,
    properties_of,
    sample,
    schema_of,
    tap_schema,
    unknown_fields,
)
from orderweave_extensiv.connector import ExtensivConnector
from orderweave_extensiv.manifest import FACETS
from orderweave_extensiv.mapping import order_record
from orderweave_extensiv.payloads import OrderPage, OrderPayload, SummaryPage, SummaryPayload
from orderweave_extensiv.simulator import ExtensivSimulator
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet, GoodsLine, Key, ShipmentStatus
from orderweave_sdk.testing.simulator import LoggedCall

pytestmark = pytest.mark.contracts

ORDERS, ITEMS, SUMMARIES, CUSTOMER = "/orders", "/customers/41/items", "/inventory/stocksummaries", "/customers/41"
# The URI templates of the vendor's pages (3w.extensiv.com/rels), as far as they matter here.
PARAMETERS = {
    ORDERS: {"pgsiz", "pgnum", "rql", "sort", "detail", "itemdetail", "skulist"},
    ITEMS: {"pgsiz", "pgnum", "rql", "sort"},
    SUMMARIES: {"pgsiz", "pgnum", "rql"},
    CUSTOMER: set[str](),
}
LARGEST_PAGES = {ORDERS: 1000, ITEMS: 100, SUMMARIES: 500}
DETAILS = {"None", "OrderItems", "Packages", "Contacts"}
TAP_SCHEMAS = {ORDERS: "orders", ITEMS: "sku_items", SUMMARIES: "stock_summaries", CUSTOMER: "customers"}
MOMENT = datetime(2026, 3, 2, tzinfo=UTC)
CONDITIONS = (
    Condition(SearchField.PLACED_AT, Operator.GTE, (MOMENT,)),
    Condition(SearchField.UPDATED_AT, Operator.LT, (MOMENT.replace(year=2027),)),
    Condition(SearchField.STATUS, Operator.EQ, ("OPEN",)),
    Condition(SearchField.PURCHASE_ORDER_NUMBER, Operator.IN, ("PO-00006", "PO-00012")),
    Condition(SearchField.SKU, Operator.EQ, ("TEA-GREEN-100",)),
)


async def use_everything(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """Every capability, with every facet and with none."""
    call = Call.within(30)
    await connector.check(call)
    ids = [order.external_id for order in simulator.world.orders]
    for facets in (FACETS, *(frozenset({facet}) for facet in sorted(FACETS)), frozenset[Facet]()):
        assert (await connector.find_orders(keys_of("id", ids), facets, call)).gaps == ()
    mixed = [Key("referenceNum", "1001"), Key("poNum", "PO-00006"), Key("externalId", "x(1);2"), Key("id", ids[0])]
    await connector.find_orders(mixed, FACETS, call)
    for sort in (SearchField.PLACED_AT, SearchField.UPDATED_AT):
        search = Search(
            conditions=CONDITIONS,
            sort=sort,
            descending=True,
            size=2,
            after="2026-03-09T00:00:00/1000009",
            facets=FACETS,
        )
        await connector.search_orders(search, call)
    await connector.list_changes(None, MOMENT, FACETS, call)
    skus = sorted({level.sku for level in simulator.world.stock})
    assert (await connector.read_stock(skus, ["101"], call)).records
    assert (await connector.find_products(skus, call)).records
    assert (await connector.list_locations(call)).records
    assert (await connector.list_skus(None, call)).skus
    assert (await connector.list_skus("7000001", call)).skus


async def test_answers(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """All that the simulator says has a field and a kind of value that the vendor's answers have, by both sources."""
    await use_everything(connector, simulator)
    assert len(simulator.calls) == 21
    of_sample = {ORDERS: schema_of(sample("orders")), SUMMARIES: schema_of(sample("stock_summaries"))}
    for call in simulator.calls:
        path, document = call.request.path, msgspec.json.decode(call.answer.body)
        if path in of_sample:
            assert problems(document, of_sample[path]) == []
        told = [document] if path == CUSTOMER else entries(document)
        schema = tap_schema(TAP_SCHEMAS[path])
        assert [problems(as_the_tap_has_it(each), schema) for each in told] == [[]] * len(told)


async def test_requests(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """All that is sent is a documented parameter, a page that is not too large, and a property that answers have."""
    await use_everything(connector, simulator)
    known = {
        ORDERS: set(properties_of(entries(sample("orders"))[0])),
        SUMMARIES: set(properties_of(entries(sample("stock_summaries"))[0])),
        ITEMS: {spelled for name in tap_schema("sku_items")["properties"] for spelled in (name, read_only(name))},
    }
    assert {call.request.path for call in simulator.calls} == PARAMETERS.keys()
    assert [found for call in simulator.calls for found in wrong_in(call, known)] == []


def read_only(name: str) -> str:
    """A property of the tap's, which has what is read-only beside the rest, as RQL takes it."""
    return f"readonly.{name.replace('_', '')}"


def wrong_in(call: LoggedCall, known: dict[str, set[str]]) -> list[str]:
    """What of a request the vendor does not document."""
    path, query = call.request.path, dict(call.request.query)
    found = [f"parameter {name}" for name in sorted(query.keys() - PARAMETERS[path])]
    if int(query.get("pgsiz", "1")) > LARGEST_PAGES.get(path, 1):
        found.append("pgsiz")
    if not set(query.get("detail", "None").split(",")) <= DETAILS:
        found.append("detail")
    if query.get("itemdetail", "None") != "None" and "OrderItems" not in query["detail"]:
        found.append("itemdetail without OrderItems")
    named = re.findall(r"([A-Za-z][A-Za-z.]*)(?:==|!=|=[a-z]{2,3}=)", query.get("rql", ""))
    named += [name.removeprefix("-") for name in query.get("sort", "").split(",") if name]
    return found + [f"property {name}" for name in named if name.lower() not in known[path]]


def test_what_is_read_is_there() -> None:
    """Every field that the payloads read stands in the vendor's sample, or is known to be younger."""
    assert list(unknown_fields(OrderPage, sample("orders"))) == []
    assert list(unknown_fields(OrderPayload, entries(sample("orders"))[0])) == []
    assert list(unknown_fields(SummaryPage, sample("stock_summaries"))) == []
    assert list(unknown_fields(SummaryPayload, entries(sample("stock_summaries"))[0])) == []


def test_the_vendor_s_order_is_read() -> None:
    """The sample of an order, as the connector hears it."""
    (entry,) = entries(sample("orders"))
    payload = msgspec.json.decode(msgspec.json.encode(entry), type=OrderPayload)
    found = order_record(payload, FACETS, ZoneInfo("UTC"))
    assert found.external_id == "1"
    assert found.references == (Key("referenceNum", "str"), Key("poNum", "str"), Key("externalId", "str"))
    assert found.updated_at == datetime(2016, 12, 25, 23, tzinfo=UTC)
    assert [word.raw for word in found.statuses] == ["Open", "Open/Packed"]
    assert found.lines is not None
    assert [(line.external_id, line.sku, line.unit) for line in found.lines] == [("1", "str", "str")]
    assert found.fulfillment is not None
    (packed,) = found.fulfillment.shipments
    assert (packed.status, packed.location and packed.location.external_id) == (ShipmentStatus.LABEL_CREATED, "2")
    assert packed.lines == (GoodsLine(quantity=Decimal(5), line_id="3"),)
    assert [package.tracking_number for package in packed.packages] == ["str"]


def test_the_check_finds_what_is_wrong() -> None:
    """A field that is not there, another kind of value, a time with a zone: each is told by its place."""
    right = sample("orders")
    schema = schema_of(right)
    assert problems(right, schema) == []
    wrong: dict[str, Any] = sample("orders")
    (entry,) = entries(wrong)
    entry["color"] = "red"
    entry["readOnly"]["status"] = "Open"
    entry["readOnly"]["creationDate"] = "2016-12-25T23:00:00Z"
    name = "$['_embedded']['http://api.3plCentral.com/rels/orders/order'][0]"
    assert problems(wrong, schema) == [
        f"{name}.readOnly.creationDate: pattern",
        f"{name}.readOnly.status: type",
        f"{name}: additionalProperties",
    ]
    assert problems(as_the_tap_has_it(entry), tap_schema("orders")) != []
    assert list(unknown_fields(OrderPayload, {})) != []
