"""Working webhooks off: each once, the newest counts, failures are tried again after growing pauses, to an end."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from orderweave.config.configuration import WebhookSettings
from orderweave.receiving.deliveries import Concerned, State
from tests.unit.fake_clock import NOON
from tests.unit.receiving.desk import DOWN, Desk, told


async def test_those_of_one_system_go_together(desk: Desk) -> None:
    """Three deliveries are one effect about three orders, in the order in which they came."""
    for name in ("e1", "e2", "e3"):
        await desk.send(told(name, name.replace("e", "a")))
    assert await desk.work() == 3
    assert len(desk.scripted.applied) == 1
    assert desk.scripted.orders == ["a1", "a2", "a3"]
    assert await desk.states() == [(1, "DONE"), (2, "DONE"), (3, "DONE")]


async def test_an_older_one_after_a_newer_one_changes_nothing(desk: Desk) -> None:
    """Of one order the newer was worked on: the older is outdated; one of the same instant, and of another order, is
    not.
    """
    await desk.send(told("new", seconds=10))
    await desk.work()
    await desk.send(told("old", seconds=9))
    await desk.send(told("same", seconds=10))
    await desk.send(told("other", "a2", seconds=1))
    await desk.work()
    assert desk.scripted.orders == ["a1", "a1", "a2"]
    assert await desk.states() == [(1, "DONE"), (2, "OUTDATED"), (3, "DONE"), (4, "DONE")]
    assert desk.receiving.tally.worked == {("shop", "DONE"): 3, ("shop", "OUTDATED"): 1}


async def test_versions_go_before_times(desk: Desk) -> None:
    """Where a vendor counts versions, they say which is newer, whatever the times."""
    await desk.send(told("v2", seconds=0, version=2))
    await desk.work()
    await desk.send(told("v1", seconds=60, version=1))
    await desk.work()
    assert await desk.states() == [(1, "DONE"), (2, "OUTDATED")]


async def test_without_a_time_each_counts(desk: Desk) -> None:
    """A delivery that tells no time is always worked on, and makes no other one outdated."""
    for name, seconds in (("e1", 10), ("e2", None), ("e3", 10)):
        await desk.send(told(name, seconds=seconds))
        await desk.work()
    assert await desk.states() == [(1, "DONE"), (2, "DONE"), (3, "DONE")]


async def test_only_what_is_outdated_is_left_out(desk: Desk) -> None:
    """Of several SKUs of an older delivery those are left that no newer one was about."""
    await desk.send(told("new", None, seconds=10, skus=("A", "B")))
    await desk.work()
    await desk.send(told("old", None, seconds=5, skus=("A", "C")))
    await desk.work()
    assert [each.skus for _, several in desk.scripted.applied for each in several] == [("A", "B"), ("C",)]


async def test_pauses_grow_and_end(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """A delivery that fails is tried nine times, each pause three times as long up to an hour, and is dead then; it is
    logged once, without any name of what it is about.
    """
    desk.scripted.error = DOWN
    await desk.send(told("e1", "order-of-ada"))
    pauses = []
    with caplog.at_level(logging.INFO):
        for _ in range(9):
            assert await desk.work() == 1
            assert await desk.work() == 0
            (kept,) = await desk.store.listed(None, most=10)
            if kept.due_at is not None:
                pauses.append((kept.due_at - desk.time.now()).total_seconds())
                desk.time.advance(pauses[-1] - 1)
                assert await desk.work() == 0
                desk.time.advance(1)
    assert pauses == [2, 6, 18, 54, 162, 486, 1458, 3600]
    assert (kept.state, kept.attempts, kept.problem) == (State.DEAD, 9, "orders were not read (UNREACHABLE)")
    assert [record.message for record in caplog.records if record.name == "orderweave.receiving"] == ["webhook_dead"]
    assert "ada" not in caplog.text
    assert desk.receiving.tally.worked == {("shop", "RETRIED"): 8, ("shop", "DEAD"): 1}


async def test_the_dead_can_be_replayed(tmp_path: Path) -> None:
    """Replayed, it is worked on as if it had just come; what is not dead is left alone."""
    desk = Desk(tmp_path, settings=WebhookSettings(attempts=1))
    try:
        desk.scripted.error = DOWN
        for name in ("e1", "e2"):
            await desk.send(told(name))
        await desk.work()
        desk.scripted.error = None
        await desk.send(told("e3"))
        assert await desk.store.replay([1, 3, 99], desk.time.now()) == 1
        assert await desk.states() == [(1, "WAITING"), (2, "DEAD"), (3, "WAITING")]
        assert await desk.store.replay(None, desk.time.now()) == 1
        await desk.work()
        assert await desk.states() == [(1, "DONE"), (2, "DONE"), (3, "DONE")]
        (kept,) = [each for each in await desk.store.listed(None, most=9) if each.number == 1]
        assert (kept.attempts, kept.problem) == (0, None)
    finally:
        await desk.close()


async def test_one_that_fails_fails_no_others(desk: Desk) -> None:
    """What failed once is tried alone the next time, and what came meanwhile goes its own way."""
    desk.scripted.error = DOWN
    await desk.send(told("e1", "a1"))
    await desk.work()
    desk.scripted.error = None
    desk.time.advance(2)
    for name in ("e2", "e3"):
        await desk.send(told(name, name.replace("e", "a")))
    await desk.work()
    assert sorted(len(several) for _, several in desk.scripted.applied) == [1, 2]


async def test_a_fault_of_our_own_is_a_failure_too(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """An unforeseen error is logged by its class, and the delivery is tried again."""
    desk.scripted.error = KeyError("ada")
    await desk.send(told("e1"))
    with caplog.at_level(logging.ERROR):
        await desk.work()
    (kept,) = await desk.store.listed(State.WAITING, most=10)
    assert kept.problem == "KeyError"
    assert "'ada'" not in caplog.text


async def test_what_a_killed_process_had_claimed(tmp_path: Path, desk: Desk) -> None:
    """A delivery that somebody works on is nobody else's until the lease runs out; then it is worked on after all."""
    desk.scripted.open.clear()
    await desk.send(told("e1"))
    working = asyncio.create_task(desk.work())
    await desk.scripted.begun.wait()
    other = Desk(tmp_path)
    try:
        assert await other.work() == 0
        working.cancel()
        other.time.advance(119)
        assert await other.work() == 0
        other.time.advance(1)
        assert await other.work() == 1
        assert other.scripted.orders == ["a1"]
    finally:
        await other.close()


async def test_what_ended_is_forgotten_in_the_end(desk: Desk) -> None:
    """After the days for which it is known it is deleted, its position too; the dead stay for thirty days."""
    await desk.send(told("e1"))
    await desk.work()
    desk.scripted.error = DOWN
    await desk.send(told("e2"))
    (claimed,) = await desk.store.claim(desk.time.now(), most=1, lease=timedelta(seconds=1))
    await desk.store.bury(claimed, "given up", desk.time.now())
    day = timedelta(days=1)
    assert await desk.store.forget(NOON, NOON) == 0
    assert await desk.store.forget(NOON + day, NOON) == 1
    assert await desk.states() == [(2, "DEAD")]
    assert await desk.store.positions("shop", list(Concerned.of(told("e1")).subjects())) == {}
    assert await desk.store.forget(NOON, NOON + day) == 1


async def test_counts(desk: Desk) -> None:
    """How many wait and are dead, and for how long the oldest has waited."""
    await desk.send(told("e1"))
    desk.time.advance(60)
    await desk.send(told("e2"))
    await desk.receiving.worker._look_around()
    counts = desk.receiving.tally.counts
    assert (counts.waiting, counts.dead, desk.receiving.tally.lag) == (2, 0, 60)
    await desk.work()
    await desk.receiving.worker._look_around()
    assert (desk.receiving.tally.counts.waiting, desk.receiving.tally.lag) == (0, 0)


async def test_running(desk: Desk) -> None:
    """While it runs, what comes is worked on at once, and it ends when it is told to."""
    async with desk.receiving.running():
        await desk.send(told("e1"))
        await desk.scripted.ended.wait()
    assert desk.scripted.orders == ["a1"]
