"""What workers share of documents: in a bounded number of places, and nobody waits for a Redis that is gone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from redis.exceptions import ConnectionError as Refused

from orderweave.model.documents import digest_of
from orderweave.operations.sharing import InRedis
from tests.unit.fake_clock import FakeClock


class FakeRedis:
    """A client whose server may be gone, or silent."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.lives: set[int] = set()
        self.error: Exception | None = None
        self.silent = False
        self.commands = 0

    async def get(self, key: str) -> bytes | None:
        """One command."""
        await self._command()
        return self.kept.get(key)

    async def set(self, key: str, value: bytes, *, ex: int) -> None:
        """Another."""
        await self._command()
        self.kept[key] = value
        self.lives.add(ex)

    async def _command(self) -> None:
        self.commands += 1
        if self.error is not None:
            raise self.error
        if self.silent:
            await asyncio.Event().wait()


def shared() -> tuple[InRedis, FakeRedis, FakeClock]:
    """What workers share, its Redis and its clock."""
    redis: Any = FakeRedis()
    clock = FakeClock(datetime(2026, 6, 1, tzinfo=UTC))
    return InRedis(redis, clock), redis, clock


async def test_it_keeps_for_a_week_in_so_many_places() -> None:
    """What is put is there; however many documents are left, they take 4,096 places and no more."""
    documents, redis, _ = shared()
    texts = [f"{{ a{number} }}" for number in range(6000)]
    for text in texts:
        await documents.put(digest_of(text), text)
        assert await documents.get(digest_of(text)) == text
    assert 3000 < len(redis.kept) <= 4096
    assert redis.lives == {7 * 86_400}


@pytest.mark.parametrize("how", ["refused", "silent"])
async def test_a_redis_that_is_gone(how: str, caplog: pytest.LogCaptureFixture) -> None:
    """It is asked once, then left alone for five seconds; then it serves again."""
    documents, redis, clock = shared()
    digest = digest_of("{ a }")
    await documents.put(digest, "{ a }")
    redis.error, redis.silent = (Refused("password") if how == "refused" else None), how == "silent"
    redis.commands = 0
    assert [await documents.get(digest) for _ in range(5)] == [None] * 5
    assert redis.commands == 1
    assert "password" not in caplog.text
    redis.error, redis.silent = None, False
    clock.advance(5.0)
    assert await documents.get(digest) == "{ a }"


async def test_a_caller_that_leaves_meanwhile() -> None:
    """The command ends with whoever waits for it."""
    documents, redis, _ = shared()
    redis.silent = True
    before = asyncio.all_tasks()
    waiting = asyncio.create_task(documents.get("0" * 64))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert asyncio.all_tasks() == before
