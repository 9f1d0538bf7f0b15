"""Products of several parts, part shipments, backorders and returns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orderweave_adobe_commerce.connector import AdobeCommerceConnector
from orderweave_adobe_commerce.simulator import AdobeCommerceSimulator
from orderweave_sdk.capabilities import Skus
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import (
    Axis,
    Carrier,
    GoodsLine,
    OrderRecord,
    Package,
    Place,
    Progress,
    ReturnLine,
    ReturnStatus,
    ShipmentStatus,
)

from .wire_orders import item, record, wire, word

CONFIGURABLE = [
    item(1, "SHIRT-M", 2, product_type="configurable", base_price=20, base_row_total=40, base_discount_amount=4),
    item(2, "SHIRT-M", 2, parent_item_id=1, base_price=0, base_row_total=0),
]


def bundle(*, together: int = 0, apart: tuple[int, int] = (0, 0)) -> list[dict[str, Any]]:
    """A set of two cups and a pot, shipped as one or piece by piece."""
    return [
        item(1, "SET-CUP-POT", 1, product_type="bundle", qty_shipped=together),
        item(2, "CUP", 2, parent_item_id=1, qty_shipped=apart[0]),
        item(3, "POT", 1, parent_item_id=1, qty_shipped=apart[1]),
    ]


def lines_of(found: OrderRecord) -> list[tuple[str, str | None, str | None]]:
    """Each line's id, SKU and parent."""
    return [(line.external_id, line.sku, line.parent_line_id) for line in found.lines or ()]


def test_the_parts_of_a_configurable_product_are_no_lines() -> None:
    """The chosen variant is said twice; it is one line, and what is shipped of either is shipped of it."""
    shipment = {"entity_id": 5, "items": [{"order_item_id": 2, "qty": 1, "sku": "SHIRT-M"}]}
    found = record(wire(items=CONFIGURABLE), shipments=[shipment])
    assert lines_of(found) == [("1", "SHIRT-M", None)]
    (line,) = found.lines or ()
    assert line.unit_price is not None
    assert line.total is not None
    assert (line.unit_price.amount, line.total.amount) == (Decimal(20), Decimal(36))
    assert [discount.amount and discount.amount.amount for discount in line.discounts] == [Decimal(4)]
    assert found.fulfillment is not None
    assert found.fulfillment.shipments[0].lines == (GoodsLine(quantity=Decimal(1), sku="SHIRT-M", line_id="1"),)


def test_the_parts_of_a_bundle_are_lines_under_it() -> None:
    """A set is a line, and so are its pieces, which name it."""
    assert lines_of(record(wire(items=bundle()))) == [
        ("1", "SET-CUP-POT", None),
        ("2", "CUP", "1"),
        ("3", "POT", "1"),
    ]


def test_a_part_without_its_whole_is_a_line() -> None:
    """An item whose parent is not there stands for itself."""
    assert lines_of(record(wire(items=[item(2, "CUP", parent_item_id=1)]))) == [("2", "CUP", None)]


@pytest.mark.parametrize(
    ("items", "changed", "expected"),
    [
        ([item(1, "A")], {}, "UNFULFILLED"),
        ([item(1, "A", 2, qty_shipped=1)], {}, "PARTIALLY_FULFILLED"),
        ([item(1, "A", 2, qty_shipped=2)], {}, "FULFILLED"),
        ([item(1, "A", 2, qty_shipped=1, qty_canceled=1)], {}, "FULFILLED"),
        ([item(1, "A", 2, qty_shipped=1, qty_refunded=2)], {}, "FULFILLED"),
        ([item(1, "A", 2, qty_refunded=2)], {}, "CANCELED"),
        ([item(1, "A", 2, qty_shipped=2), item(2, "B")], {}, "PARTIALLY_FULFILLED"),
        ([item(1, "A", 2, qty_shipped=2), item(2, "GIFT", is_virtual=1)], {}, "FULFILLED"),
        ([item(1, "GIFT", is_virtual=1)], {}, "NOT_REQUIRED"),
        ([item(1, "GIFT")], {"is_virtual": 1}, "NOT_REQUIRED"),
        ([item(1, "A", 2, qty_shipped=2)], {"state": "complete"}, "FULFILLED"),
        ([item(1, "A")], {"state": "holded"}, "ON_HOLD"),
        ([item(1, "A")], {"state": "canceled"}, "CANCELED"),
        ([{**CONFIGURABLE[0], "qty_shipped": 2}, CONFIGURABLE[1]], {}, "FULFILLED"),
        (bundle(), {}, "UNFULFILLED"),
        (bundle(together=1), {}, "FULFILLED"),
        (bundle(apart=(2, 0)), {}, "PARTIALLY_FULFILLED"),
        (bundle(apart=(2, 1)), {}, "FULFILLED"),
    ],
)
def test_fulfillment_words(items: list[dict[str, Any]], changed: dict[str, Any], expected: str) -> None:
    """By quantities, wherever the shop counts them: complete is not shipped, and what is virtual does not travel."""
    assert (word(record(wire(items=items, **changed)), Axis.FULFILLMENT) or ("", ""))[1] == expected


def test_part_shipments_and_tracks() -> None:
    """Two shipments with three parcels; a carrier that the shop does not know has a name and no code."""
    shipments = [
        {
            "entity_id": 5,
            "increment_id": "S-5",
            "created_at": "2026-03-02 08:00:00",
            "items": [{"order_item_id": 1, "qty": 1, "sku": "TEA"}],
            "tracks": [
                {"entity_id": 8, "track_number": "1Z", "carrier_code": "ups", "title": "UPS"},
                {"entity_id": 9, "track_number": "77", "carrier_code": "custom", "title": "Bike courier"},
            ],
            "extension_attributes": {"source_code": "east"},
        },
        {"entity_id": 6, "items": [{"order_item_id": 99, "qty": 0.5, "sku": "OLD"}], "tracks": [{"track_number": "3"}]},
    ]
    found = record(wire(), shipments=shipments).fulfillment
    assert found is not None
    first, second = found.shipments
    assert (first.external_id, first.number, first.status) == ("5", "S-5", ShipmentStatus.UNKNOWN)
    assert first.location == Place(external_id="east")
    assert first.packages == (
        Package(external_id="8", carrier=Carrier(code="ups", name="UPS"), tracking_number="1Z"),
        Package(external_id="9", carrier=Carrier(name="Bike courier"), tracking_number="77"),
    )
    assert (second.location, second.shipped_at) == (None, None)
    assert second.lines == (GoodsLine(quantity=Decimal("0.5"), sku="OLD", line_id="99"),)
    assert second.packages == (Package(tracking_number="3"),)


def test_backorders() -> None:
    """What waits for stock is progress of its line."""
    found = record(wire(items=[item(1, "TEA", qty_backordered=1), item(2, "POT", qty_backordered=0)])).fulfillment
    assert found is not None
    assert found.progress == (Progress(sku="TEA", line_id="1", backordered=Decimal(1)),)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], None),
        (["pending"], ("pending", "REQUESTED")),
        (["pending", "processed_closed"], ("pending", "REQUESTED")),
        (["authorized", "received_on_item"], ("received_on_item", "PARTIALLY_RECEIVED")),
        (["denied", "closed"], ("closed", "CLOSED")),
        (["lost_in_space"], ("lost_in_space", "UNKNOWN")),
    ],
)
def test_return_words(statuses: list[str], expected: tuple[str, str] | None) -> None:
    """The newest return that goes on speaks, else the newest; no return, no word."""
    rmas = [{"entity_id": n, "status": status} for n, status in enumerate(statuses, start=1)]
    assert word(record(wire(), rmas=rmas), Axis.RETURN) == expected


def test_a_return() -> None:
    """Its lines are the order's, and the reason is the vendor's own word for it."""
    rma = {
        "entity_id": 3,
        "increment_id": "R-3",
        "status": "received",
        "items": [{"order_item_id": 2, "qty_requested": 1, "reason": "7"}],
    }
    (found,) = record(wire(items=CONFIGURABLE), rmas=[rma]).returns or ()
    assert (found.external_id, found.number, found.status) == ("3", "R-3", ReturnStatus.RECEIVED)
    assert found.raw_status == "received"
    assert found.lines == (ReturnLine(sku="SHIRT-M", line_id="1", quantity=Decimal(1), reason="7"),)


def test_a_return_with_a_status_that_nobody_mapped() -> None:
    """It is UNKNOWN beside the word."""
    (found,) = record(wire(), rmas=[{"entity_id": 3, "status": "lost_in_space"}]).returns or ()
    assert (found.status, found.raw_status) == (ReturnStatus.UNKNOWN, "lost_in_space")


async def test_what_a_website_sells(shop: AdobeCommerceSimulator) -> None:
    """Available is told where a SKU lies at one source alone; what is out of stock has none, whatever lies there."""
    path = "inventory/export-stock-salable-qty/website/base"
    shop.put(
        "inventory/source-items",
        [
            {"sku": "ALONE", "source_code": "east", "quantity": 10, "status": 1},
            {"sku": "SPREAD", "source_code": "east", "quantity": 10, "status": 1},
            {"sku": "SPREAD", "source_code": "west", "quantity": 5, "status": 0},
            {"sku": "CLOSED", "source_code": "east", "quantity": 3, "status": 1},
        ],
    )
    shop.put(
        path,
        [
            {"sku": "alone", "qty": 7.5, "is_salable": True},
            {"sku": "SPREAD", "qty": 12, "is_salable": True},
            {"sku": "CLOSED", "qty": 3, "is_salable": False},
        ],
    )
    connecting = Connecting(AdobeCommerceConnector, {**shop.settings(), "website": "base"})
    connector, call = connecting.connector, Call.within(10)
    assert isinstance(connector, AdobeCommerceConnector)
    assert await connector.check(call) == "orders readable, and all that belongs to them"
    shop.calls.clear()
    found = await connector.read_stock(["ALONE", "SPREAD", "CLOSED"], None, call)
    told = {(level.sku, level.location.external_id): (level.on_hand, level.available) for level in found.records}
    assert told == {
        ("ALONE", "east"): (Decimal(10), Decimal("7.5")),
        ("SPREAD", "east"): (Decimal(10), None),
        ("SPREAD", "west"): (Decimal(5), Decimal(0)),
        ("CLOSED", "east"): (Decimal(3), Decimal(0)),
    }
    assert [call.operation for call in shop.calls] == ["inventory/source-items", path]
    at_east = await connector.read_stock(["SPREAD"], ["east"], call)
    assert [(level.location.external_id, level.available) for level in at_east.records] == [("east", None)]
    await connecting.close()


def at(sku: Any, source: str) -> dict[str, Any]:
    """A source item."""
    return {"sku": sku, "source_code": source, "quantity": 1, "status": 1}


async def listed(connector: AdobeCommerceConnector) -> list[Skus]:
    """All pages of the SKUs."""
    pages = [await connector.list_skus(None, Call.within(10))]
    while pages[-1].after is not None:
        pages.append(await connector.list_skus(pages[-1].after, Call.within(10)))
    return pages


async def test_skus_at_several_sources_come_once(shop: AdobeCommerceSimulator) -> None:
    """Pages go on by SKU in the database's order, which knows no case, though one fills more than a page."""
    shop.most_items = 2
    sources = ("east", "north", "west")
    shop.put(
        "inventory/source-items",
        [at(sku, source) for sku in ("b", "A,1", "C") for source in sources] + [at("D&E", "east")],
    )
    connecting = Connecting(AdobeCommerceConnector, {**shop.settings(), "page_size": 2})
    connector = connecting.connector
    assert isinstance(connector, AdobeCommerceConnector)
    assert [page.skus for page in await listed(connector)] == [("A,1",), ("b",), ("C",), ("D&E",)]
    assert len(shop.calls) == 4
    await connecting.close()


async def test_a_source_item_without_a_sku_is_a_gap(
    connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator
) -> None:
    """It hides none of its page; a page of nothing else, with more to come, is no answer."""
    shop.put("inventory/source-items", [at("B", "east"), at(None, "east"), at("A", "east")])
    (page,) = await listed(connector)
    assert (page.skus, len(page.gaps)) == (("A", "B"), 1)
    shop.put("inventory/source-items", [at(None, f"source-{n}") for n in range(301)])
    with pytest.raises(BadPayload, match="not one of a page could be read"):
        await listed(connector)
