"""The hour that comes twice as summer time ends, which Extensiv tells by clock times without a zone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.extensiv.tests.clocks import SetClock
from connectors.extensiv.tests.wire_orders import many
from orderweave_extensiv.connector import ExtensivConnector
from orderweave_extensiv.searching import Position, Stream, moved, push_down, stream_rql
from orderweave_extensiv.simulator import ExtensivSimulator
from orderweave_extensiv.times import on_wire
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.testing.world import World

ZONE = ZoneInfo("America/Los_Angeles")
# 01:00 summer time; clocks show 01:00 again an hour later.
HOUR = datetime(2026, 11, 1, 8, tzinfo=UTC)


def minute(count: int) -> datetime:
    """So many minutes after HOUR."""
    return HOUR + timedelta(minutes=count)


def at(count: int) -> Call:
    """Terms of a call in that minute."""
    return Call(clock=SetClock(minute(count)), deadline=SystemClock().monotonic() + 60)


def put(simulator: ExtensivSimulator, changed: Mapping[int, int]) -> None:
    """Orders that changed in these minutes. The simulator writes UTC without a zone, so they are given clock times."""
    orders = many(max(changed, default=0)).orders
    clocks = {n: minute(count).astimezone(ZONE).replace(tzinfo=UTC) for n, count in changed.items()}
    simulator.seed(
        World(orders=tuple(msgspec.structs.replace(orders[n - 1], updated_at=clock) for n, clock in clocks.items()))
    )


def connected(simulator: ExtensivSimulator) -> Connecting:
    """The connector for an account whose times are Californian."""
    return Connecting(ExtensivConnector, {**simulator.settings(), "time_zone": ZONE.key})


async def told(connector: Any, cursor: str | None, count: int) -> tuple[dict[int, int], str]:
    """The minute of change of each order that is told by a listing to its end, and where the next goes on."""
    found: dict[int, int] = {}
    for _ in range(20):
        changes = await connector.list_changes(cursor, None, frozenset(), at(count))
        for record in changes.records:
            assert record.updated_at is not None
            found[int(record.external_id) - 1_000_000] = int((record.updated_at - HOUR) / timedelta(minutes=1))
        cursor = changes.cursor
        if not changes.more:
            return found, changes.cursor
    raise AssertionError("the changes never end")


async def test_changes_of_the_second_pass(simulator: ExtensivSimulator) -> None:
    """An order that changes again an hour after, at a clock time before its last one, is told as later; once the hour
    is over nothing is read again.
    """
    connecting = connected(simulator)
    put(simulator, {1: 58, 2: -60})
    found, cursor = await told(connecting.connector, None, 59)
    assert found == {1: 58, 2: -60}
    put(simulator, {1: 70, 2: 65})
    found, cursor = await told(connecting.connector, cursor, 72)
    assert found == {1: 70, 2: 65}
    _, cursor = await told(connecting.connector, cursor, 131)
    assert await told(connecting.connector, cursor, 132) == ({}, cursor)
    await connecting.close()


EVENTS = st.lists(st.tuples(st.integers(1, 6), st.integers(-40, 160), st.booleans()), max_size=25)


@given(EVENTS)
def test_nothing_is_lost(events: list[tuple[int, int, bool]]) -> None:
    """Whatever changes before, in and after the hour is told at the next listing, and never as earlier than before."""

    async def listen() -> None:
        async with ExtensivSimulator() as simulator:
            connecting = connected(simulator)
            changed: dict[int, int] = {}
            known: dict[int, int] = {}
            due: set[int] = set()
            cursor: str | None = None
            for order, count, asks in sorted(events, key=lambda event: event[1]):
                changed[order] = count
                due.add(order)
                if asks:
                    put(simulator, changed)
                    found, cursor = await told(connecting.connector, cursor, count)
                    assert due <= found.keys()
                    assert all(found[each] >= known.get(each, found[each]) for each in due)
                    known |= found
                    due.clear()
            await connecting.close()

    asyncio.run(listen())


def test_pages_that_pass_over_the_hour() -> None:
    """What a long listing told in the first pass is read again after its end, though that is past the second."""
    stream = moved(Stream(), Position("2026-11-01T01:30:00", 7), more=True, now=minute(40), zone=ZONE)
    stream = moved(stream, Position("2026-11-01T01:50:00", 7), more=True, now=minute(70), zone=ZONE)
    stream = moved(stream, Position("2026-11-01T02:04:00", 8), more=False, now=minute(150), zone=ZONE)
    assert stream == Stream(since=minute(30))
    assert stream_rql(stream, ZONE) == "readOnly.lastModifiedDate=ge=2026-11-01T00:30:00"


@pytest.mark.parametrize(
    ("operator", "count", "clock", "twice"),
    [
        (Operator.GTE, 30, "00:30:00", True),
        (Operator.GT, 90, "01:30:00", True),
        (Operator.LT, 30, "01:30:00", True),
        (Operator.LTE, 90, "02:30:00", True),
        (Operator.GTE, -1, "00:59:00", False),
        (Operator.LTE, 120, "02:00:00", False),
    ],
)
def test_bounds(operator: Operator, count: int, clock: str, twice: bool) -> None:
    """A bound in that hour leaves nothing out, and is applied once more to what it lets through."""
    condition = Condition(SearchField.UPDATED_AT, operator, (minute(count),))
    pushed = push_down([condition], ZONE)
    assert pushed.rql.endswith(f"=2026-11-01T{clock}")
    assert pushed.remaining == ((condition,) if twice else ())


@given(st.integers(-200, 400), st.sampled_from([-1, 1]))
def test_bounds_are_never_narrower(count: int, slack: int) -> None:
    """Whichever pass a clock time is taken for, the moment itself is let through."""
    clock = datetime.fromisoformat(on_wire(minute(count), ZONE, slack=slack)).replace(tzinfo=ZONE)
    for fold in (0, 1):
        bound = clock.replace(fold=fold).astimezone(UTC)
        assert bound <= minute(count) if slack < 0 else bound >= minute(count)
