"""What is made of the documents that follow an order, deliveries and billing documents. Exact values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from connectors.sap_s4hana.tests.documents import READING, billed, eur, item, order, sent
from orderweave_sap_s4hana.deliveries import Sent, fulfillment, issued
from orderweave_sap_s4hana.invoicing import how_far, invoices
from orderweave_sap_s4hana.mapping import order_record
from orderweave_sap_s4hana.payloads import SalesOrder
from orderweave_sap_s4hana.statuses import ALL_ISSUED, SOME_ISSUED
from orderweave_sdk.records import Facet, Hold, HoldReason


def word(row: SalesOrder, documents: Sequence[Sent]) -> str:
    """What the order with these deliveries says of its fulfillment."""
    return order_record(row, frozenset({Facet.FULFILLMENT}), READING, sent=documents).statuses[0].normalized


def test_delivered_on_paper_is_not_sent() -> None:
    """A delivery for everything is no goods issue; the word follows what left."""
    waiting = sent(OverallGoodsMovementStatus="A")
    gone = sent(OverallGoodsMovementStatus="C")
    assert issued(()) == ""
    assert issued((waiting,)) == ""
    assert issued((waiting, gone)) == SOME_ISSUED
    assert issued((sent(OverallGoodsMovementStatus="B"),)) == SOME_ISSUED
    assert issued((gone, gone)) == ALL_ISSUED
    row = order(OverallTotalDeliveryStatus="C")
    for documents, meaning in (((), "IN_PROGRESS"), ((waiting, gone), "PARTIALLY_FULFILLED"), ((gone,), "FULFILLED")):
        assert word(row, documents) == meaning
    canceled = order(OverallTotalDeliveryStatus="C", OverallSDDocumentRejectionSts="C")
    assert word(canceled, ()) == "CANCELED"


@pytest.mark.parametrize(
    ("fields", "plan", "fact"),
    [
        ({}, "RELEASED", None),
        ({"OverallPickingStatus": "A"}, "RELEASED", None),
        ({"OverallPickingStatus": "B"}, "PICKING", None),
        ({"OverallPickingStatus": "C", "OverallPackingStatus": "B"}, "PICKING", None),
        ({"OverallPackingStatus": "C", "OverallGoodsMovementStatus": "A"}, "PACKED", "PENDING"),
        ({"OverallGoodsMovementStatus": "B"}, "PACKED", "PICKED_UP"),
        ({"OverallGoodsMovementStatus": "C", "OverallProofOfDeliveryStatus": "A"}, "CLOSED", "PICKED_UP"),
        ({"OverallGoodsMovementStatus": "C", "OverallProofOfDeliveryStatus": "C"}, "CLOSED", "DELIVERED"),
        ({"OverallPickingStatus": "Z"}, "UNKNOWN", None),
    ],
)
def test_stages_of_a_delivery(fields: dict[str, str], plan: str, fact: str | None) -> None:
    """A plan all along, a fact once packed or gone, delivered only by proof."""
    found = fulfillment([sent(**fields)], READING)
    assert [each.status for each in found.fulfillment_orders] == [plan]
    assert [each.status for each in found.shipments] == ([fact] if fact else [])


def test_a_delivery() -> None:
    """Goods by order item, the plant, the moment by the place's clock, and the tracking number where it is kept."""
    goods = {"ReferenceSDDocumentItem": "000010", "ActualDeliveryQuantity": "2.000", "StorageLocation": "0001"}
    head = {**goods, "ActualDeliveryQuantity": "0"}
    left = sent(
        goods,
        head,
        OverallGoodsMovementStatus="C",
        ActualGoodsMovementDate="/Date(1772409600000)/",
        ActualGoodsMovementTime="PT15H51M04S",
        Shippinglocationtimezone="EST",
        BillOfLading=" 1Z999 ",
        DeliveryBlockReason="04",
    )
    found = fulfillment([left], READING)
    (shipment,), (plan,) = found.shipments, found.fulfillment_orders
    assert (shipment.external_id, shipment.number, plan.external_id) == ("80000001", "80000001", "80000001")
    assert shipment.shipped_at == datetime(2026, 3, 2, 20, 51, 4, tzinfo=UTC)
    assert [(line.quantity, line.sku, line.line_id) for line in shipment.lines] == [(Decimal("2.000"), "TEA", "10")]
    assert [package.tracking_number for package in shipment.packages] == ["1Z999"]
    assert shipment.location is not None
    assert shipment.location.external_id == "1010"
    assert plan.holds == (Hold(reason=HoldReason.OTHER, raw="delivery block 04"),)
    finer = msgspec.structs.replace(READING, by_storage_location=True, tracking_field="MeansOfTransport")
    (shipment,) = fulfillment([left], finer).shipments
    assert shipment.location is not None
    assert (shipment.location.external_id, shipment.packages) == ("1010/0001", ())


@pytest.mark.parametrize(
    ("fields", "moment"),
    [
        ({"Shippinglocationtimezone": ""}, datetime(2026, 3, 2, 7, 0, tzinfo=UTC)),
        ({"Shippinglocationtimezone": "NOWHRE"}, None),
        ({"ActualGoodsMovementTime": None}, None),
        ({"ActualGoodsMovementDate": None}, None),
        (
            {
                "ActualGoodsMovementDate": "/Date(253402214400000)/",
                "ActualGoodsMovementTime": "PT23H",
                "Shippinglocationtimezone": "PST",
            },
            None,
        ),
        ({"OverallGoodsMovementStatus": "A", "OverallPackingStatus": "C"}, None),
    ],
)
def test_when_goods_left(fields: dict[str, Any], moment: datetime | None) -> None:
    """The system's zone where none is named; nothing where the zone, the day or the time is not known."""
    known = {
        "OverallGoodsMovementStatus": "C",
        "ActualGoodsMovementDate": "/Date(1772409600000)/",
        "ActualGoodsMovementTime": "PT8H",
    }
    berlin = msgspec.structs.replace(READING, time_zone=ZoneInfo("Europe/Berlin"))
    (shipment,) = fulfillment([sent(**{**known, **fields})], berlin).shipments
    assert shipment.shipped_at == moment


@pytest.mark.parametrize(
    ("fields", "status", "raw", "paid", "due"),
    [
        ({}, "POSTED", "C/A", "0", "23.80"),
        ({"InvoiceClearingStatus": ""}, "POSTED", "C/", "0", "23.80"),
        ({"InvoiceClearingStatus": "B"}, "PARTIALLY_PAID", "C/B", None, None),
        ({"InvoiceClearingStatus": "C"}, "PAID", "C/C", "23.80", "0"),
        ({"AccountingTransferStatus": "A", "InvoiceClearingStatus": "C"}, "DRAFT", "A", None, None),
        ({"AccountingTransferStatus": "H", "InvoiceClearingStatus": "C"}, "PAID", "H/C", "23.80", "0"),
        ({"BillingDocumentIsCancelled": True, "InvoiceClearingStatus": "C"}, "CANCELED", "canceled", None, None),
        ({"AccountingTransferStatus": "Z"}, "UNKNOWN", "Z", None, None),
        ({"InvoiceClearingStatus": "Q"}, "UNKNOWN", "C/Q", None, None),
    ],
)
def test_an_invoice(fields: dict[str, Any], status: str, raw: str, paid: str | None, due: str | None) -> None:
    """Posted, cleared, or canceled; what is paid of a part is not told. The word is made of the vendor's letters."""
    (invoice,) = invoices(order(item()), [billed(**fields), billed(**fields, number="20")]).invoices
    assert (invoice.external_id, invoice.number, invoice.status) == ("90000001", "90000001", status)
    assert invoice.raw_status == raw
    assert (invoice.issued_at, invoice.due_at, invoice.total) == (date(2026, 3, 2), None, eur("23.80"))
    assert invoice.paid == (eur(paid) if paid else None)
    assert invoice.due == (eur(due) if due else None)


def test_what_is_no_invoice() -> None:
    """Cancellations, credit memos and pro forma invoices are none; the gross amount may have to be added up."""
    assert invoices(order(item()), [billed(SDDocumentCategory=each) for each in "NOPSU5"]).invoices == ()
    parts: dict[str, Any] = {"TotalGrossAmount": None, "TotalNetAmount": "20.00", "TaxAmount": "3.80"}
    assert invoices(order(item()), [billed(**parts)]).invoices[0].total == eur("23.80")
    assert invoices(order(CustomerPaymentTerms="0004"), ()).payment_terms == "0004"


@pytest.mark.parametrize(
    ("items", "bills", "letter"),
    [
        ([item()], [], "A"),
        ([item()], [billed("1")], "B"),
        ([item()], [billed("1"), billed("1")], "C"),
        ([item()], [billed("2", BillingDocumentIsCancelled=True)], "A"),
        ([item()], [billed("2", SDDocumentCategory="U")], "A"),
        ([item(), item("20")], [billed("2")], "B"),
        ([item(), item("20", SalesDocumentRjcnReason="61")], [billed("2")], "C"),
        ([item(OrderRelatedBillingStatus="C")], [], "C"),
        ([item(OrderRelatedBillingStatus="A"), item("20")], [billed("2", "20")], "B"),
        ([item(quantity="0")], [], ""),
        ([], [], ""),
    ],
)
def test_how_far_an_order_is_billed(items: list[dict[str, Any]], bills: list[Any], letter: str) -> None:
    """By what order-related items say, by quantities otherwise."""
    assert how_far(order(*items), bills) == letter
