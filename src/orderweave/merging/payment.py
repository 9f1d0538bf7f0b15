"""How far an order is paid: by the word of whoever sees the money, else by its invoices."""

from __future__ import annotations

from collections.abc import Sequence

from orderweave.merging.contest import Members
from orderweave.merging.header import merge_status
from orderweave.model.provenance import Fetched
from orderweave.planning.authority import Aspect
from orderweave_sdk.records import Axis, Invoice, InvoiceDocumentStatus, InvoiceStatus, PaymentStatus

_PAID = frozenset({InvoiceDocumentStatus.PAID, InvoiceDocumentStatus.PARTIALLY_PAID})


def merge_payment_status(members: Members, anchor: Fetched | None) -> PaymentStatus:
    """The most believed word. Where the place of capture has none, its own invoices tell.

    Only its own: an ERP's copy of a shop's order looks unpaid until it is billed, whatever the shop has collected.
    """
    word = PaymentStatus(merge_status(members, Axis.PAYMENT, Aspect.PAYMENTS, "paymentStatus"))
    if word is not PaymentStatus.UNKNOWN or anchor is None or anchor.record.invoices is None:
        return word
    invoiced = next((word.normalized for word in anchor.record.statuses if word.axis is Axis.INVOICE), "UNKNOWN")
    return _by_invoices(anchor.record.invoices.invoices, whole=invoiced == InvoiceStatus.INVOICED)


def _by_invoices(invoices: Sequence[Invoice], *, whole: bool) -> PaymentStatus:
    """`whole`: the invoices cover the order."""
    live = [invoice.status for invoice in invoices if invoice.status is not InvoiceDocumentStatus.CANCELED]
    if InvoiceDocumentStatus.UNKNOWN in live:
        return PaymentStatus.UNKNOWN
    if whole and live and all(status is InvoiceDocumentStatus.PAID for status in live):
        return PaymentStatus.PAID
    return PaymentStatus.PARTIALLY_PAID if _PAID.intersection(live) else PaymentStatus.PENDING
