"""The calls to SAP's OData services, and nothing about what the rows mean."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

import msgspec

from orderweave_sap_s4hana import batch
from orderweave_sap_s4hana.batch import Part
from orderweave_sap_s4hana.failures import failure, wants_token
from orderweave_sap_s4hana.reads import Read
from orderweave_sap_s4hana.signing import Credentials
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import FixCredentials
from orderweave_sdk.transport import Answer
from orderweave_sdk.upstream import Upstream

ROOT = "/sap/opu/odata/sap"
# Pages that one read is followed for; what is still missing then is told as cut.
MOST_PAGES = 20

_TOLD = frozenset({400, 401, 403, 404})
# Where one cookie ends and the next begins: HTTP joins headers of one name by commas, and dates hold commas too.
_NEXT_COOKIE = re.compile(r",\s*(?=[^\s;,=]+=)")


class Rows(msgspec.Struct, frozen=True):
    """The rows of a read, still undecoded; `cut` where there are more than were read."""

    rows: list[msgspec.Raw]
    cut: bool = False


class _Collection(msgspec.Struct):
    results: list[msgspec.Raw]
    count: str | None = msgspec.field(name="__count", default=None)
    further: str | None = msgspec.field(name="__next", default=None)


class _Envelope(msgspec.Struct):
    d: _Collection


class _Session(msgspec.Struct, frozen=True):
    """What lets a POST through: the token against forged requests, and the cookies that it belongs to."""

    headers: Mapping[str, str]


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request but for its credentials."""

    method: str
    path: str
    operation: str
    headers: Mapping[str, str] = {}
    body: bytes | None = None


class Client:
    """One S/4HANA system under one user.

    A read that fits into one address is one GET. Several, or one in several pieces, are one POST to the service's
    `$batch`. SAP wants a CSRF token for every POST, even for one that only reads: it is fetched once and kept with its
    session's cookies, and fetched anew once when it is refused.
    """

    def __init__(self, upstream: Upstream, credentials: Credentials) -> None:
        self._upstream = upstream
        self._credentials = credentials
        self._session: _Session | None = None
        self._opening = asyncio.Lock()

    async def read(self, read: Read, call: Call) -> Rows:
        """The rows of a read: to the last one where it asks for that, else as many as it asks for."""
        rows: list[msgspec.Raw] = []
        left = read.pieces()
        for _ in range(MOST_PAGES):
            parts = await self._ask(left, call)
            further: list[Read] = []
            for piece, part in zip(left, parts, strict=True):
                found = _collection(part, piece)
                rows += found.results
                rest = _rest(found, piece)
                if rest is not None:
                    further.append(rest)
            left = further
            if not left:
                break
        return Rows(rows, cut=bool(left))

    async def _ask(self, reads: Sequence[Read], call: Call) -> list[Part]:
        service, operation = reads[0].service, reads[0].operation
        if len(reads) > 1:
            return await self._batch(service, operation, [read.address() for read in reads], call)
        path = f"{ROOT}/{service}/{reads[0].address()}"
        answer = await self._send(_Request(method="GET", path=path, operation=operation), call)
        return [Part(status=answer.status, body=answer.body)]

    async def _batch(self, service: str, operation: str, requests: Sequence[str], call: Call) -> list[Part]:
        session = self._session or await self._opened(None, service, call)
        body = batch.written(requests)
        answer = await self._post(service, operation, body, session, call)
        if wants_token(answer.status, answer.headers):
            session = await self._opened(session, service, call)
            answer = await self._post(service, operation, body, session, call)
        if answer.status in _TOLD:
            raise failure(answer.status, answer.body, operation, service)
        return batch.read(answer.headers.get("content-type", ""), answer.body, count=len(requests), what=operation)

    async def _post(self, service: str, operation: str, body: bytes, session: _Session, call: Call) -> Answer:
        request = _Request(
            method="POST",
            path=f"{ROOT}/{service}/$batch",
            operation=operation,
            headers={**session.headers, "content-type": batch.CONTENT_TYPE, "accept": "multipart/mixed"},
            body=body,
        )
        return await self._send(request, call)

    async def _opened(self, refused: _Session | None, service: str, call: Call) -> _Session:
        """A session other than the refused one; callers that were refused together open one between them."""
        async with self._opening:
            if self._session is None or self._session is refused:
                request = _Request(
                    method="GET",
                    path=f"{ROOT}/{service}/",
                    operation="CSRF token",
                    headers={"x-csrf-token": "Fetch"},
                )
                answer = await self._send(request, call)
                if answer.status in _TOLD:
                    raise failure(answer.status, answer.body, "CSRF token", service)
                self._session = _Session(_kept(answer.headers))
            return self._session

    async def _send(self, request: _Request, call: Call) -> Answer:
        credentials = await self._credentials.current(call)
        answer = await self._once(request, credentials, call)
        if answer.status == 401:
            renewed = await self._credentials.renewed(credentials, call)
            if renewed is None:
                raise FixCredentials(f"{request.operation}: HTTP 401, the user or the password is refused")
            answer = await self._once(request, renewed, call)
            if answer.status == 401:
                raise FixCredentials(f"{request.operation}: HTTP 401, a fresh token is refused as well")
        return answer

    async def _once(self, request: _Request, credentials: str, call: Call) -> Answer:
        return await self._upstream.send(
            request.method,
            request.path,
            operation=request.operation,
            call=call,
            headers={**request.headers, "authorization": credentials},
            body=request.body,
            accept_statuses=_TOLD,
        )


def _collection(part: Part, read: Read) -> _Collection:
    if part.status != 200:
        raise failure(part.status, part.body, read.operation, read.service)
    return decode(part.body, _Envelope, what=read.operation).d


def _rest(found: _Collection, read: Read) -> Read | None:
    """What is still to be read: by the count of all rows, or by the server's own paging; None where nothing is."""
    got = len(found.results)
    if not got:
        return None
    if not read.whole:
        short = found.further is not None and got < read.top
        return msgspec.structs.replace(read, skip=read.skip + got, top=read.top - got) if short else None
    if found.count is not None and found.count.isdecimal():
        more = read.skip + got < int(found.count)
    else:
        more = found.further is not None or got >= read.top
    return msgspec.structs.replace(read, skip=read.skip + got) if more else None


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """What goes with each POST of a session."""
    cookies = [part.split(";")[0].strip() for part in _NEXT_COOKIE.split(headers.get("set-cookie", "")) if part]
    token = headers.get("x-csrf-token", "")
    return {
        **({"x-csrf-token": token} if token else {}),
        **({"cookie": "; ".join(cookies)} if cookies else {}),
    }
