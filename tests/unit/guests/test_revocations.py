"""Revocations: what holds no more, in this process and in others, and what a Redis that is gone changes of it."""

from __future__ import annotations

import pytest

from orderweave.config.configuration import TrackingSettings
from orderweave.guests import revocations as revocations_module
from orderweave.guests.pseudonyms import Pseudonyms
from orderweave.guests.reaching import Reach
from orderweave.guests.revocations import Revocations, TooManyRevoked, Unsure
from orderweave.guests.tokens import Grant, Tokens
from orderweave_sdk.records import Key
from tests.unit.calling.redis_servers import redis_server
from tests.unit.fake_clock import FakeClock

ORDER, OTHER = Key("shop-us:number", "1001"), Key("shop-us:number", "1002")
NAMES = Pseudonyms("k" * 32)
DAY = 86_400


def grant(clock: FakeClock, order: Key = ORDER) -> Grant:
    """A right given now."""
    made = Tokens(TrackingSettings(keys=("k" * 32,)), clock)
    opened = made.opened(made.for_guest(order).token)
    assert opened is not None
    return opened


async def test_alone() -> None:
    """Without Redis this process knows, and says that it alone does: rights given so far end, later ones hold, and
    other orders' are untouched.
    """
    clock = FakeClock()
    kept = Revocations(clock, None, [NAMES], longest=DAY)
    before, other = grant(clock), grant(clock, OTHER)
    revocation = await kept.revoke(ORDER)
    assert (revocation.shared, revocation.revoked_before) == (False, clock.now())
    clock.advance(0.001)
    after = grant(clock)
    assert [await kept.revoked(entry) for entry in (before, other, after)] == [True, False, False]


async def test_a_key_is_rotated() -> None:
    """What was revoked while another key was the first stays revoked as long as that key opens tokens, and what is
    revoked afterwards holds by the new one.
    """
    clock = FakeClock()
    old, new = Pseudonyms("k" * 32), Pseudonyms("n" * 32)
    async with redis_server() as server, server.client() as client:
        before, after = (Revocations(clock, Reach(client, clock), names, longest=DAY) for names in ([old], [new, old]))
        given = grant(clock)
        await before.revoke(ORDER)
        assert await after.revoked(given)
        clock.advance(0.001)
        later = grant(clock)
        assert not await after.revoked(later)
        await after.revoke(ORDER)
        assert await after.revoked(later)
        assert await after.revoked(given)


async def test_shared_with_other_processes() -> None:
    """What one process revokes another knows within two seconds, under a pseudonym."""
    clock = FakeClock()
    async with redis_server() as server:
        clients = [server.client(), server.client()]
        one, other = (Revocations(clock, Reach(client, clock), [NAMES], longest=DAY) for client in clients)
        right = grant(clock)
        assert not await other.revoked(right)
        assert (await one.revoke(ORDER)).shared
        clock.advance(2)
        assert await other.revoked(right)
        (name,) = await clients[0].hkeys("orderweave:{guests}:revoked")
        assert b"1001" not in name
        for client in clients:
            await client.aclose()


async def test_redis_gone() -> None:
    """A process that has looked before goes on from what it knew and lets no revoked right in; one that never has is
    unsure, and one that is told meanwhile says that it alone knows, and keeps it when Redis is back and empty.
    """
    clock = FakeClock()
    async with redis_server() as server:
        client = server.client()
        knowing, new = (Revocations(clock, Reach(client, clock), [NAMES], longest=DAY) for _ in range(2))
        right, other = grant(clock), grant(clock, OTHER)
        await knowing.revoke(ORDER)
        await server.stop()
        clock.advance(60)
        assert [await knowing.revoked(entry) for entry in (right, other)] == [True, False]
        with pytest.raises(Unsure):
            await new.revoked(other)
        assert not (await knowing.revoke(OTHER)).shared
        await server.start()
        clock.advance(60)
        assert [await knowing.revoked(entry) for entry in (right, other)] == [True, True]
        assert not await new.revoked(other)
        await client.aclose()


async def test_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many orders and no more; an order's entry gives way once no token can be as old."""
    monkeypatch.setattr(revocations_module, "_MOST_REVOKED", 3)
    clock = FakeClock()
    kept = Revocations(clock, None, [NAMES], longest=DAY)
    for number in range(3):
        await kept.revoke(Key("shop-us:number", str(number)))
    with pytest.raises(TooManyRevoked):
        await kept.revoke(ORDER)
    await kept.revoke(Key("shop-us:number", "1"))
    clock.advance(DAY + 1)
    await kept.revoke(ORDER)
