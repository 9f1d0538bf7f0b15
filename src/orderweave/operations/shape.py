"""What an operation looks like before anybody knows its variables: how deep, how many aliases, how many fields.

Everything counts as often as it stands in the operation with its fragments spread. Each fragment is walked once, so the
work is linear in the document whatever the numbers come to; they stop growing at `MOST`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from orderweave.operations.weights import INTROSPECTION_ROOTS

# The fields that tell of the schema: those of every schema, and the one by which a federation reads a subgraph's.
_TELLING = frozenset({*INTROSPECTION_ROOTS, "_service"})
# Counts and prices stop here: well past any limit, well within what a number in JSON may be.
MOST = 2**53 - 1


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of one operation or of a part of it.

    `depth` is how deep fields nest, introspection not counted in. `roots` are the fields at the top. `steps` is the
    work: how many selections were looked at.
    """

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    roots: int = 0
    introspects: bool = False
    steps: int = 0


def shape_of(operation: Any, fragments: Mapping[str, FragmentDefinitionNode]) -> Shape:
    """The shape of an operation. It need not be valid: what is not defined counts nothing, nor what spreads itself.

    Raises RecursionError for one that nests deeper than Python goes.
    """
    walk = _Walk(fragments)
    found = walk.below(operation.selection_set)
    directives = len(operation.directives or ()) + sum(
        len(each.directives or ()) for each in operation.variable_definitions or ()
    )
    return msgspec.structs.replace(found, directives=min(MOST, found.directives + directives), steps=walk.steps)


class _Walk:
    """One walk over an operation."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Shape] = {}
        self.steps = 0

    def below(self, selections: SelectionSetNode) -> Shape:
        """The counts of everything in a selection set."""
        depth = aliases = directives = fields = roots = 0
        introspects = False
        for selection in selections.selections:
            self.steps += 1
            directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                found = self.below(selection.selection_set) if selection.selection_set else _LEAF
                hidden = selection.name.value in _TELLING
                depth = max(depth, 1 if hidden else found.depth + 1)
                aliases += selection.alias is not None
                fields += 1
                roots += 1
                introspects |= hidden
            else:
                if isinstance(selection, InlineFragmentNode):
                    found = self.below(selection.selection_set)
                else:
                    assert isinstance(selection, FragmentSpreadNode)
                    found = self._fragment(selection.name.value)
                depth = max(depth, found.depth)
                roots += found.roots
            aliases += found.aliases
            directives += found.directives
            fields += found.fields
            introspects |= found.introspects
        return Shape(
            depth=depth,
            aliases=min(MOST, aliases),
            directives=min(MOST, directives),
            fields=min(MOST, fields),
            roots=min(MOST, roots),
            introspects=introspects,
        )

    def _fragment(self, name: str) -> Shape:
        found = self._known.get(name)
        if found is None:
            self._known[name] = _LEAF  # while it is walked, so that a circle ends
            fragment = self._fragments.get(name)
            if fragment is None:
                return _LEAF
            found = self.below(fragment.selection_set)
            more = len(fragment.directives or ())
            if more:
                found = msgspec.structs.replace(found, directives=min(MOST, found.directives + more))
            self._known[name] = found
        return found


_LEAF = Shape()
