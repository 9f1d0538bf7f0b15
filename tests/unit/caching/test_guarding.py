"""The guard round the shared store: nothing is raised, a dead one costs its time-out once and comes back by itself."""

from __future__ import annotations

import asyncio
import logging

import pytest

from orderweave.caching.guarding import PROBE_AFTER_SECONDS, Guarded
from orderweave.caching.store import Kept
from tests.unit.caching.stores import FakeShared
from tests.unit.fake_clock import FakeClock


class Guard:
    """A guard over a store that can be broken."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = FakeShared(self.clock)
        self.guarded = Guarded(self.store, self.clock, limit=0.02)

    async def settle(self) -> None:
        """Let a probe beside the requests come to its end."""
        if self.guarded._probe is not None:
            await self.guarded._probe


@pytest.fixture
def guard() -> Guard:
    """A sound one."""
    return Guard()


async def test_a_sound_store_is_passed_through(guard: Guard) -> None:
    """What the store says is what the guard says."""
    await guard.guarded.set_many({"a": Kept(b"1", 5.0), "b": Kept(b"2", 5.0)})
    await guard.guarded.delete_many(["b"])
    assert await guard.guarded.get_many(["a", "b"]) == {"a": b"1"}
    assert await guard.guarded.acquire(["l"], b"t", 1.0) == [True]
    assert await guard.guarded.acquire(["l"], b"u", 1.0) == [False]
    await guard.guarded.release(["l"], b"t")
    assert await guard.guarded.acquire(["l"], b"u", 1.0) == [True]
    assert (guard.guarded.failures, guard.guarded.skipped) == (0, 0)


@pytest.mark.parametrize("fault", ["silent", "raising"])
async def test_a_dead_store_is_asked_once(guard: Guard, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    """After one failure the store is skipped: nothing is raised, leases cannot be told, and it is logged once."""
    guard.store.silent, guard.store.error = (
        fault == "silent",
        ConnectionError("redis://:secret@cache") if fault == "raising" else None,
    )
    with caplog.at_level(logging.WARNING):
        assert await guard.guarded.get_many(["a"]) == {}
        for _ in range(20):
            assert await guard.guarded.get_many(["a"]) == {}
            assert await guard.guarded.acquire(["l"], b"t", 1.0) is None
            await guard.guarded.set_many({"a": Kept(b"1", 5.0)})
            await guard.guarded.release(["l"], b"t")
    assert guard.store.commands == ["get"]
    assert guard.guarded.down
    assert (guard.guarded.failures, guard.guarded.skipped) == (1, 80)
    assert len(caplog.records) == 1
    assert "secret" not in caplog.text
    await guard.guarded.close()
    assert guard.store.closed


async def test_it_is_tried_again_beside_the_requests(guard: Guard, caplog: pytest.LogCaptureFixture) -> None:
    """When it is due a single try is made in the background, the request that finds it due still goes without; a try
    that fails puts off the next one, a good one ends the outage, and its end is logged once.
    """
    guard.store.silent = True
    await guard.guarded.get_many(["a"])
    guard.clock.advance(PROBE_AFTER_SECONDS - 0.01)
    await guard.guarded.get_many(["a"])
    assert guard.store.commands == ["get"]

    guard.clock.advance(0.02)
    await asyncio.gather(*(guard.guarded.get_many(["a"]) for _ in range(5)))
    await guard.settle()
    assert guard.store.commands == ["get", "ping"]
    assert guard.guarded.down

    guard.store.silent = False
    await guard.guarded.get_many(["a"])
    await guard.settle()
    assert guard.store.commands == ["get", "ping"]

    guard.clock.advance(PROBE_AFTER_SECONDS)
    assert await guard.guarded.get_many(["a"]) == {}
    await guard.settle()
    await guard.guarded.set_many({"a": Kept(b"1", 5.0)})
    assert await guard.guarded.get_many(["a"]) == {"a": b"1"}
    said = [record.message.split(" (")[0] for record in caplog.records]
    assert said == ["the shared cache does not answer", "the shared cache answers again"]
    assert guard.guarded.failures == 1


async def test_all_that_wait_at_once_wait_together(guard: Guard) -> None:
    """Fifty commands on their way when the store falls silent are fifty failures of one outage, and all come back."""
    guard.store.silent = True
    found = await asyncio.gather(*(guard.guarded.get_many([str(n)]) for n in range(50)))
    assert found == [{}] * 50
    assert guard.guarded.failures == 50
    await guard.guarded.close()


async def test_a_request_that_leaves_takes_its_command_along(guard: Guard) -> None:
    """A canceled request leaves no command behind and is no failure of the store."""
    guard.store.silent = True
    request = asyncio.get_running_loop().create_task(guard.guarded.get_many(["a"]))
    await asyncio.sleep(0)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert not guard.guarded.down
    await guard.guarded.close()
    assert not guard.guarded._left
