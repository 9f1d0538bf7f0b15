"""What a document may hold and cost, and the words for one that holds or costs more."""

from __future__ import annotations

from typing import Any

import msgspec
from graphql import OperationType

from orderweave.model.codes import Code
from orderweave.model.rights import Limits
from orderweave.operations.shape import Shape

# What introspection may cost, in multiples of the standard query that tools send.
INTROSPECTION_SHARE = 2


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation costs: values in its answer at most, and calls to systems."""

    response: int
    upstream_calls: int


class Exceeded(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that a document goes beyond. `actual` is None where nobody counted to the end."""

    limit: str
    allowed: int
    actual: int | None

    def described(self) -> dict[str, Any]:
        """The error as callers see it."""
        words = _WORDS[self.limit]
        said = f"more than {self.allowed} {words}" if self.actual is None else f"{self.actual} {words}"
        extensions: dict[str, Any] = {"limit": self.limit, "allowed": self.allowed}
        if self.actual is not None:
            extensions["actual"] = self.actual
        return {
            "message": f"the document has {said}; {self.allowed} are allowed",
            "extensions": {**extensions, "code": Code.LIMIT_EXCEEDED.value},
        }


_WORDS = {
    "characters": "characters",
    "tokens": "tokens",
    "variables": "values in its variables",
    "objects": "objects in its variables",
    "comparisons": "comparisons of fields that may overlap",
    "nesting": "levels of selections and fragments in each other",
    "depth": "levels of fields in each other",
    "aliases": "aliases",
    "directives": "directives",
    "fields": "fields with its fragments spread",
    "rootFields": "fields at its root",
    "mutationFields": "mutations at its root",
    "responseCost": "values in its answer at most",
    "introspection": "values in its answer about the schema at most",
    "upstreamCalls": "calls to systems to make",
    "points": "points to pay",
}


def shape_problems(shape: Shape, limits: Limits, kind: OperationType) -> list[Exceeded]:
    """The limits that an operation goes beyond by its looks alone."""
    counted = [
        ("depth", limits.depth, shape.depth),
        ("aliases", limits.aliases, shape.aliases),
        ("directives", limits.directives, shape.directives),
        ("fields", limits.fields, shape.fields),
        ("rootFields", limits.root_fields, shape.roots),
    ]
    if kind is OperationType.MUTATION:
        counted.append(("mutationFields", limits.mutation_fields, shape.roots))
    return [
        Exceeded(limit=name, allowed=allowed, actual=actual) for name, allowed, actual in counted if actual > allowed
    ]


def price_problems(price: Price, limits: Limits, *, introspection: int | None) -> list[Exceeded]:
    """The limits that an operation goes beyond by its price.

    `introspection` is what one that introspects may cost, in place of the caller's own limit; None for any other.
    """
    found = []
    if introspection is not None and price.response > introspection:
        found.append(Exceeded(limit="introspection", allowed=introspection, actual=price.response))
    if introspection is None and limits.response_cost is not None and price.response > limits.response_cost:
        found.append(Exceeded(limit="responseCost", allowed=limits.response_cost, actual=price.response))
    if limits.upstream_calls is not None and price.upstream_calls > limits.upstream_calls:
        found.append(Exceeded(limit="upstreamCalls", allowed=limits.upstream_calls, actual=price.upstream_calls))
    if limits.points is not None and price.response > limits.points:
        found.append(Exceeded(limit="points", allowed=limits.points, actual=price.response))
    return found
