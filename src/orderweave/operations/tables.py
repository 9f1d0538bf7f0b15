"""Answers as tables: the rows of the one list that an operation asks for, one column for each leaf of its selection.

Before the operation runs, what a table cannot hold is asked beside it: how complete the list is, and where it goes on.
What stands deeper than a row holds (a list, an interface) is one column of JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import msgspec
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Visitor,
    get_named_type,
    is_leaf_type,
    is_list_type,
    parse,
    print_ast,
    visit,
)
from graphql.execution.values import VariableValues, get_variable_values

from orderweave.answering.errors import RequestError, bad_input
from orderweave.exporting.layout import Kind
from orderweave.exporting.writing import Column, Row
from orderweave.operations.answers import Answer, Request
from orderweave.operations.documents import LONGEST_DOCUMENT
from orderweave.operations.selection import included

# The lists of a connection, and of groups.
_LISTS = ("nodes", "groups")
_COVERAGE, _PAGE = "orderweaveCoverage", "orderweavePage"
_BESIDE = {
    "coverage": f"{_COVERAGE}: coverage {{ complete sources {{ system ok truncated }} }}",
    "pageInfo": f"{_PAGE}: pageInfo {{ hasNextPage endCursor }}",
}
_KINDS = {"Int": Kind.WHOLE, "Boolean": Kind.TRUTH, "DateTime": Kind.INSTANT}
_NUMBERS = frozenset({"Decimal", "Quantity", "Float"})
_GROUP_KEY = "GroupKey"
_SCALE = 4


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Columns and rows. `missing` are the systems of which the list may lack something (None: nobody can say), and
    `next_cursor` is where it goes on, None at its end.
    """

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    missing: tuple[str, ...] | None
    next_cursor: str | None


class _Leaf(msgspec.Struct, frozen=True):
    """A column in the making: the response keys that lead to it, and the name of its scalar; None for JSON."""

    path: tuple[str, ...]
    scalar: str | None
    keys_of_group: bool = False


class Tabled:
    """One request whose answer is to be a table; raises RequestError for one that can be none.

    `request` is what is run in its place. What is no valid document is left as it is: whoever runs it says so.
    """

    def __init__(self, request: Request, schema: GraphQLSchema, most_tokens: int) -> None:
        self._schema = schema
        self._given = request
        self.request = request
        self._root: FieldNode | None = None
        if len(request.query) > LONGEST_DOCUMENT:
            return
        try:
            document = parse(request.query, max_tokens=most_tokens)
        except GraphQLError:
            return
        operations = [
            node
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
            and request.operation_name in (None, node.name.value if node.name else None)
        ]
        if len(operations) != 1:
            return
        (self._operation,) = operations
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._root = self._only_root()
        kind = self._kind_of_root()
        if kind is None or self._root.selection_set is None:
            return
        more = " ".join(text for name, text in _BESIDE.items() if name in kind.fields)
        beside = cast("OperationDefinitionNode", parse(f"{{ {more} }}").definitions[0])
        wider = visit(document, _Widening(self._root.selection_set, beside.selection_set))
        self.request = msgspec.structs.replace(request, query=print_ast(wider))

    def table(self, answer: Answer) -> Table:
        """The table in an answer without errors."""
        assert self._root is not None
        data = msgspec.json.decode(msgspec.json.encode(answer.data))
        found = data[_key(self._root)]
        leaves, lists = self._leaves()
        rows = [row for name in lists for row in found[name] or ()]
        columns, made = _made(leaves, [row if isinstance(row, dict) else {} for row in rows])
        coverage, page = found.get(_COVERAGE), found.get(_PAGE)
        missing = (
            tuple(source["system"] for source in coverage["sources"] if not source["ok"] or source["truncated"])
            if coverage is not None
            else None
        )
        following = page["endCursor"] if page is not None and page["hasNextPage"] else None
        return Table(columns=columns, rows=made, missing=missing, next_cursor=following)

    def _only_root(self) -> FieldNode:
        selections = self._operation.selection_set.selections
        if self._operation.operation is not OperationType.QUERY or len(selections) != 1:
            raise _not_a_table()
        (root,) = selections
        if not isinstance(root, FieldNode) or root.directives or root.name.value.startswith("__"):
            raise _not_a_table()
        return root

    def _kind_of_root(self) -> GraphQLObjectType | None:
        """The connection that the root field gives; None for a field that there is not."""
        assert self._root is not None
        query = self._schema.query_type
        field = query.fields.get(self._root.name.value) if query else None
        if field is None:
            return None
        kind = get_named_type(field.type)
        if not isinstance(kind, GraphQLObjectType) or not any(name in kind.fields for name in _LISTS):
            raise _not_a_table()
        return kind

    def _leaves(self) -> tuple[list[_Leaf], list[str]]:
        """The columns, and the response key of the list; raises RequestError where there is not exactly one."""
        assert self._root is not None
        assert self._root.selection_set is not None
        kind = self._kind_of_root()
        assert kind is not None
        variables = get_variable_values(
            self._schema, self._operation.variable_definitions or (), dict(self._given.variables or {})
        )
        held = variables if isinstance(variables, VariableValues) else None
        lists = {
            _key(node): node
            for node, _ in self._fields(self._root.selection_set, kind, held)
            if node.name.value in _LISTS
        }
        if len(lists) != 1:
            raise _not_a_table()
        ((name, node),) = lists.items()
        inner = get_named_type(kind.fields[node.name.value].type)
        assert isinstance(inner, GraphQLObjectType)
        nodes = [each for each, _ in self._fields(self._root.selection_set, kind, held) if _key(each) == name]
        found = {leaf.path: leaf for each in nodes for leaf in self._below(each, inner, (), held)}
        return list(found.values()), [name]

    def _below(
        self, node: FieldNode, kind: GraphQLObjectType, path: tuple[str, ...], variables: VariableValues | None
    ) -> Iterator[_Leaf]:
        assert node.selection_set is not None
        for field, owner in self._fields(node.selection_set, kind, variables):
            here = (*path, _key(field))
            if field.name.value.startswith("__"):
                yield _Leaf(here, "String")
                continue
            given = owner.fields[field.name.value].type
            bare: Any = given.of_type if isinstance(given, GraphQLNonNull) else given
            if is_leaf_type(bare):
                yield _Leaf(here, bare.name)
            elif is_list_type(bare) or not isinstance(bare, GraphQLObjectType):
                yield _Leaf(here, None, keys_of_group=get_named_type(bare).name == _GROUP_KEY)
            else:
                yield from self._below(field, bare, here, variables)

    def _fields(
        self, selections: SelectionSetNode, kind: GraphQLObjectType, variables: VariableValues | None
    ) -> Iterator[tuple[FieldNode, GraphQLObjectType]]:
        """The fields of an object that are selected, fragments spread."""
        for selection in selections.selections:
            if not included(selection, variables):
                continue
            if isinstance(selection, FieldNode):
                yield selection, kind
            elif isinstance(selection, InlineFragmentNode):
                if self._fits(selection.type_condition.name.value if selection.type_condition else kind.name, kind):
                    yield from self._fields(selection.selection_set, kind, variables)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self._fragments[selection.name.value]
                if self._fits(fragment.type_condition.name.value, kind):
                    yield from self._fields(fragment.selection_set, kind, variables)

    def _fits(self, name: str, kind: GraphQLObjectType) -> bool:
        return name == kind.name or any(interface.name == name for interface in kind.interfaces)


class _Widening(Visitor):
    """Puts more selections into one place."""

    def __init__(self, place: SelectionSetNode, more: SelectionSetNode) -> None:
        super().__init__()
        self._place = place
        self._more = more

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode | None:
        """The selections with those that come beside them."""
        if node is not self._place:
            return None
        return SelectionSetNode(selections=(*node.selections, *self._more.selections))


def _not_a_table() -> RequestError:
    message = "a table is of one query with one field that gives a list (orders, orderAggregates): select its nodes"
    return bad_input(f"{message} or groups once, and no other list")


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def _made(leaves: Sequence[_Leaf], found: Sequence[Mapping[str, Any]]) -> tuple[tuple[Column, ...], list[Row]]:
    """The columns, and the rows in their order."""
    columns: list[Column] = []
    values: list[list[Any]] = []
    for leaf in leaves:
        given = [_at(row, leaf.path) for row in found]
        if leaf.keys_of_group and _are_keys(given):
            for place, key in enumerate(given[0]):
                columns.append(Column(".".join((*leaf.path, key["field"])), Kind.TEXT))
                values.append([keys[place]["value"] for keys in given])
            continue
        column, made = _column(leaf, given)
        columns.append(column)
        values.append(made)
    return tuple(columns), [tuple(row) for row in zip(*values, strict=True)] if found else []


def _column(leaf: _Leaf, given: Sequence[Any]) -> tuple[Column, list[Any]]:
    name = ".".join(leaf.path)
    if leaf.scalar is None:
        written = [None if value is None else msgspec.json.encode(value).decode() for value in given]
        return Column(name, Kind.TEXT), written
    if leaf.scalar in _NUMBERS:
        numbers = [None if value is None else Decimal(str(value)) for value in given]
        places = [-int(number.as_tuple().exponent) for number in numbers if number is not None]
        return Column(name, Kind.AMOUNT, max([_SCALE, *places])), numbers
    kind = _KINDS.get(leaf.scalar, Kind.TEXT)
    if kind is Kind.INSTANT:
        return Column(name, kind), [None if value is None else msgspec.convert(value, datetime) for value in given]
    return Column(name, kind), list(given)


def _are_keys(given: Sequence[Any]) -> bool:
    """Whether these are keys of groups with the names and values by which they were grouped, one column each."""
    return bool(given) and all(
        isinstance(keys, list) and all(key.keys() >= {"field", "value"} for key in keys) for keys in given
    )


def _at(row: Any, path: Sequence[str]) -> Any:
    for name in path:
        if row is None:
            return None
        row = row[name]
    return row
