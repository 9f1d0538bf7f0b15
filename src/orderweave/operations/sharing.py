"""Documents that clients left with one worker, for all of them: in the Redis that they share, while it answers."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from redis.exceptions import RedisError

from orderweave.caching.patience import within
from orderweave_sdk.clock import Clock

logger = logging.getLogger("orderweave.operations")

# Places in that Redis. A digest has one place and takes it from whichever was there, so that nobody can fill it by
# leaving documents. And for how long what nobody asks for stays.
_MOST_SHARED = 4096
_LONGEST_SECONDS = 7 * 86_400
# Seconds that one command may take, and for which Redis is left alone after one that failed.
_LONGEST_COMMAND = 0.05
_REST_SECONDS = 5.0


class Shared(Protocol):
    """What workers share. It raises nothing and holds nobody up."""

    async def get(self, digest: str) -> str | None:
        """The text in the place of a digest, which may be another document's."""
        ...

    async def put(self, digest: str, text: str) -> None:
        """Keep a text, where that is possible."""
        ...


class InRedis:
    """What workers share, through a client of theirs (`Orderweave.redis`)."""

    def __init__(self, redis: Any, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._rest_until = float("-inf")

    async def get(self, digest: str) -> str | None:
        """See `Shared`."""
        raw = await self._soon(lambda: self._redis.get(_place(digest)))
        return raw.decode("utf-8", "replace") if raw is not None else None

    async def put(self, digest: str, text: str) -> None:
        """See `Shared`."""
        await self._soon(lambda: self._redis.set(_place(digest), text.encode(), ex=_LONGEST_SECONDS))

    async def _soon(self, command: Any) -> Any:
        """What the command gives, None where Redis does not answer in time or is being left alone."""
        if self._clock.monotonic() < self._rest_until:
            return None
        try:
            return await within(_LONGEST_COMMAND, command())
        except TimeoutError:
            why = "no answer in time"
        except (RedisError, OSError) as error:
            why = type(error).__name__
        self._rest_until = self._clock.monotonic() + _REST_SECONDS
        logger.warning("documents that clients leave are not shared at present (%s)", why)
        return None


def _place(digest: str) -> str:
    return f"orderweave:documents:{int(digest[:8], 16) % _MOST_SHARED}"
