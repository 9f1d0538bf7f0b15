"""The bucket: what it grants, what it leaves to others, and what it learns from the system's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.calling.bucket import Bucket, Limit
from orderweave_sdk.metering import Quota

# Quarters, so that sums of them are exact.
QUARTERS = st.integers(0, 400).map(lambda number: number / 4)


def bucket(burst: float = 100, per_second: float = 10, *, fixed: bool = False) -> Bucket:
    """A full bucket at the moment 0."""
    return Bucket(Limit(burst=burst, per_second=per_second, fixed=fixed), 0.0)


def told(available: float, maximum: float = 100, per_second: float = 10) -> Quota:
    """What a system says."""
    return Quota(available=available, maximum=maximum, per_second=per_second)


def test_it_grants_until_it_is_empty_and_says_for_how_long() -> None:
    """A hundred at once, then as many as have come back; the wait is what it takes until then."""
    made = bucket()
    assert made.take(60, 0, 0) == 0
    assert made.take(60, 0, 0) == 2.0
    made.done(60, 0)
    assert made.take(60, 0, 1.5) == 0.5
    assert made.take(60, 0, 2.0) == 0
    assert made.tokens == 0


def test_lower_lanes_leave_a_reserve() -> None:
    """With half reserved a report has 50 of 100, while a portal has the rest."""
    made = bucket()
    assert made.take(50, 0.5, 0) == 0
    assert made.take(1, 0.5, 0) == 0.1
    assert made.take(50, 0.0, 0) == 0


def test_what_needs_more_than_the_rest_waits_for_a_full_bucket() -> None:
    """A dear call of a low lane is let through when the bucket is full, or it would wait for ever."""
    made = bucket()
    assert made.take(80, 0.5, 0) == 0
    made.done(80, 0)
    assert made.take(80, 0.5, 0) == 8.0
    assert made.take(80, 0.5, 7.9) == pytest.approx(0.1)
    assert made.take(80, 0.5, 8.0) == 0


def test_a_larger_bucket_is_learned() -> None:
    """The plan's true size and refill come with the first answer; what was granted so far is taken off it."""
    made = bucket()
    made.take(60, 0, 0)
    made.learn(told(1940, 2000, 100), unspent=0, at=0)
    assert (made.tokens, made.burst, made.per_second) == (1880, 2000, 100)


def test_a_smaller_bucket_is_learned() -> None:
    """A smaller account never leaves more than it says."""
    made = bucket()
    made.learn(told(30, 50, 5), unspent=0, at=0)
    assert (made.tokens, made.burst, made.per_second) == (30, 50, 5)


def test_a_fixed_limit_stays() -> None:
    """What the configuration sets is kept, yet an answer that tells of less is believed."""
    made = bucket(fixed=True)
    made.learn(told(1940, 2000, 100), unspent=0, at=0)
    assert (made.tokens, made.burst, made.per_second) == (100, 100, 10)
    made.learn(told(-70, 2000, 100), unspent=0, at=0)
    assert made.tokens == 0


def test_more_proves_nothing_and_less_is_believed() -> None:
    """Told of more, it stays: other calls are under way. Told of less by over a second's refill, it takes that over."""
    made = bucket()
    made.take(60, 0, 0)
    made.learn(told(90), unspent=0, at=0)
    assert made.tokens == 40
    made.learn(told(30), unspent=0, at=0)
    assert made.tokens == 40
    made.take(15, 0, 0)
    made.done(60, 0)
    made.learn(told(14), unspent=0, at=0)
    assert made.tokens == 0


def test_what_was_not_spent_comes_back() -> None:
    """A call that cost less than its price gives back the difference, up to the bucket's size."""
    made = bucket()
    made.take(60, 0, 0)
    made.done(60, 0)
    made.learn(told(80), unspent=40, at=0)
    assert made.tokens == 80
    made.learn(told(100), unspent=40, at=0)
    assert made.tokens == 100


@given(
    st.lists(st.tuples(QUARTERS, QUARTERS, st.sampled_from([0.0, 0.5, 0.75])), max_size=60),
    st.integers(1, 100),
    st.sampled_from([0.25, 1.0, 8.0]),
)
def test_never_more_than_burst_and_refill_in_any_window(
    asked: list[tuple[float, float, float]], burst: int, per_second: float
) -> None:
    """Whoever asks for what and when: between any two grants no more is granted than the bucket and its refill."""
    made = bucket(burst, per_second)
    now = 0.0
    granted: list[tuple[float, float]] = []
    for later, wanted, reserve in asked:
        now += later / 10
        price = min(wanted, burst)
        if made.take(price, reserve, now) == 0:
            made.done(price, now)
            granted.append((now, price))
    for first in range(len(granted)):
        total = 0.0
        for moment, price in granted[first:]:
            total += price
            assert total <= burst + (moment - granted[first][0]) * per_second + 1e-3


@given(
    st.lists(st.tuples(st.sampled_from(["take", "answer", "refund", "time"]), st.integers(0, 60)), max_size=80),
)
def test_it_never_holds_more_than_the_system(steps: list[tuple[str, int]]) -> None:
    """A system of another size that answers late and out of order: what we hold is never more than what it has.

    Calls are charged by the system at any moment after they are granted, answers carry the level of that moment and
    are read in any order, and some cost less than their price.
    """
    ours = bucket(100, 8)
    system = 240.0
    size, refill = 240.0, 16.0
    now = 0.0
    uncharged: list[float] = []
    unread: list[tuple[float, float, float]] = []
    for what, number in steps:
        if what == "take" and ours.take(number, 0, now) == 0:
            uncharged.append(float(number))
        elif what in ("answer", "refund") and uncharged:
            price = uncharged.pop(number % len(uncharged))
            unspent = price // 2 if what == "refund" else 0.0
            system -= price - unspent
            unread.append((price, system, unspent))
        elif what == "time":
            now += number / 64
            system = min(size, system + refill * number / 64)
        if unread and number % 3 == 0:
            price, level, unspent = unread.pop(number % len(unread))
            ours.done(price, now)
            ours.learn(told(level, size, refill), unspent=unspent, at=now)
        assert ours.refill(now) <= system - sum(uncharged) + 1e-6
