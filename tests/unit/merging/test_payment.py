"""How far an order is paid: by who sees the money, else by the invoices of its own place of capture."""

from __future__ import annotations

import pytest

from orderweave_sdk.records import Axis, Invoice, InvoiceDocumentStatus, Invoices
from tests.unit.merging.orders import merge, says, word

PAID, POSTED = InvoiceDocumentStatus.PAID, InvoiceDocumentStatus.POSTED
PART, VOID, ODD = (
    InvoiceDocumentStatus.PARTIALLY_PAID,
    InvoiceDocumentStatus.CANCELED,
    InvoiceDocumentStatus.UNKNOWN,
)


@pytest.mark.parametrize(
    ("invoices", "invoiced", "status"),
    [
        ([PAID], "INVOICED", "PAID"),
        ([PAID, VOID], "INVOICED", "PAID"),
        ([PAID], "PARTIALLY_INVOICED", "PARTIALLY_PAID"),
        ([PAID, POSTED], "INVOICED", "PARTIALLY_PAID"),
        ([PART], "INVOICED", "PARTIALLY_PAID"),
        ([POSTED], "INVOICED", "PENDING"),
        ([], "NOT_INVOICED", "PENDING"),
        ([VOID], "INVOICED", "PENDING"),
        ([PAID, ODD], "INVOICED", "UNKNOWN"),
    ],
)
def test_a_desk_order_is_as_paid_as_its_invoices(
    invoices: list[InvoiceDocumentStatus], invoiced: str, status: str
) -> None:
    """Paid when invoices that cover the order are all paid; a canceled one is none, an unknown one says nothing."""
    said = Invoices(invoices=tuple(Invoice(external_id=str(n), status=found) for n, found in enumerate(invoices)))
    desk = says("erp", invoices=said, statuses=(word(Axis.INVOICE, invoiced),))
    assert merge(desk, anchor=desk).payment_status.value == status


def test_a_word_goes_before_invoices() -> None:
    """Whoever sees the money is believed."""
    said = Invoices(invoices=(Invoice(external_id="1", status=POSTED),))
    desk = says("erp", invoices=said, statuses=(word(Axis.INVOICE, "INVOICED"), word(Axis.PAYMENT, "REFUNDED")))
    assert merge(desk, anchor=desk).payment_status.value == "REFUNDED"


def test_a_copys_invoices_do_not_tell() -> None:
    """The ERP's copy of a shop's order looks unpaid until it is billed, whatever the shop has collected."""
    copy = says("erp", invoices=Invoices(), statuses=(word(Axis.INVOICE, "NOT_INVOICED"),))
    shop = says("shop")
    assert merge(shop, copy, anchor=shop).payment_status.value == "UNKNOWN"
    assert merge(copy).payment_status.value == "UNKNOWN"
