"""Answers made smaller for callers who can read that: gzip at its quickest, and only where it pays.

What it costs, and why nothing secret stands beside text that another chooses: docs/decisions/compressed-answers.md.
"""

from __future__ import annotations

import asyncio
import zlib

# Bytes of an answer from which on the smaller form saves a packet.
SMALLEST_COMPRESSED = 1400
# Bytes of an answer that is compressed between other work; a larger one is compressed beside it, by a thread.
_MOST_BETWEEN = 64 * 1024
_LEVEL = 1
_GZIP_FORM = 31


def accepts_gzip(accept_encoding: bytes | None) -> bool:
    """Whether gzip is among what a caller reads, with a quality above zero."""
    if not accept_encoding:
        return False
    for part in accept_encoding.lower().split(b","):
        name, *parameters = (one.strip() for one in part.split(b";"))
        if name == b"gzip":
            return not any(one.startswith(b"q=") and not one[2:].strip(b"0.") for one in parameters)
    return False


async def gzipped(body: bytes) -> bytes:
    """The body in gzip's form; the same bytes for the same body."""
    if len(body) <= _MOST_BETWEEN:
        return zlib.compress(body, _LEVEL, _GZIP_FORM)
    return await asyncio.to_thread(zlib.compress, body, _LEVEL, _GZIP_FORM)
