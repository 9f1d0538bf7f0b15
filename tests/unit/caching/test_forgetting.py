"""Forgetting over a real Redis: what one process is told to forget, the others forget too, and nothing is missed."""

from __future__ import annotations

from collections.abc import Sequence

from orderweave.caching.forgetting import _MOST_REMEMBERED, Forgotten, Telling
from tests.unit.calling.redis_servers import RedisServer, redis_server


class Held:
    """What a process holds, and was told to forget."""

    def __init__(self, server: RedisServer) -> None:
        self.client = server.client()
        self.telling = Telling(self.client)
        self.dropped: list[str] = []
        self.all = 0

    async def read_on(self) -> int:
        """Hear what the others say."""
        return await self.telling.read_on(self._drop, self._drop_all)

    async def _drop(self, names: Sequence[str]) -> None:
        self.dropped += names

    async def _drop_all(self) -> None:
        self.all += 1


async def test_each_process_hears_it_once() -> None:
    """Two processes hear what a third tells, in its order, each once; one that begins later hears nothing of before."""
    async with redis_server() as server:
        one, two, late = Held(server), Held(server), Held(server)
        assert [await each.read_on() for each in (one, two)] == [0, 0]
        await two.telling.tell(["a", "b"])
        await two.telling.tell(["c"])
        await two.telling.tell([])
        assert [await each.read_on() for each in (one, two, late, one)] == [2, 2, 0, 0]
        assert one.dropped == two.dropped == ["a", "b", "c"]
        await one.telling.tell(["d"])
        await late.read_on()
        assert late.dropped == ["d"]
        assert one.all == two.all == late.all == 0
        for each in (one, two, late):
            await each.client.aclose()


async def test_a_process_that_could_not_hear() -> None:
    """While Redis is gone something may have been missed: once it is back, all that the process holds is forgotten,
    once; then it hears on.
    """
    async with redis_server() as server:
        held = Held(server)
        await held.read_on()
        await server.stop()
        assert await held.read_on() == await held.read_on() == 0
        await server.start()
        await held.read_on()
        await held.telling.tell(["a"])
        await held.read_on()
        assert (held.all, held.dropped) == (1, ["a"])
        await held.client.aclose()


def test_what_was_forgotten_since() -> None:
    """An answer that began before the forgetting is told apart from one that began after it; of what is no longer known
    it is taken to have been forgotten.
    """
    forgotten = Forgotten()
    before = forgotten.turn
    forgotten.add(["a"])
    assert forgotten.since("a", before)
    assert not forgotten.since("a", forgotten.turn)
    assert not forgotten.since("b", before)
    forgotten.add([str(n) for n in range(_MOST_REMEMBERED)])
    assert forgotten.since("a", before)
    assert forgotten.since("b", before)
    now = forgotten.turn
    forgotten.add_all()
    assert forgotten.since("anything", now)
    assert not forgotten.since("anything", forgotten.turn)
