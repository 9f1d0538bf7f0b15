"""Which scopes an operation takes, and the refusal for a caller who lacks one.

Decided from the selection before anything runs, so that the compiled and the reference executor cannot differ in it.
A refusal names every field that the caller may not see: a screen made for the wrong role fails where it is built, and
never by a part that is silently missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues

from orderweave.model.access import SCOPES
from orderweave.model.rights import Rights, Scope
from orderweave.operations.selection import Selection

# Fields named in one refusal.
_MOST_NAMED = 20

Taken = Mapping[Scope, tuple[str, ...]]


def scopes_taken(
    schema: GraphQLSchema, fragments: Mapping[str, Any], operation: OperationDefinitionNode, variables: VariableValues
) -> Taken:
    """The scopes that an operation takes, and for each the fields that take it, as coordinates in order.

    A field of an interface counts for every type that has it. What `Node` leads to is decided for the object itself
    (`may_see`), so that an id takes no scope.
    """
    root = schema.get_root_type(operation.operation)
    assert root is not None
    walk = Selection(schema, fragments, variables)
    found: dict[Scope, list[str]] = {}
    for coordinate in sorted(walk.below([operation], root)):
        for scope in SCOPES.get(coordinate, ()):
            found.setdefault(scope, []).append(coordinate)
    return {scope: tuple(fields) for scope, fields in found.items()}


def refusal(taken: Taken, rights: Rights) -> dict[str, Any] | None:
    """The extensions of the refusal, with `fields` and `scopes`; None where the caller may see all."""
    lacking = sorted(taken.keys() - rights.scopes)
    if not lacking:
        return None
    fields = sorted({field for scope in lacking for field in taken[scope]})
    return {"fields": fields[:_MOST_NAMED], "scopes": [scope.value for scope in lacking]}
