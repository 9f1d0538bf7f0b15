"""GraphQL over HTTP: POST for everything, GET for queries. A body that is no request gets a 4xx and plain words.

The endpoint is an ASGI application by itself and not a route of Starlette's: see docs/decisions/bare-endpoint.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from orderweave.access import Headers, Identify, Unidentified, anybody
from orderweave.answering import Gateway
from orderweave.model.rights import Caller
from orderweave.model.terms import Lane
from orderweave.observing import UNOBSERVED, Observing, Stage
from orderweave.observing.port import Asked
from orderweave.operations.running import Answer, Operations, Request, shares_points
from orderweave.schema import Context
from orderweave.web.admission import Admission, Overloaded
from orderweave.web.current import Current
from orderweave.web.deadlines import HEADER, NoTime, stated_seconds
from orderweave.web.origins import NO_PROXIES, Origins
from orderweave.web.watching import Ended, Watch
from orderweave.web.wishes import with_wishes

MOST_BODY_BYTES = 1024 * 1024
# In which lane the caller's work waits where a system's quota is short.
LANE_HEADER = "x-orderweave-lane"
# Bytes of all bodies together that have come in part or wait to be read.
_MOST_HELD_BYTES = 64 * 1024 * 1024
# A place is free again as soon as one answer is done; a caller who comes back after this finds one or is told again.
_RETRY_AFTER_SECONDS = b"1"

_RESPONSE_TYPE = b"application/graphql-response+json"
_JSON_TYPE = b"application/json"
_TIMEOUT_HEADER = HEADER.encode()


class BadRequest(Exception):
    """The HTTP request is no GraphQL request; `status` says how."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class CallerGone(Exception):
    """Nobody waits for an answer any more."""


class _Body(msgspec.Struct):
    query: str
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - the protocol's own spelling
    extensions: dict[str, Any] | None = None


class Endpoint:
    """The application at /graphql.

    `admission` knows how many requests are at work, wait and were turned away. `callers_gone` counts requests whose
    callers hung up before the answer, `too_late` those whose work had to be ended from here because it did not end
    at its deadline by itself.
    """

    def __init__(
        self,
        operations: Operations,
        current: Current,
        admission: Admission,
        context: Callable[[Gateway, Lane, float | None, Caller], Context] = Context,
        *,
        identify: Identify = anybody,
        origins: Origins = NO_PROXIES,
        observing: Observing = UNOBSERVED,
    ) -> None:
        self._operations = operations
        self._current = current
        self.admission = admission
        self._context = context
        self._identify = identify
        self._origins = origins
        self._observing = observing
        self._held_bytes = 0
        self.callers_gone = 0
        self.too_late = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        headers: Headers = dict(scope["headers"])
        kind = _RESPONSE_TYPE if _RESPONSE_TYPE in headers.get(b"accept", b"") else _JSON_TYPE
        identity, parent = _text(headers, b"x-request-id"), _text(headers, b"traceparent")
        with self._observing.request(identity, parent) as asked:
            await self._answered(scope, headers, receive, send, kind=kind, asked=asked)

    async def _answered(
        self, scope: Scope, headers: Headers, receive: Receive, send: Send, *, kind: bytes, asked: Asked
    ) -> None:
        more: list[tuple[bytes, bytes]] = []
        executor: str | None = None
        try:
            answer = await self._answer(scope, headers, receive)
            executor = answer.executor
            # 400 for what was not run where the new media type is spoken; the old one answers 200 (GraphQL over HTTP).
            status = answer.status or (400 if not answer.executed and kind is _RESPONSE_TYPE else 200)
            more = list(answer.headers)
            document = answer.document()
        except CallerGone:
            self.callers_gone += 1
            return
        except BadRequest as error:
            status, document = error.status, _error(str(error), "BAD_REQUEST")
            more = [(b"allow", b"GET, HEAD, POST")] if status == 405 else []
        except Unidentified as error:
            status, document = error.status, _error(str(error), error.code)
            more = [(b"www-authenticate", b"Bearer")] if status == 401 else []
        except Overloaded:
            status, document = 503, _error("too much is asked of the gateway at once; try again", "OVERLOADED")
            more = [(b"retry-after", _RETRY_AFTER_SECONDS)]
        except _TooLate:
            self.too_late += 1
            status, document = 504, _error("the answer was not done within the deadline", "DEADLINE_EXCEEDED")
        with self._observing.stage(Stage.WRITE):
            body = msgspec.json.encode(document)
        codes = [error["extensions"]["code"] for error in document.get("errors", ())]
        asked.answered(status=status, executor=executor, codes=codes)
        if asked.id is not None:
            more.append((b"x-request-id", asked.id.encode()))
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", kind + b"; charset=utf-8"),
                    (b"cache-control", b"private, no-store"),
                    (b"content-length", str(len(body)).encode()),
                    *more,
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive) -> Answer:
        """The answer of the gateway that is current when the request begins."""
        with self._current.request() as gateway:
            try:
                within = stated_seconds(headers.get(_TIMEOUT_HEADER))
            except NoTime as error:
                raise BadRequest(400, str(error)) from None
            self.admission.look_in()
            context = self._context(gateway, _lane(headers), within, await self._identify(headers))
            method = scope["method"]
            if method == "POST":
                request = await self._from_body(headers, receive)
            elif method in ("GET", "HEAD"):
                request = _from_query(scope)
            else:
                raise BadRequest(405, "send the request by POST, or a query by GET")
            origin = self._origins.of(scope, headers) if shares_points(context.caller) else ""
            request = with_wishes(request, headers, origin)
            answer: Answer | None = None
            with Watch(receive, context.call.remaining()) as watch:
                await self.admission.enter(context.call.remaining())
                try:
                    answer = await self._operations.run(request, context, read_only=method != "POST")
                finally:
                    self.admission.leave()
            if answer is None:
                raise _TooLate if watch.ended is Ended.TOO_LATE else CallerGone
            return answer

    async def _from_body(self, headers: Headers, receive: Receive) -> Request:
        if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != _JSON_TYPE:
            raise BadRequest(415, "send the request as application/json")
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise BadRequest(415, "send the request without compression")
        try:
            body = msgspec.json.decode(await self._read(receive), type=_Body)
        except msgspec.ValidationError as error:
            raise BadRequest(400, f"the request must be an object with a query: {error}") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise BadRequest(400, "the request is not JSON") from None
        return Request(query=body.query, variables=body.variables, operation_name=body.operationName)

    async def _read(self, receive: Receive) -> bytes:
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
                    raise self.admission.turn_away()
                size += len(chunk)
                self._held_bytes += len(chunk)
                chunks.append(chunk)
                if not message.get("more_body", False):
                    return b"".join(chunks)
        finally:
            self._held_bytes -= size


def _text(headers: Headers, name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _lane(headers: Headers) -> Lane:
    given = headers.get(LANE_HEADER.encode())
    if given is None:
        return Lane.INTERACTIVE
    try:
        return Lane(given.decode("latin-1").strip().upper())
    except ValueError:
        known = ", ".join(lane.value.lower() for lane in Lane)
        raise BadRequest(400, f"the header {LANE_HEADER} must be one of {known}") from None


class _TooLate(Exception):
    """The work did not end at its deadline."""


def _error(message: str, code: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}


def _from_query(scope: Scope) -> Request:
    given = QueryParams(scope["query_string"])
    query = given.get("query")
    if not query:
        raise BadRequest(400, "the parameter query is missing")
    variables: dict[str, Any] | None = None
    if text := given.get("variables"):
        try:
            variables = msgspec.json.decode(text, type=dict[str, Any] | None)
        except (msgspec.DecodeError, RecursionError):
            raise BadRequest(400, "the parameter variables must be a JSON object") from None
    return Request(query=query, variables=variables, operation_name=given.get("operationName"))
