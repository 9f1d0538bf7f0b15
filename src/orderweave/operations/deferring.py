"""`@defer`: one operation as several, of which the first is answered at once and the others when they are ready.

What stands behind `@defer` is cut out of the operation and made an operation of its own that leads to the same place by
the same fields and arguments. Each is then run like any other: kept, compiled, limited and answered with errors in the
one form. A slow system so delays only the part that needs it, because only that part's plan asks it.

A fragment is deferred where one object has that place. Below a list, inside another deferred fragment, or where the
whole has more than `MOST_NODES` nodes once its fragments are spread, it is answered with the rest, which the
specification leaves to the server. Of a mutation nothing is, because its parts would each run it again. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    print_ast,
    visit,
)
from graphql.language import NameNode
from graphql.utilities import value_from_ast

DIRECTIVE = "defer"
# Nodes of an operation with those fragments spread in which something is deferred, beyond which nothing of it is.
MOST_NODES = 500
# Stands where all that was selected of an object is deferred; it is taken out of the answer.
_FILLER = "deferred__"

Path = tuple[str, ...]


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """A deferred part: a document of its own, where its data stands in the answer, and what the client calls it."""

    text: str
    variables: frozenset[str]
    path: Path
    label: str | None


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """An operation cut in parts. `empty` are the places from which the filler must be taken (`tidied`)."""

    now: str
    variables: frozenset[str]
    empty: tuple[Path, ...]
    later: tuple[Later, ...]

    def tidied(self, data: Any) -> Any:
        """The data of the first part without what stands only so that no selection is empty."""
        for path in self.empty:
            found = within(data, path)
            if found is not None:
                found.pop(_FILLER, None)
        return data


def within(data: Any, path: Path) -> dict[str, Any] | None:
    """The object at a place; None where the answer has none."""
    for key in path:
        if data is None:
            return None
        data = data[key]
    return data if isinstance(data, dict) else None


def without_defer(document: DocumentNode) -> DocumentNode:
    """The document with nothing deferred; the same one where nothing is."""
    found: DocumentNode = visit(document, _Undeferred())
    return found


def parts_of(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    schema: GraphQLSchema,
    variables: Mapping[str, Any],
    most: int,
) -> Parts | None:
    """The parts of an operation of a valid document; None where nothing of it is deferred, or more than `most` are."""
    if operation.operation is not OperationType.QUERY:
        return None
    root = schema.query_type
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    cut = _Cut(schema, fragments, variables)
    assert root is not None
    try:
        now = cut.now(operation.selection_set, root, (), ())
    except _TooLarge:
        return None
    if not 1 <= len(cut.later) <= most:
        return None
    text, used = _written(operation, now, fragments)
    later = []
    for place, wrapped, label in cut.later:
        part, needed = _written(operation, SelectionSetNode(selections=(wrapped,)), fragments)
        later.append(Later(text=part, variables=needed, path=place, label=label))
    return Parts(now=text, variables=used, empty=tuple(cut.empty), later=tuple(later))


class _TooLarge(Exception):
    """The operation has too many nodes to be cut."""


# What leads to a place: fields with their arguments, and fragments with their conditions, from the root on.
_Way = tuple[FieldNode | InlineFragmentNode, ...]


class _Cut:
    """One walk over an operation, taking out what is deferred."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._deferring = _with_deferred(fragments)
        self._nodes = 0
        self.later: list[tuple[Path, SelectionNode, str | None]] = []
        self.empty: list[Path] = []

    def now(self, selected: SelectionSetNode, kind: GraphQLNamedType, way: _Way, path: Path) -> SelectionSetNode:
        """What is left of a selection on one object."""
        kept = self._kept(selected, kind, way, path)
        if not kept:
            self.empty.append(path)
            kept = [FieldNode(alias=NameNode(value=_FILLER), name=NameNode(value="__typename"))]
        return SelectionSetNode(selections=tuple(kept))

    def _kept(self, selected: SelectionSetNode, kind: GraphQLNamedType, way: _Way, path: Path) -> list[SelectionNode]:
        kept: list[SelectionNode] = []
        for node in selected.selections:
            self._nodes += 1
            if self._nodes > MOST_NODES:
                raise _TooLarge
            if isinstance(node, FieldNode):
                kept.append(self._field(node, kind, way, path))
                continue
            if isinstance(node, FragmentSpreadNode) and not self._defers(node):
                kept.append(node)
                continue
            fragment = self._opened(node)
            inner = self._type_of(fragment, kind)
            directive = _deferring(fragment.directives)
            plain = _with(fragment, directives=tuple(d for d in fragment.directives or () if d is not directive))
            if directive is not None and self._is_on(directive):
                spread = _with(plain, selection_set=visit(plain.selection_set, _Undeferred()))
                self.later.append((path, _wrapped(way, spread), self._label(directive)))
                continue
            left = self._kept(plain.selection_set, inner, (*way, plain), path)
            if left:
                kept.append(_with(plain, selection_set=SelectionSetNode(selections=tuple(left))))
        return kept

    def _field(self, node: FieldNode, kind: GraphQLNamedType, way: _Way, path: Path) -> FieldNode:
        """A field as it stands now: below a list nothing is taken out."""
        if node.selection_set is None or not isinstance(kind, GraphQLObjectType) or node.name.value not in kind.fields:
            return node if node.selection_set is None else _undeferred(node)
        type_ = kind.fields[node.name.value].type
        inner = get_named_type(type_)
        nullable = type_.of_type if is_non_null_type(type_) else type_
        if is_list_type(nullable) or not is_composite_type(inner):
            return _undeferred(node)
        key = node.alias.value if node.alias else node.name.value
        left = self.now(node.selection_set, inner, (*way, node), (*path, key))
        found: FieldNode = _with(node, selection_set=left)
        return found

    def _defers(self, spread: FragmentSpreadNode) -> bool:
        """Whether a spread is deferred, or something is in its fragment or in one that this spreads."""
        return _deferring(spread.directives) is not None or spread.name.value in self._deferring

    def _opened(self, node: SelectionNode) -> InlineFragmentNode:
        """A fragment where it stands, spread out if it was a spread."""
        if isinstance(node, InlineFragmentNode):
            return node
        assert isinstance(node, FragmentSpreadNode)
        fragment = self._fragments[node.name.value]
        return InlineFragmentNode(
            type_condition=fragment.type_condition,
            directives=tuple(node.directives or ()),
            selection_set=fragment.selection_set,
        )

    def _type_of(self, fragment: InlineFragmentNode, kind: GraphQLNamedType) -> GraphQLNamedType:
        condition = fragment.type_condition
        return self._schema.type_map[condition.name.value] if condition else kind

    def _is_on(self, directive: DirectiveNode) -> bool:
        for argument in directive.arguments or ():
            if argument.name.value == "if":
                if isinstance(argument.value, VariableNode):
                    return bool(self._variables.get(argument.value.name.value, True))
                return not isinstance(argument.value, BooleanValueNode) or argument.value.value
        return True

    @staticmethod
    def _label(directive: DirectiveNode) -> str | None:
        for argument in directive.arguments or ():
            if argument.name.value == "label":
                found = value_from_ast(argument.value, GraphQLString)
                return found if isinstance(found, str) else None
        return None


class _Undeferred(Visitor):
    """Takes every @defer out."""

    def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
        """Each directive, wherever it stands."""
        return self.REMOVE if node.name.value == DIRECTIVE else None


class _Names(Visitor):
    """Collects the variables and fragments that are used, and whether something is deferred."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.fragments: set[str] = set()
        self.deferred = False

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        """Each directive."""
        self.deferred = self.deferred or node.name.value == DIRECTIVE

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """Each variable."""
        self.variables.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        """Each spread."""
        self.fragments.add(node.name.value)


def _written(
    operation: OperationDefinitionNode,
    selected: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> tuple[str, frozenset[str]]:
    """A document with this selection, the variables and fragments that it uses, and no others."""
    names = _Names()
    visit(selected, names)
    for directive in operation.directives or ():
        visit(directive, names)
    needed: dict[str, FragmentDefinitionNode] = {}
    while missing := sorted(names.fragments - needed.keys()):
        for name in missing:
            needed[name] = visit(fragments[name], _Undeferred())
            visit(needed[name], names)
    definitions = tuple(
        definition
        for definition in operation.variable_definitions or ()
        if definition.variable.name.value in names.variables
    )
    made = _with(operation, selection_set=selected, variable_definitions=definitions)
    document = DocumentNode(definitions=(made, *(needed[name] for name in sorted(needed))))
    return print_ast(document), frozenset(names.variables)


def _with_deferred(fragments: Mapping[str, FragmentDefinitionNode]) -> set[str]:
    """The fragments in which something is deferred, by whatever number of spreads."""
    found: set[str] = set()
    spreads: dict[str, set[str]] = {}
    for name, fragment in fragments.items():
        names = _Names()
        visit(fragment, names)
        spreads[name] = names.fragments
        if names.deferred:
            found.add(name)
    while more := {name for name, inner in spreads.items() if inner & found} - found:
        found |= more
    return found


def _wrapped(way: Sequence[FieldNode | InlineFragmentNode], inner: SelectionNode) -> SelectionNode:
    """What leads to a place with one thing alone selected there."""
    for node in reversed(way):
        inner = _with(node, selection_set=SelectionSetNode(selections=(inner,)))
    return inner


def _undeferred(node: FieldNode) -> FieldNode:
    found: FieldNode = visit(node, _Undeferred())
    return found


def _deferring(directives: Iterable[DirectiveNode] | None) -> DirectiveNode | None:
    return next((directive for directive in directives or () if directive.name.value == DIRECTIVE), None)


def _with(node: Any, **changed: Any) -> Any:
    """A node with some of its parts exchanged."""
    kept = {key: getattr(node, key) for key in node.keys if key != "loc" and hasattr(node, key)}
    assert isinstance(node, Node)
    return type(node)(**(kept | changed))
