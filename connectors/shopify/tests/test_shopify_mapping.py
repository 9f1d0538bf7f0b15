"""Shopify's words and sums become ours, case by case."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import (
    Axis,
    Carrier,
    Channel,
    ChannelKind,
    Company,
    Customer,
    Discount,
    Eta,
    Facet,
    Money,
    OrderRecord,
    Person,
    Quantities,
    ReturnStatus,
    ShipmentStatus,
)
from orderweave_shopify.mapping import order_record
from orderweave_shopify.payloads import OrderPayload

MOMENT = "2026-03-01T10:00:00+02:00"


def bag(amount: str) -> dict[str, Any]:
    """A money bag in dollars."""
    return {"shopMoney": {"amount": amount, "currencyCode": "USD"}}


def page(*nodes: Any) -> dict[str, Any]:
    """A connection's only page."""
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": False, "endCursor": None}}


HEADER: dict[str, Any] = {
    "processedAt": MOMENT,
    "cancelledAt": None,
    "closedAt": None,
    "cancelReason": None,
    "currencyCode": "USD",
    "presentmentCurrencyCode": "CAD",
    "sourceName": "web",
    "attribution": {"handle": "online_store", "displayName": "Online Store"},
    "subtotalPriceSet": bag("90.00"),
    "cartDiscountAmountSet": bag("10.00"),
    "totalTaxSet": bag("7.20"),
    "originalTotalDutiesSet": None,
    "originalTotalAdditionalFeesSet": None,
    "totalPriceSet": bag("102.20"),
    "totalReceivedSet": bag("102.20"),
    "totalRefundedSet": bag("20.00"),
    "totalOutstandingSet": bag("0.00"),
    "taxLines": [{"title": "VAT", "rate": 0.08, "priceSet": bag("7.20")}],
    "shippingLines": page({"discountedPriceSet": bag("5.00")}, {"discountedPriceSet": bag("0.00")}),
    "discountApplications": page(),
}


def read(*facets: Facet, **fields: Any) -> OrderRecord:
    """The record of an order with these fields on the wire."""
    wire = {"id": "gid://shopify/Order/7", "name": "#1007", "updatedAt": MOMENT, **fields}
    payload = msgspec.json.decode(msgspec.json.encode(wire), type=OrderPayload)
    return order_record(payload, frozenset(facets), "https://shop.example")


def usd(amount: str) -> Money:
    """Dollars."""
    return Money(Decimal(amount), "USD")


def test_identity_and_address_in_the_shop() -> None:
    """Keys, references (empty ones left out), the last change in UTC and where a person opens the order."""
    record = read(poNumber="", sourceIdentifier="SO-1")
    assert [(key.namespace, key.value) for key in record.keys] == [("id", "gid://shopify/Order/7"), ("number", "#1007")]
    assert [(key.namespace, key.value) for key in record.references] == [("source_identifier", "SO-1")]
    assert record.updated_at == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    assert record.updated_at.tzinfo is UTC
    assert record.url == "https://shop.example/admin/orders/7"
    assert record.statuses == ()


def test_totals_are_before_the_orders_own_discount() -> None:
    """Shopify's 90 after a discount of 10 on the order is our 100 before it; shipping is what is left of it."""
    header = read(Facet.HEADER, **HEADER).header
    assert header is not None
    totals = header.totals
    assert totals is not None
    assert (totals.subtotal, totals.discount, totals.shipping) == (usd("100.00"), usd("10.00"), usd("5.00"))
    assert (totals.tax, totals.total) == (usd("7.20"), usd("102.20"))
    assert (totals.paid, totals.refunded, totals.due) == (usd("102.20"), usd("20.00"), usd("0.00"))
    assert totals.duties is None
    assert totals.fees is None
    assert header.taxes[0].rate == Decimal("0.08")
    assert (header.currency, header.presentment_currency) == ("USD", "CAD")


@pytest.mark.parametrize(
    ("canceled", "closed", "raw", "meaning"),
    [
        (None, None, "open", "OPEN"),
        (None, MOMENT, "closed", "COMPLETED"),
        (MOMENT, None, "cancelled", "CANCELED"),
        (MOMENT, MOMENT, "cancelled", "CANCELED"),
    ],
)
def test_the_orders_status_comes_from_its_times(
    canceled: str | None, closed: str | None, raw: str, meaning: str
) -> None:
    """Cancelled outranks closed; neither is open."""
    (word,) = read(Facet.HEADER, **{**HEADER, "cancelledAt": canceled, "closedAt": closed}).statuses
    assert (word.axis, word.raw, word.normalized) == (Axis.ORDER, raw, meaning)


def test_an_unknown_word_is_kept_and_unknown() -> None:
    """A word that Shopify adds tomorrow reads as UNKNOWN beside its raw form."""
    (word,) = read(Facet.PAYMENTS, displayFinancialStatus="PARTIALLY_STOLEN", transactions=[], refunds=[]).statuses
    assert (word.raw, word.normalized) == ("PARTIALLY_STOLEN", "UNKNOWN")


def test_no_return_is_no_word() -> None:
    """An order without returns has no word on the return axis, and an empty list of returns."""
    record = read(Facet.RETURNS, returnStatus="NO_RETURN", returns=page())
    assert record.statuses == ()
    assert record.returns == ()


def test_a_return_with_a_word_that_nobody_mapped() -> None:
    """It is UNKNOWN beside the word."""
    wire = {"id": "gid://shopify/Return/1", "name": "#1-R1", "status": "MISLAID", "createdAt": MOMENT}
    record = read(Facet.RETURNS, returnStatus="IN_PROGRESS", returns=page({**wire, "returnLineItems": page()}))
    (found,) = record.returns or ()
    assert (found.status, found.raw_status) == (ReturnStatus.UNKNOWN, "MISLAID")


@pytest.mark.parametrize(
    ("source", "attribution", "channel"),
    [
        ("web", None, Channel(code="web", kind=ChannelKind.ONLINE_STORE)),
        ("pos", None, Channel(code="pos", kind=ChannelKind.POINT_OF_SALE)),
        (
            "shopify_draft_order",
            {"handle": "draft", "displayName": "Draft Orders"},
            Channel(code="draft", name="Draft Orders", kind=ChannelKind.SALES_DESK),
        ),
        ("1234567", None, Channel(code="1234567")),
        (None, None, None),
    ],
)
def test_channels(source: str | None, attribution: Any, channel: Channel | None) -> None:
    """The channel's code is its attribution's handle or else the source name, which also tells the kind."""
    header = read(Facet.HEADER, **{**HEADER, "sourceName": source, "attribution": attribution}).header
    assert header is not None
    assert header.channel == channel


def application(**fields: Any) -> dict[str, Any]:
    """A discount on the whole order of five dollars."""
    return {
        "allocationMethod": "ACROSS",
        "targetSelection": "ALL",
        "targetType": "LINE_ITEM",
        "value": {"amount": "5.0", "currencyCode": "USD"},
        **fields,
    }


def test_discounts_of_the_order_and_of_its_lines_are_kept_apart() -> None:
    """The header lists what holds for all lines; a percentage states no amount; a line lists what is its own."""
    codes = page(
        application(title="Spring"),
        application(code="VIP", value={"percentage": 10.0}),
        application(code="MUGS", targetSelection="ENTITLED"),
    )
    line = {
        "id": "gid://shopify/LineItem/1",
        "sku": "",
        "name": "Mug - Blue",
        "quantity": 3,
        "currentQuantity": 2,
        "nonFulfillableQuantity": 1,
        "originalUnitPriceSet": bag("12.00"),
        "discountedTotalSet": bag("30.00"),
        "discountAllocations": [
            {
                "allocatedAmountSet": bag("6.00"),
                "discountApplication": application(code="MUGS", targetSelection="ENTITLED"),
            },
            {"allocatedAmountSet": bag("1.00"), "discountApplication": application(title="Spring")},
        ],
        "taxLines": [],
    }
    record = read(
        Facet.HEADER, Facet.LINES, **{**HEADER, "discountApplications": codes, "lineItems": page(line), "refunds": []}
    )
    assert record.header is not None
    assert record.lines is not None
    assert record.header.discounts == (
        Discount(title="Spring", amount=usd("5.0")),
        Discount(title="VIP", code="VIP"),
    )
    (mug,) = record.lines
    assert mug.discounts == (Discount(title="MUGS", code="MUGS", amount=usd("6.00")),)
    assert (mug.sku, mug.title, mug.unit_price, mug.total) == (None, "Mug - Blue", usd("12.00"), usd("30.00"))
    assert mug.quantity == Quantities(ordered=Decimal(3), canceled=Decimal(1), current=Decimal(2))


@pytest.mark.parametrize(
    ("wire", "customer"),
    [
        ({}, Customer()),
        ({"email": "guest@example.com"}, Customer(person=Person(email="guest@example.com"))),
        (
            {
                "email": "at-checkout@example.com",
                "customer": {
                    "id": "gid://shopify/Customer/1",
                    "displayName": "Robin",
                    "defaultEmailAddress": {"emailAddress": "home@example.com"},
                    "defaultPhoneNumber": {"phoneNumber": "+1202"},
                },
                "purchasingEntity": {
                    "company": {"id": "gid://shopify/Company/2", "name": "Cafe"},
                    "location": {"taxSettings": {"taxRegistrationId": "DE123"}},
                },
            },
            Customer(
                person=Person(
                    external_id="gid://shopify/Customer/1",
                    name="Robin",
                    email="at-checkout@example.com",
                    phone="+1202",
                ),
                company=Company(external_id="gid://shopify/Company/2", name="Cafe", tax_id="DE123"),
            ),
        ),
    ],
)
def test_customers(wire: dict[str, Any], customer: Customer) -> None:
    """Nobody, a guest, and a person for a company; what was given at the checkout outranks the account."""
    assert read(Facet.CUSTOMER, **wire).customer == customer


def fulfilled(**fields: Any) -> dict[str, Any]:
    """A fulfillment in transit, without lines."""
    return {
        "id": "gid://shopify/Fulfillment/1",
        "name": "#1007-F1",
        "status": "SUCCESS",
        "displayStatus": "IN_TRANSIT",
        "createdAt": MOMENT,
        "trackingInfo": [],
        "fulfillmentLineItems": page(),
        **fields,
    }


def shipped(*facets: Facet, **fields: Any) -> Any:
    """The one shipment of an order."""
    record = read(
        Facet.FULFILLMENT,
        *facets,
        displayFulfillmentStatus="FULFILLED",
        fulfillmentOrders=page(),
        fulfillments=[fulfilled(**fields)],
    )
    assert record.fulfillment is not None
    return record.fulfillment.shipments[0]


def test_each_tracking_number_is_a_package() -> None:
    """Several numbers on one fulfillment are several packages, each with the fulfillment's status and day."""
    shipment = shipped(
        trackingInfo=[{"company": "UPS", "number": "1Z", "url": "https://t"}, {"company": "Jo", "number": "2"}],
        estimatedDeliveryAt=MOMENT,
    )
    eta = Eta(to=datetime(2026, 3, 1, 8, 0, tzinfo=UTC))
    assert [(item.tracking_number, item.carrier, item.status, item.eta, item.events) for item in shipment.packages] == [
        ("1Z", Carrier(code="ups", name="UPS"), ShipmentStatus.IN_TRANSIT, eta, None),
        ("2", Carrier(name="Jo"), ShipmentStatus.IN_TRANSIT, eta, None),
    ]


def test_events_without_a_tracking_number_are_not_lost() -> None:
    """A local delivery has events and no number: a package without a number carries them, in order of time."""
    later = {"status": "DELIVERED", "happenedAt": "2026-03-02T00:00:00Z", "createdAt": MOMENT, "city": "Portland"}
    earlier = {"status": "OUT_FOR_DELIVERY", "happenedAt": "2026-03-01T00:00:00Z", "createdAt": MOMENT}
    (package,) = shipped(Facet.TRACKING, events=page(later, earlier)).packages
    assert package.tracking_number is None
    assert [(event.status, event.location) for event in package.events] == [
        (ShipmentStatus.OUT_FOR_DELIVERY, None),
        (ShipmentStatus.DELIVERED, "Portland"),
    ]


@pytest.mark.parametrize(
    ("status", "displayed", "raw", "meaning"),
    [
        ("SUCCESS", "DELIVERED", "DELIVERED", ShipmentStatus.DELIVERED),
        ("CANCELLED", "IN_TRANSIT", "CANCELLED", ShipmentStatus.CANCELED),
        ("SUCCESS", None, "SUCCESS", ShipmentStatus.UNKNOWN),
        ("SUCCESS", "MARKED_AS_FULFILLED", "MARKED_AS_FULFILLED", ShipmentStatus.UNKNOWN),
        ("ERROR", None, "ERROR", ShipmentStatus.EXCEPTION),
    ],
)
def test_shipment_statuses(status: str, displayed: str | None, raw: str, meaning: ShipmentStatus) -> None:
    """The displayed status counts, a cancellation more; what a merchant merely marks is not delivered."""
    shipment = shipped(status=status, displayStatus=displayed)
    assert (shipment.raw_status, shipment.status) == (raw, meaning)


def test_a_planned_fulfillment_of_a_deleted_place_has_no_place() -> None:
    """Shopify keeps the name of a deleted location without its id: no place is made up."""
    planned = {
        "id": "gid://shopify/FulfillmentOrder/1",
        "status": "ON_HOLD",
        "assignedLocation": {"name": "Old shed", "location": None},
        "deliveryMethod": None,
        "fulfillmentHolds": [{"reason": "HIGH_RISK_OF_FRAUD"}],
        "lineItems": page({"totalQuantity": 2, "sku": "MUG", "lineItem": {"id": "l1"}}),
    }
    record = read(
        Facet.FULFILLMENT,
        Facet.HOLDS,
        displayFulfillmentStatus="ON_HOLD",
        fulfillmentOrders=page(planned),
        fulfillments=[],
    )
    assert record.fulfillment is not None
    (order,) = record.fulfillment.fulfillment_orders
    assert order.location is None
    assert [(hold.reason, hold.raw) for hold in record.holds or ()] == [("FRAUD_RISK", "HIGH_RISK_OF_FRAUD")]
    assert order.holds == record.holds


def test_a_missing_part_is_a_bad_payload() -> None:
    """A facet whose part is not there is never read as empty."""
    with pytest.raises(BadPayload, match="order: transactions is missing"):
        read(Facet.PAYMENTS)
    with pytest.raises(BadPayload, match=r"order: refunds\.refundLineItems is missing"):
        read(Facet.LINES, lineItems=page(), refunds=[{"id": "r1"}])
    with pytest.raises(BadPayload, match=r"order: refunds\.totalRefundedSet is missing"):
        read(Facet.PAYMENTS, transactions=[], refunds=[{"id": "r1"}])
