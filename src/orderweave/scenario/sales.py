"""What truly happened to each order. The systems' views are all told from this, each knowing its part."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from orderweave.scenario.catalog import Product
from orderweave.scenario.people import Buyer
from orderweave.scenario.places import BusinessPlace
from orderweave_sdk.records import (
    Carrier,
    DeliveryMethod,
    HoldReason,
    OrderStatus,
    PaymentStatus,
    ReturnStatus,
    ShipmentStatus,
    TrackingEvent,
    TransactionKind,
    TransactionStatus,
)


class Channel(StrEnum):
    """Where an order comes in. The shops bear the names of their systems; the rest exists in the ERP only."""

    SHOP_US = "shop-us"
    SHOP_EU = "shop-eu"
    OUTLET = "shop-outlet"
    DESK = "b2b"
    TILL = "till"


SHOPS = (Channel.SHOP_US, Channel.SHOP_EU, Channel.OUTLET)
# How a shop writes its numbers, without any sign before them.
NUMBER_FORMS = {Channel.SHOP_US: "{}", Channel.SHOP_EU: "EU{}", Channel.OUTLET: "OL{}"}


class Plot(StrEnum):
    """What happens to an order; one thing each, so that every kind can be counted."""

    PLAIN = "plain"
    PARTIAL_SHIPMENT = "partial_shipment"
    SPLIT_SHIPMENT = "split_shipment"
    SHIP_FROM_STORE = "ship_from_store"
    STORE_PICKUP = "store_pickup"
    BACKORDER = "backorder"
    CANCELLATION = "cancellation"
    EDIT = "edit"
    EDIT_UNSEEN = "edit_unseen_by_erp"
    REFUND = "refund"
    RETURN = "return"
    HOLD = "hold"
    DRAFT = "b2b_draft"


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """An order's place in the run of business: `shop_number` is its number in the shop without any sign before it."""

    number: int
    channel: Channel
    placed_at: datetime
    shop_number: str | None


class SaleLine(msgspec.Struct, frozen=True, kw_only=True):
    """So many of a product: as placed, and taken away by an edit since. `price` is net, per piece."""

    product: Product
    price: Decimal
    ordered: int
    canceled: int = 0

    @property
    def current(self) -> int:
        """What is still wanted."""
        return self.ordered - self.canceled


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How an order is priced. `discount_rate` is taken off the lines' sum, tax is charged on all that is left."""

    currency: str
    discount_title: str | None
    discount_code: str | None
    discount_rate: Decimal
    shipping: Decimal
    tax_title: str
    tax_rate: Decimal


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One parcel and all that its carrier said up to now, oldest first."""

    carrier: Carrier
    tracking_number: str
    status: ShipmentStatus
    events: tuple[TrackingEvent, ...]
    expected_from: datetime
    expected_to: datetime

    @property
    def delivered_at(self) -> datetime | None:
        """When the carrier delivered it."""
        return next((event.occurred_at for event in self.events if event.status is ShipmentStatus.DELIVERED), None)


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that left a place together, or wait there to be collected (`left_at` is None then).

    `goods` are (index of the sale's line, pieces).
    """

    goods: tuple[tuple[int, int], ...]
    status: ShipmentStatus
    left_at: datetime | None
    delivered_at: datetime | None
    parcels: tuple[Parcel, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What one place is to hand out and how; `dispatches` are what it did hand out."""

    place: BusinessPlace
    method: DeliveryMethod
    goods: tuple[tuple[int, int], ...]
    dispatches: tuple[Dispatch, ...] = ()


class MoneyBack(msgspec.Struct, frozen=True, kw_only=True):
    """One refund."""

    amount: Decimal
    at: datetime
    note: str


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of money at the payment provider or the bank."""

    kind: TransactionKind
    status: TransactionStatus
    amount: Decimal
    at: datetime


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """How an order stands with its payment. `captured` is before refunds."""

    method: str
    status: PaymentStatus
    authorized: Decimal | None
    captured: Decimal
    movements: tuple[Movement, ...] = ()
    refunds: tuple[MoneyBack, ...] = ()

    @property
    def refunded(self) -> Decimal:
        """What was given back in all."""
        return sum((refund.amount for refund in self.refunds), Decimal("0.00"))


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice of the ERP, before any slip of the pen."""

    total: Decimal
    paid: Decimal
    issued: date
    due: date


class SentBack(msgspec.Struct, frozen=True, kw_only=True):
    """A return of pieces of one line."""

    line: int
    pieces: int
    reason: str
    status: ReturnStatus
    at: datetime


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A hold that still stands."""

    reason: HoldReason
    at: datetime


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """One order as it truly went.

    `in_erp_at` and `in_warehouse_at` say since when these systems have it; None when they do not have it (yet).
    """

    slot: Slot
    plot: Plot
    buyer: Buyer | None
    lines: tuple[SaleLine, ...]
    terms: Terms
    plans: tuple[Plan, ...]
    settlement: Settlement
    bills: tuple[Bill, ...] = ()
    payment_terms: str | None = None
    in_erp_at: datetime | None = None
    in_warehouse_at: datetime | None = None
    edited_at: datetime | None = None
    canceled_at: datetime | None = None
    closed_at: datetime | None = None
    held: Held | None = None
    sent_back: SentBack | None = None

    @property
    def number(self) -> int:
        """The running number."""
        return self.slot.number

    @property
    def status(self) -> OrderStatus:
        """Where the order stands, as every system that knows it would say."""
        if self.canceled_at is not None:
            return OrderStatus.CANCELED
        if self.plot is Plot.DRAFT:
            return OrderStatus.DRAFT
        return OrderStatus.OPEN if self.closed_at is None else OrderStatus.COMPLETED

    @property
    def dispatches(self) -> tuple[Dispatch, ...]:
        """Everything that was handed out or waits to be, from all places."""
        return tuple(dispatch for plan in self.plans for dispatch in plan.dispatches)

    def shipped(self) -> int:
        """Pieces that have left."""
        return sum(pieces for d in self.dispatches if d.left_at is not None for _, pieces in d.goods)

    def wanted(self) -> int:
        """Pieces that are still wanted, shipped or not."""
        return sum(line.current for line in self.lines)
