"""Keeping in Redis (or Valkey), for all workers and machines: aiocache's backend with bytes, and leases beside it.

Nothing here is bounded in time and everything may raise; it stands behind `guarding.Guarded`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any
from urllib.parse import unquote, urlsplit

from aiocache.backends.redis import RedisCache
from aiocache.serializers import NullSerializer
from redis.asyncio import BlockingConnectionPool, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from orderweave.caching.store import Kept

# Connections of one process; a command takes well under a millisecond of one.
_MOST_CONNECTIONS = 16

# Whoever holds a lease, and nobody else, may prolong it or give it up.
_EXTEND = "if redis.call('get',KEYS[1]) == ARGV[1] then return redis.call('pexpire',KEYS[1],ARGV[2]) else return 0 end"
_RELEASE = "if redis.call('get',KEYS[1]) == ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end"


def url_problem(url: str) -> str | None:
    """What is wrong with the address of a store; None for a good one."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("redis", "rediss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not (parts.path in ("", "/") or parts.path[1:].isdecimal()):
        return "must be an address such as redis://localhost:6379/0"
    return None


class RedisStore:
    """Bytes and leases in one Redis. `url` has no `url_problem`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        more: dict[str, Any] = {"retry": Retry(NoBackoff(), 1)}
        if parts.username:
            more["username"] = unquote(parts.username)
        if parts.scheme == "rediss":
            more["connection_class"] = SSLConnection
        self._cache = RedisCache(
            serializer=NullSerializer(encoding=None),
            endpoint=parts.hostname,
            port=parts.port or 6379,
            db=int(parts.path[1:] or 0),
            password=unquote(parts.password) if parts.password else None,
            pool_max_size=_MOST_CONNECTIONS,
            connection_pool_class=BlockingConnectionPool,
            connection_pool_kwargs=more,
            timeout=None,
        )
        self._client: Any = self._cache.client

    async def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """What is kept under these keys."""
        wanted = list(keys)
        if not wanted:
            return {}
        values = await self._cache.multi_get(wanted)
        return {key: value for key, value in zip(wanted, values, strict=True) if value is not None}

    async def set_many(self, entries: Mapping[str, Kept]) -> None:
        """Keep; entries that live equally long, in whole seconds, go together."""
        by_life: dict[int, list[tuple[str, bytes]]] = defaultdict(list)
        for key, entry in entries.items():
            by_life[max(1, ceil(entry.seconds))].append((key, entry.value))
        await asyncio.gather(*(self._cache.multi_set(pairs, ttl=seconds) for seconds, pairs in by_life.items()))

    async def delete_many(self, keys: Iterable[str]) -> None:
        """Forget."""
        wanted = list(keys)
        if wanted:
            await self._client.delete(*wanted)

    async def ping(self) -> None:
        """Raise unless it answers."""
        await self._client.ping()

    async def acquire(self, names: Sequence[str], token: bytes, seconds: float) -> list[bool]:
        """For each lease whether it is now held by `token`; it runs out by itself."""
        pipeline = self._client.pipeline(transaction=False)
        for name in names:
            pipeline.set(name, token, nx=True, px=int(seconds * 1000))
        return [bool(answer) for answer in await pipeline.execute()]

    async def extend(self, names: Sequence[str], token: bytes, seconds: float) -> None:
        """Hold leases for so long from now."""
        pipeline = self._client.pipeline(transaction=False)
        for name in names:
            pipeline.eval(_EXTEND, 1, name, token, int(seconds * 1000))
        await pipeline.execute()

    async def release(self, names: Sequence[str], token: bytes) -> None:
        """Give leases up."""
        pipeline = self._client.pipeline(transaction=False)
        for name in names:
            pipeline.eval(_RELEASE, 1, name, token)
        await pipeline.execute()

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()
