"""Fluent's status words, and what they mean here.

Fluent's platform enforces no words: a workflow of the account's own gives them, and CREATED is the first of all. Those
here are the words of the reference workflows, as Fluent documents them; any other reads as UNKNOWN with the word kept.
"""

from __future__ import annotations

from orderweave_sdk.records import Axis
from orderweave_sdk.statuses import StatusMap

# One field of the order speaks of two axes; how far the goods are is read off the fulfilments where they say more.
_ORDER = {
    "CREATED": ("PENDING", "UNFULFILLED"),
    "RECEIVED": ("PENDING", "UNFULFILLED"),
    "BOOKED": ("OPEN", "UNFULFILLED"),
    "ESCALATED": ("OPEN", "ON_HOLD"),
    "PICK_PACK": ("OPEN", "IN_PROGRESS"),
    "AWAITING_COURIER_COLLECTION": ("OPEN", "IN_PROGRESS"),
    "AWAITING_CUSTOMER_COLLECTION": ("OPEN", "READY_FOR_PICKUP"),
    "COMPLETE": ("COMPLETED", "FULFILLED"),
    "CANCELLED": ("CANCELED", "CANCELED"),
}

STATUSES = StatusMap.of(
    "2024-09.1",
    {
        Axis.ORDER: {raw: order for raw, (order, _) in _ORDER.items()},
        Axis.FULFILLMENT: {raw: goods for raw, (_, goods) in _ORDER.items()},
        Axis.FULFILLMENT_ORDER: {
            "CREATED": "OPEN",
            "AWAITING_WAVE": "RELEASED",
            "ASSIGNED": "PICKING",
            "PARTIALLY_FULFILLED": "PACKED",
            "FULFILLED": "PACKED",
            "COMPLETE": "CLOSED",
            "ESCALATED": "ON_HOLD",
            "REJECTED": "REJECTED",
            "EXPIRED": "REJECTED",
            "CANCELLED": "CANCELED",
        },
        # Words of parcels (articles) and of their bookings with a carrier (consignments). That a parcel was handed
        # over is all that either says: no word of theirs is a proof of delivery.
        Axis.SHIPMENT: {
            "CREATED": "PENDING",
            "AWAITING_COLLECTION": "PENDING",
            "COURIER_COLLECTION": "LABEL_CREATED",
            "COLLECTED": "PICKED_UP",
            "COMPLETE": "PICKED_UP",
            "CANCELLED": "CANCELED",
            "ASSIGNED": "PENDING",
            "ACTIVE_LODGED": "LABEL_CREATED",
            "ACTIVE_SENT": "PICKED_UP",
            # Sent to the store where its customer collects it.
            "AWAITING_ARRIVAL": "PICKED_UP",
            "FAILED": "EXCEPTION",
        },
        # The types of fulfilments: from a store or a distribution center, to an address or to be collected.
        Axis.DELIVERY_METHOD: {
            "HD": "SHIPPING",
            "HD_PFS": "SHIPPING",
            "HD_PFDC": "SHIPPING",
            "CC": "STORE_PICKUP",
            "CC_PFS": "STORE_PICKUP",
            "CC_PFDC": "STORE_PICKUP",
        },
        Axis.TRANSACTION_KIND: {"PAYMENT": "SALE", "REFUND": "REFUND"},
        Axis.TRANSACTION_STATUS: {"CREATED": "PENDING", "COMPLETE": "SUCCESS", "FAILED": "FAILURE"},
        Axis.RETURN_PART: {"CREATED": "OPEN", "COMPLETE": "CLOSED", "CANCELLED": "CANCELED"},
    },
)
