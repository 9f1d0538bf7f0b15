"""GraphQL over HTTP: POST for everything, GET for queries. A body that is no request gets a 4xx and plain words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from orderweave.model.terms import Lane
from orderweave.observing import UNOBSERVED, Observing, Stage
from orderweave.observing.port import Asked
from orderweave.operations.running import Answer, Operations, Request

MOST_BODY_BYTES = 1024 * 1024
# In which lane the caller's work waits where a system's quota is short.
LANE_HEADER = "x-orderweave-lane"
_RESPONSE_TYPE = "application/graphql-response+json"


class BadRequest(Exception):
    """The HTTP request is no GraphQL request; `status` says how."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Body(msgspec.Struct):
    query: str
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - the protocol's own spelling
    extensions: dict[str, Any] | None = None


class Endpoint:
    """The handler of /graphql. `context` makes what a request in one lane carries."""

    def __init__(
        self, operations: Operations, context: Callable[[Lane], object], observing: Observing = UNOBSERVED
    ) -> None:
        self._operations = operations
        self._context = context
        self._observing = observing

    async def answer(self, http: HttpRequest) -> Response:
        """The answer to one HTTP request, with the id under which it stands in the log."""
        with self._observing.request(http.headers.get("x-request-id"), http.headers.get("traceparent")) as asked:
            response = await self._answered(http, asked)
            if asked.id is not None:
                response.headers["x-request-id"] = asked.id
            return response

    async def _answered(self, http: HttpRequest, asked: Asked) -> Response:
        kind = _answer_type(http)
        try:
            lane = _lane(http)
            request = _from_query(http) if http.method == "GET" else await _from_body(http)
        except BadRequest as error:
            refused = {"errors": [{"message": str(error), "extensions": {"code": "BAD_REQUEST"}}]}
            asked.answered(status=error.status, executor=None, codes=["BAD_REQUEST"])
            return _response(refused, error.status, kind)
        answer = await self._operations.run(request, self._context(lane), read_only=http.method == "GET")
        with self._observing.stage(Stage.WRITE):
            response = _response(answer.document(), _status(answer, kind), kind)
        codes = [error["extensions"]["code"] for error in answer.errors]
        asked.answered(status=response.status_code, executor=answer.executor, codes=codes)
        return response


def _lane(http: HttpRequest) -> Lane:
    given = http.headers.get(LANE_HEADER, Lane.INTERACTIVE)
    try:
        return Lane(given.strip().upper())
    except ValueError:
        known = ", ".join(lane.value.lower() for lane in Lane)
        raise BadRequest(400, f"the header {LANE_HEADER} must be one of {known}") from None


def _answer_type(http: HttpRequest) -> str:
    return _RESPONSE_TYPE if _RESPONSE_TYPE in http.headers.get("accept", "") else "application/json"


def _status(answer: Answer, kind: str) -> int:
    """400 for what was not run where the new media type is spoken; the old one answers 200 (GraphQL over HTTP)."""
    return 400 if not answer.executed and kind == _RESPONSE_TYPE else 200


def _response(document: dict[str, Any], status: int, kind: str) -> Response:
    headers = {"content-type": f"{kind}; charset=utf-8", "cache-control": "private, no-store"}
    return Response(msgspec.json.encode(document), status_code=status, headers=headers)


def _from_query(http: HttpRequest) -> Request:
    query = http.query_params.get("query")
    if not query:
        raise BadRequest(400, "the parameter query is missing")
    variables: dict[str, Any] | None = None
    if text := http.query_params.get("variables"):
        try:
            variables = msgspec.json.decode(text, type=dict[str, Any] | None)
        except (msgspec.DecodeError, RecursionError):
            raise BadRequest(400, "the parameter variables must be a JSON object") from None
    return Request(query=query, variables=variables, operation_name=http.query_params.get("operationName"))


async def _from_body(http: HttpRequest) -> Request:
    media = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise BadRequest(415, "send the request as application/json")
    if http.headers.get("content-encoding", "identity") != "identity":
        raise BadRequest(415, "send the request without compression")
    chunks: list[bytes] = []
    size = 0
    async for chunk in http.stream():
        size += len(chunk)
        if size > MOST_BODY_BYTES:
            raise BadRequest(413, f"the request is larger than {MOST_BODY_BYTES} bytes")
        chunks.append(chunk)
    try:
        body = msgspec.json.decode(b"".join(chunks), type=_Body)
    except msgspec.ValidationError as error:
        raise BadRequest(400, f"the request must be an object with a query: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest(400, "the request is not JSON") from None
    return Request(query=body.query, variables=body.variables, operation_name=body.operationName)
