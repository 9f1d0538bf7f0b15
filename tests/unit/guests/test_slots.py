"""When answers are given: at the end of slots, however long the work took."""

from __future__ import annotations

import pytest

from orderweave.guests.slots import Slots
from tests.unit.fake_clock import FakeClock

LATEST = 10.0


async def given_after(slots: Slots, clock: FakeClock, took: float, latest: float = LATEST) -> float:
    """Seconds from the beginning to the answer of work that took so long."""
    began = clock.monotonic()
    clock.advance(took)
    await slots.end(began, began + latest)
    return round(clock.monotonic() - began, 6)


@pytest.mark.parametrize("took", [0.0, 0.001, 0.7, 1.4999])
async def test_at_the_end_of_the_slot(took: float) -> None:
    """Work of any length within a slot is answered at its end."""
    clock = FakeClock()
    assert await given_after(Slots(1.5, clock, clock.pause), clock, took) == 1.5


async def test_longer_work_makes_all_wait() -> None:
    """Work that took two slots is answered after two, and so is everything in the ten minutes after it."""
    clock = FakeClock()
    slots = Slots(1.5, clock, clock.pause)
    assert await given_after(slots, clock, 2.0) == 3.0
    assert await given_after(slots, clock, 0.1) == 3.0
    clock.advance(590)
    assert await given_after(slots, clock, 0.1) == 3.0
    clock.advance(20)
    assert await given_after(slots, clock, 0.1) == 1.5


async def test_the_longest_is_remembered() -> None:
    """Shorter work does not shorten what is remembered, longer work lengthens it."""
    clock = FakeClock()
    slots = Slots(1.0, clock, clock.pause)
    assert [await given_after(slots, clock, took) for took in (2.5, 1.5, 3.5, 0.1)] == [3.0, 3.0, 4.0, 4.0]


async def test_never_past_the_latest() -> None:
    """The answer is not held past the deadline, nor when that is over already."""
    clock = FakeClock()
    slots = Slots(1.5, clock, clock.pause)
    assert await given_after(slots, clock, 4.0, latest=5.0) == 4.5
    assert await given_after(slots, clock, 4.6, latest=5.0) == 5.0
    assert await given_after(slots, clock, 5.5, latest=5.0) == 5.5
