"""Vendure's wire, only the fields used. Money is a whole number of the server's smallest units."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class ErrorExtensions(msgspec.Struct):
    """What kind of error it is."""

    code: str | None = None


class GraphqlError(msgspec.Struct):
    """One error of an answer. Its message may quote values and is not read."""

    extensions: ErrorExtensions | None = None
    path: list[str | int] | None = None


class Envelope(msgspec.Struct, Generic[T]):
    """One answer."""

    data: T | None = None
    errors: list[GraphqlError] | None = None


class LoginResult(msgspec.Struct, rename="camel"):
    """Who signed in, or why nobody did."""

    error_code: str | None = None
    id: str | None = None


class LoginData(msgspec.Struct):
    """The answer to LOGIN."""

    login: LoginResult


class ChannelName(msgspec.Struct):
    """A channel by its code."""

    code: str


class CheckData(msgspec.Struct, rename="camel"):
    """The answer to CHECK."""

    active_channel: ChannelName


class RawList(msgspec.Struct, rename="camel"):
    """A page of records that are read one by one, and how many there are in all."""

    total_items: int
    items: list[msgspec.Raw]


class ServerConfig(msgspec.Struct, rename="camel"):
    """In how many digits the server keeps money, whatever the currency."""

    money_strategy_precision: int


class GlobalSettings(msgspec.Struct, rename="camel"):
    """The server's settings."""

    server_config: ServerConfig


class OrdersData(msgspec.Struct, rename="camel"):
    """The answer to `orders_document`; the settings only where money was asked for."""

    orders: RawList
    global_settings: GlobalSettings | None = None


class VariantsData(msgspec.Struct, rename="camel"):
    """The answer to VARIANTS, STOCK and LISTED_SKUS."""

    product_variants: RawList


class LocationsData(msgspec.Struct, rename="camel"):
    """The answer to LOCATIONS."""

    stock_locations: RawList


class EntryData(msgspec.Struct, rename={"from_": "from", "fulfillment_id": "fulfillmentId"}):
    """What a history entry says, as far as it is read; each type has its own keys."""

    from_: str | None = None
    to: str | None = None
    note: str | None = None
    reason: str | None = None
    fulfillment_id: int | str | None = None


class EntryPayload(msgspec.Struct, rename="camel"):
    """One entry of an order's history."""

    id: str
    created_at: datetime
    type: str
    is_public: bool
    data: EntryData


class HistoryPayload(msgspec.Struct, rename="camel"):
    """A part of an order's history, and how many entries there are of it."""

    total_items: int
    items: list[EntryPayload]


class Moment(msgspec.Struct, rename="camel"):
    """When an entry was made."""

    created_at: datetime


class LatestPayload(msgspec.Struct):
    """The newest entry of a history, where there is any."""

    items: list[Moment]


class ChannelPayload(msgspec.Struct, rename="camel"):
    """A channel that an order belongs to."""

    code: str
    prices_include_tax: bool


class PromotionPayload(msgspec.Struct, rename="camel"):
    """A promotion that applies to an order."""

    id: str
    coupon_code: str | None = None


class DiscountPayload(msgspec.Struct, rename="camel"):
    """What a price is less by: the amounts are negative."""

    adjustment_source: str
    type: str
    description: str
    amount: int
    amount_with_tax: int


class SurchargePayload(msgspec.Struct, rename="camel"):
    """What was added to an order beside goods."""

    price: int
    price_with_tax: int


class TaxSummaryPayload(msgspec.Struct, rename="camel"):
    """One tax of the order; the rate is in percent."""

    description: str
    tax_rate: Decimal
    tax_total: int


class TaxLinePayload(msgspec.Struct, rename="camel"):
    """One tax of a line; the rate is in percent."""

    description: str
    tax_rate: Decimal


class VariantName(msgspec.Struct):
    """The goods of a line."""

    sku: str
    name: str | None = None


class LinePayload(msgspec.Struct, rename="camel"):
    """One order line. The fields of money come with LINES only."""

    id: str
    product_variant: VariantName
    quantity: int
    order_placed_quantity: int = 0
    unit_price: int = 0
    unit_price_with_tax: int = 0
    discounted_line_price: int = 0
    discounted_line_price_with_tax: int = 0
    prorated_line_price: int = 0
    prorated_line_price_with_tax: int = 0
    discounts: list[DiscountPayload] = []
    tax_lines: list[TaxLinePayload] = []


class CustomerPayload(msgspec.Struct, rename="camel"):
    """A customer, guests too."""

    id: str
    first_name: str
    last_name: str
    email_address: str
    phone_number: str | None = None


class AddressPayload(msgspec.Struct, rename="camel"):
    """An address as it stood on the order; one that was never given is there with nothing in it."""

    full_name: str | None = None
    company: str | None = None
    street_line1: str | None = None
    street_line2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone_number: str | None = None


class RefundPayload(msgspec.Struct, rename="camel"):
    """Money given back, or about to be."""

    id: str
    created_at: datetime
    total: int
    state: str
    method: str | None = None
    transaction_id: str | None = None
    reason: str | None = None


class PaymentPayload(msgspec.Struct, rename="camel"):
    """One payment with its refunds."""

    id: str
    created_at: datetime
    method: str
    amount: int
    state: str
    transaction_id: str | None = None
    refunds: list[RefundPayload] = []


class PackedPayload(msgspec.Struct, rename="camel"):
    """So many of a line in one fulfillment."""

    order_line_id: str
    quantity: int


class FulfillmentPayload(msgspec.Struct, rename="camel"):
    """Goods that are packed, or left, together."""

    id: str
    state: str
    method: str
    lines: list[PackedPayload]
    tracking_code: str | None = None


class OrderPayload(msgspec.Struct, rename="camel"):
    """One order, as far as it was asked for."""

    id: str
    code: str
    state: str
    currency_code: str
    updated_at: datetime
    latest: LatestPayload
    order_placed_at: datetime | None = None
    channels: list[ChannelPayload] = []
    coupon_codes: list[str] = []
    promotions: list[PromotionPayload] = []
    discounts: list[DiscountPayload] = []
    surcharges: list[SurchargePayload] = []
    tax_summary: list[TaxSummaryPayload] = []
    sub_total: int = 0
    sub_total_with_tax: int = 0
    shipping: int = 0
    shipping_with_tax: int = 0
    total: int = 0
    total_with_tax: int = 0
    payments: list[PaymentPayload] | None = None
    lines: list[LinePayload] = []
    customer: CustomerPayload | None = None
    billing_address: AddressPayload | None = None
    shipping_address: AddressPayload | None = None
    fulfillments: list[FulfillmentPayload] | None = None
    moved: HistoryPayload | None = None
    happened: HistoryPayload | None = None
    custom_fields: dict[str, str | int | float | bool | None] | None = None


class PlacePayload(msgspec.Struct):
    """A stock location."""

    id: str
    name: str


class LevelPayload(msgspec.Struct, rename="camel"):
    """How much of a variant is at a place."""

    id: str
    stock_on_hand: int
    stock_allocated: int
    updated_at: datetime
    stock_location: PlacePayload


class StockedPayload(msgspec.Struct, rename="camel"):
    """A variant with its levels."""

    id: str
    sku: str
    name: str
    track_inventory: str
    stock_levels: list[LevelPayload]


class SkuPayload(msgspec.Struct):
    """What a variant is called; the SKU may be empty."""

    id: str
    sku: str


class ProductPayload(msgspec.Struct):
    """The product that a variant is of."""

    enabled: bool


class VariantPayload(msgspec.Struct, rename="camel"):
    """A variant."""

    id: str
    sku: str
    name: str
    enabled: bool
    updated_at: datetime
    product: ProductPayload
