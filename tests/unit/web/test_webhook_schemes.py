"""Each vendors' way to sign webhooks, through the whole door: what is not the vendor's own never comes in, nothing ends
in a 5xx, and twenty copies of what does come in have exactly one effect.
"""

from __future__ import annotations

import asyncio
import hmac
import random
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import MD5, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from orderweave_sdk.records import Key
from orderweave_sdk.signatures import (
    Hash,
    signed_by_hmac_base64,
    signed_by_hmac_hex,
    signed_by_rsa,
    signed_by_standard_webhooks,
)
from orderweave_sdk.webhooks import Delivery, digest, read_body
from tests.unit.fake_clock import NOON
from tests.unit.web.webhook_door import WebhookDoor, webhook_door

Headers = Mapping[str, str]
_OWN, _ANOTHER = (b64encode(text).decode() for text in (b"our-own-secret-24-bytes!", b"somebody-elses-secret-!!"))
_KEYS = {name: generate_private_key(public_exponent=65537, key_size=1024) for name in (_OWN, _ANOTHER)}
_PUBLIC = _KEYS[_OWN].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Change(msgspec.Struct):
    """What the bodies of these tests hold."""

    order: str
    at: datetime


class Scheme:
    """One way to sign. `sign` gives the headers of a body, `check` refuses; `timed` ones sign the time of sending."""

    def __init__(
        self,
        header: str,
        sign: Callable[[bytes, str, datetime], dict[str, str]],
        check: Callable[[Headers, bytes, datetime], object],
        *,
        timed: bool = False,
    ) -> None:
        self.header = header
        self.sign = sign
        self.check = check
        self.timed = timed

    def read(self, headers: Headers, body: bytes, now: datetime) -> Delivery:
        """As a connector over this scheme does it."""
        self.check(headers, body, now)
        change = read_body(body, Change)
        return Delivery(id=digest(body), topic="order", occurred_at=change.at, order=(Key("id", change.order),))


def _hmac(secret: str, signed: bytes) -> bytes:
    return hmac.digest(secret.encode(), signed, "sha256")


def _base64(header: str) -> Scheme:
    return Scheme(
        header,
        lambda body, secret, at: {header: b64encode(_hmac(secret, body)).decode()},
        lambda headers, body, now: signed_by_hmac_base64(headers, body, (_OWN,), header=header),
    )


def _hexadecimal(header: str, prefix: str) -> Scheme:
    return Scheme(
        header,
        lambda body, secret, at: {header: prefix + _hmac(secret, body).hex()},
        lambda headers, body, now: signed_by_hmac_hex(headers, body, (_OWN.encode(),), header=header, prefix=prefix),
    )


def _signed_standard(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    made = hmac.digest(b64decode(secret), f"msg-1.{stamp}.".encode() + body, "sha256")
    return {
        "webhook-id": "msg-1",
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + b64encode(made).decode(),
    }


def _rsa(header: str, hash: Hash) -> Scheme:
    algorithm = SHA512() if hash is Hash.SHA512 else MD5()
    return Scheme(
        header,
        lambda body, secret, at: {header: b64encode(_KEYS[secret].sign(body, PKCS1v15(), algorithm)).decode()},
        lambda headers, body, now: signed_by_rsa(headers, body, (_PUBLIC,), header=header, hash=hash),
    )


SCHEMES = {
    "Shopify": _base64("x-shopify-hmac-sha256"),
    "WooCommerce": _base64("x-wc-webhook-signature"),
    "ShipHero": _base64("x-shiphero-hmac-sha256"),
    "EasyPost": _hexadecimal("x-hmac-signature", "hmac-sha256-hex="),
    "Standard Webhooks": Scheme(
        "webhook-signature",
        _signed_standard,
        lambda headers, body, now: signed_by_standard_webhooks(headers, body, (_OWN,), now=now),
        timed=True,
    ),
    "Fluent, SHA512withRSA": _rsa("fluent-signature", Hash.SHA512),
    "Fluent, MD5withRSA": _rsa("flex.signature", Hash.MD5),
}


class Vendor:
    """Sends signed bodies to a door."""

    def __init__(self, scheme: Scheme, door: WebhookDoor) -> None:
        self.scheme = scheme
        self.door = door
        door.desk.shop.read_webhook = scheme.read

    def body(self, order: str = "a1", seconds: int = 0) -> bytes:
        """What changed."""
        return msgspec.json.encode(Change(order, NOON + timedelta(seconds=seconds)))

    def headers(self, body: bytes, secret: str = _OWN, at: datetime = NOON) -> dict[str, str]:
        """As the vendor signs it."""
        return self.scheme.sign(body, secret, at)

    async def send(self, body: bytes, headers: Headers) -> int:
        """The status of the answer."""
        return (await self.door.post(body, headers)).status_code


@pytest_asyncio.fixture(params=SCHEMES)
async def vendor(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Vendor]:
    """A vendor of each scheme, before an empty door."""
    async with webhook_door(tmp_path) as door:
        yield Vendor(SCHEMES[request.param], door)


async def test_none_comes_in(vendor: Vendor) -> None:
    """Forged, unsigned, altered, wrongly encoded, oversized: 401 or 413, and nothing stored."""
    body = vendor.body()
    right = vendor.headers(body)
    signature = right[vendor.scheme.header]
    send = partial(vendor.send, body)
    bare = {name: value for name, value in right.items() if name != vendor.scheme.header}
    spellings = [signature.swapcase(), signature[:-2], signature + "=", signature + "é", signature.encode().hex()]
    spellings += ["", " ", "=" * 10_000, "\udcff", "v1,", b64encode(signature.encode()).decode(), f"v2,{signature}"]
    refused = [
        await send(vendor.headers(body, _ANOTHER)),
        await send(bare),
        await send({}),
        *[await send(right | {vendor.scheme.header: other}) for other in spellings],
        *[
            await vendor.send(other, right)
            for other in (b"", body + b"\n", body[1:], body.replace(b"a1", b"a2"), body.decode().encode("utf-16"))
        ],
    ]
    assert set(refused) == {401}
    large = body + b" " * 3_000_000
    assert await vendor.send(large, vendor.headers(large)) == 413
    assert await vendor.door.desk.states() == []


async def test_twenty_copies_have_one_effect(vendor: Vendor) -> None:
    """At the same time, and later once more: every copy is answered well, and one thing is done."""
    body = vendor.body()
    headers = vendor.headers(body)
    assert set(await asyncio.gather(*(vendor.send(body, headers) for _ in range(20)))) == {200}
    await vendor.door.desk.work()
    assert await vendor.send(body, headers) == 200
    await vendor.door.desk.work()
    assert vendor.door.desk.scripted.orders == ["a1"]


async def test_a_replay_has_no_effect(vendor: Vendor) -> None:
    """Kept by somebody and sent again after two days: refused where its time is signed, known everywhere else."""
    body = vendor.body()
    headers = vendor.headers(body)
    await vendor.send(body, headers)
    await vendor.door.desk.work()
    vendor.door.desk.time.advance(2 * 86_400)
    assert await vendor.send(body, headers) == (401 if vendor.scheme.timed else 200)
    await vendor.door.desk.work()
    assert vendor.door.desk.scripted.orders == ["a1"]


async def test_an_older_one_has_no_effect(vendor: Vendor) -> None:
    """The change before the last one, delivered after it, does nothing more."""
    for seconds in (10, 5):
        body = vendor.body(seconds=seconds)
        assert await vendor.send(body, vendor.headers(body)) == 200
        await vendor.door.desk.work()
    assert vendor.door.desk.scripted.orders == ["a1"]
    assert await vendor.door.desk.states() == [(1, "DONE"), (2, "OUTDATED")]


async def test_noise_comes_to_nothing(vendor: Vendor) -> None:
    """Three hundred random deliveries of bytes and headers: none in, none that ends in a 5xx."""
    dice = random.Random(7)
    right = vendor.headers(vendor.body())
    for _ in range(300):
        headers = {
            name: dice.choice([value, "".join(chr(dice.randrange(32, 0x250)) for _ in range(dice.randrange(60)))])
            for name, value in right.items()
            if dice.random() < 0.9
        }
        assert await vendor.send(dice.randbytes(dice.randrange(200)), headers) == 401
    assert await vendor.door.desk.states() == []
