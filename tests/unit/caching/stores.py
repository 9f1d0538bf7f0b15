"""A shared store in memory that tests can break, and caches over it as of several processes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from orderweave.caching.ages import DEFAULT_AGES, Ages, Subject
from orderweave.caching.cache import Cache
from orderweave.caching.guarding import Guarded
from orderweave.caching.memory import MemoryStore
from orderweave.caching.store import Kept
from orderweave.config.configuration import CacheSettings
from tests.unit.fake_clock import FakeClock


def settings(*systems: str, **ages: Ages) -> CacheSettings:
    """A cache of these systems with the default ages, but for those given by subject."""
    given = {Subject(name): value for name, value in ages.items()}
    return CacheSettings(ages={system: {**DEFAULT_AGES, **given} for system in systems})


class FakeShared:
    """What Redis is to the cache. `error` is raised by every command, `silent` lets each wait for ever."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.kept: dict[str, tuple[bytes, float]] = {}
        self.commands: list[str] = []
        self.error: Exception | None = None
        self.silent = False
        self.closed = False

    async def _meet(self, command: str) -> None:
        self.commands.append(command)
        await asyncio.sleep(0)
        if self.silent:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error

    def _alive(self, key: str) -> bytes | None:
        value, until = self.kept.get(key, (b"", 0.0))
        return value if until > self._clock.monotonic() else None

    async def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """What is kept and not past its time."""
        await self._meet("get")
        return {key: value for key in keys if (value := self._alive(key)) is not None}

    async def set_many(self, entries: Mapping[str, Kept]) -> None:
        """Keep."""
        await self._meet("set")
        for key, entry in entries.items():
            self.kept[key] = (entry.value, self._clock.monotonic() + entry.seconds)

    async def delete_many(self, keys: Iterable[str]) -> None:
        """Forget."""
        await self._meet("delete")
        for key in keys:
            self.kept.pop(key, None)

    async def ping(self) -> None:
        """Answer, if it does."""
        await self._meet("ping")

    async def acquire(self, names: Sequence[str], token: bytes, seconds: float) -> list[bool]:
        """Take those that are free."""
        await self._meet("acquire")
        free = [self._alive(name) is None for name in names]
        for name, mine in zip(names, free, strict=True):
            if mine:
                self.kept[name] = (token, self._clock.monotonic() + seconds)
        return free

    async def extend(self, names: Sequence[str], token: bytes, seconds: float) -> None:
        """Prolong those that are held."""
        await self._meet("extend")
        for name in names:
            if self._alive(name) == token:
                self.kept[name] = (token, self._clock.monotonic() + seconds)

    async def release(self, names: Sequence[str], token: bytes) -> None:
        """Give up those that are held."""
        await self._meet("release")
        for name in names:
            if self._alive(name) == token:
                del self.kept[name]

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


class Sleeps:
    """A sleep that lets the fake clock pass instead of waiting; a beating heart sleeps for ever unless `beating`."""

    def __init__(self, clock: FakeClock, *, beating: bool = False) -> None:
        self._clock = clock
        self._beating = beating
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Pass."""
        if seconds >= 0.5 and not self._beating:
            await asyncio.Event().wait()
        self.slept.append(seconds)
        self._clock.advance(seconds)
        await asyncio.sleep(0)


def process(clock: FakeClock, shared: FakeShared | None, sleeps: Sleeps | None = None, **ages: Ages) -> Cache:
    """The cache of one process for the system "shop"; those made over one store share it."""
    return Cache(
        clock,
        memory=MemoryStore(clock, most_entries=1000, most_bytes=10_000_000),
        shared=Guarded(shared, clock, limit=0.02) if shared is not None else None,
        ages=settings("shop", **ages).ages,
        digests={"shop": b"shop"},
        sleep=sleeps or Sleeps(clock),
    )
