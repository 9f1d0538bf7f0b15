"""From Vendure's words to ours: the cases, with exact values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave_sdk.records import (
    Address,
    Axis,
    Channel,
    Discount,
    Money,
    PaymentStatus,
    Person,
    Quantities,
    ShipmentStatus,
    TransactionKind,
    TransactionStatus,
)
from orderweave_vendure.statuses import SILENT_OF_GOODS, STATUSES

from .orders import PLACED, entry, history, line, parcel, payment, read, refund, words

# The states of the default processes of Vendure 3.7.3: orders, payments, refunds, fulfillments.
ORDERS = [
    "Created",
    "Draft",
    "AddingItems",
    "ArrangingPayment",
    "PaymentAuthorized",
    "PaymentSettled",
    "PartiallyShipped",
    "Shipped",
    "PartiallyDelivered",
    "Delivered",
    "Modifying",
    "ArrangingAdditionalPayment",
    "Cancelled",
]
PAYMENTS = ["Created", "Authorized", "Settled", "Declined", "Error", "Cancelled"]
REFUNDS = ["Pending", "Settled", "Failed"]
FULFILLMENTS = ["Created", "Pending", "Shipped", "Delivered", "Cancelled"]


def usd(amount: str) -> Money:
    """Dollars."""
    return Money(Decimal(amount), "USD")


def test_the_map_knows_every_state() -> None:
    """Each axis has a meaning for each state of its process; those silent of goods are read by the fulfillments."""
    documented = STATUSES.documented
    assert set(documented[Axis.ORDER]) == set(ORDERS)
    assert set(documented[Axis.FULFILLMENT]) == set(ORDERS) - SILENT_OF_GOODS
    assert set(documented[Axis.PAYMENT_PART]) == set(documented[Axis.TRANSACTION_KIND]) == set(PAYMENTS)
    assert set(documented[Axis.TRANSACTION_STATUS]) == {*PAYMENTS, *REFUNDS}
    assert set(documented[Axis.SHIPMENT]) == set(FULFILLMENTS)
    assert STATUSES.problems() == []


def test_a_state_of_the_shops_own_is_unknown() -> None:
    """A state that a plugin added keeps its word, and is guessed at on no axis."""
    found = words(read(state="AwaitingPickup"))
    assert found["ORDER"] == found["FULFILLMENT"] == ("AwaitingPickup", "UNKNOWN")
    assert found["PAYMENT"] == ("Settled", "PAID")
    own = read(payments=[payment(state="Disputed")], fulfillments=[parcel(state="AtTheDesk")])
    assert words(own)["PAYMENT"] == ("Disputed", "UNKNOWN")
    assert own.payments is not None
    (disputed,) = own.payments.payments
    (moved,) = disputed.transactions
    assert (disputed.status, disputed.raw_status) == (PaymentStatus.UNKNOWN, "Disputed")
    assert (moved.kind, moved.raw_kind) == (TransactionKind.UNKNOWN, "Disputed")
    assert (moved.status, moved.raw_status) == (TransactionStatus.UNKNOWN, "Disputed")
    assert own.fulfillment is not None
    assert own.fulfillment.shipments[0].status is ShipmentStatus.UNKNOWN
    assert own.fulfillment.shipments[0].raw_status == "AtTheDesk"


@pytest.mark.parametrize(
    ("payments", "total", "expected"),
    [
        ([], 2976, ("NoPayment", "PENDING")),
        ([], 0, ("NothingToPay", "NOT_REQUIRED")),
        ([payment(state="Created")], 2976, ("Created", "PENDING")),
        ([payment(state="Authorized")], 2976, ("Authorized", "AUTHORIZED")),
        ([payment(state="Authorized", amount=1000)], 2976, ("PartiallyAuthorized", "PARTIALLY_AUTHORIZED")),
        ([payment()], 2976, ("Settled", "PAID")),
        ([payment(amount=1000), payment(state="Authorized")], 2976, ("PartiallySettled", "PARTIALLY_PAID")),
        ([payment()], 2000, ("OverSettled", "OVERPAID")),
        ([payment(state="Declined"), payment()], 2976, ("Settled", "PAID")),
        ([payment(state="Declined")], 2976, ("Declined", "FAILED")),
        ([payment(state="Cancelled")], 2976, ("Cancelled", "VOIDED")),
        ([payment(refunds=[refund()])], 2976, ("PartiallyRefunded", "PARTIALLY_REFUNDED")),
        ([payment(refunds=[refund(total=2976)])], 2976, ("Refunded", "REFUNDED")),
        ([payment(refunds=[refund(state="Pending")])], 2976, ("Settled", "PAID")),
        ([payment(refunds=[refund(state="Failed")])], 2976, ("Settled", "PAID")),
    ],
)
def test_payments_together(payments: list[dict[str, Any]], total: int, expected: tuple[str, str]) -> None:
    """What was settled, held and given back, beside what is owed; a refund counts once its money is back."""
    assert words(read(payments=payments, totalWithTax=total))["PAYMENT"] == expected


def test_a_refund_that_waits_is_a_transaction_and_no_refund() -> None:
    """Refunds of methods without a provider wait until a person has paid them out."""
    record = read(payments=[payment(refunds=[refund(state="Pending")])])
    assert record.payments is not None
    assert record.payments.refunds == ()
    paid, back = record.payments.payments[0].transactions
    assert (paid.external_id, paid.kind, paid.amount) == ("tr-1", TransactionKind.SALE, usd("29.76"))
    assert (back.external_id, back.kind, back.status) == ("31", TransactionKind.REFUND, TransactionStatus.PENDING)
    assert (paid.raw_kind, paid.raw_status, back.raw_kind, back.raw_status) == ("Settled", "Settled", None, "Pending")
    assert record.payments.payments[0].refunded is None


def test_totals_add_up() -> None:
    """Subtotal less discount, with sending, surcharges and tax, is the total; the subtotal is before the discount."""
    off = {"type": "DISTRIBUTED_ORDER_PROMOTION", "description": "Ten off", "amount": -198, "amountWithTax": -238}
    other = {**off, "type": "PROMOTION", "adjustmentSource": "PROMOTION:8"}
    record = read(
        discounts=[{**off, "adjustmentSource": "PROMOTION:7"}, other],
        promotions=[{"id": "7", "couponCode": "TEN"}],
        surcharges=[{"price": 300, "priceWithTax": 360}],
        subTotal=2082,
        subTotalWithTax=2498,
        total=2582,
        totalWithTax=3098,
    )
    assert record.header is not None
    totals = record.header.totals
    assert totals is not None
    assert (totals.subtotal, totals.discount, totals.shipping) == (usd("19.80"), usd("1.98"), usd("5.00"))
    assert (totals.fees, totals.tax, totals.total) == (usd("3.00"), usd("5.16"), usd("30.98"))
    assert record.header.discounts == (Discount(title="Ten off", code="TEN", amount=usd("1.98")),)


def test_a_channel_with_gross_prices() -> None:
    """Where a channel's prices include tax, prices are told as customers see them; the channel is the order's own."""
    channels = [
        {"code": "__default_channel__", "pricesIncludeTax": False},
        {"code": "eu", "pricesIncludeTax": True},
    ]
    record = read(channels=channels)
    assert record.header is not None
    assert record.header.channel == Channel(code="eu")
    assert record.header.totals is not None
    assert record.header.totals.subtotal == usd("23.76")
    assert record.header.totals.shipping == usd("6.00")
    assert record.header.totals.tax == usd("4.96")
    (told,) = record.lines or ()
    assert (told.unit_price, told.total) == (usd("11.88"), usd("23.76"))
    assert told.taxes[0].amount == usd("3.96")


@pytest.mark.parametrize(
    ("currency", "digits", "expected"),
    [("USD", 2, "29.76"), ("JPY", 2, "29.76"), ("JPY", 0, "2976"), ("KWD", 3, "2.976")],
)
def test_digits_are_the_servers(currency: str, digits: int, expected: str) -> None:
    """One count of digits holds for all currencies of a server; the currency does not decide."""
    record = read(digits, currencyCode=currency)
    assert record.header is not None
    assert record.header.totals is not None
    assert record.header.totals.total == Money(Decimal(expected), currency)


@given(st.integers(min_value=-(2**53), max_value=2**53), st.integers(min_value=0, max_value=6))
def test_money_is_exact(units: int, digits: int) -> None:
    """No amount loses or gains anything."""
    record = read(digits, totalWithTax=units, total=units)
    assert record.header is not None
    assert record.header.totals is not None
    assert record.header.totals.total is not None
    assert record.header.totals.total.amount * 10**digits == units


@given(st.integers(min_value=0, max_value=99), st.integers(min_value=0, max_value=99))
def test_quantities_add_up(current: int, placed: int) -> None:
    """Ordered is what was ever wanted; less what was canceled it is what is wanted now."""
    (told,) = read(lines=[line(quantity=current, orderPlacedQuantity=placed)]).lines or ()
    quantity = told.quantity
    assert quantity.current == current
    assert quantity.ordered == max(current, placed)
    assert quantity.canceled is not None
    assert quantity.ordered - quantity.canceled == quantity.current


def test_a_canceled_order_has_been_emptied() -> None:
    """Its prices and quantities are all zero on the wire: told is what was ordered, paid and given back."""
    record = read(
        state="Cancelled",
        lines=[line(quantity=0, discountedLinePrice=0, proratedLinePrice=0, proratedLinePriceWithTax=0)],
        subTotal=0,
        total=0,
        totalWithTax=0,
        payments=[payment(refunds=[refund(total=2976)])],
    )
    assert record.header is not None
    assert record.header.totals is not None
    assert (record.header.totals.total, record.header.totals.subtotal) == (None, None)
    assert (record.header.totals.paid, record.header.totals.refunded) == (usd("29.76"), usd("29.76"))
    assert record.header.taxes == ()
    (told,) = record.lines or ()
    assert (told.quantity, told.total) == (Quantities(ordered=Decimal(2)), None)
    assert words(record)["FULFILLMENT"] == ("Cancelled", "CANCELED")


@pytest.mark.parametrize("state", ["PartiallyDelivered", "Modifying", "ArrangingAdditionalPayment"])
@pytest.mark.parametrize(
    ("parcels", "expected"),
    [
        ([], ("PaymentSettled", "UNFULFILLED")),
        ([parcel(state="Pending")], ("PaymentSettled", "UNFULFILLED")),
        ([parcel(lines=[{"orderLineId": "11", "quantity": 1}])], ("PartiallyShipped", "PARTIALLY_FULFILLED")),
        ([parcel()], ("Shipped", "FULFILLED")),
        ([parcel(state="Delivered")], ("Shipped", "FULFILLED")),
        ([parcel(state="Cancelled")], ("PaymentSettled", "UNFULFILLED")),
    ],
)
def test_goods_where_the_state_is_silent(state: str, parcels: list[dict[str, Any]], expected: tuple[str, str]) -> None:
    """While an order is changed, its fulfillments tell how far its goods are."""
    found = words(read(state=state, fulfillments=parcels))
    assert found["ORDER"] == (state, "OPEN")
    assert found["FULFILLMENT"] == expected


def test_a_shipments_moments_come_from_the_history() -> None:
    """When it left stands there, with the database's number for the fulfillment. That somebody moved it to Delivered is
    an event of that word, and no delivery.
    """
    moved = history(
        entry(
            "ORDER_FULFILLMENT_TRANSITION",
            "2026-03-02T10:00:00.000Z",
            fulfillmentId=41,
            move=("P", "Shipped"),
        ),
        entry(
            "ORDER_FULFILLMENT_TRANSITION",
            "2026-03-04T16:00:00.000Z",
            fulfillmentId=41,
            move=("S", "Delivered"),
        ),
        entry(
            "ORDER_FULFILLMENT_TRANSITION",
            "2026-03-05T16:00:00.000Z",
            fulfillmentId=42,
            move=("P", "Shipped"),
        ),
    )
    record = read(state="Delivered", fulfillments=[parcel(state="Delivered")], moved=moved)
    assert record.fulfillment is not None
    (sent,) = record.fulfillment.shipments
    assert sent.shipped_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert (sent.status, sent.raw_status, sent.delivered_at) == (ShipmentStatus.IN_TRANSIT, "Delivered", None)
    (package,) = sent.packages
    assert package.events is not None
    assert (package.status, package.raw_status) == (ShipmentStatus.IN_TRANSIT, "Delivered")
    assert [(event.occurred_at, event.status, event.raw_code) for event in package.events] == [
        (sent.shipped_at, ShipmentStatus.IN_TRANSIT, "Shipped"),
        (datetime(2026, 3, 4, 16, tzinfo=UTC), ShipmentStatus.IN_TRANSIT, "Delivered"),
    ]


def test_a_parcel_without_a_tracking_code_is_no_package() -> None:
    """Vendure keeps an empty code for what was never tracked."""
    for code in (None, ""):
        record = read(fulfillments=[parcel(trackingCode=code)])
        assert record.fulfillment is not None
        assert record.fulfillment.shipments[0].packages == ()


def test_the_last_change_is_the_histories() -> None:
    """An order's own stamp stands still; what last became of it tells."""
    assert read().updated_at == datetime.fromisoformat(PLACED)
    latest = {"items": [{"createdAt": "2026-03-09T09:09:09.009Z"}]}
    assert read(latest=latest).updated_at == datetime(2026, 3, 9, 9, 9, 9, 9000, tzinfo=UTC)


def test_the_timeline_keeps_what_staff_wrote_for_themselves() -> None:
    """Public notes, reasons and moves are told; of a private note that it is there. Equals stand as made."""
    told = history(
        entry("ORDER_NOTE", PLACED, 12, public=False, note="Pays late"),
        entry("ORDER_NOTE", PLACED, 9, note="A gift"),
        entry("ORDER_STATE_TRANSITION", PLACED, 10, move=("A", "B")),
        entry("ORDER_CANCELLATION", PLACED, 11, reason="too late"),
    )
    assert [(each.kind, each.message) for each in read(happened=told).timeline or ()] == [
        ("ORDER_NOTE", "A gift"),
        ("ORDER_STATE_TRANSITION", "A → B"),
        ("ORDER_CANCELLATION", "too late"),
        ("ORDER_NOTE", None),
    ]


def test_customers_and_addresses() -> None:
    """Guests are persons with an id; an address of nothing is none."""
    guest = {"id": "5", "firstName": "Robin", "lastName": "", "emailAddress": "r@example.com", "phoneNumber": ""}
    record = read(customer=guest, shippingAddress={"fullName": "Robin", "streetLine1": "", "streetLine2": "Back door"})
    assert record.customer is not None
    assert record.customer.person == Person(external_id="5", name="Robin", email="r@example.com")
    assert record.addresses is not None
    assert record.addresses.billing is None
    assert record.addresses.shipping == Address(name="Robin", lines=("Back door",))
