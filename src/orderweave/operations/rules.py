"""What a document must keep to be run: the specification's rules, and those of this schema."""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, FragmentSpreadNode, GraphQLError, InlineFragmentNode, SelectionSetNode, ValidationRule
from graphql import specified_rules as specified

from orderweave.operations.freshness import FreshnessAtRoots


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


RULES = (*specified, FreshnessAtRoots, CustomersOrdersAtRoots)
