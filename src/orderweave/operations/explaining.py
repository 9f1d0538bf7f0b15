"""The plan of an operation, printed before it is run and without asking any system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from orderweave.model.systems import Business
from orderweave.operations.selection import Selection
from orderweave.planning.authority import Authority
from orderweave.planning.needs import needs_of
from orderweave.planning.orders import plan_orders
from orderweave.planning.printing import print_orders, print_stock
from orderweave_sdk.manifest import Capability

_ORDER_ROOTS = frozenset({"order", "orders", "node", "nodes", "customer"})


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
    errors = validate(schema, parsed)
    if errors:
        raise ExplainError("\n".join(error.message for error in errors))
    fragments = {node.name.value: node for node in parsed.definitions if isinstance(node, FragmentDefinitionNode)}
    operations = [node for node in parsed.definitions if isinstance(node, OperationDefinitionNode)]
    if operation_name is not None:
        operations = [node for node in operations if node.name and node.name.value == operation_name]
    plans = []
    for operation in operations:
        values = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
        given = None if isinstance(values, list) else values
        for field in operation.selection_set.selections:
            if isinstance(field, FieldNode) and not field.name.value.startswith("__"):
                plans.append(_plan(field, Selection(schema, fragments, given), schema, business, authority))
    return "\n".join(plans)


def _plan(
    field: FieldNode, selection: Selection, schema: GraphQLSchema, business: Business, authority: Authority
) -> str:
    root = field.name.value
    if root in _ORDER_ROOTS:
        assert schema.query_type is not None
        touched = selection.below([field], get_named_type(schema.query_type.fields[root].type))
        return print_orders(plan_orders(needs_of(touched), business, authority), business, root=root)
    if root == "inventory":
        having = {
            name: spec.manifest.stock_batch.size
            for name, spec in business.systems.items()
            if Capability.READ_STOCK in spec.manifest.capabilities and spec.manifest.stock_batch
        }
        return print_stock(having, having)
    return f"{root}: no order is asked for\n"
