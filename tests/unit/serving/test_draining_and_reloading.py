"""What a signal does to one process: the drain step by step, and a configuration that is put in another's place."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable

import msgspec
import pytest
import uvicorn

from orderweave.access import KeySets
from orderweave.config import Configuration, ConfigurationError, Problem
from orderweave.config.configuration import Server
from orderweave.observing import UNOBSERVED, Observing
from orderweave.serving import reloading
from orderweave.serving.reloading import Reloading, Reread
from orderweave.serving.server import Server as ServingServer
from orderweave.web import Admission, App, Current, build_app
from orderweave.web.connections import BoundedProtocol, Connections
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_clock import FakeClock
from tests.unit.fake_systems import Woven, weave
from tests.unit.web.exchanges import ASKS_BOTH, Exchange, Waiting, turns


class Parts:
    """A server that serves nothing yet."""

    def __init__(self, *, drain_seconds: float = 5.0, lifeline: int | None = None, app: App | None = None) -> None:
        self.clock = FakeClock()
        self.admission = app.endpoint.admission if app else Admission(most_in_flight=1, most_waiting=0)
        self.connections = Connections(request_seconds=10)
        self.reloads = 0
        self.drained: list[float] = []
        self.reloaded = asyncio.Event()
        self.server = ServingServer(
            uvicorn.Config(app or App, http=BoundedProtocol, ws="none", log_config=None, log_level="error"),
            connections=self.connections,
            admission=self.admission,
            reload=self._reload,
            clock=self.clock,
            drain_seconds=drain_seconds,
            drain=self.drained.append,
            lifeline=lifeline,
        )

    async def _reload(self) -> None:
        self.reloads += 1
        await self.reloaded.wait()


async def test_the_drain_step_by_step() -> None:
    """Nothing before the signal; from it on readiness and connections know; after the drain, and no sooner, it ends."""
    parts = Parts()
    assert not await parts.server.on_tick(0)
    assert (parts.admission.draining, parts.connections.draining) == (False, False)
    parts.server.stop()
    assert (parts.admission.draining, parts.connections.draining) == (True, True)
    parts.clock.advance(4.9)
    assert not await parts.server.on_tick(1)
    parts.clock.advance(0.1)
    assert await parts.server.on_tick(2)
    assert parts.drained == [5.0]
    assert not parts.server.force_exit


async def test_another_signal_hurries() -> None:
    """A second signal ends the drain; what comes within a second of the first is its echo, passed on by another."""
    parts = Parts(drain_seconds=60.0)
    parts.server.stop()
    parts.server.stop()
    parts.clock.advance(0.9)
    parts.server.stop()
    assert not await parts.server.on_tick(0)
    parts.clock.advance(0.1)
    parts.server.stop()
    assert (await parts.server.on_tick(0), parts.server.force_exit) == (True, False)


@pytest.mark.parametrize("supervised", [False, True])
async def test_signals_are_ours_while_the_server_runs(supervised: bool) -> None:
    """SIGHUP asks for a reload, SIGTERM begins the drain, SIGINT only without a supervisor; then all is as before."""
    parts = Parts(lifeline=0 if supervised else None)
    handlers = [signal.getsignal(sig) for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with parts.server.capture_signals():
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGINT)
        assert parts.admission.draining is not supervised
        os.kill(os.getpid(), signal.SIGTERM)
        assert parts.admission.draining
    assert [signal.getsignal(sig) for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == handlers
    await parts.server.on_tick(1)
    await turns()
    assert parts.reloads == 1
    parts.reloaded.set()
    await turns()


async def test_what_waits_in_the_queue_is_accepted() -> None:
    """A client that had connected and asked before the stop, and was not accepted yet, is answered all the same."""
    woven = business("1001")
    app = build_app(woven.schema, woven.gateway)
    parts = Parts(app=app)
    parts.server.config.load()
    parts.server.lifespan = parts.server.config.lifespan_class(parts.server.config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        await parts.server.startup([listening])
        with socket.create_connection(address) as client:
            client.sendall(b"GET /health/ready HTTP/1.1\r\nhost: gateway\r\n\r\n")
            parts.server.stop()
            await parts.server.shutdown([listening])
            answer = client.recv(65536)
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert b"connection: close" in answer
        assert answer.endswith(b'{"status":"draining"}')
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address).close()
    assert woven.fakes["shop"].closed


async def test_one_reload_at_a_time() -> None:
    """Signals that come during a reload lead to one more, after it."""
    parts = Parts()
    parts.server.ask_reload()
    for _ in range(3):
        await parts.server.on_tick(1)
        await turns()
        parts.server.ask_reload()
    assert parts.reloads == 1
    parts.reloaded.set()
    await turns()
    await parts.server.on_tick(1)
    await turns()
    await parts.server.on_tick(1)
    await turns()
    assert parts.reloads == 2


def business(number: str, *, deadline: int = 10) -> Woven:
    """A shop with one order, and an ERP."""
    return weave(shop([order("a1", number)]), erp([]), deadline=deadline)


class House:
    """A gateway that is served, and a file with which it may be reloaded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, woven: Woven, *, supervised: bool = False) -> None:
        self.woven = woven
        self.next: Callable[[], Woven] = lambda: woven
        self._made: Woven = woven
        self.current = Current(woven.gateway, woven.close)
        self.app = build_app(woven.schema, self.current)
        self.reread = Reread(woven.configuration, self._load)
        self.reload = Reloading(
            self.reread, self.current, UNOBSERVED, KeySets(woven.clock), supervised=supervised
        ).reload
        # Wires what the file says: here the gateway whose configuration was just read.
        monkeypatch.setattr(reloading, "Orderweave", lambda configuration, observing, key_sets: self._made)

    def _load(self) -> Configuration:
        self._made = self.next()
        return self._made.configuration

    async def number(self, number: str) -> object:
        """What the gateway says of a number."""
        _, document = await Exchange(self.app, f'{{ order(by: {{number: "{number}"}}) {{ number }} }}').done()
        return document["data"]["order"]


async def test_a_good_configuration_takes_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a reload the new systems are asked and the old ones are closed."""
    house = House(monkeypatch, business("1001"))
    after = business("2002")
    house.next = lambda: after
    assert await house.number("2002") is None
    assert await house.reload()
    assert (await house.number("2002"), await house.number("1001")) == ({"number": "2002"}, None)
    assert [fake.closed for fake in house.woven.fakes.values()] == [True, True]
    assert [fake.closed for fake in after.fakes.values()] == [False, False]
    assert house.reread.configuration is after.configuration


async def test_the_old_systems_finish_their_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request under way is answered by the systems that it began with; these are closed right after it."""
    house = House(monkeypatch, business("1001"))
    waiting = Waiting(house.woven, "shop")
    after = business("2002")
    house.next = lambda: after
    begun = Exchange(house.app, ASKS_BOTH)
    task = begun.start()
    await turns()
    reload = asyncio.create_task(house.reload())
    await turns()
    assert await house.number("2002") == {"number": "2002"}
    assert (house.woven.fakes["shop"].closed, reload.done()) == (False, False)
    waiting.open()
    await task
    assert await reload
    assert begun.document["data"]["order"]["number"] == "1001"
    assert house.woven.fakes["shop"].closed


async def test_the_old_systems_are_not_kept_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A request that does not end keeps the old systems open for its deadline and a moment, no longer."""
    monkeypatch.setattr(reloading, "_GRACE", -9.998)
    house = House(monkeypatch, business("1001"))
    Waiting(house.woven, "shop")
    after = business("2002")
    house.next = lambda: after
    begun = Exchange(house.app, ASKS_BOTH)
    task = begun.start()
    await turns()
    assert await house.reload()
    assert house.woven.fakes["shop"].closed
    assert "the gateway before was closed with 1 requests at work" in caplog.text
    begun.hang_up()
    await task


async def test_a_broken_configuration_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A file with mistakes leaves everything as it was, and each mistake is logged with file, key and what is right."""
    house = House(monkeypatch, business("1001"))

    def broken() -> Woven:
        raise ConfigurationError("shop.toml", [Problem("systems.a", "must be b"), Problem("server.port", "must be c")])

    house.next = broken
    with caplog.at_level(logging.INFO):
        assert not await house.reload()
    assert [record.getMessage() for record in caplog.records] == [
        "shop.toml: systems.a: must be b",
        "shop.toml: server.port: must be c",
        "2 problems; the configuration stays as it was",
    ]
    assert await house.number("1001") == {"number": "1001"}
    assert not house.woven.fakes["shop"].closed
    assert house.reread.configuration is house.woven.configuration


async def test_a_connector_that_cannot_be_made_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of a connector's own while it is made leaves everything as it was; its words, maybe secret, stay out."""
    house = House(monkeypatch, business("1001"))
    after = business("2002")
    house.next = lambda: after

    def faulty(configuration: Configuration, observing: Observing, key_sets: KeySets) -> Woven:
        raise RuntimeError("s3cret")

    monkeypatch.setattr(reloading, "Orderweave", faulty)
    assert not await house.reload()
    assert "a connector cannot be made (RuntimeError); the configuration stays as it was" in caplog.text
    assert "s3cret" not in caplog.text
    assert await house.number("1001") == {"number": "1001"}
    assert house.reread.configuration is house.woven.configuration


@pytest.mark.parametrize("supervised", [False, True])
async def test_what_waits_for_a_start_is_said(
    supervised: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The deadline changes at once; other keys of the server are named as waiting, by one process and not by each."""
    house = House(monkeypatch, business("1001"), supervised=supervised)
    after = business("1001", deadline=3)
    server = Server(deadline_seconds=3, port=9000, most_in_flight=7)
    after.configuration = msgspec.structs.replace(after.configuration, file="shop.toml", server=server)
    house.next = lambda: after
    with caplog.at_level(logging.INFO):
        assert await house.reload()
    said = [record.getMessage() for record in caplog.records]
    assert said == (
        []
        if supervised
        else [
            "server.port: takes effect at the next start",
            "server.most_in_flight: takes effect at the next start",
            "the configuration was read again: shop.toml",
        ]
    )
    waiting = Waiting(after, "shop")
    waiting.open()
    await house.number("1001")
    assert waiting.waited == [pytest.approx(1.5)]
