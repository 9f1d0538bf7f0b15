"""The one place that wires everything. Tests hand in other parts here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import strawberry
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from orderweave.access import Identifier, Identify, KeySets, anybody
from orderweave.access.points import Points
from orderweave.answering import Gateway
from orderweave.answering.parts import Parts
from orderweave.caching import Cache
from orderweave.caching.forgetting import Telling
from orderweave.caching.guarding import Guarded
from orderweave.caching.keys import digest_of
from orderweave.caching.memory import MemoryStore
from orderweave.caching.shared import RedisStore
from orderweave.calling import Caller, CallingParts
from orderweave.calling.parts import Pause
from orderweave.calling.quota import meter_for
from orderweave.config import Configuration
from orderweave.config.configuration import ConfiguredSystem
from orderweave.durable import Durable
from orderweave.exporting import Exports, Tally
from orderweave.fetching.readings import expose
from orderweave.fetching.systems import Systems
from orderweave.guests import Desk
from orderweave.index import Database, Index, ListedSkus
from orderweave.inventory import StockMerger
from orderweave.matching import KeyReader
from orderweave.merging import Merger
from orderweave.model.documents import Manifest, listed
from orderweave.model.systems import Business
from orderweave.observing import UNOBSERVED, Observing
from orderweave.observing.observed import Observed
from orderweave.observing.tracing import Tracing, exporting
from orderweave.operations.persisted import Documents
from orderweave.operations.sharing import InRedis, Shared
from orderweave.planning.authority import Authority
from orderweave.receiving import Receiving
from orderweave.receiving.effects import Announce, GatewayEffects
from orderweave.receiving.refreshing import refresh
from orderweave.receiving.storing import IndexStore
from orderweave.schema import build_schema, build_subgraph
from orderweave.sync import Steady, Sync
from orderweave.web import Current, Door
from orderweave.web.addresses import Addresses
from orderweave.web.forgery import Preflight
from orderweave.web.origins import Origins
from orderweave.web.track import page_documents
from orderweave_sdk.clock import Clock, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.transport import Transport
from orderweave_sdk.upstream import Observer

# Connections to the Redis that processes share, and seconds that one of them may take to connect or to answer.
_MOST_REDIS_CONNECTIONS = 16
_LONGEST_REDIS_WAIT = 0.1


class Orderweave:
    """A wired gateway: the schema, and the gateway behind it. Close it when done.

    `transports` replaces the network for some systems by name; `clock` replaces time, and `pause` lets it pass;
    `observing` is told of the work. `shared_cache` is the store that all workers share and `redis` a client of the
    same server for whatever else they share, where one is configured. `key_sets` are the issuers' keys of the process,
    which one configuration hands on to the next. `door` are the endpoint's rules, and who is let in; `identifier` is
    behind that where there is access control.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        clock: Clock | None = None,
        transports: Mapping[str, Transport] | None = None,
        pause: Pause = asyncio.sleep,
        observing: Observing = UNOBSERVED,
        key_sets: KeySets | None = None,
    ) -> None:
        business = configuration.business
        self.configuration = configuration
        self.clock = clock or SystemClock()
        self.redis = shared_redis(configuration)
        calling = CallingParts(clock=self.clock, pause=pause, redis=self.redis)
        connecting: dict[str, Connecting] = {}
        callers: dict[str, Caller] = {}
        for name, system in configuration.systems.items():
            manifest = system.spec.manifest
            meter = meter_for(_account(name, system), manifest.rate_limit, system.calls, calling)
            connecting[name] = Connecting(
                system.connector,
                system.settings,
                transport=(transports or {}).get(name),
                observer=_sent(observing, name),
                carried=observing.carried,
                meter=meter,
                reserves=system.calls.reserves,
            )
            callers[name] = Caller(system.calls, calling, concurrency=manifest.concurrency, meter=meter)
        cache = _cache(configuration, self.clock, observing)
        self.shared_cache = cache.shared if cache is not None else None
        self.systems = Systems(business, connecting, self.clock, callers=callers, cache=cache, observing=observing)
        expose(self.systems)
        authority = Authority(business)
        desk = None
        if configuration.tracking is not None:
            desk = Desk(configuration.tracking, clock=self.clock, pause=pause, redis=self.redis, observing=observing)
        reader, merger = KeyReader(business), Merger(business, authority)
        self.index = _index(configuration, reader, merger, self.clock)
        self.sync: Sync | None = None
        self._steady: Steady | None = None
        self.exports: Exports | None = None
        self.export_tally: Tally | None = None
        if self.index is not None:
            durable = Durable(self.index.database.url)
            self.sync = Sync(self.systems, self.index, configuration.sync)
            self._steady = Steady(self.sync, durable, pause=pause)
            if configuration.exports is not None:
                self.exports = Exports(self.index, business, configuration.exports, self.clock, durable)
                self.export_tally = Tally(self.index, self.clock, observing)
        parts = Parts(
            business=business,
            systems=self.systems,
            reader=reader,
            authority=authority,
            merger=merger,
            stock_merger=StockMerger(business, authority),
            clock=self.clock,
            desk=desk,
            known_skus=_listed(business, self.index),
            index=self.index,
            index_seconds=configuration.index.answer_seconds if configuration.index else 0,
            exports=self.exports,
        )
        self.gateway = Gateway(
            parts,
            deadline_seconds=configuration.server.deadline_seconds,
            points=Points(self.clock, self.redis),
            introspection=configuration.http.introspection,
        )
        self.schema: strawberry.Schema = build_subgraph() if configuration.server.federation else build_schema()
        self.identifier: Identifier | None = None
        if configuration.access is not None:
            held = key_sets or KeySets(self.clock, observing)
            self.identifier = Identifier(configuration.access, held, self.clock, observing)
        shared = InRedis(self.redis, self.clock) if self.redis is not None else None
        self.door = _door(configuration, self.identifier or anybody, shared)

    def begin(self) -> None:
        """Begin what runs beside the answers, in the event loop in which it is closed: sync and work on exports."""
        if self._steady is not None and self.configuration.sync.enabled:
            self._steady.start()
        if self.exports is not None:
            self.exports.start()
        if self.export_tally is not None:
            self.export_tally.start()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What runs beside the answers begins here, and ends."""
        self.begin()
        try:
            yield
        finally:
            await self._end_beside()

    async def close(self) -> None:
        """Close every connection, and end what runs beside the answers."""
        await self._end_beside()
        await self.systems.close()
        if self.identifier is not None:
            await self.identifier.close()
        if self.redis is not None:
            await self.redis.aclose()
        if self.index is not None:
            self.index.close()

    async def _end_beside(self) -> None:
        if self._steady is not None:
            await self._steady.close()
        if self.exports is not None:
            await self.exports.close()
        if self.export_tally is not None:
            await self.export_tally.close()


def _door(configuration: Configuration, identify: Identify, shared: Shared | None) -> Door:
    """The endpoint's rules as the configuration has them."""
    http = configuration.http
    return Door(
        identify=identify,
        addresses=Addresses(configuration.server.trusted_proxies),
        origins=Origins(http.origins, credentials=http.credentials, seconds=http.preflight_seconds),
        documents=_documents(configuration, shared),
        preflight=Preflight(http.require_preflight),
        compress=http.compress,
    )


def _documents(configuration: Configuration, shared: Shared | None) -> Documents:
    """What may be run, as the configuration has it; what the tracking page asks goes with the page."""
    http, manifest = configuration.http, configuration.manifest
    only_listed = http.documents == "known"
    if only_listed and configuration.tracking is not None:
        pages = [listed(text) for text in page_documents().values()]
        manifest = Manifest([*pages, *(manifest or ())])
    return Documents(manifest, only_listed=only_listed, automatic=http.automatic, shared=shared)


def _index(configuration: Configuration, reader: KeyReader, merger: Merger, clock: Clock) -> Index | None:
    """The index that the configuration asks for."""
    if configuration.index is None:
        return None
    captures = [name for name, spec in configuration.business.systems.items() if spec.captures_orders]
    return Index(Database(configuration.index.url), reader=reader, merger=merger, captures=captures, clock=clock)


def _listed(business: Business, index: Index | None) -> ListedSkus | None:
    """Which SKUs the storefronts list, where there is an index to know it."""
    if index is None:
        return None
    return ListedSkus(index, business)


def _cache(configuration: Configuration, clock: Clock, observing: Observing) -> Cache | None:
    """The cache that the configuration asks for."""
    settings = configuration.cache
    if settings is None:
        return None
    memory = MemoryStore(clock, most_entries=settings.entries, most_bytes=settings.megabytes * 1024 * 1024)
    shared = Guarded(RedisStore(configuration.redis.url), clock) if configuration.redis else None
    digests = {
        name: digest_of(system.spec.manifest.name, system.spec.manifest.version, system.settings)
        for name, system in configuration.systems.items()
    }
    return Cache(clock, memory=memory, shared=shared, ages=settings.ages, digests=digests, observing=observing)


def webhooks(
    configuration: Configuration, current: Current, observing: Observing, *, clock: Clock, redis: Any = None
) -> Callable[[Announce], Receiving] | None:
    """What makes the receiving of webhooks, where the configuration has them taken. It works on whichever gateway is
    current; `redis` is where processes tell one another what is forgotten.
    """
    settings = configuration.webhooks
    if settings is None:
        return None
    telling = Telling(redis) if redis is not None and configuration.cache is not None else None

    def made(announce: Announce) -> Receiving:
        return Receiving(
            current.request,
            IndexStore(current.request),
            GatewayEffects(current.request, announce, telling=telling, refresh=refresh),
            settings,
            clock,
            observing=observing,
            telling=telling,
        )

    return made


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


def _account(name: str, system: ConfiguredSystem) -> str:
    """What tells one account of a vendor from another, where gateways share a Redis; without its secrets."""
    manifest = system.spec.manifest
    open_settings = sorted(
        (setting.name, str(system.settings.get(setting.name))) for setting in manifest.settings if not setting.secret
    )
    return f"{name} {manifest.name} {open_settings}"


def shared_redis(configuration: Configuration, *, seconds: float = _LONGEST_REDIS_WAIT) -> Any:
    """A client of the Redis that all workers share, None where there is none; it gives up soon and never tries twice:
    whoever uses it has another way.
    """
    if configuration.redis is None:
        return None
    pool = BlockingConnectionPool.from_url(
        configuration.redis.url,
        max_connections=_MOST_REDIS_CONNECTIONS,
        timeout=seconds,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis.from_pool(pool)
