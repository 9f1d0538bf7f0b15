"""Shopify's wire of stock, products and places, only the fields used."""

from __future__ import annotations

from datetime import datetime

import msgspec

from orderweave_shopify.payloads import NamedPlace
from orderweave_shopify.payloads_pages import Page, PageInfo


class RawPage(msgspec.Struct, rename="camel", gc=False):
    """One page whose entries are decoded one by one, so that a bad one spoils no other."""

    nodes: list[msgspec.Raw]
    page_info: PageInfo


class QuantityPayload(msgspec.Struct, gc=False):
    """One of Shopify's named quantities of a level."""

    name: str
    quantity: int


class LevelPayload(msgspec.Struct, rename="camel", gc=False):
    """What one place holds of one item."""

    id: str
    updated_at: datetime
    location: NamedPlace
    quantities: list[QuantityPayload]


class DisplayedVariant(msgspec.Struct, rename="camel", gc=False):
    """A variant's name to show."""

    display_name: str


class Variants(msgspec.Struct, gc=False):
    """The first variant that an inventory item belongs to."""

    nodes: list[DisplayedVariant]


class InventoryItemPayload(msgspec.Struct, rename="camel", gc=False):
    """One thing that is kept in stock; what is not `tracked` has no quantities that mean anything."""

    id: str
    tracked: bool
    inventory_levels: Page[LevelPayload]
    sku: str | None = None
    variants: Variants | None = None


class SkuPayload(msgspec.Struct, gc=False):
    """What an inventory item is called; many a one has no SKU."""

    sku: str | None = None


class ProductPayload(msgspec.Struct, gc=False):
    """Whether a product is sold."""

    status: str


class VariantPayload(msgspec.Struct, rename="camel", gc=False):
    """One sellable variant."""

    id: str
    display_name: str
    updated_at: datetime
    product: ProductPayload
    sku: str | None = None
    barcode: str | None = None


class LocationAddressPayload(msgspec.Struct, rename="camel", gc=False):
    """A place's postal address."""

    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province: str | None = None
    province_code: str | None = None
    zip: str | None = None
    country_code: str | None = None
    phone: str | None = None


class LocationPayload(msgspec.Struct, rename="camel", gc=False):
    """One place."""

    id: str
    name: str
    is_active: bool
    address: LocationAddressPayload


class ScopePayload(msgspec.Struct, gc=False):
    """One right that the access token carries."""

    handle: str


class InstallationPayload(msgspec.Struct, rename="camel", gc=False):
    """The app that the access token belongs to."""

    access_scopes: list[ScopePayload]


class ShopPayload(msgspec.Struct, gc=False):
    """The shop."""

    name: str


class CheckPayload(msgspec.Struct, rename="camel", gc=False):
    """The answer to the check."""

    shop: ShopPayload
    current_app_installation: InstallationPayload
