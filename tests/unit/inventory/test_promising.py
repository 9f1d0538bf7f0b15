"""What may be promised from when on, against a computation day by day."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.inventory.promising import allotted, promised, schedule
from orderweave.model.stock_rules import Pool
from tests.unit.businesses import NOON

_QUANTITIES = st.integers(min_value=1, max_value=60).map(Decimal)
_ARRIVALS = st.lists(
    st.tuples(st.integers(min_value=1, max_value=12).map(lambda days: NOON + timedelta(days=days)), _QUANTITIES),
    max_size=8,
)
_AVAILABLE = st.one_of(st.none(), st.integers(min_value=-40, max_value=40).map(Decimal))
_POOLS = st.one_of(
    st.none(),
    st.builds(
        lambda share, limit: Pool(name="eu", channels=("eu",), places=("east",), share=share, limit=limit),
        st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.333"), Decimal("0.01")]),
        st.one_of(st.none(), st.integers(min_value=0, max_value=50).map(Decimal)),
    ),
)


def by_hand(
    available: Decimal | None, arriving: list[tuple[datetime, Decimal]], pool: Pool | None, by: datetime
) -> int:
    """The number for one instant, counted piece by piece."""
    pieces = int(available or 0)
    for moment, quantity in arriving:
        if moment <= by:
            pieces += int(quantity)
    if pool is None or pieces <= 0:
        return pieces
    shared = int(pieces * pool.share)
    return shared if pool.limit is None else min(shared, int(pool.limit))


@given(_AVAILABLE, _ARRIVALS, _POOLS)
def test_the_schedule_says_what_each_day_has(
    available: Decimal | None, arriving: list[tuple[datetime, Decimal]], pool: Pool | None
) -> None:
    """On every day, and a second before it, the schedule has what has come by then; nothing where nothing is known."""
    promises = schedule(available, arriving, pool)
    for seconds in (-1, 0):
        for days in range(14):
            by = NOON + timedelta(days=days, seconds=seconds)
            known = available is not None or any(moment <= by for moment, _ in arriving)
            assert promised(promises, by) == (by_hand(available, arriving, pool, by) if known else None)
    assert promised(promises, None) == (None if available is None else by_hand(available, [], pool, NOON))


@given(_AVAILABLE, _ARRIVALS, _POOLS)
def test_the_schedule_never_falls_and_never_repeats(
    available: Decimal | None, arriving: list[tuple[datetime, Decimal]], pool: Pool | None
) -> None:
    """Each entry is later than the one before and has more, whatever share and limit; only the first is at once."""
    promises = schedule(available, arriving, pool)
    for before, after in pairwise(promises):
        assert after.available_from is not None
        assert before.available_from is None or before.available_from < after.available_from
        assert after.quantity > before.quantity


@pytest.mark.parametrize(
    ("quantity", "share", "limit", "expected"),
    [
        ("10", "1", None, "10"),
        ("10", "0.25", None, "2"),
        ("10", "1", "4", "4"),
        ("10", "0.25", "4", "2"),
        ("3", "0.25", None, "0"),
        ("-3", "0.25", "4", "-3"),
        ("0", "0.5", "4", "0"),
        ("2.5", "1", None, "2.5"),
    ],
)
def test_what_a_pool_allots(quantity: str, share: str, limit: str | None, expected: str) -> None:
    """Its share in whole pieces up to its limit; what is short is short for all, and what is whole stays as it is."""
    pool = Pool(
        name="eu",
        channels=("shop-eu",),
        places=("east",),
        share=Decimal(share),
        limit=None if limit is None else Decimal(limit),
    )
    assert allotted(Decimal(quantity), pool) == Decimal(expected)
