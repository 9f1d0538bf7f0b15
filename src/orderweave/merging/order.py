"""From the records of one order to the one order, field by field as far as they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from orderweave.matching import Group
from orderweave.merging.contest import PARTIAL_KINDS, Members
from orderweave.merging.fulfillment import Goods
from orderweave.merging.header import header_field, leading_header, merge_status, merge_totals, source_statuses
from orderweave.merging.invoicing import contest_invoices, invoices_of
from orderweave.merging.lines import LineIndex
from orderweave.merging.payment import merge_payment_status
from orderweave.merging.people import billing_address, merge_company, merge_customer, shipping_address
from orderweave.merging.places import Places
from orderweave.merging.provenance import freshness, identifiers, identity_conflicts, sources
from orderweave.merging.timeline import merge_timeline
from orderweave.model.ids import encode_id
from orderweave.model.order import Order, OrderLine, OrderTotals
from orderweave.model.provenance import Fetched, FieldConflict, SourceIssue
from orderweave.model.systems import Business
from orderweave.planning.authority import Aspect, Authority
from orderweave_sdk.records import (
    Axis,
    Channel,
    ChannelKind,
    FulfillmentStatus,
    Hold,
    Invoice,
    InvoiceStatus,
    Key,
    OrderStatus,
    Payments,
    Return,
    ReturnStatus,
    SystemKind,
)


class Merger:
    """Merges groups of one business. Build once, use for all."""

    def __init__(self, business: Business, authority: Authority) -> None:
        self.business = business
        self.authority = authority
        self.places = Places(business)
        self.kinds = {name: spec.kind for name, spec in business.systems.items()}

    def merge(
        self,
        group: Group,
        *,
        now: datetime,
        missing: Sequence[SourceIssue] = (),
        fields: frozenset[str] | None = None,
    ) -> Order:
        """The order of a group. `missing` are the issues of systems that could not be asked about it.

        `fields` are the fields of `Order` that are wanted, in the schema's words; None for all. One that is not
        wanted is left as if nobody knew it. What a wanted field is does not depend on the others.
        """
        making = _Making(self, group)
        if fields is None or "conflicts" in fields:
            # Before any other field, so that they stand in one order whatever else is wanted.
            making.dispute()
        return Order(
            id=order_id(group.identity),
            key=f"{group.identity.namespace}/{group.identity.value}",
            freshness=freshness(group.members, now=now, missing=missing),
            **{
                attribute: read(making)
                for name, (attribute, read) in FIELDS.items()
                if fields is None or name in fields
            },
        )


class _Making:
    """One order in the making: each part is merged once, when a wanted field first needs it."""

    def __init__(self, merger: Merger, group: Group) -> None:
        self.group = group
        self.members = Members(group.members, merger.authority)
        self.kinds = merger.kinds
        self._places = merger.places
        self._order_key = (group.identity.namespace, group.identity.value)
        self._spec = merger.business.systems[group.identity.namespace.partition(":")[0]]

    @cached_property
    def totals(self) -> OrderTotals | None:
        return merge_totals(self.members)

    @cached_property
    def index(self) -> LineIndex:
        return LineIndex(self._order_key, self.members, self.kinds)

    @cached_property
    def goods(self) -> Goods:
        return Goods(self.members, self.index, self._places, self.kinds, self._order_key)

    @cached_property
    def returns(self) -> list[tuple[Fetched, tuple[Return, ...]]]:
        return self.members.leading(Aspect.RETURNS, lambda fetched: fetched.record.returns or None)

    @cached_property
    def payments(self) -> list[tuple[Fetched, Payments]]:
        return self.members.leading(Aspect.PAYMENTS, lambda fetched: fetched.record.payments)

    @cached_property
    def invoices(self) -> tuple[Invoice, ...]:
        return tuple(invoice for _, said in self.members.leading(Aspect.INVOICES, invoices_of) for invoice in said)

    @cached_property
    def lines(self) -> tuple[OrderLine, ...]:
        return self.index.merge(self.members, self.goods.shipments, self.returns, fulfillment_known=self.goods.known)

    @cached_property
    def fulfillment_status(self) -> FulfillmentStatus:
        speaking = self.goods.speaking()
        word = merge_status(self.members, Axis.FULFILLMENT, Aspect.FULFILLMENT, "fulfillmentStatus", speaking)
        return self.goods.status(FulfillmentStatus(word))

    @cached_property
    def invoice_status(self) -> InvoiceStatus:
        return InvoiceStatus(merge_status(self.members, Axis.INVOICE, Aspect.INVOICES, "invoiceStatus"))

    @cached_property
    def return_status(self) -> ReturnStatus | None:
        word = merge_status(self.members, Axis.RETURN, Aspect.RETURNS, "returnStatus")
        return None if word == "UNKNOWN" else ReturnStatus(word)

    @cached_property
    def status(self) -> OrderStatus:
        """By the systems that know the order as a whole; by all of them when none does."""
        systems = {fetched.system for fetched in self.group.members}
        whole = frozenset(name for name in systems if self.kinds[name] not in PARTIAL_KINDS) or frozenset(systems)
        return OrderStatus(merge_status(self.members, Axis.ORDER, Aspect.HEADER, "status", whole))

    @cached_property
    def payment_status(self) -> Any:
        return merge_payment_status(self.members, self.group.anchor)

    @cached_property
    def customer(self) -> Any:
        return merge_customer(self.members, self._order_key)

    @cached_property
    def channel(self) -> Channel:
        """The place of capture as a channel, the same word in orders and in stock; its own word is the origin."""
        said: Channel | None = self.header("channel")
        kind = said.kind if said else ChannelKind.UNKNOWN
        if kind is ChannelKind.UNKNOWN and self._spec.kind is SystemKind.STOREFRONT:
            kind = ChannelKind.ONLINE_STORE
        return Channel(code=self._spec.name, name=self._spec.title, kind=kind)

    def header(self, name: str) -> Any:
        """One of the order's own facts."""
        return header_field(self.members, name)

    def origin(self) -> str | None:
        """Where it came from in the believed system's own words."""
        channel: Channel | None = self.header("channel")
        return self.header("origin") or (channel.code if channel else None)

    def dispute(self) -> None:
        """Merge all that can be disputed."""
        for part in _DISPUTED:
            getattr(self, part)

    def conflicts(self) -> tuple[FieldConflict, ...]:
        """All that systems disagree on, once all that can be disputed is merged."""
        disputed = contest_invoices(self.members, self.totals, self.invoices, self.invoice_status)
        return (*identity_conflicts(self.group), *self.members.conflicts, *disputed)


# In this order they stand in an order's conflicts.
_DISPUTED = (
    *("totals", "lines", "fulfillment_status", "invoice_status", "return_status"),
    *("status", "payment_status", "customer"),
)

Reading = Callable[[_Making], Any]


def _header(name: str) -> Reading:
    return lambda making: making.header(name)


def _holds(making: _Making) -> tuple[Hold, ...]:
    """Everyone's holds: what any system holds is held."""
    found: dict[tuple[str, str | None], Hold] = {}
    for fetched in making.members.ranked(Aspect.HOLDS):
        for hold in fetched.record.holds or ():
            found.setdefault((hold.reason.value, hold.raw), hold)
    return tuple(found.values())


def _payment_terms(making: _Making) -> str | None:
    return making.members.first(
        Aspect.INVOICES, lambda fetched: fetched.record.invoices.payment_terms if fetched.record.invoices else None
    )


# Each field of the schema's `Order` that takes merging: its attribute in the model, and how it is merged.
FIELDS: dict[str, tuple[str, Reading]] = {
    "number": ("number", _header("number")),
    "identifiers": ("identifiers", lambda making: identifiers(making.group)),
    "channel": ("channel", lambda making: making.channel),
    "origin": ("origin", _Making.origin),
    "status": ("status", lambda making: making.status),
    "paymentStatus": ("payment_status", lambda making: making.payment_status),
    "fulfillmentStatus": ("fulfillment_status", lambda making: making.fulfillment_status),
    "returnStatus": ("return_status", lambda making: making.return_status),
    "invoiceStatus": ("invoice_status", lambda making: making.invoice_status),
    "sourceStatuses": ("source_statuses", lambda making: source_statuses(making.members)),
    "placedAt": ("placed_at", _header("placed_at")),
    "updatedAt": ("updated_at", _header("updated_at")),
    "canceledAt": ("canceled_at", _header("canceled_at")),
    "closedAt": ("closed_at", _header("closed_at")),
    "cancelReason": ("cancel_reason", _header("cancel_reason")),
    "archived": ("archived", _header("archived")),
    "customer": ("customer", lambda making: making.customer),
    "company": ("company", lambda making: merge_company(making.members)),
    "purchaseOrderNumber": ("purchase_order_number", _header("purchase_order_number")),
    "paymentTerms": ("payment_terms", _payment_terms),
    "billingAddress": ("billing_address", lambda making: billing_address(making.members)),
    "shippingAddress": ("shipping_address", lambda making: shipping_address(making.members)),
    "currency": ("currency", _header("currency")),
    "presentmentCurrency": ("presentment_currency", _header("presentment_currency")),
    "totals": ("totals", lambda making: making.totals),
    "discounts": ("discounts", lambda making: leading_header(making.members).discounts),
    "taxes": ("taxes", lambda making: leading_header(making.members).taxes),
    "lines": ("order_lines", lambda making: making.lines),
    "fulfillmentOrders": ("fulfillment_orders", lambda making: making.goods.fulfillment_orders),
    "shipments": ("shipments", lambda making: making.goods.shipments),
    "payments": ("payments", lambda making: tuple(p for _, said in making.payments for p in said.payments)),
    "adjustments": ("adjustments", lambda making: tuple(r for _, said in making.payments for r in said.refunds)),
    "invoices": ("invoices", lambda making: making.invoices),
    "returns": ("returns", lambda making: tuple(entry for _, said in making.returns for entry in said)),
    "holds": ("holds", _holds),
    "timeline": ("timeline", lambda making: merge_timeline(making.members, making.goods.shipments)),
    "sources": ("sources", lambda making: sources(making.members, making.kinds)),
    "conflicts": ("conflicts", _Making.conflicts),
}


def order_id(identity: Key) -> str:
    """The order's global id."""
    return encode_id("Order", identity.namespace, identity.value)
