"""Groups of orders or of stock, and what they come to."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from orderweave.model.order import PageInfo
from orderweave.model.provenance import Coverage


class GroupKey(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the rows of a group have in common: a field, in the schema's words, and its value, None where none has any.

    The start of an interval is an instant with the offset of its zone.
    """

    field: str
    value: str | None


class Group(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One group. A measure that was not asked for is None, and so is one of which nobody says anything."""

    keys: tuple[GroupKey, ...]
    count: int


class OrderGroup(Group, frozen=True, kw_only=True, gc=False):
    """A group of orders. Amounts are in the one currency of the group, or in the one they were converted to.

    `*_known` count the orders that have the amount: those that are in its sum.
    """

    customer_count: int | None = None
    total_sum: Decimal | None = None
    total_average: Decimal | None = None
    total_min: Decimal | None = None
    total_max: Decimal | None = None
    paid_sum: Decimal | None = None
    refunded_sum: Decimal | None = None
    due_sum: Decimal | None = None
    tax_sum: Decimal | None = None
    shipping_sum: Decimal | None = None
    discount_sum: Decimal | None = None
    line_quantity_sum: Decimal | None = None
    line_quantity_average: Decimal | None = None
    total_known: int | None = None
    paid_known: int | None = None
    refunded_known: int | None = None
    due_known: int | None = None
    tax_known: int | None = None
    shipping_known: int | None = None
    discount_known: int | None = None


class InventoryGroup(Group, frozen=True, kw_only=True, gc=False):
    """A group of stock levels: each SKU at each place once, whoever reports it. `count` counts levels."""

    sku_count: int | None = None
    on_hand_sum: Decimal | None = None
    available_to_sell_sum: Decimal | None = None
    committed_sum: Decimal | None = None
    reserved_sum: Decimal | None = None
    incoming_sum: Decimal | None = None
    safety_stock_sum: Decimal | None = None


class Groups(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A page of groups, how many there are in all, and how complete what they are made of is."""

    groups: tuple[Group, ...]
    total_count: int
    page_info: PageInfo
    coverage: Coverage
