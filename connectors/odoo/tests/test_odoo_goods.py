"""Transfers, returns, invoices and stock, with exact values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.odoo.tests.orders import DICTIONARY, TEA, bill, move, order, picking, read, transfers
from orderweave_odoo.bills import invoices
from orderweave_odoo.goods import fulfillment, return_word, returns, tracking_numbers
from orderweave_odoo.inventory import levels
from orderweave_odoo.payloads import ProductRow, QuantRow, WarehouseRow
from orderweave_sdk.records import (
    Carrier,
    DeliveryMethod,
    FulfillmentOrderStatus,
    GoodsLine,
    Invoice,
    InvoiceDocumentStatus,
    Money,
    Package,
    ReturnLine,
    ReturnStatus,
    ShipmentStatus,
)


def test_a_transfer_is_plan_and_fact() -> None:
    """Done it is both under one id, with what was done; before that it is a plan of what is wanted."""
    told = transfers(
        [
            picking(2, "confirmed"),
            picking(1, "done", carrier_id=[4, "UPS"], carrier_tracking_ref="1Z1, 1Z2,1Z1"),
            picking(3, "assigned", code="internal"),
        ],
        [
            move(11, 1, "done", quantity=1.0),
            move(12, 1, "cancel", product_uom_qty=1.0),
            move(21, 2, "confirmed", product_uom_qty=1.0),
            move(31, 3, "assigned"),
        ],
    )
    found = fulfillment(order(), told)
    gone, rest = found.fulfillment_orders
    one = (GoodsLine(quantity=Decimal(1), sku="TEA", line_id="1"),)
    assert (gone.external_id, gone.status, gone.method) == ("1", FulfillmentOrderStatus.CLOSED, DeliveryMethod.SHIPPING)
    assert (rest.external_id, rest.status, rest.method) == ("2", FulfillmentOrderStatus.OPEN, DeliveryMethod.UNKNOWN)
    assert (gone.lines, rest.lines) == (one, one)
    (fact,) = found.shipments
    assert (fact.external_id, fact.number, fact.status) == ("1", "WH/OUT/00001", ShipmentStatus.PICKED_UP)
    assert fact.shipped_at == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert fact.lines == one
    assert fact.location is not None
    assert fact.location.external_id == "1"
    ups = Carrier(name="UPS")
    status = {"status": ShipmentStatus.PICKED_UP, "raw_status": "done"}
    assert fact.packages == tuple(
        Package(carrier=ups, tracking_number=number, **status)  # type: ignore[arg-type]  # one value for each
        for number in ("1Z1", "1Z2")
    )


def test_promises_and_plans() -> None:
    """The date agreed with the customer is a package's promise; when a transfer is planned and due is the plan's."""
    dates = {"scheduled_date": "2026-03-02 06:00:00", "date_deadline": "2026-03-05 12:00:00"}
    told = transfers([picking(1, "done", carrier_tracking_ref="1Z1", **dates), picking(2, "assigned")], [])
    found = fulfillment(order(commitment_date="2026-03-06 18:00:00"), told)
    planned, unplanned = found.fulfillment_orders
    assert planned.fulfill_at == datetime(2026, 3, 2, 6, tzinfo=UTC)
    assert planned.fulfill_by == datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert (unplanned.fulfill_at, unplanned.fulfill_by) == (None, None)
    assert [package.promised_by for package in found.shipments[0].packages] == [datetime(2026, 3, 6, 18, tzinfo=UTC)]


def test_quantities_before_17() -> None:
    """Until 16 what was done stands in quantity_done, and the new name is not told."""
    row = move(11, 1, "done", quantity_done=1.5)
    row.quantity = False
    (shipment,) = fulfillment(order(), transfers([picking(1, "done")], [row])).shipments
    assert [line.quantity for line in shipment.lines] == [Decimal("1.5")]


def test_canceled_transfers_tell_what_was_wanted() -> None:
    """A canceled plan keeps its lines, and nothing is a fact of it."""
    found = fulfillment(order(), transfers([picking(1, "cancel")], [move(11, 1, "cancel")]))
    (plan,) = found.fulfillment_orders
    assert (plan.status, [line.quantity for line in plan.lines]) == (FulfillmentOrderStatus.CANCELED, [Decimal(2)])
    assert found.shipments == ()


def test_returns_and_what_only_looks_like_one() -> None:
    """Goods that had gone out return; those from a supplier to the customer go out; a receipt is neither."""
    told = transfers(
        [picking(1, "done", "incoming"), picking(2, "done", "incoming"), picking(3, "done", "incoming")],
        [
            move(11, 1, "done", origin_returned_move_id=[9, "x"], quantity=1.0),
            move(21, 2, "done"),
            move(31, 3, "done", sale_line_id=False),
        ],
    )
    (record,) = returns(told)
    assert (record.external_id, record.number, record.status) == ("1", "WH/OUT/00001", ReturnStatus.RECEIVED)
    assert record.lines == (ReturnLine(sku="TEA", line_id="1", quantity=Decimal(1)),)
    assert record.created_at == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    sent = fulfillment(order(), told).shipments
    assert [(shipment.external_id, shipment.raw_status) for shipment in sent] == [("2", "done")]


def test_the_return_that_is_least_far_speaks_for_all() -> None:
    """One that is open outweighs one that has come; none is no word."""
    back = {"origin_returned_move_id": [9, "x"]}
    told = transfers(
        [picking(1, "done", "incoming"), picking(2, "assigned", "incoming")],
        [move(11, 1, "done", **back), move(21, 2, "assigned", **back)],
    )
    word = return_word(told)
    assert word is not None
    assert (word.raw, word.normalized) == ("assigned", "OPEN")
    assert return_word(transfers([], [])) is None


def test_a_return_in_a_state_that_nobody_mapped() -> None:
    """It is UNKNOWN beside the state."""
    told = transfers(
        [picking(1, "mislaid", "incoming"), picking(2, "done", "incoming")],
        [move(n * 11, n, "done", origin_returned_move_id=[9, "x"]) for n in (1, 2)],
    )
    assert [(each.status, each.raw_status) for each in returns(told)] == [
        (ReturnStatus.UNKNOWN, "mislaid"),
        (ReturnStatus.RECEIVED, "done"),
    ]


@pytest.mark.parametrize(
    ("field", "numbers"),
    [
        (False, []),
        ("1Z1", ["1Z1"]),
        ("1Z1,1Z2", ["1Z1", "1Z2"]),
        ("794+795", ["794", "795"]),
        (" 1Z1 ; 1Z2\n1Z3", ["1Z1", "1Z2", "1Z3"]),
    ],
)
def test_numbers_in_one_field(field: Any, numbers: list[str]) -> None:
    """Carriers' modules and people put several numbers into the one field."""
    assert tracking_numbers(picking(1, "done", carrier_tracking_ref=field)) == numbers


@pytest.mark.parametrize(
    ("values", "status", "raw", "paid", "due"),
    [
        ({}, InvoiceDocumentStatus.POSTED, "posted/not_paid", "0.00", "10.00"),
        (
            {"payment_state": "partial", "amount_residual": 3.3},
            *(InvoiceDocumentStatus.PARTIALLY_PAID, "posted/partial", "6.70", "3.30"),
        ),
        (
            {"payment_state": "in_payment", "amount_residual": 0.0},
            *(InvoiceDocumentStatus.PAID, "posted/in_payment", "10.00", "0.00"),
        ),
        (
            {"payment_state": "paid", "amount_residual": 0.0},
            *(InvoiceDocumentStatus.PAID, "posted/paid", "10.00", "0.00"),
        ),
        (
            {"payment_state": "reversed", "amount_residual": 0.0},
            *(InvoiceDocumentStatus.CANCELED, "posted/reversed", "10.00", "0.00"),
        ),
        ({"payment_state": "odd"}, InvoiceDocumentStatus.UNKNOWN, "posted/odd", "0.00", "10.00"),
        ({"state": "draft", "name": "/"}, InvoiceDocumentStatus.DRAFT, "draft", None, None),
        ({"state": "cancel"}, InvoiceDocumentStatus.CANCELED, "cancel", None, None),
        ({"state": "on_hold"}, InvoiceDocumentStatus.UNKNOWN, "on_hold", None, None),
    ],
)
def test_invoices(
    values: dict[str, Any], status: InvoiceDocumentStatus, raw: str, paid: str | None, due: str | None
) -> None:
    """What is paid is what is not left, once an invoice is posted; a draft owes nothing and is paid by nothing. The
    word is the state, with how far it is paid once it is posted.
    """
    (found,) = invoices(order(payment_term_id=[3, "30 Days"]), [bill(1, **values)], DICTIONARY).invoices
    assert found == Invoice(
        external_id="1",
        number=None if values.get("name") == "/" else "INV/2026/00001",
        status=status,
        raw_status=raw,
        issued_at=date(2026, 3, 3),
        due_at=date(2026, 4, 2),
        total=Money(Decimal("10.00"), "USD"),
        paid=None if paid is None else Money(Decimal(paid), "USD"),
        due=None if due is None else Money(Decimal(due), "USD"),
    )


def test_credit_notes_are_below_zero() -> None:
    """So that the documents of an order add up."""
    rows = [bill(2, move_type="out_refund", amount_residual=0.0, payment_state="paid"), bill(1)]
    found = invoices(order(payment_term_id=[3, "30 Days"]), rows, DICTIONARY)
    assert found.payment_terms == "30 Days"
    assert [each.total and each.total.amount for each in found.invoices] == [Decimal(10), Decimal(-10)]
    assert found.invoices[1].paid == Money(Decimal("-10.00"), "USD")


def test_stock_is_summed_by_warehouse() -> None:
    """Shelves of a warehouse add up; a stored product without a quant is none on hand; a service has no stock."""
    products = [
        TEA,
        read(ProductRow, {"id": 6, "default_code": "POT", "name": "Pot", "is_storable": True, "type": "consu"}),
        read(ProductRow, {"id": 7, "default_code": "TEA", "name": "Tea, old", "type": "product"}),
        read(ProductRow, {"id": 8, "default_code": "WRAP", "name": "Wrapping", "type": "service"}),
    ]

    def quant(product: int, shelf: int, quantity: float, reserved: float) -> QuantRow:
        told = {"id": 1, "product_id": [product, "?"], "location_id": [shelf, "?"]}
        return read(QuantRow, told | {"quantity": quantity, "reserved_quantity": reserved})

    quants = [quant(5, 11, 4.0, 1.0), quant(5, 12, 2.5, 0.0), quant(7, 11, 1.0, 0.0), quant(5, 99, 50.0, 0.0)]
    main = read(WarehouseRow, {"id": 1, "name": "Main", "active": True})
    found = {level.sku: level for level in levels(products, quants, {11: 1, 12: 1}, [main])}
    assert set(found) == {"TEA", "POT"}
    tea, pot = found["TEA"], found["POT"]
    assert (tea.on_hand, tea.committed, tea.available) == (Decimal("7.5"), Decimal(1), Decimal("6.5"))
    assert tea.location.external_id == "1"
    assert (pot.on_hand, pot.committed, pot.available) == (Decimal(0), Decimal(0), Decimal(0))
