"""Signatures of webhooks: what the vendor signed is believed, whichever secret holds, and nothing else ever is."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import MD5, SHA256, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as some

from orderweave_sdk.signatures import (
    TOLERANCE,
    Hash,
    public_key,
    recent,
    signed_by_hmac_base64,
    signed_by_hmac_hex,
    signed_by_rsa,
    signed_by_standard_webhooks,
)
from orderweave_sdk.webhooks import Refusal, Refused, public_keys_of, secrets_of

BODY = b'{"id":820982911946154508,"name":"#9999"}'
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HEADER = "x-shopify-hmac-sha256"
# Of the specification's own examples in shape: base64 after `whsec_`.
SECRET = "whsec_" + b64encode(b"0123456789abcdefghijklmn").decode()
OTHER = "whsec_" + b64encode(b"another-secret-of-24-byt").decode()
KEY = generate_private_key(public_exponent=65537, key_size=1024)
OTHER_KEY = generate_private_key(public_exponent=65537, key_size=1024)


def refusal(check: Callable[[], object]) -> Refusal | None:
    """Why it is refused, if it is."""
    try:
        check()
    except Refused as refused:
        return refused.reason
    return None


def base64_of(body: bytes, secret: str) -> str:
    """As Shopify, WooCommerce and ShipHero write it."""
    return b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def by_base64(given: str | None, body: bytes = BODY, *secrets: str) -> Refusal | None:
    """What becomes of a body with this signature."""
    headers = {} if given is None else {HEADER: given}
    return refusal(lambda: signed_by_hmac_base64(headers, body, secrets or ("hush",), header=HEADER))


def test_a_known_hmac() -> None:
    """A signature that was made elsewhere (openssl dgst -sha256 -hmac hush -binary | base64)."""
    assert by_base64("YBwnJ9vsibq7srObgXybmGHWuwos+jDEL//7749XS78=") is None


def test_hmac_in_base64() -> None:
    """The body's own signature holds, with the secret before as with the one after; another body's does not."""
    right = base64_of(BODY, "hush")
    assert by_base64(right) is None
    assert by_base64(right, BODY, "new", "hush") is None
    assert by_base64(base64_of(BODY, "new"), BODY, "new", "hush") is None
    assert by_base64(right, BODY + b" ") is Refusal.FORGED
    assert by_base64(right, BODY, "new", "newer") is Refusal.FORGED
    assert by_base64(None) is by_base64("") is Refusal.UNSIGNED
    assert refusal(lambda: signed_by_hmac_base64({HEADER: right}, BODY, (), header=HEADER)) is Refusal.NO_SECRET


def test_other_spellings_of_a_signature() -> None:
    """Hexadecimal, URL-safe, unpadded, in another case, with spaces: all that is not the vendor's own spelling."""
    right = base64_of(BODY, "hush")
    raw = hmac.digest(b"hush", BODY, "sha256")
    others = [raw.hex(), urlsafe_b64encode(raw).decode().rstrip("="), right.rstrip("="), right.swapcase()]
    others += [right + " ", " " + right, right + "\n", right + "é", "\udcff" + right, right * 10_000]
    assert {by_base64(other) for other in others} == {Refusal.FORGED}


def test_hmac_in_hex() -> None:
    """The prefix belongs to it, and capitals are another spelling."""
    right = hmac.new(b"hush", BODY, hashlib.sha256).hexdigest()

    def judged(given: str) -> Refusal | None:
        return refusal(lambda: signed_by_hmac_hex({"s": given}, BODY, (b"hush",), header="s", prefix="hex="))

    assert judged("hex=" + right) is None
    assert judged(right) is judged("hex=" + right.upper()) is judged("HEX=" + right) is Refusal.FORGED


def standard(
    secret: str = SECRET, body: bytes = BODY, name: str = "msg_1", seconds: int = int(NOW.timestamp())
) -> dict[str, str]:
    """The headers of a delivery by Standard Webhooks."""
    key = b64decode(secret.removeprefix("whsec_"))
    made = b64encode(hmac.digest(key, f"{name}.{seconds}.".encode() + body, "sha256")).decode()
    return {"webhook-id": name, "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{made}"}


def by_standard(headers: Mapping[str, str], *secrets: str, body: bytes = BODY, now: datetime = NOW) -> Refusal | None:
    """What becomes of a delivery with these headers."""
    return refusal(lambda: signed_by_standard_webhooks(headers, body, secrets or (SECRET,), now=now))


def test_standard_webhooks_known() -> None:
    """The example of the reference libraries: a secret, an id, a time and a body with their signature."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    found = signed_by_standard_webhooks(
        headers,
        b'{"test": 2432232314}',
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",),
        now=datetime.fromtimestamp(1614265330, UTC),
    )
    assert found == ("msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC))


def test_standard_webhooks() -> None:
    """Id, time and body are signed together; a secret holds beside another, and so does one signature of several."""
    assert by_standard(standard()) is None
    assert by_standard(standard(OTHER), SECRET, OTHER) is None
    assert by_standard(standard(), SECRET.removeprefix("whsec_")) is None
    both = standard() | {"webhook-signature": f"v1a,x {standard(OTHER)['webhook-signature']} {_signature()}"}
    assert by_standard(both) is None
    assert by_standard(standard() | {"webhook-id": "msg_2"}) is Refusal.FORGED
    assert by_standard(standard() | {"webhook-timestamp": str(int(NOW.timestamp()) + 1)}) is Refusal.FORGED
    assert by_standard(standard(), body=BODY + b" ") is Refusal.FORGED
    assert by_standard(standard(OTHER)) is Refusal.FORGED
    assert by_standard(standard() | {"webhook-signature": _signature().removeprefix("v1,")}) is Refusal.FORGED
    assert by_standard(standard() | {"webhook-signature": _signature().replace("v1,", "v2,")}) is Refusal.FORGED
    late = standard() | {"webhook-signature": "v1,x " * 10 + _signature()}
    assert by_standard(late) is Refusal.FORGED


def _signature() -> str:
    return standard()["webhook-signature"]


def test_standard_webhooks_not_whole() -> None:
    """Without an id, a time, a signature or a secret that is one there is nothing to believe."""
    for name in standard():
        assert by_standard({key: value for key, value in standard().items() if key != name}) is Refusal.UNSIGNED
    assert by_standard(standard(), "whsec_!") is by_standard(standard(), "whsec_") is Refusal.NO_SECRET


@pytest.mark.parametrize("stamp", ["soon", "-1", "1e9", "9" * 12, "9" * 40, "١٢"])
def test_standard_webhooks_signed_for_no_time(stamp: str) -> None:
    """A time that is none, though signed, is told apart from a forgery and not believed."""
    made = b64encode(hmac.digest(b"0123456789abcdefghijklmn", f"m.{stamp}.".encode() + BODY, "sha256")).decode()
    headers = {"webhook-id": "m", "webhook-timestamp": stamp, "webhook-signature": f"v1,{made}"}
    assert by_standard(headers) in (Refusal.UNREADABLE, Refusal.STALE)


def test_replay_window() -> None:
    """Five minutes before and after, not a second more."""
    assert timedelta(minutes=5) == TOLERANCE
    for seconds in (-300, 300):
        assert by_standard(standard(), now=NOW + timedelta(seconds=seconds)) is None
    for seconds in (-301, 301):
        assert by_standard(standard(), now=NOW + timedelta(seconds=seconds)) is Refusal.STALE
        with pytest.raises(Refused) as refused:
            recent(NOW, NOW + timedelta(seconds=seconds))
        assert refused.value.reason is Refusal.STALE


def rsa_of(key: RSAPrivateKey = KEY, body: bytes = BODY, algorithm: HashAlgorithm | None = None) -> str:
    """As Java's Signature makes it."""
    return b64encode(key.sign(body, PKCS1v15(), algorithm or SHA512())).decode()


def pem(key: RSAPrivateKey = KEY) -> str:
    """The public half."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def der(key: RSAPrivateKey = KEY) -> str:
    """The public half as vendors print it on their pages."""
    return b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def by_rsa(given: str, *keys: str, body: bytes = BODY, hash: Hash = Hash.SHA512) -> Refusal | None:
    """What becomes of a body with this signature."""
    return refusal(lambda: signed_by_rsa({"s": given}, body, keys or (pem(),), header="s", hash=hash))


def test_rsa() -> None:
    """SHA512withRSA and MD5withRSA of the body, by a key as PEM or as base64, one of several."""
    assert by_rsa(rsa_of()) is by_rsa(rsa_of(), der()) is by_rsa(rsa_of(), pem(OTHER_KEY), der()) is None
    older = rsa_of(algorithm=MD5())
    assert by_rsa(older, hash=Hash.MD5) is None
    assert by_rsa(older) is by_rsa(rsa_of(), hash=Hash.MD5) is Refusal.FORGED
    assert by_rsa(rsa_of(), body=BODY + b" ") is by_rsa(rsa_of(OTHER_KEY)) is Refusal.FORGED
    assert by_rsa(rsa_of(algorithm=SHA256())) is Refusal.FORGED
    right = rsa_of()
    for other in (right.rstrip("="), right + "\n", "!" + right, right[:-8], right * 2, "é", "AAAA"):
        assert by_rsa(other) is Refusal.FORGED
    assert by_rsa("") is Refusal.UNSIGNED


def test_rsa_keys_that_are_none() -> None:
    """No key, another kind of key: nothing is believed by it."""
    assert public_key(pem()) is not None
    for text in ("", "nonsense", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", _edwards()):
        assert public_key(text) is None
        assert by_rsa(rsa_of(), text) is Refusal.NO_SECRET


def _edwards() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - only here

    made = Ed25519PrivateKey.generate().public_key()
    return made.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_secrets_in_settings() -> None:
    """Several secrets stand in one setting, and PEM keys keep their own white space."""
    assert secrets_of({"webhook_secrets": " new\told\n"}) == ("new", "old")
    assert secrets_of({}) == public_keys_of({}) == ()
    both = public_keys_of({"webhook_public_keys": pem() + pem(OTHER_KEY)})
    assert [by_rsa(rsa_of(key), *both) for key in (KEY, OTHER_KEY)] == [None, None]
    assert public_keys_of({"webhook_public_keys": f"{der()} {der(OTHER_KEY)}"}) == (der(), der(OTHER_KEY))


@given(some.text(), some.text(), some.binary())
def test_nothing_breaks(text: str, stamp: str, body: bytes) -> None:
    """Whatever stands in the headers, the answer is a refusal and no other exception."""
    assert by_base64(text, body) is not None
    assert by_rsa(text, body=body) is not None
    headers = {"webhook-id": text, "webhook-timestamp": stamp, "webhook-signature": text}
    assert by_standard(headers, body=body) is not None
