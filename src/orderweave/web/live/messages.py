"""The messages of graphql-transport-ws that a client may send, and the codes with which a connection ends."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Container
from enum import IntEnum
from typing import Annotated, Any

import msgspec

from orderweave.web.bodies import Sent, sent_in
from orderweave.web.refusals import BadRequest

SUBPROTOCOL = "graphql-transport-ws"
# Characters of the id that a client gives to an operation.
_LONGEST_ID = 128

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=_LONGEST_ID)]


class CloseCode(IntEnum):
    """Why a connection ends: the protocol's own codes, and two of RFC 6455."""

    GOING_AWAY = 1001
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INITIALIZATION_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITIALIZATIONS = 4429
    INTERNAL_ERROR = 4500


class Message(msgspec.Struct, tag_field="type"):
    """Any message."""


class ConnectionInit(msgspec.Struct):
    """The first message; the payload may hold the credential."""

    payload: dict[str, Any] | None = None


class _ConnectionInit(Message, tag="connection_init"):
    """The same with its payload as it was written."""

    payload: msgspec.Raw = msgspec.Raw(b"null")


class Ping(Message, tag="ping"):
    """Are you there?"""

    payload: dict[str, Any] | None = None


class Pong(Message, tag="pong"):
    """I am here."""

    payload: dict[str, Any] | None = None


class Subscribe(msgspec.Struct):
    """Run an operation, whatever it is."""

    id: Id
    payload: Sent


class _Subscribe(Message, tag="subscribe"):
    """The same with its payload as it was written."""

    id: Id
    payload: msgspec.Raw


class Complete(Message, tag="complete"):
    """The client wants no more answers of an operation."""

    id: Id


Said = ConnectionInit | Ping | Pong | Subscribe | Complete
_Written = _ConnectionInit | Ping | Pong | _Subscribe | Complete
_DECODER: msgspec.json.Decoder[_Written] = msgspec.json.Decoder(_Written)
_PAYLOAD: msgspec.json.Decoder[dict[str, Any] | None] = msgspec.json.Decoder(dict[str, Any] | None)
_KEYS = frozenset({"type", "id", "payload"})
_QUOTED = tuple(f'"{key}"' for key in _KEYS)


class Malformed(ValueError):
    """What came is no message of the protocol."""


def read(text: str) -> Said:
    """A message; raises Malformed. What is to be run is read as a body is over HTTP, and no key may stand twice in a
    message, as there.
    """
    try:
        said = _DECODER.decode(text)
        if _may_double(text) and _doubles(text, _KEYS):
            raise Malformed
        if isinstance(said, _Subscribe):
            return Subscribe(said.id, _named(sent_in(bytes(said.payload))))
        if isinstance(said, _ConnectionInit):
            return ConnectionInit(_single(bytes(said.payload)))
    except (msgspec.MsgspecError, BadRequest, UnicodeError, RecursionError, ValueError):
        raise Malformed from None
    return said


def _named(sent: Sent) -> Sent:
    if sent.names_nothing:
        raise Malformed
    return sent


def _single(written: bytes) -> dict[str, Any] | None:
    """A payload of which each key stands once."""
    payload = _PAYLOAD.decode(written)
    if payload and _doubles(written, payload):
        raise Malformed
    return payload


def _may_double(text: str) -> bool:
    """Whether it is worth a look: the text of a key twice, or an escape that can spell one."""
    return "\\u" in text or any(text.count(key) > 1 for key in _QUOTED)


def _doubles(text: str | bytes, keys: Container[str]) -> bool:
    """Whether one of these keys stands twice in an object: whoever looked at it before us may have read the other."""
    # The outermost object is the last that is closed.
    closed: deque[list[tuple[str, Any]]] = deque(maxlen=1)
    # Numbers are left as they stand: their length is nobody's concern here.
    json.loads(text, object_pairs_hook=closed.append, parse_int=str, parse_float=str)
    names = [name for name, _ in closed[0] if name in keys]
    return len(names) != len(set(names))


def written(kind: str, **fields: Any) -> str:
    """A message of ours."""
    return msgspec.json.encode({"type": kind, **fields}).decode()
