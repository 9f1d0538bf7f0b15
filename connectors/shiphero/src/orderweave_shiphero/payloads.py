"""ShipHero's wire, only the fields used. Every field of the contract may be null.

A field that was not selected reads as None, too: which facets were asked decides, not what stands here.
Times carry no zone on the wire; the mapping says which is meant. Money travels as text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Problem(msgspec.Struct, gc=False):
    """One entry of `errors`. ShipHero adds its own fields to those of the specification."""

    message: str = ""
    code: int | str | None = None
    operation: str | None = None
    path: list[str | int] | None = None
    time_remaining: str | None = None


class UserQuota(msgspec.Struct, gc=False):
    """The account's credits, as they come with every answer."""

    credits_remaining: float
    max_available: float
    increment_rate: float


class Throttling(msgspec.Struct, gc=False):
    """What the vendor says of the request's price: what it was charged for what it returned, and what is left."""

    cost: float | None = None
    user_quota: UserQuota | None = None


class Extensions(msgspec.Struct, gc=False):
    """What stands beside the data."""

    throttling: Throttling | None = None


class Envelope(msgspec.Struct, gc=False):
    """A GraphQL answer; each alias is decoded on its own, so that a bad one spoils no other."""

    data: dict[str, msgspec.Raw] | None = None
    errors: list[Problem] | None = None
    extensions: Extensions | None = None


class Token(msgspec.Struct, gc=False):
    """An answer of /auth/refresh."""

    access_token: str


class PageInfo(msgspec.Struct, rename={"has_next": "hasNextPage", "end": "endCursor"}, gc=False):
    """Where a page ends. `end` continues after it."""

    has_next: bool
    end: str | None = None


class Edge(msgspec.Struct, Generic[T], gc=False):
    """One entry of a page."""

    node: T


class Connection(msgspec.Struct, Generic[T], rename={"page_info": "pageInfo"}, gc=False):
    """A page of entries; an order's lines grow in place as further pages come."""

    page_info: PageInfo
    edges: list[Edge[T]]


class PageResult(msgspec.Struct, gc=False):
    """The result of a root field that finds many; each entry is decoded on its own."""

    data: Connection[msgspec.Raw] | None


class ObjectResult(msgspec.Struct, gc=False):
    """The result of a root field that finds one; `data` is null when there is none."""

    data: msgspec.Raw


class FurtherLines(msgspec.Struct, Generic[T], gc=False):
    """The next page of lines of an order or a shipment."""

    line_items: Connection[T]


class FurtherResult(msgspec.Struct, Generic[T], gc=False):
    """The result of asking for such a page."""

    data: FurtherLines[T] | None


class LinePayload(msgspec.Struct, gc=False):
    """One line of an order."""

    id: str
    sku: str | None = None
    product_name: str | None = None
    price: str | None = None
    fulfillment_status: str | None = None
    quantity: int | None = None
    quantity_pending_fulfillment: int | None = None
    quantity_shipped: int | None = None
    quantity_allocated: int | None = None
    backorder_quantity: int | None = None


class ShippedLinePayload(msgspec.Struct, gc=False):
    """So many of one order line in a shipment, in the package of a label."""

    line_item_id: str | None
    quantity: int | None
    shipping_label_id: str | None = None


class LabelPayload(msgspec.Struct, gc=False):
    """One shipping label: one package."""

    id: str
    status: str | None = None
    tracking_number: str | None = None
    carrier: str | None = None
    delivered: bool | None = None
    picked_up: bool | None = None
    refunded: bool | None = None
    created_date: datetime | None = None


class WarehouseAddressPayload(msgspec.Struct, gc=False):
    """Where a warehouse is; `country` is a code or a name."""

    name: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    zip: str | None = None
    phone: str | None = None


class WarehousePayload(msgspec.Struct, gc=False):
    """One warehouse; `identifier` is the name that people gave it."""

    id: str
    identifier: str | None = None
    address: WarehouseAddressPayload | None = None


class ShipmentPayload(msgspec.Struct, gc=False):
    """One shipment of an order."""

    id: str
    warehouse_id: str | None = None
    warehouse: WarehousePayload | None = None
    created_date: datetime | None = None
    completed: bool | None = None
    delivered: bool | None = None
    picked_up: bool | None = None
    shipping_labels: list[LabelPayload] | None = None
    line_items: Connection[ShippedLinePayload] | None = None


class AddressPayload(msgspec.Struct, gc=False):
    """An order's address. `state` and `country` are codes or names, the others codes."""

    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    state_code: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    phone: str | None = None


class ShippingLinesPayload(msgspec.Struct, gc=False):
    """The shipping that the customer chose; one object in spite of its name."""

    price: str | None = None


class HoldsPayload(msgspec.Struct, gc=False):
    """Which holds stand."""

    fraud_hold: bool | None = None
    payment_hold: bool | None = None
    address_hold: bool | None = None
    operator_hold: bool | None = None
    shipping_method_hold: bool | None = None
    client_hold: bool | None = None


class OrderPayload(msgspec.Struct, gc=False):
    """One order."""

    id: str
    legacy_id: int | None = None
    order_number: str | None = None
    partner_order_id: str | None = None
    fulfillment_status: str | None = None
    order_date: datetime | None = None
    shop_name: str | None = None
    source: str | None = None
    currency: str | None = None
    subtotal: str | None = None
    total_tax: str | None = None
    total_discounts: str | None = None
    total_price: str | None = None
    shipping_lines: ShippingLinesPayload | None = None
    shipping_address: AddressPayload | None = None
    billing_address: AddressPayload | None = None
    holds: HoldsPayload | None = None
    hold_until_date: datetime | None = None
    line_items: Connection[LinePayload] | None = None
    shipments: list[ShipmentPayload] | None = None


class ProductNamePayload(msgspec.Struct, gc=False):
    """What a product is called."""

    name: str | None = None


class WarehouseProductPayload(msgspec.Struct, gc=False):
    """One SKU in one warehouse."""

    id: str
    sku: str
    warehouse_id: str
    warehouse: WarehousePayload | None = None
    product: ProductNamePayload | None = None
    on_hand: int | None = None
    available: int | None = None
    allocated: int | None = None
    reserve_inventory: int | None = None
    updated_at: datetime | None = None


class SkuPayload(msgspec.Struct, gc=False):
    """What a product is called."""

    sku: str | None = None


class ProductPayload(msgspec.Struct, gc=False):
    """One product."""

    id: str
    sku: str
    name: str | None = None
    active: bool | None = None
    updated_at: datetime | None = None


class AccountPayload(msgspec.Struct, gc=False):
    """The account behind the token; each warehouse is decoded on its own."""

    id: str
    warehouses: list[msgspec.Raw] | None = None


class AccountResult(msgspec.Struct, gc=False):
    """The result of the root field `account`."""

    data: AccountPayload | None
