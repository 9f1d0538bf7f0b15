"""The plan of an operation and its price, printed before it is run and without asking any system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values

from orderweave.model.systems import Business
from orderweave.operations.response import ResponsePrice
from orderweave.operations.rules import MOST_COMPARISONS, RULES, TooManyComparisons
from orderweave.operations.upstream import STOCK_ROOTS, Planner, RootPlan
from orderweave.operations.weights import Weights
from orderweave.planning.authority import Authority
from orderweave.planning.printing import print_index, print_orders, print_others, print_stock


class ExplainError(Exception):
    """The document cannot be explained; the message says why."""


def explain(
    document: str,
    variables: Mapping[str, Any],
    *,
    schema: GraphQLSchema,
    business: Business,
    authority: Authority,
    indexed: bool = False,
    operation_name: str | None = None,
) -> str:
    """The plan of every root field, in words, and the price. Raises ExplainError for a document that would not run.

    Variables that are not given leave what depends on them in the plan.
    """
    try:
        parsed = parse(document)
    except GraphQLError as error:
        raise ExplainError(str(error)) from None
    try:
        errors = validate(schema, parsed, RULES)
    except TooManyComparisons:
        raise ExplainError(f"the document takes more than {MOST_COMPARISONS} comparisons of fields") from None
    if errors:
        raise ExplainError("\n".join(error.message for error in errors))
    fragments = {node.name.value: node for node in parsed.definitions if isinstance(node, FragmentDefinitionNode)}
    operations = [node for node in parsed.definitions if isinstance(node, OperationDefinitionNode)]
    if operation_name is not None:
        operations = [node for node in operations if node.name and node.name.value == operation_name]
    if not operations:
        raise ExplainError(f"the document has no operation {operation_name!r}" if operation_name else "no operation")
    weights = Weights(schema)
    told = []
    for operation in operations:
        values = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
        given = None if isinstance(values, list) else values
        planner = Planner(weights, business, authority, indexed=indexed)
        told.append(explained(operation, fragments, given, weights=weights, business=business, planner=planner))
    return "\n".join(told)


def explained(
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: VariableValues | None,
    *,
    weights: Weights,
    business: Business,
    planner: Planner,
) -> str:
    """The plan of one valid operation in words, each root field a paragraph, and its price in the last line."""
    root = weights.schema.get_root_type(operation.operation)
    assert root is not None, "the operation is valid"
    plans = planner.plans(operation, root, fragments, variables)
    values = ResponsePrice(weights, fragments, variables).of(operation, root)
    calls = sum(sum(plan.calls.values()) for plan in plans)
    price = f"price in all: {values} value{'s' if values != 1 else ''}, {calls} call{'s' if calls != 1 else ''}\n"
    return "\n".join([*(_printed(plan, business) for plan in plans), price])


def _printed(plan: RootPlan, business: Business) -> str:
    if plan.from_index:
        return print_index(plan.calls, root=plan.root)
    if plan.orders is not None:
        return print_orders(plan.orders, plan.calls, business, root=plan.root)
    if plan.root in STOCK_ROOTS:
        return print_stock(plan.calls, business, root=plan.root, receipts=plan.receipts)
    return print_others(plan.calls, root=plan.root)
