"""An issuer that is down, slow, rotates its keys or answers rubbish: who is let in, and how often it is asked."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.access import Identifier, KeySets, key_sets, provider
from orderweave.access.identity import Unidentified
from orderweave.access.provider import NoKeys, keys_in
from orderweave.access.refusing import Reason
from tests.sdk.raw_servers import answer
from tests.unit.access.issuing import Issuing, ec_key, jwk, rsa_key, running, signed
from tests.unit.observing.watching import Watched

DISCOVERY = "/.well-known/openid-configuration"
ONCE = [DISCOVERY, "/keys"]


def by(name: str, kid: str, issuing: Issuing) -> bytes:
    """A token of the staff's by another key."""
    return signed({"alg": "RS256", "kid": kid, "typ": "JWT"}, issuing.claims(), rsa_key(name), "RS256")


def bearer(token: bytes) -> dict[bytes, bytes]:
    """Headers with a token."""
    return {b"authorization": b"Bearer " + token}


async def settled(issuing: Issuing) -> None:
    """Wait for a fetch that nobody waits for."""
    flight = issuing.identifier.keys["staff"]._flight
    assert flight is not None
    await flight


async def test_keys_are_fetched_once() -> None:
    """Nothing is fetched before a token comes; a hundred at once share the first fetch, later ones need none."""
    async with running() as issuing:
        assert issuing.fetched == []
        await asyncio.gather(*(issuing.caller(issuing.token()) for _ in range(100)))
        issuing.clock.advance(599)
        await issuing.caller(issuing.token())
        assert issuing.fetched == ONCE


async def test_a_rotated_key_is_found() -> None:
    """The first token by a new key fetches it and is let in; tokens by the key that is gone are not any more."""
    async with running() as issuing:
        await issuing.caller(issuing.token())
        old = issuing.token()
        issuing.publish(jwk(rsa_key("new"), "RS256", kid="r2"))
        issuing.clock.advance(5)
        assert (await issuing.caller(by("new", "r2", issuing))).role == "staff"
        issuing.clock.advance(5)
        assert await issuing.refusal(bearer(old)) is Reason.TOKEN_KEY
        assert issuing.fetched == ONCE * 3


async def test_a_key_is_replaced_under_its_name() -> None:
    """A key that was replaced under the same name is believed at most until the set is fetched anew."""
    async with running() as issuing:
        await issuing.caller(issuing.token())
        old = issuing.token()
        issuing.publish(jwk(rsa_key("new"), "RS256", kid="r1"))
        issuing.clock.advance(600)
        assert (await issuing.caller(old)).role == "staff"
        await settled(issuing)
        assert await issuing.refusal(bearer(old)) is Reason.TOKEN_SIGNATURE
        assert (await issuing.caller(by("new", "r1", issuing))).role == "staff"


async def test_unknown_names_fetch_no_more_than_once_in_five_seconds() -> None:
    """A thousand tokens by unknown keys in 10 s cost three fetches, and nobody with a known key waits for them."""
    async with running() as issuing:
        await issuing.caller(issuing.token())
        for second in range(10):
            issuing.clock.advance(1)
            refused = (issuing.refusal(bearer(by("stranger", f"{second}-{n}", issuing))) for n in range(100))
            looked = second in (4, 9)
            reason = Reason.TOKEN_KEY if looked else Reason.KEYS_ASKED_JUST_NOW
            assert set(await asyncio.gather(*refused)) == {reason}
            assert (await issuing.caller(issuing.token())).role == "staff"
        assert issuing.fetched == ONCE * 3


async def test_a_flood_of_unknown_names_never_makes_a_new_key_a_wrong_one() -> None:
    """While strangers use up the fetches, a token by a key that was published just now is told to come back when the
    next fetch may begin, as if its issuer could not be asked; coming back it is let in, and the strangers are not.
    """
    async with running() as issuing:
        await asyncio.gather(*(issuing.refusal(bearer(by("stranger", f"{n}", issuing))) for n in range(100)))
        issuing.publish(jwk(rsa_key("staff"), "RS256", kid="r1"), jwk(rsa_key("new"), "RS256", kid="r2"))
        issuing.clock.advance(1.5)
        with pytest.raises(Unidentified) as told:
            await issuing.caller(by("new", "r2", issuing))
        assert (told.value.status, told.value.code) == (503, "ISSUER_UNAVAILABLE")
        assert told.value.headers == [(b"retry-after", b"4")]
        assert (await issuing.caller(issuing.token())).role == "staff"
        issuing.clock.advance(3.4)
        assert await issuing.refusal(bearer(by("new", "r2", issuing))) is Reason.KEYS_ASKED_JUST_NOW
        issuing.clock.advance(0.1)
        assert (await issuing.caller(by("new", "r2", issuing))).role == "staff"
        assert await issuing.refusal(bearer(by("stranger", "0", issuing))) is Reason.KEYS_ASKED_JUST_NOW
        issuing.clock.advance(5)
        assert await issuing.refusal(bearer(by("stranger", "0", issuing))) is Reason.TOKEN_KEY


async def test_an_issuer_that_is_down_from_the_start() -> None:
    """Tokens cannot be checked: 503 and a word to try again, one fetch in five seconds, and then all is well."""
    async with running() as issuing:
        issuing.broken[DISCOVERY] = answer(b"", status="500 Internal Server Error")
        refused = await asyncio.gather(*(issuing.refusal(bearer(issuing.token())) for _ in range(50)))
        assert set(refused) == {Reason.KEYS_UNAVAILABLE}
        issuing.clock.advance(4.9)
        with pytest.raises(Unidentified) as told:
            await issuing.caller(issuing.token())
        assert (told.value.status, told.value.code) == (503, "ISSUER_UNAVAILABLE")
        assert issuing.fetched == [DISCOVERY]
        del issuing.broken[DISCOVERY]
        issuing.clock.advance(0.1)
        assert (await issuing.caller(issuing.token())).role == "staff"


async def test_an_issuer_that_goes_down() -> None:
    """Known keys are good for a day after they were fetched last; then nobody is let in by them."""
    async with running() as issuing:
        await issuing.caller(issuing.token())
        issuing.broken[DISCOVERY] = answer(b"", status="503 Service Unavailable")
        for hours in range(24):
            issuing.clock.advance(3600)
            assert (await issuing.caller(issuing.token())).role == "staff"
            await settled(issuing)
            assert issuing.fetched == [*ONCE, *[DISCOVERY] * (hours + 1)]
        issuing.clock.advance(1)
        assert await issuing.refusal(bearer(issuing.token())) is Reason.KEYS_UNAVAILABLE
        # Whether a stranger's key is one of the issuer's nobody can say either.
        assert await issuing.refusal(bearer(by("stranger", "r2", issuing))) is Reason.KEYS_UNAVAILABLE


async def test_one_issuer_down_is_one_issuer_down() -> None:
    """Tokens of another issuer, API keys and guests come in as ever."""
    async with running() as issuing:
        issuing.broken[DISCOVERY] = answer(b"", status="500 Internal Server Error")
        assert await issuing.refusal(bearer(issuing.token())) is Reason.KEYS_UNAVAILABLE
        assert (await issuing.caller(issuing.customer())).role == "customer"
        assert (await issuing.identifier({})).role == "guest"


async def test_nothing_listens() -> None:
    """An issuer that cannot be reached at all is one that is down."""
    async with running() as issuing:
        await issuing.server.__aexit__(None, None, None)
        assert await issuing.refusal(bearer(issuing.token())) is Reason.KEYS_UNAVAILABLE


async def test_a_slow_issuer_holds_up_nobody_it_need_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a fetch hangs, known keys are answered at once; who needs the fetch waits a bounded time and gets a 503."""
    monkeypatch.setattr(key_sets, "_LONGEST_WAIT_SECONDS", 0.02)
    async with running() as issuing:
        await issuing.caller(issuing.token())
        issuing.broken[DISCOVERY] = b""  # connected, and silent
        issuing.clock.advance(600)
        strangers = [asyncio.create_task(issuing.refusal(bearer(by("new", "r2", issuing)))) for _ in range(20)]
        await asyncio.sleep(0)
        for _ in range(20):
            known = issuing.identifier(bearer(issuing.token()))
            with pytest.raises(StopIteration):  # it is answered without giving up its turn once
                known.__await__().send(None)
        assert not any(stranger.done() for stranger in strangers)
        assert set(await asyncio.gather(*strangers)) == {Reason.KEYS_UNAVAILABLE}
        assert issuing.fetched == [*ONCE, DISCOVERY]


async def test_a_fetch_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """An issuer that never answers ends its fetch after its time, and the next one may begin."""
    monkeypatch.setattr(provider, "_LONGEST_FETCH_SECONDS", 0.02)
    async with running() as issuing:
        issuing.broken[DISCOVERY] = b""
        assert await issuing.refusal(bearer(issuing.token())) is Reason.KEYS_UNAVAILABLE
        assert await issuing.identifier.keys["staff"].check() == (0, "no whole answer in time")
        del issuing.broken[DISCOVERY]
        issuing.clock.advance(5)
        assert (await issuing.caller(issuing.token())).role == "staff"


async def test_who_hangs_up_takes_nothing_along() -> None:
    """A caller who goes away while keys are fetched does not end the fetch for the others."""
    async with running() as issuing:
        first = asyncio.create_task(issuing.caller(issuing.token()))
        second = asyncio.create_task(issuing.caller(issuing.token()))
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).role == "staff"
        assert issuing.fetched == ONCE


PAGE = b"<!DOCTYPE html><html><body>We will be back soon</body></html>"
RUBBISH: dict[str, bytes] = {
    "a page": answer(PAGE, "Content-Type: text/html"),
    "nothing": answer(b""),
    "a redirect": answer(b"", "Location: https://evil.example.com/keys", status="302 Found"),
    "not found": answer(b"{}", status="404 Not Found"),
    "a list": answer(b"[]"),
    "null": answer(b"null"),
    "cut JSON": answer(b'{"keys": [{"kty": "RSA"'),
    "nested JSON": answer(b'{"keys":' + b"[" * 100_000),
    "no UTF-8": answer(b"\xff\xfe"),
    "keys a table": answer(b'{"keys": {"kty": "RSA"}}'),
    "no keys": answer(b'{"keys": []}'),
    "keys of no type": answer(b'{"keys": [1, null, "x", [], {}, {"kty": "RSA"}]}'),
    "a secret alone": answer(b'{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "r1", "alg": "HS256"}]}'),
    "a key of nonsense": answer(b'{"keys": [{"kty": "RSA", "n": 1, "e": {}, "kid": "r1"}]}'),
    "larger than announced may be": b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n{",
    "larger than may be": answer(b" " * 262_145),
    "a bomb": answer(gzip.compress(b" " * 10_000_000), "Content-Encoding: gzip"),
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
}


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH.keys())
@pytest.mark.parametrize("path", [DISCOVERY, "/keys"])
async def test_rubbish_takes_no_key_away(path: str, rubbish: bytes) -> None:
    """Rubbish in place of either document lets nobody new in, and those whose keys are known go on."""
    async with running() as issuing:
        await issuing.caller(issuing.token())
        issuing.broken[path] = rubbish
        issuing.clock.advance(600)
        assert await issuing.refusal(bearer(by("stranger", "r2", issuing))) is Reason.KEYS_UNAVAILABLE
        assert (await issuing.caller(issuing.token())).role == "staff"
        assert [path for path in issuing.fetched if "evil" in path] == []


@pytest.mark.parametrize("status", ["203 Non-Authoritative Information", "401 Unauthorized", "500 Oops"])
async def test_keys_of_an_answer_that_went_wrong(status: str) -> None:
    """Keys are taken from an answer with the status 200 alone, whatever else one holds."""
    async with running() as issuing:
        await issuing.caller(issuing.token())
        body = json.dumps({"keys": [jwk(rsa_key("new"), "RS256", kid="r2")]}).encode()
        issuing.broken["/keys"] = answer(body, status=status)
        issuing.clock.advance(5)
        assert await issuing.refusal(bearer(by("new", "r2", issuing))) is Reason.KEYS_UNAVAILABLE
        assert (await issuing.caller(issuing.token())).role == "staff"


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.example.com"},
        {"issuer": None},
        {"jwks_uri": "http://keys.example.com/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://"},
        {"jwks_uri": "https://user@keys.example.com/keys"},
        {"jwks_uri": ["https://keys.example.com/keys"]},
        {"jwks_uri": None},
        {"jwks_uri": "http://[::1/keys"},
        {"jwks_uri": "URL/keys#fragment"},
        {"issuer": "URL/"},
        {"issuer": "URL/shop"},
    ],
)
async def test_a_discovery_that_leads_astray(changes: dict[str, Any]) -> None:
    """A document of another issuer, or one that names an address which cannot be trusted, is not followed."""
    async with running() as issuing:
        issuing.documents[DISCOVERY] |= {
            name: value.replace("URL", issuing.server.url) if isinstance(value, str) else value
            for name, value in changes.items()
        }
        assert await issuing.refusal(bearer(issuing.token())) is Reason.KEYS_UNAVAILABLE
        assert issuing.fetched == [DISCOVERY]


def test_which_keys_count() -> None:
    """Keys are bound to the algorithms that they are for; secret, private, short and foreign ones are left out."""
    private = json.loads(jwt.get_algorithm_by_name("RS256").to_jwk(rsa_key("private")))
    found = keys_in(
        {
            "keys": [
                jwk(rsa_key("staff"), "RS256", kid="any"),
                jwk(rsa_key("staff"), "RS256", kid="said", alg="PS256"),
                jwk(rsa_key("staff"), "RS256", kid="other", alg="RS512"),
                jwk(rsa_key("new"), "RS256", kid="any"),
                jwk(ec_key("staff"), "ES256"),
                {**private, "kid": "private", "key_ops": ["sign", "verify"]},
                jwk(rsa_key("short", 1024), "RS256", kid="short"),
                jwk(rsa_key("staff"), "RS256", kid="enc", use="enc"),
                jwk(rsa_key("staff"), "RS256", kid="sign", key_ops=["sign"]),
                jwk(rsa_key("staff"), "RS256", kid=7),
            ]
        },
        ("RS256", "PS256", "ES256"),
    )
    assert sorted(found, key=str) == [("any", "PS256"), ("any", "RS256"), ("said", "PS256"), (None, "ES256")]
    assert {key.algorithm_name for (_, algorithm), key in found.items() if key.algorithm_name != algorithm} == set()
    assert found["any", "RS256"].key.public_numbers() == rsa_key("staff").public_key().public_numbers()


def test_key_sets_are_bounded() -> None:
    """Of a set without end the first hundred keys count, and one that would take long to check with does not."""
    many = [jwk(rsa_key("staff"), "RS256", kid=f"k{n}") for n in range(101)]
    assert [kid for kid, _ in keys_in({"keys": many}, ("RS256",))] == [f"k{n}" for n in range(100)]
    modulus = base64.urlsafe_b64encode(b"\xff" * 1025).decode().rstrip("=")
    with pytest.raises(NoKeys, match="no key for RS256"):
        keys_in({"keys": [{"kty": "RSA", "kid": "wide", "n": modulus, "e": "AQAB"}]}, ("RS256",))


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = st.sampled_from(("kid", "alg", "use", "key_ops", "n", "e", "x", "y", "crv", "k", "d"))


@given(
    kinds=st.lists(st.sampled_from(("RSA", "EC", "OKP", "oct")), min_size=1, max_size=3),
    members=st.dictionaries(MEMBERS, ANY_JSON | st.sampled_from(("AQAB", "P-256", "Ed25519", "RS256")), max_size=6),
)
def test_any_key_set(kinds: list[str], members: dict[str, Any]) -> None:
    """Whatever stands in a key set, it is a set without keys of use, and nothing breaks."""
    with pytest.raises(NoKeys):
        keys_in({"keys": [{"kty": kind, **members} for kind in kinds]}, ("RS256", "PS256", "ES256", "EdDSA"))


async def test_keys_are_handed_on() -> None:
    """The next configuration goes on with the keys of an issuer that it knows too; they are closed with the last."""
    async with running() as issuing:
        await issuing.caller(issuing.token())
        following = Identifier(issuing.settings, issuing.key_sets, issuing.clock)
        await issuing.identifier.close()
        assert issuing.server.open == 1
        issuing.identifier = following
        assert (await issuing.caller(issuing.token())).role == "staff"
        assert issuing.fetched == ONCE
        await following.close()
        await issuing.server.all_left()
        assert following.keys["staff"] is not issuing.key_sets.take(following._sources["staff"])
        issuing.identifier = Identifier(issuing.settings, KeySets(issuing.clock), issuing.clock)


async def test_a_close_ends_a_fetch() -> None:
    """What is closed while keys are fetched hangs up, and who waits for them is told to try again."""
    async with running() as issuing:
        issuing.broken[DISCOVERY] = b""
        waiting = asyncio.create_task(issuing.refusal(bearer(issuing.token())))
        await issuing.server.asked.wait()
        before = issuing.identifier
        issuing.identifier = Identifier(issuing.settings, KeySets(issuing.clock), issuing.clock)
        await before.close()
        assert await waiting is Reason.KEYS_UNAVAILABLE
        await issuing.server.all_left()


async def test_what_is_seen_of_it(caplog: pytest.LogCaptureFixture) -> None:
    """Callers and fetches are counted by credential, reason and issuer; an outage is logged once, and its end once."""
    watched = Watched()
    caplog.set_level("INFO")
    async with running(watched.observed) as issuing:
        await issuing.caller(issuing.token())
        issuing.broken["/keys"] = answer(PAGE)
        for _ in range(3):
            issuing.clock.advance(600)
            await issuing.caller(issuing.token())
            await settled(issuing)
        await issuing.refusal(bearer(issuing.token(aud="elsewhere")))
        await issuing.identifier({})
        del issuing.broken["/keys"]
        issuing.clock.advance(600)
        await issuing.caller(issuing.token())
        await settled(issuing)
    samples = await watched.samples()
    assert {key[1:]: value for key, value in samples.items() if key[0] == "orderweave_callers_total"} == {
        ("TOKEN", "OK"): 5,
        ("TOKEN", "TOKEN_AUDIENCE"): 1,
        ("NONE", "OK"): 1,
    }
    assert {key[1:]: value for key, value in samples.items() if key[0] == "orderweave_key_set_fetches_total"} == {
        ("staff", "OK"): 2,
        ("staff", "FAILED"): 3,
    }
    told = [(record.getMessage(), getattr(record, "fields", {})) for record in caplog.records]
    assert [entry for entry in told if entry[0] in ("caller_refused", "keys_unavailable", "keys_available")] == [
        ("keys_unavailable", {"issuer": "staff", "why": "the answer is no JSON object"}),
        ("caller_refused", {"credential": "TOKEN", "reason": "TOKEN_AUDIENCE"}),
        ("keys_available", {"issuer": "staff"}),
    ]
