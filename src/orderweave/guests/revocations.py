"""Orders whose tokens hold no more: kept in Redis for all processes, or by this one until it ends.

Each process has a copy and goes on from it while Redis is out of reach. One that never had one lets nobody in then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from orderweave.guests.pseudonyms import Pseudonyms
from orderweave.guests.reaching import OutOfReach, Reach
from orderweave.guests.shared import PREFIX
from orderweave.guests.tokens import Grant, milliseconds
from orderweave.model.tracking import TrackingRevocation
from orderweave_sdk.clock import Clock
from orderweave_sdk.records import Key

# Orders at most; an entry is dropped once no token can be as old. Beyond it, `revoked_before` is the way.
_MOST_REVOKED = 10_000
# A revocation made in another process is known here after so many seconds.
_LOOK_SECONDS = 2.0
_REVOKED = PREFIX + "revoked"


class TooManyRevoked(Exception):
    """No more orders can be kept one by one."""


class Unsure(Exception):
    """Whether a token was revoked cannot be known at present."""


class Revocations:
    """Which orders' tokens were revoked, and when. `longest` is the longest life of a token in seconds.

    An order stands under the first of the `pseudonyms` and is looked for under all: a key that still opens tokens may
    have been the first when they were revoked.
    """

    def __init__(self, clock: Clock, reach: Reach | None, pseudonyms: Sequence[Pseudonyms], *, longest: int) -> None:
        self._clock = clock
        self._reach = reach
        self._pseudonyms = pseudonyms
        self._longest = longest * 1000
        self._copy: dict[str, int] | None = {} if reach is None else None
        self._looked_at: float | None = None

    async def revoke(self, order: Key) -> TrackingRevocation:
        """From now on no token of this order holds that was given so far. Raises TooManyRevoked."""
        now = self._now()
        name = self._names(order)[0]
        shared = await self._look(anew=True)
        known = self._copy = self._copy if self._copy is not None else {}
        old = [entry for entry, at in known.items() if at < now - self._longest]
        for entry in old:
            del known[entry]
        if name not in known and len(known) >= _MOST_REVOKED:
            raise TooManyRevoked
        known[name] = now
        if shared and self._reach is not None:
            shared = await self._tell(self._reach, name, now, old)
        moment = datetime.fromtimestamp(now / 1000, UTC)
        return TrackingRevocation(revoked_before=moment, shared=shared)

    async def revoked(self, grant: Grant) -> bool:
        """Whether the right in a token was revoked after it was given. Raises Unsure."""
        await self._look()
        if self._copy is None:
            raise Unsure
        return grant.given <= max(self._copy.get(name, -1) for name in self._names(grant.order))

    async def _look(self, *, anew: bool = False) -> bool:
        """Bring the copy up to date; whether it is shared."""
        if self._reach is None:
            return False
        now = self._clock.monotonic()
        if not anew and self._looked_at is not None and now - self._looked_at < _LOOK_SECONDS:
            return True
        redis = self._reach.redis
        try:
            told = await self._reach.ask(lambda: redis.hgetall(_REVOKED))
        except OutOfReach:
            return False
        # What this process alone knows stays: it was told while Redis was away.
        alone = self._copy or {}
        shared = {_text(name): int(at) for name, at in told.items()}
        both = {name: max(shared.get(name, -1), alone.get(name, -1)) for name in shared.keys() | alone.keys()}
        self._copy = {name: at for name, at in both.items() if at >= self._now() - self._longest}
        self._looked_at = now
        return True

    async def _tell(self, reach: Reach, name: str, now: int, old: list[str]) -> bool:
        async def told() -> None:
            await reach.redis.hset(_REVOKED, name, now)
            await reach.redis.pexpire(_REVOKED, self._longest + 60_000)
            if old:
                await reach.redis.hdel(_REVOKED, *old)

        try:
            await reach.ask(told)
        except OutOfReach:
            return False
        return True

    def _names(self, order: Key) -> list[str]:
        return [each.of("revoked", f"{order.namespace}\n{order.value}") for each in self._pseudonyms]

    def _now(self) -> int:
        return milliseconds(self._clock.now())


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name
