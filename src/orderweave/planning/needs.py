"""From a selection to the facets that it needs.

A selection arrives as the set of schema coordinates (`Order.totals`) that it touches below a root field. Each
coordinate needs a fixed set of facets, whatever else is selected: a field's answer may not depend on its
neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from orderweave_sdk.records import Facet

_H, _L, _C, _A = Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.ADDRESSES
_P, _I, _F, _T, _R = Facet.PAYMENTS, Facet.INVOICES, Facet.FULFILLMENT, Facet.TRACKING, Facet.RETURNS

# Fields that come with every record, whatever was asked.
_FREE: frozenset[Facet] = frozenset()

FACETS_OF_FIELD: dict[str, frozenset[Facet]] = {
    "Order.id": _FREE,
    "Order.identifiers": _FREE,
    "Order.sources": _FREE,
    "Order.conflicts": _FREE,
    "Order.freshness": _FREE,
    "Order.sourceStatuses": frozenset({_H, _P, _F, _R, _I}),
    "Order.number": frozenset({_H}),
    "Order.channel": frozenset({_H}),  # its kind; the code is known from the identity
    "Order.origin": frozenset({_H}),
    "Order.status": frozenset({_H}),
    "Order.paymentStatus": frozenset({_P}),
    "Order.fulfillmentStatus": frozenset({_F}),
    "Order.returnStatus": frozenset({_R}),
    "Order.invoiceStatus": frozenset({_I}),
    "Order.placedAt": frozenset({_H}),
    "Order.updatedAt": frozenset({_H}),
    "Order.canceledAt": frozenset({_H}),
    "Order.closedAt": frozenset({_H}),
    "Order.cancelReason": frozenset({_H}),
    "Order.archived": frozenset({_H}),
    "Order.currency": frozenset({_H}),
    "Order.presentmentCurrency": frozenset({_H}),
    "Order.purchaseOrderNumber": frozenset({_H}),
    "Order.totals": frozenset({_H}),
    "Order.discounts": frozenset({_H}),
    "Order.taxes": frozenset({_H}),
    "Order.customer": frozenset({_C}),
    "Order.company": frozenset({_C}),
    "Order.billingAddress": frozenset({_A}),
    "Order.shippingAddress": frozenset({_A}),
    "Order.lines": frozenset({_L}),
    "OrderLine.status": frozenset({_L, _F}),
    "LineQuantities.allocated": frozenset({_L, _F}),
    "LineQuantities.backordered": frozenset({_L, _F}),
    "LineQuantities.picked": frozenset({_L, _F}),
    "LineQuantities.shipped": frozenset({_L, _F}),
    "LineQuantities.delivered": frozenset({_L, _F}),
    "LineQuantities.returned": frozenset({_L, _R}),
    "Order.fulfillmentOrders": frozenset({_F}),
    "Order.shipments": frozenset({_F}),
    "Shipment.deliveredAt": frozenset({_F, _T}),
    "LineQuantity.lineId": frozenset({_L, _F}),
    "Package.events": frozenset({_F, _T}),
    "Package.onTime": frozenset({_F, _T}),
    "Order.payments": frozenset({_P}),
    "Order.adjustments": frozenset({_P}),
    "Order.invoices": frozenset({_I}),
    "Order.paymentTerms": frozenset({_I}),
    "Order.returns": frozenset({_R}),
    "Order.holds": frozenset({Facet.HOLDS}),
    "Order.timeline": frozenset({_H, _P, _F, _T, Facet.TIMELINE}),
}

# What the index does not keep: it is personal, and nothing is filtered by it.
_BEYOND_INDEX = frozenset(
    {
        "Order.billingAddress",
        "Order.shippingAddress",
        "Order.timeline",
        "Customer.phone",
        "Company.taxId",
        "Refund.note",
    }
)
# Fields whose answer is about all systems: everyone who may know the order is asked.
ALL_SOURCES = frozenset({"Order.sources", "Order.conflicts"})
_ALL_KEYS = frozenset({"Order.identifiers"})


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """The facets wanted. `all_sources`: from every system that has them; `all_keys`: every system's names at least.

    `fields` are the fields of `Order` that are read, in the schema's words; None for all. `beyond_index`: something of
    it is in the systems alone.
    """

    facets: frozenset[Facet]
    all_sources: bool = False
    all_keys: bool = False
    fields: frozenset[str] | None = None
    beyond_index: bool = False


def needs_of(coordinates: Iterable[str], read: Iterable[str] = ()) -> Needs:
    """The needs of a selection; `read` are coordinates that a filter reads.

    A filter reads what is merged of an order and nothing of who said it, so that it asks nobody for that.
    """
    selected = frozenset(coordinates)
    touched = selected.union(read)
    return Needs(
        facets=frozenset(facet for coordinate in touched for facet in FACETS_OF_FIELD.get(coordinate, _FREE)),
        all_sources=bool(selected & ALL_SOURCES),
        all_keys=bool(selected & _ALL_KEYS),
        beyond_index=bool(selected & _BEYOND_INDEX),
        fields=frozenset(name for owner, _, name in (entry.partition(".") for entry in touched) if owner == "Order"),
    )
