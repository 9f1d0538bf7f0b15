"""What one system says of goods: stock at places, products, locations, customers and loose tracking."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave_sdk.records.fulfillment import Package
from orderweave_sdk.records.values import Address, Company, Person, Place
from orderweave_sdk.records.words import LocationKind


class StockRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One SKU at one place, in one system's numbers, in the SKU's stock unit.

    `on_hand` is physically there; `committed` is promised to orders; `reserved` is set aside otherwise;
    `available` is what the system itself would still sell; `incoming` is on its way in. None means that the
    system does not say. `sku` is as the system spells it.
    """

    sku: str
    location: Place
    external_id: str | None = None
    title: str | None = None
    on_hand: Decimal | None = None
    available: Decimal | None = None
    committed: Decimal | None = None
    reserved: Decimal | None = None
    incoming: Decimal | None = None
    safety_stock: Decimal | None = None
    damaged: Decimal | None = None
    quality_control: Decimal | None = None
    updated_at: datetime | None = None


class ReceiptRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Goods of one SKU that one place expects from outside: a line of a purchase that has not arrived.

    `quantity` is what is still to come, in the SKU's stock unit, more than nothing. `expected_at` is when it may be
    counted on, aware and in UTC; a system that keeps the day alone tells that day's last second, so that nothing is
    promised before. None means that no day is planned. `counted`: the same system's `available` has it in it already.
    `number` is the document's, where the system tells it.
    """

    sku: str
    location: Place
    external_id: str
    quantity: Decimal
    expected_at: datetime | None = None
    counted: bool = False
    number: str | None = None


class ProductRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One sellable SKU as one system knows it."""

    external_id: str
    sku: str
    title: str | None = None
    gtin: str | None = None
    active: bool | None = None
    updated_at: datetime | None = None


class LocationRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One place as one system knows it."""

    external_id: str
    name: str | None = None
    kind: LocationKind = LocationKind.UNKNOWN
    active: bool | None = None
    address: Address | None = None

    def place(self) -> Place:
        """The short form that stock and fulfillment carry."""
        return Place(external_id=self.external_id, name=self.name, kind=self.kind)


class CustomerRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One customer as one system knows them."""

    external_id: str
    person: Person | None = None
    company: Company | None = None
    updated_at: datetime | None = None


class TrackingRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one system says of one tracking number, events included."""

    tracking_number: str
    package: Package
