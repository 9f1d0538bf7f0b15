"""The messages of graphql-transport-ws that a client may send, and the codes with which a connection ends."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any

import msgspec

from orderweave.web.bodies import Sent

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


class ConnectionInit(Message, tag="connection_init"):
    """The first message; the payload may hold the credential."""

    payload: dict[str, Any] | None = None


class Ping(Message, tag="ping"):
    """Are you there?"""

    payload: dict[str, Any] | None = None


class Pong(Message, tag="pong"):
    """I am here."""

    payload: dict[str, Any] | None = None


class Subscribe(Message, tag="subscribe"):
    """Run an operation, whatever it is."""

    id: Id
    payload: Sent


class Complete(Message, tag="complete"):
    """The client wants no more answers of an operation."""

    id: Id


Said = ConnectionInit | Ping | Pong | Subscribe | Complete
_DECODER: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


class Malformed(ValueError):
    """What came is no message of the protocol."""


def read(text: str) -> Said:
    """A message; raises Malformed."""
    try:
        said = _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        raise Malformed from None
    if isinstance(said, Subscribe) and said.payload.names_nothing:
        raise Malformed
    return said


def written(kind: str, **fields: Any) -> str:
    """A message of ours."""
    return msgspec.json.encode({"type": kind, **fields}).decode()
