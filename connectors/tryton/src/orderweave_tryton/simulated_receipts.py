"""Expected goods as Tryton's stock.move rows, from a supplier into a warehouse."""

from __future__ import annotations

from collections.abc import Callable

from orderweave_sdk.records import ProductRecord, ReceiptRecord
from orderweave_tryton.simulated_rows import Row


def move_row(receipt: ReceiptRecord, product_of: Callable[[str], ProductRecord | None]) -> Row:
    """A stock.move that was not made; `child_of` looks a place up by the id of its warehouse."""
    known = product_of(receipt.sku)
    place = {"id": int(receipt.location.external_id), "type": "storage"}
    return {
        "id": int(receipt.external_id),
        "internal_quantity": float(receipt.quantity),
        "planned_date": receipt.expected_at.date() if receipt.expected_at else None,
        "product": {"id": int(known.external_id) if known else 1, "code": receipt.sku},
        "from_location": {"id": 1, "type": "supplier"},
        "to_location": place,
        "state": "draft",
    }
