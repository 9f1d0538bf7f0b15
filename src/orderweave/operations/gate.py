"""What stands between a document that could be parsed and its run: its looks, its validity, its price.

In this order, so that nothing is done for a document before what it can cost is known: the counts are made in one walk
before validation, whose own work is bounded; the price comes after, for only a valid document has one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import strawberry
from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_introspection_query,
    parse,
    validate,
)
from graphql.execution.values import VariableValues
from graphql.language.parser import MAX_NESTING_DEPTH
from graphql.validation.validate import ValidationAbortedError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from orderweave.answering import Gateway
from orderweave.model.codes import Code
from orderweave.model.rights import Caller, Limits, Scope
from orderweave.operations.documents import LONGEST_DOCUMENT, Document, TooManyTokens, price_key
from orderweave.operations.explaining import explained
from orderweave.operations.limits import (
    INTROSPECTION_SHARE,
    Exceeded,
    Price,
    price_problems,
    shape_problems,
)
from orderweave.operations.response import ResponsePrice
from orderweave.operations.rules import MOST_COMPARISONS, RULES, TooManyComparisons
from orderweave.operations.upstream import Planner
from orderweave.operations.weights import Weights

# Mistakes that are told of one document or of its variables.
MOST_ERRORS = 20
# Values in all variables of a request together, those in lists and objects counted in.
_MOST_VALUES = 5_000
# Objects among them: those of a filter are read anew for each field that takes it. A filter of all tests that one may
# have holds some two hundred and fifty.
_MOST_OBJECTS = 500
_RULES = (*RULES, MaybeNullValidationRule, OneOfInputValidationRule)


class Asker(Protocol):
    """What a request carries: who asks, and the gateway that answers."""

    @property
    def caller(self) -> Caller:
        """Who asks."""
        ...

    @property
    def gateway(self) -> Gateway:
        """The gateway that answers."""
        ...


def may_introspect(asker: Asker) -> bool:
    """Whether a caller may read the schema from here, and be told what was perhaps meant: by scope, and where the
    operator lets anybody.
    """
    return asker.gateway.introspection and Scope.SCHEMA in asker.caller.rights.scopes


class Refused(Exception):
    """A document is not run: `errors` to answer with, and what the answer says beside them."""

    def __init__(self, errors: Sequence[dict[str, Any]], extensions: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.errors = errors
        self.extensions = extensions


class Gate:
    """Lets the documents of one schema through; raises Refused for what may not pass."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = schema._schema
        self._weights = Weights(self._schema)

    def document(self, text: str, known: Document | None, limits: Limits) -> Document:
        """The document, parsed unless it is known. Raises GraphQLSyntaxError for one that cannot be."""
        if len(text) > LONGEST_DOCUMENT:
            raise Refused([Exceeded(limit="characters", allowed=LONGEST_DOCUMENT, actual=len(text)).described()])
        try:
            document = known or Document(text, limits.tokens)
        except TooManyTokens:
            raise Refused([Exceeded(limit="tokens", allowed=limits.tokens, actual=None).described()]) from None
        if document.tokens > limits.tokens:
            raise Refused([Exceeded(limit="tokens", allowed=limits.tokens, actual=document.tokens).described()])
        return document

    @staticmethod
    def variables(given: Mapping[str, Any] | None) -> None:
        """Whether there are few enough values to be read: each is read in Python, and a body holds a million."""
        left, objects = _MOST_VALUES, _MOST_OBJECTS
        stack: list[Any] = [given] if given else []
        while stack:
            value = stack.pop()
            if isinstance(value, Mapping):
                left -= len(value)
                objects -= 1
                stack += value.values()
            elif isinstance(value, list):
                left -= len(value)
                stack += value
            if left < 0:
                raise Refused([Exceeded(limit="variables", allowed=_MOST_VALUES, actual=None).described()])
            if objects < 0:
                raise Refused([Exceeded(limit="objects", allowed=_MOST_OBJECTS, actual=None).described()])

    def looks(self, document: Document, operation: OperationDefinitionNode, asker: Asker) -> None:
        """Whether an operation, valid or not, is small enough, and whether its caller may introspect where it does."""
        limits = asker.caller.limits
        try:
            shape = document.shape(operation)
        except RecursionError:
            raise Refused([Exceeded(limit="nesting", allowed=limits.depth, actual=None).described()]) from None
        problems = [found.described() for found in shape_problems(shape, limits, operation.operation)]
        if shape.introspects and not may_introspect(asker):
            why = "this needs the scope schema:read" if asker.gateway.introspection else "introspection is switched off"
            message = f"the schema cannot be read from here: {why}"
            problems.append({"message": message, "extensions": {"code": Code.FORBIDDEN.value}})
        if problems:
            raise Refused(problems)

    def mistakes(self, document: Document, asker: Asker) -> list[GraphQLError]:
        """What validation has against a document, by the rules that Strawberry applies and our own. Raises Refused for
        one that is too large to be validated to its end.
        """
        hidden = not may_introspect(asker)
        try:
            found = validate(self._schema, document.parsed, _RULES, max_errors=MOST_ERRORS, hide_suggestions=hidden)
        except TooManyComparisons:
            raise Refused([Exceeded(limit="comparisons", allowed=MOST_COMPARISONS, actual=None).described()]) from None
        if found and isinstance(found[-1], ValidationAbortedError) and len(found) <= MOST_ERRORS:
            # It gave up, and not for too many mistakes: graphql-core says no more of it than that.
            raise Refused([Exceeded(limit="nesting", allowed=MAX_NESTING_DEPTH, actual=None).described()])
        return found

    def price(
        self, document: Document, operation: OperationDefinitionNode, variables: VariableValues, gateway: Gateway
    ) -> Price:
        """The price of a valid operation with these variables; of a repeated one it is known."""
        parts = gateway.parts
        key = price_key(operation, variables.coerced)
        known = document.price(key, parts.business)
        if known is None:
            root = self._root(operation)
            plans = self._planner(gateway).plans(operation, root, document.fragments, variables)
            known = Price(
                response=ResponsePrice(self._weights, document.fragments, variables).of(operation, root),
                upstream_calls=sum(sum(plan.calls.values()) for plan in plans),
            )
            document.keep_price(key, known, parts.business)
        return known

    def affordable(
        self,
        price: Price,
        document: Document,
        operation: OperationDefinitionNode,
        limits: Limits,
        extensions: Mapping[str, Any] | None,
    ) -> None:
        """Whether the price is within the caller's limits; the refusal says it in its extensions where it was asked."""
        introspection = self._introspection if document.shape(operation).introspects else None
        problems = price_problems(price, limits, introspection=introspection)
        if problems:
            raise Refused([found.described() for found in problems], extensions)

    def explained(
        self, document: Document, operation: OperationDefinitionNode, variables: VariableValues, gateway: Gateway
    ) -> list[str]:
        """The plan and the price in words, line by line."""
        parts = gateway.parts
        text = explained(
            operation,
            document.fragments,
            variables,
            weights=self._weights,
            business=parts.business,
            planner=self._planner(gateway),
        )
        return text.splitlines()

    def _planner(self, gateway: Gateway) -> Planner:
        parts = gateway.parts
        return Planner(self._weights, parts.business, parts.authority, indexed=parts.index is not None)

    def _root(self, operation: OperationDefinitionNode) -> GraphQLObjectType:
        root = self._schema.get_root_type(operation.operation)
        assert root is not None, "the operation is valid"
        return root

    @cached_property
    def _introspection(self) -> int:
        """What a document that introspects may cost."""
        standard = parse(
            get_introspection_query(
                specified_by_url=True,
                directive_is_repeatable=True,
                schema_description=True,
                input_value_deprecation=True,
            )
        )
        (operation,) = (node for node in standard.definitions if isinstance(node, OperationDefinitionNode))
        fragments: Mapping[str, FragmentDefinitionNode] = {
            node.name.value: node for node in standard.definitions if isinstance(node, FragmentDefinitionNode)
        }
        price = ResponsePrice(self._weights, fragments, None).of(operation, self._root(operation))
        return INTROSPECTION_SHARE * price
