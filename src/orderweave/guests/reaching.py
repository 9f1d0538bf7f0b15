"""Reaching the Redis that workers share: never for long, and not at all for a while after it failed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from redis.exceptions import RedisError

from orderweave.caching.patience import within
from orderweave_sdk.clock import Clock

logger = logging.getLogger("orderweave.guests")

# Seconds that one step may take in all: an attempt waits for its slot anyway, and no look waits for more than one such
# step. And seconds for which Redis is left alone after one that failed.
_LONGEST_STEP = 0.1
_REST_SECONDS = 5.0


class OutOfReach(Exception):
    """Redis did not answer, or is being left alone."""


class Reach:
    """One client of Redis. An outage is logged once, and its end once."""

    def __init__(self, redis: Any, clock: Clock) -> None:
        self.redis = redis
        self._clock = clock
        self._rest_until: float | None = None
        self._trying = False

    async def ask(self, step: Callable[[], Awaitable[Any]]) -> Any:
        """What a step gives; raises OutOfReach. One caller at a time tries whether Redis is back."""
        if self._rest_until is not None and (self._trying or self._clock.monotonic() < self._rest_until):
            raise OutOfReach
        self._trying = self._rest_until is not None
        try:
            given = await within(_LONGEST_STEP, step())
        except (TimeoutError, RedisError, OSError) as error:
            if self._rest_until is None:
                logger.warning("tracking_redis_lost", extra={"fields": {"error": type(error).__name__}})
            self._rest_until = self._clock.monotonic() + _REST_SECONDS
            raise OutOfReach from None
        finally:
            self._trying = False
        if self._rest_until is not None:
            logger.info("tracking_redis_back")
            self._rest_until = None
        return given
