"""What ShipHero's payloads mean, case by case."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave_sdk.records import (
    Address,
    Axis,
    Carrier,
    Channel,
    Facet,
    GoodsLine,
    Header,
    Hold,
    HoldReason,
    Key,
    LocationKind,
    Money,
    OrderRecord,
    Package,
    Place,
    Progress,
    Quantities,
    Shipment,
    ShipmentStatus,
    StatusWord,
    Totals,
    TrackingEvent,
)
from orderweave_shiphero.manifest import FACETS
from orderweave_shiphero.mapping import order_record
from orderweave_shiphero.payloads import OrderPayload, ProductPayload, WarehousePayload, WarehouseProductPayload
from orderweave_shiphero.stock import location_record, product_record, stock_record
from orderweave_shiphero.times import in_utc, on_wire


def connection(*nodes: dict[str, Any]) -> dict[str, Any]:
    """A whole connection in the vendor's form."""
    return {"pageInfo": {"hasNextPage": False, "endCursor": None}, "edges": [{"node": node} for node in nodes]}


def line(**fields: Any) -> dict[str, Any]:
    """A line that waits to be shipped."""
    made = {
        "id": "L1",
        "sku": "TEA",
        "quantity": 3,
        "quantity_pending_fulfillment": 3,
        "quantity_shipped": 0,
        "fulfillment_status": "pending",
    }
    return made | fields


def record(facets: frozenset[Facet] = FACETS, **fields: Any) -> OrderRecord:
    """The record of an order whose payload holds these fields."""
    payload = msgspec.json.decode(msgspec.json.encode({"id": "T3JkZXI6Nw==", **fields}), type=OrderPayload)
    return order_record(payload, facets)


def test_names() -> None:
    """Its ids are its own keys; both numbers are other systems', raw, and never a number of its own."""
    found = record(legacy_id=7, order_number="#1001 ", partner_order_id="450789469", facets=frozenset({Facet.HEADER}))
    assert found.keys == (Key("id", "T3JkZXI6Nw=="), Key("legacy_id", "7"))
    assert found.references == (Key("order_number", "#1001 "), Key("partner_order_id", "450789469"))
    assert found.header is not None
    assert found.header.number is None


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_empty_references_are_left_out(empty: str | None) -> None:
    """A field of nothing but blanks is no reference; an odd one is passed on for the gateway to judge."""
    assert record(order_number=empty, partner_order_id="N/A").references == (Key("partner_order_id", "N/A"),)


def test_header() -> None:
    """Money from text in the order's currency, the time in UTC, the shop as the channel."""
    found = record(
        frozenset({Facet.HEADER}),
        fulfillment_status="pending",
        order_date="2026-03-01T08:30:00",
        shop_name="tea.example.com",
        source="api",
        currency="EUR",
        subtotal="25",
        total_tax="0",
        total_discounts="1.50",
        total_price="28.40",
        shipping_lines={"price": "4.90"},
    )
    assert found.header == Header(
        channel=Channel(code="tea.example.com", name="tea.example.com"),
        origin="api",
        placed_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
        currency="EUR",
        totals=Totals(
            subtotal=Money(Decimal(25), "EUR"),
            discount=Money(Decimal("1.50"), "EUR"),
            shipping=Money(Decimal("4.90"), "EUR"),
            tax=Money(Decimal(0), "EUR"),
            total=Money(Decimal("28.40"), "EUR"),
        ),
    )
    assert found.statuses == (StatusWord(Axis.ORDER, "pending", "OPEN", "2022-04"),)


def test_amounts_without_a_currency_are_not_money() -> None:
    """An order that names no currency has no totals and no prices: which money it was is not guessed."""
    found = record(currency=None, total_price="25", line_items=connection(line(price="9.90")))
    assert found.header is not None
    assert found.header.totals is None
    assert found.lines is not None
    assert found.lines[0].unit_price is None


@pytest.mark.parametrize("amount", ["1,234.00", "NaN", "free"])
def test_an_amount_that_is_no_number(amount: str) -> None:
    """It is refused, and the message does not quote it."""
    with pytest.raises(ValueError, match=r"^an amount is not a decimal number$"):
        record(currency="USD", total_price=amount)


@pytest.mark.parametrize(
    ("raw", "order", "fulfillment"),
    [
        ("pending", "OPEN", "UNFULFILLED"),
        ("default", "OPEN", "UNFULFILLED"),
        ("unfulfilled", "OPEN", "UNFULFILLED"),
        ("fulfilled", "OPEN", "FULFILLED"),
        ("canceled", "CANCELED", "CANCELED"),
        ("Rush desk", "UNKNOWN", "UNKNOWN"),
    ],
)
def test_status_words(raw: str, order: str, fulfillment: str) -> None:
    """One word for two axes; a word of the shop's own reads as unknown and is kept."""
    words = {word.axis: (word.raw, word.normalized) for word in record(fulfillment_status=raw).statuses}
    assert words == {Axis.ORDER: (raw, order), Axis.FULFILLMENT: (raw, fulfillment)}


def test_part_shipment_shows_in_the_quantities() -> None:
    """ShipHero has no word for half-way: an open order with some shipped and some waiting is partly fulfilled."""
    shipped = line(id="L2", quantity_shipped=3, quantity_pending_fulfillment=0)
    found = record(fulfillment_status="pending", line_items=connection(line(), shipped))
    assert StatusWord(Axis.FULFILLMENT, "pending", "PARTIALLY_FULFILLED", "2022-04") in found.statuses
    custom = record(fulfillment_status="Rush desk", line_items=connection(line(), shipped))
    assert StatusWord(Axis.FULFILLMENT, "Rush desk", "UNKNOWN", "2022-04") in custom.statuses


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (3, 0, 3)),
        ({"quantity_pending_fulfillment": 1}, (3, 2, 1)),
        ({"quantity_shipped": 1, "quantity_pending_fulfillment": 0, "fulfillment_status": "canceled"}, (3, 2, 1)),
        ({"quantity_shipped": 3, "quantity_pending_fulfillment": 0, "fulfillment_status": "fulfilled"}, (3, 0, 3)),
        ({"quantity_pending_fulfillment": 0, "fulfillment_status": "fulfilled"}, (3, None, None)),
        ({"quantity_shipped": 4, "quantity_pending_fulfillment": 0}, (3, None, None)),
        ({"quantity_shipped": None}, (3, None, None)),
    ],
)
def test_canceled_is_what_is_neither_shipped_nor_waiting(
    fields: dict[str, Any], expected: tuple[int, int | None, int | None]
) -> None:
    """Except where a line was marked as fulfilled without a shipment, or the counts contradict each other."""
    (found,) = record(line_items=connection(line(**fields))).lines or ()
    ordered, canceled, current = (None if value is None else Decimal(value) for value in expected)
    assert found.quantity == Quantities(ordered=ordered, canceled=canceled, current=current)


def test_addresses() -> None:
    """Names are joined, codes preferred to names, and an address of empty fields is none."""
    found = record(
        shipping_address={
            "first_name": "Robin",
            "last_name": "Sample",
            "address1": "1 Market Street",
            "address2": "",
            "city": "Portland",
            "state": "Maine",
            "state_code": "ME",
            "zip": "04101",
            "country": "us",
            "country_code": None,
        },
        billing_address={"first_name": "", "address1": "", "country": "United States"},
    )
    assert found.addresses is not None
    assert found.addresses.billing is None
    assert found.addresses.shipping == Address(
        name="Robin Sample",
        lines=("1 Market Street",),
        city="Portland",
        region="ME",
        postal_code="04101",
        country_code="US",
    )


def shipment(**fields: Any) -> dict[str, Any]:
    """A shipment of two of line L1 in one labeled package."""
    label = {
        "id": "P1",
        "status": "valid",
        "tracking_number": "1Z1",
        "carrier": "UPS",
        "created_date": "2026-03-02T09:00:00",
    }
    return {
        "id": "S1",
        "warehouse_id": "W1",
        "warehouse": {"id": "W1", "identifier": "Primary"},
        "created_date": "2026-03-02T09:00:00",
        "shipping_labels": [label | fields.pop("label", {})],
        "line_items": connection({"line_item_id": "L1", "quantity": 2}),
        **fields,
    }


def test_shipment() -> None:
    """Goods by line and SKU, the warehouse, and one package a label, with the making of the label as its event."""
    left = datetime(2026, 3, 2, 9, tzinfo=UTC)
    found = record(
        line_items=connection(line(quantity_allocated=1, backorder_quantity=0)), shipments=[shipment()]
    ).fulfillment
    assert found is not None
    assert found.progress == (Progress(sku="TEA", line_id="L1", allocated=Decimal(1), backordered=Decimal(0)),)
    assert found.shipments == (
        Shipment(
            external_id="S1",
            status=ShipmentStatus.LABEL_CREATED,
            location=Place(external_id="W1", name="Primary", kind=LocationKind.WAREHOUSE),
            shipped_at=left,
            lines=(GoodsLine(quantity=Decimal(2), sku="TEA", line_id="L1"),),
            packages=(
                Package(
                    external_id="P1",
                    carrier=Carrier(code="ups", name="UPS"),
                    tracking_number="1Z1",
                    status=ShipmentStatus.LABEL_CREATED,
                    raw_status="valid",
                    events=(TrackingEvent(occurred_at=left, status=ShipmentStatus.LABEL_CREATED),),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("fields", "shipment_status", "package_status"),
    [
        ({"picked_up": True, "label": {"picked_up": True}}, "PICKED_UP", "PICKED_UP"),
        ({"delivered": True, "label": {"delivered": True, "picked_up": True}}, "DELIVERED", "DELIVERED"),
        ({"label": {"refunded": True}}, "CANCELED", "CANCELED"),
        ({"label": {"status": "on the moon"}}, "LABEL_CREATED", "UNKNOWN"),
    ],
)
def test_shipment_flags(fields: dict[str, Any], shipment_status: str, package_status: str) -> None:
    """The flags decide; an unheard-of label word reads as unknown and is kept."""
    found = record(shipments=[shipment(**fields)]).fulfillment
    assert found is not None
    (sent,) = found.shipments
    assert (sent.status, sent.packages[0].status) == (shipment_status, package_status)
    assert sent.packages[0].raw_status == fields["label"].get("status", "valid")


def test_a_shipment_that_still_waits_has_not_left() -> None:
    """`completed: false` means labels in the house: no time of leaving is claimed."""
    found = record(shipments=[shipment(completed=False)]).fulfillment
    assert found is not None
    assert found.shipments[0].shipped_at is None


def test_a_package_without_number_or_carrier() -> None:
    """Empty text is nothing."""
    found = record(shipments=[shipment(label={"tracking_number": "", "carrier": None})]).fulfillment
    assert found is not None
    (package,) = found.shipments[0].packages
    assert (package.tracking_number, package.carrier) == (None, None)


def test_holds() -> None:
    """Each flag that is up, and a hold until a date as one that ends by itself."""
    found = record(
        holds={"fraud_hold": True, "payment_hold": True, "address_hold": False, "operator_hold": True},
        hold_until_date="2026-04-01T00:00:00",
    )
    assert found.holds == (
        Hold(reason=HoldReason.FRAUD_RISK, raw="fraud_hold"),
        Hold(reason=HoldReason.AWAITING_PAYMENT, raw="payment_hold"),
        Hold(reason=HoldReason.MANUAL_REVIEW, raw="operator_hold"),
        Hold(reason=HoldReason.OTHER, raw="hold_until_date", released_at=datetime(2026, 4, 1, tzinfo=UTC)),
    )


def test_times() -> None:
    """Without a zone they are UTC, with an offset they are read by it, and only instants are sent."""
    assert in_utc(datetime.fromisoformat("2026-03-01T08:00:00")) == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert in_utc(datetime.fromisoformat("2026-03-01T08:00:00-05:00")) == datetime(2026, 3, 1, 13, tzinfo=UTC)
    assert on_wire(datetime.fromisoformat("2026-03-01T08:00:00.9-05:00")) == "2026-03-01T13:00:00"
    with pytest.raises(ValueError, match="without a zone"):
        on_wire(datetime.fromisoformat("2026-03-01T08:00:00"))


@pytest.mark.parametrize("text", ["03/01/2026 8:00", "yesterday", 1772352000])
def test_a_time_in_another_form_is_refused(text: str | int) -> None:
    """A time that is not ISO 8601 fails the record; it is never half-read."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode({"id": "O", "order_date": text}), type=OrderPayload)


def test_stock_products_and_warehouses() -> None:
    """Allocated is committed; a warehouse is known by its identifier, and its country only by a code."""
    level = stock_record(
        WarehouseProductPayload(
            id="WP1", sku="TEA", warehouse_id="W1", on_hand=9, allocated=2, available=6, reserve_inventory=1
        )
    )
    assert (level.on_hand, level.committed) == (Decimal(9), Decimal(2))
    assert (level.available, level.reserved) == (Decimal(6), Decimal(1))
    assert level.location == Place(external_id="W1", kind=LocationKind.WAREHOUSE)
    product = product_record(ProductPayload(id="P", sku="TEA", name="Tea", active=False))
    assert (product.title, product.active) == ("Tea", False)
    wire = {"id": "W1", "identifier": "Primary", "address": {"city": "Portland", "country": "United States"}}
    place = location_record(msgspec.convert(wire, WarehousePayload))
    assert (place.name, place.address) == ("Primary", Address(city="Portland"))
