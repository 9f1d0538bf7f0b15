"""Shopify's wire, only the fields used.

An order carries only what its facets select, so everything beyond its identity may be absent; what a facet needs
and does not find is a bad payload (`present`).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from orderweave_sdk.errors import BadPayload
from orderweave_shopify.payloads_pages import Page

Part = TypeVar("Part")


def present(part: Part | None, field: str) -> Part:
    """The part, which the contract says is there once selected; raises BadPayload naming the field."""
    if part is None:
        raise BadPayload(f"order: {field} is missing")
    return part


class MoneyPayload(msgspec.Struct, rename="camel", gc=False):
    """A decimal string and its currency."""

    amount: Decimal
    currency_code: str


class MoneyBag(msgspec.Struct, rename="camel", gc=False):
    """An amount in the shop's currency (the customer's is not selected)."""

    shop_money: MoneyPayload


class Identified(msgspec.Struct, gc=False):
    """Something of which only the id is selected."""

    id: str


class AttributionPayload(msgspec.Struct, rename="camel", gc=False):
    """The channel that an order came by."""

    handle: str
    display_name: str


class TaxPayload(msgspec.Struct, rename="camel", gc=False):
    """One tax; `rate` is a fraction."""

    title: str
    price_set: MoneyBag
    rate: Decimal | None = None


class ShippingLinePayload(msgspec.Struct, rename="camel", gc=False):
    """What one delivery option costs after its discounts."""

    discounted_price_set: MoneyBag


class ValuePayload(msgspec.Struct, rename="camel", gc=False):
    """A discount's value: an amount or a percentage."""

    amount: Decimal | None = None
    currency_code: str | None = None


class DiscountPayload(msgspec.Struct, rename="camel", gc=False):
    """One discount that was applied to the order or to some of its lines."""

    target_selection: str
    allocation_method: str | None = None
    target_type: str | None = None
    value: ValuePayload | None = None
    code: str | None = None
    title: str | None = None


class AllocationPayload(msgspec.Struct, rename="camel", gc=False):
    """What one discount takes off one line."""

    allocated_amount_set: MoneyBag
    discount_application: DiscountPayload


class LinePayload(msgspec.Struct, rename="camel", gc=False):
    """One line; quantities are whole units."""

    id: str
    name: str
    quantity: int
    current_quantity: int
    non_fulfillable_quantity: int
    original_unit_price_set: MoneyBag
    discounted_total_set: MoneyBag
    discount_allocations: list[AllocationPayload]
    tax_lines: list[TaxPayload]
    sku: str | None = None


class EmailPayload(msgspec.Struct, rename="camel", gc=False):
    """A customer's e-mail address."""

    email_address: str


class PhonePayload(msgspec.Struct, rename="camel", gc=False):
    """A customer's telephone number."""

    phone_number: str


class CustomerPayload(msgspec.Struct, rename="camel", gc=False):
    """The account that ordered."""

    id: str
    display_name: str
    default_email_address: EmailPayload | None = None
    default_phone_number: PhonePayload | None = None


class CompanyPayload(msgspec.Struct, gc=False):
    """A company that buys."""

    id: str
    name: str


class TaxSettingsPayload(msgspec.Struct, rename="camel", gc=False):
    """How a company's site is taxed."""

    tax_registration_id: str | None = None


class CompanyLocationPayload(msgspec.Struct, rename="camel", gc=False):
    """The company's site that ordered."""

    tax_settings: TaxSettingsPayload


class PurchasingPayload(msgspec.Struct, rename="camel", gc=False):
    """Who bought: a company and its site, or nothing of use here when it was a person."""

    company: CompanyPayload | None = None
    location: CompanyLocationPayload | None = None


class AddressPayload(msgspec.Struct, rename="camel", gc=False):
    """A postal address of an order."""

    name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province: str | None = None
    province_code: str | None = None
    zip: str | None = None
    country_code_v2: str | None = msgspec.field(name="countryCodeV2", default=None)
    phone: str | None = None


class TransactionPayload(msgspec.Struct, rename="camel", gc=False):
    """One movement of money."""

    id: str
    kind: str
    status: str
    amount_set: MoneyBag
    gateway: str | None = None
    formatted_gateway: str | None = None
    payment_id: str | None = None
    processed_at: datetime | None = None
    parent_transaction: Identified | None = None


class RefundLinePayload(msgspec.Struct, rename="camel", gc=False):
    """So many of one line in a refund."""

    quantity: int
    restock_type: str
    line_item: Identified


class RefundPayload(msgspec.Struct, rename="camel", gc=False):
    """Money given back, for the payments, or units taken out of the order, for the lines."""

    id: str
    total_refunded_set: MoneyBag | None = None
    created_at: datetime | None = None
    note: str | None = None
    refund_line_items: Page[RefundLinePayload] | None = None


class NamedPlace(msgspec.Struct, gc=False):
    """A location's id and name."""

    id: str
    name: str


class AssignedLocationPayload(msgspec.Struct, gc=False):
    """Where a fulfillment order is assigned; `location` is gone when the place was deleted."""

    name: str
    location: Identified | None = None


class MethodPayload(msgspec.Struct, rename="camel", gc=False):
    """How the goods reach the customer."""

    method_type: str


class HoldPayload(msgspec.Struct, gc=False):
    """Why a fulfillment order waits."""

    reason: str


class FulfillmentOrderLinePayload(msgspec.Struct, rename="camel", gc=False):
    """So many of one line in a fulfillment order."""

    total_quantity: int
    line_item: Identified
    sku: str | None = None


class FulfillmentOrderPayload(msgspec.Struct, rename="camel", gc=False):
    """One planned fulfillment; only `id` and the holds are there when nothing but holds was asked for."""

    id: str
    fulfillment_holds: list[HoldPayload]
    status: str | None = None
    fulfill_at: datetime | None = None
    fulfill_by: datetime | None = None
    assigned_location: AssignedLocationPayload | None = None
    delivery_method: MethodPayload | None = None
    line_items: Page[FulfillmentOrderLinePayload] | None = None


class TrackingInfoPayload(msgspec.Struct, gc=False):
    """One tracking number of a fulfillment."""

    company: str | None = None
    number: str | None = None
    url: str | None = None


class LineReference(msgspec.Struct, gc=False):
    """The order line that goods belong to."""

    id: str
    sku: str | None = None


class FulfillmentLinePayload(msgspec.Struct, rename="camel", gc=False):
    """So many of one line in a fulfillment."""

    line_item: LineReference
    quantity: int | None = None


class EventPayload(msgspec.Struct, rename="camel", gc=False):
    """Something that happened to a fulfillment on its way."""

    status: str
    happened_at: datetime
    created_at: datetime
    message: str | None = None
    city: str | None = None
    province: str | None = None
    country: str | None = None


class FulfillmentPayload(msgspec.Struct, rename="camel", gc=False):
    """Goods that left together."""

    id: str
    name: str
    status: str
    created_at: datetime
    tracking_info: list[TrackingInfoPayload]
    fulfillment_line_items: Page[FulfillmentLinePayload]
    display_status: str | None = None
    delivered_at: datetime | None = None
    estimated_delivery_at: datetime | None = None
    location: NamedPlace | None = None
    events: Page[EventPayload] | None = None


class ReasonPayload(msgspec.Struct, gc=False):
    """Why something comes back, by its stable handle."""

    handle: str


class ReturnedGoods(msgspec.Struct, rename="camel", gc=False):
    """The fulfilled line that comes back."""

    line_item: LineReference


class ReturnLinePayload(msgspec.Struct, rename="camel", gc=False):
    """One line of a return; a return of goods that Shopify did not sell names no line."""

    quantity: int
    return_reason_definition: ReasonPayload | None = None
    fulfillment_line_item: ReturnedGoods | None = None


class ReturnPayload(msgspec.Struct, rename="camel", gc=False):
    """One return."""

    id: str
    name: str
    status: str
    created_at: datetime
    return_line_items: Page[ReturnLinePayload]


class HappeningPayload(msgspec.Struct, rename="camel", gc=False):
    """One entry of the order's timeline."""

    action: str
    created_at: datetime
    message: str


class OrderPayload(msgspec.Struct, rename="camel", gc=False):
    """One order with whatever its facets select."""

    id: str
    name: str
    updated_at: datetime
    po_number: str | None = None
    source_identifier: str | None = None

    processed_at: datetime | None = None
    cancelled_at: datetime | None = None
    closed_at: datetime | None = None
    cancel_reason: str | None = None
    currency_code: str | None = None
    presentment_currency_code: str | None = None
    source_name: str | None = None
    attribution: AttributionPayload | None = None
    subtotal_price_set: MoneyBag | None = None
    cart_discount_amount_set: MoneyBag | None = None
    total_tax_set: MoneyBag | None = None
    original_total_duties_set: MoneyBag | None = None
    original_total_additional_fees_set: MoneyBag | None = None
    total_price_set: MoneyBag | None = None
    total_received_set: MoneyBag | None = None
    total_refunded_set: MoneyBag | None = None
    total_outstanding_set: MoneyBag | None = None
    tax_lines: list[TaxPayload] | None = None
    shipping_lines: Page[ShippingLinePayload] | None = None
    discount_applications: Page[DiscountPayload] | None = None

    line_items: Page[LinePayload] | None = None

    email: str | None = None
    phone: str | None = None
    customer: CustomerPayload | None = None
    purchasing_entity: PurchasingPayload | None = None

    billing_address: AddressPayload | None = None
    shipping_address: AddressPayload | None = None

    display_financial_status: str | None = None
    transactions: list[TransactionPayload] | None = None
    refunds: list[RefundPayload] | None = None

    display_fulfillment_status: str | None = None
    fulfillment_orders: Page[FulfillmentOrderPayload] | None = None
    fulfillments: list[FulfillmentPayload] | None = None

    return_status: str | None = None
    returns: Page[ReturnPayload] | None = None

    events: Page[HappeningPayload] | None = None
