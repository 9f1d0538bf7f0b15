"""Deadlines of calls, on a clock that stands still."""

from __future__ import annotations

from orderweave_sdk.clock import SystemClock
from tests.sdk.wires import StoodClock


def test_a_call_counts_down() -> None:
    """What remains is the time to the deadline, and less than nothing when it has passed."""
    clock = StoodClock()
    call = clock.call(2.0)
    assert call.remaining() == 2.0
    clock.seconds += 2.5
    assert call.remaining() == -0.5


def test_a_part_leaves_time_for_the_rest() -> None:
    """Half of what is left now; nothing of nothing."""
    clock = StoodClock()
    call = clock.call(4.0)
    clock.seconds += 1.0
    assert call.part(0.5).remaining() == 1.5
    clock.seconds += 10.0
    assert call.part(0.5).remaining() == 0.0


def test_the_machines_clock_is_aware_and_grows() -> None:
    """Instants are in UTC."""
    clock = SystemClock()
    offset = clock.now().utcoffset()
    assert offset is not None
    assert offset.total_seconds() == 0
    assert clock.monotonic() <= clock.monotonic()
