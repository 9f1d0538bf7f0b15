"""How far an order is: Extensiv's status, and what stands beside it, as words; and what these mean here."""

from __future__ import annotations

from collections.abc import Mapping

from orderweave_extensiv.payloads import OrderReadOnly
from orderweave_sdk.records import Axis
from orderweave_sdk.statuses import StatusMap

OPEN, CLOSED, CANCELED = "Open", "Closed", "Canceled"
ON_HOLD, PICKED, PACKED = "Open/OnHold", "Open/Picked", "Open/Packed"
LOADED, LOADED_INCOMPLETE = "Open/Loaded", "Open/LoadedIncomplete"

# The vendor's enumerations WarehouseTransactionApiStatus and LoadOutState, which travel as numbers.
STATUS_CODES: Mapping[int, str] = {0: OPEN, 1: CLOSED, 2: CANCELED}
LOADED_CODES: Mapping[int, str] = {1: LOADED, 2: LOADED_INCOMPLETE}

# One field speaks of two axes. A closed order was confirmed: it is shipped, and still OPEN here, since the warehouse
# does not know of its money.
STATUSES = StatusMap.of(
    "2026-11",
    {
        Axis.ORDER: {OPEN: "OPEN", CLOSED: "OPEN", CANCELED: "CANCELED"},
        Axis.FULFILLMENT: {
            OPEN: "UNFULFILLED",
            ON_HOLD: "ON_HOLD",
            PICKED: "IN_PROGRESS",
            PACKED: "IN_PROGRESS",
            LOADED_INCOMPLETE: "PARTIALLY_FULFILLED",
            LOADED: "FULFILLED",
            CLOSED: "FULFILLED",
            CANCELED: "CANCELED",
        },
    },
)


def order_word(order: OrderReadOnly) -> str:
    """The status by its name; a number that the vendor does not document stands for itself."""
    return STATUS_CODES.get(order.status, str(order.status))


def fulfillment_word(order: OrderReadOnly) -> str:
    """The status, and of an open order how far the house is with it: what lies on the truck tells most."""
    word = order_word(order)
    if word != OPEN:
        return word
    if order.loaded_state:
        return LOADED_CODES.get(order.loaded_state, f"{OPEN}/{order.loaded_state}")
    if order.on_hold_date:
        return ON_HOLD
    if order.pack_done_date:
        return PACKED
    return PICKED if order.pick_done_date else OPEN
