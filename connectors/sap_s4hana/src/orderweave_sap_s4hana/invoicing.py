"""From billing documents to invoices, and how far an order is billed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from orderweave_sap_s4hana.payloads import BillingDocument, BillingItem, SalesOrder, SalesOrderItem
from orderweave_sap_s4hana.statuses import NOT_RELEVANT, NOT_YET, PARTLY, POSTED, STATUSES, WHOLLY
from orderweave_sap_s4hana.wire import day, decimal, plain
from orderweave_sdk.records import Axis, Invoice, InvoiceDocumentStatus, Invoices, Money

# SDDocumentCategory of an invoice; the others are cancellations, credit and debit memos, and pro forma invoices.
INVOICE = "M"


def invoices(order: SalesOrder, billed: Sequence[BillingItem]) -> Invoices:
    """The invoices in which the order's items stand, each once, by number."""
    documents = {plain(document.billing_document): document for document in _documents(billed)}
    return Invoices(
        invoices=tuple(_invoice(number, documents[number]) for number in sorted(documents)),
        payment_terms=order.customer_payment_terms or None,
    )


def how_far(order: SalesOrder, billed: Sequence[BillingItem]) -> str:
    """One letter for all items that are not rejected, as SAP rolls statuses up; blank where none is to be billed.

    An item that is billed by its order says so itself. One that is billed by its deliveries does not, and is billed as
    far as its quantity stands in invoices that are not canceled.
    """
    quantities: dict[str, Decimal] = {}
    for item in billed:
        document = item.to_billing_document
        if document and document.category == INVOICE and not document.billing_document_is_cancelled:
            number = plain(item.sales_document_item or "")
            quantities[number] = quantities.get(number, Decimal(0)) + (decimal(item.billing_quantity) or Decimal(0))
    letters = {
        letter
        for item in order.to_item.results
        if not item.sales_document_rjcn_reason
        and (letter := _letter(item, quantities.get(plain(item.sales_order_item), Decimal(0)))) != NOT_RELEVANT
    }
    if not letters:
        return NOT_RELEVANT
    return letters.pop() if len(letters) == 1 else PARTLY


def _letter(item: SalesOrderItem, billed: Decimal) -> str:
    if item.order_related_billing_status:
        return item.order_related_billing_status
    ordered = decimal(item.requested_quantity)
    if not ordered:
        return NOT_RELEVANT
    if billed <= 0:
        return NOT_YET
    return PARTLY if billed < ordered else WHOLLY


def _documents(billed: Iterable[BillingItem]) -> Iterable[BillingDocument]:
    for item in billed:
        document = item.to_billing_document
        if document is not None and document.category == INVOICE:
            yield document


def _invoice(number: str, document: BillingDocument) -> Invoice:
    raw = _raw(document)
    status = STATUSES.part(Axis.INVOICE_DOCUMENT, raw, InvoiceDocumentStatus)
    total = _total(document)
    nothing = None if total is None else Money(Decimal(0), total.currency)
    # How much of a partly cleared invoice is paid stands in the books, which this service does not open.
    paid = {InvoiceDocumentStatus.PAID: total, InvoiceDocumentStatus.POSTED: nothing}.get(status)
    due = {InvoiceDocumentStatus.PAID: nothing, InvoiceDocumentStatus.POSTED: total}.get(status)
    return Invoice(
        external_id=number,
        number=number,
        status=status,
        raw_status=raw,
        issued_at=day(document.billing_document_date),
        total=total,
        paid=paid,
        due=due,
    )


def _raw(document: BillingDocument) -> str:
    if document.billing_document_is_cancelled:
        return "canceled"
    transfer = document.accounting_transfer_status or NOT_RELEVANT
    return f"{transfer}/{document.invoice_clearing_status or NOT_RELEVANT}" if transfer in POSTED else transfer


def _total(document: BillingDocument) -> Money | None:
    """What is to be paid, tax included."""
    gross = decimal(document.total_gross_amount)
    if gross is None:
        net, tax = decimal(document.total_net_amount), decimal(document.tax_amount)
        gross = None if net is None or tax is None else net + tax
    if gross is None or not document.transaction_currency:
        return None
    return Money(gross, document.transaction_currency)
