"""Which channels list more than they may sell. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from orderweave.model.inventory import InventoryItem, Oversell


def oversells(items: Iterable[InventoryItem]) -> tuple[Oversell, ...]:
    """Every case, in order of the items and then of the channels' names."""
    return tuple(
        Oversell(
            sku=item.sku,
            title=item.title,
            channel=stock.channel,
            listed=stock.listed,
            available=stock.available,
            excess=stock.excess,
        )
        for item in items
        for stock in item.channels
        if stock.excess and stock.listed is not None and stock.available is not None
    )
