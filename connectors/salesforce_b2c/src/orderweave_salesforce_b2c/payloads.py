"""The records of Salesforce B2C Commerce on the wire, only the fields used.

What is empty is left out of an answer, so that only identity is required. Amounts are numbers without a currency; the
order names the one that all of its amounts are in.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec


class OrdersPage(msgspec.Struct):
    """A page of a list of orders, still undecoded. The vendor tells no total."""

    data: list[msgspec.Raw]


class Problem(msgspec.Struct):
    """A refusal (RFC 7807); its `type` ends in the kind of it."""

    type: str


class Numbered(msgspec.Struct, rename="camel"):
    """An order of which only the number is read."""

    order_no: str


class Placed(msgspec.Struct, rename="camel"):
    """Where an order stands in a list, and nothing more of it."""

    order_no: str
    creation_date: datetime | None = None
    last_modified: datetime | None = None


class AddressPayload(msgspec.Struct, rename="camel", gc=False):
    """An address of an order."""

    address1: str | None = None
    address2: str | None = None
    suite: str | None = None
    post_box: str | None = None
    city: str | None = None
    company_name: str | None = None
    country_code: str | None = None
    first_name: str | None = None
    full_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    postal_code: str | None = None
    state_code: str | None = None


class CustomerPayload(msgspec.Struct, rename="camel", gc=False):
    """Who placed the order. A registered customer has a number; every one has an id."""

    customer_id: str | None = None
    customer_name: str | None = None
    customer_no: str | None = None
    email: str | None = None


class AdjustmentPayload(msgspec.Struct, rename="camel", gc=False):
    """A price adjustment; what lowers a price is negative."""

    promotion_id: str | None = None
    item_text: str | None = None
    coupon_code: str | None = None
    base_price: Decimal | None = None


class TaxItemPayload(msgspec.Struct, gc=False):
    """One tax of an item."""

    id: str
    rate: Decimal | None = None
    value: Decimal | None = None


class OptionPayload(msgspec.Struct, rename="camel", gc=False):
    """What was bought with an item, such as a warranty. It has neither an id nor a quantity of its own."""

    product_id: str
    option_id: str | None = None
    item_text: str | None = None
    base_price: Decimal | None = None


class ItemPayload(msgspec.Struct, rename="camel", gc=False):
    """A product item. `base_price` is of one piece; the pieces of a bundle are items themselves."""

    product_id: str
    item_id: str | None = None
    product_name: str | None = None
    item_text: str | None = None
    quantity: Decimal | None = None
    shipment_id: str | None = None
    base_price: Decimal | None = None
    price_after_item_discount: Decimal | None = None
    price_adjustments: list[AdjustmentPayload] | None = None
    tax_items: list[TaxItemPayload] | None = None
    option_items: list[OptionPayload] | None = None
    bundled_product_items: list[ItemPayload] | None = None


class GiftCertificatePayload(msgspec.Struct, rename="camel", gc=False):
    """A gift certificate that was bought."""

    gift_certificate_item_id: str | None = None
    item_text: str | None = None
    base_price: Decimal | None = None
    shipment_id: str | None = None


class ShipmentPayload(msgspec.Struct, rename="camel", gc=False):
    """Goods that go to one address by one method: `shipment_id` is unique in the order, `shipment_no` in the site."""

    shipment_id: str
    shipment_no: str | None = None
    shipping_address: AddressPayload | None = None
    shipping_status: str | None = None
    tracking_number: str | None = None


class AuthorizationPayload(msgspec.Struct, gc=False):
    """How an authorization ended: 0 is OK, 1 an error, 2 a warning."""

    status: int | None = None


class TransactionPayload(msgspec.Struct, rename="camel", gc=False):
    """The one transaction of a payment instrument."""

    amount: Decimal | None = None
    transaction_id: str | None = None
    authorization_status: AuthorizationPayload | None = None


class InstrumentPayload(msgspec.Struct, rename="camel", gc=False):
    """A payment instrument. Cards, accounts and holders are not read."""

    payment_instrument_id: str | None = None
    payment_method_id: str | None = None
    payment_transaction: TransactionPayload | None = None


class OrderPayload(msgspec.Struct, rename="camel", gc=False):
    """An order."""

    order_no: str
    creation_date: datetime | None = None
    last_modified: datetime | None = None
    status: str | None = None
    payment_status: str | None = None
    shipping_status: str | None = None
    channel_type: str | None = None
    site_id: str | None = None
    currency: str | None = None
    cancel_code: str | None = None
    external_order_no: str | None = None
    customer_order_reference: str | None = None
    order_total: Decimal | None = None
    product_sub_total: Decimal | None = None
    product_total: Decimal | None = None
    shipping_total: Decimal | None = None
    tax_total: Decimal | None = None
    order_price_adjustments: list[AdjustmentPayload] | None = None
    billing_address: AddressPayload | None = None
    customer_info: CustomerPayload | None = None
    product_items: list[ItemPayload] | None = None
    gift_certificate_items: list[GiftCertificatePayload] | None = None
    shipments: list[ShipmentPayload] | None = None
    payment_instruments: list[InstrumentPayload] | None = None


class ProductsFound(msgspec.Struct):
    """What a search for products found, still undecoded."""

    hits: list[msgspec.Raw]


class ProductsPage(msgspec.Struct):
    """A page of a search for products, still undecoded, and how many the search finds in all."""

    hits: list[msgspec.Raw]
    total: int


class NamedProduct(msgspec.Struct):
    """What a product is called."""

    id: str


class ProductPayload(msgspec.Struct, rename="camel", gc=False):
    """A product. What a shop can say in several languages stands by language, with one that is the default."""

    id: str
    name: dict[str, str] | None = None
    ean: str | None = None
    upc: str | None = None
    online_flag: dict[str, bool] | None = None
    last_modified: datetime | None = None


class AvailabilityFound(msgspec.Struct):
    """What is available, still undecoded, one entry a product."""

    data: list[msgspec.Raw]


class InventoryPayload(msgspec.Struct, rename="camel", gc=False):
    """One product in one inventory list. 999999 stands for infinity."""

    id: str
    ats: Decimal | None = None
    stock_level: Decimal | None = None


class AvailabilityPayload(msgspec.Struct, gc=False):
    """One product in the inventory lists that were asked for."""

    id: str
    inventories: list[InventoryPayload]
