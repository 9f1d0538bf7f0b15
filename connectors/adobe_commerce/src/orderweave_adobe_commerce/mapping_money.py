"""From an order's sums, its payment, invoices and credit memos to totals, payments and invoices. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from orderweave_adobe_commerce.fields import Amounts
from orderweave_adobe_commerce.payloads import (
    CreditmemoPayload,
    InvoicePayload,
    OrderPayload,
    TaxPayload,
    TransactionPayload,
)
from orderweave_adobe_commerce.statuses import STATUSES
from orderweave_adobe_commerce.times import in_utc
from orderweave_sdk.records import (
    Axis,
    Discount,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Money,
    Payment,
    Payments,
    PaymentStatus,
    Refund,
    StatusWord,
    TaxLine,
    Totals,
    Transaction,
    TransactionKind,
    TransactionStatus,
)

_ZERO = Decimal(0)
_CANCELED = "canceled"
_INVOICE_PAID, _INVOICE_CANCELED = 2, 3
_REFUNDED = 2


class Sums:
    """An order's sums in one of its two currencies."""

    def __init__(self, order: OrderPayload, amounts: Amounts) -> None:
        self.order = order
        self.amounts = amounts
        self.currency = amounts.currency(order.base_currency_code, order.order_currency_code)

    def number(self, name: str) -> Decimal:
        """A sum of the order; what is not told is nothing."""
        return self.amounts.number(self.order, name) or _ZERO

    def money(self, name: str) -> Money | None:
        """A sum of the order as it is told."""
        return self.amounts.money(self.order, name, self.currency)

    def owed(self) -> Decimal:
        """What the customer owes in all: the grand total less what was canceled, but for an order canceled as a whole,
        which keeps its total.
        """
        total = self.number("grand_total")
        return total if self.order.state == _CANCELED else total - self.number("total_canceled")

    def said(self, amount: Decimal) -> Money | None:
        """An amount of ours as money."""
        return None if self.currency is None else Money(amount, self.currency)

    def totals(self) -> Totals:
        """The sums of the header. Sums of money that moved are left out by the vendor while they are nothing."""
        discount = self.money("discount_amount")
        return Totals(
            subtotal=self.money("subtotal"),
            discount=discount and Money(abs(discount.amount), discount.currency),
            shipping=self.money("shipping_amount"),
            tax=self.money("tax_amount"),
            total=self.said(self.owed()),
            paid=self.said(self.number("total_paid")),
            refunded=self.said(self.number("total_refunded")),
            due=self.said(_ZERO if self.order.state == _CANCELED else self.number("total_due")),
        )

    def discounts(self) -> tuple[Discount, ...]:
        """The order's discount: the vendor tells one sum for all rules and one coupon."""
        amount = self.money("discount_amount")
        title = self.order.discount_description or self.order.coupon_code
        if not title and not (amount and amount.amount):
            return ()
        code = self.order.coupon_code or None
        return (
            Discount(
                title=title or "Discount", code=code, amount=amount and Money(abs(amount.amount), amount.currency)
            ),
        )

    def taxes(self) -> tuple[TaxLine, ...]:
        """The taxes that make up the order's."""
        extension = self.order.extension_attributes
        return tuple(self._tax(tax) for tax in (extension.applied_taxes if extension else None) or ())

    def _tax(self, tax: TaxPayload) -> TaxLine:
        rate = None if tax.percent is None else tax.percent / 100
        amount = self.amounts.money(tax, "amount", self.currency)
        return TaxLine(title=tax.title or tax.code or "Tax", rate=rate, amount=amount)

    def payment_word(self) -> StatusWord:
        """How far the order is paid."""
        return STATUSES.read(Axis.PAYMENT, self._paid())

    def _paid(self) -> str:
        total, paid, refunded = self.owed(), self.number("total_paid"), self.number("total_refunded")
        payment = self.order.payment
        authorized = (self.amounts.number(payment, "amount_authorized") if payment else None) or _ZERO
        if refunded > 0:
            return "refunded" if refunded >= paid else "partly refunded"
        if paid > 0:
            return "partly paid" if paid < total else "paid" if paid == total else "overpaid"
        if self.order.state == _CANCELED:
            return "canceled unpaid"
        if total <= 0:
            return "nothing to pay"
        if authorized > 0:
            return "authorized" if authorized >= total else "partly authorized"
        return "unpaid"


def payments(
    sums: Sums, transactions: Iterable[TransactionPayload], creditmemos: Iterable[CreditmemoPayload]
) -> Payments:
    """The PAYMENTS facet. An order has one payment; credit memos that are open or canceled gave nothing back."""
    payment, word = sums.order.payment, sums.payment_word().raw
    found: tuple[Payment, ...] = ()
    if payment is not None and payment.entity_id is not None:
        found = (
            Payment(
                external_id=str(payment.entity_id),
                status=STATUSES.part(Axis.PAYMENT, word, PaymentStatus),
                raw_status=word,
                method=payment.method or None,
                authorized=sums.amounts.money(payment, "amount_authorized", sums.currency),
                captured=sums.amounts.money(payment, "amount_paid", sums.currency),
                refunded=sums.amounts.money(payment, "amount_refunded", sums.currency),
                transactions=tuple(_transaction(item, payment.method or None) for item in transactions),
            ),
        )
    return Payments(
        payments=found,
        refunds=tuple(_refund(memo, sums) for memo in creditmemos if memo.state == _REFUNDED),
    )


def _transaction(transaction: TransactionPayload, method: str | None) -> Transaction:
    return Transaction(
        external_id=str(transaction.transaction_id),
        kind=STATUSES.part(Axis.TRANSACTION_KIND, transaction.txn_type, TransactionKind),
        raw_kind=transaction.txn_type,
        status=TransactionStatus.UNKNOWN,
        processed_at=in_utc(transaction.created_at),
        gateway=method,
    )


def _refund(memo: CreditmemoPayload, sums: Sums) -> Refund:
    return Refund(
        external_id=str(memo.entity_id),
        amount=sums.amounts.money(memo, "grand_total", sums.currency),
        created_at=in_utc(memo.created_at),
        note=next((said for remark in memo.comments or () if (said := remark.told())), None),
    )


def invoices(sums: Sums, documents: Iterable[InvoicePayload]) -> Invoices:
    """The INVOICES facet."""
    return Invoices(invoices=tuple(_invoice(document, sums) for document in documents))


def _invoice(document: InvoicePayload, sums: Sums) -> Invoice:
    issued = in_utc(document.created_at)
    total = sums.amounts.money(document, "grand_total", sums.currency)
    nothing = total and Money(_ZERO, total.currency)
    paid = document.state == _INVOICE_PAID
    raw = None if document.state is None else str(document.state)
    return Invoice(
        external_id=str(document.entity_id),
        number=document.increment_id or None,
        status=STATUSES.part(Axis.INVOICE_DOCUMENT, raw, InvoiceDocumentStatus),
        raw_status=raw,
        issued_at=issued.date() if issued else None,
        total=total,
        paid=total if paid else nothing,
        due=nothing if paid or document.state == _INVOICE_CANCELED else total,
    )


def invoice_word(sums: Sums, documents: Sequence[InvoicePayload]) -> StatusWord | None:
    """How far the order is invoiced here; None without an invoice, since many shops leave invoices to the ERP."""
    live = [document for document in documents if document.state != _INVOICE_CANCELED]
    if not live:
        return None
    total = sum((sums.amounts.number(document, "grand_total") or _ZERO for document in live), _ZERO)
    return STATUSES.read(Axis.INVOICE, "invoiced" if total >= sums.owed() else "partly invoiced")
