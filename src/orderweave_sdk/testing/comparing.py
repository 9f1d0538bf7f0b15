"""Comparing records that went through a vendor's wire with those that were put in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from orderweave_sdk.records import FACET_OF_AXIS, Facet, Fulfillment, OrderRecord, StatusWord

# Raw words are the vendor's own; the simulator chooses them, so both sides compare without them.
_RAW_FIELDS = ("raw", "raw_status", "raw_code", "mapping_version", "url")


def comparable(record: Any) -> bytes:
    """A record as canonical JSON without raw words, with status words in order of axis, 9.90 equal to 9.9."""
    built = msgspec.to_builtins(record, builtin_types=(Decimal,), order="sorted")
    return msgspec.json.encode(_tidy(built), order="sorted")


def _tidy(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _tidy(value)
            for key, value in node.items()
            if key not in _RAW_FIELDS and value is not None and value != []
        }
    if isinstance(node, list | tuple):
        items = [_tidy(item) for item in node]
        if items and all(isinstance(item, dict) and set(item) == {"axis", "normalized"} for item in items):
            items.sort(key=lambda item: str(item["axis"]))
        return items
    if isinstance(node, Decimal):
        return format(node.normalize(), "f")
    return node


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
        fulfillment = without_events(fulfillment)
    if Facet.FULFILLMENT not in facets:
        fulfillment = None
    statuses = tuple(word for word in order.statuses if _asked(word, facets))
    return msgspec.structs.replace(order, fulfillment=fulfillment, statuses=statuses, **dropped)


def without_events(fulfillment: Fulfillment) -> Fulfillment:
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


def walk(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a record with its path."""
    if isinstance(node, msgspec.Struct):
        for name in node.__struct_fields__:
            yield from walk(getattr(node, name), f"{path}.{name}")
    elif isinstance(node, tuple | list):
        for position, item in enumerate(node):
            yield from walk(item, f"{path}[{position}]")
    else:
        yield path, node
