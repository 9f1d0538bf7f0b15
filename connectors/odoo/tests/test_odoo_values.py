"""Values on the wire and ranges of moments, over many of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave_odoo.searching import (
    any_of,
    domain_of,
    from_position,
    ids_of,
    moved,
    read_position,
    write_position,
)
from orderweave_odoo.wire import amount, instant, number, price, wire_instant
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.conditions import passes
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Operator, SearchField

MOMENTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2020, 1, 1, 0, 0, 3)).map(  # noqa: DTZ001 # hypothesis adds the zone below
    lambda moment: moment.replace(tzinfo=UTC)
)
CENTS = st.integers(min_value=-(10**11), max_value=10**11)


def over_the_wire(value: float) -> Decimal:
    """A float as the connector reads it."""
    return msgspec.json.decode(msgspec.json.encode(value), type=Decimal)


@given(st.lists(CENTS, min_size=1, max_size=20))
def test_money_has_no_noise(cents: list[int]) -> None:
    """A sum that the server made of floats is the exact one, to the cent."""
    told = over_the_wire(sum(cent / 100 for cent in cents))
    assert amount(told, 2) == Decimal(sum(cents)) / 100


@given(st.integers(min_value=0, max_value=10**8))
def test_quantities_and_prices(thousandths: int) -> None:
    """Quantities lose their noise and nothing else; prices have at least the currency's digits."""
    exact = Decimal(thousandths) / 1000
    told = over_the_wire(thousandths / 1000 + 1e-12)
    assert number(told) == exact
    found = price(told, 2)
    assert found == exact
    assert found is not None
    exponent = found.as_tuple().exponent
    assert isinstance(exponent, int)
    assert exponent <= -2


@given(MOMENTS)
def test_moments_go_and_come(moment: datetime) -> None:
    """A moment comes back as its whole second, aware, in UTC."""
    assert instant(wire_instant(moment)) == moment.replace(microsecond=0)


@given(
    st.lists(MOMENTS, max_size=8),
    MOMENTS,
    st.sampled_from([Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE]),
)
def test_ranges_mean_what_is_told(stored: list[datetime], wanted: datetime, operator: Operator) -> None:
    """The server compares what it stores, with parts of a second; what it finds is right for what it tells."""
    domain, remaining = domain_of([Condition(SearchField.UPDATED_AT, operator, (wanted,))])
    assert remaining == ()
    for moment in stored:
        told = moment.replace(microsecond=0)
        assert all(_holds(moment, clause) for clause in domain) == passes((told,), operator, (wanted,))


def _holds(moment: datetime, clause: list[object]) -> bool:
    name, sign, value = clause
    if name == "id":
        return False
    assert isinstance(value, str)
    bound = instant(value)
    assert bound is not None
    return moment >= bound if sign == ">=" else moment < bound


@given(st.lists(MOMENTS, max_size=12).map(sorted), st.integers(min_value=1, max_value=4), st.booleans())
def test_pages_leave_nothing_out(stored: list[datetime], size: int, descending: bool) -> None:
    """Page after page every record comes once, however many share a second."""
    listing = list(enumerate(stored))
    if descending:
        listing.reverse()
    seen: list[int] = []
    position = None
    for _ in range(20):
        domain, skipped = from_position("write_date", position, descending=descending)
        left = [entry for entry in listing if all(_holds(entry[1], clause) for clause in domain)]
        page = left[skipped : skipped + size]
        if not page:
            break
        seen += [identity for identity, _ in page]
        position = moved(position, [moment.replace(microsecond=0) for _, moment in page])[-1]
        assert read_position(write_position(position)) == position
    assert seen == [identity for identity, _ in listing]


@pytest.mark.parametrize("cursor", ["", "x/1", "2026-03-01T08:00:00+00:00/x", "2026-03-01T08:00:00/1", "2026-03-01/-1"])
def test_foreign_cursors_are_refused(cursor: str) -> None:
    """A cursor that is not one of ours is a caller's mistake."""
    with pytest.raises(GiveUp, match="the cursor is not one of this connector's"):
        read_position(cursor)


def test_domains() -> None:
    """Prefix notation, ids that can be ids, states that may mean a status, and what the caller tests again."""
    assert any_of([["a", "=", 1]]) == [["a", "=", 1]]
    assert any_of([["a", "=", 1], ["b", "=", 2], ["c", "=", 3]])[:2] == ["|", "|"]
    assert ids_of(["7", "07", "x", "-1", "٣", "12345678901"]) == [7]
    conditions = [
        Condition(SearchField.NUMBER, Operator.NOT_IN, ("S00001", "S00002")),
        Condition(SearchField.STATUS, Operator.EQ, ("COMPLETED",)),
        Condition(SearchField.STATUS, Operator.IN, ("OPEN", "UNKNOWN")),
        Condition(SearchField.SKU, Operator.EQ, ("TEA",)),
        Condition(SearchField.CUSTOMER_ID, Operator.IN, ("7", "nobody")),
        Condition(SearchField.CHANNEL, Operator.EQ, ("web",)),
    ]
    domain, remaining = domain_of(conditions)
    assert domain == [
        ["name", "not in", ["S00001", "S00002"]],
        ["state", "in", ["done", "sale"]],
        ["order_line.product_id.default_code", "in", ["TEA"]],
        ["partner_id", "in", [7]],
    ]
    assert remaining == tuple(conditions[1:])


def test_positions_count_within_a_second() -> None:
    """A new second begins to count anew."""
    second = datetime(2026, 3, 1, 8, tzinfo=UTC)
    later = second + timedelta(seconds=1)
    assert moved((second, 2), [second, later, later]) == [(second, 3), (later, 1), (later, 2)]
