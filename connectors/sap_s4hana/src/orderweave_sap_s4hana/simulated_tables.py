"""A world as the tables of SAP's services: rows made when first asked for, found by indexes, listed by moment."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any

from orderweave_sap_s4hana.expressible import told_moments, told_references
from orderweave_sap_s4hana.expressible_parties import told_product, told_stock
from orderweave_sap_s4hana.simulated_filter import Refused, Tree, bounds, equalities, holds
from orderweave_sap_s4hana.simulated_rows import Documents, Row, documents, material_row, product_row
from orderweave_sdk.records import Fulfillment, Invoices, ProductRecord, StockRecord
from orderweave_sdk.testing.world import World

# Field and direction, the first before the second.
Order = Sequence[tuple[str, bool]]

_LAST = "\uffff"
_DAYS = frozenset({"CreationDate", "LastChangeDate"})
_MOMENTS = frozenset({"LastChangeDateTime"})


class Tables:
    """What one simulated system knows. `search` raises Refused for what SAP does not take."""

    def __init__(self, world: World) -> None:
        self._documents = _Documents(world)
        levels: dict[str, list[StockRecord]] = {}
        for level in world.stock:
            levels.setdefault(level.sku, []).append(told_stock(level))
        self._stock = {sku: [material_row(told)] for sku, told in levels.items()}
        products = {product.sku: product for product in world.products}
        for level in world.stock:
            products.setdefault(level.sku, ProductRecord(external_id=level.sku, sku=level.sku, title=level.title))
        self._products = {sku: [product_row(told_product(product))] for sku, product in products.items()}

    def search(self, entity: str, tree: Tree | None, order: Order) -> Iterator[Row]:
        """The rows that pass, in order."""
        if entity == "A_MaterialStock":
            rows: Iterable[Row] = _of_values(self._stock, tree, "Material")
        elif entity == "A_Product":
            rows = _of_values(self._products, tree, "Product")
        else:
            rows, ordered = self._documents.rows(entity, tree, order)
            if ordered:
                return (row for row in rows if tree is None or holds(tree, row))
        found = [row for row in rows if tree is None or holds(tree, row)]
        for field, descending in reversed(order):
            found.sort(key=_by(field), reverse=descending)
        return iter(found)


class _Documents:
    """The orders, and the deliveries and billing documents that follow them."""

    def __init__(self, world: World) -> None:
        self._orders = {order.external_id: order for order in world.orders}
        self._rows: dict[str, Documents] = {}
        self._holders: dict[tuple[str, str], list[str]] = {}
        made: list[tuple[Any, str]] = []
        changed: list[tuple[Any, str]] = []
        for number, order in self._orders.items():
            placed, updated = told_moments(order)
            made.append((placed.date(), number))
            changed.append((updated, number))
            for key in told_references(order):
                self._hold(key.namespace, key.value, number)
            goods = order.fulfillment or Fulfillment()
            deliveries = [each.external_id for each in goods.shipments]
            for delivery in (*deliveries, *(each.external_id for each in goods.fulfillment_orders)):
                self._hold("DeliveryDocument", delivery, number)
            for invoice in (order.invoices or Invoices()).invoices:
                self._hold("BillingDocument", invoice.external_id, number)
        self._made, self._changed = sorted(made), sorted(changed)

    def rows(self, entity: str, tree: Tree | None, order: Order) -> tuple[Iterable[Row], bool]:
        """Rows among which those are that pass, and whether they come in order already."""
        pick = _PICKS.get(entity)
        if pick is None:
            raise Refused(f"Resource not found for segment {entity}")
        known = equalities(tree)
        numbers = None if known is None else self._held(known)
        if numbers is not None:
            return (row for number in numbers for row in pick(self._of(number))), False
        by_day = entity == "A_SalesOrder" and order[:1] and order[0][0] == "CreationDate"
        listing, fields = (self._made, _DAYS) if by_day else (self._changed, _DAYS | _MOMENTS)
        low, high = bounds(tree, fields)
        start = (
            0
            if low is None
            else bisect_left(listing, (low if by_day and not isinstance(low, str) else _moment(low, time(0)), ""))
        )
        end = len(listing)
        if high is not None:
            end = bisect_right(
                listing, (high if by_day and not isinstance(high, str) else _moment(high, time.max), _LAST)
            )
        within = range(start, end)
        ordered = entity == "A_SalesOrder" and bool(order) and (by_day or order[0][0] == "LastChangeDateTime")
        positions = reversed(within) if ordered and order[0][1] else within
        return (row for position in positions for row in pick(self._of(listing[position][1]))), ordered

    def _hold(self, field: str, value: str, number: str) -> None:
        self._holders.setdefault((field, value), []).append(number)

    def _held(self, known: Sequence[tuple[str, Any]]) -> list[str] | None:
        """The orders that carry any of these values; None where a field has no index."""
        found: dict[str, None] = {}
        for field, value in known:
            if field in ("SalesOrder", "ReferenceSDDocument", "SalesDocument"):
                if value in self._orders:
                    found[value] = None
            elif field in _INDEXED:
                found.update(dict.fromkeys(self._holders.get((field, value), ())))
            else:
                return None
        return list(found)

    def _of(self, number: str) -> Documents:
        if number not in self._rows:
            self._rows[number] = documents(self._orders[number])
        return self._rows[number]


_INDEXED = frozenset(
    {
        "PurchaseOrderByCustomer",
        "PurchaseOrderByShipToParty",
        "ExternalDocumentID",
        "DeliveryDocument",
        "BillingDocument",
    }
)
_PICKS: dict[str, Callable[[Documents], list[Row]]] = {
    "A_SalesOrder": lambda made: [made.order],
    "A_OutbDeliveryHeader": lambda made: made.deliveries,
    "A_OutbDeliveryItem": lambda made: made.delivery_items,
    "A_BillingDocument": lambda made: made.billing,
    "A_BillingDocumentItem": lambda made: made.billing_items,
}


def _moment(value: Any, at: time) -> datetime:
    if isinstance(value, str):
        raise Refused("Invalid literal for a date")
    return value if isinstance(value, datetime) else datetime.combine(value, at, UTC)


def _of_values(rows: dict[str, list[Row]], tree: Tree | None, field: str) -> Iterable[Row]:
    known = equalities(tree)
    if known is None or any(name != field for name, _ in known):
        return [row for found in rows.values() for row in found]
    return [row for _, value in dict.fromkeys(known) for row in rows.get(value, ())]


def _by(field: str) -> Any:
    """A sort key for a field that may be empty; the empty come first."""

    def key(row: Row) -> tuple[bool, Any]:
        if field not in row:
            raise Refused(f"Property {field} not found")
        return row[field] is not None, row[field]

    return key
