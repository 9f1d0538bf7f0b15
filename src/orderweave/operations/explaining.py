"""The plan of an operation, printed before it is run and without asking any system."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    parse,
    validate,
)
from graphql.execution.values import get_argument_values, get_variable_values

from orderweave.answering.customer import CUSTOMER_COORDINATES
from orderweave.answering.filters import COORDINATE_OF_FIELD
from orderweave.merging.tracking import TRACKED_COORDINATES
from orderweave.model.systems import Business
from orderweave.operations.rules import RULES
from orderweave.operations.selection import Selection
from orderweave.planning.authority import Authority
from orderweave.planning.needs import needs_of
from orderweave.planning.orders import plan_orders
from orderweave.planning.printing import print_orders, print_stock
from orderweave_sdk.manifest import Capability, SearchField

_ORDER_ROOTS = frozenset({"order", "orders", "node", "nodes", "customer"})
_CAPITAL = re.compile("[A-Z]")


class ExplainError(Exception):
    """The document cannot be explained; the message says why."""


def explain(
    document: str,
    variables: Mapping[str, Any],
    *,
    schema: GraphQLSchema,
    business: Business,
    authority: Authority,
    operation_name: str | None = None,
) -> str:
    """The plan of every root field, in words. Raises ExplainError for a document that would not run.

    Variables that are not given leave what depends on them in the plan.
    """
    try:
        parsed = parse(document)
    except GraphQLError as error:
        raise ExplainError(str(error)) from None
    errors = validate(schema, parsed, RULES)
    if errors:
        raise ExplainError("\n".join(error.message for error in errors))
    fragments = {node.name.value: node for node in parsed.definitions if isinstance(node, FragmentDefinitionNode)}
    operations = [node for node in parsed.definitions if isinstance(node, OperationDefinitionNode)]
    if operation_name is not None:
        operations = [node for node in operations if node.name and node.name.value == operation_name]
    if not operations:
        raise ExplainError(f"the document has no operation {operation_name!r}" if operation_name else "no operation")
    assert schema.query_type is not None
    plans = []
    for operation in operations:
        values = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
        given = None if isinstance(values, list) else values
        roots = Selection(schema, fragments, given)
        roots.below([operation], schema.query_type)
        for coordinate, met in roots.nodes.items():
            owner, _, name = coordinate.partition(".")
            if owner != schema.query_type.name:
                continue
            field = schema.query_type.fields[name]
            for nodes in _by_response_key(met):
                touched = Selection(schema, fragments, given).below(nodes, get_named_type(field.type))
                plans.append(_plan(name, touched, _filtered(field, nodes[0], given), business, authority))
    return "\n".join(plans)


def _by_response_key(nodes: Iterable[FieldNode]) -> list[list[FieldNode]]:
    """The nodes of one field, those that are answered together in one list."""
    found: dict[str, list[FieldNode]] = {}
    for node in nodes:
        found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
    return list(found.values())


def _plan(
    root: str, touched: frozenset[str], filtered: frozenset[str], business: Business, authority: Authority
) -> str:
    if root in _ORDER_ROOTS:
        needs = needs_of([*touched, *(CUSTOMER_COORDINATES if root == "customer" else ())], filtered)
        return print_orders(plan_orders(needs, business, authority), business, root=root)
    if root == "trackedOrder":
        return print_orders(plan_orders(needs_of(TRACKED_COORDINATES), business, authority), business, root=root)
    if root == "inventory":
        having = {
            name: spec.manifest.stock_batch.size
            for name, spec in business.systems.items()
            if Capability.READ_STOCK in spec.manifest.capabilities and spec.manifest.stock_batch
        }
        return print_stock(having, having)
    return f"{root}: no order is asked for\n"


def _filtered(field: GraphQLField, node: FieldNode, values: Any) -> frozenset[str]:
    """The coordinates that the field's filter reads; none where its variables are not given."""
    try:
        given = get_argument_values(field, node, values).get("filter")
    except GraphQLError:
        return frozenset()
    return _read(given or {})


def _read(given: Mapping[str, Any]) -> frozenset[str]:
    """The coordinates of a filter as it was typed: fields with a test, and filters within `and`, `or` and `not`."""
    found: set[str] = set()
    for name, value in given.items():
        if name in ("and", "or", "not"):
            found.update(coordinate for nested in value or () for coordinate in _read(nested))
        elif any(test is not None for test in (value or {}).values()):
            found.add(COORDINATE_OF_FIELD[SearchField(_CAPITAL.sub(r"_\g<0>", name).upper())])
    return frozenset(found)
