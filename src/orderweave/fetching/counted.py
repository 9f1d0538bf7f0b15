"""What calls of systems are counted as."""

from __future__ import annotations

from collections.abc import Mapping

from orderweave_sdk.capabilities import Changes, Locations, Orders, Page, Products, Receipts, Skus, Stock, Tracking
from orderweave_sdk.manifest import Capability

# What a call is counted as, by what it must give.
CAPABILITIES: Mapping[type, str] = {
    Orders: Capability.FIND_ORDERS.value,
    Page: Capability.SEARCH_ORDERS.value,
    Changes: Capability.LIST_CHANGES.value,
    Stock: Capability.READ_STOCK.value,
    Receipts: Capability.READ_RECEIPTS.value,
    Products: Capability.FIND_PRODUCTS.value,
    Tracking: Capability.READ_TRACKING.value,
    Locations: Capability.LIST_LOCATIONS.value,
    Skus: Capability.LIST_SKUS.value,
    str: "CHECK",
}
