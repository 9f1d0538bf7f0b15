"""A feed over fake systems whose watches wait until the test lets time pass."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from orderweave.config.configuration import LiveSettings
from orderweave.live import Feed, Following, Subject, Topic
from orderweave.live.looking import looking
from orderweave.model.terms import Lane
from orderweave.planning.needs import Needs
from orderweave.web.current import Current
from orderweave_sdk.records import Axis, OrderRecord, StatusWord
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_clock import FakeClock
from tests.unit.fake_systems import Woven, weave
from tests.unit.web.exchanges import turns

SETTINGS = LiveSettings(poll_seconds=5, keep_seconds=600, events_kept=10)


class Waits:
    """Waits of all watchers on one clock: a test moves it and each whose time has come goes on."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._moved = asyncio.Event()

    async def __call__(self, event: asyncio.Event, seconds: float) -> None:
        """Wait until the event or the time."""
        until = self._clock.monotonic() + seconds
        while not event.is_set() and self._clock.monotonic() < until:
            moved = asyncio.ensure_future(self._moved.wait())
            woken = asyncio.ensure_future(event.wait())
            try:
                await asyncio.wait({moved, woken}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (moved, woken):
                    task.cancel()
                await asyncio.gather(moved, woken, return_exceptions=True)

    async def pass_by(self, seconds: float, *, rounds: int = 60) -> None:
        """Let time pass, and whoever waited for it do its work."""
        self._clock.advance(seconds)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        await turns(rounds)


class Fed:
    """The gateway over a shop and an ERP, and one worker's feed of it."""

    def __init__(self, woven: Woven, *, redis: Any = None, settings: LiveSettings = SETTINGS) -> None:
        self.woven = woven
        self.waits = Waits(woven.time)
        self.current = Current(woven.gateway, woven.close)
        self.feed = Feed(
            looking(self.current.request), settings, woven.time, redis=redis, poll_takes=10, wait=self.waits
        )

    @property
    def polls(self) -> int:
        """How many times anything was looked at."""
        return sum(self.feed.polls.values())


def business(orders: Sequence[OrderRecord] = ()) -> Woven:
    """A shop with order 1001 or these, and an ERP that mirrors it."""
    return weave(
        shop(list(orders) or [order("a1", "1001", email="ada@example.com", customer_id="c1", tracking="T1")]),
        erp([order("e1", "SO1", reference=("reference", "1001"), invoice="I1")]),
    )


async def subject(woven: Woven, topic: Topic = Topic.ORDER, number: str = "1001") -> Subject:
    """Order 1001 as it is followed."""
    found = await woven.gateway.order_by_number(number, Needs(facets=frozenset()), woven.gateway.call())
    assert found is not None
    return Subject(topic, (found.id,))


def close_order(woven: Woven, system: str = "shop", at: int = 0) -> None:
    """The order's status changes in a system, and so does its header."""
    orders = woven.fakes[system].orders
    orders[at] = msgspec.structs.replace(orders[at], statuses=(StatusWord(Axis.ORDER, "done", "COMPLETED", "1"),))


def reopen_order(woven: Woven, system: str = "shop", at: int = 0) -> None:
    """And back."""
    orders = woven.fakes[system].orders
    orders[at] = msgspec.structs.replace(orders[at], statuses=(StatusWord(Axis.ORDER, "open", "OPEN", "1"),))


@asynccontextmanager
async def following(fed: Fed, what: Subject, after: str | None = None) -> AsyncIterator[Following]:
    """Follow it."""
    async with fed.feed.follow(what, Lane.INTERACTIVE, after) as found:
        yield found
