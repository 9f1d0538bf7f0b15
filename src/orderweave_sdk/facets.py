"""An order record by its facets: with fewer of them, and put together from two answers about the same order."""

from __future__ import annotations

from typing import Any

import msgspec

from orderweave_sdk.records import FACET_OF_AXIS, Facet, Fulfillment, OrderRecord, StatusWord


def combine(known: OrderRecord, new: OrderRecord) -> OrderRecord:
    """One record with every facet and status word of both; the newer answer wins where both have a facet."""
    filled = {
        name: value
        for name in OrderRecord.__struct_fields__
        if (value := getattr(new, name)) is not None and name not in ("keys", "references", "statuses")
    }
    axes = {word.axis for word in new.statuses}
    statuses = (*new.statuses, *(word for word in known.statuses if word.axis not in axes))
    return msgspec.structs.replace(
        known,
        **filled,
        keys=tuple(dict.fromkeys((*new.keys, *known.keys))),
        references=tuple(dict.fromkeys((*new.references, *known.references))),
        statuses=statuses,
    )


def facets_of(order: OrderRecord, facets: frozenset[Facet]) -> OrderRecord:
    """The order with only these facets, as a connector that was asked for them would give it."""
    fields = {
        Facet.HEADER: "header",
        Facet.LINES: "lines",
        Facet.CUSTOMER: "customer",
        Facet.ADDRESSES: "addresses",
        Facet.PAYMENTS: "payments",
        Facet.INVOICES: "invoices",
        Facet.RETURNS: "returns",
        Facet.HOLDS: "holds",
        Facet.TIMELINE: "timeline",
    }
    dropped: dict[str, Any] = {name: None for facet, name in fields.items() if facet not in facets}
    fulfillment = order.fulfillment
    if fulfillment is not None and Facet.TRACKING not in facets:
        fulfillment = _without_events(fulfillment)
    if Facet.FULFILLMENT not in facets:
        fulfillment = None
    statuses = tuple(word for word in order.statuses if _asked(word, facets))
    return msgspec.structs.replace(order, fulfillment=fulfillment, statuses=statuses, **dropped)


def _without_events(fulfillment: Fulfillment) -> Fulfillment:
    """The fulfillment with its packages' events not asked for."""
    shipments = tuple(
        msgspec.structs.replace(
            shipment,
            packages=tuple(msgspec.structs.replace(package, events=None) for package in shipment.packages),
        )
        for shipment in fulfillment.shipments
    )
    return msgspec.structs.replace(fulfillment, shipments=shipments)


def _asked(word: StatusWord, facets: frozenset[Facet]) -> bool:
    return FACET_OF_AXIS[word.axis] in facets
