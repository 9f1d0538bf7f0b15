"""What the matrix asks: each root field about each owner's orders, each part of an order by each way to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    parse,
)

from orderweave.schema import build_subgraph
from tests.access.callers import OWNERS, PEOPLE, customer_id, order_id


class Holding(StrEnum):
    """What a caller has in hand, made before the question is put."""

    TOKEN = "a token"
    REVOKED = "a revoked token"
    NO_TOKEN = "no token"
    OWN_EXPORT = "theirs"
    OTHERS_EXPORT = "another's"
    NO_EXPORT = "no such id"


SCHEMA = build_subgraph()._schema
_TOKENS = (Holding.TOKEN, Holding.REVOKED, Holding.NO_TOKEN)
_EXPORTS = (Holding.OWN_EXPORT, Holding.OTHERS_EXPORT, Holding.NO_EXPORT)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """An operation whose one root field is named `found`. What the caller has in hand is its variable `held`."""

    text: str
    variables: Mapping[str, Any] = {}
    held: Holding | None = None


# What is asked for (a root field, and in brackets how, where there are several ways), and whose it is.
Asked: TypeAlias = tuple[str, str]

_TYPES = {
    "number": "String!",
    "email": "String!",
    "order": "ID!",
    "customer": "ID!",
    "orders": "[_Any!]!",
    "customers": "[_Any!]!",
    "token": "String!",
    "export": "ID!",
}
_BY_NUMBER, _EQUAL = "by: {number: $number}", "filter: {number: {eq: $number}}"
_ORDER = "{ number shipments { status } }"
_PERSON = f"{{ name orders {{ nodes {_ORDER} }} }}"
_GROUPS = "groupBy: [{field: STATUS}]) { groups { count } }"

# About one owner's order or person.
OF_OWNER: dict[str, str] = {
    "order": f"query {{ found: order({_BY_NUMBER}) {_ORDER} }}",
    "orders": f"query {{ found: orders({_EQUAL}) {{ nodes {_ORDER} }} }}",
    "orders (edges)": f"query {{ found: orders({_EQUAL}) {{ edges {{ node {_ORDER} }} }} }}",
    "orderAggregates": f"query {{ found: orderAggregates({_EQUAL}, {_GROUPS} }}",
    "orderUpdated": f"subscription {{ found: orderUpdated({_BY_NUMBER}) {{ order {_ORDER} }} }}",
    "shipmentUpdated": f"subscription {{ found: shipmentUpdated({_BY_NUMBER}) {{ shipments {{ status }} }} }}",
    "customer": f"query {{ found: customer(by: {{email: $email}}) {_PERSON} }}",
    "customer (by id)": f"query {{ found: customer(by: {{id: $customer}}) {_PERSON} }}",
    "node": f"query {{ found: node(id: $order) {{ id ... on Order {_ORDER} }} }}",
    "node (id alone)": "query { found: node(id: $order) { id } }",
    "node (customer)": f"query {{ found: node(id: $customer) {{ id ... on Customer {_PERSON} }} }}",
    "node (customer, id alone)": "query { found: node(id: $customer) { id } }",
    "nodes": f"query {{ found: nodes(ids: [$order]) {{ id ... on Order {_ORDER} }} }}",
    "nodes (id alone)": "query { found: nodes(ids: [$order]) { id } }",
    "nodes (customer)": f"query {{ found: nodes(ids: [$customer]) {{ id ... on Customer {_PERSON} }} }}",
    "nodes (customer, id alone)": "query { found: nodes(ids: [$customer]) { id } }",
    "_entities": f"query {{ found: _entities(representations: $orders) {{ ... on Order {_ORDER} }} }}",
    "_entities (id alone)": "query { found: _entities(representations: $orders) { ... on Order { id } } }",
    "_entities (customer)": (
        f"query {{ found: _entities(representations: $customers) {{ ... on Customer {_PERSON} }} }}"
    ),
    "_entities (customer, id alone)": (
        "query { found: _entities(representations: $customers) { ... on Customer { id } } }"
    ),
    "trackOrder": "mutation { found: trackOrder(number: $number, email: $email) { access { token } } }",
    "trackingLink": f"mutation {{ found: trackingLink({_BY_NUMBER}) {{ url }} }}",
    "revokeTracking": f"mutation {{ found: revokeTracking({_BY_NUMBER}) {{ revokedBefore }} }}",
}
# About what the caller has in hand.
OF_HOLDER: dict[str, tuple[tuple[Holding, ...], str]] = {
    "trackedOrder": (_TOKENS, "query { found: trackedOrder(token: $token) { number } }"),
    "trackedOrderUpdated": (
        _TOKENS,
        "subscription { found: trackedOrderUpdated(token: $token) { order { number } } }",
    ),
    "export": (_EXPORTS, "query { found: export(id: $export) { id } }"),
    "exportCancel": (_EXPORTS, "mutation { found: exportCancel(id: $export) { id } }"),
}
# About nothing that is one's own.
OF_NOBODY: dict[str, str] = {
    "exportCreate (orders)": "mutation { found: exportCreate(input: {table: ORDERS}) { state } }",
    "exportCreate (lines)": "mutation { found: exportCreate(input: {table: LINES}) { state } }",
    "exportCreate (shipments)": "mutation { found: exportCreate(input: {table: SHIPMENTS}) { state } }",
    "exportCreate (stock)": "mutation { found: exportCreate(input: {table: STOCK}) { state } }",
    "inventory": 'query { found: inventory(skus: ["TEA-1"]) { onHand } }',
    "inventoryAggregates": "query { found: inventoryAggregates(groupBy: [{field: SKU}]) { groups { onHandSum } } }",
    "inventoryChanged": 'subscription { found: inventoryChanged(skus: ["TEA-1"]) { items { onHand } } }',
    "oversells": 'query { found: oversells(skus: ["TEA-1"]) { checked } }',
    "oversellsChanged": 'subscription { found: oversellsChanged(skus: ["TEA-1"]) { at } }',
    "product": 'query { found: product(sku: "TEA-1") { title } }',
    "locations": "query { found: locations { name } }",
    "systems": "query { found: systems { name } }",
    "statusMappings": "query { found: statusMappings { raw } }",
    "_service": "query { found: _service { sdl } }",
}

# Parts of an order: what is selected of `Order` for each. Together they select every field of it but the id.
PARTS: dict[str, str] = {
    "number, statuses, dates": "number status paymentStatus fulfillmentStatus returnStatus invoiceStatus placedAt "
    "updatedAt canceledAt closedAt cancelReason archived purchaseOrderNumber",
    "channel, currency, freshness": "channel { code } origin currency presentmentCurrency freshness { asOf }",
    "lines": "lines { nodes { sku title quantity { ordered } } }",
    "prices of lines": "lines { nodes { unitPrice { amount } total { amount } discounts { title } taxes { title } } }",
    "plans, shipments, tracking": "fulfillmentOrders { status } shipments { packages { trackingNumber } }",
    "words of carriers": "shipments { packages { events { message } } }",
    "returns": "returns { lines { sku reason } }",
    "totals, discounts, taxes, terms": "totals { total { amount } } discounts { title } taxes { title } paymentTerms",
    "payments, refunds, invoices": "payments { method } adjustments { amount { amount } } invoices { number }",
    "words of a refund": "adjustments { note }",
    "customer": "customer { id name email phone company { taxId } }",
    "company": "company { id name taxId }",
    "addresses": "shippingAddress { name lines city postalCode phone } billingAddress { name lines postalCode phone }",
    "timeline": "timeline { kind system }",
    "words in the timeline": "timeline { message }",
    "sources, other numbers": "sources { system number } identifiers { value } sourceStatuses { raw }",
    "what systems say of people": "conflicts { path winner { value } values { value } }",
    "holds": "holds { reason } fulfillmentOrders { holds { reason } }",
}
# What is selected beside a part: systems are compared in what is selected alone.
_BESIDE = {"what systems say of people": "customer { id } "}
# The ways that lead to orders, each with a part in the place of `PART`.
WAYS: dict[str, str] = {
    "order": f"query {{ found: order({_BY_NUMBER}) {{ PART }} }}",
    "orders { nodes }": f"query {{ found: orders({_EQUAL}) {{ nodes {{ PART }} }} }}",
    "orders { edges }": f"query {{ found: orders({_EQUAL}) {{ edges {{ node {{ PART }} }} }} }}",
    "node": "query { found: node(id: $order) { ... on Order { PART } } }",
    "nodes": "query { found: nodes(ids: [$order]) { ... on Order { PART } } }",
    "_entities": "query { found: _entities(representations: $orders) { ... on Order { PART } } }",
    "orderUpdated": f"subscription {{ found: orderUpdated({_BY_NUMBER}) {{ order {{ PART }} }} }}",
    "shipmentUpdated": f"subscription {{ found: shipmentUpdated({_BY_NUMBER}) {{ order {{ PART }} }} }}",
    "customer { orders { nodes } }": ("query { found: customer(by: {email: $email}) { orders { nodes { PART } } } }"),
    "customer { orders { edges } }": (
        "query { found: customer(by: {id: $customer}) { orders { edges { node { PART } } } } }"
    ),
    "node { orders }": ("query { found: node(id: $customer) { ... on Customer { orders { nodes { PART } } } } }"),
    "nodes { orders }": (
        "query { found: nodes(ids: [$customer]) { ... on Customer { orders { edges { node { PART } } } } } }"
    ),
    "_entities { orders }": (
        "query { found: _entities(representations: $customers) { ... on Customer { orders { nodes { PART } } } } }"
    ),
}


def of_part(way: str, part: str, owner: str) -> Question:
    """The question for a part of an owner's order by a way."""
    return _about(owner, WAYS[way].replace("PART", _BESIDE.get(part, "") + PARTS[part]))


def of_leaf(leaf: str, owner: str) -> Question:
    """The question for one leaf of an owner's order."""
    return _about(owner, WAYS["order"].replace("PART", leaf))


def leaves_of(part: str) -> list[str]:
    """Each leaf of a part as a selection of its own, such as "lines { nodes { sku } }"."""
    (operation,) = parse(f"{{ {PARTS[part]} }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    return _leaves(operation.selection_set)


def _leaves(selected: SelectionSetNode) -> list[str]:
    found = []
    for field in selected.selections:
        assert isinstance(field, FieldNode)
        name, below = field.name.value, field.selection_set
        found += [f"{name} {{ {leaf} }}" for leaf in _leaves(below)] if below else [name]
    return found


def questions() -> dict[Asked, Question]:
    """Every row of the first table: what is asked for, whose it is, and the question."""
    found = {(field, owner): _about(owner, text) for field, text in OF_OWNER.items() for owner in OWNERS}
    for field, (holdings, text) in OF_HOLDER.items():
        found |= {(field, held.value): Question(text=_with_variables(text), held=held) for held in holdings}
    return found | {(field, ""): Question(text=text) for field, text in OF_NOBODY.items()}


def of_uses() -> dict[tuple[str, str], Question]:
    """Each way in which a list or groups of orders may tell of a field without showing it, by the way and the field."""
    groups = "groups { count }"
    found = {("search in", "orders"): 'query { found: orders(search: "tea") { nodes { number } } }'}
    for name, test in _tests().items():
        found["filter by", name] = f"query {{ found: orders(filter: {{{name}: {test}}}) {{ nodes {{ number }} }} }}"
    for name in _values("OrderSortField"):
        found["sort by", name] = f"query {{ found: orders(sort: {{field: {name}}}) {{ nodes {{ number }} }} }}"
    for name in _values("OrderGroupField"):
        by = f"groupBy: [{{field: {name}{', interval: DAY' if name.endswith('_AT') else ''}}}]"
        found["group by", name] = f"query {{ found: orderAggregates({by}) {{ {groups} }} }}"
    for name in _values("OrderMeasure"):
        by, having = "groupBy: [{field: CURRENCY}]", f"having: [{{measure: {name}, gt: 1}}]"
        found["having", name] = f"query {{ found: orderAggregates({by}, {having}) {{ {groups} }} }}"
        found["order groups by", name] = (
            f"query {{ found: orderAggregates({by}, orderBy: {{measure: {name}}}) {{ {groups} }} }}"
        )
    return {use: Question(text=text) for use, text in found.items()}


def _tests() -> dict[str, str]:
    """A test for each field of `OrderFilter`, but those that put tests together."""
    literals = {
        "StringFilter": '{eq: "shop"}',
        "DateTimeFilter": '{gt: "2026-01-01T00:00:00Z"}',
        "AmountFilter": "{gt: 1}",
    }
    kind, found = SCHEMA.type_map["OrderFilter"], {}
    assert isinstance(kind, GraphQLInputObjectType)
    for name, field in kind.fields.items():
        test = get_named_type(field.type)
        if test is not kind:
            word = next(iter(_values(test.name.removesuffix("Filter")))) if test.name not in literals else ""
            found[name] = literals.get(test.name) or f"{{eq: {word}}}"
    return found


def _values(enum: str) -> Iterable[str]:
    kind = SCHEMA.type_map[enum]
    assert isinstance(kind, GraphQLEnumType)
    return list(kind.values)


def _about(owner: str, text: str) -> Question:
    order, customer = order_id(owner), customer_id(owner)
    values = {
        "number": OWNERS[owner],
        "email": PEOPLE[owner][1],
        "order": order,
        "customer": customer,
        "orders": [{"__typename": "Order", "id": order}],
        "customers": [{"__typename": "Customer", "id": customer}],
    }
    return Question(text=_with_variables(text), variables={name: values[name] for name in _used(text)})


def _used(text: str) -> list[str]:
    return sorted(set(re.findall(r"\$(\w+)", text)))


def _with_variables(text: str) -> str:
    """The operation with the variables declared that it uses."""
    kind, rest = text.split(" ", 1)
    declared = ", ".join(f"${name}: {_TYPES[name]}" for name in _used(text))
    return f"{kind} ({declared}) {rest}" if declared else text
