"""Stock of several systems as one: each SKU at each place once, and what may be sold and promised of it. Pure."""

from orderweave.inventory.overselling import oversells
from orderweave.inventory.promising import promised
from orderweave.inventory.stock import StockMerger

__all__ = ["StockMerger", "oversells", "promised"]
