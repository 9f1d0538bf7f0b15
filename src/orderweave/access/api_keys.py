"""API keys: 256 random bits and a checksum in one word, of which the configuration holds the SHA-256 alone.

A key reads `owk_` and 58 letters and digits (base32 in lower case, RFC 4648): the random bytes, then their CRC-32. A
program that looks for leaked secrets finds it by its beginning, and one that is mistyped is told without a look-up.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Mapping
from datetime import datetime

from orderweave.access.refusing import Reason, Refused
from orderweave.config.configuration import ApiKey

PREFIX = "owk_"
_RANDOM_BYTES = 32
_CRC_BYTES = 4
_TEXT = re.compile("owk_[a-z2-7]{58}")


def new_key() -> str:
    """A new key; what is written down of it is its digest."""
    random = secrets.token_bytes(_RANDOM_BYTES)
    return PREFIX + base64.b32encode(random + _check(random)).decode().rstrip("=").lower()


def digest_of(key: str) -> bytes:
    """What is kept of a key. It is random throughout, so that a plain hash of it tells nothing."""
    return hashlib.sha256(key.encode()).digest()


def is_whole(key: str) -> bool:
    """Whether a text is a key as they are made: right in length, letters and checksum."""
    if not _TEXT.fullmatch(key):
        return False
    try:
        data = base64.b32decode(key.removeprefix(PREFIX).upper() + "======")
    except binascii.Error:
        return False
    return data[_RANDOM_BYTES:] == _check(data[:_RANDOM_BYTES])


def known_key(key: str, keys: Mapping[str, ApiKey], now: datetime) -> tuple[str, ApiKey]:
    """The name and the entry of a key; raises Refused. Every entry is compared, each in constant time."""
    if not is_whole(key):
        raise Refused(Reason.KEY_MISTYPED)
    digest = digest_of(key)
    found = [(name, known) for name, known in keys.items() if hmac.compare_digest(known.sha256, digest)]
    if not found:
        raise Refused(Reason.KEY_UNKNOWN)
    name, known = found[0]
    if known.expires is not None and now >= known.expires:
        raise Refused(Reason.KEY_EXPIRED)
    return name, known


def _check(random: bytes) -> bytes:
    return zlib.crc32(random).to_bytes(_CRC_BYTES, "big")
