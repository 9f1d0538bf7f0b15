"""Adobe Commerce's words on every axis and what they mean here.

An order has a `state`, one of eight that the software itself acts upon, and a `status`, which shops rename and add to
at will, each status belonging to a state. The state is what is mapped. A status of the shop's own is kept in the raw
word beside it ("processing/awaiting_pick"), so that nothing is guessed from it and nothing of it is lost.

Payment, fulfillment and invoicing have no word of the vendor's; theirs are put together from sums and quantities.
"""

from __future__ import annotations

from orderweave_sdk.records import Axis, StatusWord
from orderweave_sdk.statuses import StatusMap

# Magento\Sales\Model\Order: the states, with the status that an order of that state has unless the shop says otherwise.
DEFAULT_STATUSES = {
    "new": "pending",
    "pending_payment": "pending_payment",
    "payment_review": "payment_review",
    "processing": "processing",
    "holded": "holded",
    "complete": "complete",
    "closed": "closed",
    "canceled": "canceled",
}

# The one predefined status that says more than its state: refused when it was placed through the queue.
REJECTED = "rejected"
# The status of a payment that looks like fraud; its state is payment_review or processing.
FRAUD = "fraud"

STATUSES = StatusMap.of(
    "2.4.9.1",
    {
        Axis.ORDER: {
            "new": "PENDING",
            "pending_payment": "PENDING",
            "payment_review": "OPEN",
            "processing": "OPEN",
            "holded": "OPEN",
            "complete": "COMPLETED",
            "closed": "COMPLETED",
            "canceled": "CANCELED",
            # Predefined statuses, read where an imported order has no state. A reversal at PayPal may end in any way.
            "pending": "PENDING",
            "received": "PENDING",
            "pending_paypal": "PENDING",
            FRAUD: "OPEN",
            REJECTED: "FAILED",
            "paypal_reversed": "UNKNOWN",
            "paypal_canceled_reversal": "UNKNOWN",
        },
        Axis.PAYMENT: {
            "nothing to pay": "NOT_REQUIRED",
            "unpaid": "PENDING",
            "authorized": "AUTHORIZED",
            "partly authorized": "PARTIALLY_AUTHORIZED",
            "partly paid": "PARTIALLY_PAID",
            "paid": "PAID",
            "overpaid": "OVERPAID",
            "partly refunded": "PARTIALLY_REFUNDED",
            "refunded": "REFUNDED",
            "canceled unpaid": "VOIDED",
        },
        Axis.FULFILLMENT: {
            "holded": "ON_HOLD",
            "canceled": "CANCELED",
            "virtual": "NOT_REQUIRED",
            "nothing shipped": "UNFULFILLED",
            "partly shipped": "PARTIALLY_FULFILLED",
            "shipped": "FULFILLED",
            "nothing left to ship": "CANCELED",
        },
        Axis.INVOICE: {"partly invoiced": "PARTIALLY_INVOICED", "invoiced": "INVOICED"},
        # Magento\Rma\Model\Rma\Source\Status
        Axis.RETURN: {
            "pending": "REQUESTED",
            "authorized": "OPEN",
            "partially_authorized": "OPEN",
            "received": "RECEIVED",
            "received_on_item": "PARTIALLY_RECEIVED",
            "approved": "RECEIVED",
            "approved_on_item": "PARTIALLY_RECEIVED",
            "rejected": "DECLINED",
            "rejected_on_item": "PARTIALLY_RECEIVED",
            "denied": "DECLINED",
            "closed": "CLOSED",
            "processed_closed": "CLOSED",
        },
        # Magento\Sales\Model\Order\Invoice: open, paid, canceled
        Axis.INVOICE_DOCUMENT: {"1": "POSTED", "2": "PAID", "3": "CANCELED"},
        # Magento\Sales\Api\Data\TransactionInterface; an "order" is an authorization that PayPal keeps open for parts
        Axis.TRANSACTION_KIND: {
            "authorization": "AUTHORIZATION",
            "order": "AUTHORIZATION",
            "capture": "CAPTURE",
            "payment": "SALE",
            "refund": "REFUND",
            "void": "VOID",
        },
        Axis.HOLD_REASON: {
            "holded": "OTHER",
            "pending_payment": "AWAITING_PAYMENT",
            "payment_review": "MANUAL_REVIEW",
            FRAUD: "FRAUD_RISK",
        },
    },
)


def order_word(state: str | None, status: str | None) -> StatusWord | None:
    """The order's word: by its state, or by its status where it has none or says more; None where it has neither."""
    if state is None or status == REJECTED:
        return STATUSES.read(Axis.ORDER, status) if status else None
    found = STATUSES.read(Axis.ORDER, state)
    if status is None or status == DEFAULT_STATUSES.get(state):
        return found
    return StatusWord(
        axis=found.axis,
        raw=f"{state}/{status}",
        normalized=found.normalized,
        mapping_version=found.mapping_version,
    )
