"""The names under which answers are kept: hashes, so that they say nothing and are never mixed up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

# Moves when what is kept comes to mean something else though its shape stays: entries of another version are never
# read, they only run out. A change of shape shows in the kind, see `Kind.shape`.
VERSION = 1
# Beside what it is worth, a stretched digest keeps a guess at a short password from being checked quickly.
_STRETCH = {"n": 4096, "r": 8, "p": 1, "dklen": 16}


def digest_of(connector: str, version: str, settings: Mapping[str, Any]) -> bytes:
    """What a system's answers depend on beside the question: its connector and its settings, credentials included.

    Two gateways share entries only where these are the same; a changed address or account starts afresh. Takes
    some 10 ms, once a system and start.
    """
    text = msgspec.json.encode([connector, version, settings], order="sorted", enc_hook=repr)
    return hashlib.scrypt(text, salt=b"orderweave.caching", **_STRETCH)


def key_of(kind: str, digest: bytes, system: str, scope: str, parts: tuple[str, ...]) -> str:
    """The name of one entry. Each part is framed by its length, so that no two lists of parts give one name.

    `scope` says for whom it was fetched: what one caller may see never answers another with other rights.
    """
    # A vendor's text may hold half a surrogate pair, which is no UTF-8.
    said = [part.encode("utf-8", "surrogatepass") for part in parts]
    text = msgspec.msgpack.encode((VERSION, kind, digest, system, scope, said))
    return f"orderweave:{hashlib.blake2b(text, digest_size=20).hexdigest()}"


def lease_of(key: str, facets: frozenset[str], lane: str) -> str:
    """The name of the lease for fetching an entry with these facets, in one lane."""
    text = msgspec.msgpack.encode((key, sorted(facets), lane))
    return f"orderweave:lease:{hashlib.blake2b(text, digest_size=20).hexdigest()}"
