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
from orderweave.fetching.readings import expose
from orderweave.fetching.systems import Systems
from orderweave.matching import KeyReader
from orderweave.merging import Merger
from orderweave.observing import UNOBSERVED, Observing
from orderweave.observing.observed import Observed
from orderweave.observing.tracing import Tracing, exporting
from orderweave.planning.authority import Authority
from orderweave.schema import build_schema
from orderweave_sdk.clock import Clock, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.transport import Transport
from orderweave_sdk.upstream import Observer


class Orderweave:
    """A wired gateway: the schema, and the gateway behind it. Close it when done.

    `transports` replaces the network for some systems by name; `clock` replaces time; `observing` is told of the work.
    `shared_cache` is the store that all workers share, where one is configured.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        clock: Clock | None = None,
        transports: Mapping[str, Transport] | None = None,
        observing: Observing = UNOBSERVED,
    ) -> None:
        business = configuration.business
        self.configuration = configuration
        self.clock = clock or SystemClock()
        connecting = {
            name: Connecting(
                system.connector,
                system.settings,
                transport=(transports or {}).get(name),
                observer=_sent(observing, name),
                carried=observing.carried,
            )
            for name, system in configuration.systems.items()
        }
        cache = _cache(configuration, self.clock, observing)
        self.shared_cache = cache.shared if cache is not None else None
        self.systems = Systems(business, connecting, self.clock, cache, observing)
        expose(self.systems)
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


def _cache(configuration: Configuration, clock: Clock, observing: Observing) -> Cache | None:
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
    return Cache(clock, memory=memory, shared=shared, ages=settings.ages, digests=digests, observing=observing)


def observed(configuration: Configuration, *, clock: Clock | None = None, ops: bool = False) -> Observed:
    """What is told of a gateway's work, as its configuration says; close it when the process ends.

    With `ops` the history for the operations page is kept whether or not a token opens it. A configuration that takes
    the place of another is wired with the same one, so that no counter begins anew.
    """
    said = configuration.observing
    tracing = Tracing(exporting(said.traces_to), upstream=said.trace_upstream) if said.traces_to else None
    return Observed(
        configuration.systems,
        clock or SystemClock(),
        metrics=said.metrics,
        history=ops or said.ops_token is not None,
        tracing=tracing,
        log_requests=said.log_requests,
    )


def _sent(observing: Observing, system: str) -> Observer:
    return lambda operation, seconds, error: observing.sent(system, error)
