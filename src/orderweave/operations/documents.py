"""A document as it is kept: parsed, its operations with their shapes and prices, and what its shape depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import Enum
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    visit,
)

from orderweave.operations.deferring import without_defer
from orderweave.operations.limits import Price
from orderweave.operations.shape import Shape, shape_of
from orderweave.operations.upstream import filter_names

# Characters of a document: where each error stands is found by counting lines from its start.
LONGEST_DOCUMENT = 65_536
# Prices that are kept with a document, one for each set of sizes, conditions and filters that its variables make.
_MOST_PRICES = 64


def hash_of(text: str) -> bytes:
    """The name under which a document is kept: 32 bytes however long it is."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class TooManyTokens(Exception):
    """The document has more tokens than its caller's may; how many more, nobody has looked."""


class Document:
    """A document that could be parsed. Raises GraphQLSyntaxError for one that cannot, and TooManyTokens.

    `conditions` are the variables that stand in an @skip or @include anywhere in it, in the order of the text.
    `runnable` is the document with nothing deferred, which is what an executor runs.
    """

    def __init__(self, text: str, most_tokens: int) -> None:
        try:
            self.parsed: DocumentNode = parse(text, max_tokens=most_tokens)
        except GraphQLSyntaxError as error:
            if f"more than {most_tokens} tokens" in error.message:
                raise TooManyTokens from None
            raise
        self.runnable = without_defer(self.parsed)
        self.operations = tuple(node for node in self.parsed.definitions if isinstance(node, OperationDefinitionNode))
        self.fragments = {
            node.name.value: node for node in self.parsed.definitions if isinstance(node, FragmentDefinitionNode)
        }
        found = _Conditions()
        visit(self.parsed, found)
        self.conditions: tuple[str, ...] = tuple(found.names)
        self._shapes: dict[int, Shape] = {}
        self._prices: dict[tuple[Any, ...], Price] = {}
        self._priced_for: object = None

    @property
    def tokens(self) -> int:
        """How many tokens it has."""
        return self.parsed.token_count

    def chosen(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation with a name, or the only one; None where that says none or several."""
        fitting = [node for node in self.operations if name is None or (node.name and node.name.value == name)]
        return fitting[0] if len(fitting) == 1 else None

    def shape(self, operation: OperationDefinitionNode) -> Shape:
        """The shape of one of its operations, made once. Raises RecursionError for one that nests too deep."""
        known = self._shapes.get(id(operation))
        if known is None:
            known = self._shapes[id(operation)] = shape_of(operation, self.fragments)
        return known

    def price(self, key: tuple[Any, ...], owner: object) -> Price | None:
        """A price that is kept, made for the same owner: another configuration has other systems."""
        return self._prices.get(key) if owner is self._priced_for else None

    def keep_price(self, key: tuple[Any, ...], price: Price, owner: object) -> None:
        """Keep a price. The prices of another owner go, and all where there are too many."""
        if owner is not self._priced_for or len(self._prices) >= _MOST_PRICES:
            self._prices.clear()
            self._priced_for = owner
        self._prices[key] = price


def price_key(operation: OperationDefinitionNode, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """All of an operation's variables that its price may depend on: sizes, conditions, and what filters read.

    Takes a microsecond or two, which every request pays.
    """
    return (
        id(operation),
        *(_read(values.get(each.variable.name.value)) for each in operation.variable_definitions or ()),
    )


def _read(value: Any) -> Any:
    """What of a variable's value a price may depend on: of a text, which may be anything, that there is one; of an
    enum, by which a list is sorted, the word.
    """
    if isinstance(value, list):
        return (len(value), filter_names(value) if value and isinstance(value[0], Mapping) else None)
    if isinstance(value, Mapping):
        return (filter_names(value), *(each for each in value.values() if isinstance(each, Enum)))
    return value if value is None or isinstance(value, int | Enum) else ""


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
