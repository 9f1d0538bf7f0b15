"""The status map: the default processes of Vendure 3, and the words that stand for what its payments come to.

A shop may add states to each process; those read as UNKNOWN with the raw word kept.
"""

from __future__ import annotations

from orderweave_sdk.records import Axis
from orderweave_sdk.statuses import StatusMap

# States that do not say how much has left: an order may be on its way, or not, while it is changed, and one of which a
# part was delivered may be shipped whole, or not. The fulfillments tell.
SILENT_OF_GOODS = frozenset({"PartiallyDelivered", "Modifying", "ArrangingAdditionalPayment"})
CANCELED = "Cancelled"

_ORDER = {
    "Created": "DRAFT",
    "Draft": "DRAFT",
    "AddingItems": "DRAFT",
    "ArrangingPayment": "PENDING",
    "PaymentAuthorized": "OPEN",
    "PaymentSettled": "OPEN",
    "PartiallyShipped": "OPEN",
    "Shipped": "OPEN",
    "PartiallyDelivered": "OPEN",
    "Delivered": "COMPLETED",
    "Modifying": "OPEN",
    "ArrangingAdditionalPayment": "OPEN",
    "Cancelled": "CANCELED",
}

STATUSES = StatusMap.of(
    "3.7.1",
    {
        Axis.ORDER: _ORDER,
        # The order's state again, but for those that are silent.
        Axis.FULFILLMENT: {
            "Created": "UNFULFILLED",
            "Draft": "UNFULFILLED",
            "AddingItems": "UNFULFILLED",
            "ArrangingPayment": "UNFULFILLED",
            "PaymentAuthorized": "UNFULFILLED",
            "PaymentSettled": "UNFULFILLED",
            "PartiallyShipped": "PARTIALLY_FULFILLED",
            "Shipped": "FULFILLED",
            # That somebody moved an order to Delivered is no proof of delivery.
            "Delivered": "FULFILLED",
            "Cancelled": "CANCELED",
        },
        # Vendure has no word for the order as a whole: these are of its payments and refunds together.
        Axis.PAYMENT: {
            "NothingToPay": "NOT_REQUIRED",
            "NoPayment": "PENDING",
            "Created": "PENDING",
            "Authorized": "AUTHORIZED",
            "PartiallyAuthorized": "PARTIALLY_AUTHORIZED",
            "Settled": "PAID",
            "PartiallySettled": "PARTIALLY_PAID",
            "OverSettled": "OVERPAID",
            "PartiallyRefunded": "PARTIALLY_REFUNDED",
            "Refunded": "REFUNDED",
            "Declined": "FAILED",
            "Error": "FAILED",
            "Cancelled": "VOIDED",
        },
        Axis.PAYMENT_PART: {
            "Created": "PENDING",
            "Authorized": "AUTHORIZED",
            "Settled": "PAID",
            "Declined": "FAILED",
            "Error": "FAILED",
            "Cancelled": "VOIDED",
        },
        Axis.TRANSACTION_KIND: {
            "Created": "AUTHORIZATION",
            "Authorized": "AUTHORIZATION",
            "Settled": "SALE",
            "Declined": "AUTHORIZATION",
            "Error": "AUTHORIZATION",
            "Cancelled": "VOID",
        },
        # A payment's states, and a refund's: Pending, Settled, Failed.
        Axis.TRANSACTION_STATUS: {
            "Created": "PENDING",
            "Authorized": "SUCCESS",
            "Settled": "SUCCESS",
            "Declined": "FAILURE",
            "Error": "ERROR",
            "Cancelled": "SUCCESS",
            "Pending": "PENDING",
            "Failed": "FAILURE",
        },
        Axis.SHIPMENT: {
            "Created": "PENDING",
            "Pending": "PENDING",
            "Shipped": "IN_TRANSIT",
            # As above: staff move a fulfillment, no carrier does.
            "Delivered": "IN_TRANSIT",
            "Cancelled": "CANCELED",
        },
    },
)
