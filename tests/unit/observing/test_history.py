"""The ring of the last minutes: what falls into which slot, what falls out, and quantiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.observing.history import MOST_SLOTS, SLOT_SECONDS, History, Tally, quantile, time_class
from tests.unit.fake_clock import FakeClock


def test_slots_by_time() -> None:
    """What happens within one slot's seconds is told together; slots without anything are there and empty."""
    clock = FakeClock()
    history = History(clock)
    history.answered(0.001, None)
    history.answered(0.001, "INTERNAL")
    history.called("erp", 0.004, "FAILED")
    clock.advance(2 * SLOT_SECONDS)
    history.cached(3, found=True)
    history.cached(1, found=False)
    history.served("erp", 5.0)
    history.served("erp", 2.0)
    first, between, last = history.slots()[-3:]
    assert (first.answers.count, first.answers.failures, first.calls["erp"].failed) == (2, 1, {"FAILED": 1})
    assert (between.answers.count, between.calls) == (0, {})
    assert (last.looked_up, last.found, last.ages) == (4, 3, {"erp": 5.0})


def test_the_ring_is_bounded() -> None:
    """A slot older than the ring is long falls out, and however many there were, the ring has its size."""
    clock = FakeClock()
    history = History(clock)
    for _ in range(3 * MOST_SLOTS):
        history.answered(0.001, None)
        clock.advance(SLOT_SECONDS)
    slots = history.slots()
    assert len(slots) == MOST_SLOTS
    assert [slot.answers.count for slot in slots] == [*[1] * (MOST_SLOTS - 1), 0]
    clock.advance(MOST_SLOTS * SLOT_SECONDS)
    assert sum(slot.answers.count for slot in history.slots()) == 0


@pytest.mark.parametrize(
    ("seconds", "number"), [(0.0, 0), (0.001, 0), (0.00101, 1), (0.002, 8), (0.004, 16), (1.024, 80), (10_000.0, 136)]
)
def test_time_classes(seconds: float, number: int) -> None:
    """A class ends at 1 ms, and eight more with each doubling; the last one takes whatever is longer."""
    assert time_class(seconds) == number


def test_quantiles_of_none() -> None:
    """Where nothing was, there is no quantile."""
    assert quantile([Tally()], 0.5) is None


def test_quantiles_over_slots() -> None:
    """The half is below the median of all slots together, and 19 of 20 below the p95."""
    slow, fast = Tally(), Tally()
    for _ in range(6):
        slow.add(1.024, None)
    for _ in range(94):
        fast.add(0.002, None)
    assert quantile([slow, fast], 0.5) == 0.002
    assert quantile([slow, fast], 0.94) == 0.002
    assert quantile([slow, fast], 0.95) == 1.024


@given(st.lists(st.floats(0.001, 100), min_size=1, max_size=50), st.sampled_from([0.5, 0.95]))
def test_quantiles_are_right_to_a_tenth(times: list[float], share: float) -> None:
    """A quantile is the exact one or up to a tenth above it, never below."""
    tally = Tally()
    for seconds in times:
        tally.add(seconds, None)
    exact = sorted(times)[-(-int(len(times) * share * 100) // 100) - 1] if share * len(times) >= 1 else min(times)
    found = quantile([tally], share)
    assert found is not None
    assert exact * 0.999 <= found <= max(times) * 1.1
