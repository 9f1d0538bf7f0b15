"""Tokens: what they grant, for how long, under which key, and that nothing else is taken for one."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from orderweave.config.configuration import TrackingSettings
from orderweave.guests.tokens import Grant, Tokens, _fernet
from orderweave_sdk.records import Key
from tests.unit.fake_clock import NOON, FakeClock

ORDER = Key("shop-us:number", "1001")
NEW, OLD = "n" * 32, "o" * 32


def tokens(clock: FakeClock, *keys: str, **settings: Any) -> Tokens:
    """Tokens that hold ten minutes, half an hour with renewals, and a day in a link."""
    lives = {"token_seconds": 600, "session_seconds": 1800, "link_seconds": 86_400}
    return Tokens(TrackingSettings(keys=keys or (NEW,), **lives | settings), clock)


def sealed(grant: Grant, secret: str = NEW) -> str:
    """A token with this inside, as only a holder of the key can make it."""
    return _fernet(secret).encrypt(msgspec.msgpack.encode(grant)).decode().rstrip("=")


def test_holds_for_its_time() -> None:
    """A token grants its one order until the millisecond of its end."""
    clock = FakeClock()
    made = tokens(clock)
    access = made.for_guest(ORDER)
    assert access.expires_at == NOON + timedelta(minutes=10)
    clock.advance(599.999)
    grant = made.opened(access.token)
    assert grant is not None
    assert grant.order == ORDER
    clock.advance(0.001)
    assert made.opened(access.token) is None


def test_renewed_up_to_the_end_of_the_first_right() -> None:
    """Each renewal holds ten minutes from now on, and none past half an hour after the second fact was shown."""
    clock = FakeClock()
    made = tokens(clock)
    access = made.for_guest(ORDER)
    ends = []
    for _ in range(4):
        clock.advance(540)
        grant = made.opened(access.token)
        if grant is None:
            break
        access = made.renewed(grant)
        ends.append(access.expires_at - NOON)
    assert ends == [timedelta(minutes=19), timedelta(minutes=28), timedelta(minutes=30)]
    assert made.opened(access.token) is None


def test_a_link_holds_as_long_as_it_says() -> None:
    """A link's token holds a day, and a page that it opened is given one that holds as long and no longer."""
    clock = FakeClock()
    made = tokens(clock)
    access = made.for_link(ORDER)
    clock.advance(3600)
    grant = made.opened(access.token)
    assert grant is not None
    assert made.renewed(grant).expires_at == access.expires_at == NOON + timedelta(days=1)


def test_keys_rotate() -> None:
    """A new first key seals, the old one behind it still opens; once it is gone its tokens hold no more."""
    clock = FakeClock()
    before, between, after = tokens(clock, OLD), tokens(clock, NEW, OLD), tokens(clock, NEW)
    of_before, of_between = before.for_guest(ORDER).token, between.for_guest(ORDER).token
    assert [made.opened(of_before) is not None for made in (before, between, after)] == [True, True, False]
    assert [made.opened(of_between) is not None for made in (before, between, after)] == [False, True, True]


def test_revoked_before() -> None:
    """What was given before the configured moment holds no more, renewed or not; what is given since does."""
    clock = FakeClock()
    early = tokens(clock).for_guest(ORDER).token
    clock.advance(60)
    grant = tokens(clock).opened(early)
    assert grant is not None
    renewed = tokens(clock).renewed(grant).token
    late = tokens(clock, revoked_before=NOON + timedelta(seconds=60))
    assert late.opened(early) is None
    assert late.opened(renewed) is None
    assert late.opened(late.for_guest(ORDER).token) is not None


def test_another_purpose_is_no_token() -> None:
    """Something else under the same key, or sealed with the secret itself, opens nothing."""
    clock = FakeClock()
    made = tokens(clock)
    now = int(NOON.timestamp() * 1000)
    right = Grant("tracking-1", ORDER.namespace, ORDER.value, now, now + 1000, now + 1000)
    assert made.opened(sealed(right)) == right
    assert made.opened(sealed(msgspec.structs.replace(right, purpose="unsubscribe"))) is None
    bare = Fernet(base64.urlsafe_b64encode(NEW.encode()))
    assert made.opened(bare.encrypt(msgspec.msgpack.encode(right)).decode()) is None


@pytest.mark.parametrize(
    "inside", [b"", b"\xc1", msgspec.msgpack.encode({"order": "1001"}), msgspec.msgpack.encode([1])]
)
def test_odd_contents_are_no_token(inside: bytes) -> None:
    """What was sealed with the key but is no grant is refused, and raises nothing."""
    assert tokens(FakeClock()).opened(_fernet(NEW).encrypt(inside).decode().rstrip("=")) is None


@given(st.data())
def test_changed_or_cut_is_no_token(data: st.DataObject) -> None:
    """Any one bit changed, or any part cut off, and it holds no more."""
    made = tokens(FakeClock())
    token = made.for_guest(ORDER).token
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    assert made.opened(base64.urlsafe_b64encode(raw).decode().rstrip("=")) is None
    assert made.opened(token[: data.draw(st.integers(0, len(token) - 1))]) is None


@given(st.text(max_size=1200))
def test_any_text_is_no_token(text: str) -> None:
    """No text is taken for a token, and none raises."""
    assert tokens(FakeClock()).opened(text) is None


def test_nothing_shows() -> None:
    """Neither a token nor what its characters stand for holds a word of the order, and two are never alike."""
    made = tokens(FakeClock())
    first, second = made.for_guest(ORDER), made.for_guest(ORDER)
    raw = base64.urlsafe_b64decode(first.token + "=" * (-len(first.token) % 4))
    assert b"1001" not in raw
    assert b"shop" not in raw
    assert first.token != second.token
    assert first.token not in repr(first)
    assert NEW not in repr(TrackingSettings(keys=(NEW,)))
