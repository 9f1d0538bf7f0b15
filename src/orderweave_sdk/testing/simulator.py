"""The base of every simulator: a small HTTP server on a loopback socket with fault switches and a call log.

h11 parses the protocol; the socket is ours so that resets and half answers are real. A simulator subclasses
`Simulator` and answers requests in the vendor's wire from its `World`.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self
from urllib.parse import parse_qsl, urlsplit

import h11
import msgspec

from orderweave_sdk.records import OrderRecord, ProductRecord, ReceiptRecord, StockRecord
from orderweave_sdk.testing.faults import BadRecord, Fault, FaultSwitch, spoil
from orderweave_sdk.testing.world import World

_MOST_BODY = 4 * 1024 * 1024
_OVERSIZED = 256 * 1024 * 1024


class SimulatedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the vendor's server would see it. `query` keeps repeated keys in order."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None when there is none."""
        return json.loads(self.body) if self.body else None


class SimulatedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the vendor's server would say."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b""

    @classmethod
    def of(cls, document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> SimulatedAnswer:
        """An answer that is a JSON document; Decimal and datetime are written by msgspec."""
        return cls(
            status=status,
            headers={"content-type": "application/json", **(headers or {})},
            body=msgspec.json.encode(document),
        )


class LoggedCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call that reached the simulator: `operation` is a short name ("orders by id"), `detail` what was asked.

    The request and the answer are kept whole, so that both can be held against the vendor's contract.
    """

    operation: str
    detail: Any
    request: SimulatedRequest
    answer: SimulatedAnswer


class SimulatedSystem(Protocol):
    """What the contract suite, the demo and the scenario need of a simulator, HTTP or not.

    `external_id` gives the n-th id of a kind in the vendor's form; kinds are "order", "line", "customer",
    "company", "fulfillment_order", "shipment", "package", "payment", "transaction", "refund", "invoice",
    "return", "location", "product", "stock" and "receipt". `expressible*` reduce a record to what the
    vendor's API can say of it: what they drop is a known gap of the vendor, and belongs in the connector's README.
    """

    calls: list[LoggedCall]
    supported_faults: ClassVar[frozenset[Fault]]

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """The n-th id of a kind, in the vendor's form. n starts at 1."""
        ...

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """The record as the vendor's API can say it."""
        ...

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """The stock level as the vendor's API can say it."""
        ...

    @classmethod
    def expressible_receipt(cls, record: ReceiptRecord) -> ReceiptRecord:
        """The expected goods as the vendor's API can say it."""
        ...

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """The product as the vendor's API can say it."""
        ...

    def settings(self) -> dict[str, Any]:
        """The connector settings that reach this simulator. Only after the start."""
        ...

    def seed(self, world: World) -> None:
        """Replace all that the system knows."""
        ...

    async def start(self, port: int = 0) -> None:
        """Be reachable."""
        ...

    async def stop(self) -> None:
        """Be gone."""
        ...

    async def fail(self, fault: Fault | None, *, times: int | None = None, bad_record: BadRecord = None) -> None:
        """Turn a fault on or off."""
        ...


class Simulator(ABC):
    """One vendor's server. Use `async with simulator:`; `url` is known from then on.

    `seed` may be called at any time and replaces the world. `calls` grows by one for each answered request
    that is not a sign-in.
    """

    supported_faults: ClassVar[frozenset[Fault]] = frozenset(Fault)
    # Requests that only sign in are not counted as calls for data, and no fault hits them.
    sign_in_paths: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.world = World()
        self.faults = FaultSwitch()
        self.calls: list[LoggedCall] = []
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    @abstractmethod
    def external_id(cls, kind: str, n: int) -> str:
        """See `SimulatedSystem.external_id`."""

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """See `SimulatedSystem`; the vendor can say everything unless a simulator narrows it."""
        return record

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """See `SimulatedSystem`; the vendor can say everything unless a simulator narrows it."""
        return record

    @classmethod
    def expressible_receipt(cls, record: ReceiptRecord) -> ReceiptRecord:
        """See `SimulatedSystem`; the vendor can say everything unless a simulator narrows it."""
        return record

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """See `SimulatedSystem`; the vendor can say everything unless a simulator narrows it."""
        return record

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The connector settings that reach this simulator, secrets included. Only after the start."""

    @abstractmethod
    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The vendor's answer, without any fault."""

    @abstractmethod
    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """A short operation name and the telling part of the request, for the call log."""

    def signs_in(self, request: SimulatedRequest) -> bool:
        """Whether a request only signs in; a vendor that signs in at the path of its data looks into the body."""
        return request.path in self.sign_in_paths

    def seed(self, world: World) -> None:
        """Replace all that the system knows."""
        self.world = world

    @property
    def url(self) -> str:
        """The address, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one, and a restart keeps the one it had."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port or self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the socket and every connection; calls are refused from now on."""
        if self._server is None:
            return
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def fail(self, fault: Fault | None, *, times: int | None = None, bad_record: BadRecord = None) -> None:
        """Turn a fault on or off; STOPPED closes the socket, and anything else opens it again."""
        self.faults.set(None if fault is Fault.STOPPED else fault, times=times, bad_record=bad_record)
        if fault is Fault.STOPPED:
            await self.stop()
        elif self._server is None:
            await self.start()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        connection = h11.Connection(h11.SERVER)
        try:
            while await self._one_exchange(connection, reader, writer):
                connection.start_next_cycle()
        except (ConnectionError, h11.RemoteProtocolError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.close()

    async def _one_exchange(
        self, connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        request = await _read_request(connection, reader)
        if request is None:
            return False
        signs_in = self.signs_in(request)
        fault = None if signs_in else self.faults.take()
        if fault is Fault.SLOW:
            await reader.read(1)  # nothing comes until the caller hangs up
            return False
        if fault is Fault.RESET:
            _reset(writer)
            return False
        answer = _faulty_answer(fault)
        if answer is None:
            answer = await self.answer(request)
            if not signs_in:
                operation, detail = self.describe(request)
                self.calls.append(LoggedCall(operation=operation, detail=detail, request=request, answer=answer))
            answer = self._distort(answer, fault)
        await _write_answer(
            connection, writer, answer, truncated=fault is Fault.TRUNCATED, big=fault is Fault.OVERSIZED
        )
        return connection.our_state is h11.DONE and connection.their_state is h11.DONE

    def _distort(self, answer: SimulatedAnswer, fault: Fault | None) -> SimulatedAnswer:
        if fault is Fault.CUT_JSON:
            return msgspec.structs.replace(answer, body=answer.body[: len(answer.body) // 2])
        for bad in self.faults.bad_records if fault is Fault.BAD_RECORD else ():
            answer = msgspec.structs.replace(answer, body=spoil(answer.body, bad))
        return answer


def _faulty_answer(fault: Fault | None) -> SimulatedAnswer | None:
    """The answer of a fault that does not need the real one."""
    page = b"<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>"
    if fault in (Fault.THROTTLED, Fault.THROTTLED_UNTIMED):
        headers = {"retry-after": "7"} if fault is Fault.THROTTLED else {}
        return SimulatedAnswer.of({"message": "slow down"}, status=429, headers=headers)
    if fault is Fault.UNAUTHORIZED:
        return SimulatedAnswer.of({"message": "who are you"}, status=401)
    if fault is Fault.SERVER_ERROR:
        return SimulatedAnswer(status=500, headers={"content-type": "text/html"}, body=page)
    if fault is Fault.FOREIGN_JSON:
        return SimulatedAnswer.of({"weather": {"today": "rain"}, "data": 7, "result": "no"})
    if fault is Fault.HTML:
        return SimulatedAnswer(headers={"content-type": "text/html"}, body=page)
    return None


async def _read_request(connection: h11.Connection, reader: asyncio.StreamReader) -> SimulatedRequest | None:
    head: h11.Request | None = None
    chunks: list[bytes] = []
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            chunks.append(bytes(event.data))
            if sum(map(len, chunks)) > _MOST_BODY:
                return None
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            target = urlsplit(head.target.decode())
            return SimulatedRequest(
                method=head.method.decode(),
                path=target.path,
                query=tuple(parse_qsl(target.query, keep_blank_values=True)),
                headers={name.decode().lower(): value.decode() for name, value in head.headers},
                body=b"".join(chunks),
            )
        else:
            return None


async def _write_answer(
    connection: h11.Connection, writer: asyncio.StreamWriter, answer: SimulatedAnswer, *, truncated: bool, big: bool
) -> None:
    length = _OVERSIZED if big else len(answer.body)
    headers = [*answer.headers.items(), ("content-length", str(length))]
    writer.write(connection.send(h11.Response(status_code=answer.status, headers=headers)) or b"")
    if big:
        filler = b" " * 64 * 1024  # small, so that others of this process get their turns
        for _ in range(_OVERSIZED // len(filler)):
            writer.write(connection.send(h11.Data(data=filler)) or b"")
            await writer.drain()
    elif truncated:
        writer.write(connection.send(h11.Data(data=answer.body[: len(answer.body) // 2])) or b"")
        await writer.drain()
        writer.close()
        return
    else:
        writer.write(connection.send(h11.Data(data=answer.body)) or b"")
    writer.write(connection.send(h11.EndOfMessage()) or b"")
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    # Linger of zero seconds makes close() send RST in place of FIN.
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
