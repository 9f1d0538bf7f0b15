"""EasyPost's words for where a parcel is, and what they mean here.

A parcel and each of its events carry two words: a status, and a detail of it. What both say together is one word here,
"in_transit/delayed"; a status without a detail stands alone.
"""

from __future__ import annotations

from orderweave_sdk.records import Axis, ShipmentStatus
from orderweave_sdk.statuses import StatusMap

# As documented for `status`. "error" says that the tracking went wrong, and nothing of the parcel.
STATUS_WORDS = {
    "unknown": "UNKNOWN",
    "pre_transit": "LABEL_CREATED",
    "in_transit": "IN_TRANSIT",
    "out_for_delivery": "OUT_FOR_DELIVERY",
    "available_for_pickup": "AVAILABLE_FOR_PICKUP",
    "delivered": "DELIVERED",
    "return_to_sender": "RETURNING",
    "failure": "EXCEPTION",
    "cancelled": "CANCELED",
    "error": "UNKNOWN",
}

# As documented for `status_detail`.
DETAIL_WORDS = (
    "address_correction",
    "arrived_at_destination",
    "arrived_at_facility",
    "arrived_at_pickup_location",
    "awaiting_information",
    "cancelled",
    "damaged",
    "delayed",
    "delivery_exception",
    "departed_facility",
    "departed_origin_facility",
    "expired",
    "failure",
    "held",
    "in_transit",
    "label_created",
    "lost",
    "missorted",
    "out_for_delivery",
    "received_at_destination_facility",
    "received_at_origin_facility",
    "refused",
    "return",
    "status_update",
    "transferred_to_destination_carrier",
    "transit_exception",
    "unknown",
    "weather_delay",
)

# Statuses that leave open what became of the parcel: under these a detail may say more. Under the others the status
# stands, so that no detail ever makes a parcel delivered, or one that is delivered anything else.
_OPEN = frozenset({"unknown", "in_transit", "failure", "error"})
_TELLING = {
    "address_correction": "EXCEPTION",
    "arrived_at_pickup_location": "AVAILABLE_FOR_PICKUP",
    "awaiting_information": "EXCEPTION",
    "damaged": "EXCEPTION",
    "delayed": "DELAYED",
    "delivery_exception": "EXCEPTION",
    "expired": "EXPIRED",
    "held": "DELAYED",
    "lost": "LOST",
    "missorted": "DELAYED",
    "received_at_origin_facility": "PICKED_UP",
    "refused": "EXCEPTION",
    "return": "RETURNING",
    "transit_exception": "EXCEPTION",
    "weather_delay": "DELAYED",
}


def word(status: str, detail: str | None) -> str:
    """Both words as one."""
    return f"{status}/{detail}" if detail else status


def _meaning(status: str, detail: str) -> str:
    return _TELLING.get(detail, STATUS_WORDS[status]) if status in _OPEN else STATUS_WORDS[status]


STATUSES = StatusMap.of(
    "2026-11",
    {
        Axis.SHIPMENT: STATUS_WORDS
        | {word(status, detail): _meaning(status, detail) for status in STATUS_WORDS for detail in DETAIL_WORDS}
    },
)


def milestone(status: str, detail: str | None) -> ShipmentStatus:
    """What both words mean together; with a detail that nobody documented, what the status means alone."""
    found = STATUSES.part(Axis.SHIPMENT, word(status, detail), ShipmentStatus)
    return found if found is not ShipmentStatus.UNKNOWN else ShipmentStatus(STATUS_WORDS.get(status, "UNKNOWN"))
