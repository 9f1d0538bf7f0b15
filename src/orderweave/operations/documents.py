"""A document as it is kept: parsed, its operations, and the variables on which its shape depends."""

from __future__ import annotations

import hashlib
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    visit,
)

from orderweave.operations.deferring import without_defer

MOST_TOKENS = 2_000


def hash_of(text: str) -> bytes:
    """The name under which a document is kept: 32 bytes however long it is."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class Document:
    """A document that could be parsed. Raises GraphQLSyntaxError for one that cannot.

    `conditions` are the variables that stand in an @skip or @include anywhere in it, in the order of the text.
    `runnable` is the document with nothing deferred, which is what an executor runs; `defers` says whether they differ.
    """

    def __init__(self, text: str) -> None:
        self.parsed: DocumentNode = parse(text, max_tokens=MOST_TOKENS)
        self.runnable = without_defer(self.parsed)
        self.defers = self.runnable is not self.parsed
        self.operations = tuple(node for node in self.parsed.definitions if isinstance(node, OperationDefinitionNode))
        found = _Conditions()
        visit(self.parsed, found)
        self.conditions: tuple[str, ...] = tuple(found.names)

    def chosen(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation with a name, or the only one; None where that says none or several."""
        fitting = [node for node in self.operations if name is None or (node.name and node.name.value == name)]
        return fitting[0] if len(fitting) == 1 else None


class _Conditions(Visitor):
    """Collects the names of variables in @skip and @include."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        """Each directive, wherever it stands."""
        if node.name.value in ("skip", "include"):
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    self.names[argument.value.name.value] = None
