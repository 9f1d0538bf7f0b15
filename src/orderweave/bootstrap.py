"""The one place that wires everything. Tests hand in other parts here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import strawberry
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from orderweave.answering import Gateway
from orderweave.answering.parts import Parts
from orderweave.calling import Caller, CallingParts
from orderweave.calling.parts import Pause
from orderweave.calling.quota import meter_for
from orderweave.config import Configuration
from orderweave.config.configuration import ConfiguredSystem
from orderweave.fetching.systems import Systems
from orderweave.matching import KeyReader
from orderweave.merging import Merger
from orderweave.planning.authority import Authority
from orderweave.schema import build_schema
from orderweave_sdk.clock import Clock, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.transport import Transport

# Connections to the Redis that processes share, and seconds that one of them may take to connect or to answer.
_MOST_REDIS_CONNECTIONS = 16
_LONGEST_REDIS_WAIT = 0.1


class Orderweave:
    """A wired gateway: the schema, and the gateway behind it. Close it when done.

    `transports` replaces the network for some systems by name; `clock` replaces time, and `pause` lets it pass.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        clock: Clock | None = None,
        transports: Mapping[str, Transport] | None = None,
        pause: Pause = asyncio.sleep,
    ) -> None:
        business = configuration.business
        self.configuration = configuration
        self.clock = clock or SystemClock()
        self._redis = _redis(configuration.redis.url) if configuration.redis else None
        calling = CallingParts(clock=self.clock, pause=pause, redis=self._redis)
        connecting: dict[str, Connecting] = {}
        callers: dict[str, Caller] = {}
        for name, system in configuration.systems.items():
            manifest = system.spec.manifest
            meter = meter_for(_account(name, system), manifest.rate_limit, system.calls, calling)
            connecting[name] = Connecting(
                system.connector,
                system.settings,
                transport=(transports or {}).get(name),
                meter=meter,
                reserves=system.calls.reserves,
            )
            callers[name] = Caller(system.calls, calling, concurrency=manifest.concurrency, meter=meter)
        self.systems = Systems(business, connecting, self.clock, callers)
        authority = Authority(business)
        parts = Parts(
            business=business,
            systems=self.systems,
            reader=KeyReader(business),
            authority=authority,
            merger=Merger(business, authority),
            clock=self.clock,
        )
        self.gateway = Gateway(parts, deadline_seconds=configuration.server.deadline_seconds)
        self.schema: strawberry.Schema = build_schema()

    async def close(self) -> None:
        """Close every connection."""
        await self.systems.close()
        if self._redis is not None:
            await self._redis.aclose()


def _account(name: str, system: ConfiguredSystem) -> str:
    """What tells one account of a vendor from another, where gateways share a Redis; without its secrets."""
    manifest = system.spec.manifest
    open_settings = sorted(
        (setting.name, str(system.settings.get(setting.name))) for setting in manifest.settings if not setting.secret
    )
    return f"{name} {manifest.name} {open_settings}"


def _redis(url: str) -> Any:
    """A client that gives up soon and never tries twice: whoever uses it has another way."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=_MOST_REDIS_CONNECTIONS,
        timeout=_LONGEST_REDIS_WAIT,
        socket_timeout=_LONGEST_REDIS_WAIT,
        socket_connect_timeout=_LONGEST_REDIS_WAIT,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis.from_pool(pool)
