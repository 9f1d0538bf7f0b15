"""A world as Tryton's database: rows made when first asked for, found by indexes, listed by moment."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from orderweave_sdk.records import Fulfillment, LocationRecord, ProductRecord, Return
from orderweave_sdk.testing.world import World
from orderweave_tryton.expressible import (
    told_moments,
    told_number,
    told_order,
    told_product,
    told_receipt,
    told_reference,
    told_stock,
)
from orderweave_tryton.simulated_domain import bounds, candidates, matches, mentions
from orderweave_tryton.simulated_receipts import move_row
from orderweave_tryton.simulated_rows import Row, product_row, return_row, sale_row, warehouse_row

# Field and direction, the first before the second.
Order = Sequence[tuple[str, str]]
_LAST_ID = 1 << 63
_NONE = Decimal(0)


class Database:
    """What one simulated Tryton knows."""

    def __init__(self, world: World) -> None:
        self._sales = _Sales(world)
        self._warehouses = [warehouse_row(place) for place in _places(world)]
        self._products = _Products(world)
        self._moves = [move_row(told_receipt(receipt), self._products.get) for receipt in world.receipts]

    def search(self, model: str, domain: Any, limit: int, order: Order, context: dict[str, Any]) -> list[Row]:
        """The rows of a model in a domain. Raises KeyError for a model or a field that there is not."""
        if model == "sale.sale":
            return self._sales.search(domain, limit, order)
        if model == "stock.shipment.out":
            return self._sales.shipments(domain, limit, order)
        if model == "stock.package":
            return []  # no package of a simulated world changes by itself
        if model == "stock.location":
            return [row for row in self._warehouses if matches(row, domain) and _shown(row, domain)][:limit]
        if model == "product.product":
            return self._products.search(domain, limit, context)
        if model == "stock.move":
            return [row for row in self._moves if matches(row, domain)][:limit]
        raise KeyError(model)


class _Sales:
    """The orders, and the returns that are sales of their own."""

    def __init__(self, world: World) -> None:
        self._orders = {int(order.external_id): order for order in world.orders}
        self._returns: dict[int, tuple[Return, int]] = {}
        self._rows: dict[int, Row] = {}
        self._holders: dict[tuple[str, Any], list[int]] = {}
        made: list[tuple[Any, int]] = []
        changed: list[tuple[Any, int]] = []
        for identity, order in self._orders.items():
            placed, updated = told_moments(order)
            made.append((placed, identity))
            if updated != placed:
                changed.append((updated, identity))
            self._hold("number", told_number(order), identity)
            self._hold("reference", told_reference(order), identity)
            goods = order.fulfillment or Fulfillment()
            shipments = {plan.external_id for plan in goods.fulfillment_orders}
            for shipment in shipments | {fact.external_id for fact in goods.shipments}:
                self._hold("shipments.id", int(shipment), identity)
            for record in order.returns or ():
                self._returns[int(record.external_id)] = (record, identity)
                made.append((record.created_at or updated, int(record.external_id)))
                self._hold("number", (record.number or "").strip() or None, int(record.external_id))
                self._hold("origin", f"sale.sale,{identity}", int(record.external_id))
        self._listings: dict[str, list[tuple[Any, int]]] = {
            "id": sorted((identity, identity) for identity in (*self._orders, *self._returns)),
            "create_date": sorted(made),
            "write_date": sorted(changed),
        }

    def search(self, domain: Any, limit: int, order: Order) -> list[Row]:
        """Sales in a domain. A listing by write_date leaves out those that never changed."""
        known = candidates(domain, self._index)
        if known is None:
            return _first(self._listed(domain, order), domain, limit)
        rows = [row for identity in sorted(known) if (row := self._row(identity)) and matches(row, domain)]
        for name, way in reversed(order):
            rows.sort(key=_by(name), reverse=way == "DESC")
        return rows[:limit]

    def shipments(self, domain: Any, limit: int, order: Order) -> list[Row]:
        """Shipments in a domain; each changes when its sale does."""
        found = (shipment for sale in self._listed(domain, order) for shipment in sale["shipments"])
        rows = sorted(_first(found, domain, _LAST_ID), key=lambda row: (row[order[0][0]], row["id"]))
        return rows[:limit]

    def _listed(self, domain: Any, order: Order) -> Iterable[Row]:
        """All rows by moment, then id, within what the domain says of that moment."""
        name, way = order[0]
        listing = self._listings[name]
        low, high = bounds(domain, name)
        start = 0 if low is None else bisect_left(listing, (low, 0))
        end = len(listing) if high is None else bisect_right(listing, (high, _LAST_ID))
        within = range(start, end)
        for position in reversed(within) if way == "DESC" else within:
            row = self._row(listing[position][1])
            if row is not None:
                yield row

    def _hold(self, name: str, value: Any, identity: int) -> None:
        if value is not None:
            self._holders.setdefault((name, value), []).append(identity)

    def _index(self, name: str, value: Any) -> Iterable[int] | None:
        if name == "id":
            return (value,)
        if name not in ("number", "reference", "origin", "shipments.id") or value is None:
            return None
        return self._holders.get((name, value.strip() if isinstance(value, str) else value), ())

    def _row(self, identity: int) -> Row | None:
        if identity not in self._rows:
            if identity in self._orders:
                self._rows[identity] = sale_row(told_order(self._orders[identity]))
            elif identity in self._returns:
                record, returned = self._returns[identity]
                whole = told_order(self._orders[returned])
                told = next(each for each in whole.returns or () if each.external_id == record.external_id)
                self._rows[identity] = return_row(told, whole)
        return self._rows.get(identity)


class _Products:
    """The products, with what is there of each at each warehouse."""

    def __init__(self, world: World) -> None:
        self._levels: dict[tuple[str, int], tuple[Decimal, Decimal]] = {}
        self._products = {product.sku: told_product(product) for product in world.products}
        for position, level in enumerate(world.stock):
            told = told_stock(level)
            made = ProductRecord(external_id=str(40_000_000_000 + position), sku=told.sku, title=told.title)
            self._products.setdefault(told.sku, told_product(made))
            place = int(told.location.external_id)
            self._levels[told.sku, place] = (told.on_hand or _NONE, told.available or _NONE)

    def search(self, domain: Any, limit: int, context: dict[str, Any]) -> list[Row]:
        """Products in a domain by their ids, with the stock at the context's locations."""
        rows = (self._row(product, context.get("locations") or []) for product in self._products.values())
        found = [row for row in rows if matches(row, domain) and _shown(row, domain)]
        return sorted(found, key=lambda row: row["id"])[:limit]

    def get(self, sku: str) -> ProductRecord | None:
        """The product with this code."""
        return self._products.get(sku)

    def _row(self, product: ProductRecord, places: list[int]) -> Row:
        levels = [self._levels.get((product.sku, place), (_NONE, _NONE)) for place in places]
        quantity = sum((there for there, _ in levels), _NONE)
        return product_row(product, quantity=quantity, forecast=sum((left for _, left in levels), _NONE))


def _places(world: World) -> Iterable[LocationRecord]:
    """The world's locations, and those that only its goods name."""
    places = {place.external_id: place for place in world.locations}
    for place in (*(level.location for level in world.stock), *(receipt.location for receipt in world.receipts)):
        places.setdefault(place.external_id, LocationRecord(external_id=place.external_id, name=place.name))
    return places.values()


def _shown(row: Row, domain: Any) -> bool:
    """What is inactive is hidden, unless the domain speaks of it."""
    return bool(row["active"]) or mentions(domain, "active")


def _first(rows: Iterable[Row], domain: Any, limit: int) -> list[Row]:
    found: list[Row] = []
    for row in rows:
        if matches(row, domain):
            found.append(row)
            if len(found) >= limit:
                break
    return found


def _by(name: str) -> Any:
    """A sort key for a field that may be empty; the empty come first."""
    return lambda row: (row[name] is not None, row[name])
