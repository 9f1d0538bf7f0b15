"""Several reads in one HTTP call: the multipart bodies of OData V2's `$batch`. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from orderweave_sdk.errors import BadPayload

BOUNDARY = "orderweave-reads"
CONTENT_TYPE = f"multipart/mixed; boundary={BOUNDARY}"

_BOUNDARY = re.compile(r"""multipart/mixed\s*;.*?boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))""", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})")
_BREAK = re.compile(rb"\r?\n")
_BLANK = re.compile(rb"\r?\n\r?\n")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one read."""

    status: int
    body: bytes


def written(requests: Sequence[str]) -> bytes:
    """The body that asks for these, each relative to the service, such as `A_SalesOrder?$top=1`."""
    parts = [
        f"--{BOUNDARY}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"GET {request} HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n"
        for request in requests
    ]
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def read(content_type: str, body: bytes, *, count: int, what: str) -> list[Part]:
    """The answers in order; raises BadPayload when they are not `count`, or no answers at all."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise BadPayload(f"{what}: the answer to a batch is not one of several parts")
    boundary = (found[1] or found[2]).encode()
    pieces = re.split(rb"(?:^|\r?\n)--" + re.escape(boundary), body)
    if not pieces[-1].startswith(b"--"):
        raise BadPayload(f"{what}: the answer to a batch is cut short")
    parts = [_part(piece, what) for piece in pieces[1:-1]]
    if len(parts) != count:
        raise BadPayload(f"{what}: {len(parts)} answers to a batch of {count}")
    return parts


def _part(piece: bytes, what: str) -> Part:
    """One answer: the part's own headers, then an HTTP answer with headers of its own."""
    around = _BLANK.split(piece, maxsplit=1)
    inner = _BLANK.split(around[1], maxsplit=1) if len(around) == 2 else []
    status = _STATUS.match(inner[0]) if inner else None
    if status is None:
        raise BadPayload(f"{what}: a part of a batch that is no HTTP answer")
    return Part(status=int(status[1]), body=_body(inner))


def _body(inner: Sequence[bytes]) -> bytes:
    """The body of the length that its head states, or all that there is."""
    if len(inner) < 2:
        return b""
    for line in _BREAK.split(inner[0])[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return inner[1][: int(value)]
    return inner[1]
