"""What a simulator is filled with: one system's view of a business, in our own records.

A simulator speaks these records in the vendor's words, and the connector must hear the same records again.
That round trip is the heart of the contract suite.
"""

from __future__ import annotations

import msgspec

from orderweave_sdk.records import LocationRecord, OrderRecord, ProductRecord, ReceiptRecord, StockRecord


class World(msgspec.Struct, frozen=True, kw_only=True):
    """All that one system knows. `orders` carry every facet that the system would know of them."""

    orders: tuple[OrderRecord, ...] = ()
    stock: tuple[StockRecord, ...] = ()
    receipts: tuple[ReceiptRecord, ...] = ()
    products: tuple[ProductRecord, ...] = ()
    locations: tuple[LocationRecord, ...] = ()
