"""Shopify's words on every axis and what they mean here.

The words are the enums of the Admin GraphQL API 2026-10; a contract test compares them, so that a word that
Shopify adds does not pass unseen. An order has no status field: its words are those of the orders search
(open, closed, cancelled), chosen by `cancelledAt` and `closedAt`.
"""

from __future__ import annotations

from orderweave_sdk.records import Axis
from orderweave_sdk.statuses import StatusMap

# OrderReturnStatus has a word for "there is none", which is no status: the order then has no return word at all.
NO_RETURN = "NO_RETURN"

STATUSES = StatusMap.of(
    "2026-10.1",
    {
        Axis.ORDER: {"open": "OPEN", "closed": "COMPLETED", "cancelled": "CANCELED"},
        # OrderDisplayFinancialStatus
        Axis.PAYMENT: {
            "AUTHORIZED": "AUTHORIZED",
            "EXPIRED": "EXPIRED",
            "PAID": "PAID",
            "PARTIALLY_PAID": "PARTIALLY_PAID",
            "PARTIALLY_REFUNDED": "PARTIALLY_REFUNDED",
            "PENDING": "PENDING",
            "REFUNDED": "REFUNDED",
            "VOIDED": "VOIDED",
        },
        # OrderDisplayFulfillmentStatus; OPEN is an older word for UNFULFILLED
        Axis.FULFILLMENT: {
            "FULFILLED": "FULFILLED",
            "FULFILLMENT_NOT_REQUIRED": "NOT_REQUIRED",
            "IN_PROGRESS": "IN_PROGRESS",
            "ON_HOLD": "ON_HOLD",
            "OPEN": "UNFULFILLED",
            "PARTIALLY_FULFILLED": "PARTIALLY_FULFILLED",
            "PENDING_FULFILLMENT": "IN_PROGRESS",
            "REQUEST_DECLINED": "REJECTED",
            "RESTOCKED": "UNFULFILLED",
            "SCHEDULED": "SCHEDULED",
            "UNFULFILLED": "UNFULFILLED",
        },
        # OrderReturnStatus; a failed return may have ended in any way, so its meaning stays open
        Axis.RETURN: {
            "INSPECTION_COMPLETE": "RECEIVED",
            "IN_PROGRESS": "OPEN",
            "RETURNED": "CLOSED",
            "RETURN_FAILED": "UNKNOWN",
            "RETURN_REQUESTED": "REQUESTED",
        },
        # ReturnStatus
        Axis.RETURN_PART: {
            "CANCELED": "CANCELED",
            "CLOSED": "CLOSED",
            "DECLINED": "DECLINED",
            "OPEN": "OPEN",
            "REQUESTED": "REQUESTED",
        },
        # FulfillmentOrderStatus; IN_PROGRESS says that a fulfillment service took it on, INCOMPLETE that it cannot
        Axis.FULFILLMENT_ORDER: {
            "CANCELLED": "CANCELED",
            "CLOSED": "CLOSED",
            "INCOMPLETE": "REJECTED",
            "IN_PROGRESS": "RELEASED",
            "ON_HOLD": "ON_HOLD",
            "OPEN": "OPEN",
            "SCHEDULED": "SCHEDULED",
        },
        # FulfillmentDisplayStatus, FulfillmentEventStatus and FulfillmentStatus, which agree where they share a word.
        # FULFILLED, MARKED_AS_FULFILLED and SUCCESS say that the merchant let it go; where it is, nobody says.
        Axis.SHIPMENT: {
            "ATTEMPTED_DELIVERY": "ATTEMPTED_DELIVERY",
            "CANCELED": "CANCELED",
            "CANCELLED": "CANCELED",
            "CARRIER_PICKED_UP": "PICKED_UP",
            "CONFIRMED": "PENDING",
            "DELAYED": "DELAYED",
            "DELIVERED": "DELIVERED",
            "ERROR": "EXCEPTION",
            "FAILURE": "EXCEPTION",
            "FULFILLED": "UNKNOWN",
            "IN_TRANSIT": "IN_TRANSIT",
            "LABEL_PRINTED": "LABEL_CREATED",
            "LABEL_PURCHASED": "LABEL_CREATED",
            "LABEL_VOIDED": "CANCELED",
            "MARKED_AS_FULFILLED": "UNKNOWN",
            "NOT_DELIVERED": "EXCEPTION",
            "OPEN": "PENDING",
            "OUT_FOR_DELIVERY": "OUT_FOR_DELIVERY",
            "PENDING": "PENDING",
            "PICKED_UP": "PICKED_UP",
            "READY_FOR_PICKUP": "AVAILABLE_FOR_PICKUP",
            "SUBMITTED": "PENDING",
            "SUCCESS": "UNKNOWN",
        },
        # OrderTransactionKind; CHANGE is cash handed back at the till, SUGGESTED_REFUND moves no money
        Axis.TRANSACTION_KIND: {
            "AUTHORIZATION": "AUTHORIZATION",
            "CAPTURE": "CAPTURE",
            "CHANGE": "UNKNOWN",
            "EMV_AUTHORIZATION": "AUTHORIZATION",
            "REFUND": "REFUND",
            "SALE": "SALE",
            "SUGGESTED_REFUND": "UNKNOWN",
            "VOID": "VOID",
        },
        # OrderTransactionStatus
        Axis.TRANSACTION_STATUS: {
            "AWAITING_RESPONSE": "PENDING",
            "ERROR": "ERROR",
            "FAILURE": "FAILURE",
            "PENDING": "PENDING",
            "SUCCESS": "SUCCESS",
            "UNKNOWN": "UNKNOWN",
        },
        # FulfillmentHoldReason
        Axis.HOLD_REASON: {
            "AWAITING_PAYMENT": "AWAITING_PAYMENT",
            "AWAITING_RETURN_ITEMS": "AWAITING_RETURN",
            "HIGH_RISK_OF_FRAUD": "FRAUD_RISK",
            "INCORRECT_ADDRESS": "INCORRECT_ADDRESS",
            "INVENTORY_OUT_OF_STOCK": "OUT_OF_STOCK",
            "ONLINE_STORE_POST_PURCHASE_CROSS_SELL": "OTHER",
            "OTHER": "OTHER",
            "UNKNOWN_DELIVERY_DATE": "UNKNOWN_DELIVERY_DATE",
        },
        # DeliveryMethodType; NONE is goods that do not travel
        Axis.DELIVERY_METHOD: {
            "LOCAL": "LOCAL_DELIVERY",
            "NONE": "DIGITAL",
            "PICKUP_POINT": "PICKUP_POINT",
            "PICK_UP": "STORE_PICKUP",
            "RETAIL": "IN_STORE",
            "SHIPPING": "SHIPPING",
        },
    },
)
