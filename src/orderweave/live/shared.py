"""The log of a subject over all workers, in Redis: a stream of events, the digests after the last, and who polls.

Every step is one round trip of bounded time and raises nothing: None says that Redis cannot be had. Then it is left
alone for a while, and each worker goes on by its own polls.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from redis.exceptions import RedisError

from orderweave.caching.patience import within
from orderweave.live.backlog import Event
from orderweave.live.digests import Digests
from orderweave_sdk.clock import Clock
from orderweave_sdk.records import Key

T = TypeVar("T")
logger = logging.getLogger("orderweave.live")

# Seconds that one step may take in all, for which nobody waits but who begins to follow, and for which Redis is left
# alone after one that failed.
_LONGEST_STEP = 0.25
_REST_SECONDS = 5.0
# How long an announcement waits for the workers to look.
_TOLD_SECONDS = 60

_PREFIX = "orderweave:live:"
# Whoever appends has compared with the digests after a certain event; if that is not the last any more, another worker
# was faster and saw the same. KEYS: stream, digests. ARGV: that event, fields, digests, most events, oldest id, life.
_APPEND = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if (last[1] and last[1][1] or '') ~= ARGV[1] then return '' end
local id = redis.call('XADD', KEYS[1], '*', 'event', ARGV[2])
redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[4])
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[5])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return id
"""
# Taking a lease, or holding it on. KEYS: lease. ARGV: whose, for how long.
_LEAD = """
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 1 end
if holder then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_LEAVE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end"


class _Content(msgspec.Struct, frozen=True):
    """What an entry of the stream holds."""

    at: datetime
    changed: tuple[str, ...]


class State(msgspec.Struct, frozen=True):
    """The last event's position, empty where there is none, and the digests after it."""

    position: str
    digests: Digests


class SharedLog:
    """All subjects' logs in one Redis. `most` events are kept of each, for `seconds`."""

    def __init__(self, redis: Any, clock: Clock, *, most: int, seconds: float) -> None:
        self._redis = redis
        self._clock = clock
        self._most = most
        self._life = int(seconds * 1000)
        self._rest_until: float | None = None
        self._append = redis.register_script(_APPEND)
        self._lead = redis.register_script(_LEAD)
        self._leave = redis.register_script(_LEAVE)

    @property
    def down(self) -> bool:
        """Whether it is left alone at present."""
        return self._rest_until is not None

    async def read(self, subject: str, after: str, names: Sequence[str]) -> tuple[list[Event], list[str]] | None:
        """The events after a position, and what was announced under each of these names last."""

        async def step() -> tuple[list[Event], list[str]]:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.xrange(_PREFIX + subject, min=f"({after}" if after else "-", count=self._most)
            if names:
                pipeline.mget([f"{_PREFIX}told:{name}" for name in names])
            entries, *told = await pipeline.execute()
            events = [
                _event(position, msgspec.json.decode(fields[b"event"], type=_Content)) for position, fields in entries
            ]
            return events, [(value or b"").decode() for value in (told[0] if told else ())]

        return await self._try(step)

    async def state(self, subject: str) -> State | None:
        """What a poll is to be compared with; it is kept for another while."""

        async def step() -> State:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.xrevrange(_PREFIX + subject, count=1)
            pipeline.get(f"{_PREFIX}{subject}:digests")
            pipeline.pexpire(_PREFIX + subject, self._life)
            pipeline.pexpire(f"{_PREFIX}{subject}:digests", self._life)
            last, digests, *_ = await pipeline.execute()
            if not last or digests is None:
                return State(last[0][0].decode() if last else "", {})
            return State(last[0][0].decode(), msgspec.json.decode(digests, type=dict[str, str]))

        return await self._try(step)

    async def append(self, subject: str, after: str, event: Event, digests: Digests) -> str | None:
        """Write an event behind the one at `after`; gives its position, empty where another was written before it."""
        content = msgspec.json.encode(_Content(event.at, event.changed))
        oldest = max(0, int(self._clock.now().timestamp() * 1000) - self._life)
        arguments = [after, content, msgspec.json.encode(digests), self._most, oldest, self._life]
        keys = [_PREFIX + subject, f"{_PREFIX}{subject}:digests"]
        written = await self._try(lambda: self._append(keys=keys, args=arguments))
        return None if written is None else written.decode()

    async def lead(self, subject: str, token: str, seconds: float) -> bool | None:
        """Whether the one with this token is to poll for all, from now on for so long."""
        held = await self._try(
            lambda: self._lead(keys=[f"{_PREFIX}{subject}:lease"], args=[token, int(seconds * 1000)])
        )
        return None if held is None else bool(held)

    async def leave(self, subject: str, token: str) -> None:
        """Let another poll."""
        await self._try(lambda: self._leave(keys=[f"{_PREFIX}{subject}:lease"], args=[token]))

    async def tell(self, names: Iterable[str], nonce: str) -> None:
        """Let every worker's watchers of these names look at once."""

        async def step() -> bool:
            pipeline = self._redis.pipeline(transaction=False)
            for name in names:
                pipeline.set(f"{_PREFIX}told:{name}", nonce, ex=_TOLD_SECONDS)
            await pipeline.execute()
            return True

        await self._try(step)

    async def _try(self, step: Callable[[], Awaitable[T]]) -> T | None:
        """What a step gives; None where Redis does not answer in time, or is being left alone."""
        if self._rest_until is not None and self._clock.monotonic() < self._rest_until:
            return None
        try:
            found = await within(_LONGEST_STEP, step())
        except (TimeoutError, RedisError, OSError, msgspec.DecodeError, ValueError, LookupError) as error:
            if self._rest_until is None:
                logger.warning(
                    "changes are not shared between workers (%s); each polls by itself", type(error).__name__
                )
            self._rest_until = self._clock.monotonic() + _REST_SECONDS
            return None
        if self._rest_until is not None:
            logger.warning("changes are shared between workers again")
            self._rest_until = None
        return found


def told_name(key: Key) -> str:
    """The name under which a change of what has this key is announced; a SKU has the namespace `sku`."""
    return hashlib.sha256(msgspec.json.encode([key.namespace, key.value])).hexdigest()[:32]


def _event(position: bytes, content: _Content) -> Event:
    return Event(position=position.decode(), at=content.at, changed=content.changed)
