"""What a watcher remembers of a thing: a digest of each of its parts, never the part itself. Pure.

A part that could not be read this time has no digest, so that a system that fails changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from orderweave.answering.showing import shown
from orderweave.merging.lines import tidy_sku
from orderweave.merging.tracking import tracked
from orderweave.model.access import SCOPES
from orderweave.model.inventory import InventoryItem, InventoryLevel, OversellReport
from orderweave.model.order import FulfillmentOrder, Location, Order, OrderLine, Package, Shipment, TimelineEntry
from orderweave.model.rights import Rights, Scope
from orderweave.model.tracking import MilestoneKind, TrackedOrder, TrackedPackage, TrackedShipment, TrackingAccess
from orderweave_sdk.records import Facet

Digests = Mapping[str, str]
# What stands for a part that was never read yet.
UNREAD = ""
_GONE = "gone"

# What each facet is to an order: fields of the schema by the facet that they need (`planning/needs.py`). Left out are
# provenance, which moves with every fetch, and `updatedAt`, which many systems move for nothing that one can see.
_PLAIN: dict[Facet, tuple[str, ...]] = {
    Facet.HEADER: (
        *("number", "channel", "origin", "status", "placed_at", "canceled_at", "closed_at", "cancel_reason"),
        *("archived", "currency", "presentment_currency", "purchase_order_number", "totals", "discounts", "taxes"),
    ),
    Facet.CUSTOMER: ("customer", "company"),
    Facet.ADDRESSES: ("billing_address", "shipping_address"),
    Facet.PAYMENTS: ("payment_status", "payments", "adjustments"),
    Facet.INVOICES: ("invoice_status", "invoices", "payment_terms"),
    Facet.FULFILLMENT: ("fulfillment_status",),
    Facet.RETURNS: ("return_status", "returns"),
    Facet.HOLDS: ("holds",),
}
# And those of which a part is left out, or told by another facet.
_COMPOSED: dict[Facet, dict[str, Callable[[Order, Rights], Any]]] = {
    Facet.LINES: {"Order.lines": lambda order, rights: [_line(line, rights) for line in order.order_lines]},
    Facet.FULFILLMENT: {
        "Order.fulfillmentOrders": lambda order, rights: [_plan(plan, rights) for plan in order.fulfillment_orders],
        "Order.shipments": lambda order, rights: [_shipment(shipment) for shipment in order.shipments],
    },
    Facet.TRACKING: {"Order.shipments": lambda order, rights: [_tracking(shipment) for shipment in order.shipments]},
    Facet.TIMELINE: {
        "Order.timeline": lambda order, rights: [
            _seen("TimelineEntry", entry, TimelineEntry.__struct_fields__, rights) for entry in order.timeline
        ]
    },
}
# What a facet's part is made of beside it.
_MADE_OF = {
    Facet.TIMELINE: frozenset({Facet.HEADER, Facet.PAYMENTS, Facet.FULFILLMENT, Facet.TRACKING}),
    Facet.TRACKING: frozenset({Facet.FULFILLMENT}),
}
# And the same of what a guest sees: goods have the titles of their lines.
_MADE_FOR_GUESTS = {
    Facet.FULFILLMENT: frozenset({Facet.LINES}),
    Facet.TRACKING: frozenset({Facet.FULFILLMENT}),
}
# A guest's view has a token in it, which is nothing that changed.
_NO_ACCESS = TrackingAccess(token="", expires_at=datetime.max.replace(tzinfo=UTC))

# Of a level: provenance, and what is made of expected goods, which is not followed; its place is told apart.
_OF_A_LEVEL = tuple(
    name
    for name in InventoryLevel.__struct_fields__
    if name not in {"sources", "conflicts", "promises", "expected", "location"}
)


def facets_shown(rights: Rights) -> frozenset[Facet]:
    """The facets of which these rights show anything."""
    return frozenset(facet for facet in Facet if any(_sees(name, rights) for name in _coordinates(facet)))


def of_order(order: Order, facets: Iterable[Facet], rights: Rights) -> dict[str, str]:
    """The digest of what these rights show of each of these facets of an order that was read whole. What they do not
    show has no part in any.
    """
    order = shown(order, rights)
    if Scope.PROVENANCE not in rights.scopes:
        order = _without_words(order)
    return {
        facet.value: UNREAD if unread else _digest(order.id, _content(facet, order, rights))
        for facet, unread in _unread(order, facets, _MADE_OF)
    }


def of_tracked(order: Order, facets: Iterable[Facet]) -> dict[str, str]:
    """The same of what a guest sees of an order (`orderweave.merging.tracking`), which is all made of these facets."""
    view = tracked(order, _NO_ACCESS)
    return {
        facet.value: UNREAD if unread else _digest(order.id, _OF_GUESTS[facet](view))
        for facet, unread in _unread(order, facets, _MADE_FOR_GUESTS)
    }


def of_nothing(facets: frozenset[Facet]) -> dict[str, str]:
    """The digests of an order that is there no more: every facet is another."""
    return dict.fromkeys((facet.value for facet in sorted(facets)), _GONE)


def of_stock(items: Iterable[InventoryItem]) -> dict[str, str]:
    """The digest of each SKU's numbers."""
    return {item.sku: UNREAD if item.freshness.missing else _digest(item.sku, _stock(item)) for item in items}


def of_oversells(report: OversellReport, whole: Mapping[str, bool]) -> dict[str, str]:
    """For each SKU that was looked at, tidied, the digest of where it is oversold and by which numbers. `whole` says of
    which every system told its part.
    """
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in whole}
    for case in report.oversells:
        numbers = (case.channel.code, case.listed.quantity, case.available.quantity)
        found[tidy_sku(case.sku)].append(numbers)
    return {name: _digest(name, cases) if whole[name] else UNREAD for name, cases in found.items()}


def changed(before: Digests, after: Digests) -> tuple[str, ...]:
    """The parts that are known to be others than before. What was unread is another once it is read."""
    return tuple(name for name, digest in after.items() if digest != UNREAD and before.get(name) != digest)


def remembered(before: Digests, after: Digests) -> dict[str, str]:
    """What is known from now on: of a part that was not read, what was known before."""
    return {name: before.get(name, UNREAD) if digest == UNREAD else digest for name, digest in after.items()}


def _digest(salt: str, content: object) -> str:
    """Salted with what it is of, so that equal contents of two things do not show as equal."""
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=12, key=salt.encode()[:64]).hexdigest()


def _unread(
    order: Order, facets: Iterable[Facet], made_of: Mapping[Facet, frozenset[Facet]]
) -> Iterator[tuple[Facet, bool]]:
    """Each facet, and whether a system failed that has a part in it."""
    unread = {facet for issue in order.freshness.missing for facet in issue.facets}
    for facet in sorted(facets):
        yield facet, not unread.isdisjoint({facet} | made_of.get(facet, frozenset()))


def _content(facet: Facet, order: Order, rights: Rights) -> list[Any]:
    composed = _COMPOSED.get(facet, {}).items()
    return [
        *_seen("Order", order, _PLAIN.get(facet, ()), rights),
        *(content(order, rights) for coordinate, content in composed if _sees(coordinate, rights)),
    ]


def _coordinates(facet: Facet) -> Iterator[str]:
    yield from (_coordinate("Order", name) for name in _PLAIN.get(facet, ()))
    yield from _COMPOSED.get(facet, {})


def _seen(type_name: str, thing: object, names: Iterable[str], rights: Rights) -> list[Any]:
    """The values of those fields that these rights show."""
    return [getattr(thing, name) for name in names if _sees(_coordinate(type_name, name), rights)]


def _sees(coordinate: str, rights: Rights) -> bool:
    return SCOPES.get(coordinate, frozenset()) <= rights.scopes


def _coordinate(type_name: str, attribute: str) -> str:
    first, *others = attribute.split("_")
    return f"{type_name}.{first}{''.join(map(str.capitalize, others))}"


def _without_words(order: Order) -> Order:
    """The order without the systems' own words, which are provenance, in whatever part they stand."""
    without = msgspec.structs.replace
    return without(
        order,
        fulfillment_orders=tuple(without(plan, raw_status=None) for plan in order.fulfillment_orders),
        shipments=tuple(
            without(
                shipment,
                raw_status=None,
                packages=tuple(without(package, raw_status=None) for package in shipment.packages),
            )
            for shipment in order.shipments
        ),
        payments=tuple(
            without(
                payment,
                raw_status=None,
                transactions=tuple(without(each, raw_kind=None, raw_status=None) for each in payment.transactions),
            )
            for payment in order.payments
        ),
        invoices=tuple(without(invoice, raw_status=None) for invoice in order.invoices),
        returns=tuple(without(each, raw_status=None) for each in order.returns),
    )


def _line(line: OrderLine, rights: Rights) -> list[Any]:
    """A line as it was ordered; what became of its goods is the matter of other facets."""
    ordered = (line.quantity.ordered, line.quantity.canceled, line.quantity.current)
    names = ("id", "sku", "gtin", "title", "unit_price", "total", "discounts", "taxes")
    return [*_seen("OrderLine", line, names, rights), *ordered]


def _plan(plan: FulfillmentOrder, rights: Rights) -> list[Any]:
    names = ("id", "status", "raw_status", "method", "fulfill_at", "fulfill_by", "lines", "holds")
    return [*_seen("FulfillmentOrder", plan, names, rights), _place(plan.location)]


def _shipment(shipment: Shipment) -> tuple[Any, ...]:
    packages = tuple((package.raw_status, *_package(package)) for package in shipment.packages)
    named = (shipment.id, shipment.number, shipment.status, shipment.raw_status, shipment.shipped_at)
    return (*named, _place(shipment.location), shipment.lines, packages)


def _package(package: Package | TrackedPackage) -> tuple[Any, ...]:
    """A package without its events, and without what the mere passing of time changes."""
    named = (package.carrier, package.tracking_number, package.tracking_url)
    return (*named, package.status, package.eta, package.promised_by, package.lines)


def _tracking(shipment: Shipment | TrackedShipment) -> tuple[Any, ...]:
    packages = tuple((package.on_time, package.events) for package in shipment.packages)
    return (shipment.id, shipment.delivered_at, packages)


def _place(place: Location | None) -> tuple[Any, ...] | None:
    """A place without the systems that know it, which are provenance."""
    return (place.id, place.name, place.kind) if place is not None else None


# What a guest sees, by the facets that it is made of.
_OF_GUESTS: dict[Facet, Callable[[TrackedOrder], Any]] = {
    Facet.HEADER: lambda view: (view.number, view.placed_at, view.status, _dates(view)),
    Facet.LINES: lambda view: [
        (line.title, line.sku, line.quantity.ordered, line.quantity.canceled, line.quantity.current)
        for line in view.lines
    ],
    # What is to come of a line is made of all this, and of whether the order was canceled, which its header tells.
    Facet.FULFILLMENT: lambda view: (
        view.fulfillment_status,
        [line.quantity for line in view.lines],
        [_sent(shipment) for shipment in view.shipments],
        view.pickups,
    ),
    Facet.TRACKING: lambda view: [_tracking(shipment) for shipment in view.shipments],
}


def _sent(shipment: TrackedShipment) -> tuple[Any, ...]:
    packages = [_package(package) for package in shipment.packages]
    return (shipment.id, shipment.status, shipment.is_pickup, shipment.shipped_at, shipment.lines, packages)


def _dates(view: TrackedOrder) -> list[datetime]:
    """When it was canceled, as its milestones tell."""
    return [made.occurred_at for made in view.milestones if made.kind is MilestoneKind.CANCELED]


def _stock(item: InventoryItem) -> tuple[Any, ...]:
    levels = [(_place(level.location), *(getattr(level, name) for name in _OF_A_LEVEL)) for level in item.levels]
    return (item.title, item.on_hand, item.committed, item.incoming, item.available_to_sell, levels, item.listings)
