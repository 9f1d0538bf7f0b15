"""From Shopify's transactions and refunds to payments. Pure.

Shopify has no payment object: transactions that name the same payment, or hang on one another, are one payment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from orderweave_sdk.records import (
    Axis,
    Money,
    Payment,
    Payments,
    PaymentStatus,
    Refund,
    Transaction,
    TransactionKind,
    TransactionStatus,
    utc,
)
from orderweave_shopify.payloads import MoneyBag, RefundPayload, TransactionPayload, present
from orderweave_shopify.statuses import STATUSES


def money(bag: MoneyBag) -> Money:
    """The amount in the shop's currency."""
    return Money(bag.shop_money.amount, bag.shop_money.currency_code)


def payments(transactions: Sequence[TransactionPayload], refunds: Iterable[RefundPayload]) -> Payments:
    """Payments in the order of their first transaction, and the refunds."""
    groups: dict[str, list[TransactionPayload]] = {}
    by_id = {transaction.id: transaction for transaction in transactions}
    for transaction in transactions:
        groups.setdefault(_payment_id(transaction, by_id), []).append(transaction)
    return Payments(
        payments=tuple(_payment(payment_id, group) for payment_id, group in groups.items()),
        refunds=tuple(
            Refund(
                external_id=refund.id,
                amount=money(present(refund.total_refunded_set, "refunds.totalRefundedSet")),
                created_at=utc(refund.created_at) if refund.created_at else None,
                note=refund.note or None,
            )
            for refund in refunds
        ),
    )


def _payment_id(transaction: TransactionPayload, by_id: dict[str, TransactionPayload]) -> str:
    """The payment that a transaction belongs to: as it says, or as the first transaction of its chain says."""
    if transaction.payment_id:
        return transaction.payment_id
    root = transaction
    for _ in by_id:  # a chain is never longer than the list
        parent = by_id.get(root.parent_transaction.id) if root.parent_transaction else None
        if parent is None:
            break
        root = parent
    return root.payment_id or root.id


def _payment(payment_id: str, group: Sequence[TransactionPayload]) -> Payment:
    return Payment(
        external_id=payment_id,
        status=payment_status(group),
        method=group[0].formatted_gateway or group[0].gateway,
        authorized=_sum(group, "AUTHORIZATION", "EMV_AUTHORIZATION"),
        captured=_captured(group),
        refunded=_sum(group, "REFUND"),
        transactions=tuple(
            Transaction(
                external_id=transaction.id,
                kind=STATUSES.part(Axis.TRANSACTION_KIND, transaction.kind, TransactionKind),
                raw_kind=transaction.kind,
                status=STATUSES.part(Axis.TRANSACTION_STATUS, transaction.status, TransactionStatus),
                raw_status=transaction.status,
                amount=money(transaction.amount_set),
                processed_at=utc(transaction.processed_at) if transaction.processed_at else None,
                gateway=transaction.gateway,
            )
            for transaction in group
        ),
    )


def _sum(group: Sequence[TransactionPayload], *kinds: str) -> Money | None:
    """The sum of the successful transactions of these kinds; None when there is none."""
    amounts = [money(item.amount_set) for item in group if item.kind in kinds and item.status == "SUCCESS"]
    if not amounts:
        return None
    return Money(sum((amount.amount for amount in amounts), Decimal(0)), amounts[0].currency)


def _captured(group: Sequence[TransactionPayload]) -> Money | None:
    """Money taken, less the change that a till handed back."""
    taken, change = _sum(group, "CAPTURE", "SALE"), _sum(group, "CHANGE")
    if taken is None or change is None:
        return taken
    return Money(taken.amount - change.amount, taken.currency)


def payment_status(group: Sequence[TransactionPayload]) -> PaymentStatus:
    """One payment's status, from the sums first and from the transactions' words where no money moved. Shopify has no
    word for it, so that the payment keeps none; its transactions keep theirs.
    """
    authorized, captured = _sum(group, "AUTHORIZATION", "EMV_AUTHORIZATION"), _captured(group)
    refunded = _sum(group, "REFUND")
    if refunded is not None:
        whole = captured is not None and refunded.amount >= captured.amount
        return PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
    if captured is not None:
        partly = authorized is not None and captured.amount < authorized.amount
        return PaymentStatus.PARTIALLY_PAID if partly else PaymentStatus.PAID
    if any(item.kind == "VOID" and item.status == "SUCCESS" for item in group):
        return PaymentStatus.VOIDED
    if authorized is not None:
        return PaymentStatus.AUTHORIZED
    statuses = {item.status for item in group}
    if statuses & {"PENDING", "AWAITING_RESPONSE"}:
        return PaymentStatus.PENDING
    return PaymentStatus.FAILED if statuses <= {"FAILURE", "ERROR"} else PaymentStatus.UNKNOWN
