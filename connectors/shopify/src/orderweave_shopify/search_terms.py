"""Our conditions as terms of Shopify's search language, and what of them is left for the caller.

Text is matched by Shopify's own rules (case, words), which may find more than was asked: such a condition
narrows the search and is handed back as well. Instants, ids and enumerated words are matched exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis
from orderweave_shopify.statuses import STATUSES

# The sign that Shopify writes before an order's number unless a shop chooses another prefix.
NUMBER_SIGN = "#"

_COMPARATORS = {Operator.GT: ">", Operator.GTE: ">=", Operator.LT: "<", Operator.LTE: "<="}

# The orders search has words of its own, which the enums do not give away; what is not here cannot be searched.
_STATUS_TERMS = {
    "OPEN": "status:open",
    "COMPLETED": "(status:closed AND -status:cancelled)",
    "CANCELED": "status:cancelled",
}
_FULFILLMENT_TERMS = {
    "FULFILLED": "fulfillment_status:fulfilled",
    "PARTIALLY_FULFILLED": "fulfillment_status:partial",
    "SCHEDULED": "fulfillment_status:scheduled",
    "ON_HOLD": "fulfillment_status:on_hold",
    "REJECTED": "fulfillment_status:request_declined",
}


def quoted(value: str) -> str:
    """A value as a phrase of the search language: quotes and backslashes are escaped, all else is literal."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def any_of(terms: Iterable[str]) -> str:
    """A term that holds when one of these does."""
    return f"({' OR '.join(terms)})"


def spellings(number: str) -> tuple[str, str]:
    """An order number without and with the sign: people and other systems drop it and add it."""
    bare = number.removeprefix(NUMBER_SIGN)
    return bare, f"{NUMBER_SIGN}{bare}"


def numbers_term(numbers: Iterable[str]) -> str:
    """Orders with one of these numbers, in either spelling."""
    return any_of(f"name:{quoted(spelling)}" for number in numbers for spelling in spellings(number))


def texts_term(term: str, values: Iterable[str]) -> str:
    """Records whose search term is one of these texts."""
    return any_of(f"{term}:{quoted(value)}" for value in values)


def instant_term(term: str, comparator: str, moment: datetime) -> str:
    """Records on one side of an instant."""
    return f"{term}:{comparator}'{moment.astimezone(UTC).isoformat().replace('+00:00', 'Z')}'"


def push_down(conditions: Sequence[Condition]) -> tuple[str | None, tuple[Condition, ...]]:
    """The search query for the conditions (None when there is nothing to say), and what is left to the caller."""
    terms: list[str] = []
    remaining: list[Condition] = []
    for condition in conditions:
        term, left = _push(condition)
        if term is not None:
            terms.append(term)
        if left is not None:
            remaining.append(left)
    return " AND ".join(terms) or None, tuple(remaining)


def _push(condition: Condition) -> tuple[str | None, Condition | None]:
    field, operator, values = condition.field, condition.operator, condition.values
    if field in _INSTANTS and operator in _COMPARATORS:
        return instant_term(_INSTANTS[field], _COMPARATORS[operator], values[0]), None
    if field not in _TERMS or operator not in (Operator.EQ, Operator.IN):
        return None, condition
    term = _TERMS[field](values)
    if field is SearchField.NUMBER:
        both = tuple(spelling for number in values for spelling in spellings(number))
        return term, Condition(field, Operator.IN, both)
    return term, None if term and field in _EXACT else condition


def _of_words(terms: dict[str, str], values: Iterable[Any]) -> str | None:
    """One of the words' terms; None as soon as one word has none, for the others alone would find too little."""
    found = [terms.get(value) for value in values]
    return None if None in found else any_of(term for term in found if term)


def _of_meanings(axis: Axis, term: str, values: Iterable[Any]) -> str | None:
    """The raw words behind some meanings as a term; None when a meaning has no raw word."""
    meanings = STATUSES.words[axis]
    raws = [[raw for raw, meaning in meanings.items() if meaning == value] for value in values]
    return None if [] in raws else any_of(f"{term}:{raw.lower()}" for group in raws for raw in group)


def _of_customers(values: Iterable[Any]) -> str | None:
    """Customers by the number at the end of their global ids; None when a value is no such id."""
    numbers = [value.rpartition("/")[2] for value in values]
    return any_of(f"customer_id:{number}" for number in numbers) if all(map(str.isdigit, numbers)) else None


_INSTANTS = {SearchField.PLACED_AT: "processed_at", SearchField.UPDATED_AT: "updated_at"}
_TERMS: dict[SearchField, Callable[[Iterable[Any]], str | None]] = {
    SearchField.NUMBER: numbers_term,
    SearchField.STATUS: partial(_of_words, _STATUS_TERMS),
    SearchField.PAYMENT_STATUS: partial(_of_meanings, Axis.PAYMENT, "financial_status"),
    SearchField.FULFILLMENT_STATUS: partial(_of_words, _FULFILLMENT_TERMS),
    SearchField.RETURN_STATUS: partial(_of_meanings, Axis.RETURN, "return_status"),
    SearchField.CHANNEL: partial(texts_term, "channel"),
    SearchField.CUSTOMER_EMAIL: partial(texts_term, "email"),
    SearchField.CUSTOMER_ID: _of_customers,
    SearchField.PURCHASE_ORDER_NUMBER: partial(texts_term, "po_number"),
    SearchField.SKU: partial(texts_term, "sku"),
}
_EXACT = frozenset({SearchField.PAYMENT_STATUS, SearchField.RETURN_STATUS, SearchField.CUSTOMER_ID})
