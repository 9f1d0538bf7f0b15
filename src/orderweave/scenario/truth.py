"""What is true of a scenario, whatever its systems say: the answers against which the gateway is held."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from orderweave_sdk.testing.world import World

# A record, by the name of its system and its id there.
RecordId = tuple[str, str]


class TrueOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One order as far as usable references allow to see it.

    `number` runs from 1 over all orders of the scenario. `anchor` is the record where the order was captured.
    `members` are exactly the records that may be joined, the anchor among them. A mirrored record that no usable
    reference ties to its order is an order of its own here: joining it would be a guess. `bridged`: the ERP's record is
    tied to it by the warehouse's alone, or by that of an order management system.
    """

    number: int
    anchor: RecordId
    members: frozenset[RecordId]
    bridged: bool = False


class PlantedConflict(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A disagreement that was put in on purpose.

    `order` is the order's anchor, or ("stock", SKU) for stock. `path` names the field in the words of the API,
    `kind` the mess that it belongs to (a key of `Truth.counts`).
    """

    order: RecordId
    path: str
    kind: str


class TrueStock(msgspec.Struct, frozen=True, kw_only=True):
    """What is truly there of one SKU (in its canonical spelling) at one place of the business, in pieces."""

    sku: str
    place: str
    on_hand: Decimal


class PlantedOversell(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A shop that lists so many more of a SKU than its places may sell. `kind`: its listing has drifted from the count
    (stock_drift), or does not know what the warehouse has set aside (set_aside).
    """

    sku: str
    channel: str
    excess: Decimal
    kind: str


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """The true orders in order of number, the planted conflicts, the true stock, the count of every mess, and what the
    shops oversell.

    `counts` are orders of the web shops for what happens to orders (partial_shipment, split_shipment,
    ship_from_store, store_pickup, backorder, cancellation, edit, refund, return, hold, invoice_off_by_a_cent,
    status_lag, edit_unseen_by_erp), records of the ERP for references (reference_missing, reference_mistyped,
    reference_placeholder, reference_used_twice, reference_to_nowhere), orders for joined_through_third and
    b2b_draft, and SKUs for sku_case and stock_drift. An order with a refund is counted once whatever led to it.
    """

    orders: tuple[TrueOrder, ...]
    conflicts: tuple[PlantedConflict, ...]
    stock: tuple[TrueStock, ...]
    counts: dict[str, int]
    oversells: tuple[PlantedOversell, ...] = ()


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """What each system knows, by the system's name, and what is true."""

    worlds: dict[str, World]
    truth: Truth
