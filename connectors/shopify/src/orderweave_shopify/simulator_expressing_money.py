"""What is left of payments when Shopify says them: they stand and fall with their transactions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from orderweave_sdk.records import (
    Money,
    Payment,
    Payments,
    PaymentStatus,
    Transaction,
    TransactionKind,
    TransactionStatus,
)


def expressible_payments(payments: Payments | None, currency: str) -> Payments:
    """Payments with their sums and status as the transactions give them; one without any cannot be said."""
    nothing = Money(Decimal(0), currency)
    said = payments or Payments()
    return Payments(
        payments=tuple(_payment(item, nothing) for item in said.payments if item.transactions),
        refunds=tuple(
            msgspec.structs.replace(item, amount=item.amount or nothing, note=item.note or None)
            for item in said.refunds
        ),
    )


def _payment(payment: Payment, nothing: Money) -> Payment:
    transactions = tuple(msgspec.structs.replace(item, amount=item.amount or nothing) for item in payment.transactions)
    authorized = _moved(transactions, TransactionKind.AUTHORIZATION)
    captured = _moved(transactions, TransactionKind.CAPTURE, TransactionKind.SALE)
    refunded = _moved(transactions, TransactionKind.REFUND)
    return Payment(
        external_id=payment.external_id,
        status=_status(transactions, authorized, captured, refunded),
        method=payment.method or transactions[0].gateway,
        authorized=authorized,
        captured=captured,
        refunded=refunded,
        transactions=transactions,
    )


def _moved(transactions: Sequence[Transaction], *kinds: TransactionKind) -> Money | None:
    amounts = [
        item.amount
        for item in transactions
        if item.amount and item.kind in kinds and item.status is TransactionStatus.SUCCESS
    ]
    return Money(sum((item.amount for item in amounts), Decimal(0)), amounts[0].currency) if amounts else None


def _status(
    transactions: Sequence[Transaction], authorized: Money | None, captured: Money | None, refunded: Money | None
) -> PaymentStatus:
    if refunded:
        return (
            PaymentStatus.REFUNDED
            if captured and refunded.amount >= captured.amount
            else PaymentStatus.PARTIALLY_REFUNDED
        )
    if captured:
        short = authorized is not None and captured.amount < authorized.amount
        return PaymentStatus.PARTIALLY_PAID if short else PaymentStatus.PAID
    if _moved(transactions, TransactionKind.VOID):
        return PaymentStatus.VOIDED
    if authorized:
        return PaymentStatus.AUTHORIZED
    words = {item.status for item in transactions}
    if TransactionStatus.PENDING in words:
        return PaymentStatus.PENDING
    return (
        PaymentStatus.FAILED if words <= {TransactionStatus.FAILURE, TransactionStatus.ERROR} else PaymentStatus.UNKNOWN
    )
