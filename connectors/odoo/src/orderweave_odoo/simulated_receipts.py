"""Expected goods as Odoo's stock.move rows, from where suppliers are to a warehouse's shelf."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orderweave_odoo.simulated_database import Row
from orderweave_sdk.records import ReceiptRecord

SUPPLIERS: Row = {"id": 8, "name": "Vendors", "usage": "supplier", "warehouse_id": None, "active": True}
# What a move of a sale has in the fields that only expected goods are read by.
NOTHING_EXPECTED: Mapping[str, Any] = dict.fromkeys(
    ("product_qty", "date", "location_id", "location_dest_id", "origin")
)


def move_row(receipt: ReceiptRecord, *, product: int | None, shelf: int) -> Row:
    """A stock.move of a purchase that was confirmed and not done."""
    return {
        "id": int(receipt.external_id),
        "picking_id": None,
        "state": "assigned",
        "product_id": product,
        "sale_line_id": None,
        "origin_returned_move_id": None,
        "product_uom_qty": receipt.quantity,
        "product_qty": receipt.quantity,
        "quantity": Decimal(0),
        "quantity_done": Decimal(0),
        "date": receipt.expected_at,
        "location_id": SUPPLIERS["id"],
        "location_dest_id": shelf,
        "origin": receipt.number,
    }
