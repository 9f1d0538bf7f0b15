"""From a body, or a GET's query, to the parameters of a GraphQL request; whatever is none ends here with a 4xx.

Only JSON in UTF-8, uncompressed. A compressed body is refused rather than bounded: a document of 1 MiB is no honest
one, and the common clients compress none.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive, Scope

from orderweave.access import Headers
from orderweave.web.admission import Admission
from orderweave.web.negotiation import is_json
from orderweave.web.refusals import BadRequest, CallerGone

MOST_BODY_BYTES = 1024 * 1024
# Bytes of all bodies together that have come in part or wait to be read.
_MOST_HELD_BYTES = 64 * 1024 * 1024
# Objects, by their braces, in a body that is looked through for doubled keys, object by object; an honest one has some
# hundred.
_MOST_OBJECTS = 30_000
# Parameters of a GET: ours are seven, a cache or a tracer may add some.
_MOST_PARAMETERS = 50


class Sent(msgspec.Struct, frozen=True):
    """The parameters of a request, in the protocol's own spelling. `doc_id` is what Relay's documented network layer
    calls `documentId`.
    """

    query: str | None = None
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - the protocol's own spelling
    extensions: dict[str, Any] | None = None
    documentId: str | None = None  # noqa: N815 - likewise
    doc_id: str | None = None

    @property
    def names_nothing(self) -> bool:
        """Whether there is neither a text nor what may name one."""
        automatic = "persistedQuery" in (self.extensions or {})
        return self.query is None and self.documentId is None and self.doc_id is None and not automatic

    @property
    def identity(self) -> str | None:
        """The name of a document that is known here, None where the request brings its text alone; raises BadRequest
        where several names are given that differ.
        """
        if self.documentId is None and self.doc_id is None and not self.extensions:
            return None
        given = {name for name in (self.documentId, self.doc_id) if name is not None}
        automatic = self._automatic()
        if automatic is not None:
            given = {name.removeprefix("sha256:") for name in given} | {automatic}
        if len(given) > 1:
            raise BadRequest(400, "documentId, doc_id and extensions.persistedQuery name different documents")
        return given.pop() if given else None

    def _automatic(self) -> str | None:
        """Apollo's way of naming a document."""
        stated = (self.extensions or {}).get("persistedQuery")
        if stated is None:
            return None
        if isinstance(stated, dict) and stated.get("version") == 1 and isinstance(stated.get("sha256Hash"), str):
            return str(stated["sha256Hash"])
        raise BadRequest(400, 'extensions.persistedQuery must be {"version": 1, "sha256Hash": "…"}')


_KEYS = tuple(f'"{name}"'.encode() for name in Sent.__struct_fields__)
_decode = msgspec.json.Decoder(Sent).decode


class Bodies:
    """Reads bodies, all together within a bound; turns requests away where they would pass it."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._held_bytes = 0

    async def sent(self, scope: Scope, headers: Headers, receive: Receive) -> Sent:
        """The parameters of a request: of a POST those in its body, else those of its query; raises as `read` does."""
        if scope["method"] == "POST":
            return await self.read(headers, receive)
        return sent_by(scope["query_string"])

    async def read(self, headers: Headers, receive: Receive) -> Sent:
        """The parameters in a body; raises BadRequest, Overloaded or CallerGone."""
        if not is_json(headers.get(b"content-type")):
            raise BadRequest(415, "send the request as application/json", [(b"accept-post", b"application/json")])
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise BadRequest(415, "send the request without compression", [(b"accept-encoding", b"identity")])
        return sent_in(await self._whole(receive))

    async def _whole(self, receive: Receive) -> bytes:
        """The whole body. How long it may take to come is for the connection (`web/connections.py`)."""
        chunks: list[bytes] = []
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise CallerGone
                chunk = message.get("body", b"")
                if size + len(chunk) > MOST_BODY_BYTES:
                    raise BadRequest(413, f"the request is larger than {MOST_BODY_BYTES} bytes")
                if self._held_bytes + len(chunk) > _MOST_HELD_BYTES:
                    raise self._admission.turn_away()
                size += len(chunk)
                self._held_bytes += len(chunk)
                chunks.append(chunk)
                if not message.get("more_body", False):
                    return b"".join(chunks)
        finally:
            self._held_bytes -= size


def sent_in(body: bytes) -> Sent:
    """The parameters that a JSON text holds; raises BadRequest for anything else."""
    try:
        sent = _decode(body)
    except msgspec.ValidationError as error:
        if body.lstrip()[:1] == b"[":
            raise BadRequest(400, "a list of requests is not answered: send one request in a body") from None
        raise BadRequest(400, f"the request must be an object with a query: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest(400, "the request is not JSON") from None
    if b"\\u" in body:
        _refuse_doubled(body)
        return sent
    for key in _KEYS:
        if body.count(key) > 1:
            _refuse_doubled(body)
            break
    return sent


def sent_by(query_string: bytes) -> Sent:
    """The parameters that a GET's query holds, form-encoded; raises BadRequest for anything else."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except UnicodeError:
        raise BadRequest(400, "the parameters are not in UTF-8") from None
    except ValueError:
        raise BadRequest(400, f"there are more than {_MOST_PARAMETERS} parameters") from None
    given = {name: value for name, value in pairs if name in Sent.__struct_fields__}
    if len(given) != sum(name in given for name, _ in pairs):
        raise BadRequest(400, "a parameter stands twice")
    return Sent(
        query=given.get("query") or None,
        variables=_map("variables", given.get("variables")),
        # An empty text is no operation's name here, as the draft has it: a form cannot leave a field out.
        operationName=given.get("operationName") or None,
        extensions=_map("extensions", given.get("extensions")),
        documentId=given.get("documentId") or None,
        doc_id=given.get("doc_id") or None,
    )


def _map(name: str, text: str | None) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(text, type=dict[str, Any] | None) if text else None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise BadRequest(400, f"the parameter {name} must be a JSON object") from None


def _refuse_doubled(body: bytes) -> None:
    """Raise BadRequest where a parameter stands twice: whoever looked at the request before us may have read the other.

    Only asked for bodies in which one may: the text of a key, or an escape that can spell one.
    """
    if body.count(b"{") > _MOST_OBJECTS:
        raise BadRequest(400, f"the request holds more than {_MOST_OBJECTS} objects")
    doubled = False

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal doubled
        # The outermost object is the last that is closed.
        names = [name for name, _ in found if name in Sent.__struct_fields__]
        doubled = len(names) != len(set(names))
        return {}

    try:
        # Numbers are left as they stand: their length is nobody's concern here.
        json.loads(body, object_pairs_hook=pairs, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise BadRequest(400, "the request is not JSON") from None
    if doubled:
        raise BadRequest(400, "a key of the request stands twice")
