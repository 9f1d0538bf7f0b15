"""The vendor's words on every axis and what they mean here.

An order has five fields of status: its own, and those of payment, shipping, export and confirmation, each set apart.
Export and confirmation say how far other software is with the order, and are no axis here. The words are those of the
Orders API; words with a comma are put together of two of its fields, so that neither is guessed from the other.
"""

from __future__ import annotations

from orderweave_sdk.records import Axis
from orderweave_sdk.statuses import StatusMap

CREATED, NEW, COMPLETED, CANCELLED, FAILED = "created", "new", "completed", "cancelled", "failed"
PAID, PART_PAID, NOT_PAID = "paid", "part_paid", "not_paid"
SHIPPED, PART_SHIPPED, NOT_SHIPPED = "shipped", "part_shipped", "not_shipped"

# Not paid, while every payment instrument's authorization is OK.
AUTHORIZED = f"{NOT_PAID}, authorized"
# Not paid, while the authorization of an instrument ended in an error.
REFUSED = f"{NOT_PAID}, refused"
# Not paid of an order that is canceled or failed, and no authorization was refused: nothing will be.
NOT_TO_PAY = f"{NOT_PAID}, {CANCELLED}"
# What comes to an end before its goods and its money do.
OVER = frozenset({CANCELLED, FAILED})
# Nothing shipped of such an order: nothing will be.
NOT_TO_SHIP = f"{NOT_SHIPPED}, {CANCELLED}"

# `Status.status` of an authorization: a number, as text.
OK, ERROR, WARN = "0", "1", "2"

STATUSES = StatusMap.of(
    "1.5.2.1",
    {
        Axis.ORDER: {
            # In the system and not yet placed.
            CREATED: "PENDING",
            NEW: "OPEN",
            COMPLETED: "COMPLETED",
            CANCELLED: "CANCELED",
            FAILED: "FAILED",
        },
        Axis.PAYMENT: {
            NOT_PAID: "PENDING",
            AUTHORIZED: "AUTHORIZED",
            REFUSED: "FAILED",
            NOT_TO_PAY: "VOIDED",
            PART_PAID: "PARTIALLY_PAID",
            PAID: "PAID",
        },
        Axis.FULFILLMENT: {
            NOT_SHIPPED: "UNFULFILLED",
            NOT_TO_SHIP: "CANCELED",
            PART_SHIPPED: "PARTIALLY_FULFILLED",
            SHIPPED: "FULFILLED",
        },
        # One payment instrument, by the order's word where it is the only one.
        Axis.PAYMENT_PART: {
            NOT_PAID: "PENDING",
            AUTHORIZED: "AUTHORIZED",
            REFUSED: "FAILED",
            NOT_TO_PAY: "VOIDED",
            PART_PAID: "PARTIALLY_PAID",
            PAID: "PAID",
        },
        # The vendor's shipment is a plan at first: these goods to this address. Shipped, it is both plan and fact.
        Axis.FULFILLMENT_ORDER: {NOT_SHIPPED: "OPEN", NOT_TO_SHIP: "CANCELED", SHIPPED: "CLOSED"},
        Axis.SHIPMENT: {SHIPPED: "IN_TRANSIT"},
        Axis.TRANSACTION_STATUS: {OK: "SUCCESS", ERROR: "FAILURE", WARN: "UNKNOWN"},
    },
)
