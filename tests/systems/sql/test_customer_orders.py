"""1,950 real-looking orders, by a configuration file alone, against sums over the CSV files made here."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting, manifest_of
from orderweave_sdk.manifest import Capability, Operator, SearchField
from orderweave_sdk.records import Facet, LocationKind, Money, OrderRecord, ShipmentStatus
from orderweave_sdk.testing.comparing import comparable
from orderweave_sql.connector import SqlConnector
from tests.systems.sql.conftest import settings_for
from tests.systems.sql.loading import rows

pytestmark = pytest.mark.systems

ALL = frozenset({Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.ADDRESSES, Facet.PAYMENTS, Facet.FULFILLMENT})
STATUSES = {
    "CREATED": ShipmentStatus.PENDING,
    "SHIPPED": ShipmentStatus.PICKED_UP,
    "IN-TRANSIT": ShipmentStatus.IN_TRANSIT,
    "DELIVERED": ShipmentStatus.DELIVERED,
}


def call() -> Call:
    """Terms generous enough for a slow machine."""
    return Call.within(30)


async def search_all(
    connector: Any,
    *conditions: Condition,
    sort: SearchField = SearchField.PLACED_AT,
    descending: bool = True,
    size: int = 100,
    facets: frozenset[Facet] = frozenset({Facet.HEADER}),
) -> list[OrderRecord]:
    """Every hit of a search, page by page."""
    found: list[OrderRecord] = []
    after: str | None = None
    for _ in range(100):
        search = Search(conditions=conditions, sort=sort, descending=descending, size=size, after=after, facets=facets)
        page = await connector.search_orders(search, call())
        assert page.gaps == ()
        assert page.remaining == ()
        found += [hit.record for hit in page.hits]
        if not page.more:
            return found
        after = page.hits[-1].cursor
    raise AssertionError("the search never ends")


def test_configuration_has_no_problem(url: str) -> None:
    """The file alone is a sound configuration, and says what this database can and cannot give."""
    assert SqlConnector.problems(settings_for(url)) == []
    manifest = manifest_of(SqlConnector, settings_for(url))
    assert manifest.problems() == []
    assert manifest.facets == ALL
    assert manifest.numbers_unique
    assert set(manifest.lookups) == {"id", "number"}
    assert Capability.LIST_CHANGES not in manifest.capabilities


async def test_check_names_the_database(orders: Any, url: str) -> None:
    """Every mapped column is there, also for a user who may only read."""
    said = await orders.check(call())
    assert said.startswith("SQLite 3" if url.startswith("sqlite") else "PostgreSQL 18")
    assert said.endswith("7 sections, every column is there")


@pytest.mark.parametrize("sort", [SearchField.PLACED_AT, SearchField.TOTAL, SearchField.NUMBER])
@pytest.mark.parametrize("descending", [True, False])
async def test_search_pages_through_all_once(orders: Any, folder: Path, sort: SearchField, descending: bool) -> None:
    """Each sort gives all 1,950 orders, each once, in order with ties by id."""
    found = await search_all(orders, sort=sort, descending=descending)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for item in rows(folder, "order_items"):
        totals[item["order_id"]] += Decimal(item["unit_price"]) * int(item["quantity"])
    keys = {
        SearchField.PLACED_AT: lambda row: (row["order_tms"], row["order_id"]),
        SearchField.TOTAL: lambda row: (totals[row["order_id"]], row["order_id"]),
        SearchField.NUMBER: lambda row: (row["order_id"], row["order_id"]),
    }
    expected = sorted(rows(folder, "orders"), key=keys[sort], reverse=descending)
    assert len(expected) == 1950
    assert [record.external_id for record in found] == [row["order_id"] for row in expected]


async def test_lines_and_totals(orders: Any, folder: Path) -> None:
    """Every line of every order, its price and its product, and the orders' totals to the cent."""
    expected: dict[str, list[tuple[str, str, Decimal, Money]]] = defaultdict(list)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for item in rows(folder, "order_items"):
        price, quantity = Decimal(item["unit_price"]), Decimal(item["quantity"])
        expected[item["order_id"]].append((item["line_item_id"], item["product_id"], quantity, Money(price, "USD")))
        totals[item["order_id"]] += price * quantity
    found = await search_all(orders, facets=frozenset({Facet.HEADER, Facet.LINES}))
    assert {
        record.external_id: [
            (line.external_id, line.sku, line.quantity.ordered, line.unit_price) for line in record.lines or ()
        ]
        for record in found
    } == {order: sorted(lines, key=lambda line: int(line[0])) for order, lines in expected.items()}
    assert sum(len(record.lines or ()) for record in found) == 3914
    for record in found:
        assert record.header is not None
        assert record.header.totals is not None
        assert record.header.totals.total == Money(totals[record.external_id], "USD")


async def test_split_shipments(orders: Any, folder: Path) -> None:
    """Each order has the shipments that its lines name, with those lines; 612 orders are split over several."""
    states = {row["shipment_id"]: row for row in rows(folder, "shipments")}
    expected: dict[str, dict[str, set[tuple[str, Decimal]]]] = defaultdict(lambda: defaultdict(set))
    for item in rows(folder, "order_items"):
        if item["shipment_id"]:
            goods = (item["line_item_id"], Decimal(item["quantity"]))
            expected[item["order_id"]][item["shipment_id"]].add(goods)
    found = await search_all(orders, facets=frozenset({Facet.FULFILLMENT}))
    split = 0
    for record in found:
        assert record.fulfillment is not None
        shipments = record.fulfillment.shipments
        told = {s.external_id: {(line.line_id, line.quantity) for line in s.lines} for s in shipments}
        assert told == expected.get(record.external_id, {})
        assert len(told) == len(shipments)
        for shipment in shipments:
            row = states[shipment.external_id]
            assert (shipment.status, shipment.raw_status) == (STATUSES[row["shipment_status"]], row["shipment_status"])
            assert shipment.location is not None
            assert shipment.location.external_id == row["store_id"]
        split += len(shipments) > 1
    assert split == 612


async def test_statuses_on_two_axes(orders: Any) -> None:
    """One column speaks for two axes, each with its own meaning; a word silent on one axis is UNKNOWN there."""
    found = await search_all(orders, facets=frozenset({Facet.HEADER, Facet.PAYMENTS}))
    counted = Counter((word.axis.value, word.raw, word.normalized) for record in found for word in record.statuses)
    assert counted == {
        ("ORDER", "COMPLETE", "COMPLETED"): 1892,
        ("ORDER", "CANCELLED", "CANCELED"): 35,
        ("ORDER", "REFUNDED", "COMPLETED"): 23,
        ("PAYMENT", "COMPLETE", "PAID"): 1892,
        ("PAYMENT", "CANCELLED", "UNKNOWN"): 35,
        ("PAYMENT", "REFUNDED", "REFUNDED"): 23,
    }


async def test_filters(orders: Any, folder: Path) -> None:
    """Filters by status, channel, customer and SKU give what the CSV files hold."""
    given = list(rows(folder, "orders"))
    (roy,) = (row["customer_id"] for row in rows(folder, "customers") if row["full_name"] == "Roy White")
    canceled = {row["order_id"] for row in given if row["order_status"] == "CANCELLED"}
    cases: tuple[tuple[SearchField, Operator, tuple[str, ...], set[str]], ...] = (
        (SearchField.STATUS, Operator.EQ, ("CANCELED",), canceled),
        (SearchField.PAYMENT_STATUS, Operator.NOT_IN, ("PAID", "REFUNDED"), canceled),
        (
            SearchField.CHANNEL,
            Operator.IN,
            ("2", "3", "N/A"),
            {row["order_id"] for row in given if row["store_id"] in ("2", "3")},
        ),
        (
            SearchField.CUSTOMER_EMAIL,
            Operator.EQ,
            ("roy.white@internalmail",),
            {row["order_id"] for row in given if row["customer_id"] == roy},
        ),
        (
            SearchField.SKU,
            Operator.EQ,
            ("33",),
            {item["order_id"] for item in rows(folder, "order_items") if item["product_id"] == "33"},
        ),
    )
    for field, operator, values, expected in cases:
        found = await search_all(orders, Condition(field, operator, values))
        assert expected, field
        assert {record.external_id for record in found} == expected, field


async def test_stock_by_store(orders: Any, folder: Path) -> None:
    """Every level of every product at every store, 566 in all, and the stores that hold them."""
    expected = {
        (row["product_id"], row["store_id"]): Decimal(row["product_inventory"]) for row in rows(folder, "inventory")
    }
    skus = [row["product_id"] for row in rows(folder, "products")]
    stock = await orders.read_stock(skus, None, call())
    assert stock.gaps == ()
    assert len(stock.records) == 566
    assert {(level.sku, level.location.external_id): level.on_hand for level in stock.records} == expected
    assert sum(level.on_hand for level in stock.records) == 3510
    here = await orders.read_stock(skus, ["6"], call())
    assert {level.sku for level in here.records} == {product for product, store in expected if store == "6"}


async def test_stores_and_products(orders: Any) -> None:
    """23 places, one of them on the web, with their addresses line by line; products by SKU."""
    places = {place.external_id: place for place in (await orders.list_locations(call())).records}
    assert Counter(place.kind for place in places.values()) == {LocationKind.STORE: 22, LocationKind.VIRTUAL: 1}
    assert places["6"].address is not None
    assert places["6"].address.lines == ("One South Place", "London", "EC2M 2RB")
    products = await orders.find_products(["1", "46", "47", "x"], call())
    titles = {product.sku: product.title for product in products.records}
    assert set(titles) == {"1", "46"}
    assert titles["1"] == "Boy's Shirt (White)"


async def test_find_by_number(orders: Any) -> None:
    """Numbers find their orders; what is no number in an integer column finds nothing and harms nothing."""
    odd = ["N/A", "", "1 OR 1=1", "99999999999999999999", "2.0", "'; DROP TABLE orders; --"]
    found = await orders.find_orders(keys_of("number", ["8", "859", *odd]), frozenset({Facet.FULFILLMENT}), call())
    assert sorted(record.external_id for record in found.records) == ["8", "859"]
    shared = [{s.external_id for s in record.fulfillment.shipments} for record in found.records]
    assert "10" in shared[0] & shared[1], "shipment 10 holds lines of both orders"


async def test_both_databases_answer_alike(sqlite_url: str, postgresql_url: str) -> None:
    """The same records, facet by facet, from SQLite and from PostgreSQL, down to the digits of an amount."""
    told = []
    for url in (sqlite_url, postgresql_url):
        connecting = Connecting(SqlConnector, settings_for(url))
        try:
            found = await search_all(connecting.connector, facets=ALL)
            told.append((found, [comparable(record) for record in found]))
        finally:
            await connecting.close()
    assert told[0][1] == told[1][1]
    assert [str(record.header and record.header.totals) for record in told[0][0]] == [
        str(record.header and record.header.totals) for record in told[1][0]
    ]
