"""The name of an answer's bytes, by which a browser asks whether what it keeps is still so (RFC 9110, 8.8.3 and 13)."""

from __future__ import annotations

import hashlib

_BYTES = 16


def etag_of(body: bytes) -> bytes:
    """A strong tag: the same only for the same bytes, so that a compressed form has a tag of its own."""
    return b'"' + hashlib.blake2b(body, digest_size=_BYTES).hexdigest().encode() + b'"'


def is_known(if_none_match: bytes | None, tag: bytes) -> bool:
    """Whether a caller that sends If-None-Match has these bytes already. Weak tags compare as strong ones do here."""
    if if_none_match is None:
        return False
    known = {one.strip().removeprefix(b"W/") for one in if_none_match.split(b",")}
    return tag in known or b"*" in known
