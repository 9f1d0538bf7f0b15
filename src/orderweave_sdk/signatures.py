"""How vendors sign webhooks, as pure functions over the bytes that came.

Each raises `Refused` for a delivery that is not the vendor's, and gives nothing otherwise. `headers` have their names
in lower case. Several secrets or keys hold at once while one takes another's place: all of them are tried, whichever
fits, and digests are compared in constant time, so that the time taken says nothing of a secret. A signature is
compared in the vendor's own spelling: what decodes to the same bytes and is written otherwise is not the vendor's.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import MD5, SHA512
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from orderweave_sdk.webhooks import Refusal, Refused

# How far a delivery's time may be from ours: clocks differ, and a delivery takes a while. As Standard Webhooks has it.
TOLERANCE = timedelta(minutes=5)
# RSA keys of fewer bits can be broken; keys of more than four times that would make us work for whoever asks.
_KEY_BITS = range(1024, 8193)

_STANDARD_ID = "webhook-id"
_STANDARD_TIME = "webhook-timestamp"
_STANDARD_SIGNATURE = "webhook-signature"
_STANDARD_PREFIX = "whsec_"
_STANDARD_VERSION = "v1,"
# Signatures of one delivery that are looked at: a sender signs with each secret that holds, and two do.
_MOST_SIGNATURES = 10


class Hash(Enum):
    """What an RSA signature is made over."""

    SHA512 = "SHA512withRSA"
    MD5 = "MD5withRSA"


def signed_by_hmac_base64(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], *, header: str) -> None:
    """base64(HMAC-SHA256(body)) in a header.

    Shopify (`x-shopify-hmac-sha256`), WooCommerce (`x-wc-webhook-signature`), ShipHero (`x-shiphero-hmac-sha256`),
    ERPNext (`x-frappe-webhook-signature`).
    """
    given = _given(headers, header, secrets)
    expected = [b64encode(hmac.digest(secret.encode(), body, "sha256")) for secret in secrets]
    _believe(_one_of(given, expected))


def signed_by_hmac_hex(
    headers: Mapping[str, str], signed: bytes, keys: Sequence[bytes], *, header: str, prefix: str = ""
) -> None:
    """A prefix and hex(HMAC-SHA256(signed)) in a header; EasyPost's has the prefix `hmac-sha256-hex=`."""
    given = _given(headers, header, keys)
    expected = [(prefix + hmac.digest(key, signed, "sha256").hex()).encode() for key in keys]
    _believe(_one_of(given, expected))


def signed_by_standard_webhooks(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], *, now: datetime
) -> tuple[str, datetime]:
    """Standard Webhooks 1.0, symmetric: HMAC-SHA256 of `id.timestamp.body`, in `v1,` and base64, several of them
    separated by spaces. `secrets` are base64, with or without `whsec_`. Gives the id and the time, both signed.
    """
    given = _given(headers, _STANDARD_SIGNATURE, secrets)
    name, stamp = headers.get(_STANDARD_ID, ""), headers.get(_STANDARD_TIME, "")
    if not name or not stamp:
        raise Refused(Refusal.UNSIGNED)
    signed = f"{name}.{stamp}.".encode("utf-8", "surrogatepass") + body
    expected = [
        _STANDARD_VERSION.encode() + b64encode(hmac.digest(key, signed, "sha256"))
        for secret in secrets
        if (key := _decoded(secret.removeprefix(_STANDARD_PREFIX)))
    ]
    if not expected:
        raise Refused(Refusal.NO_SECRET)
    fits = [_one_of(each, expected) for each in given.split(b" ")[:_MOST_SIGNATURES]]
    _believe(any(fits))
    moment = _from_seconds(stamp)
    if moment is None:
        raise Refused(Refusal.UNREADABLE)
    recent(moment, now)
    return name, moment


def signed_by_rsa(
    headers: Mapping[str, str], body: bytes, keys: Sequence[str], *, header: str, hash: Hash = Hash.SHA512
) -> None:
    """base64 of an RSA signature (PKCS #1 v1.5) of the body, as Java's SHA512withRSA and MD5withRSA make it.

    Fluent Commerce sends both, `fluent-signature` (SHA512) and `flex.signature` (MD5, of which two bodies with one
    hash can be made: only for accounts that send no other). `keys` are public keys, see `public_key`.
    """
    given = _given(headers, header, keys)
    known = [key for text in keys if (key := public_key(text)) is not None]
    if not known:
        raise Refused(Refusal.NO_SECRET)
    signature = _decoded(given.decode("utf-8", "replace"))
    if not signature or b64encode(signature) != given:
        raise Refused(Refusal.FORGED)
    algorithm = SHA512() if hash is Hash.SHA512 else MD5()  # noqa: S303 - the vendor's older signature
    fits = []
    for key in known:
        try:
            key.verify(signature, body, PKCS1v15(), algorithm)
        except InvalidSignature:
            fits.append(False)
        else:
            fits.append(True)
    _believe(any(fits))


def public_key(text: str) -> RSAPublicKey | None:
    """An RSA key as PEM, or as the base64 of an X.509 SubjectPublicKeyInfo; None where it is none of sound size."""
    try:
        found = load_pem_public_key(text.encode()) if "-----" in text else load_der_public_key(_decoded(text))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return found if isinstance(found, RSAPublicKey) and found.key_size in _KEY_BITS else None


def recent(sent_at: datetime, now: datetime) -> None:
    """Refuse a delivery whose signed time is too far from now: somebody kept it and sends it again."""
    if abs(now - sent_at) > TOLERANCE:
        raise Refused(Refusal.STALE)


def _given(headers: Mapping[str, str], header: str, secrets: Sequence[object]) -> bytes:
    """The signature that came."""
    if not secrets:
        raise Refused(Refusal.NO_SECRET)
    given = headers.get(header)
    if not given:
        raise Refused(Refusal.UNSIGNED)
    return given.encode("utf-8", "surrogatepass")


def _one_of(given: bytes, expected: Sequence[bytes]) -> bool:
    """Whether it is one of them. All are compared, whichever fits."""
    return sum(hmac.compare_digest(given, each) for each in expected) > 0


def _believe(fits: bool) -> None:
    if not fits:
        raise Refused(Refusal.FORGED)


def _decoded(text: str) -> bytes:
    """The bytes of strict base64; none for anything else."""
    try:
        return b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return b""


def _from_seconds(text: str) -> datetime | None:
    """Whole seconds since 1970, as a time."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError):
        return None
