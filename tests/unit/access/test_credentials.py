"""What stands in the headers of a request: schemes, API keys, both at once, or nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.access import Identifier, KeySets, digest_of, new_key
from orderweave.access.api_keys import is_whole, known_key
from orderweave.access.identity import Unidentified
from orderweave.access.refusing import Reason, Refused
from orderweave.config.configuration import ApiKey
from orderweave.model.rights import Owned, Scope
from tests.unit.access.issuing import API_KEY, STRANGER, Issuing, running
from tests.unit.fake_clock import FakeClock

Sending = Callable[[Issuing], Mapping[bytes, bytes]]


def bearer(text: str, scheme: str = "Bearer") -> Sending:
    """Something in the header Authorization."""
    return lambda issuing: {b"authorization": f"{scheme} {text}".encode()}


def key(text: str) -> Sending:
    """Something in the header x-api-key."""
    return lambda issuing: {b"x-api-key": text.encode()}


ATTACKS: dict[str, tuple[Sending, Reason]] = {
    "another scheme": (bearer("YWRhOnNlY3JldA==", "Basic"), Reason.SCHEME),
    "a good token under another scheme": (
        lambda issuing: {b"authorization": b"DPoP " + issuing.token()},
        Reason.SCHEME,
    ),
    "no scheme": (lambda issuing: {b"authorization": issuing.token()}, Reason.SCHEME),
    "a scheme alone": (lambda issuing: {b"authorization": b"Bearer"}, Reason.SCHEME),
    "a scheme and spaces": (lambda issuing: {b"authorization": b"Bearer   "}, Reason.SCHEME),
    "an empty header": (lambda issuing: {b"authorization": b""}, Reason.SCHEME),
    "the scheme twice": (
        lambda issuing: {b"authorization": b"Bearer Bearer " + issuing.token()},
        Reason.TOKEN_MALFORMED,
    ),
    "two tokens": (
        lambda issuing: {b"authorization": b"Bearer " + issuing.token() + b", Bearer " + issuing.token()},
        Reason.TOKEN_MALFORMED,
    ),
    "a token and a key": (
        lambda issuing: {b"authorization": b"Bearer " + issuing.token(), b"x-api-key": API_KEY.encode()},
        Reason.TWO_CREDENTIALS,
    ),
    "a token and an empty key": (
        lambda issuing: {b"authorization": b"Bearer " + issuing.token(), b"x-api-key": b""},
        Reason.TWO_CREDENTIALS,
    ),
    "a token in place of a key": (lambda issuing: {b"x-api-key": issuing.token()}, Reason.KEY_MISTYPED),
    "an empty key": (key(""), Reason.KEY_MISTYPED),
    "the beginning alone": (bearer("owk_"), Reason.KEY_MISTYPED),
    "a stranger's key": (bearer(STRANGER), Reason.KEY_UNKNOWN),
    "a stranger's key in the other header": (key(STRANGER), Reason.KEY_UNKNOWN),
    "a letter changed": (bearer(API_KEY.replace("b", "c", 1)), Reason.KEY_MISTYPED),
    "two letters exchanged": (bearer(API_KEY.replace("ea", "ae", 1)), Reason.KEY_MISTYPED),
    "the last letter changed": (bearer(API_KEY[:-1] + "a"), Reason.KEY_MISTYPED),
    "bits that nobody reads": (bearer(API_KEY[:-1] + "j"), Reason.KEY_UNKNOWN),
    "cut short": (bearer(API_KEY[:-1]), Reason.KEY_MISTYPED),
    "a letter more": (bearer(API_KEY + "a"), Reason.KEY_MISTYPED),
    "in capitals": (key(API_KEY.upper()), Reason.KEY_MISTYPED),
    "another beginning": (key(API_KEY.replace("owk_", "owk-")), Reason.KEY_MISTYPED),
    "a digit of another alphabet": (bearer(API_KEY[:-1] + "\u0663"), Reason.KEY_MISTYPED),
    "what the configuration holds": (key(hashlib.sha256(API_KEY.encode()).hexdigest()), Reason.KEY_MISTYPED),
    "two keys": (key(f"{API_KEY},{STRANGER}"), Reason.KEY_MISTYPED),
    "a page of letters": (key("owk_" + "a" * 60_000), Reason.KEY_MISTYPED),
}


@pytest.mark.parametrize(("sending", "reason"), ATTACKS.values(), ids=ATTACKS.keys())
async def test_it_is_refused(sending: Sending, reason: Reason) -> None:
    """What is no credential of ours is refused for just this reason, never let in as who sends none."""
    async with running() as issuing:
        assert await issuing.refusal(sending(issuing)) is reason
        assert (await issuing.identifier({b"x-api-key": API_KEY.encode()})).name == "key:reports"


@pytest.mark.parametrize(
    "headers",
    [
        {b"authorization": f"Bearer {API_KEY}".encode()},
        {b"authorization": f"bearer  {API_KEY} ".encode()},
        {b"authorization": f"BEARER {API_KEY}".encode()},
        {b"x-api-key": API_KEY.encode()},
        {b"x-api-key": f" {API_KEY} ".encode()},
    ],
)
async def test_a_key_lets_in_as_its_role(headers: Mapping[bytes, bytes]) -> None:
    """A key is taken from either header, and its caller is known by the key's name."""
    async with running() as issuing:
        caller = await issuing.identifier(headers)
        assert issuing.fetched == []
    assert (caller.name, caller.role, caller.rights.owned) == ("key:reports", "service", None)
    assert Scope.SYSTEMS not in caller.rights.scopes


async def test_a_key_ends() -> None:
    """A key is good until the moment that stands beside it, and not at it."""
    async with running() as issuing:
        end = datetime(2026, 6, 1, tzinfo=UTC).timestamp() - issuing.now
        issuing.clock.advance(end - 1)
        assert (await issuing.identifier({b"x-api-key": API_KEY.encode()})).role == "service"
        issuing.clock.advance(1)
        assert await issuing.refusal({b"x-api-key": API_KEY.encode()}) is Reason.KEY_EXPIRED


async def test_who_sends_nothing() -> None:
    """Without a credential one is a guest who sees no order; where nobody may come so, the answer says how to."""
    async with running() as issuing:
        guest = await issuing.identifier({b"host": b"gateway"})
        assert (guest.name, guest.role) == ("anonymous", "guest")
        assert guest.rights.scopes == frozenset({Scope.TRACKING})
        assert guest.rights.owned == Owned()
        strict = msgspec.structs.replace(issuing.settings, anonymous=None, issuers={})
        closed = Identifier(strict, KeySets(issuing.clock), issuing.clock)
        with pytest.raises(Unidentified, match="say who you are") as refused:
            await closed({})
    assert (refused.value.status, refused.value.code) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    """Each reason has words, and a status and a code that say whose turn it is."""
    refused = Refused(reason)
    odd = {
        Reason.NO_ROLE: (403, "FORBIDDEN"),
        Reason.KEYS_UNAVAILABLE: (503, "ISSUER_UNAVAILABLE"),
        Reason.KEYS_ASKED_JUST_NOW: (503, "ISSUER_UNAVAILABLE"),
    }
    assert str(refused)
    assert (refused.status, refused.code) == odd.get(reason, (401, "UNAUTHENTICATED"))


def test_keys_are_made_whole_and_different() -> None:
    """A new key has the form that is told of it, holds its checksum, and no two are alike."""
    keys = {new_key() for _ in range(200)}
    assert len(keys) == 200
    assert all(re.fullmatch("owk_[a-z2-7]{58}", made) and is_whole(made) for made in keys)


@given(place=st.integers(4, 61), letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_one_wrong_letter_is_seen(place: int, letter: str) -> None:
    """Any one letter typed wrongly is seen from the key alone; the bits of the last one that nobody reads apart."""
    wrong = API_KEY[:place] + letter + API_KEY[place + 1 :]
    same_bits = place == 61 and (ord(letter) - ord("a")) // 4 == (ord(API_KEY[61]) - ord("a")) // 4
    assert is_whole(wrong) == (wrong == API_KEY or (letter.isalpha() and same_bits))


def test_all_keys_are_compared() -> None:
    """A key is found wherever it stands among many, and one that is not there is unknown."""
    made = [new_key() for _ in range(50)]
    known = {f"k{n}": ApiKey(sha256=digest_of(text), role="service") for n, text in enumerate(made)}
    now = FakeClock().now()
    assert [known_key(text, known, now)[0] for text in made] == list(known)
    with pytest.raises(Refused, match="not known"):
        known_key(new_key(), known, now)
