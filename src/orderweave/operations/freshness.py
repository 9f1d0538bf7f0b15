"""`@freshness`: how old an answer may be, as an operation or a root field asks for it."""

from __future__ import annotations

from typing import Any

import msgspec
from graphql import FieldNode, GraphQLError, GraphQLResolveInfo, OperationDefinitionNode, ValidationRule
from graphql.execution.values import get_directive_values

from orderweave.answering.errors import bad_input
from orderweave.model.terms import Terms
from orderweave.operations.selection import variables_of

DIRECTIVE = "freshness"
_ARGUMENT = "maxAge"


class FreshnessAtRoots(ValidationRule):
    """The directive stands on fields of Query alone: below them everything was fetched for the root field."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Each field, wherever it stands."""
        parent = self.context.get_parent_type()
        if parent is not None and parent is not self.context.schema.query_type and _asks(node):
            message = f"@{DIRECTIVE} stands on an operation or on a field of Query, not on {parent}.{node.name.value}"
            self.report_error(GraphQLError(message, node))


def terms_of(call: Terms, info: GraphQLResolveInfo[Any]) -> Terms:
    """The terms of a request with the age that the root field being resolved, or else its operation, asks for.

    Where one field is selected several times, the youngest age asked is the answer's for all.
    """
    nodes: list[FieldNode | OperationDefinitionNode] = [node for node in info.field_nodes if _asks(node)]
    if not nodes and _asks(info.operation):
        nodes = [info.operation]
    if not nodes:
        return call
    directive = info.schema.get_directive(DIRECTIVE)
    assert directive is not None
    variables = variables_of(info)
    age = min((get_directive_values(directive, node, variables) or {})[_ARGUMENT] for node in nodes)
    if age < 0:
        raise bad_input(f"@{DIRECTIVE}: {_ARGUMENT} must be 0 or more, is {age}")
    return msgspec.structs.replace(call, max_age=float(age))


def _asks(node: FieldNode | OperationDefinitionNode) -> bool:
    return any(directive.name.value == DIRECTIVE for directive in node.directives or ())
