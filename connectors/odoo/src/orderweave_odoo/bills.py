"""Invoices and credit notes in our words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from orderweave_odoo.dictionary import Dictionary
from orderweave_odoo.manifest import STATUSES
from orderweave_odoo.payloads import InvoiceRow, OrderRow
from orderweave_odoo.wire import amount, day, link_name, text
from orderweave_sdk.records import Axis, Invoice, InvoiceDocumentStatus, Invoices, Money, StatusWord

_MAY_BE_LEFT = frozenset({"no", "to invoice"})


def invoices(order: OrderRow, rows: Iterable[InvoiceRow], dictionary: Dictionary) -> Invoices:
    """The order's invoices and credit notes, the latter with amounts below zero, and its payment terms."""
    return Invoices(
        invoices=tuple(_invoice(row, dictionary) for row in sorted(rows, key=lambda row: row.id)),
        payment_terms=link_name(order.payment_term_id),
    )


def invoice_word(order: OrderRow, rows: Iterable[InvoiceRow]) -> StatusWord:
    """How far the order is invoiced: Odoo's word, and whether anything is billed where more may be left."""
    word = text(order.invoice_status) or "no"
    billed = any(row.state == "posted" and row.move_type == "out_invoice" for row in rows)
    return STATUSES.read(Axis.INVOICE, f"{word}/billed" if billed and word in _MAY_BE_LEFT else word)


def _invoice(row: InvoiceRow, dictionary: Dictionary) -> Invoice:
    currency = link_name(row.currency_id)
    digits = dictionary.digits(currency)
    sign = -1 if row.move_type == "out_refund" else 1
    total, due = amount(row.amount_total, digits), amount(row.amount_residual, digits)
    posted = row.state == "posted"
    paid = None if not posted or total is None or due is None else total - due
    word = f"posted/{text(row.payment_state) or ''}" if posted else text(row.state)

    def money(value: Decimal | None) -> Money | None:
        return None if value is None or currency is None else Money(sign * value, currency)

    number = text(row.name)
    return Invoice(
        external_id=str(row.id),
        number=None if number == "/" else number,  # a draft's, until 17
        status=STATUSES.part(Axis.INVOICE_DOCUMENT, word, InvoiceDocumentStatus),
        raw_status=word,
        issued_at=day(row.invoice_date),
        due_at=day(row.invoice_date_due),
        total=money(total),
        paid=money(paid),
        due=money(due if posted else None),  # nothing is owed on a draft, and that does not make it paid
    )
