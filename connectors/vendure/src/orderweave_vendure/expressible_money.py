"""What of our records' money Vendure's API can say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave_sdk.records import (
    Discount,
    Header,
    Money,
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

# The state of a payment, by what became of it; what was given back leaves it settled.
_STATES = {
    PaymentStatus.PAID: "Settled",
    PaymentStatus.PARTIALLY_PAID: "Settled",
    PaymentStatus.OVERPAID: "Settled",
    PaymentStatus.REFUNDED: "Settled",
    PaymentStatus.PARTIALLY_REFUNDED: "Settled",
    PaymentStatus.DISPUTED: "Settled",
    PaymentStatus.AUTHORIZED: "Authorized",
    PaymentStatus.PARTIALLY_AUTHORIZED: "Authorized",
    PaymentStatus.VOIDED: "Cancelled",
    PaymentStatus.FAILED: "Declined",
}
_MEANINGS = {
    "Settled": (PaymentStatus.PAID, TransactionKind.SALE, TransactionStatus.SUCCESS),
    "Authorized": (PaymentStatus.AUTHORIZED, TransactionKind.AUTHORIZATION, TransactionStatus.SUCCESS),
    "Cancelled": (PaymentStatus.VOIDED, TransactionKind.VOID, TransactionStatus.SUCCESS),
    "Declined": (PaymentStatus.FAILED, TransactionKind.AUTHORIZATION, TransactionStatus.FAILURE),
    "Created": (PaymentStatus.PENDING, TransactionKind.AUTHORIZATION, TransactionStatus.PENDING),
}


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """One payment as Vendure keeps it, with its refunds."""

    external_id: str
    transaction_id: str | None
    state: str
    method: str
    amount: Money
    made_at: datetime | None
    refunds: tuple[Refund, ...] = ()


def zero(currency: str) -> Money:
    """No money."""
    return Money(Decimal(0), currency)


def as_settled(payments: Payments | None, currency: str, placed: datetime | None) -> list[Settled]:
    """The payments; Vendure ties refunds to one, so all stand with the first that was settled."""
    found = [_settled(payment, currency, placed) for payment in (payments.payments if payments else ())]
    for place, payment in enumerate(found):
        if payment.state == "Settled" and payments is not None:
            dated = [refund for refund in payments.refunds if refund.amount is not None]
            refunds = tuple(
                msgspec.structs.replace(refund, created_at=refund.created_at or payment.made_at) for refund in dated
            )
            found[place] = msgspec.structs.replace(payment, refunds=refunds)
            break
    return found


def _settled(payment: Payment, currency: str, placed: datetime | None) -> Settled:
    own = [done for done in payment.transactions if done.kind is not TransactionKind.REFUND]
    last = own[-1] if own else None
    return Settled(
        external_id=payment.external_id,
        transaction_id=last.external_id if last else None,
        state=_STATES.get(payment.status, "Created"),
        method=payment.method or "",
        amount=payment.captured or payment.authorized or (last.amount if last else None) or zero(currency),
        made_at=(last.processed_at if last else None) or placed,
    )


def payments_said(settled: Iterable[Settled]) -> Payments:
    """The payments as the connector must hear them."""
    settled = list(settled)
    return Payments(
        payments=tuple(map(_payment_said, settled)),
        refunds=tuple(refund for payment in settled for refund in payment.refunds),
    )


def _payment_said(payment: Settled) -> Payment:
    status, kind, outcome = _MEANINGS[payment.state]
    back = sum((refund.amount.amount for refund in payment.refunds if refund.amount), Decimal(0))
    gateway = payment.method or None
    return Payment(
        external_id=payment.external_id,
        status=status,
        method=gateway,
        authorized=payment.amount if payment.state == "Authorized" else None,
        captured=payment.amount if payment.state == "Settled" else None,
        refunded=Money(back, payment.amount.currency) if back else None,
        transactions=(
            Transaction(
                external_id=payment.transaction_id or payment.external_id,
                kind=kind,
                status=outcome,
                amount=payment.amount,
                processed_at=payment.made_at,
                gateway=gateway,
            ),
            *(
                Transaction(
                    external_id=refund.external_id,
                    kind=TransactionKind.REFUND,
                    status=TransactionStatus.SUCCESS,
                    amount=refund.amount,
                    processed_at=refund.created_at,
                    gateway=gateway,
                )
                for refund in payment.refunds
            ),
        ),
    )


def paid_and_refunded(settled: Iterable[Settled], currency: str) -> tuple[Money, Money]:
    """What came in and what was given back."""
    settled = [payment for payment in settled if payment.state == "Settled"]
    paid = sum((payment.amount.amount for payment in settled), Decimal(0))
    back = sum((refund.amount.amount for payment in settled for refund in payment.refunds if refund.amount), Decimal(0))
    return Money(paid, currency), Money(back, currency)


def totals_said(totals: Totals | None, currency: str, paid: Money, refunded: Money, *, canceled: bool) -> Totals:
    """The sums; a canceled order has none but what was paid and given back."""
    if canceled:
        return Totals(paid=paid, refunded=refunded)
    given = totals or Totals()
    nothing = zero(currency)
    return Totals(
        subtotal=given.subtotal or nothing,
        discount=given.discount or nothing,
        shipping=given.shipping or nothing,
        tax=given.tax or nothing,
        fees=given.fees or nothing,
        total=given.total or nothing,
        paid=paid,
        refunded=refunded,
    )


def payment_meaning(settled: Sequence[Settled], totals: Totals, *, canceled: bool) -> str:
    """The word for the payments together: by what was paid and given back, beside what is owed."""
    paid = totals.paid.amount if totals.paid else Decimal(0)
    back = totals.refunded.amount if totals.refunded else Decimal(0)
    owed = totals.total.amount if totals.total else Decimal(0)
    held = sum((payment.amount.amount for payment in settled if payment.state == "Authorized"), Decimal(0))
    if back:
        return "REFUNDED" if back >= paid else "PARTIALLY_REFUNDED"
    if paid:
        if paid < owed:
            return "PARTIALLY_PAID"
        return "OVERPAID" if paid > owed and not canceled else "PAID"
    if held:
        return "AUTHORIZED" if held >= owed else "PARTIALLY_AUTHORIZED"
    if settled:
        last = max(settled, key=lambda payment: payment.made_at.timestamp() if payment.made_at else 0.0)
        return _MEANINGS[last.state][0].value
    return "PENDING" if owed or canceled else "NOT_REQUIRED"


def discounts_said(header: Header, currency: str) -> tuple[Discount, ...]:
    """The order's discounts, each with its amount: their sum is the discount in the totals."""
    total = header.totals.discount.amount if header.totals and header.totals.discount else Decimal(0)
    stated = sum((entry.amount.amount for entry in header.discounts if entry.amount), Decimal(0))
    left = total - stated
    said: list[Discount] = []
    for entry in header.discounts:
        if entry.amount is None:
            said.append(msgspec.structs.replace(entry, amount=Money(left, currency)))
            left = Decimal(0)
        else:
            said.append(entry)
    return (*said, Discount(title="Discount", amount=Money(left, currency))) if left else tuple(said)


def line_discounts_said(discounts: Iterable[Discount], currency: str) -> tuple[Discount, ...]:
    """A line's discounts: no code, and always an amount."""
    return tuple(
        msgspec.structs.replace(entry, code=None, amount=entry.amount or zero(currency)) for entry in discounts
    )


def taxes_said(taxes: Iterable[TaxLine], currency: str) -> tuple[TaxLine, ...]:
    """The order's taxes: always a rate and an amount."""
    return tuple(
        msgspec.structs.replace(tax, rate=tax.rate or Decimal(0), amount=tax.amount or zero(currency)) for tax in taxes
    )


def line_taxes_said(taxes: Sequence[TaxLine], currency: str) -> tuple[TaxLine, ...]:
    """A line's taxes: always a rate; the amount only where there is one tax."""
    alone = len(taxes) == 1
    return tuple(
        msgspec.structs.replace(
            tax,
            rate=tax.rate or Decimal(0),
            amount=(tax.amount or zero(currency)) if alone else None,
        )
        for tax in taxes
    )
