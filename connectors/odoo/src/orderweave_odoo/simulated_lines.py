"""The rows of an order that are no goods: its heading, what bills the freight and what takes the discounts off."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from orderweave_odoo.expressible import amount_of
from orderweave_odoo.simulated_database import Row
from orderweave_sdk.records import Header, Totals

BLANK_LINE: Row = {
    "product_id": None,
    "name": None,
    "display_type": None,
    "product_uom_qty": Decimal(0),
    "qty_delivered": Decimal(0),
    "product_uom": None,
    "product_uom_id": None,
    "price_unit": Decimal(0),
    "discount": Decimal(0),
    "price_subtotal": Decimal(0),
    "is_delivery": False,
    "is_downpayment": False,
}


def other_lines(header: Header, totals: Totals, order: int) -> Sequence[Row]:
    """A heading, and the lines that bill the freight and take the discounts off."""
    shipping = amount_of(totals.shipping)
    parts = [(-amount_of(each.amount), each.title, False) for each in header.discounts]
    if shipping:
        parts.append((shipping, "Delivery", True))
    rows = [
        {
            **BLANK_LINE,
            "order_id": order,
            "product_uom_qty": Decimal(1),
            "price_unit": worth,
            "price_subtotal": worth,
            "name": title,
            "is_delivery": delivery,
        }
        for worth, title, delivery in parts
    ]
    heading = {**BLANK_LINE, "order_id": order, "name": "Goods", "display_type": "line_section"}
    return [
        {**row, "id": 300_000_000 + 10 * order + position, "sequence": 1000 + position}
        for position, row in enumerate([heading, *rows])
    ]
