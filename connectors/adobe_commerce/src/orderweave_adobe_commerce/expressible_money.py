"""What is left of sums, payments and invoices when Adobe Commerce says them: one payment, transactions without sums."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from orderweave_adobe_commerce.expressible_goods import ZERO, whole_seconds
from orderweave_sdk.records import (
    Discount,
    Header,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Money,
    OrderRecord,
    Payment,
    Payments,
    PaymentStatus,
    Refund,
    TaxLine,
    Totals,
    Transaction,
    TransactionKind,
    TransactionStatus,
)

# Between the ids of orders and those of the payments that stand for records without any.
_PAYMENT_IDS = 5_000_000
OFFLINE = "checkmo"
_RECORDED = (TransactionStatus.SUCCESS, TransactionStatus.PENDING, TransactionStatus.UNKNOWN)


def expressible_totals(header: Header, currency: str, *, canceled: bool) -> Totals:
    """Sums of money that moved are always known; a canceled order owes nothing."""
    said = header.totals or Totals()
    nothing = Money(ZERO, currency)
    return Totals(
        subtotal=said.subtotal,
        discount=said.discount,
        shipping=said.shipping,
        tax=said.tax,
        total=said.total or nothing,
        paid=said.paid or nothing,
        refunded=said.refunded or nothing,
        due=nothing if canceled else said.due or nothing,
    )


def expressible_discounts(header: Header, totals: Totals) -> tuple[Discount, ...]:
    """One discount, the first, of the order's whole sum."""
    first = header.discounts[0] if header.discounts else None
    title = (first.title or first.code) if first else None
    if title is None:
        if totals.discount is None or not totals.discount.amount:
            return ()
        title = "Discount"
    return (Discount(title=title, code=first.code if first else None, amount=totals.discount),)


def expressible_taxes(header: Header, currency: str) -> tuple[TaxLine, ...]:
    """Taxes with an amount."""
    return tuple(
        msgspec.structs.replace(tax, title=tax.title or "Tax", amount=tax.amount or Money(ZERO, currency))
        for tax in header.taxes
    )


def payment_meaning(state: str, totals: Totals, authorized: Decimal) -> PaymentStatus:
    """What the sums come to."""
    total, paid, refunded = (_number(money) for money in (totals.total, totals.paid, totals.refunded))
    if refunded:
        return PaymentStatus.PARTIALLY_REFUNDED if refunded < paid else PaymentStatus.REFUNDED
    if paid:
        short = PaymentStatus.PARTIALLY_PAID if paid < total else PaymentStatus.OVERPAID
        return PaymentStatus.PAID if paid == total else short
    if state == "canceled" or not total:
        return PaymentStatus.VOIDED if state == "canceled" else PaymentStatus.NOT_REQUIRED
    if authorized:
        return PaymentStatus.AUTHORIZED if authorized >= total else PaymentStatus.PARTIALLY_AUTHORIZED
    return PaymentStatus.PENDING


def authorized_of(order: OrderRecord) -> Decimal:
    """What the order's payment holds."""
    first = next(iter(order.payments.payments), None) if order.payments else None
    return _number(first.authorized) if first else ZERO


def expressible_payments(order: OrderRecord, meaning: PaymentStatus, currency: str) -> Payments:
    """Exactly one payment, with what went well of its transactions."""
    said = order.payments or Payments()
    first = said.payments[0] if said.payments else None
    method = (first.method if first else None) or OFFLINE
    payment = Payment(
        external_id=first.external_id if first else str(int(order.external_id) + _PAYMENT_IDS),
        status=meaning,
        method=method,
        authorized=first.authorized if first else None,
        captured=first.captured if first else None,
        refunded=first.refunded if first else None,
        transactions=tuple(
            Transaction(
                external_id=item.external_id,
                kind=item.kind,
                status=TransactionStatus.UNKNOWN,
                processed_at=whole_seconds(item.processed_at),
                gateway=method,
            )
            for item in (first.transactions if first else ())
            if item.kind is not TransactionKind.UNKNOWN and item.status in _RECORDED
        ),
    )
    refunds = tuple(
        Refund(
            external_id=item.external_id,
            amount=item.amount or Money(ZERO, currency),
            created_at=whole_seconds(item.created_at),
            note=item.note or None,
        )
        for item in said.refunds
    )
    return Payments(payments=(payment,), refunds=refunds)


def expressible_invoices(order: OrderRecord, currency: str) -> Invoices:
    """Invoices that are open, paid or canceled as wholes, without terms or a day on which they are due."""
    said = order.invoices or Invoices()
    return Invoices(invoices=tuple(_invoice(item, currency) for item in said.invoices))


def _invoice(item: Invoice, currency: str) -> Invoice:
    total, nothing = item.total or Money(ZERO, currency), Money(ZERO, currency)
    kept = (InvoiceDocumentStatus.PAID, InvoiceDocumentStatus.CANCELED)
    status = item.status if item.status in kept else InvoiceDocumentStatus.POSTED
    return Invoice(
        external_id=item.external_id,
        number=item.number or None,
        status=status,
        issued_at=item.issued_at,
        total=total,
        paid=total if status is InvoiceDocumentStatus.PAID else nothing,
        due=total if status is InvoiceDocumentStatus.POSTED else nothing,
    )


def _number(money: Money | None) -> Decimal:
    return money.amount if money else ZERO
