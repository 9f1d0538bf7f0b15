"""The feed of changes of one process: a watcher for each thing that somebody follows, shared by all who do."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from orderweave.config.configuration import LiveSettings
from orderweave.live.backlog import Backlog
from orderweave.live.following import Following, Wait
from orderweave.live.shared import SharedLog, told_name
from orderweave.live.subjects import Subject, Topic
from orderweave.live.watching import Look, Watcher, wait
from orderweave.model.terms import Lane
from orderweave.observing import UNOBSERVED, Observing, catalog
from orderweave_sdk.clock import Clock
from orderweave_sdk.records import Key


class Full(Exception):
    """So many different things are followed in this process that one more is too many."""


class Feed:
    """Follow things, and announce changes of them. Close it when done.

    `redis` is shared by all workers; without it each watches for itself. `poll_takes` is how many seconds one poll may
    take. `subscribers`, `polls`, `events`, `replays` and `gaps` count, for the metrics.
    """

    def __init__(
        self,
        look: Look,
        settings: LiveSettings,
        clock: Clock,
        *,
        redis: Any = None,
        poll_takes: float,
        wait: Wait = wait,
        observing: Observing = UNOBSERVED,
    ) -> None:
        self._look = look
        self._settings = settings
        self._clock = clock
        self._poll_takes = poll_takes
        self._wait = wait
        self._shared = (
            SharedLog(redis, clock, most=settings.events_kept, seconds=settings.keep_seconds) if redis else None
        )
        self._watchers: dict[Subject, Watcher] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self.followers: Counter[Topic] = Counter()
        self.polls: Counter[tuple[Topic, bool]] = Counter()
        self.events: Counter[Topic] = Counter()
        self.replays: Counter[Topic] = Counter()
        self.gaps: Counter[Topic] = Counter()
        self._expose(observing)

    @property
    def watching(self) -> int:
        """How many things are watched at present."""
        return sum(watcher.task is not None for watcher in self._watchers.values())

    @asynccontextmanager
    async def follow(self, subject: Subject, lane: Lane, after: str | None = None) -> AsyncIterator[Following]:
        """Follow a thing from now on, or from a position in its log. Raises Full.

        What has been seen of it when the block begins is at hand at once.
        """
        watcher = self._watcher(subject)
        watcher.lanes[lane] += 1
        self.followers[subject.topic] += 1
        try:
            if watcher.task is None:
                watcher.task = asyncio.get_running_loop().create_task(watcher.run())
            await watcher.ready.wait()
            if after is not None:
                await watcher.catch_up(after)
            following = Following(watcher, after, wait=self._wait, pause=self._settings.poll_seconds)
            self.replays[subject.topic] += following.replayed
            self.gaps[subject.topic] += following.gap
            yield following
        finally:
            self.followers[subject.topic] -= 1
            watcher.lanes[lane] -= 1
            if not watcher.lanes.total():
                self._rest(watcher)

    async def announce(self, keys: Iterable[Key]) -> None:
        """Something that has one of these keys is said to have changed; whoever watches it looks at once, here and in
        the other workers. An order has the keys of its identifiers, a SKU `Key("sku", …)` in the spelling that
        `merging.lines.tidy_sku` gives. Here webhooks come in.
        """
        changed = frozenset(keys)
        for watcher in self._watchers.values():
            if watcher.task is not None and watcher.keys & changed:
                watcher.wake()
        if self._shared is not None:
            await self._shared.tell([told_name(key) for key in changed], secrets.token_hex(8))

    async def close(self) -> None:
        """End every watch."""
        running = {watcher.task for watcher in self._watchers.values() if watcher.task is not None} | self._ending
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._watchers.clear()

    def polled(self, subject: Subject, *, read: bool) -> None:
        """See `Tally`."""
        self.polls[subject.topic, read] += 1

    def happened(self, subject: Subject) -> None:
        """See `Tally`."""
        self.events[subject.topic] += 1

    def _watcher(self, subject: Subject) -> Watcher:
        """The watcher of a subject, perhaps one that rested."""
        self._forget()
        known = self._watchers.get(subject)
        if known is not None:
            return known
        if len(self._watchers) >= self._settings.most_subjects:
            resting = [watcher for watcher in self._watchers.values() if watcher.task is None]
            if not resting:
                raise Full
            del self._watchers[min(resting, key=lambda watcher: watcher.left_at).subject]
        settings = self._settings
        watcher = self._watchers[subject] = Watcher(
            subject,
            self._look,
            self,
            self._clock,
            shared=self._shared,
            poll_seconds=settings.poll_seconds,
            poll_takes=self._poll_takes,
            backlog=Backlog(self._clock.now, most=settings.events_kept, seconds=settings.keep_seconds),
            wait=self._wait,
        )
        return watcher

    def _rest(self, watcher: Watcher) -> None:
        """Nobody follows it: it looks no more, and what it knows stays for those who come back."""
        watcher.left_at = self._clock.monotonic()
        task, watcher.task = watcher.task, None
        watcher.ready = asyncio.Event()
        if task is not None:
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def _forget(self) -> None:
        """Drop what has rested for too long."""
        eldest = self._clock.monotonic() - self._settings.keep_seconds
        for subject, watcher in list(self._watchers.items()):
            if watcher.task is None and not watcher.lanes.total() and watcher.left_at < eldest:
                del self._watchers[subject]

    def _expose(self, observing: Observing) -> None:
        def by_topic(counter: Counter[Topic]) -> Any:
            return lambda: {(topic.value,): count for topic, count in counter.items()}

        readings = observing.readings
        readings.read(catalog.SUBSCRIPTIONS, by_topic(self.followers))
        readings.read(catalog.LIVE_EVENTS, by_topic(self.events))
        readings.read(catalog.LIVE_REPLAYS, by_topic(self.replays))
        readings.read(catalog.LIVE_GAPS, by_topic(self.gaps))
        readings.read(catalog.LIVE_WATCHED, lambda: {(): self.watching})
        readings.read(
            catalog.LIVE_POLLS,
            lambda: {(topic.value, "OK" if read else "FAILED"): count for (topic, read), count in self.polls.items()},
        )
