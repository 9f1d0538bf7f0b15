"""From the records of one order to the one order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from orderweave.matching import Group
from orderweave.merging.contest import PARTIAL_KINDS, Members, written
from orderweave.merging.fulfillment import Goods
from orderweave.merging.header import merge_header, merge_status, merge_totals, source_statuses
from orderweave.merging.lines import LineIndex
from orderweave.merging.payment import merge_payment_status
from orderweave.merging.people import merge_addresses, merge_company, merge_customer
from orderweave.merging.places import Places
from orderweave.merging.timeline import merge_timeline
from orderweave.model.ids import encode_id
from orderweave.model.order import Order, OrderTotals
from orderweave.model.provenance import (
    Fetched,
    FieldConflict,
    Freshness,
    Identifier,
    SourceIssue,
    SourceRecord,
    SystemValue,
    unmet_of,
)
from orderweave.model.systems import Business
from orderweave.planning.authority import Aspect, Authority
from orderweave_sdk.records import (
    Axis,
    Channel,
    ChannelKind,
    FulfillmentStatus,
    Header,
    Hold,
    Invoice,
    InvoiceDocumentStatus,
    InvoiceStatus,
    Key,
    Money,
    OrderStatus,
    ReturnStatus,
    SystemKind,
)


class Merger:
    """Merges groups of one business. Build once, use for all."""

    def __init__(self, business: Business, authority: Authority) -> None:
        self._business = business
        self._authority = authority
        self._places = Places(business)
        self._kinds = {name: spec.kind for name, spec in business.systems.items()}

    def merge(self, group: Group, *, now: datetime, missing: Sequence[SourceIssue] = ()) -> Order:
        """The order of a group. `missing` are the issues of systems that could not be asked about it."""
        members = Members(group.members, self._authority)
        order_key = (group.identity.namespace, group.identity.value)
        header = merge_header(members)
        totals = merge_totals(members)
        index = LineIndex(order_key, members, self._kinds)
        goods = Goods(members, index, self._places, self._kinds, order_key)
        returns = members.leading(Aspect.RETURNS, lambda f: f.record.returns or None)
        payments = members.leading(Aspect.PAYMENTS, lambda f: f.record.payments)
        invoices = tuple(invoice for _, said in members.leading(Aspect.INVOICES, _invoices) for invoice in said)
        lines = index.merge(members, goods.shipments, returns, fulfillment_known=goods.known)
        fulfillment_word = merge_status(
            members, Axis.FULFILLMENT, Aspect.FULFILLMENT, "fulfillmentStatus", goods.speaking()
        )
        invoice_word = merge_status(members, Axis.INVOICE, Aspect.INVOICES, "invoiceStatus")
        return_word = merge_status(members, Axis.RETURN, Aspect.RETURNS, "returnStatus")
        self._contest_invoices(members, totals, invoices, invoice_word)
        billing, shipping = merge_addresses(members)
        status = OrderStatus(merge_status(members, Axis.ORDER, Aspect.HEADER, "status", self._whole(group)))
        return Order(
            id=order_id(group.identity),
            key=f"{group.identity.namespace}/{group.identity.value}",
            number=header.number,
            identifiers=self._identifiers(group),
            channel=self._channel(group, header),
            origin=header.origin or (header.channel.code if header.channel else None),
            status=status,
            payment_status=merge_payment_status(members, group.anchor),
            fulfillment_status=goods.status(FulfillmentStatus(fulfillment_word)),
            return_status=None if return_word == "UNKNOWN" else ReturnStatus(return_word),
            invoice_status=InvoiceStatus(invoice_word),
            source_statuses=source_statuses(members),
            placed_at=header.placed_at,
            updated_at=header.updated_at,
            canceled_at=header.canceled_at,
            closed_at=header.closed_at,
            cancel_reason=header.cancel_reason,
            archived=header.archived,
            customer=merge_customer(members, order_key),
            company=merge_company(members),
            purchase_order_number=header.purchase_order_number,
            payment_terms=members.first(
                Aspect.INVOICES, lambda f: f.record.invoices.payment_terms if f.record.invoices else None
            ),
            billing_address=billing,
            shipping_address=shipping,
            currency=header.currency,
            presentment_currency=header.presentment_currency,
            totals=totals,
            discounts=header.discounts,
            taxes=header.taxes,
            order_lines=lines,
            fulfillment_orders=goods.fulfillment_orders,
            shipments=goods.shipments,
            payments=tuple(payment for _, said in payments for payment in said.payments),
            adjustments=tuple(refund for _, said in payments for refund in said.refunds),
            invoices=invoices,
            returns=tuple(entry for _, said in returns for entry in said),
            holds=_holds(members),
            timeline=merge_timeline(members, goods.shipments),
            sources=self._sources(members),
            conflicts=(*_identity_conflicts(group), *members.conflicts),
            freshness=freshness(group.members, now=now, missing=missing),
        )

    def _whole(self, group: Group) -> frozenset[str]:
        """The systems that know the order as a whole; all of them when none does."""
        systems = {fetched.system for fetched in group.members}
        return frozenset(name for name in systems if self._kinds[name] not in PARTIAL_KINDS) or frozenset(systems)

    def _channel(self, group: Group, header: Header) -> Channel:
        """The place of capture as a channel, the same word in orders and in stock; its own word is the origin."""
        spec = self._business.systems[group.identity.namespace.partition(":")[0]]
        kind = header.channel.kind if header.channel else ChannelKind.UNKNOWN
        if kind is ChannelKind.UNKNOWN and spec.kind is SystemKind.STOREFRONT:
            kind = ChannelKind.ONLINE_STORE
        return Channel(code=spec.name, name=spec.title, kind=kind)

    def _identifiers(self, group: Group) -> tuple[Identifier, ...]:
        """Every name of the order, as the systems write them."""
        found = {
            Identifier(namespace=f"{fetched.system}:{key.namespace}", value=key.value)
            for fetched in group.members
            for key in (*fetched.record.keys, *fetched.record.references)
        }
        return tuple(sorted(found, key=lambda entry: (entry.namespace, entry.value)))

    def _sources(self, members: Members) -> tuple[SourceRecord, ...]:
        return tuple(
            SourceRecord(
                system=fetched.system,
                kind=self._kinds[fetched.system],
                external_id=fetched.record.external_id,
                number=fetched.record.key("number"),
                url=fetched.record.url,
                fetched_at=fetched.fetched_at,
                source_updated_at=fetched.record.updated_at,
                stale=fetched.stale,
                via=fetched.via,
            )
            for fetched in members.ranked(Aspect.HEADER)
        )

    def _contest_invoices(
        self, members: Members, totals: OrderTotals | None, invoices: tuple[Invoice, ...], word: str
    ) -> None:
        """A wholly invoiced order whose invoices do not add up to its total: who says which sum."""
        if totals is None or totals.total is None or word != InvoiceStatus.INVOICED:
            return
        live = [invoice for invoice in invoices if invoice.status is not InvoiceDocumentStatus.CANCELED]
        if not live or any(i.total is None or i.total.currency != totals.total.currency for i in live):
            return
        invoiced = Money(sum((i.total.amount for i in live if i.total), Decimal(0)), totals.total.currency)
        if invoiced.amount == totals.total.amount:
            return
        stating = members.whole(
            members.saying(Aspect.HEADER, lambda f: f.record.header.totals if f.record.header else None)
        )
        billing = members.leading(Aspect.INVOICES, _invoices)
        values = [_value(stating[0][0], totals.total), _value(billing[0][0], invoiced)]
        members.conflicts.append(
            FieldConflict(
                path="invoices.total",
                winner=values[0],
                rule="invoices of a wholly invoiced order add up to its total",
                values=tuple(values),
            )
        )


def _invoices(fetched: Fetched) -> tuple[Invoice, ...] | None:
    return (fetched.record.invoices.invoices or None) if fetched.record.invoices else None


def order_id(identity: Key) -> str:
    """The order's global id."""
    return encode_id("Order", identity.namespace, identity.value)


def freshness(fetched: Sequence[Fetched], *, now: datetime, missing: Sequence[SourceIssue]) -> Freshness:
    """How old the oldest part is, and what is missing."""
    oldest = min((entry.fetched_at for entry in fetched), default=None)
    return Freshness(
        as_of=oldest,
        max_age_seconds=int((now - oldest).total_seconds()) if oldest else 0,
        stale=any(entry.stale for entry in fetched),
        missing=tuple(missing),
        unmet=unmet_of((entry.unmet, entry.instead_of) for entry in fetched),
    )


def _value(fetched: Fetched, money: Money) -> SystemValue:
    return SystemValue(system=fetched.system, value=written(money), source_updated_at=fetched.record.updated_at)


def _holds(members: Members) -> tuple[Hold, ...]:
    """Everyone's holds: what any system holds is held."""
    found: dict[tuple[str, str | None], Hold] = {}
    for fetched in members.ranked(Aspect.HOLDS):
        for hold in fetched.record.holds or ():
            found.setdefault((hold.reason.value, hold.raw), hold)
    return tuple(found.values())


def _identity_conflicts(group: Group) -> tuple[FieldConflict, ...]:
    return tuple(
        FieldConflict(
            path="identity",
            winner=None,
            rule=f"{ambiguity.key.namespace} {ambiguity.key.value} is claimed more than once; nothing is joined by it",
            values=tuple(SystemValue(system=system, value=external_id) for system, external_id in ambiguity.claimants),
        )
        for ambiguity in group.ambiguities
    )
