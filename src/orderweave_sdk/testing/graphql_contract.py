"""Holding operations, variables, answers and simulators' schemas against a vendor's GraphQL contract.

Every check gives back its findings as sentences; an empty list means that nothing contradicts the contract.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    build_client_schema,
    build_schema,
    is_abstract_type,
    is_introspection_type,
    is_leaf_type,
    is_specified_scalar_type,
    parse,
    value_from_ast_untyped,
)
from graphql import validate as validate_document
from graphql.execution.values import get_variable_values

from orderweave_sdk.testing.graphql_scalars import scalar_problem
from orderweave_sdk.testing.simulator import LoggedCall

# Every scalar travels as its name says.
_AS_NAMED: Mapping[str, str] = {}


@lru_cache(maxsize=8)
def load_contract(path: Path) -> GraphQLSchema:
    """The schema in a file: introspection JSON, with or without its `data` wrapper, or SDL. Kept by path."""
    text = path.read_text()
    if path.suffix != ".json":
        return build_schema(text, assume_valid=True)
    document = json.loads(text)
    return build_client_schema(document.get("data", document), assume_valid=True)


def operation_problems(schema: GraphQLSchema, document: str) -> list[str]:
    """Why the vendor would refuse the document, by the specification's own rules; deprecated fields may be used."""
    try:
        parsed = _parsed(document)
    except GraphQLError as error:
        return [f"the document cannot be parsed: {error.message}"]
    return [error.message for error in validate_document(schema, parsed, allow_empty_selection_sets=False)]


def variable_problems(
    schema: GraphQLSchema, document: str, variables: Mapping[str, Any], operation_name: str | None = None
) -> list[str]:
    """Why the variables do not fit the operation: wrong or missing values, and values that nobody declared."""
    definitions = _operation(_parsed(document), operation_name).variable_definitions or ()
    declared = {definition.variable.name.value for definition in definitions}
    found = [f"variable {name!r} is not declared by the operation" for name in variables if name not in declared]
    result = get_variable_values(schema, definitions, dict(variables))
    if isinstance(result, list):
        found += [error.message for error in result]
    return found


def payload_problems(
    schema: GraphQLSchema,
    document: str,
    data: Any,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
    *,
    scalars: Mapping[str, str] = _AS_NAMED,
) -> list[str]:
    """Where `data` is not what the operation selects: names the path, and never quotes a value.

    Checked along the selection, with fragments, aliases, @include and @skip: nothing missing, nothing extra,
    nullability, list shape, enum members and the scalars' JSON types. A null that an error explains is the
    caller's to allow, by handing over what stands beside it. `scalars` says of a vendor's scalar as which other it
    travels, where its name means something else with other vendors: {"Money": "Int"}.
    """
    parsed = _parsed(document)
    operation = _operation(parsed, operation_name)
    root = schema.get_root_type(operation.operation)
    if root is None:
        return [f"the contract has no {operation.operation.value}"]
    walk = _Walk(schema, _fragments(parsed), dict(variables or {}), operation, scalars=scalars)
    return list(walk.object(root, [operation.selection_set], data, "data"))


def answers_problems(
    schema: GraphQLSchema, calls: Iterable[LoggedCall], *, scalars: Mapping[str, str] = _AS_NAMED
) -> list[str]:
    """Everything wrong with the GraphQL calls that a simulator logged: documents, variables and answers.

    Calls that are not GraphQL, and answers that are not 200, are left alone. `scalars` as for `payload_problems`.
    """
    found: list[str] = []
    known: dict[str, list[str]] = {}
    for call in calls:
        body = call.request.json() if call.request.method == "POST" else None
        if not isinstance(body, dict) or "query" not in body or call.answer.status != 200:
            continue
        document, variables, name = body["query"], body.get("variables") or {}, body.get("operationName")
        if document not in known:
            known[document] = operation_problems(schema, document)
            found += [f"{call.operation}: {problem}" for problem in known[document]]
        if known[document]:
            continue
        problems = variable_problems(schema, document, variables, name)
        answer = json.loads(call.answer.body)
        if set(answer) - {"data", "errors", "extensions"}:
            problems.append("the answer holds more than data, errors and extensions")
        if answer.get("data") is not None:
            problems += payload_problems(schema, document, answer["data"], variables, name, scalars=scalars)
        elif not answer.get("errors"):
            problems.append("the answer holds neither data nor errors")
        found += [f"{call.operation}: {problem}" for problem in problems]
    return found


def subset_problems(ours: GraphQLSchema, contract: GraphQLSchema) -> list[str]:
    """Where a simulator's own small schema says something that the contract does not.

    Every type, field, argument, enum value and input field of ours must stand in the contract with the same
    type and nullability; what the contract has beyond is not missed, but for required arguments.
    """
    found: list[str] = []
    for name, type_ in ours.type_map.items():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        other = contract.get_type(name)
        if other is None or type(other) is not type(type_):
            found.append(f"{name}: the contract has no such {type(type_).__name__}")
        else:
            found += [f"{name}{problem}" for problem in _type_problems(type_, other)]
    return found


def _type_problems(ours: GraphQLNamedType, other: Any) -> Iterator[str]:
    if isinstance(ours, GraphQLEnumType):
        yield from (f".{value}: not a value of the contract" for value in ours.values if value not in other.values)
    elif isinstance(ours, GraphQLUnionType):
        members = {member.name for member in other.types}
        yield from (f": {member.name} is not a member" for member in ours.types if member.name not in members)
    elif isinstance(ours, GraphQLInputObjectType):
        for name, field in ours.fields.items():
            if name not in other.fields:
                yield f".{name}: not in the contract"
            elif str(field.type) != str(other.fields[name].type):
                yield f".{name}: {field.type} here, {other.fields[name].type} in the contract"
    elif isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
        interfaces = {interface.name for interface in other.interfaces}
        yield from (f": does not implement {i.name}" for i in ours.interfaces if i.name not in interfaces)
        for name, field in ours.fields.items():
            if name not in other.fields:
                yield f".{name}: not in the contract"
            else:
                yield from (f".{name}{problem}" for problem in _field_problems(field, other.fields[name]))


def _field_problems(ours: Any, other: Any) -> Iterator[str]:
    if str(ours.type) != str(other.type):
        yield f": {ours.type} here, {other.type} in the contract"
    for name, argument in ours.args.items():
        if name not in other.args:
            yield f"({name}): not in the contract"
        elif str(argument.type) != str(other.args[name].type):
            yield f"({name}): {argument.type} here, {other.args[name].type} in the contract"
    for name, argument in other.args.items():
        if isinstance(argument.type, GraphQLNonNull) and argument.default is None and name not in ours.args:
            yield f"({name}): required by the contract"


class _Walk:
    """One walk of an answer along one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: dict[str, Any],
        operation: OperationDefinitionNode,
        *,
        scalars: Mapping[str, str],
    ) -> None:
        self._schema = schema
        self._scalars = scalars
        self._fragments = fragments
        defaults = {
            definition.variable.name.value: value_from_ast_untyped(definition.default_value)
            for definition in operation.variable_definitions or ()
            if definition.default_value is not None
        }
        self._variables = {**defaults, **variables}

    def object(self, type_: GraphQLCompositeType, sets: list[SelectionSetNode], data: Any, path: str) -> Iterator[str]:
        if not isinstance(data, dict):
            yield f"{path}: an object of type {type_.name} expected"
            return
        concrete = self._concrete(type_, sets, data)
        if concrete is None:
            yield f"{path}: select __typename, or the fields of {type_.name} cannot be checked"
            return
        selected: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            self._collect(concrete, selection_set, selected)
        yield from (f"{path}.{name}: missing" for name in selected if name not in data)
        yield from (f"{path}.{name}: not selected" for name in data if name not in selected)
        for name, nodes in selected.items():
            if name in data:
                field = nodes[0].name.value
                expected = self._schema.get_field(concrete, field)
                if expected is None:
                    yield f"{path}.{name}: the contract has no field {concrete.name}.{field}"
                else:
                    yield from self._value(expected.type, nodes, data[name], f"{path}.{name}")

    def _value(self, type_: Any, nodes: list[FieldNode], value: Any, path: str) -> Iterator[str]:
        if isinstance(type_, GraphQLNonNull):
            if value is None:
                yield f"{path}: null, but the contract says {type_}"
                return
            type_ = type_.of_type
        if value is None:
            return
        if isinstance(type_, GraphQLList):
            if not isinstance(value, list):
                yield f"{path}: a list expected"
                return
            for position, item in enumerate(value):
                yield from self._value(type_.of_type, nodes, item, f"{path}[{position}]")
        elif is_leaf_type(type_):
            problem = _leaf_problem(type_, value, self._scalars)
            if problem:
                yield f"{path}: {problem}"
        else:
            sets = [node.selection_set for node in nodes if node.selection_set is not None]
            yield from self.object(type_, sets, value, path)

    def _concrete(
        self, type_: GraphQLCompositeType, sets: list[SelectionSetNode], data: Mapping[str, Any]
    ) -> GraphQLCompositeType | None:
        """The type that the selection applies to: named by __typename, or the abstract one if nothing asks."""
        if not is_abstract_type(type_):
            return type_
        named = self._schema.get_type(str(data.get(self._typename_key(sets), "")))
        if isinstance(named, GraphQLObjectType) and self._schema.is_sub_type(type_, named):
            return named
        plain = all(isinstance(selection, FieldNode) for chosen in sets for selection in chosen.selections)
        return type_ if plain else None

    def _typename_key(self, sets: list[SelectionSetNode]) -> str:
        for selection_set in sets:
            for selection in selection_set.selections:
                if isinstance(selection, FieldNode) and selection.name.value == "__typename":
                    return selection.alias.value if selection.alias else "__typename"
        return "__typename"

    def _collect(
        self, type_: GraphQLCompositeType, selection_set: SelectionSetNode, into: dict[str, list[FieldNode]]
    ) -> None:
        for selection in selection_set.selections:
            if not self._wanted(selection):
                continue
            if isinstance(selection, FieldNode):
                name = selection.alias.value if selection.alias else selection.name.value
                into.setdefault(name, []).append(selection)
                continue
            inner: InlineFragmentNode | FragmentDefinitionNode
            if isinstance(selection, FragmentSpreadNode):
                inner = self._fragments[selection.name.value]
            elif isinstance(selection, InlineFragmentNode):
                inner = selection
            else:
                raise TypeError(f"a selection of kind {selection.kind}")
            if inner.type_condition is None or self._applies(inner.type_condition.name.value, type_):
                self._collect(type_, inner.selection_set, into)

    def _applies(self, condition: str, type_: GraphQLCompositeType) -> bool:
        if condition == type_.name:
            return True
        wider = self._schema.get_type(condition)
        return is_abstract_type(wider) and not is_abstract_type(type_) and self._schema.is_sub_type(wider, type_)

    def _wanted(self, selection: SelectionNode) -> bool:
        for directive in selection.directives or ():
            if directive.name.value not in ("include", "skip"):
                continue
            for condition in directive.arguments or ():
                holds = bool(value_from_ast_untyped(condition.value, self._variables))
                if holds != (directive.name.value == "include"):
                    return False
        return True


def _leaf_problem(type_: GraphQLScalarType | GraphQLEnumType, value: Any, scalars: Mapping[str, str]) -> str | None:
    if isinstance(type_, GraphQLEnumType):
        return None if value in type_.values else f"not a value of the enum {type_.name}"
    return scalar_problem(scalars.get(type_.name, type_.name), value)


@lru_cache(maxsize=256)
def _parsed(document: str) -> DocumentNode:
    return parse(document, no_location=True, allow_empty_selection_sets=False)


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation of that name, or the only one; raises ValueError when that leaves none or several."""
    found = [
        node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and (name is None or (node.name and node.name.value == name))
    ]
    if len(found) != 1:
        raise ValueError(f"the document has {len(found)} operations to choose from; exactly one is needed")
    return found[0]
