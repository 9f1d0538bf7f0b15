"""From Fluent's words to ours: exact values, and every documented word."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave_fluent_commerce.manifest import MANIFEST
from orderweave_fluent_commerce.mapping import order_record
from orderweave_fluent_commerce.payloads import OrderPayload
from orderweave_fluent_commerce.statuses import STATUSES
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import (
    Address,
    Axis,
    Carrier,
    Channel,
    DeliveryMethod,
    Facet,
    FulfillmentOrderStatus,
    GoodsLine,
    Key,
    Money,
    OrderRecord,
    PaymentStatus,
    Person,
    Place,
    Quantities,
    ShipmentStatus,
    TrackingEvent,
    TransactionKind,
    TransactionStatus,
)
from orderweave_sdk.testing.contracts import contract_file

NOON = "2026-03-01T12:00:00.000Z"
AT_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def page(*nodes: dict[str, Any]) -> dict[str, Any]:
    """A list of these entries."""
    return {"edges": [{"node": node} for node in nodes], "pageInfo": {"hasNextPage": False}}


def read(facets: frozenset[Facet] = MANIFEST.facets, named: tuple[str, ...] = (), **fields: Any) -> OrderRecord:
    """The record of an order with these fields."""
    payload = decode(json.dumps({"id": "1", **fields}).encode(), OrderPayload, what="order")
    return order_record(payload, facets, named)


def item(n: int, quantity: int, **fields: Any) -> dict[str, Any]:
    """Item n of an order."""
    return {"id": f"i{n}", "quantity": quantity, "product": {"ref": f"SKU-{n}", "name": f"Thing {n}"}, **fields}


def fulfilment(status: str, *filled: tuple[int, int], articles: Any = None, **fields: Any) -> dict[str, Any]:
    """A fulfilment that asked for and filled so many of these items."""
    items = [{"requestedQuantity": count, "filledQuantity": count, "orderItem": {"id": f"i{n}"}} for n, count in filled]
    return {"id": "f1", "status": status, "items": page(*items), "articles": articles, **fields}


def article(status: str, booking: str | None = None, **fields: Any) -> dict[str, Any]:
    """A parcel, booked with a carrier or not."""
    consignment = {
        "status": booking,
        "consignmentReference": "C1",
        "trackingLabel": "T1",
        "createdOn": NOON,
        "carrier": {"ref": "UPS", "name": "UPS Ground"},
    }
    booked = page({"consignment": consignment}) if booking else page()
    return {"id": "a1", "status": status, "consignmentArticles": booked, "items": page(), **fields}


def word(record: OrderRecord, axis: Axis) -> str:
    """What the record says of one axis."""
    (found,) = (each.normalized for each in record.statuses if each.axis is axis)
    return found


def test_an_order_of_nothing() -> None:
    """Almost all of Fluent's fields may be null; such an order is an order, and every facet stands."""
    empty: dict[str, Any] = dict.fromkeys(
        ("ref", "status", "createdOn", "retailer", "items", "customer", "fulfilments")
    )
    record = read(MANIFEST.facets, (), **empty)
    assert record.keys == (Key("id", "1"),)
    assert (record.references, record.statuses, record.lines) == ((), (), ())
    assert record.delivered() == MANIFEST.facets - {Facet.TRACKING}


def test_references_as_they_stand() -> None:
    """The order's, its fulfilments' and the named attributes'; blanks are none, and whole numbers are texts."""
    attributes = [{"name": "erp", "value": 7}, {"name": "crm", "value": {"id": 1}}, {"name": "flag", "value": True}]
    record = read(
        frozenset(),
        ("erp", "crm", "flag", "absent"),
        ref=" 1001 ",
        attributes=attributes,
        fulfilments=page({"id": "f1", "ref": "F1"}, {"id": "f2", "ref": " "}, {"id": "f3", "ref": "F1"}),
    )
    assert record.references == (Key("ref", " 1001 "), Key("fulfilment_ref", "F1"), Key("erp", "7"))


def test_the_orders_own_facts() -> None:
    """The retailer is the channel; the currency is the delivery's, else the first item's; no sums are made up."""
    retailer = {"id": "5", "ref": "MAIN", "tradingName": "Main & Sons"}
    record = read(
        createdOn=NOON,
        updatedOn="2026-03-01T13:00:00+01:00",
        retailer=retailer,
        fulfilmentChoice={"currency": None},
        priced=page({"id": "i1", "currency": "AUD"}),
    )
    assert record.header is not None
    assert record.header.channel == Channel(code="MAIN", name="Main & Sons")
    assert (record.header.placed_at, record.updated_at) == (AT_NOON, AT_NOON)
    assert (record.header.currency, record.header.totals) == ("AUD", None)
    chosen = read(fulfilmentChoice={"currency": "USD"}, priced=page({"id": "i1", "currency": "AUD"})).header
    assert chosen is not None
    assert chosen.currency == "USD"


@pytest.mark.parametrize("moment", [NOON, "2026-03-01T12:00:00", "2026-03-01T22:00:00.000+10:00"])
def test_a_time_without_a_zone_is_in_utc(moment: str) -> None:
    """Fluent says so; one with an offset is read by it."""
    record = read(createdOn=moment)
    assert record.header is not None
    assert record.header.placed_at == AT_NOON


@pytest.mark.parametrize("moment", ["soon", "2026-02-30T00:00:00Z", 1772366400000])
def test_a_time_that_is_none(moment: Any) -> None:
    """It is an order that cannot be read, and no half of a moment."""
    with pytest.raises(BadPayload, match=r"createdOn"):
        read(createdOn=moment)


def test_lines() -> None:
    """What is ordered now is all that is known; a price without a currency is no money."""
    record = read(items=page(item(1, 3, price=9.9, currency="USD"), item(2, 1, price=5)))
    first, second = record.lines or ()
    assert (first.sku, first.title, first.unit_price) == ("SKU-1", "Thing 1", Money(Decimal("9.9"), "USD"))
    assert first.quantity == Quantities(ordered=Decimal(3), canceled=Decimal(0), current=Decimal(3))
    assert (second.unit_price, second.total) == (None, None)


def test_people_and_addresses() -> None:
    """The delivery's telephone number belongs to where it goes; a country's name is no code."""
    record = read(
        customer={"id": "c1", "firstName": "Robin", "lastName": "Sample", "primaryEmail": "robin@example.com"},
        billingAddress={"name": "Robin Sample", "street": "1 Long Quay", "country": "Australia"},
        fulfilmentChoice={
            "deliveryContact": "+1 555",
            "deliveryAddress": {"street": "2 Long Quay", "street2": "Floor 2", "state": "ME", "country": "us"},
        },
    )
    assert record.customer is not None
    assert record.customer.person == Person(external_id="c1", name="Robin Sample", email="robin@example.com")
    assert record.addresses is not None
    assert record.addresses.billing == Address(name="Robin Sample", lines=("1 Long Quay",))
    assert record.addresses.shipping == Address(
        lines=("2 Long Quay", "Floor 2"), region="ME", country_code="US", phone="+1 555"
    )


def test_payments_and_refunds() -> None:
    """Each payment by how it ended, with its exact amount where that is given; money given back is a refund."""
    made: list[tuple[str, str, dict[str, Any]]] = [
        ("PAYMENT", "COMPLETE", {"total": 10.1, "unscaledValue": 1010, "scale": 2}),
        ("PAYMENT", "CREATED", {"total": 4.5}),
        ("PAYMENT", "FAILED", {"total": 1}),
        ("GIFT", "PLEDGED", {"total": 2}),
        ("REFUND", "CREATED", {"total": 3.25}),
    ]
    transactions = (
        {"id": f"t{n}", "type": kind, "status": status, "currency": "USD", "createdOn": NOON, **amount}
        for n, (kind, status, amount) in enumerate(made)
    )
    record = read(financialTransactions=page(*transactions))
    assert record.payments is not None
    told = [(each.external_id, each.status, each.captured) for each in record.payments.payments]
    assert told == [
        ("t0", PaymentStatus.PAID, Money(Decimal("10.10"), "USD")),
        ("t1", PaymentStatus.PENDING, None),
        ("t2", PaymentStatus.FAILED, None),
        ("t3", PaymentStatus.UNKNOWN, None),
    ]
    assert record.payments.payments[1].transactions[0].status is TransactionStatus.PENDING
    assert [each.raw_status for each in record.payments.payments] == [None] * 4  # of what was made of the transaction
    (gift,) = record.payments.payments[3].transactions
    assert (gift.kind, gift.raw_kind) == (TransactionKind.UNKNOWN, "GIFT")
    assert (gift.status, gift.raw_status) == (TransactionStatus.UNKNOWN, "PLEDGED")
    (refund,) = record.payments.refunds
    assert (refund.external_id, refund.amount, refund.created_at) == ("t4", Money(Decimal("3.25"), "USD"), AT_NOON)


@given(st.integers(0, 10**9), st.integers(0, 4))
def test_amounts_are_exact(unscaled: int, scale: int) -> None:
    """Whatever the float beside it says, the unscaled value and its scale are the amount."""
    transaction = {"id": "t", "type": "PAYMENT", "status": "COMPLETE", "currency": "USD", "total": 0.1}
    record = read(financialTransactions=page({**transaction, "unscaledValue": unscaled, "scale": scale}))
    assert record.payments is not None
    assert record.payments.payments[0].captured == Money(Decimal(unscaled) / 10**scale, "USD")


@pytest.mark.parametrize(
    ("status", "done", "expected"),
    [
        ("BOOKED", (), "UNFULFILLED"),
        ("BOOKED", ((1, 2),), "PARTIALLY_FULFILLED"),
        ("PICK_PACK", ((1, 2), (2, 1)), "FULFILLED"),
        ("ESCALATED", ((2, 1),), "PARTIALLY_FULFILLED"),
        ("COMPLETE", ((1, 2),), "FULFILLED"),
        ("CANCELLED", ((1, 2),), "CANCELED"),
        ("ON_THE_MOON", (), "UNKNOWN"),
        ("ON_THE_MOON", ((1, 2), (2, 1)), "FULFILLED"),
    ],
)
def test_quantities_come_before_words(status: str, done: tuple[tuple[int, int], ...], expected: str) -> None:
    """Of two items, two and one: what complete fulfilments filled says how far an order is that is not at its end."""
    record = read(
        status=status,
        items=page(item(1, 2), item(2, 1)),
        fulfilments=page(fulfilment("COMPLETE", *done), fulfilment("FULFILLED", (1, 2), (2, 1))),
    )
    assert word(record, Axis.FULFILLMENT) == expected
    assert next(each.raw for each in record.statuses if each.axis is Axis.FULFILLMENT) == status


@pytest.mark.parametrize("raw", sorted(STATUSES.words[Axis.FULFILLMENT_ORDER]))
def test_the_plan_of_a_place(raw: str) -> None:
    """Every documented word of a fulfilment is a plan's; without a parcel nothing was sent."""
    record = read(
        items=page(item(1, 2)),
        fulfilments=page(
            fulfilment(
                raw,
                (1, 2),
                type="CC_PFS",
                expiryTime=NOON,
                fromLocation={"ref": "LOC_1"},
                fromAddress={"__typename": "StoreAddress", "location": {"name": "Harbor", "type": "KIOSK"}},
            )
        ),
    )
    assert record.fulfillment is not None
    (plan,) = record.fulfillment.fulfillment_orders
    assert plan.status is FulfillmentOrderStatus(STATUSES.words[Axis.FULFILLMENT_ORDER][raw])
    assert (plan.method, plan.fulfill_by) == (DeliveryMethod.STORE_PICKUP, AT_NOON)
    assert plan.location == Place(external_id="LOC_1", name="Harbor")
    assert plan.lines == (GoodsLine(quantity=Decimal(2), sku="SKU-1", line_id="i1"),)
    assert record.fulfillment.shipments == ()


@pytest.mark.parametrize(
    ("status", "booking", "expected", "raw"),
    [
        ("CREATED", None, ShipmentStatus.PENDING, "CREATED"),
        ("AWAITING_COLLECTION", None, ShipmentStatus.PENDING, "AWAITING_COLLECTION"),
        ("CREATED", "ASSIGNED", ShipmentStatus.PENDING, "CREATED/ASSIGNED"),
        ("CREATED", "ACTIVE_LODGED", ShipmentStatus.LABEL_CREATED, "ACTIVE_LODGED"),
        ("COURIER_COLLECTION", "FAILED", ShipmentStatus.EXCEPTION, "FAILED"),
        ("COURIER_COLLECTION", "ACTIVE_SENT", ShipmentStatus.PICKED_UP, "ACTIVE_SENT"),
        ("COLLECTED", "ACTIVE_LODGED", ShipmentStatus.PICKED_UP, "COLLECTED"),
        ("COMPLETE", None, ShipmentStatus.PICKED_UP, "COMPLETE"),
        ("COMPLETE", "COMPLETE", ShipmentStatus.PICKED_UP, "COMPLETE"),
        ("CANCELLED", "ACTIVE_LODGED", ShipmentStatus.CANCELED, "CANCELLED"),
        ("LOST_AT_SEA", None, ShipmentStatus.UNKNOWN, "LOST_AT_SEA"),
        ("LOST_AT_SEA", "UNHEARD_OF", ShipmentStatus.UNKNOWN, "LOST_AT_SEA/UNHEARD_OF"),
        ("LOST_AT_SEA", "ACTIVE_SENT", ShipmentStatus.PICKED_UP, "ACTIVE_SENT"),
    ],
)
def test_how_far_a_parcel_is(status: str, booking: str | None, expected: ShipmentStatus, raw: str) -> None:
    """The farther of what the article and its booking say, with the words for it; no word of theirs is a delivery."""
    record = read(fulfilments=page(fulfilment("FULFILLED", articles=page(article(status, booking)))))
    assert record.fulfillment is not None
    (shipment,) = record.fulfillment.shipments
    (package,) = shipment.packages
    assert (package.status, shipment.status) == (expected, expected)
    assert package.raw_status == raw
    assert ShipmentStatus.DELIVERED.value not in STATUSES.words[Axis.SHIPMENT].values()


def test_a_parcel_and_its_booking() -> None:
    """Carrier, tracking number and the one event that has a time; events only where they are wanted."""
    goods = page(fulfilment("COMPLETE", articles=page(article("COLLECTED", "ACTIVE_SENT"))))
    record = read(fulfilments=goods)
    assert record.fulfillment is not None
    (package,) = record.fulfillment.shipments[0].packages
    assert package.carrier == Carrier(code="ups", name="UPS Ground")
    assert package.tracking_number == "T1"
    assert package.events == (TrackingEvent(occurred_at=AT_NOON, status=ShipmentStatus.LABEL_CREATED),)
    without = read(frozenset({Facet.FULFILLMENT}), fulfilments=goods)
    assert without.fulfillment is not None
    assert without.fulfillment.shipments[0].packages[0].events is None


def test_what_is_in_a_shipment() -> None:
    """What the parcels say, added up; a voided parcel is none; where none says it, what the place filled."""

    def packed(status: str, *counts: tuple[int, int]) -> dict[str, Any]:
        items = page(*({"quantity": count, "orderItem": {"id": f"i{n}"}} for n, count in counts))
        return {**article(status), "items": items}

    lines = page(item(1, 3), item(2, 1))
    parcels = page(packed("COLLECTED", (1, 2)), packed("COLLECTED", (1, 1)), packed("CANCELLED", (2, 1)))
    told = read(items=lines, fulfilments=page(fulfilment("COMPLETE", (1, 3), (2, 1), articles=parcels)))
    assert told.fulfillment is not None
    assert told.fulfillment.shipments[0].lines == (GoodsLine(quantity=Decimal(3), sku="SKU-1", line_id="i1"),)
    silent = page(fulfilment("COMPLETE", (1, 3), (2, 1), articles=page(article("COLLECTED"))))
    filled = read(items=lines, fulfilments=silent)
    assert filled.fulfillment is not None
    assert [line.quantity for line in filled.fulfillment.shipments[0].lines] == [Decimal(3), Decimal(1)]


# The words of the reference workflows, as Fluent documents them; of a return CREATED alone: how it ends is read, too.
ORDER = "CREATED RECEIVED BOOKED ESCALATED PICK_PACK AWAITING_COURIER_COLLECTION AWAITING_CUSTOMER_COLLECTION"
ENDED = "COMPLETE CANCELLED"
FULFILMENT = "CREATED AWAITING_WAVE ASSIGNED PARTIALLY_FULFILLED FULFILLED ESCALATED REJECTED EXPIRED"
ARTICLE = "CREATED AWAITING_ARRIVAL AWAITING_COLLECTION COURIER_COLLECTION COLLECTED"
CONSIGNMENT = "CREATED ASSIGNED ACTIVE_LODGED ACTIVE_SENT FAILED"


@pytest.mark.parametrize(
    ("axis", "documented"),
    [
        (Axis.ORDER, f"{ORDER} {ENDED}"),
        (Axis.FULFILLMENT, f"{ORDER} {ENDED}"),
        (Axis.FULFILLMENT_ORDER, f"{FULFILMENT} {ENDED}"),
        (Axis.SHIPMENT, f"{ARTICLE} {CONSIGNMENT} {ENDED}"),
        (Axis.DELIVERY_METHOD, "HD HD_PFS HD_PFDC CC CC_PFS CC_PFDC"),
        (Axis.TRANSACTION_KIND, "PAYMENT REFUND"),
        (Axis.TRANSACTION_STATUS, "CREATED COMPLETE FAILED"),
        (Axis.RETURN_PART, f"CREATED {ENDED}"),
    ],
)
def test_the_status_map_is_total(axis: Axis, documented: str) -> None:
    """Every word that Fluent documents means something that is not UNKNOWN, and the map has no other."""
    assert set(STATUSES.words[axis]) == set(documented.split())
    assert "UNKNOWN" not in STATUSES.words[axis].values()
    assert STATUSES.problems() == []


def test_no_axis_is_without_its_list() -> None:
    """The lists above are of every axis of the map."""
    assert len(STATUSES.words) == 8


@pytest.mark.contracts
def test_words_of_the_schema_are_mapped() -> None:
    """The platform's schema enforces no words; the one that it gives as an example of an article's is known."""
    text = contract_file("fluent-commerce/schema.json").read_text()
    (example,) = {found.group(1) for found in re.finditer(r"Article status \(e\.g\. ([A-Z_ vs]+)\)", text)}
    assert (
        set(example.split(" vs ")) == {"AWAITING_ARRIVAL", "AWAITING_COLLECTION"} <= set(STATUSES.words[Axis.SHIPMENT])
    )
