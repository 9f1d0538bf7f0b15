"""Working deliveries off: what is due is claimed, done once, tried again later where it fails, given up in the end.

Several processes work beside one another: a delivery is claimed by one, and by another only after a lease that a
process which was killed leaves behind.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import msgspec

from orderweave.observing.logs import places
from orderweave.receiving.deliveries import State, Store, Waiting
from orderweave.receiving.effects import LONGEST_EFFECT, EffectFailed, Effects
from orderweave.receiving.tallies import Tally
from orderweave_sdk.clock import Clock

logger = logging.getLogger("orderweave.receiving")

Wait = Callable[[asyncio.Event, float], Awaitable[None]]

# Deliveries that one process claims at once. Those of one system are read anew together.
_MOST_CLAIMED = 100
_LEASE = timedelta(seconds=4 * LONGEST_EFFECT)
# How often a process looks for what other processes took in, and for what is due again.
_LOOK_SECONDS = 1.0
# The first pause before a delivery is tried again; each further one is three times as long, up to an hour.
_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 3600.0
# Looks between two times that old deliveries are deleted.
_LOOKS_TO_FORGET = 600
# Days for which a delivery that was given up can be replayed.
_MOST_DEAD_DAYS = 30


class Worker:
    """Works deliveries off until it is canceled. `attempts` are made, and what ended is known for `keep_days`."""

    def __init__(
        self,
        store: Store,
        effects: Effects,
        clock: Clock,
        tally: Tally,
        *,
        attempts: int,
        keep_days: int,
        wait: Wait,
    ) -> None:
        self._store = store
        self._effects = effects
        self._clock = clock
        self._tally = tally
        self._attempts = attempts
        self._keep = timedelta(days=keep_days)
        self._wait = wait
        self._woken = asyncio.Event()
        self._looks = 0

    def wake(self) -> None:
        """Something came."""
        self._woken.set()

    async def run(self) -> None:
        """Work until canceled."""
        while True:
            self._woken.clear()
            worked = 0
            try:
                worked = await self.turn()
                await self._look_around()
            except Exception as error:
                fields = {"error": type(error).__name__, "trace": places(error.__traceback__)}
                logger.error("webhooks_failed", extra={"fields": fields})
            if worked < _MOST_CLAIMED:
                await self._wait(self._woken, _LOOK_SECONDS)

    async def turn(self) -> int:
        """Work what is due; how many deliveries that were.

        Those of one system go together; one that failed before goes alone, so that it fails no others.
        """
        claimed = await self._store.claim(self._clock.now(), most=_MOST_CLAIMED, lease=_LEASE)
        groups: dict[tuple[str, int], list[Waiting]] = {}
        for each in claimed:
            groups.setdefault((each.system, each.number if each.attempts else 0), []).append(each)
        by_system: dict[str, list[list[Waiting]]] = {}
        for (system, _), group in groups.items():
            by_system.setdefault(system, []).append(group)
        await asyncio.gather(*(self._in_turn(several) for several in by_system.values()))
        return len(claimed)

    async def _in_turn(self, groups: Sequence[Sequence[Waiting]]) -> None:
        for group in groups:
            await self._work(group)

    async def _work(self, group: Sequence[Waiting]) -> None:
        """Do what some deliveries of one system are about, without what is outdated."""
        system = group[0].system
        current, outdated = await self._sorted(system, group)
        if outdated:
            await self._store.end(outdated, State.OUTDATED, self._clock.now())
            self._tally.worked[system, State.OUTDATED.value] += len(outdated)
        if not current:
            return
        try:
            async with asyncio.timeout(LONGEST_EFFECT):
                await self._effects.apply(system, [each.concerned for each in current])
        except (EffectFailed, TimeoutError) as error:
            reason = error.reason if isinstance(error, EffectFailed) else "not done in time"
            await self._failed(current, reason)
        except Exception as error:
            fields = {"system": system, "error": type(error).__name__, "trace": places(error.__traceback__)}
            logger.error("webhook_effect_failed", extra={"fields": fields})
            await self._failed(current, type(error).__name__)
        else:
            await self._store.end(current, State.DONE, self._clock.now())
            self._tally.worked[system, State.DONE.value] += len(current)

    async def _sorted(self, system: str, group: Sequence[Waiting]) -> tuple[list[Waiting], list[Waiting]]:
        """Those of which something is to be done, reduced to that, and those that are outdated."""
        subjects = {subject for each in group if each.position is not None for subject in each.concerned.subjects()}
        newest = await self._store.positions(system, sorted(subjects)) if subjects else {}
        current, outdated = [], []
        for each in group:
            position = each.position
            if position is None:
                current.append(each)
                continue
            past = frozenset(name for name in each.concerned.subjects() if newest.get(name, position) > position)
            left = each.concerned.without(past) if past else each.concerned
            if left:
                current.append(msgspec.structs.replace(each, concerned=left))
            else:
                outdated.append(each)
        return current, outdated

    async def _failed(self, group: Sequence[Waiting], reason: str) -> None:
        """Later again, or never."""
        now = self._clock.now()
        for each in group:
            if each.attempts + 1 >= self._attempts:
                await self._store.bury(each, reason, now)
                self._tally.worked[each.system, State.DEAD.value] += 1
                fields = {"system": each.system, "number": each.number, "reason": reason}
                logger.error("webhook_dead", extra={"fields": fields})
            else:
                await self._store.postpone(each, now + _pause(each.attempts), reason)
                self._tally.worked[each.system, "RETRIED"] += 1

    async def _look_around(self) -> None:
        self._tally.counts = await self._store.counts()
        self._looks += 1
        if self._looks % _LOOKS_TO_FORGET == 1:
            now = self._clock.now()
            await self._store.forget(now - self._keep, now - timedelta(days=_MOST_DEAD_DAYS))


def _pause(attempts: int) -> timedelta:
    """How long after so many attempts the next one is made."""
    return timedelta(seconds=min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 3**attempts))
