"""Issuers' keys, kept: fetched by one flight at a time and not too often, and never waited for by who needs no new one.

PyJWT's own client fetches under a lock and in the way of everybody; see docs/decisions/tokens-by-pyjwt.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable, Iterable

from jwt import PyJWK

from orderweave.access.provider import Keys, KeySource, NoKeys, fetch_keys
from orderweave.observing import UNOBSERVED, Observing
from orderweave_sdk.aiohttp_transport import AiohttpTransport
from orderweave_sdk.clock import Clock
from orderweave_sdk.transport import Transport

logger = logging.getLogger("orderweave.access")

# Keys that are older are fetched anew beside the requests: nobody waits for a key that is published so long before use.
_REFRESH_SECONDS = 600.0
# Between the beginnings of two fetches, whoever asks for what.
_SHORTEST_INTERVAL_SECONDS = 5.0
# What a caller waits for a fetch.
_LONGEST_WAIT_SECONDS = 3.0
# While an issuer is down its keys are believed for so long after they were last fetched.
_LONGEST_KEPT_SECONDS = 86_400.0


class KeysUnavailable(Exception):
    """Whether the issuer has this key cannot be found out at present, but perhaps in so many whole `seconds`.

    `failing` says whether the issuer is at fault; else it was asked a moment ago, for somebody else's key.
    """

    def __init__(self, seconds: int, *, failing: bool) -> None:
        super().__init__()
        self.seconds = seconds
        self.failing = failing


class KeySet:
    """The keys of one issuer."""

    def __init__(
        self, source: KeySource, clock: Clock, transport: Transport, observing: Observing = UNOBSERVED
    ) -> None:
        self._source = source
        self._clock = clock
        self._transport = transport
        self._observing = observing
        self._keys: Keys = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._flight: asyncio.Task[None] | None = None
        self._failure: str | None = None

    async def key(self, kid: str | None, algorithm: str) -> PyJWK | None:
        """The key of this name for this algorithm; None where the issuer has none, raises KeysUnavailable.

        A key that is known comes at once, however the issuer fares. For another one the set is fetched anew. Where that
        was done a moment ago nobody knows whether the issuer has it by now: strangers who name keys that there are not
        must not make a new one look wrong.
        """
        found = self._known(kid, algorithm)
        if found is not None:
            if self._age() >= _REFRESH_SECONDS:
                self._begin()
            return found
        flight = self._begin()
        if flight is None:
            if self._failure is None and any(kid == known for known, _ in self._keys):
                return None
            raise self._unavailable(failing=self._failure is not None)
        # Not wait_for: the flight is everybody's, and goes on when one of them gives up.
        await asyncio.wait({flight}, timeout=_LONGEST_WAIT_SECONDS)
        found = self._known(kid, algorithm)
        if found is None and (self._failure is not None or not flight.done() or flight.cancelled()):
            raise self._unavailable(failing=True)
        return found

    def _unavailable(self, *, failing: bool) -> KeysUnavailable:
        """A key cannot be looked for now, but once the next fetch may begin."""
        left = self._next_at() - self._clock.monotonic()
        return KeysUnavailable(max(1, math.ceil(left)), failing=failing)

    async def check(self) -> tuple[int, str | None]:
        """Fetch now, for a person who wants to know: how many keys there are, and what is wrong."""
        flight = self._begin()
        if flight is not None:
            await flight
        return len({kid for kid, _ in self._keys}), self._failure

    def _known(self, kid: str | None, algorithm: str) -> PyJWK | None:
        if self._age() > _LONGEST_KEPT_SECONDS:
            return None
        if kid is not None:
            return self._keys.get((kid, algorithm))
        # A token may leave the name out where there is no choice (RFC 7515, 4.1.4).
        fitting = [key for (_, wanted), key in self._keys.items() if wanted == algorithm]
        return fitting[0] if len(fitting) == 1 else None

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self._clock.monotonic() - self._fetched_at

    def _next_at(self) -> float:
        """When the next fetch may begin, on the monotonic clock."""
        return float("-inf") if self._tried_at is None else self._tried_at + _SHORTEST_INTERVAL_SECONDS

    def _begin(self) -> asyncio.Task[None] | None:
        """The flight that is under way, or a new one; None where the last one began a moment ago."""
        if self._flight is not None and not self._flight.done():
            return self._flight
        now = self._clock.monotonic()
        if now < self._next_at():
            return None
        self._tried_at = now
        self._flight = asyncio.create_task(self._fetch(now))
        return self._flight

    async def _fetch(self, began_at: float) -> None:
        before = self._failure
        try:
            keys = await fetch_keys(self._source, self._transport)
        except NoKeys as error:
            self._failure = str(error)
        except Exception as error:
            # A fault of ours or of a library: callers are told that keys cannot be had, and the next fetch tries again.
            self._failure = f"a fault of ours ({type(error).__name__})"
        else:
            self._keys, self._fetched_at, self._failure = keys, began_at, None
        self._observing.keys_fetched(self._source.name, failed=self._failure is not None)
        if self._failure is not None and before is None:
            logger.warning("keys_unavailable", extra={"fields": {"issuer": self._source.name, "why": self._failure}})
        elif self._failure is None and before is not None:
            logger.info("keys_available", extra={"fields": {"issuer": self._source.name}})

    async def close(self) -> None:
        """End the flight and the connections."""
        if self._flight is not None:
            self._flight.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._flight
        await self._transport.close()


class KeySets:
    """The key sets of a process, for the configurations that come one after another in it.

    A set that the next configuration needs as well is handed on with its keys; it is closed when the last who took
    it has given it back. `transport` makes a way to an issuer.
    """

    def __init__(
        self,
        clock: Clock,
        observing: Observing = UNOBSERVED,
        transport: Callable[[], Transport] = lambda: AiohttpTransport(connections=1),
    ) -> None:
        self._clock = clock
        self._observing = observing
        self._transport = transport
        self._sets: dict[KeySource, KeySet] = {}
        self._holders: dict[KeySource, int] = {}

    def take(self, source: KeySource) -> KeySet:
        """The set of a source, to be given back."""
        if source not in self._sets:
            self._sets[source] = KeySet(source, self._clock, self._transport(), self._observing)
        self._holders[source] = self._holders.get(source, 0) + 1
        return self._sets[source]

    async def give_back(self, sources: Iterable[KeySource]) -> None:
        """These are not needed any more by one who took them."""
        for source in sources:
            self._holders[source] -= 1
            if not self._holders[source]:
                del self._holders[source]
                await self._sets.pop(source).close()
