"""What of a question about stock takes more than stock. Pure."""

from __future__ import annotations

from collections.abc import Collection

# Fields of the schema for which it is asked what is expected.
_OF_RECEIPTS = frozenset(
    f"{owner}.{name}"
    for owner in ("InventoryItem", "InventoryLevel", "ChannelStock")
    for name in ("availableToPromise", "promises", "expected")
)


def needs_receipts(coordinates: Collection[str]) -> bool:
    """Whether any of the fields selected is made of what is expected."""
    return not _OF_RECEIPTS.isdisjoint(coordinates)
