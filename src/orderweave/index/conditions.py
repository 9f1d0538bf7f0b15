"""A filter as a condition on `orders`. It lets pass exactly what `answering.filters.order_passes` does of the merged
orders: a field that nobody knows passes only the negative operators.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderweave.index.forms import Where, begins, every, negated, of_column, some
from orderweave.index.rows import folded, terms_in
from orderweave.matching import KeyReader
from orderweave.merging.owners import names_of
from orderweave.model.filters import Filter
from orderweave.model.rights import Rights, Scope
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField

# Where a field is; all others are columns of `orders` of their own names.
_ELSEWHERE = {SearchField.NUMBER: ("order_numbers", "number"), SearchField.SKU: ("order_lines", "sku_folded")}
_HOMES = {field: _ELSEWHERE.get(field, ("orders", field.value.lower())) for field in SearchField}


def passing(wanted: Filter, reader: KeyReader) -> Where:
    """The condition that a filter is."""
    parts = [of_column(*_HOMES[each.field], each.operator, _values(each, reader)) for each in wanted.conditions]
    parts += [passing(nested, reader) for nested in wanted.every]
    if wanted.some:
        parts.append(some(passing(nested, reader) for nested in wanted.some))
    parts += [negated(passing(nested, reader)) for nested in wanted.none]
    return every(parts)


def visible(rights: Rights) -> Where:
    """The condition that a caller's rights are."""
    if rights.owned is None:
        return every(())
    return of_column("owners", "name", Operator.IN, sorted(names_of(rights.owned)))


def found_by(text: str, rights: Rights) -> Where:
    """The condition that a search is: each word begins one of the order's.

    Names of people find nothing for who may not read them.
    """
    words = terms_in(text)
    if not words:
        return some(())
    reads_people = Scope.PERSONAL in rights.scopes and not rights.masked
    whole, *parts = (begins(word, personal=reads_people) for word in words)
    return some((every(parts or [whole]), whole))


def _values(condition: Condition, reader: KeyReader) -> Sequence[Any]:
    """The values as the index has them."""
    if condition.field is SearchField.NUMBER:
        return [own for value in condition.values if (own := reader.own_number(value)) is not None]
    if condition.field in (SearchField.SKU, SearchField.CUSTOMER_EMAIL):
        return [folded(value) for value in condition.values]
    return condition.values
