"""Stock of several systems as one: each SKU at each place once. Pure."""

from orderweave.inventory.stock import StockMerger

__all__ = ["StockMerger"]
