"""What a watcher remembers of a thing: a digest of each of its parts, never the part itself. Pure.

A part that could not be read this time has no digest, so that a system that fails changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from orderweave.merging.lines import tidy_sku
from orderweave.model.inventory import InventoryItem, OversellReport
from orderweave.model.order import Order, OrderLine, Package, Shipment
from orderweave.model.rights import Rights, Scope
from orderweave_sdk.records import Facet

Digests = Mapping[str, str]
# What stands for a part that was never read yet.
UNREAD = ""
_GONE = "gone"


def _line(line: OrderLine) -> tuple[Any, ...]:
    """A line as it was ordered; what became of its goods is the matter of other facets."""
    ordered = (line.quantity.ordered, line.quantity.canceled, line.quantity.current)
    return (line.id, line.sku, line.gtin, line.title, *ordered, line.unit_price, line.total, line.discounts, line.taxes)


def _package(package: Package) -> tuple[Any, ...]:
    """A package without its events, and without what the mere passing of time changes."""
    return (package.carrier, package.tracking_number, package.tracking_url, package.status, package.eta)


def _shipment(shipment: Shipment) -> tuple[Any, ...]:
    packages = tuple(_package(package) for package in shipment.packages)
    return (
        shipment.id,
        shipment.number,
        shipment.status,
        shipment.location,
        shipment.shipped_at,
        shipment.lines,
        packages,
    )


def _tracking(shipment: Shipment) -> tuple[Any, ...]:
    return (shipment.id, shipment.delivered_at, tuple(package.events for package in shipment.packages))


# What each facet is to an order: fields of the schema by the facet that they need (`planning/needs.py`). Left out are
# provenance, which moves with every fetch, and `updatedAt`, which many systems move for nothing that one can see.
_OF_FACET: dict[Facet, Callable[[Order], tuple[Any, ...]]] = {
    Facet.HEADER: lambda order: (
        *(order.number, order.channel, order.origin, order.status, order.placed_at, order.canceled_at),
        *(order.closed_at, order.cancel_reason, order.archived, order.currency, order.presentment_currency),
        *(order.purchase_order_number, order.totals, order.discounts, order.taxes),
    ),
    Facet.LINES: lambda order: tuple(_line(line) for line in order.order_lines),
    Facet.CUSTOMER: lambda order: (order.customer, order.company),
    Facet.ADDRESSES: lambda order: (order.billing_address, order.shipping_address),
    Facet.PAYMENTS: lambda order: (order.payment_status, order.payments, order.adjustments),
    Facet.INVOICES: lambda order: (order.invoice_status, order.invoices, order.payment_terms),
    Facet.FULFILLMENT: lambda order: (
        order.fulfillment_status,
        order.fulfillment_orders,
        tuple(_shipment(shipment) for shipment in order.shipments),
    ),
    Facet.TRACKING: lambda order: tuple(_tracking(shipment) for shipment in order.shipments),
    Facet.RETURNS: lambda order: (order.return_status, order.returns),
    Facet.HOLDS: lambda order: order.holds,
    Facet.TIMELINE: lambda order: order.timeline,
}
# The timeline is told from the dated facts of these.
_TOLD = frozenset({Facet.HEADER, Facet.PAYMENTS, Facet.FULFILLMENT, Facet.TRACKING, Facet.TIMELINE})

# Of a level: provenance, and what is made of expected goods, which is not followed.
_OF_ANOTHER_KIND = frozenset({"sources", "conflicts", "promises", "expected"})

# Whoever may not see a facet is not told that it changed either.
_SCOPES = {
    Facet.CUSTOMER: Scope.PERSONAL,
    Facet.ADDRESSES: Scope.PERSONAL,
    Facet.PAYMENTS: Scope.FINANCIALS,
    Facet.INVOICES: Scope.FINANCIALS,
    Facet.HOLDS: Scope.PROVENANCE,
}


def of_order(order: Order, facets: frozenset[Facet]) -> dict[str, str]:
    """The digest of each of these facets of an order that was read whole."""
    unread = {facet for issue in order.freshness.missing for facet in issue.facets}
    if unread & _TOLD:
        unread.add(Facet.TIMELINE)
    return {
        facet.value: UNREAD if facet in unread else _digest(order.id, _OF_FACET[facet](order))
        for facet in sorted(facets)
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


def _stock(item: InventoryItem) -> tuple[Any, ...]:
    levels = tuple(
        tuple(getattr(level, name) for name in level.__struct_fields__ if name not in _OF_ANOTHER_KIND)
        for level in item.levels
    )
    return (item.title, item.on_hand, item.committed, item.incoming, item.available_to_sell, levels, item.listings)


def changed(before: Digests, after: Digests) -> tuple[str, ...]:
    """The parts that are known to be others than before. What was unread is another once it is read."""
    return tuple(name for name, digest in after.items() if digest != UNREAD and before.get(name) != digest)


def remembered(before: Digests, after: Digests) -> dict[str, str]:
    """What is known from now on: of a part that was not read, what was known before."""
    return {name: before.get(name, UNREAD) if digest == UNREAD else digest for name, digest in after.items()}


def seen_by(rights: Rights, parts: Iterable[str]) -> tuple[str, ...]:
    """Of some changed facets those of which a caller may know."""
    return tuple(part for part in parts if _SCOPES.get(Facet(part), Scope.ORDERS) in rights.scopes)


def _digest(salt: str, content: object) -> str:
    """Salted with what it is of, so that equal contents of two things do not show as equal."""
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=12, key=salt.encode()[:64]).hexdigest()
