"""Our words in Shopify's, for the simulator: the nearest thing that Shopify can say of each."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from orderweave_sdk.records import Axis
from orderweave_shopify.statuses import NO_RETURN, STATUSES

Word = TypeVar("Word", bound=StrEnum)

_RAW: dict[Axis, dict[str, str]] = {
    Axis.PAYMENT: {
        "NOT_REQUIRED": "PAID",
        "PENDING": "PENDING",
        "AUTHORIZED": "AUTHORIZED",
        "PARTIALLY_AUTHORIZED": "AUTHORIZED",
        "PARTIALLY_PAID": "PARTIALLY_PAID",
        "PAID": "PAID",
        "OVERPAID": "PAID",
        "PARTIALLY_REFUNDED": "PARTIALLY_REFUNDED",
        "REFUNDED": "REFUNDED",
        "VOIDED": "VOIDED",
        "EXPIRED": "EXPIRED",
        "FAILED": "PENDING",
        "DISPUTED": "PAID",
    },
    Axis.FULFILLMENT: {
        "NOT_REQUIRED": "FULFILLMENT_NOT_REQUIRED",
        "UNFULFILLED": "UNFULFILLED",
        "SCHEDULED": "SCHEDULED",
        "ON_HOLD": "ON_HOLD",
        "BACKORDERED": "UNFULFILLED",
        "IN_PROGRESS": "IN_PROGRESS",
        "READY_FOR_PICKUP": "IN_PROGRESS",
        "PARTIALLY_FULFILLED": "PARTIALLY_FULFILLED",
        "FULFILLED": "FULFILLED",
        "PARTIALLY_DELIVERED": "PARTIALLY_FULFILLED",
        "DELIVERED": "FULFILLED",
        "REJECTED": "REQUEST_DECLINED",
        "CANCELED": "RESTOCKED",
        "UNKNOWN": "UNFULFILLED",
    },
    Axis.RETURN: {
        "REQUESTED": "RETURN_REQUESTED",
        "OPEN": "IN_PROGRESS",
        "PARTIALLY_RECEIVED": "IN_PROGRESS",
        "RECEIVED": "INSPECTION_COMPLETE",
        "CLOSED": "RETURNED",
        "DECLINED": NO_RETURN,
        "CANCELED": NO_RETURN,
        "UNKNOWN": "RETURN_FAILED",
    },
    Axis.RETURN_PART: {
        "REQUESTED": "REQUESTED",
        "OPEN": "OPEN",
        "PARTIALLY_RECEIVED": "OPEN",
        "RECEIVED": "OPEN",
        "CLOSED": "CLOSED",
        "DECLINED": "DECLINED",
        "CANCELED": "CANCELED",
        "UNKNOWN": "OPEN",
    },
    Axis.FULFILLMENT_ORDER: {
        "OPEN": "OPEN",
        "SCHEDULED": "SCHEDULED",
        "ON_HOLD": "ON_HOLD",
        "ALLOCATED": "OPEN",
        "RELEASED": "IN_PROGRESS",
        "PICKING": "IN_PROGRESS",
        "PACKED": "IN_PROGRESS",
        "CLOSED": "CLOSED",
        "REJECTED": "INCOMPLETE",
        "CANCELED": "CANCELLED",
        "UNKNOWN": "OPEN",
    },
    Axis.SHIPMENT: {
        "PENDING": "SUBMITTED",
        "LABEL_CREATED": "LABEL_PURCHASED",
        "PICKED_UP": "CARRIER_PICKED_UP",
        "IN_TRANSIT": "IN_TRANSIT",
        "DELAYED": "DELAYED",
        "OUT_FOR_DELIVERY": "OUT_FOR_DELIVERY",
        "AVAILABLE_FOR_PICKUP": "READY_FOR_PICKUP",
        "ATTEMPTED_DELIVERY": "ATTEMPTED_DELIVERY",
        "DELIVERED": "DELIVERED",
        "EXCEPTION": "FAILURE",
        "RETURNING": "NOT_DELIVERED",
        "RETURNED": "NOT_DELIVERED",
        "LOST": "NOT_DELIVERED",
        "EXPIRED": "NOT_DELIVERED",
        "CANCELED": "CANCELED",
        "UNKNOWN": "FULFILLED",
    },
    Axis.TRANSACTION_KIND: {
        "AUTHORIZATION": "AUTHORIZATION",
        "CAPTURE": "CAPTURE",
        "SALE": "SALE",
        "REFUND": "REFUND",
        "VOID": "VOID",
        "UNKNOWN": "SUGGESTED_REFUND",
    },
    Axis.TRANSACTION_STATUS: {
        "PENDING": "PENDING",
        "SUCCESS": "SUCCESS",
        "FAILURE": "FAILURE",
        "ERROR": "ERROR",
        "UNKNOWN": "UNKNOWN",
    },
    Axis.HOLD_REASON: {
        "AWAITING_PAYMENT": "AWAITING_PAYMENT",
        "FRAUD_RISK": "HIGH_RISK_OF_FRAUD",
        "INCORRECT_ADDRESS": "INCORRECT_ADDRESS",
        "OUT_OF_STOCK": "INVENTORY_OUT_OF_STOCK",
        "AWAITING_RETURN": "AWAITING_RETURN_ITEMS",
        "UNKNOWN_DELIVERY_DATE": "UNKNOWN_DELIVERY_DATE",
        "APPROVAL": "OTHER",
        "CREDIT": "OTHER",
        "MANUAL_REVIEW": "OTHER",
        "OTHER": "OTHER",
        "UNKNOWN": "OTHER",
    },
    Axis.DELIVERY_METHOD: {
        "SHIPPING": "SHIPPING",
        "STORE_PICKUP": "PICK_UP",
        "CURBSIDE": "PICK_UP",
        "LOCKER": "PICKUP_POINT",
        "PICKUP_POINT": "PICKUP_POINT",
        "LOCAL_DELIVERY": "LOCAL",
        "DIGITAL": "NONE",
        "IN_STORE": "RETAIL",
        "UNKNOWN": "SHIPPING",
    },
}

# Words that a fulfillment can bear and an event cannot.
_EVENT_RAW = {
    "PENDING": "CONFIRMED",
    "RETURNING": "FAILURE",
    "RETURNED": "FAILURE",
    "LOST": "FAILURE",
    "EXPIRED": "FAILURE",
    "CANCELED": "FAILURE",
    "UNKNOWN": "CONFIRMED",
}


def raw_word(axis: Axis, meaning: str) -> str:
    """Shopify's word that comes nearest to a meaning."""
    return _RAW[axis][meaning]


def raw_event_word(meaning: str) -> str:
    """The nearest word of FulfillmentEventStatus."""
    return _EVENT_RAW.get(meaning) or raw_word(Axis.SHIPMENT, meaning)


def heard(axis: Axis, meaning: Word) -> Word:
    """What is heard of a meaning after Shopify has said it."""
    return type(meaning)(STATUSES.words[axis].get(raw_word(axis, meaning), "UNKNOWN"))


def heard_event(meaning: Word) -> Word:
    """What is heard of an event's meaning after Shopify has said it."""
    return type(meaning)(STATUSES.words[Axis.SHIPMENT][raw_event_word(meaning)])
