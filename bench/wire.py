"""As much of HTTP/1.1 as two programs of ours on loopback need: where a message ends."""

from __future__ import annotations

import re

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"


class Malformed(Exception):
    """Not a message that is read here."""


def message(data: bytes | bytearray) -> tuple[bytes, bytes, int] | None:
    """Head, body and length of the first whole message in `data`; None while it is not whole.

    A message without a length has no body. Raises Malformed for chunks that are none.
    """
    end = data.find(_END_OF_HEAD)
    if end < 0:
        return None
    head, start = bytes(data[:end]), end + len(_END_OF_HEAD)
    found = _LENGTH.search(head)
    if found:
        length = int(found[1])
        return (head, bytes(data[start : start + length]), start + length) if len(data) >= start + length else None
    if _CHUNKED.search(head):
        return _chunks(head, data, start)
    return head, b"", start


def _chunks(head: bytes, data: bytes | bytearray, at: int) -> tuple[bytes, bytes, int] | None:
    parts: list[bytes] = []
    while True:
        end = data.find(b"\r\n", at)
        if end < 0:
            return None
        try:
            size = int(bytes(data[at:end]).partition(b";")[0], 16)
        except ValueError:
            raise Malformed("a chunk without a size") from None
        at = end + 2 + size + 2
        if len(data) < at:
            return None
        if size == 0:
            return head, b"".join(parts), at
        parts.append(bytes(data[end + 2 : end + 2 + size]))
