"""What of an order's amounts and payments the vendor can say."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from orderweave_sdk.records import (
    Discount,
    Header,
    Money,
    Payment,
    Payments,
    PaymentStatus,
    TaxLine,
    Totals,
    Transaction,
    TransactionKind,
    TransactionStatus,
)

_ZERO = Decimal(0)
# What is told of a payment once the money was taken, whatever became of it since.
_TAKEN = frozenset({"PAID", "OVERPAID", "PARTIALLY_REFUNDED", "REFUNDED", "DISPUTED"})


def in_currency(money: Money | None, currency: str) -> Money | None:
    """An amount in the order's currency; none in another."""
    return money if money is not None and money.currency == currency else None


def expressible_totals(said: Header, currency: str) -> Totals:
    """The sums that the vendor states; a discount follows from two of them."""
    totals = said.totals or Totals()
    subtotal, discount = in_currency(totals.subtotal, currency), in_currency(totals.discount, currency)
    return Totals(
        subtotal=subtotal,
        discount=None if subtotal is None else discount,
        shipping=in_currency(totals.shipping, currency),
        tax=in_currency(totals.tax, currency),
        total=in_currency(totals.total, currency),
    )


def expressible_discounts(discounts: Iterable[Discount], currency: str) -> tuple[Discount, ...]:
    """Each with a title, and an amount that lowers the price."""
    return tuple(
        Discount(
            title=each.title or each.code or "promotion",
            code=each.code or None,
            amount=amount if amount is None or amount.amount >= 0 else None,
        )
        for each in discounts
        for amount in [in_currency(each.amount, currency)]
    )


def expressible_taxes(taxes: Iterable[TaxLine], currency: str) -> tuple[TaxLine, ...]:
    """Each with a rate, which the vendor demands."""
    return tuple(
        TaxLine(title=tax.title, rate=tax.rate or _ZERO, amount=in_currency(tax.amount, currency))
        for tax in taxes
        if tax.title
    )


def payment_meaning(word: str, payments: Payments | None, *, over: bool) -> str:
    """The word for the order as a whole; an authorization, and that it failed, stand at instruments only."""
    if word in _TAKEN:
        return "PAID"
    shown = payments is not None and payments.payments
    if word == "PARTIALLY_PAID" or (word == "FAILED" and shown):
        return word
    if over:
        return "VOIDED"
    return "AUTHORIZED" if word == "AUTHORIZED" and shown else "PENDING"


def expressible_payments(payments: Payments | None, word: str, currency: str) -> Payments:
    """Each means of payment with one transaction, whose authorization went well, failed, or is not told of."""
    said = payments.payments if payments else ()
    return Payments(payments=tuple(_payment(each, word, currency, alone=len(said) == 1) for each in said))


def _payment(payment: Payment, word: str, currency: str, *, alone: bool) -> Payment:
    moved = payment.transactions[0] if payment.transactions else None
    ended = _ended(moved, word)
    amount = in_currency(moved.amount if moved and moved.amount else payment.authorized or payment.captured, currency)
    own = {TransactionStatus.SUCCESS: PaymentStatus.AUTHORIZED, TransactionStatus.FAILURE: PaymentStatus.FAILED}
    return Payment(
        external_id=payment.external_id,
        status=PaymentStatus(word) if alone else own.get(ended, PaymentStatus.UNKNOWN),
        method=payment.method or None,
        authorized=amount if ended is TransactionStatus.SUCCESS else None,
        transactions=(
            Transaction(
                external_id=moved.external_id,
                kind=TransactionKind.UNKNOWN if ended is TransactionStatus.UNKNOWN else TransactionKind.AUTHORIZATION,
                status=ended,
                amount=amount,
            ),
        )
        if moved
        else (),
    )


def _ended(moved: Transaction | None, word: str) -> TransactionStatus:
    """How the authorization ended, in agreement with the order's word."""
    if word in ("AUTHORIZED", "FAILED"):
        return TransactionStatus.SUCCESS if word == "AUTHORIZED" else TransactionStatus.FAILURE
    taken = word != "PENDING" and moved is not None and moved.status is TransactionStatus.SUCCESS
    return TransactionStatus.SUCCESS if taken else TransactionStatus.UNKNOWN
