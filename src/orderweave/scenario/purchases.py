"""What the business has bought and not received: the ERP knows when which part of it should come."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from orderweave.scenario.catalog import CATALOG
from orderweave.scenario.numbering import Ids, Numbering
from orderweave.scenario.places import PLACES, places
from orderweave.scenario.stock import Shelves
from orderweave_sdk.records import ReceiptRecord

_LATE, _UNDATED = 0.15, 0.1


def purchases(seed: int, ids: Ids, filled: Shelves, until: datetime) -> tuple[ReceiptRecord, ...]:
    """Everything that is incoming, in a few lines a SKU and place, each expected at the end of a day.

    Some are overdue, some have no day. Dealt from the seed alone, so that the rest of the story does not depend on it.
    """
    rng = Random(f"{seed} purchases")  # noqa: S311 - a story to show, not a secret
    numbering, known = Numbering(ids), places("erp", ids)
    today = until.replace(hour=23, minute=59, second=59, microsecond=0)
    found: list[ReceiptRecord] = []
    for product in CATALOG:
        for place in PLACES:
            left = filled.incoming[product.sku, place.id]
            while left > 0:
                pieces = min(left, rng.randint(max(1, left // 3), left))
                left -= pieces
                days = -rng.randint(1, 9) if rng.random() < _LATE else rng.randint(1, 45)
                undated = rng.random() < _UNDATED
                record = ReceiptRecord(
                    sku=product.sku,
                    location=known[place.id],
                    external_id=numbering.next("receipt"),
                    quantity=Decimal(pieces),
                    expected_at=None if undated else today + timedelta(days=days),
                    number=f"P{len(found) + 1:05d}",
                )
                found.append(record)
    return tuple(found)
