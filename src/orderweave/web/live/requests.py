"""GraphQL requests over HTTP that are answered by an event stream: read within bounds, refused in plain words."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope

from orderweave.access import Headers
from orderweave.web.live.running import Operation
from orderweave.web.live.socket_protocol import MOST_MESSAGE_BYTES
from orderweave.web.refusals import BadRequest


class Gone(Exception):
    """Nobody waits for an answer any more."""


async def read_operation(scope: Scope, headers: Headers, receive: Receive) -> Operation:
    """What a GET or a POST asks; raises BadRequest."""
    if scope["method"] == "GET":
        return _from_query(QueryParams(scope["query_string"]))
    if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != b"application/json":
        raise BadRequest(415, "send the request as application/json")
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise BadRequest(415, "send the request without compression")
    try:
        return msgspec.json.decode(await _body(receive), type=Operation)
    except msgspec.ValidationError as error:
        raise BadRequest(400, f"the request must be an object with a query: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest(400, "the request is not JSON") from None


async def _body(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > MOST_MESSAGE_BYTES:
            raise BadRequest(413, f"the request is larger than {MOST_MESSAGE_BYTES} bytes")
        if not message.get("more_body", False):
            return body


def _from_query(given: QueryParams) -> Operation:
    query = given.get("query")
    if not query:
        raise BadRequest(400, "the parameter query is missing")
    tables: dict[str, Any] = {}
    for name in ("variables", "extensions"):
        if text := given.get(name):
            try:
                tables[name] = msgspec.json.decode(text, type=dict[str, Any] | None)
            except (msgspec.DecodeError, RecursionError):
                raise BadRequest(400, f"the parameter {name} must be a JSON object") from None
    return Operation(query=query, operationName=given.get("operationName"), **tables)
