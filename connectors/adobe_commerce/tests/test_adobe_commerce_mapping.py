"""From the vendor's words to ours: the order itself, its money, its people, its times."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from orderweave_adobe_commerce.statuses import DEFAULT_STATUSES, STATUSES
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import (
    Axis,
    Channel,
    ChannelKind,
    Company,
    Customer,
    Discount,
    Facet,
    Happening,
    Hold,
    HoldReason,
    Invoice,
    InvoiceDocumentStatus,
    Key,
    Money,
    Payment,
    PaymentStatus,
    Person,
    Refund,
    TaxLine,
    Transaction,
    TransactionKind,
    TransactionStatus,
)

from .wire_orders import ORDER, record, wire, word


def usd(text: str) -> Money:
    """An amount in the website's currency."""
    return Money(Decimal(text), "USD")


def test_status_map_is_total() -> None:
    """All states, all predefined statuses, and the words of returns, invoices and transactions have a meaning."""
    documented = {
        Axis.ORDER: {
            *("new", "pending_payment", "processing", "complete", "closed", "canceled", "holded", "payment_review"),
            *("received", "fraud", "pending", "pending_paypal", "rejected"),
            *("paypal_reversed", "paypal_canceled_reversal"),
        },
        Axis.RETURN: {
            *("pending", "authorized", "partially_authorized", "received", "received_on_item", "approved"),
            *("approved_on_item", "rejected", "rejected_on_item", "denied", "closed", "processed_closed"),
        },
        Axis.INVOICE_DOCUMENT: {"1", "2", "3"},
        Axis.TRANSACTION_KIND: {"payment", "order", "authorization", "capture", "void", "refund"},
    }
    assert STATUSES.problems() == []
    assert {axis: set(STATUSES.words[axis]) for axis in documented} == documented
    assert set(DEFAULT_STATUSES) < documented[Axis.ORDER]


@pytest.mark.parametrize(
    ("state", "status", "expected"),
    [
        ("new", "pending", ("new", "PENDING")),
        ("processing", "processing", ("processing", "OPEN")),
        ("processing", "awaiting_pick", ("processing/awaiting_pick", "OPEN")),
        ("complete", "delivered_we_hope", ("complete/delivered_we_hope", "COMPLETED")),
        ("payment_review", "fraud", ("payment_review/fraud", "OPEN")),
        ("new", "rejected", ("rejected", "FAILED")),
        (None, "pending_paypal", ("pending_paypal", "PENDING")),
        (None, "awaiting_pick", ("awaiting_pick", "UNKNOWN")),
        ("boxed", "boxed", ("boxed/boxed", "UNKNOWN")),
        ("processing", None, ("processing", "OPEN")),
        (None, None, None),
    ],
)
def test_order_words(state: str | None, status: str | None, expected: tuple[str, str] | None) -> None:
    """The state decides and a shop's own status stands beside it; a word without a state is never guessed."""
    assert word(record(wire(state=state, status=status)), Axis.ORDER) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "PENDING"),
        ({"base_grand_total": 0}, "NOT_REQUIRED"),
        ({"payment": {"base_amount_authorized": 100}}, "AUTHORIZED"),
        ({"payment": {"base_amount_authorized": 60}}, "PARTIALLY_AUTHORIZED"),
        ({"base_total_paid": 40}, "PARTIALLY_PAID"),
        ({"base_total_paid": 100}, "PAID"),
        ({"base_total_paid": 101}, "OVERPAID"),
        ({"base_total_paid": 60, "base_total_canceled": 40}, "PAID"),
        ({"base_total_paid": 100, "base_total_refunded": 1}, "PARTIALLY_REFUNDED"),
        ({"base_total_paid": 100, "base_total_refunded": 100}, "REFUNDED"),
        ({"state": "canceled", "base_total_canceled": 100}, "VOIDED"),
        ({"state": "closed", "base_total_paid": 100, "base_total_refunded": 100}, "REFUNDED"),
    ],
)
def test_payment_words(changed: dict[str, Any], expected: str) -> None:
    """How far an order is paid comes from its sums, never from its state alone."""
    assert (word(record(wire(**changed)), Axis.PAYMENT) or ("", ""))[1] == expected


def test_two_currencies() -> None:
    """The website's amounts by default, the customer's where the settings say so; both codes are told."""
    told = wire(
        order_currency_code="EUR",
        base_subtotal=90,
        subtotal=72,
        base_tax_amount=10,
        tax_amount=8,
        grand_total=80,
        base_total_due=100,
        total_due=80,
        base_shipping_amount=0,
        shipping_amount=0,
        base_discount_amount=-5,
        discount_amount=-4,
    )
    base, order = record(told).header, record(told, amounts=ORDER).header
    assert base is not None
    assert base.totals is not None
    assert order is not None
    assert order.totals is not None
    assert (base.currency, base.presentment_currency, order.currency, order.presentment_currency) == (
        "USD",
        "EUR",
        "EUR",
        "EUR",
    )
    assert (base.totals.total, base.totals.discount, base.totals.due) == (usd("100"), usd("5"), usd("100"))
    assert (order.totals.total, order.totals.tax) == (Money(Decimal(80), "EUR"), Money(Decimal(8), "EUR"))


def test_amounts_are_exact() -> None:
    """A number of the wire is read digit by digit: no float on the way."""
    header = record(wire(base_subtotal=Decimal("32.9499"), base_shipping_amount=Decimal("0.1"))).header
    assert header is not None
    assert header.totals is not None
    assert str(header.totals.subtotal and header.totals.subtotal.amount) == "32.9499"
    assert str(header.totals.shipping and header.totals.shipping.amount) == "0.1"


def test_a_canceled_order_owes_nothing() -> None:
    """Canceled as a whole it keeps its total, and nothing is due; canceled in part the total is what is left."""
    whole = record(wire(state="canceled", base_total_canceled=100, base_total_due=100)).header
    part = record(wire(state="processing", base_total_canceled=30, base_total_due=70)).header
    assert whole is not None
    assert whole.totals is not None
    assert part is not None
    assert part.totals is not None
    assert (whole.totals.total, whole.totals.due) == (usd("100"), usd("0"))
    assert (part.totals.total, part.totals.due) == (usd("70"), usd("70"))


def test_without_a_currency_there_is_no_amount() -> None:
    """A number alone is no money."""
    header = record(wire(base_currency_code=None, base_subtotal=1)).header
    assert header is not None
    assert header.totals is not None
    assert (header.currency, header.totals.subtotal, header.totals.total) == (None, None, None)


def test_discounts_and_taxes() -> None:
    """One discount with its coupon, and every applied tax with its rate as a fraction."""
    header = record(
        wire(
            coupon_code="SPRING",
            discount_description="Spring sale",
            base_discount_amount=-5,
            extension_attributes={
                "applied_taxes": [
                    {"code": "US-ME", "title": "Maine", "percent": 5.5, "base_amount": 5.5, "amount": 4.4},
                    {"code": "CITY", "base_amount": 1},
                ]
            },
        )
    ).header
    assert header is not None
    assert header.discounts == (Discount(title="Spring sale", code="SPRING", amount=usd("5")),)
    assert header.taxes == (
        TaxLine(title="Maine", rate=Decimal("0.055"), amount=usd("5.5")),
        TaxLine(title="CITY", amount=usd("1")),
    )
    plain = record(wire(base_discount_amount=0)).header
    assert plain is not None
    assert plain.discounts == ()


def test_times_are_utc() -> None:
    """Times come without a zone and are UTC; the database's zero is no time; nonsense names the order."""
    found = record(wire())
    assert found.updated_at == datetime(2026, 3, 1, 10, 0, 5, tzinfo=UTC)
    assert found.header is not None
    assert found.header.placed_at == datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC)
    assert record(wire(updated_at="0000-00-00 00:00:00")).updated_at is None
    with pytest.raises(BadPayload, match="order 12: a time that cannot be read"):
        record(wire(created_at="yesterday"))


def test_keys_references_and_channel() -> None:
    """Ids, numbers and what the order keeps of other systems, as they stand; the store view is the channel."""
    found = record(wire(ext_order_id="ERP-7 ", original_increment_id="000000011", payment={"po_number": "PO-9"}))
    assert found.keys == (Key("id", "12"), Key("number", "000000012"))
    assert found.references == (
        Key("ext_order_id", "ERP-7 "),
        Key("original_increment_id", "000000011"),
        Key("po_number", "PO-9"),
    )
    assert found.header is not None
    assert found.header.channel == Channel(code="2", name="German", kind=ChannelKind.ONLINE_STORE)
    assert found.header.purchase_order_number == "PO-9"


def test_guests_and_companies() -> None:
    """A guest has no id and is called as the bill is; a company buyer is a person for a company."""
    billing = {"firstname": "Robin", "lastname": "Sample"}
    guest = record(wire(customer_is_guest=1, billing_address=billing)).customer
    assert guest == Customer(person=Person(name="Robin Sample", email="robin@example.com"))
    buyer = record(
        wire(
            customer_id=5,
            customer_firstname="Ada",
            customer_lastname="Buyer",
            customer_taxvat="DE1",
            billing_address=billing,
            extension_attributes={"company_order_attributes": {"company_id": 3, "company_name": "Corner Cafe"}},
        )
    ).customer
    assert buyer == Customer(
        person=Person(external_id="5", name="Ada Buyer", email="robin@example.com"),
        company=Company(external_id="3", name="Corner Cafe", tax_id="DE1"),
    )


def test_virtual_orders_have_no_shipping_address() -> None:
    """Where nothing travels there is nowhere to travel to."""
    found = record(wire(is_virtual=1, extension_attributes={"shipping_assignments": [{"shipping": {}}]})).addresses
    assert found is not None
    assert found.shipping is None


def test_payments_refunds_and_transactions() -> None:
    """One payment with its sums; credit memos that are open or canceled gave nothing back, and the note of one that did
    is what its customer may read.
    """
    comments = [
        {"comment": "A liar, watch him", "is_visible_on_front": 0},
        {"comment": "Nobody said for whom"},
        {"comment": "", "is_visible_on_front": 1},
        {"comment": "Broken", "is_visible_on_front": 1},
    ]
    memos: list[dict[str, Any]] = [
        {"entity_id": 1, "state": 2, "base_grand_total": 10, "comments": comments},
        {"entity_id": 2, "state": 1, "base_grand_total": 20},
        {"entity_id": 3, "state": 3, "base_grand_total": 30},
    ]
    transactions = [
        {"transaction_id": 7, "txn_type": "capture", "created_at": "2026-03-01 10:00:01"},
        {"transaction_id": 8, "txn_type": "chargeback"},
    ]
    told = wire(
        base_total_paid=100,
        base_total_refunded=10,
        payment={"entity_id": 4, "method": "stripe", "base_amount_paid": 100, "base_amount_refunded": 10},
    )
    found = record(told, creditmemos=memos, transactions=transactions).payments
    assert found is not None
    at = datetime(2026, 3, 1, 10, 0, 1, tzinfo=UTC)
    capture, unknown = TransactionKind.CAPTURE, TransactionKind.UNKNOWN
    assert found.payments == (
        Payment(
            external_id="4",
            status=PaymentStatus.PARTIALLY_REFUNDED,
            raw_status="partly refunded",
            method="stripe",
            captured=usd("100"),
            refunded=usd("10"),
            transactions=(
                Transaction(
                    external_id="7",
                    kind=capture,
                    raw_kind="capture",
                    status=TransactionStatus.UNKNOWN,
                    processed_at=at,
                    gateway="stripe",
                ),
                Transaction(
                    external_id="8",
                    kind=unknown,
                    raw_kind="chargeback",
                    status=TransactionStatus.UNKNOWN,
                    gateway="stripe",
                ),
            ),
        ),
    )
    assert found.refunds == (Refund(external_id="1", amount=usd("10"), note="Broken"),)


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ([], None),
        ([(3, 100)], None),
        ([(2, 40)], ("partly invoiced", "PARTIALLY_INVOICED")),
        ([(2, 40), (1, 60)], ("invoiced", "INVOICED")),
        ([(2, 40), (3, 60)], ("partly invoiced", "PARTIALLY_INVOICED")),
    ],
)
def test_partial_invoices(sums: list[tuple[int, int]], expected: tuple[str, str] | None) -> None:
    """Invoices are summed, canceled ones left out; without any the shop says nothing of invoicing."""
    documents = [
        {"entity_id": n, "state": state, "base_grand_total": total} for n, (state, total) in enumerate(sums, start=1)
    ]
    assert word(record(wire(), invoices=documents), Axis.INVOICE) == expected


def test_an_invoice() -> None:
    """Paid as a whole or not at all; its day is that of the moment in UTC."""
    document = {"entity_id": 3, "increment_id": "I-3", "state": 2, "base_grand_total": 100}
    found = record(wire(), invoices=[{**document, "created_at": "2026-03-01 23:59:59"}]).invoices
    assert found is not None
    assert found.invoices == (
        Invoice(
            external_id="3",
            number="I-3",
            status=InvoiceDocumentStatus.PAID,
            raw_status="2",
            issued_at=date(2026, 3, 1),
            total=usd("100"),
            paid=usd("100"),
            due=usd("0"),
        ),
    )


@pytest.mark.parametrize(("state", "raw"), [(9, "9"), (None, None)])
def test_an_invoice_in_a_state_that_nobody_mapped(state: int | None, raw: str | None) -> None:
    """It is UNKNOWN beside its state, and has none where the shop says none."""
    found = record(wire(), invoices=[{"entity_id": 3, "state": state, "base_grand_total": 100}]).invoices
    assert found is not None
    assert [(each.status, each.raw_status) for each in found.invoices] == [(InvoiceDocumentStatus.UNKNOWN, raw)]


@pytest.mark.parametrize(
    ("state", "status", "expected"),
    [
        ("holded", "on_the_shelf", Hold(reason=HoldReason.OTHER, raw="holded")),
        ("payment_review", "fraud", Hold(reason=HoldReason.FRAUD_RISK, raw="fraud")),
        ("payment_review", "payment_review", Hold(reason=HoldReason.MANUAL_REVIEW, raw="payment_review")),
        ("pending_payment", "pending_payment", Hold(reason=HoldReason.AWAITING_PAYMENT, raw="pending_payment")),
        ("processing", "processing", None),
    ],
)
def test_holds(state: str, status: str, expected: Hold | None) -> None:
    """What holds an order is its state, and its status where that is fraud."""
    assert record(wire(state=state, status=status)).holds == ((expected,) if expected else ())


def test_timeline() -> None:
    """Remarks and statuses in order of time; of one second the one that came later stays later."""
    entries = [
        {"created_at": "2026-03-02 10:00:00", "status": "complete", "comment": None},
        {"created_at": "2026-03-01 10:00:00", "status": "processing", "comment": "Paid", "is_visible_on_front": 1},
        {"created_at": "2026-03-01 10:00:00", "status": "pending", "comment": "Placed", "is_visible_on_front": 1},
        {"created_at": None, "status": "pending", "comment": "Nowhere"},
    ]
    first, later = datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert record(wire(status_histories=entries)).timeline == (
        Happening(occurred_at=first, kind="NOTE", message="Placed"),
        Happening(occurred_at=first, kind="NOTE", message="Paid"),
        Happening(occurred_at=later, kind="STATUS", message="complete"),
    )


@pytest.mark.parametrize("visible", [0, None])
def test_remarks_of_staff(visible: int | None) -> None:
    """Of a remark that the shop does not show, or does not say that it does, only that it was made is told."""
    entry = {
        "created_at": "2026-03-01 10:00:00",
        "status": "pending",
        "comment": "A liar",
        "is_visible_on_front": visible,
    }
    at = datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert record(wire(status_histories=[entry])).timeline == (Happening(occurred_at=at, kind="NOTE", message=None),)


def test_only_wanted_words() -> None:
    """A word travels with its facet and with no other."""
    assert record(wire(), facets=frozenset({Facet.LINES})).statuses == ()
