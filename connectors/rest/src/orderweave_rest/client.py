"""The requests of one API, page by page, and nothing about what the answers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from orderweave_rest.api_map import ApiMap, AuthStyle, PagingStyle, Request
from orderweave_rest.expressions import document_of
from orderweave_rest.paging import Turned, following, place_values, searched
from orderweave_rest.signing_in import TokenSource, fixed_headers
from orderweave_rest.templates import Values, body_of, path_of, put, query_of
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import explain
from orderweave_sdk.errors import BadPayload, FixCredentials
from orderweave_sdk.transport import Answer
from orderweave_sdk.upstream import UpstreamFactory

# Pages that one call of a capability reads at most; what is left is a gap.
_MOST_PAGES = 50

_UNAUTHORIZED = 401


class Listed(msgspec.Struct, frozen=True):
    """The items of one page, and the place of the next; None at the end."""

    items: list[Any]
    next: str | None


class _Sent(msgspec.Struct, frozen=True):
    """One request as it goes out."""

    operation: str
    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    body: Any = None
    absent: frozenset[int] = frozenset()


class Client:
    """One instance of an API. A token that is refused is renewed once; a second refusal is about rights."""

    def __init__(self, url: str, secret: str, api: ApiMap, upstream: UpstreamFactory) -> None:
        self._url = url.rstrip("/")
        self._api = api
        self._upstream = upstream(self._url, headers={**api.headers, **fixed_headers(api.auth, secret)})
        auth = api.auth
        self._parameter = [(auth.name, secret)] if auth.style is AuthStyle.QUERY else []
        self.at_once = api.concurrency
        self._tokens = None
        if auth.style is AuthStyle.CLIENT_CREDENTIALS:
            self._tokens = TokenSource(auth, secret, self._upstream, upstream)

    def __repr__(self) -> str:
        return "Client(…)"

    async def page(
        self,
        request: Request,
        values: Values,
        call: Call,
        *,
        place: str | None = None,
        size: int | None = None,
        extra: Sequence[tuple[str, str]] = (),
        extra_body: Mapping[str, Any] | None = None,
    ) -> Listed:
        """One page: the first, or that at `place`, which a page of the same size told."""
        paging = request.paging
        if paging is not None and not (request.sized and size):
            size = paging.size
        filled = {**values, **place_values(paging, place, size)}
        path, query = path_of(request.path, filled), [*query_of(request.query, filled), *extra]
        if place is not None and paging is not None and paging.style in (PagingStyle.LINK, PagingStyle.NEXT):
            parts = urlsplit(place)
            path, query = parts.path, parse_qsl(parts.query, keep_blank_values=True)
        body: Any = body_of(request.body or {}, filled) if request.method == "POST" else None
        for name, value in (extra_body or {}).items():
            put(body, name, value)
        sent = _Sent(request.name, request.method, path, query, body, request.absent)
        answer = await self._send(sent, call)
        if answer.status in request.absent:
            return Listed([], None)
        document = _document(answer, request.name)
        items = _items(request, document)
        turned = Turned(
            place=place, size=size or 1, document=document, link=answer.headers.get("link", ""), count=len(items)
        )
        secret = self._api.auth.name if self._parameter else None
        return Listed(items, following(request, turned, self._url, secret))

    async def whole(self, request: Request, values: Values, call: Call) -> tuple[list[Any], bool]:
        """The items of all pages, and whether there were more than are read."""
        found: list[Any] = []
        place: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self.page(request, values, call, place=place)
            found += page.items
            place = page.next
            if place is None:
                return found, False
        return found, True

    async def check(self, call: Call) -> None:
        """The request that the configuration names for it."""
        told = self._api.check
        assert told is not None
        answer = await self._send(_Sent("check", "GET", told.path, list(told.query.items())), call)
        _document(answer, "check")

    async def _send(self, sent: _Sent, call: Call) -> Answer:
        names = {name for name, _ in self._parameter}
        params = [*(each for each in sent.query if each[0] not in names), *self._parameter]
        token = await self._tokens.token(None, call) if self._tokens else None
        for again in (True, False):
            answer = await self._upstream.send(
                sent.method,
                sent.path,
                params=params,
                json=sent.body,
                headers={"authorization": f"Bearer {token}"} if token else {},
                operation=sent.operation,
                call=call,
                accept_statuses=sent.absent | ({_UNAUTHORIZED} if self._tokens else frozenset()),
            )
            if self._tokens is None or answer.status != _UNAUTHORIZED or not again:
                break
            token = await self._tokens.token(token, call)
        if self._tokens is not None and answer.status == _UNAUTHORIZED:
            raise FixCredentials(f"{sent.operation}: HTTP 401, a new token is refused too")
        return answer


def _items(request: Request, document: Any) -> list[Any]:
    """The items that an answer lists; an answer about one thing may hold that alone."""
    found = searched(request.items, document, request.name)
    if isinstance(found, list):
        return found
    if isinstance(found, dict) and request.batch is not None:
        return [found]
    raise BadPayload(f"{request.name}: {request.items.text!r} finds no list in the answer")


def _document(answer: Answer, what: str) -> Any:
    try:
        return document_of(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as error:
        raise BadPayload(f"{what}: {explain(answer.body, error)}") from None
