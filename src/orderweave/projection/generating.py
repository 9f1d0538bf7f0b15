"""Generating the code that projects one selection.

For each root field and each object type in the selection one function is written. For

    { order(by: {number: "1"}) { number totals { due { amount } } } }

the text is, shortened:

    def project_order_1(source, place, run):
        if isinstance(source, Exception):
            raise source
        # Order.number
        try:
            v0 = source.number
            if v0 is not None:
                v0 = v0 if v0.__class__ is str else coerced(type_0, v0)
        except Exception as error:
            v0 = failed(error, run, (place, 'number'), field_0, type_0)
        # Order.totals
        try:
            v1 = source.totals
            if v1 is not None:
                v1 = project_order_totals_2(v1, (place, 'totals'), run)
        except Exception as error:
            v1 = failed(error, run, (place, 'totals'), field_1, type_1)
        return {'number': v0, 'totals': v1}

A `try` that nothing is raised in costs nothing, so the code is as fast as one that trusts its objects, and is right
when they break: `failed` keeps the error and gives None, or raises it on to the next field out where the type is
non-null. The text holds names made here, attributes of our types and response keys, which GraphQL's grammar
restricts to letters, digits and underscores; every other thing is reached by name.

Which fields an object has, with aliases, fragments, @skip and @include, and which nodes are merged into one, is
asked of the executor's own functions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    is_abstract_type,
    is_introspection_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql import get_named_type as named_type
from graphql.execution.collect_fields import FieldDetailsList, collect_fields

from orderweave.projection import projecting
from orderweave.projection.projecting import Abstract, Complete, Projection, Projector
from orderweave.projection.reading import Attribute, Declined, reading_of
from orderweave.projection.writing import NAMES, quick_test, quick_text

# Fields in one projection, counted wherever a fragment brings them: four times the largest screen of ours, and 0.1 s
# of work.
MOST_FIELDS = 1_000
_CAPITAL = re.compile(r"(?<=[a-z0-9])[A-Z]")
_CALLED = ("failed", "missing", "coerced", "required", "iterable", "wrong_kind")


def compile_projection(run: Projector, schema: strawberry.Schema) -> Projection:
    """The projection of the query that `run` was built for. Raises Declined where only the reference executor will do.

    It holds for every run of the operation in which @skip and @include say the same.
    """
    try:
        return _Code(run, schema).projection()
    except GraphQLError as error:
        raise Declined(f"a selection that fails as such: {error.message}") from None
    except RecursionError:
        raise Declined("a selection nested too deeply") from None


class _Spot:
    """The place of one field in the generated code: how the code speaks of it."""

    def __init__(self, parent: GraphQLObjectType, place: str, details: FieldDetailsList) -> None:
        self.parent = parent
        self.place = place
        self.details = details
        self.name = details[0].node.name.value
        self.coordinate = f"{parent.name}.{self.name}"


class _Code:
    """The text of one projection in the making, and what its names stand for."""

    def __init__(self, run: Projector, schema: strawberry.Schema) -> None:
        self._run = run
        self._schema = schema
        self._functions: list[str] = []
        self._names: dict[str, Any] = NAMES | {name: getattr(projecting, name) for name in _CALLED}
        self._named: dict[tuple[str, int], str] = {}
        self._fields = 0

    def projection(self) -> Projection:
        """Everything below the operation's root."""
        run = self._run
        root = run.schema.get_root_type(run.operation.operation)
        if root is None:
            raise Declined("an operation without a root type")
        found = collect_fields(run.schema, run.fragments, run.variable_values, root, run.operation)
        functions: dict[str, str] = {}
        for key, details in found.grouped_field_set.items():
            functions[key] = self._root(_Spot(root, "place", details))
        source = "\n\n".join(self._functions)
        names: dict[str, Any] = dict(self._names)
        code = compile(source, "<projection>", "exec")
        exec(code, names)  # noqa: S102 - the text is ours: see above for all that a document can put into it
        roots: Mapping[str, Complete] = {key: names[function] for key, function in functions.items()}
        return Projection(roots=roots, source=source)

    def _root(self, spot: _Spot) -> str:
        """A function that completes what a root field's resolver gave."""
        field = self._run.schema.get_field(spot.parent, spot.name)
        if field is None or is_introspection_type(named_type(field.type)):
            raise Declined("introspection")
        name = self._new_function("root")
        body = self._complete("value", field.type, spot.place, spot)
        self._functions.append(_text([f"def {name}(value, place, run):", *_indented(body), "    return value"]))
        return name

    def _object(self, kind: GraphQLObjectType, details: FieldDetailsList) -> str:
        """A function that projects an object of one type under one selection."""
        name = self._new_function(_snake(kind.name))
        body = ["if isinstance(source, Exception):", "    raise source"]
        if kind.is_type_of:
            test, type_name, field_name = (
                self._name("is_type", kind.is_type_of),
                self._name("type", kind),
                self._name("field", details),
            )
            body += [
                f"if not {test}(source, None):",
                f"    raise wrong_kind({type_name}, source, {field_name})",
            ]
        results: list[str] = []
        for key, found in self._run.collect_subfields(kind, details).grouped_field_set.items():
            self._count()
            value = f"v{len(results)}"
            results.append(f"{key!r}: {value}")
            spot = _Spot(kind, f"(place, {key!r})", found)
            body += [f"{value} = {kind.name!r}"] if spot.name == "__typename" else self._field(value, spot)
        body.append(f"return {{{', '.join(results)}}}")
        self._functions.append(_text([f"def {name}(source, place, run):", *_indented(body)]))
        return name

    def _field(self, value: str, spot: _Spot) -> list[str]:
        """The statements that read, complete and guard one field."""
        field = self._run.schema.get_field(spot.parent, spot.name)
        if field is None:
            raise Declined(f"no field {spot.coordinate}")
        reading = reading_of(field, spot.details[0].node, self._schema)
        if isinstance(reading, Attribute):
            read = f"source.{reading.name}"
        elif field.args:
            read = f"{self._name('call', reading.call)}(source, **run.arguments_of({self._name('arguments', reading)}))"
        else:
            read = f"{self._name('call', reading.call)}(source)"
        return [
            f"# {spot.coordinate}",
            "try:",
            *_indented([f"{value} = {read}", *self._complete(value, field.type, spot.place, spot)]),
            "except Exception as error:",
            f"    {value} = {self._failed(spot.place, field.type, spot)}",
        ]

    def _complete(self, value: str, kind: GraphQLOutputType, place: str, spot: _Spot) -> list[str]:
        """The statements that put a value's completion in its place; `place` is where it stands in the answer."""
        non_null = is_non_null_type(kind)
        inner: Any = kind.of_type if is_non_null_type(kind) else kind
        if is_leaf_type(inner):
            type_name = self._name("type", inner)
            slow = (
                f"required({type_name}, {value}, {spot.coordinate!r})" if non_null else f"coerced({type_name}, {value})"
            )
            test = quick_test(inner, value, self._name)
            written = [f"{value} = {quick_text(inner, value)} if {test} else {slow}" if test else f"{value} = {slow}"]
        elif is_list_type(inner):
            written = self._list(value, inner.of_type, place, spot)
        elif is_abstract_type(inner):
            written = self._abstract(value, inner, place, spot)
        else:
            written = [f"{value} = {self._object(inner, spot.details)}({value}, {place}, run)"]
        if not non_null:
            return [f"if {value} is not None:", *_indented(written)]
        if is_leaf_type(inner):
            return written
        return [f"if {value} is None:", f"    raise missing({spot.coordinate!r})", *written]

    def _list(self, value: str, kind: GraphQLOutputType, place: str, spot: _Spot) -> list[str]:
        """The statements that complete each item of a list."""
        items, item, index, at = f"{value}_items", f"{value}_item", f"{value}_index", f"{value}_at"
        return [
            f"{items} = {value}",
            f"if {items}.__class__ is not tuple and {items}.__class__ is not list:",
            f"    {items} = iterable({items}, {spot.coordinate!r})",
            f"{value} = []",
            f"{at} = {place}",
            f"for {index}, {item} in enumerate({items}):",
            "    try:",
            *_indented(self._complete(item, kind, f"({at}, {index})", spot), 2),
            "    except Exception as error:",
            f"        {item} = {self._failed(f'({at}, {index})', kind, spot)}",
            f"    {value}.append({item})",
        ]

    def _abstract(self, value: str, kind: Any, place: str, spot: _Spot) -> list[str]:
        """The statements that find an object's type and project it as that."""
        field = self._run.schema.get_field(spot.parent, spot.name)
        if field is None:
            raise Declined(f"no field {spot.coordinate}")
        possible = {each.name: each for each in self._run.schema.get_possible_types(kind)}
        functions = {name: self._object(each, spot.details) for name, each in possible.items()}
        abstract = self._name("abstract", Abstract(kind, field, spot.parent, spot.details))
        choice = ", ".join(f"{name!r}: {function}" for name, function in functions.items())
        return [f"{value} = {{{choice}}}[run.kind_of({value}, {spot.place}, {abstract})]({value}, {place}, run)"]

    def _failed(self, place: str, kind: GraphQLOutputType, spot: _Spot) -> str:
        return f"failed(error, run, {place}, {self._name('field', spot.details)}, {self._name('type', kind)})"

    def _name(self, prefix: str, thing: Any) -> str:
        """A name for a thing in the generated code; the same for the same thing."""
        known = self._named.get((prefix, id(thing)))
        if known is None:
            known = self._named[prefix, id(thing)] = f"{prefix}_{len(self._named)}"
            self._names[known] = thing
        return known

    def _new_function(self, what: str) -> str:
        self._count()
        return f"project_{what}_{self._fields}"

    def _count(self) -> None:
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise Declined(f"more than {MOST_FIELDS} fields")


def _snake(name: str) -> str:
    return _CAPITAL.sub(r"_\g<0>", name).lower()


def _indented(lines: list[str], depth: int = 1) -> list[str]:
    return ["    " * depth + line for line in lines]


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
