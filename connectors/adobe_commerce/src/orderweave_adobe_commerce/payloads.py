"""Adobe Commerce's records on the wire, only the fields used.

Whatever is empty is left out of an answer or null, and so is what was not asked for; only identity is required. An
amount stands twice: under its name in the order's currency, and with `base_` before it in the website's.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec


class Page(msgspec.Struct):
    """One page of a list, its items still undecoded. `items` is null where some versions find nothing."""

    items: list[msgspec.Raw] | None
    total_count: int


class Counted(msgspec.Struct):
    """The same without its items."""

    total_count: int


class Identified(msgspec.Struct):
    """Anything of which only the id can be read."""

    entity_id: int


class AddressPayload(msgspec.Struct, gc=False):
    """An order's address; `region_code` is there where the country has such codes."""

    firstname: str | None = None
    lastname: str | None = None
    company: str | None = None
    street: list[str] | None = None
    city: str | None = None
    region: str | None = None
    region_code: str | None = None
    postcode: str | None = None
    country_id: str | None = None
    telephone: str | None = None


class ItemPayload(msgspec.Struct, gc=False):
    """An order's item. A configurable or bundle product is an item itself, and its parts point to it."""

    item_id: int
    sku: str | None = None
    name: str | None = None
    parent_item_id: int | None = None
    product_type: str | None = None
    is_virtual: int | None = None
    qty_ordered: Decimal | None = None
    qty_canceled: Decimal | None = None
    qty_refunded: Decimal | None = None
    qty_shipped: Decimal | None = None
    qty_backordered: Decimal | None = None
    price: Decimal | None = None
    base_price: Decimal | None = None
    row_total: Decimal | None = None
    base_row_total: Decimal | None = None
    discount_amount: Decimal | None = None
    base_discount_amount: Decimal | None = None


class PaymentPayload(msgspec.Struct, gc=False):
    """The order's one means of payment."""

    entity_id: int | None = None
    method: str | None = None
    po_number: str | None = None
    amount_authorized: Decimal | None = None
    base_amount_authorized: Decimal | None = None
    amount_paid: Decimal | None = None
    base_amount_paid: Decimal | None = None
    amount_refunded: Decimal | None = None
    base_amount_refunded: Decimal | None = None


class CommentPayload(msgspec.Struct, gc=False):
    """A remark; `is_visible_on_front` is 1 where the customer reads it, anything else where staff alone do."""

    comment: str | None = None
    is_visible_on_front: int | None = None

    def told(self) -> str | None:
        """What the customer may read of it."""
        return self.comment or None if self.is_visible_on_front == 1 else None


class HistoryPayload(CommentPayload, gc=False):
    """One entry of an order's history; `comment` is null where only the status is noted."""

    created_at: str | None = None
    status: str | None = None


class TaxPayload(msgspec.Struct, gc=False):
    """One tax of the order."""

    code: str | None = None
    title: str | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None
    base_amount: Decimal | None = None


class ShippingPayload(msgspec.Struct, gc=False):
    """Where and how the goods go."""

    address: AddressPayload | None = None


class AssignmentPayload(msgspec.Struct, gc=False):
    """One shipping of the order; there is one unless an extension adds more."""

    shipping: ShippingPayload | None = None


class CompanyPayload(msgspec.Struct, gc=False):
    """The company for which the customer bought (Adobe Commerce B2B)."""

    company_id: int | None = None
    company_name: str | None = None


class OrderExtensionPayload(msgspec.Struct, gc=False):
    """What modules add to an order."""

    shipping_assignments: list[AssignmentPayload] | None = None
    applied_taxes: list[TaxPayload] | None = None
    company_order_attributes: CompanyPayload | None = None


class OrderPayload(msgspec.Struct, gc=False):
    """An order. Times are UTC without a zone."""

    entity_id: int
    increment_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    ext_order_id: str | None = None
    original_increment_id: str | None = None
    state: str | None = None
    status: str | None = None
    store_id: int | None = None
    store_name: str | None = None
    is_virtual: int | None = None
    base_currency_code: str | None = None
    order_currency_code: str | None = None
    customer_id: int | None = None
    customer_email: str | None = None
    customer_firstname: str | None = None
    customer_lastname: str | None = None
    customer_taxvat: str | None = None
    coupon_code: str | None = None
    discount_description: str | None = None
    subtotal: Decimal | None = None
    base_subtotal: Decimal | None = None
    discount_amount: Decimal | None = None
    base_discount_amount: Decimal | None = None
    shipping_amount: Decimal | None = None
    base_shipping_amount: Decimal | None = None
    tax_amount: Decimal | None = None
    base_tax_amount: Decimal | None = None
    grand_total: Decimal | None = None
    base_grand_total: Decimal | None = None
    total_canceled: Decimal | None = None
    base_total_canceled: Decimal | None = None
    total_paid: Decimal | None = None
    base_total_paid: Decimal | None = None
    total_refunded: Decimal | None = None
    base_total_refunded: Decimal | None = None
    total_due: Decimal | None = None
    base_total_due: Decimal | None = None
    items: list[ItemPayload] | None = None
    billing_address: AddressPayload | None = None
    payment: PaymentPayload | None = None
    status_histories: list[HistoryPayload] | None = None
    extension_attributes: OrderExtensionPayload | None = None


class ShipmentItemPayload(msgspec.Struct, gc=False):
    """So many of one order item."""

    order_item_id: int
    qty: Decimal
    sku: str | None = None


class TrackPayload(msgspec.Struct, gc=False):
    """One tracking number; `carrier_code` is "custom" for a carrier that the shop does not know."""

    entity_id: int | None = None
    track_number: str | None = None
    carrier_code: str | None = None
    title: str | None = None


class ShipmentExtensionPayload(msgspec.Struct, gc=False):
    """The source that the goods left from, where the shop keeps more than one (MSI)."""

    source_code: str | None = None


class ShipmentPayload(msgspec.Struct, gc=False):
    """A shipment."""

    entity_id: int
    order_id: int
    increment_id: str | None = None
    created_at: str | None = None
    items: list[ShipmentItemPayload] | None = None
    tracks: list[TrackPayload] | None = None
    extension_attributes: ShipmentExtensionPayload | None = None


class InvoicePayload(msgspec.Struct, gc=False):
    """An invoice: Adobe Commerce makes one when money is taken, or is said to have been."""

    entity_id: int
    order_id: int
    increment_id: str | None = None
    created_at: str | None = None
    state: int | None = None
    grand_total: Decimal | None = None
    base_grand_total: Decimal | None = None


class CreditmemoPayload(msgspec.Struct, gc=False):
    """A credit memo: money given back. `state` 2 is refunded, 1 open, 3 canceled."""

    entity_id: int
    order_id: int
    created_at: str | None = None
    state: int | None = None
    grand_total: Decimal | None = None
    base_grand_total: Decimal | None = None
    comments: list[CommentPayload] | None = None


class TransactionPayload(msgspec.Struct, gc=False):
    """What passed between the shop and the payment gateway; its amount is not told."""

    transaction_id: int
    order_id: int
    txn_type: str | None = None
    created_at: str | None = None


class RmaItemPayload(msgspec.Struct, gc=False):
    """One item of a return; `reason` is the id of an option that the shop defines."""

    order_item_id: int
    qty_requested: Decimal | None = None
    reason: str | None = None


class RmaPayload(msgspec.Struct, gc=False):
    """A return (Adobe Commerce alone)."""

    entity_id: int
    order_id: int
    increment_id: str | None = None
    date_requested: str | None = None
    status: str | None = None
    items: list[RmaItemPayload] | None = None


class SourceItemPayload(msgspec.Struct, gc=False):
    """How much of a SKU lies at a source; `status` is 0 where the shop sells none of it whatever lies there."""

    sku: str
    source_code: str
    quantity: Decimal | None = None
    status: int | None = None


class SkuPayload(msgspec.Struct, gc=False):
    """What a source item is an item of."""

    sku: str


class SalablePayload(msgspec.Struct, gc=False):
    """How much of a SKU a website sells, over all sources that its stock joins, less what is promised."""

    sku: str
    qty: Decimal | None = None
    is_salable: bool | None = None


class SourceExtensionPayload(msgspec.Struct, gc=False):
    """What in-store pickup adds to a source."""

    is_pickup_location_active: bool | None = None


class SourcePayload(msgspec.Struct, gc=False):
    """A place that holds stock."""

    source_code: str
    name: str | None = None
    enabled: bool | None = None
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country_id: str | None = None
    phone: str | None = None
    extension_attributes: SourceExtensionPayload | None = None


class ProductPayload(msgspec.Struct, gc=False):
    """A product; `status` is 1 while it is enabled."""

    id: int
    sku: str
    name: str | None = None
    status: int | None = None
    updated_at: str | None = None
