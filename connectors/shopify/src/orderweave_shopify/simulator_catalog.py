"""What the simulator knows, indexed: orders by whatever the search asks, stock by SKU, products and places."""

from __future__ import annotations

import base64
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from orderweave_sdk.records import Axis, OrderRecord
from orderweave_sdk.testing.world import World
from orderweave_shopify.simulator_expressing import (
    SOME_TIME,
    expressible_location,
    expressible_order,
    expressible_product,
    expressible_stock,
)
from orderweave_shopify.simulator_paging import Wire
from orderweave_shopify.simulator_search import Facts, candidates, folded, parsed
from orderweave_shopify.simulator_wire import order_wire
from orderweave_shopify.simulator_wire_stock import item_wires, location_wire, variant_wire

_INDEXED = frozenset({"name", "po_number", "source_identifier", "email", "customer_id"})

SortKey = tuple[datetime, str]


class Catalog:
    """One world, as Shopify would have it."""

    def __init__(self, world: World) -> None:
        self._orders = {order.external_id: expressible_order(order) for order in world.orders}
        self._wires: dict[str, Wire] = {}
        self._facts = {id_: _facts(order) for id_, order in self._orders.items()}
        self._index = _index(self._facts)
        self._sorted = {key: sorted(self._keys(key)) for key in ("PROCESSED_AT", "UPDATED_AT")}
        self._owners = {part: id_ for id_, order in self._orders.items() for part in _parts(order)}
        self.items = item_wires([expressible_stock(level) for level in world.stock])
        self.variants = [variant_wire(expressible_product(product)) for product in world.products]
        self.places = [location_wire(expressible_location(place)) for place in world.locations]
        self._items = {item["id"]: item for item in self.items}

    def _keys(self, sort_key: str) -> Iterable[SortKey]:
        name = sort_key.lower()
        return ((facts[name][0], id_) for id_, facts in self._facts.items())

    def node(self, id_: str) -> Wire | None:
        """Whatever has this id: an order, a part of one that has pages of its own, or an inventory item."""
        if id_ in self._orders:
            return self._order(id_)
        if id_ in self._owners:
            order = self._order(self._owners[id_])
            everything: tuple[Wire, ...] = (
                *order["fulfillmentOrders"](None)["nodes"],
                *order["fulfillments"],
                *order["refunds"],
                *order["returns"](None)["nodes"],
            )
            return next(part for part in everything if part["id"] == id_)
        return self._items.get(id_)

    def _order(self, id_: str) -> Wire:
        if id_ not in self._wires:
            self._wires[id_] = order_wire(self._orders[id_])
        return self._wires[id_]

    def search(
        self, query: str | None, sort_key: str, *, descending: bool, first: int, after: str | None
    ) -> tuple[list[tuple[str, Wire]], bool]:
        """A page of orders with their cursors, and whether there are more."""
        ordered: Sequence[SortKey] = self._sorted[sort_key]
        tree = parsed(query) if query else None
        if tree is not None:
            chosen = candidates(tree, self._index, _INDEXED)
            if chosen is not None:
                name = sort_key.lower()
                ordered = sorted((self._facts[id_][name][0], id_) for id_ in chosen)
        found: list[tuple[str, Wire]] = []
        for moment, id_ in _beyond(ordered, after, descending=descending):
            if tree is None or tree.holds(self._facts[id_]):
                if len(found) == first:
                    return found, True
                found.append((_cursor(moment, id_), self._order(id_)))
        return found, False


def _beyond(ordered: Sequence[SortKey], after: str | None, *, descending: bool) -> Iterable[SortKey]:
    """The keys after a cursor, in the direction asked."""
    if descending:
        end = bisect_left(ordered, _place(after)) if after else len(ordered)
        return (ordered[at] for at in range(end - 1, -1, -1))
    start = bisect_right(ordered, _place(after)) if after else 0
    return (ordered[at] for at in range(start, len(ordered)))


def _cursor(moment: datetime, id_: str) -> str:
    return base64.b64encode(f"{moment.isoformat()} {id_}".encode()).decode()


def _place(cursor: str) -> SortKey:
    moment, _, id_ = base64.b64decode(cursor).decode().partition(" ")
    return datetime.fromisoformat(moment), id_


def _facts(order: OrderRecord) -> Facts:
    """What the search terms are compared with."""
    header, person = order.header, order.customer.person if order.customer else None
    references = {key.namespace: key.value for key in order.references}
    raws = {word.axis: word.raw for word in order.statuses}
    states = [raws[Axis.ORDER]]
    if header and header.closed_at and header.canceled_at:
        states.append("closed")
    facts: dict[str, list[Any]] = {
        "id": [order.external_id],
        "name": [order.key("number")],
        "processed_at": [(header and header.placed_at) or SOME_TIME],
        "updated_at": [order.updated_at or SOME_TIME],
        "status": states,
        "financial_status": [raws.get(Axis.PAYMENT)],
        "fulfillment_status": [_search_word(raws[Axis.FULFILLMENT])],
        "return_status": [raws.get(Axis.RETURN, "NO_RETURN")],
        "channel": [header.channel.code if header and header.channel else None],
        "email": [person.email if person else None],
        "customer_id": [person.external_id.rpartition("/")[2] if person and person.external_id else None],
        "po_number": [references.get("po_number")],
        "source_identifier": [references.get("source_identifier")],
        "sku": [line.sku for line in order.lines or ()],
    }
    return {name: [value for value in values if value is not None] for name, values in facts.items()}


def _search_word(raw: str) -> str:
    """The orders search calls a part fulfillment by a word of its own."""
    return "partial" if raw == "PARTIALLY_FULFILLED" else raw


def _index(facts: dict[str, Facts]) -> dict[tuple[str, str], set[str]]:
    index: dict[tuple[str, str], set[str]] = {}
    for id_, known in facts.items():
        for name in _INDEXED:
            for value in known[name]:
                index.setdefault((name, folded(name, value)), set()).add(id_)
    return index


def _parts(order: OrderRecord) -> Iterable[str]:
    if order.fulfillment is not None:
        yield from (item.external_id for item in order.fulfillment.fulfillment_orders)
        yield from (item.external_id for item in order.fulfillment.shipments)
    yield from (item.external_id for item in order.returns or ())
    yield from (item.external_id for item in (order.payments.refunds if order.payments else ()))
