"""The plan and the upstream price of each root field of an operation: what `orderweave explain` prints, and what is
charged for. Asks no system.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    IntValueNode,
    OperationDefinitionNode,
    get_named_type,
    print_ast,
)
from graphql.execution.values import VariableValues, get_argument_values

from orderweave.answering.customer import CUSTOMER_COORDINATES
from orderweave.answering.filters import COORDINATE_OF_FIELD
from orderweave.merging.tracking import TRACKED_COORDINATES
from orderweave.model.systems import Business
from orderweave.operations.response import entries
from orderweave.operations.selection import Selection
from orderweave.operations.weights import INTROSPECTION_ROOTS, Weights
from orderweave.planning.authority import Authority
from orderweave.planning.needs import ALL_SOURCES, FACETS_OF_FIELD, needs_of
from orderweave.planning.orders import OrderPlan, plan_orders
from orderweave.planning.pricing import (
    list_calls,
    look_up_calls,
    place_calls,
    product_calls,
    receipt_calls,
    stock_calls,
    times,
)
from orderweave.planning.stock import needs_receipts
from orderweave_sdk.manifest import SearchField

_ORDER_ROOTS = frozenset({"order", "orders", "node", "nodes", "customer", "_entities"})
# What a root field takes of an order whatever is selected of it: a guest sees always the same, and whoever follows an
# order makes the gateway look at all that may change of it, by every name that it has (`live/looking.py`).
_COORDINATES_OF_ROOT = {
    "customer": CUSTOMER_COORDINATES,
    "trackedOrder": TRACKED_COORDINATES,
    "trackOrder": ("Order.customer", "Order.billingAddress", "Order.shippingAddress"),
    "trackingLink": ("Order.id",),
    "revokeTracking": ("Order.id",),
    "orderUpdated": tuple(sorted(FACETS_OF_FIELD.keys() - ALL_SOURCES)),
    "shipmentUpdated": ("Order.identifiers", "Order.shipments", "Package.events"),
    "trackedOrderUpdated": (*TRACKED_COORDINATES, "Order.identifiers"),
}
STOCK_ROOTS = frozenset({"inventory", "oversells", "inventoryChanged", "oversellsChanged"})
_WITHOUT_ORDERS = frozenset({*STOCK_ROOTS, "product", "locations"})
_OF_INDEX = frozenset({"orderAggregates", "inventoryAggregates"})
_COUNT = "OrderConnection.totalCount"
_CAPITAL = re.compile("[A-Z]")


class RootPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What one root field makes the gateway ask: `calls` by system, and the plan where orders are asked for.

    What comes `from_index` asks no system, but for what the index does not keep. With `receipts` stock is asked for
    together with what is expected.
    """

    root: str
    calls: Mapping[str, int]
    orders: OrderPlan | None = None
    from_index: bool = False
    receipts: bool = False


class Planner:
    """Plans the root fields of operations over one business; `indexed` where the gateway keeps an index.

    A list is planned as the index's where that is plain from the document: whether systems can apply a filter by
    themselves is seen when it is asked, and counts as if they could.
    """

    def __init__(self, weights: Weights, business: Business, authority: Authority, *, indexed: bool = False) -> None:
        self._indexed = indexed
        self._weights = weights
        self._business = business
        self._authority = authority

    def plans(
        self,
        operation: OperationDefinitionNode,
        root: GraphQLObjectType,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues | None,
    ) -> list[RootPlan]:
        """The plan of each root field of a valid operation, those under one response key together.

        Without variables what depends on them counts as included, and lists as long as is assumed.
        """
        schema = self._weights.schema
        roots = Selection(schema, fragments, variables)
        roots.below([operation], root)
        found = []
        for coordinate, met in roots.nodes.items():
            owner, _, name = coordinate.partition(".")
            if owner != root.name or name.startswith("__") or name in INTROSPECTION_ROOTS:
                continue
            field = root.fields[name]
            for nodes in _by_response_key(met):
                below = Selection(schema, fragments, variables)
                touched = below.below(nodes, get_named_type(field.type))
                pages = self._pages(below.nodes.get("Customer.orders", []), variables)
                size = max(entries(node, self._weights.of(root.name, name), variables) for node in nodes)
                if name in _OF_INDEX or (name == "orders" and self._is_for_index(field, nodes[0], variables, touched)):
                    found.append(self._from_index(name, touched))
                    continue
                filtered = _filtered(field, nodes[0], variables)
                found.append(self._plan(name, touched, filtered, size, pages))
        return found

    def _is_for_index(
        self, field: GraphQLField, node: FieldNode, variables: VariableValues | None, touched: frozenset[str]
    ) -> bool:
        given = _given(field, node, variables)
        sort = given.get("sort") or {}
        by_total = getattr(sort.get("field"), "value", sort.get("field")) == SearchField.TOTAL.value
        return self._indexed and (by_total or given.get("search") is not None or _COUNT in touched)

    def _from_index(self, root: str, touched: frozenset[str]) -> RootPlan:
        needs = needs_of(touched)
        if root != "orders" or not needs.beyond_index:
            return RootPlan(root=root, calls={}, from_index=True)
        plan = plan_orders(needs, self._business, self._authority)
        return RootPlan(root=root, calls=look_up_calls(plan, self._business), orders=plan, from_index=True)

    def _pages(self, nodes: Iterable[FieldNode], variables: VariableValues | None) -> list[int]:
        """The sizes of the pages of a customer's orders that are read: of each list, the greatest."""
        found: dict[tuple[str, ...], int] = {}
        for node in nodes:
            kind, size = _list_of(node), entries(node, self._weights.of("Customer", "orders"), variables)
            found[kind] = max(found.get(kind, 0), size)
        return list(found.values())

    def _plan(
        self, root: str, touched: frozenset[str], filtered: frozenset[str], size: int, pages: list[int]
    ) -> RootPlan:
        more = _COORDINATES_OF_ROOT.get(root, ())
        if root in _WITHOUT_ORDERS or not (root in _ORDER_ROOTS or more or _touches_orders(touched)):
            receipts = root in STOCK_ROOTS and needs_receipts(touched)
            calls = self._without_orders(root, size, receipts=receipts)
            return RootPlan(root=root, calls=calls, receipts=receipts)
        needs = needs_of([*touched, *more], filtered)
        plan = plan_orders(needs, self._business, self._authority)
        return RootPlan(root=root, calls=self._with_orders(root, plan, touched, size, pages), orders=plan)

    def _without_orders(self, root: str, size: int, *, receipts: bool) -> Counter[str]:
        if root in STOCK_ROOTS:
            calls = stock_calls(self._business, size)
            if receipts:
                calls.update(receipt_calls(self._business, size))
            return calls
        if root == "product":
            return product_calls(self._business)
        return place_calls(self._business) if root == "locations" else Counter()

    def _with_orders(
        self, root: str, plan: OrderPlan, touched: frozenset[str], size: int, pages: list[int]
    ) -> Counter[str]:
        if root == "orders":
            return list_calls(plan, self._business, size)
        look_up = look_up_calls(plan, self._business)
        if root not in ("customer", "node", "nodes", "_entities"):
            return look_up
        customer: Counter[str] = Counter()
        for page in pages or [1]:
            customer.update(list_calls(plan, self._business, page))
        # By an id the customer's address is looked up first, in one of their orders.
        customer.update(look_up)
        return customer if root == "customer" else times(self._any(touched, look_up, customer), size)

    def _any(self, touched: frozenset[str], order: Counter[str], customer: Counter[str]) -> Counter[str]:
        """The calls for one id of any kind: of each system, the most that a kind with a selected field costs."""
        kinds = {coordinate.partition(".")[0] for coordinate in touched}
        found: Counter[str] = Counter()
        if "Order" in kinds:
            found |= order
        if "Customer" in kinds:
            found |= customer
        if "Product" in kinds:
            found |= product_calls(self._business)
        if "Location" in kinds:
            found |= place_calls(self._business)
        return found


def _touches_orders(touched: frozenset[str]) -> bool:
    return any(coordinate.startswith("Order.") for coordinate in touched)


def filter_names(given: Any) -> frozenset[str]:
    """The names in a filter, as typed or coerced, under which something is tested, at any depth."""
    if isinstance(given, Mapping):
        found: set[str] = set()
        for name, value in given.items():
            below = filter_names(value)
            if below or (value is not None and not isinstance(value, Mapping | list)):
                found |= below | {name}
        return frozenset(found)
    if isinstance(given, list):
        return frozenset().union(*(filter_names(each) for each in given))
    return frozenset()


def _by_response_key(nodes: Iterable[FieldNode]) -> list[list[FieldNode]]:
    """The nodes of one field, those that are answered together in one list."""
    found: dict[str, list[FieldNode]] = {}
    for node in nodes:
        found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
    return list(found.values())


def _list_of(node: FieldNode) -> tuple[str, ...]:
    """What tells the list of a field from its other lists, whatever the page holds, as it is written: lists that are
    the same by the values of their variables alone count apart.
    """
    told = []
    for argument in node.arguments or ():
        name = argument.name.value
        if name not in ("first", "last") or not isinstance(argument.value, IntValueNode):
            told.append(print_ast(argument))
        elif name == "last":
            told.append(name)
    return tuple(sorted(told))


def _filtered(field: GraphQLField, node: FieldNode, values: Any) -> frozenset[str]:
    """The coordinates that the field's filter reads; none where its variables are not given."""
    return _read(_given(field, node, values).get("filter") or {}) if "filter" in field.args else frozenset()


def _given(field: GraphQLField, node: FieldNode, values: Any) -> Mapping[str, Any]:
    """The arguments of a field; none where its variables are not given."""
    if not node.arguments:
        return {}
    try:
        return get_argument_values(field, node, values)
    except GraphQLError:
        return {}


def _read(given: Mapping[str, Any]) -> frozenset[str]:
    """The coordinates of a filter as it was typed: fields with a test, and filters within `and`, `or` and `not`."""
    found: set[str] = set()
    for name, value in given.items():
        if name in ("and", "or", "not"):
            found.update(coordinate for nested in value or () for coordinate in _read(nested))
        elif any(test is not None for test in (value or {}).values()):
            found.add(COORDINATE_OF_FIELD[SearchField(_CAPITAL.sub(r"_\g<0>", name).upper())])
    return frozenset(found)
