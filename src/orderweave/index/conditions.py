"""A filter as a condition on `orders`. It lets pass exactly what `answering.filters.order_passes` does of the merged
orders: a field that nobody knows passes only the negative operators.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from orderweave.index.columns import kept_amounts
from orderweave.index.forms import Where, begins, every, negated, of_column, some
from orderweave.index.rows import LONGEST_TERM, folded, whole_of, words_in
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
    parts = [_tested(each, reader) for each in wanted.conditions]
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


def is_searchable(text: str) -> bool:
    """Whether there is anything in a text that orders can be found by."""
    return whole_of(text) is not None or bool(words_in(text))


def found_by(text: str, rights: Rights) -> Where:
    """The condition that a search is: each word begins one of the order's, or all of them without spaces do.

    Names of companies find nothing for who may not read them, and names of people nothing for who reads them masked.
    Words of one letter are not looked for; a longer word than any term finds nothing.
    """
    personal = Scope.PERSONAL in rights.scopes
    looked_for = partial(begins, personal=personal, masked=personal and not rights.masked)
    whole, words = whole_of(text), words_in(text)
    held = [looked_for(word) if len(word) <= LONGEST_TERM else some(()) for word in words]
    return some((*([every(held)] if held else []), *([looked_for(whole)] if whole is not None else [])))


def _tested(condition: Condition, reader: KeyReader) -> Where:
    operator, values = condition.operator, _values(condition, reader)
    if condition.field is SearchField.TOTAL:
        operator, values = kept_amounts(operator, values)
    return of_column(*_HOMES[condition.field], operator, values)


def _values(condition: Condition, reader: KeyReader) -> Sequence[Any]:
    """The values as the index has them."""
    if condition.field is SearchField.NUMBER:
        return [own for value in condition.values if (own := reader.own_number(value)) is not None]
    if condition.field in (SearchField.SKU, SearchField.CUSTOMER_EMAIL):
        return [folded(value) for value in condition.values]
    return condition.values
