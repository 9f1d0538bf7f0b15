"""A generated business in front of which the gateway answers over HTTP, with the upstream calls on record."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec

from orderweave.bootstrap import Orderweave
from orderweave.caching.ages import DEFAULT_AGES
from orderweave.config import Configuration
from orderweave.config.configuration import CacheSettings
from orderweave.demo import DemoBusiness
from orderweave.model.calls import CallRules
from orderweave.scenario import UNTIL
from orderweave.web import build_app
from orderweave_sdk.clock import SystemClock


class StandingClock(SystemClock):
    """Always the scenario's last instant, so that answers are the same each time, until a test lets time pass;
    deadlines still run.
    """

    def __init__(self) -> None:
        self._passed = 0.0

    def now(self) -> datetime:
        """The scenario's last instant, and what has passed since."""
        return UNTIL + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        """The machine's seconds, and what has passed."""
        return super().monotonic() + self._passed

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += seconds


class Front:
    """The gateway as its callers see it."""

    def __init__(
        self, business: DemoBusiness, woven: Orderweave, client: httpx.AsyncClient, time: StandingClock
    ) -> None:
        self.business = business
        self.woven = woven
        self.time = time
        self._client = client

    async def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The decoded answer; the HTTP status is 200 whatever the upstreams do."""
        response = await self._client.post("/graphql", json={"query": query, "variables": dict(variables or {})})
        assert response.status_code == 200, response.text
        document: dict[str, Any] = response.json()
        return document

    def forget_calls(self) -> None:
        """Start counting upstream calls anew."""
        for simulator in self.business.simulators.values():
            simulator.calls.clear()

    def calls(self) -> dict[str, list[dict[str, Any]]]:
        """What reached each system since, in a stable order."""
        return {
            name: sorted(
                ({"operation": call.operation, "detail": plain(call.detail)} for call in simulator.calls),
                key=lambda entry: json.dumps(entry, sort_keys=True),
            )
            for name, simulator in self.business.simulators.items()
        }

    def address_names(self) -> dict[str, str]:
        """Each simulator's address, and the name that stands for it in files."""
        return {
            str(value): f"http://{name}.example"
            for name, simulator in self.business.simulators.items()
            for value in simulator.settings().values()
            if str(value).startswith("http://127.0.0.1:")
        }


def plain(value: Any) -> Any:
    """A call's detail as JSON."""
    return json.loads(msgspec.json.encode(value))


def with_deadline(configuration: Configuration, seconds: int) -> Configuration:
    """The configuration with a shorter deadline, for tests of systems that never answer."""
    server = msgspec.structs.replace(configuration.server, deadline_seconds=seconds)
    return msgspec.structs.replace(configuration, server=server)


def with_cache(configuration: Configuration) -> Configuration:
    """The configuration with all systems cached, by the ages that hold when nothing is said."""
    ages = dict.fromkeys(configuration.systems, DEFAULT_AGES)
    return msgspec.structs.replace(configuration, cache=CacheSettings(ages=ages))


def called_by(configuration: Configuration, rules: CallRules) -> Configuration:
    """The configuration with every system called by these rules."""
    systems = {name: msgspec.structs.replace(system, calls=rules) for name, system in configuration.systems.items()}
    return msgspec.structs.replace(configuration, systems=systems)


@asynccontextmanager
async def front(
    *,
    seed: int,
    orders: int,
    deadline: int = 60,
    cached: bool = False,
    rules: CallRules | None = None,
    connectors: Sequence[str] | None = None,
) -> AsyncIterator[Front]:
    """A running business with the gateway in front of it, calling by these rules; everything live unless `cached`.
    `connectors` play the business, by default the usual ones.
    """
    async with DemoBusiness(seed=seed, orders=orders, connectors=connectors) as business:
        configuration = called_by(with_deadline(business.configuration(), deadline), rules or CallRules())
        clock = StandingClock()
        woven = Orderweave(with_cache(configuration) if cached else configuration, clock=clock)
        app = build_app(woven.schema, woven.gateway)
        transport = httpx.ASGITransport(app=app)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
                yield Front(business, woven, client, clock)
        finally:
            await woven.close()
