"""The response price: how many values an answer may hold, by what the schema says of its lists.

Each fragment is priced once for each type that it stands on, so the work is linear in the document; a price stops
growing at `MOST`. What a field says twice counts twice: the price is a bound, and merging it away would not be linear.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    is_abstract_type,
)
from graphql.execution.values import VariableValues

from orderweave.operations.selection import included
from orderweave.operations.shape import MOST
from orderweave.operations.weights import Weight, Weights

# What a selection costs in any case, and for each entry of the list that the field above it pages.
_Price: TypeAlias = tuple[int, int]
_DIGITS = 16
_NONE: frozenset[str] = frozenset()


class ResponsePrice:
    """One pricing of an operation. Without `variables` what depends on them counts as assumed, and as included.

    `steps` is the work: how many selections were looked at.
    """

    def __init__(
        self,
        weights: Weights,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues | None,
    ) -> None:
        self._weights = weights
        self._fragments = fragments
        self._variables = variables
        self._known: dict[tuple[str, str, frozenset[str]], _Price] = {}
        self.steps = 0

    def of(self, operation: Any, root: GraphQLNamedType) -> int:
        """The price of a valid operation."""
        return self._set(operation.selection_set, root.name, _NONE)[0]

    def _set(self, selections: SelectionSetNode, owner: str, sized: frozenset[str]) -> _Price:
        """The price of a selection on an object of one type; the fields in `sized` are the lists of a page."""
        fixed = each = 0
        for selection in selections.selections:
            self.steps += 1
            if not included(selection, self._variables):
                continue
            if isinstance(selection, FieldNode):
                name = selection.name.value
                if not self._weights.has(owner, name):
                    continue
                weight = self._weights.of(owner, name)
                if name in sized:
                    each += self._field(selection, weight, 1)
                else:
                    fixed += self._field(selection, weight, entries(selection, weight, self._variables))
                continue
            more = self._spread(selection, owner, sized)
            fixed += more[0]
            each += more[1]
        return min(MOST, fixed), min(MOST, each)

    def _field(self, node: FieldNode, weight: Weight, size: int) -> int:
        fixed = each = 0
        if weight.below is not None and node.selection_set is not None:
            for kind in self._weights.possible(weight.below):
                price = self._set(node.selection_set, kind.name, weight.sized)
                fixed, each = max(fixed, price[0]), max(each, price[1])
        if weight.sized:
            return min(MOST, weight.each + fixed + size * each)
        return min(MOST, size * (weight.each + fixed))

    def _spread(self, selection: Any, owner: str, sized: frozenset[str]) -> _Price:
        """The price of an inline fragment or of one spread by name, on an object of one type."""
        if isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            if condition is not None and not self._applies(condition.name.value, owner):
                return 0, 0
            return self._set(selection.selection_set, owner, sized)
        assert isinstance(selection, FragmentSpreadNode)
        fragment = self._fragments[selection.name.value]
        if not self._applies(fragment.type_condition.name.value, owner):
            return 0, 0
        key = (selection.name.value, owner, sized)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._set(fragment.selection_set, owner, sized)
        return known

    def _applies(self, condition: str, owner: str) -> bool:
        """Whether an object of the type `owner` is of the type that a fragment stands on."""
        if condition == owner:
            return True
        kind: Any = self._weights.schema.type_map[condition]
        return is_abstract_type(kind) and any(
            each.name == owner for each in self._weights.schema.get_possible_types(kind)
        )


def entries(node: FieldNode, weight: Weight, variables: VariableValues | None) -> int:
    """The entries of a field's list: the most that its slicing arguments say, else what is assumed."""
    if not weight.slicing:
        return weight.size
    given = [
        size
        for argument in node.arguments or ()
        if argument.name.value in weight.slicing and (size := _said(argument.value, variables)) is not None
    ]
    return max(given, default=weight.size)


def _said(value: ValueNode, variables: VariableValues | None) -> int | None:
    if isinstance(value, VariableNode):
        return size_of(variables.coerced.get(value.name.value)) if variables is not None else None
    if isinstance(value, IntValueNode):
        return max(0, int(value.value)) if len(value.value) <= _DIGITS else MOST
    if isinstance(value, ListValueNode):
        return len(value.values)
    return None


def size_of(value: Any) -> int | None:
    """How many entries a slicing argument with this value means; None where it says nothing."""
    if isinstance(value, int):
        return max(0, value)
    if isinstance(value, list | tuple):
        return len(value)
    return None
