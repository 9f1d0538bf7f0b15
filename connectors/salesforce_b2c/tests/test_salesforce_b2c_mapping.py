"""From the vendor's words to ours, with exact values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave_salesforce_b2c.expressible import expressible_order
from orderweave_salesforce_b2c.mapping import order_record
from orderweave_salesforce_b2c.mapping_catalog import product_record, stock_records
from orderweave_salesforce_b2c.payloads import AvailabilityPayload, OrderPayload, ProductPayload
from orderweave_salesforce_b2c.simulated_documents import order_document
from orderweave_salesforce_b2c.simulator import SalesforceB2cSimulator
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import (
    Address,
    Axis,
    Channel,
    ChannelKind,
    Customer,
    Discount,
    Facet,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Key,
    Money,
    OrderRecord,
    Package,
    Payment,
    PaymentStatus,
    Person,
    Place,
    ProductRecord,
    Quantities,
    Shipment,
    ShipmentStatus,
    StatusWord,
    StockRecord,
    TaxLine,
    Totals,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.samples import sample_world

from .wire_orders import record, word


def eur(text: str) -> Money:
    """An amount in the order's currency."""
    return Money(Decimal(text), "EUR")


def test_identity() -> None:
    """The number is the id; the two fields that hold others' numbers are references, and empty ones are left out."""
    found = record()
    assert found.external_id == "00000410"
    assert found.keys == (Key("id", "00000410"), Key("number", "00000410"))
    assert found.references == (Key("externalOrderNo", "ERP-7"), Key("customerOrderReference", "PO 12"))
    assert found.updated_at == datetime(2026, 5, 20, 14, 13, 31, 61000, tzinfo=UTC)
    assert record(externalOrderNo="", customerOrderReference=None).references == ()


def test_header() -> None:
    """Placed is created, by which the vendor sorts; sums are in its taxation, a discount is their difference.

    The gift certificate that was bought is in the subtotal, as it is in the total.
    """
    header = record(cancelCode="FRAUD", cancelDescription="A note").header
    assert header is not None
    assert header.placed_at == datetime(2026, 5, 19, 15, 23, 18, tzinfo=UTC)
    assert header.channel == Channel(code="RefArch", kind=ChannelKind.SALES_DESK)
    assert header.cancel_reason == "FRAUD"
    assert header.totals == Totals(
        subtotal=eur("140.10"), discount=eur("10.0"), shipping=eur("7.93"), tax=eur("18.85"), total=eur("138.03")
    )
    assert header.discounts == (Discount(title="Ten off", code="TEN", amount=eur("10")),)


@pytest.mark.parametrize("currency", [None, "N/A"])
def test_an_order_without_a_currency(currency: str | None) -> None:
    """No amount is told where nobody says in what it is."""
    found = record(currency=currency)
    assert found.header
    assert found.header.totals == Totals()
    assert [line.unit_price for line in found.lines or ()] == [None] * 5


@pytest.mark.parametrize(
    ("field", "raw", "axis", "said", "meaning"),
    [
        *(("status", raw, Axis.ORDER, raw, meaning) for raw, meaning in (
            ("created", "PENDING"), ("new", "OPEN"), ("completed", "COMPLETED"), ("cancelled", "CANCELED"),
            ("failed", "FAILED"), ("replaced", "UNKNOWN"),
        )),
        ("shippingStatus", "not_shipped", Axis.FULFILLMENT, "not_shipped", "UNFULFILLED"),
        ("shippingStatus", "part_shipped", Axis.FULFILLMENT, "part_shipped", "PARTIALLY_FULFILLED"),
        ("shippingStatus", "shipped", Axis.FULFILLMENT, "shipped", "FULFILLED"),
        ("shippingStatus", "lost", Axis.FULFILLMENT, "lost", "UNKNOWN"),
        ("paymentStatus", "not_paid", Axis.PAYMENT, "not_paid", "PENDING"),
        ("paymentStatus", "part_paid", Axis.PAYMENT, "part_paid", "PARTIALLY_PAID"),
        ("paymentStatus", "paid", Axis.PAYMENT, "paid", "PAID"),
        ("paymentStatus", "disputed", Axis.PAYMENT, "disputed", "UNKNOWN"),
    ],
)  # fmt: skip
def test_words(field: str, raw: str, axis: Axis, said: str, meaning: str) -> None:
    """Each word by its axis; one that the vendor never documented is kept, and means nothing."""
    assert word(record(**{field: raw}), axis) == (said, meaning)


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_what_is_not_shipped_of_an_order_that_is_over(status: str) -> None:
    """It will not be; what was shipped before stays shipped."""
    assert word(record(status=status, shippingStatus="not_shipped"), Axis.FULFILLMENT) == (
        "not_shipped, cancelled",
        "CANCELED",
    )
    assert word(record(status=status, shippingStatus="shipped"), Axis.FULFILLMENT) == ("shipped", "FULFILLED")


@pytest.mark.parametrize("status", ["cancelled", "failed"])
@pytest.mark.parametrize(
    ("ended", "paid", "meaning"),
    [
        ([], "not_paid", "VOIDED"),
        ([0], "not_paid", "VOIDED"),
        ([None], "not_paid", "VOIDED"),
        ([1], "not_paid", "FAILED"),
        ([0], "paid", "PAID"),
        ([0], "part_paid", "PARTIALLY_PAID"),
    ],
)
def test_what_is_not_paid_of_an_order_that_is_over(
    ended: list[int | None], paid: str, meaning: str, status: str
) -> None:
    """It will not be, whatever was authorized; a refusal stays one, and money that was taken stays taken."""
    found = record(status=status, paymentStatus=paid, paymentInstruments=[instrument(each) for each in ended])
    assert word(found, Axis.PAYMENT)[1] == meaning
    assert found.payments
    assert [payment.status for payment in found.payments.payments] == [PaymentStatus(meaning)] * len(ended)


def instrument(ended: int | None) -> dict[str, Any]:
    """A payment instrument whose authorization ended so."""
    moved: dict[str, Any] = {"amount": 5, "transactionId": "t"}
    if ended is not None:
        moved["authorizationStatus"] = {"status": ended}
    return {"paymentInstrumentId": f"pay{ended}", "paymentMethodId": "CARD", "paymentTransaction": moved}


@pytest.mark.parametrize(
    ("ended", "meaning"),
    [
        ([], "PENDING"),
        ([0], "AUTHORIZED"),
        ([0, 0], "AUTHORIZED"),
        ([0, None], "PENDING"),
        ([2], "PENDING"),
        ([0, 1], "FAILED"),
    ],
)
def test_what_is_not_paid_may_be_authorized(ended: list[int | None], meaning: str) -> None:
    """By every instrument's authorization; once it is paid the authorizations say nothing more."""
    instruments = [instrument(each) for each in ended]
    assert word(record(paymentInstruments=instruments), Axis.PAYMENT)[1] == meaning
    assert word(record(paymentInstruments=instruments, paymentStatus="paid"), Axis.PAYMENT)[1] == "PAID"


def test_words_of_missing_fields() -> None:
    """No field is no word."""
    assert record(status=None, paymentStatus=None, shippingStatus=None).statuses == ()


def test_lines() -> None:
    """Items with their options and pieces under them; a gift certificate is a line without a SKU."""
    lines = {line.external_id: line for line in record().lines or ()}
    assert list(lines) == ["item1", "item1/warranty", "item2", "item3", "gift1"]
    first = lines["item1"]
    assert (first.sku, first.title, first.parent_line_id) == ("TV-55", "A television", None)
    assert first.quantity == Quantities(ordered=Decimal(1), current=Decimal(1))
    assert (first.unit_price, first.total) == (eur("100"), eur("95.05"))
    # What raises a price is no discount.
    assert first.discounts == (Discount(title="autumn", amount=eur("4.95")),)
    assert first.taxes == (TaxLine(title="MwSt.", rate=Decimal("0.19"), amount=eur("15.18")),)
    warranty = lines["item1/warranty"]
    assert (warranty.sku, warranty.parent_line_id, warranty.unit_price) == ("WARRANTY-2", "item1", eur("9.99"))
    assert (lines["item3"].sku, lines["item3"].parent_line_id) == ("CUP", "item2")
    assert lines["item3"].quantity.current == Decimal(4)
    assert (lines["gift1"].sku, lines["gift1"].title, lines["gift1"].total) == (None, "For you", eur("20"))


def test_shipments_are_plans_and_facts() -> None:
    """Each shipment is a plan; the shipped one is a fact too, with its one tracking number and without a carrier."""
    fulfillment = record().fulfillment
    assert fulfillment is not None
    television = (GoodsLine(quantity=Decimal(1), sku="TV-55", line_id="item1"),)
    assert fulfillment.fulfillment_orders == (
        FulfillmentOrder(
            external_id="00001001", status=FulfillmentOrderStatus.CLOSED, raw_status="shipped", lines=television
        ),
        FulfillmentOrder(
            external_id="00001002",
            status=FulfillmentOrderStatus.OPEN,
            raw_status="not_shipped",
            lines=(GoodsLine(quantity=Decimal(2), sku="SET", line_id="item2"),),
        ),
    )
    assert fulfillment.shipments == (
        Shipment(
            external_id="00001001",
            number="00001001",
            status=ShipmentStatus.IN_TRANSIT,
            raw_status="shipped",
            lines=television,
            packages=(Package(tracking_number="JD0146000", status=ShipmentStatus.IN_TRANSIT),),
        ),
    )
    canceled = record(status="cancelled").fulfillment
    assert canceled
    assert [plan.status for plan in canceled.fulfillment_orders] == ["CLOSED", "CANCELED"]


def test_people_and_places() -> None:
    """A guest is known by the id that was made for the order; the first shipment's address is the order's."""
    found = record()
    assert found.customer == Customer(
        person=Person(external_id="abMKqMaNYOBMnNdDNzyC5oNTi5", name="Erika Muster", email="erika@example.com")
    )
    assert found.addresses
    assert found.addresses.billing == Address(
        name="Erika Muster",
        company="Muster GmbH",
        lines=("Am Wall 1", "Hinterhaus", "Postfach 7"),
        city="Bremen",
        region="HB",
        postal_code="28195",
        country_code="DE",
        phone="+4930231250",
    )
    assert found.addresses.shipping == Address(name="Max Muster", lines=("Hafen 2",), city="Bremen", country_code="DE")
    registered = record(customerInfo={"customerId": "ab", "customerNo": "0002352"}).customer
    assert registered == Customer(person=Person(external_id="0002352"))
    assert record(customerInfo={}).customer == Customer()
    assert record(customerInfo=None, billingAddress={}).customer == Customer()


def test_payments() -> None:
    """Of several instruments each has its own authorization, and no card is read; a lone one has the order's word."""
    payments = record().payments
    assert payments is not None
    assert payments.payments == (
        Payment(
            external_id="pay1",
            status=PaymentStatus.AUTHORIZED,
            method="CREDIT_CARD",
            authorized=eur("118.03"),
            transactions=(
                Transaction(
                    external_id="t1",
                    kind=TransactionKind.AUTHORIZATION,
                    status=TransactionStatus.SUCCESS,
                    raw_status="0",
                    amount=eur("118.03"),
                ),
            ),
        ),
        Payment(external_id="pay2", status=PaymentStatus.UNKNOWN, method="GIFT_CERTIFICATE"),
    )
    lone = record(paymentStatus="paid", paymentInstruments=[instrument(2)]).payments
    assert lone is not None
    (alone,) = lone.payments
    assert (alone.status, alone.raw_status, alone.authorized) == (PaymentStatus.PAID, "paid", None)
    (made,) = alone.transactions
    assert (made.status, made.raw_status) == (TransactionStatus.UNKNOWN, "2")
    held = record(paymentInstruments=[instrument(0)]).payments
    assert held is not None
    assert [(each.status, each.raw_status) for each in held.payments] == [
        (PaymentStatus.AUTHORIZED, "not_paid, authorized")
    ]


def test_a_payment_with_a_word_that_nobody_mapped() -> None:
    """It is UNKNOWN beside the order's word; so is a transaction beside how the vendor says that it ended."""
    payments = record(paymentStatus="pledged", paymentInstruments=[instrument(7)]).payments
    assert payments is not None
    (found,) = payments.payments
    (made,) = found.transactions
    assert (found.status, found.raw_status) == (PaymentStatus.UNKNOWN, "pledged")
    assert (made.status, made.raw_status, made.raw_kind) == (TransactionStatus.UNKNOWN, "7", None)


def test_amounts_are_exact() -> None:
    """Amounts are numbers on the wire: every digit of them is kept, also past what a float holds."""
    body = b'{"orderNo":"1","currency":"EUR","orderTotal":12345678901234567.89,"taxTotal":0.1,"shippingTotal":1e-2}'
    header = order_record(msgspec.json.decode(body, type=OrderPayload), frozenset({Facet.HEADER})).header
    assert header is not None
    assert header.totals == Totals(total=eur("12345678901234567.89"), tax=eur("0.1"), shipping=eur("0.01"))


def test_times() -> None:
    """A moment of any zone is one in UTC."""
    found = record(lastModified="2026-05-20T16:13:31.061+02:00").updated_at
    assert found == datetime(2026, 5, 20, 14, 13, 31, 61000, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_a_time_without_a_zone() -> None:
    """Nobody guesses which zone is meant."""
    with pytest.raises(BadPayload, match="a time without a zone"):
        record(lastModified="2026-05-20T14:13:31")


@pytest.mark.parametrize("told", ["soon", "2026-02-30T00:00:00Z", 1747750411])
def test_times_that_are_none(told: Any) -> None:
    """They are no half-read moments, but an order that cannot be read."""
    with pytest.raises(msgspec.ValidationError, match=r"`\$\.creationDate`"):
        record(creationDate=told)


def test_products_and_stock() -> None:
    """Names and flags by their default; what is said to be infinite is no number."""
    product = ProductPayload(
        id="TV-55",
        name={"de": "Fernseher", "default": "Television"},
        upc="012345678905",
        online_flag={"Other": False},
        last_modified=datetime(2026, 5, 1, tzinfo=UTC),
    )
    assert product_record(product) == ProductRecord(
        external_id="TV-55",
        sku="TV-55",
        title="Television",
        gtin="012345678905",
        active=False,
        updated_at=datetime(2026, 5, 1, tzinfo=UTC),
    )
    assert product_record(ProductPayload(id="A")) == ProductRecord(external_id="A", sku="A")
    body = b'{"id":"A","inventories":[{"id":"l1","ats":3.5,"stockLevel":999999},{"id":"l2","ats":-1}]}'
    assert list(stock_records(msgspec.json.decode(body, type=AvailabilityPayload))) == [
        StockRecord(sku="A", location=Place(external_id="l1"), available=Decimal("3.5")),
        StockRecord(sku="A", location=Place(external_id="l2"), available=Decimal(-1)),
    ]


# --- what can be said is said ----------------------------------------------------------------------------------------

_SAMPLES = sample_world(SalesforceB2cSimulator.external_id).orders
_WORDS = {
    Axis.ORDER: ("DRAFT", "PENDING", "OPEN", "COMPLETED", "CANCELED", "FAILED", "EXPIRED", "UNKNOWN"),
    Axis.PAYMENT: tuple(PaymentStatus),
    Axis.FULFILLMENT: ("UNFULFILLED", "ON_HOLD", "PARTIALLY_FULFILLED", "FULFILLED", "DELIVERED", "CANCELED"),
}


@st.composite
def orders(draw: st.DrawFn) -> OrderRecord:
    """A sample order with any words, and any of the samples' goods and payments."""
    order, other, third = (draw(st.sampled_from(_SAMPLES)) for _ in range(3))
    words = tuple(StatusWord(axis, "", draw(st.sampled_from(said)), "") for axis, said in _WORDS.items())
    return msgspec.structs.replace(order, statuses=words, fulfillment=other.fulfillment, payments=third.payments)


@given(orders())
def test_what_can_be_said_comes_back(order: OrderRecord) -> None:
    """What is left of a record goes through the vendor's words unchanged, and is all that can be left of it."""
    said = expressible_order(order)
    assert expressible_order(said) == said
    facets = frozenset({Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.ADDRESSES, Facet.PAYMENTS, Facet.FULFILLMENT})
    body = msgspec.json.Encoder(decimal_format="number").encode(order_document(said))
    assert comparable(order_record(msgspec.json.decode(body, type=OrderPayload), facets)) == comparable(said)
