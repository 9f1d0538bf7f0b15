"""How many units of a line were canceled, which Shopify does not say in one number. Pure.

`currentQuantity` falls with every unit that is removed, refunded or returned, whether it was still to be sent or had
been delivered. Two statements of Shopify's tell the canceled among them: a unit refunded with restock type RETURN had
been fulfilled, and `nonFulfillableQuantity` counts the units that cannot be fulfilled, which every canceled unit is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from orderweave_sdk.records import Quantities
from orderweave_shopify.payloads import LinePayload, RefundPayload, present

# CANCEL is of units not yet sent. NO_RESTOCK and LEGACY_RESTOCK may be of either kind and decide nothing.
CAME_BACK = "RETURN"


def units_back(refunds: Iterable[RefundPayload]) -> Mapping[str, int]:
    """How many units of each line, by its id, were refunded as goods that came back."""
    back: Counter[str] = Counter()
    for refund in refunds:
        for line in present(refund.refund_line_items, "refunds.refundLineItems").nodes:
            if line.restock_type == CAME_BACK:
                back[line.line_item.id] += line.quantity
    return back


def quantities(line: LinePayload, back: int) -> Quantities:
    """A line's quantities; `back` of its units were refunded as goods that came back."""
    gone = line.quantity - line.current_quantity
    canceled = max(0, min(gone - back, line.non_fulfillable_quantity))
    return Quantities(
        ordered=Decimal(line.quantity), canceled=Decimal(canceled), current=Decimal(line.quantity - canceled)
    )
