"""The one place that wires everything. Tests hand in other parts here."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry

from orderweave.answering import Gateway
from orderweave.answering.parts import Parts
from orderweave.caching import Cache
from orderweave.caching.guarding import Guarded
from orderweave.caching.keys import digest_of
from orderweave.caching.memory import MemoryStore
from orderweave.caching.shared import RedisStore
from orderweave.config import Configuration
from orderweave.fetching.systems import Systems
from orderweave.matching import KeyReader
from orderweave.merging import Merger
from orderweave.planning.authority import Authority
from orderweave.schema import build_schema
from orderweave_sdk.clock import Clock, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.transport import Transport


class Orderweave:
    """A wired gateway: the schema, and the gateway behind it. Close it when done.

    `transports` replaces the network for some systems by name; `clock` replaces time. `shared_cache` is the store
    that all workers share, where one is configured.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        clock: Clock | None = None,
        transports: Mapping[str, Transport] | None = None,
    ) -> None:
        business = configuration.business
        self.configuration = configuration
        self.clock = clock or SystemClock()
        connecting = {
            name: Connecting(system.connector, system.settings, transport=(transports or {}).get(name))
            for name, system in configuration.systems.items()
        }
        cache = _cache(configuration, self.clock)
        self.shared_cache = cache.shared if cache is not None else None
        self.systems = Systems(business, connecting, self.clock, cache)
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


def _cache(configuration: Configuration, clock: Clock) -> Cache | None:
    """The cache that the configuration asks for."""
    settings = configuration.cache
    if settings is None:
        return None
    memory = MemoryStore(clock, most_entries=settings.entries, most_bytes=settings.megabytes * 1024 * 1024)
    shared = Guarded(RedisStore(settings.redis), clock) if settings.redis else None
    digests = {
        name: digest_of(system.spec.manifest.name, system.spec.manifest.version, system.settings)
        for name, system in configuration.systems.items()
    }
    return Cache(clock, memory=memory, shared=shared, ages=settings.ages, digests=digests)
