"""Watching one subject for all who follow it in this process: polling it, or reading what another worker's poll saw."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

import msgspec

from orderweave.live.backlog import Backlog, Event
from orderweave.live.digests import Digests, changed, remembered
from orderweave.live.following import Wait
from orderweave.live.shared import SharedLog, told_name
from orderweave.live.subjects import Subject
from orderweave.model.terms import Lane
from orderweave.observing.logs import places
from orderweave_sdk.clock import Clock
from orderweave_sdk.records import Key

logger = logging.getLogger("orderweave.live")

# How often a worker that does not poll looks what another one's poll saw.
_FOLLOW_SECONDS = 1.0
# A lease outlives the next poll of its holder by this much; a holder that was killed is replaced after it.
_LEASE_GRACE = 2.0
_LANES = list(Lane)


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What one poll saw: the digest of each part, and the keys under which a change of the subject may be announced."""

    digests: Digests
    keys: tuple[Key, ...] = ()


# Asks the systems in a lane; None where nothing can be said.
Look = Callable[[Subject, Lane], Awaitable[Looked | None]]


class Tally(Protocol):
    """What a watcher reports."""

    def polled(self, subject: Subject, *, read: bool) -> None:
        """A poll was made; it could be `read` or not."""
        ...

    def happened(self, subject: Subject) -> None:
        """An event is there for followers."""
        ...


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait by the loop's clock."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


class Watcher:
    """Watches while it has followers. `backlog` has what it saw, and `news` is set, and a new one made, at each event.

    `ready` is set once the first look was taken. Between two watches it stands still, and what it knows stays.
    """

    def __init__(
        self,
        subject: Subject,
        look: Look,
        tally: Tally,
        clock: Clock,
        *,
        shared: SharedLog | None,
        poll_seconds: float,
        poll_takes: float,
        backlog: Backlog,
        wait: Wait,
    ) -> None:
        self.subject = subject
        self.backlog = backlog
        self.news = asyncio.Event()
        self.ready = asyncio.Event()
        self.lanes: Counter[Lane] = Counter()
        self.left_at = clock.monotonic()
        self.keys: frozenset[Key] = frozenset()
        self.task: asyncio.Task[None] | None = None
        self._look = look
        self._tally = tally
        self._clock = clock
        self._shared = shared
        self._poll_seconds = poll_seconds
        self._lease_seconds = poll_seconds + poll_takes + _LEASE_GRACE
        self._wait = wait
        self._token = secrets.token_hex(8)
        self._woken = asyncio.Event()
        self._hurried = False
        self._poll_at = clock.monotonic()
        self._digests: Digests | None = None
        self._read_to = ""
        self._reading = asyncio.Lock()
        self._alone = False
        self._told: dict[str, str] = {}
        self._count = 0

    def wake(self) -> None:
        """Look at once: something is said to have changed."""
        self._hurried = True
        self._woken.set()

    async def run(self) -> None:
        """Watch until canceled."""
        self._poll_at = self._clock.monotonic()
        try:
            while True:
                self._woken.clear()
                try:
                    await self._step()
                except Exception as error:
                    # The class alone: a message may hold what a system answered.
                    fields = {"error": type(error).__name__, "trace": places(error.__traceback__)}
                    logger.error("watch_failed", extra={"fields": fields})
                self.ready.set()
                pause = self._poll_at - self._clock.monotonic()
                await self._wait(self._woken, max(0.0, pause if self._shared is None else min(pause, _FOLLOW_SECONDS)))
        finally:
            if self._shared is not None:
                await self._shared.leave(self.subject.digest, self._token)

    async def _step(self) -> None:
        """Read what others saw, and poll where it is time and nobody else does."""
        shared = await self._read() if self._shared is not None else False
        now = self._clock.monotonic()
        hurried, self._hurried = self._hurried, False
        if not hurried and now < self._poll_at:
            return
        self._poll_at = now + self._poll_seconds
        if self._shared is not None and shared:
            leads = await self._shared.lead(self.subject.digest, self._token, self._lease_seconds)
            # What was told here alone may have gone again, of which the one who polls for all knows nothing.
            if leads is False and not hurried and not self._alone and self.backlog.last is not None:
                return
        began = self._clock.now()
        looked = await self._look(self.subject, self._lane())
        self._tally.polled(self.subject, read=looked is not None)
        event = Event(position="", at=began, changed=())
        if looked is not None:
            self._keep_keys(looked.keys)
            await self._compare(looked.digests, event)
        if self.backlog.last is None:
            # Nothing could be read, or what was written is gone already: whoever follows stands somewhere all the same.
            self._add(msgspec.structs.replace(event, position=self._own_position()))

    async def _compare(self, digests: Digests, event: Event) -> None:
        """Make an event of what is another than before, here or in the log that all share."""
        state = await self._shared.state(self.subject.digest) if self._shared is not None else None
        if state is None or self._shared is None:
            self._note(digests, event)
            return
        self._alone = False
        before = state.digests or self._digests
        others = changed(before, digests) if before else ()
        if state.position and state.digests and not others and remembered(before or {}, digests) == before:
            # Another worker may have written it a moment ago.
            await self._read()
            # What was told here while the log was away, and has gone again, stands in no log: it is told that it has.
            others = changed(self._digests, digests) if self._digests else ()
            self._digests = before
            if not others:
                return
        after = remembered(before or {}, digests)
        event = msgspec.structs.replace(event, changed=others)
        position = await self._shared.append(self.subject.digest, state.position, event, after)
        if position is None:
            self._note(digests, event)
            return
        self._digests = after
        await self._read()

    def _note(self, digests: Digests, event: Event) -> None:
        """The same, with nobody to share it with."""
        before = self._digests
        others = changed(before, digests) if before is not None else ()
        self._digests = remembered(before or {}, digests)
        if others:
            self._alone = self._shared is not None
            self._add(msgspec.structs.replace(event, position=self._own_position(), changed=others))

    async def catch_up(self, position: str) -> None:
        """Read at once up to this position, which another worker may have given out since the last look."""
        if self._shared is not None and self.backlog.number_of(position) is None:
            await self._read()

    async def _read(self) -> bool:
        """Take over what stands in the shared log since the last look; False where it cannot be had."""
        async with self._reading:
            return await self._read_on()

    async def _read_on(self) -> bool:
        assert self._shared is not None
        names = sorted(self._told)
        found = await self._shared.read(self.subject.digest, self._read_to, names)
        if found is None:
            return False
        events, told = found
        for event in events:
            self._read_to = event.position
            self._add(event)
        if events and (state := await self._shared.state(self.subject.digest)) is not None:
            # For the day when Redis is gone: what is compared with then.
            self._digests = state.digests or self._digests
        for name, nonce in zip(names, told, strict=True):
            if nonce and nonce != self._told[name]:
                self._told[name] = nonce
                self._hurried = True
        return True

    def _add(self, event: Event) -> None:
        self.backlog.add(event)
        if event.changed:
            self._tally.happened(self.subject)
        told, self.news = self.news, asyncio.Event()
        told.set()

    def _keep_keys(self, keys: Iterable[Key]) -> None:
        from_now = frozenset(keys)
        if from_now != self.keys:
            self.keys = from_now
            self._told = {name: self._told.get(name, "") for name in map(told_name, from_now)}

    def _lane(self) -> Lane:
        """The lane of the most urgent follower."""
        return min((lane for lane, count in self.lanes.items() if count), key=_LANES.index, default=Lane.INTERACTIVE)

    def _own_position(self) -> str:
        self._count += 1
        return f"{self._token}.{self._count}"
