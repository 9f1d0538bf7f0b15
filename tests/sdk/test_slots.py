"""Slots: how many run, who of those that wait is next, and what lower priorities leave free."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave_sdk.slots import LineFull, Slots


async def settle() -> None:
    """Let everybody do what can be done."""
    for _ in range(5):
        await asyncio.sleep(0)


async def waiting(slots: Slots, *priorities: int) -> tuple[list[int], list[asyncio.Task[None]]]:
    """So many callers who wait in this order, and the list in which they will stand as they are let in."""
    let_in: list[int] = []

    async def wait(number: int, priority: int) -> None:
        await slots.take(priority)
        let_in.append(number)

    tasks = [asyncio.create_task(wait(number, priority)) for number, priority in enumerate(priorities)]
    await settle()
    return let_in, tasks


async def test_priority_then_arrival() -> None:
    """Whoever stands before others by priority goes first, and among equals whoever came first."""
    slots = Slots(1, most_waiting=10)
    await slots.take(2)
    let_in, tasks = await waiting(slots, 2, 1, 0, 2, 0, 1)
    for _ in tasks:
        slots.give()
        await settle()
    assert let_in == [2, 4, 1, 5, 0, 3]
    slots.give()
    assert (slots.in_use, slots.waiting) == (0, 0)


async def test_lower_priorities_leave_their_reserve_free() -> None:
    """Of ten slots analytics holds at most five and sync at most three, counting all that are taken."""
    slots = Slots(10, most_waiting=100, reserves=(0.0, 0.5, 0.7))
    let_in, tasks = await waiting(slots, *[2] * 5, *[1] * 5, *[0] * 7)
    assert let_in == [0, 1, 2, 5, 6, 10, 11, 12, 13, 14]
    assert (slots.in_use, slots.waiting) == (10, 7)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert slots.waiting == 0


async def test_one_slot_is_open_to_everybody() -> None:
    """A reserve never shuts a lane out altogether."""
    slots = Slots(1, most_waiting=1, reserves=(0.0, 0.9))
    assert slots.free(1)
    await slots.take(1)
    assert not slots.free(0)


async def test_a_waiting_report_does_not_stop_a_portal() -> None:
    """While a lower priority waits for its reserve, a higher one takes a free slot at once."""
    slots = Slots(4, most_waiting=10, reserves=(0.0, 0.5))
    await slots.take(1)
    await slots.take(1)
    let_in, tasks = await waiting(slots, 1)
    assert (slots.free(0), slots.free(1)) == (True, False)
    await slots.take(0)
    assert slots.in_use == 3
    slots.give()
    slots.give()
    await settle()
    assert let_in == [0]
    await asyncio.gather(*tasks)


async def test_the_line_is_bounded() -> None:
    """One more than may wait is refused at once."""
    slots = Slots(1, most_waiting=2)
    await slots.take(0)
    _, tasks = await waiting(slots, 0, 0)
    with pytest.raises(LineFull):
        await slots.take(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_leaving_the_line_and_being_let_in_at_once() -> None:
    """A caller who is canceled in the moment of being let in gives the slot to the next."""
    slots = Slots(1, most_waiting=5)
    await slots.take(0)
    let_in, tasks = await waiting(slots, 0, 0)
    slots.give()
    tasks[0].cancel()
    await settle()
    assert let_in == [1]
    assert slots.in_use == 1


@given(st.lists(st.tuples(st.sampled_from(["take", "give", "cancel"]), st.integers(0, 2)), max_size=40))
def test_never_too_many_and_nobody_forgotten(steps: Sequence[tuple[str, int]]) -> None:
    """Whatever comes, each lane stays within its limit when it enters, and nobody waits while they might run."""
    limits = (4, 2, 1)

    async def play() -> None:
        slots = Slots(4, most_waiting=100, reserves=(0.0, 0.5, 0.7))
        running = 0
        tasks: list[asyncio.Task[None]] = []

        async def one(priority: int) -> None:
            nonlocal running
            await slots.take(priority)
            running += 1
            assert slots.in_use <= limits[priority]

        for what, priority in steps:
            if what == "take":
                tasks.append(asyncio.create_task(one(priority)))
            elif what == "give" and running:
                running -= 1
                slots.give()
            elif what == "cancel" and tasks:
                tasks[priority % len(tasks)].cancel()
            await settle()
            assert slots.in_use == running
            if slots._line:
                assert slots.in_use >= limits[slots._line[0][0]]
        for task in tasks:
            task.cancel()
        assert not [
            error for error in await asyncio.gather(*tasks, return_exceptions=True) if isinstance(error, AssertionError)
        ]

    asyncio.run(play())
