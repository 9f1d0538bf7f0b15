"""What is left of a record by a list of paths."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orderweave_sdk.records import Axis, Key, OrderRecord, Quantities, Totals
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.telling import only

ORDER = sample_world(lambda kind, n: f"{kind}-{n}").orders[2]


def test_what_is_named_stays() -> None:
    """Fields at the end of a path stay whole, those on its way without the rest, and ids and keys by themselves."""
    found = only(ORDER, "header.number", "header.totals.total", "lines.quantity.ordered", "addresses", "statuses.ORDER")
    assert ORDER.header is not None
    assert ORDER.header.totals is not None
    assert found.header is not None
    assert (found.external_id, found.keys, found.addresses) == (ORDER.external_id, ORDER.keys, ORDER.addresses)
    assert (found.header.number, found.header.currency) == (ORDER.header.number, None)
    assert found.header.totals == Totals(total=ORDER.header.totals.total)
    assert [line.external_id for line in found.lines or ()] == [line.external_id for line in ORDER.lines or ()]
    assert [line.sku for line in found.lines or ()] == [None] * len(ORDER.lines or ())
    assert (found.lines or ())[0].quantity == Quantities(ordered=Decimal(4))
    assert {word.axis for word in ORDER.statuses} > {word.axis for word in found.statuses} == {Axis.ORDER}
    assert (found.customer, found.payments, found.updated_at) == (None, None, None)


def test_a_facet_that_is_not_there_stays_away() -> None:
    """Paths through what is None give None, and no path gives ids and keys."""
    bare = OrderRecord(external_id="1", keys=(Key("id", "1"),))
    assert only(bare, "header.totals.total", "lines.sku") == bare
    assert only(ORDER) == OrderRecord(external_id=ORDER.external_id, keys=ORDER.keys)


def test_a_path_that_leads_nowhere() -> None:
    """A misspelled field is told, with the struct that lacks it."""
    with pytest.raises(ValueError, match=r"^Totals has no field sum$"):
        only(ORDER, "header.totals.sum")
