"""A gateway that takes webhooks of one shop, kept in a real SQLite file, with effects that a test scripts."""

from __future__ import annotations

import asyncio
import hmac
from base64 import b64encode
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from orderweave.config.configuration import CacheSettings, IndexSettings, WebhookSettings
from orderweave.observing import UNOBSERVED
from orderweave.receiving import Outcome, Receiving
from orderweave.receiving.deliveries import Concerned
from orderweave.receiving.effects import EffectFailed, Effects
from orderweave.receiving.storing import IndexStore
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Key
from orderweave_sdk.webhooks import Delivery
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import FakeSystem, Woven, manifest, weave
from tests.unit.fake_webhooks import SECRET, SIGNATURE

ABLE = frozenset(Capability) - {
    Capability.LIST_CHANGES,
    Capability.READ_TRACKING,
    Capability.READ_RECEIPTS,
    Capability.REGISTER_WEBHOOKS,
}


class ScriptedEffects:
    """Notes what is asked of it; fails while `error` is set, and waits while `open` is not."""

    def __init__(self) -> None:
        self.applied: list[tuple[str, tuple[Concerned, ...]]] = []
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()
        self.error: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def apply(self, system: str, concerned: Sequence[Concerned]) -> None:
        """Note it."""
        self.begun.set()
        await self.open.wait()
        if self.error is not None:
            raise self.error
        self.applied.append((system, tuple(concerned)))
        self.ended.set()

    @property
    def orders(self) -> list[str]:
        """The surest names of the orders for which something was done, in its order."""
        return [each.order[0].value for _, several in self.applied for each in several if each.order]


def shop(*, orders: Sequence[Any] = (), stock: Sequence[Any] = ()) -> FakeSystem:
    """A shop that sends webhooks."""
    return FakeSystem("shop", manifest("shop", capabilities=ABLE, references=("ref",)), orders=orders, stock=stock)


class Desk:
    """The receiving, as a process has it. `again` makes one more process over the same file."""

    def __init__(
        self,
        folder: Path,
        *,
        effects: Effects | None = None,
        settings: WebhookSettings | None = None,
        cache: CacheSettings | None = None,
        system: FakeSystem | None = None,
        url: str | None = None,
    ) -> None:
        self.scripted = ScriptedEffects()
        self.shop = system or shop()
        self.woven: Woven = weave(
            self.shop,
            FakeSystem("silent", manifest("silent", capabilities=ABLE - {Capability.RECEIVE_WEBHOOKS})),
            index=IndexSettings(url=url or f"sqlite:///{folder / 'webhooks.db'}"),
            cache=cache,
        )
        self.time = self.woven.time
        self.store = IndexStore(self.gateway)
        self.settings = settings or WebhookSettings()
        self.closed = False
        self.receiving = Receiving(
            self.gateway,
            self.store,
            effects or self.scripted,
            self.settings,
            self.time,
            observing=UNOBSERVED,
        )

    def gateway(self) -> nullcontext[Any]:
        """The gateway, for as long as it is needed."""
        return nullcontext(self.woven.gateway)

    async def send(self, delivery: Delivery, *, system: str = "shop", secret: str = SECRET) -> Outcome:
        """Send a delivery."""
        await self.open()
        headers, body = signed(delivery, secret)
        return await self.receiving.accept(system, headers, body)

    async def open(self) -> None:
        """Have the tables made, which on a busy machine may take longer than storing may."""
        if self.woven.index is not None and not self.closed:
            await self.woven.index.open()

    async def work(self) -> int:
        """Work off what is due."""
        return await self.receiving.worker.turn()

    async def states(self) -> list[tuple[int, str]]:
        """How all deliveries stand, oldest first."""
        return [(each.number, each.state.value) for each in reversed(await self.store.listed(None, most=1000))]

    async def close(self) -> None:
        """Let go of the database."""
        self.closed = True
        await self.woven.close()


def signed(delivery: Delivery, secret: str = SECRET) -> tuple[dict[str, str], bytes]:
    """As the fake shop sends it."""
    body = msgspec.json.encode(delivery)
    return {SIGNATURE: b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()}, body


def told(
    name: str, order: str | None = "a1", *, seconds: float | None = 0, skus: tuple[str, ...] = (), **more: Any
) -> Delivery:
    """A delivery about an order, so many seconds past noon; None: at no known time."""
    at: datetime | None = NOON + timedelta(seconds=seconds) if seconds is not None else None
    keys = (Key("id", order),) if order is not None else ()
    return Delivery(id=name, topic="orders/updated", occurred_at=at, order=keys, skus=skus, **more)


DOWN = EffectFailed("orders were not read (UNREACHABLE)")
