"""The GraphQL documents that are sent: many look-ups of one value each, as aliases of one request.

A document depends on nothing but the facets and the number of aliases; every value travels as a variable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from orderweave_sdk.records import Facet
from orderweave_shiphero.credits import (
    LINES_A_FURTHER_PAGE,
    LINES_A_SHIPMENT,
    LINES_AN_ORDER,
    ORDERS_A_NUMBER,
    PRODUCTS_A_SKU,
    SKUS_A_PAGE,
    WAREHOUSES_A_SKU,
)


class Request(NamedTuple):
    """One operation: its name, its document, its variables, and the aliases under which it must be answered."""

    operation: str
    document: str
    variables: dict[str, Any]
    aliases: tuple[str, ...]


class LookUp(NamedTuple):
    """A value to look up, the cursor after which to go on (None: from the start), and by which argument (None: the
    finder's own).
    """

    value: str
    after: str | None = None
    argument: str | None = None


class Finder(NamedTuple):
    """A root field that finds a page of `type_` by one value of `argument`."""

    name: str
    root: str
    argument: str
    type_: str
    first: int


# The reference fields are arguments of one root, so one request looks up by both; the id has a root of its own.
ORDER_FINDER = Finder("OrdersByNumber", "orders", "order_number", "Order", ORDERS_A_NUMBER)
STOCK_FINDER = Finder("StockBySku", "warehouse_products", "sku", "WarehouseProduct", WAREHOUSES_A_SKU)
PRODUCT_FINDER = Finder("ProductsBySku", "products", "sku", "Product", PRODUCTS_A_SKU)

STOCK_FIELDS = (
    "id sku warehouse_id warehouse { id identifier } product { name } on_hand available allocated reserve_inventory"
    " updated_at"
)
PRODUCT_FIELDS = "id sku name active updated_at"
ACCOUNT = Request("Account", "query Account { account { complexity data { id } } }", {}, ("account",))
WAREHOUSES = Request(
    "Warehouses",
    "query Warehouses { account { complexity data { id warehouses { id identifier address {"
    " name address1 address2 city state country zip phone } } } } }",
    {},
    ("account",),
)

_PAGE_INFO = "pageInfo { hasNextPage endCursor }"
_ADDRESS = "first_name last_name company address1 address2 city state state_code zip country country_code phone"
_PROGRESS = ("quantity_allocated", "backorder_quantity")
_QUANTITIES = ("quantity", "quantity_pending_fulfillment", "quantity_shipped")
_SHIPPED_LINE = "line_item_id shipping_label_id quantity"

_FIELDS: Mapping[Facet, tuple[str, ...]] = {
    Facet.HEADER: (
        "fulfillment_status",
        "order_date",
        "shop_name",
        "source",
        "currency",
        "subtotal",
        "total_tax",
        "total_discounts",
        "total_price",
        "shipping_lines { price }",
    ),
    Facet.LINES: ("currency",),
    Facet.ADDRESSES: (f"shipping_address {{ {_ADDRESS} }}", f"billing_address {{ {_ADDRESS} }}"),
    Facet.FULFILLMENT: ("fulfillment_status",),
    Facet.HOLDS: (
        "holds { fraud_hold payment_hold address_hold operator_hold shipping_method_hold client_hold }",
        "hold_until_date",
    ),
}
_LINE_FIELDS: Mapping[Facet, tuple[str, ...]] = {
    Facet.LINES: (*_QUANTITIES, "fulfillment_status", "product_name", "price"),
    Facet.FULFILLMENT: (*_QUANTITIES, *_PROGRESS),
}


def order_fields(facets: frozenset[Facet]) -> str:
    """The selection on Order for these facets; its names are always selected."""
    fields = ["id", "legacy_id", "order_number", "partner_order_id", *_chosen(_FIELDS, facets)]
    lines = line_fields(facets)
    if lines:
        fields.append(f"line_items(first: {LINES_AN_ORDER}) {{ {_PAGE_INFO} edges {{ node {{ {lines} }} }} }}")
    if Facet.FULFILLMENT in facets:
        created = " created_date" if Facet.TRACKING in facets else ""
        fields.append(
            "shipments { id warehouse_id warehouse { id identifier } created_date completed delivered picked_up"
            f" shipping_labels {{ id status tracking_number carrier delivered picked_up refunded{created} }}"
            f" line_items(first: {LINES_A_SHIPMENT}) {{ {_PAGE_INFO} edges {{ node {{ {_SHIPPED_LINE} }} }} }} }}"
        )
    return " ".join(dict.fromkeys(fields))


def line_fields(facets: frozenset[Facet]) -> str:
    """The selection on LineItem for these facets; empty when none of them needs the lines."""
    fields = _chosen(_LINE_FIELDS, facets)
    return " ".join(dict.fromkeys(("id", "sku", *fields))) if fields else ""


def _chosen(fields: Mapping[Facet, Sequence[str]], facets: Iterable[Facet]) -> list[str]:
    return [field for facet in fields if facet in facets for field in fields[facet]]


def find_many(finder: Finder, fields: str, look_ups: Sequence[LookUp]) -> Request:
    """One page for each look-up, under the aliases a0, a1, …"""
    paged = any(look_up.after is not None for look_up in look_ups)
    after = [f", after: $c{n}" if paged else "" for n in range(len(look_ups))]
    aliases = [
        f"a{n}: {finder.root}({look_up.argument or finder.argument}: $v{n}) {{ complexity"
        f" data(first: {finder.first}{after[n]}) {{ {_PAGE_INFO} edges {{ node {{ ...found }} }} }} }}"
        for n, look_up in enumerate(look_ups)
    ]
    declared = [f"$v{n}: String" for n in range(len(look_ups))]
    variables: dict[str, Any] = {f"v{n}": look_up.value for n, look_up in enumerate(look_ups)}
    if paged:
        declared += [f"$c{n}: String" for n in range(len(look_ups))]
        variables |= {f"c{n}": look_up.after for n, look_up in enumerate(look_ups)}
    document = _document(finder.name, declared, aliases, finder.type_, fields)
    return Request(finder.name, document, variables, _names(look_ups))


def find_by_id(fields: str, ids: Sequence[str]) -> Request:
    """One order for each id, under the aliases a0, a1, …"""
    aliases = [f"a{n}: order(id: $v{n}) {{ complexity data {{ ...found }} }}" for n in range(len(ids))]
    declared = [f"$v{n}: String!" for n in range(len(ids))]
    variables = {f"v{n}": value for n, value in enumerate(ids)}
    document = _document("OrdersById", declared, aliases, "Order", fields)
    return Request("OrdersById", document, variables, _names(ids))


def changed_orders(fields: str, since: str | None, first: int, after: str | None) -> Request:
    """One page of the orders changed since a moment, oldest order first, under the alias a0."""
    alias = (
        'a0: orders(updated_from: $since) { complexity data(sort: "order_date", first: $first, after: $after)'
        f" {{ {_PAGE_INFO} edges {{ node {{ ...found }} }} }} }}"
    )
    declared = ["$since: ISODateTime", "$first: Int", "$after: String"]
    document = _document("ChangedOrders", declared, [alias], "Order", fields)
    return Request("ChangedOrders", document, {"since": since, "first": first, "after": after}, ("a0",))


def listed_skus(after: str | None) -> Request:
    """One page of the SKUs of all products, under the alias a0."""
    alias = (
        f"a0: products {{ complexity data(first: {SKUS_A_PAGE}, after: $after)"
        f" {{ {_PAGE_INFO} edges {{ node {{ ...found }} }} }} }}"
    )
    document = _document("ListedSkus", ["$after: String"], [alias], "Product", "sku")
    return Request("ListedSkus", document, {"after": after}, ("a0",))


def further_order_lines(fields: str, look_ups: Sequence[LookUp]) -> Request:
    """The next page of lines for each order, by its id, under the aliases a0, a1, …"""
    return _further("FurtherOrderLines", "order", "String!", fields, look_ups)


def further_shipment_lines(look_ups: Sequence[LookUp]) -> Request:
    """The next page of lines for each shipment, by its id, under the aliases a0, a1, …"""
    return _further("FurtherShipmentLines", "shipment", "String", _SHIPPED_LINE, look_ups)


def _further(name: str, root: str, id_type: str, fields: str, look_ups: Sequence[LookUp]) -> Request:
    aliases = [
        f"a{n}: {root}(id: $v{n}) {{ complexity data {{ line_items(first: {LINES_A_FURTHER_PAGE}, after: $c{n})"
        f" {{ {_PAGE_INFO} edges {{ node {{ {fields} }} }} }} }} }}"
        for n in range(len(look_ups))
    ]
    declared = [f"$v{n}: {id_type}, $c{n}: String" for n in range(len(look_ups))]
    variables = {f"v{n}": look_up.value for n, look_up in enumerate(look_ups)}
    variables |= {f"c{n}": look_up.after or "" for n, look_up in enumerate(look_ups)}
    document = f"query {name}({', '.join(declared)}) {{ {' '.join(aliases)} }}"
    return Request(name, document, variables, _names(look_ups))


def _names(look_ups: Sequence[object]) -> tuple[str, ...]:
    return tuple(f"a{n}" for n in range(len(look_ups)))


def _document(name: str, declared: Sequence[str], aliases: Sequence[str], type_: str, fields: str) -> str:
    head = f"query {name}({', '.join(declared)}) {{ {' '.join(aliases)} }}"
    return f"{head} fragment found on {type_} {{ {fields} }}"
