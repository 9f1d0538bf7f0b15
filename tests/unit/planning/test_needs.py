"""From a selection to its facets: every field is entered, and needs all that its answer depends on."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.planning.needs import FACETS_OF_FIELD, Needs, needs_of
from orderweave_sdk.records import Facet
from tests.unit.planning.selections import (
    WHOLE_TYPES,
    WITH_PARENT,
    fields_of,
    full_order,
    leaves,
    merged,
    read,
    types_below,
)

# What is told about the whole answer depends on what is asked of it, by its nature.
_ABOUT_THE_ANSWER = frozenset({"sources", "conflicts", "freshness", "sourceStatuses"})


@pytest.mark.parametrize("type_name", sorted(WITH_PARENT))
def test_every_field_is_entered(type_name: str) -> None:
    """A new field must be given its facets, or be listed here as coming with its parent; none is listed for naught."""
    entered = {name.partition(".")[2] for name in FACETS_OF_FIELD if name.startswith(f"{type_name}.")}
    assert entered | WITH_PARENT[type_name] == set(fields_of(type_name))
    assert not entered & WITH_PARENT[type_name]


def test_every_type_below_an_order_is_considered() -> None:
    """A new type must be entered field by field, or be listed as whole."""
    assert types_below("Order") == WHOLE_TYPES | WITH_PARENT.keys()


def test_nothing_is_entered_that_does_not_exist() -> None:
    """An entry whose field is gone would mislead."""
    for coordinate in FACETS_OF_FIELD:
        type_name, _, field = coordinate.partition(".")
        assert field in fields_of(type_name), coordinate


_PATHS = [path for path in leaves("Order") if path[0][1] not in _ABOUT_THE_ANSWER]


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: ".".join(field for _, field in path))
def test_a_field_needs_all_that_its_answer_depends_on(path: tuple[tuple[str, str], ...]) -> None:
    """With the facets of its own path alone a field reads the same as with all facets: neighbours do not change it."""
    records = full_order()
    facets = needs_of(f"{type_name}.{field}" for type_name, field in path).facets
    assert _values(merged(records, facets), path) == _values(merged(records, frozenset(Facet)), path)


def test_the_order_that_is_read_has_something_in_nearly_every_field() -> None:
    """The test above would prove nothing on empty fields."""
    order = merged(full_order(), frozenset(Facet))
    empty = {".".join(field for _, field in path) for path in _PATHS if not any(_flat(_values(order, path)))}
    assert {path.partition(".")[0] for path in empty} <= {
        "billingAddress",
        "shippingAddress",
        "shipments",
        "invoices",
    } | {
        "payments",
        "adjustments",
        "discounts",
        "taxes",
        "fulfillmentOrders",
        "holds",
        "lines",
        "timeline",
    }


def _values(source: Any, path: tuple[tuple[str, str], ...]) -> Any:
    """What the path reads, list in list."""
    if not path:
        return source
    if source is None:
        return None
    if isinstance(source, tuple):
        return [_values(item, path) for item in source]
    (_, field), *rest = path
    value = source.order_lines if (field == "lines" and hasattr(source, "order_lines")) else read(source, field)
    return _values(value, tuple(rest))


def _flat(value: Any) -> list[Any]:
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, list) else [value]


def test_needs_are_the_union_of_the_fields() -> None:
    """Fields add their facets; a filter or sort adds its own; unknown coordinates need nothing."""
    assert needs_of(["Order.number", "Order.lines", "OrderLine.sku", "Money.amount"]) == Needs(
        facets=frozenset({Facet.HEADER, Facet.LINES}), fields=frozenset({"number", "lines"})
    )
    assert needs_of(["Order.id"], ["Order.customer"]) == Needs(
        facets=frozenset({Facet.CUSTOMER}), fields=frozenset({"id", "customer"})
    )
    assert needs_of(["Order.id"], ["Order.identifiers"]).all_keys is False
    assert needs_of([]) == Needs(facets=frozenset(), fields=frozenset())


def test_sources_and_conflicts_need_everyone() -> None:
    """They add no facet, but all systems are asked for those that are wanted; identifiers need everyone's names."""
    sources, conflicts = needs_of(["Order.sources"]), needs_of(["Order.conflicts", "Order.status"])
    assert (sources.facets, sources.all_sources, sources.all_keys) == (frozenset(), True, False)
    assert (conflicts.facets, conflicts.all_sources) == (frozenset({Facet.HEADER}), True)
    identifiers = needs_of(["Order.identifiers"])
    assert (identifiers.facets, identifiers.all_sources, identifiers.all_keys) == (frozenset(), False, True)
