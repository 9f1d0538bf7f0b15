"""What a document must keep to be run: the specification's rules, and those of this schema."""

from __future__ import annotations

from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    ValidationRule,
)
from graphql import specified_rules as specified
from graphql.validation.validate import ValidationAbortedError

from orderweave.operations.freshness import FreshnessAtRoots

# Comparisons of fields for one document, each of which takes half a microsecond: graphql-core's own bound is ten times
# as many, which takes a fifth of a second. A thousand tokens of what people write need a few hundred.
MOST_COMPARISONS = 50_000


class TooManyComparisons(Exception):
    """A document would take more comparisons of fields that may overlap than there may be."""


class OverlappingFields(OverlappingFieldsCanBeMergedRule):
    """The specification's rule that is not linear in the document, within a bound of ours and with a word for it:
    graphql-core ends there with an error that names nothing.
    """

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MOST_COMPARISONS

    def enter_selection_set(self, node: SelectionSetNode, *arguments: Any) -> None:
        """Each selection set; raises TooManyComparisons."""
        try:
            super().enter_selection_set(node, *arguments)
        except ValidationAbortedError:
            if self.rule_context.remaining_complexity_budget < 0:
                raise TooManyComparisons from None
            raise


class CustomersOrdersAtRoots(ValidationRule):
    """A customer's orders are searched for where the customer was asked for, never below an order: nothing below a
    root field asks a system, and a page of orders would cost a search for each of their customers.

    Each fragment is looked into once, so the cost is linear in the document.
    """

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._found: dict[str, FieldNode | None] = {}

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Each field, wherever it stands."""
        parent = self.context.get_parent_type()
        if parent is None or (parent.name, node.name.value) != ("Order", "customer") or node.selection_set is None:
            return
        orders = self._orders(node.selection_set)
        if orders is not None:
            message = "Customer.orders cannot be selected below Order.customer; ask customer or node with its id"
            self.report_error(GraphQLError(message, orders))

    def _orders(self, selections: SelectionSetNode) -> FieldNode | None:
        """The field `orders` among the customer's own, fragments included."""
        for selection in selections.selections:
            found: FieldNode | None = None
            if isinstance(selection, FieldNode):
                found = selection if selection.name.value == "orders" else None
            elif isinstance(selection, InlineFragmentNode):
                found = self._orders(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                found = self._of_fragment(selection.name.value)
            if found is not None:
                return found
        return None

    def _of_fragment(self, name: str) -> FieldNode | None:
        if name not in self._found:
            self._found[name] = None  # where fragments spread each other in a circle, which another rule reports
            fragment = self.context.get_fragment(name)
            self._found[name] = self._orders(fragment.selection_set) if fragment else None
        return self._found[name]


RULES = (
    *(OverlappingFields if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified),
    FreshnessAtRoots,
    CustomersOrdersAtRoots,
)
