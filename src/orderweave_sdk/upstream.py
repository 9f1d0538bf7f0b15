"""The HTTP client for connectors: deadline, bounded concurrency, size cap, redaction, errors by recovery.

A connector never sees the library underneath. One `Upstream` speaks to one host with one set of credentials.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlencode

import msgspec

from orderweave_sdk.aiohttp_transport import AiohttpTransport
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import (
    BadPayload,
    FixCredentials,
    GiveUp,
    HeldBack,
    Retry,
    TimedOut,
    Unreachable,
    Wait,
)
from orderweave_sdk.metering import Meter, Quota
from orderweave_sdk.slots import Slots
from orderweave_sdk.transport import Answer, Request, Transport

# Waiting callers a host at most, per permitted concurrent call; past that, waiting longer would only time out.
_QUEUE_PER_SLOT = 50

# Told of every call: operation name, seconds taken, and the error's class name or None.
Observer = Callable[[str, float, str | None], None]

# Headers that go with a call beside its own, asked for anew each time: what ties it to a trace.
Carried = Callable[[], Mapping[str, str]]


class UpstreamFactory(Protocol):
    """Makes the client for one host, bounded as the manifest says; the gateway closes what it made."""

    def __call__(self, base_url: str, *, headers: Mapping[str, str] | None = None) -> Upstream:
        """A client for `base_url`, sending `headers` with every call."""
        ...


class Upstream:
    """Calls to one host.

    `base_url` has no trailing slash. `headers` go with every call and may hold credentials: they never appear
    in an error, a repr or a log. `concurrency` and `max_answer_bytes` come from the manifest. `meter` is asked for
    the price of each call before it is made; `reserves` are the shares of the calls at once that lower priorities
    leave free (`Slots`).
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        concurrency: int,
        max_answer_bytes: int,
        transport: Transport | None = None,
        observer: Observer | None = None,
        carried: Carried | None = None,
        meter: Meter | None = None,
        reserves: Sequence[float] = (0.0,),
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = dict(headers or {})
        self._most_waiting = concurrency * _QUEUE_PER_SLOT
        self._slots = Slots(concurrency, most_waiting=self._most_waiting, reserves=reserves)
        self._waiting = 0
        self._max_answer_bytes = max_answer_bytes
        self._transport = transport or AiohttpTransport(connections=concurrency)
        self._observer = observer
        self._carried = carried
        self._meter = meter
        self.quota: Quota | None = None

    def __repr__(self) -> str:
        return "Upstream(…)"

    @property
    def waiting(self) -> int:
        """How many calls wait for others to end."""
        return self._slots.waiting

    async def learn(self, told: Quota, *, unspent: float = 0.0) -> None:
        """What an answer says of our quota; `unspent` is what its call cost less than the price it was sent with."""
        self.quota = told
        if self._meter is not None:
            await self._meter.learn(told, unspent=unspent)

    async def send(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        call: Call,
        params: Sequence[tuple[str, str]] = (),
        json: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        accept_statuses: frozenset[int] = frozenset(),
        price: float = 1.0,
    ) -> Answer:
        """One call. `operation` is a short name for errors and metrics; it must not hold personal data.

        `price` is what the call may cost at most, in the units of the manifest's rate limit; 0 for what is free.

        `json` is encoded by msgspec. An answer with a 2xx status, or one in `accept_statuses`, comes back;
        any other raises by what one can do: 401 and 403 FixCredentials, 408 and 5xx Retry, 429 and 503 with
        Retry-After Wait, the rest GiveUp.
        """
        content = msgspec.json.encode(json) if json is not None else body
        kind = {"content-type": "application/json"} if json is not None else {}
        query = f"?{urlencode(list(params))}" if params else ""
        carried = self._carried() if self._carried is not None else {}
        request = Request(
            method=method,
            url=f"{self._base_url}{path}{query}",
            headers={"accept": "application/json", **kind, **carried, **self._headers, **(headers or {})},
            body=content,
        )
        started = call.clock.monotonic()
        failure: str | None = None
        try:
            answer = await self._bounded(request, operation, call, price)
            _raise_for(answer, operation, call, accept_statuses)
            return answer
        except Exception as error:
            failure = type(error).__name__
            raise
        except asyncio.CancelledError:
            failure = "Canceled"
            raise
        finally:
            if self._observer is not None:
                self._observer(operation, call.clock.monotonic() - started, failure)

    async def _bounded(self, request: Request, operation: str, call: Call, price: float) -> Answer:
        if self._waiting >= self._most_waiting:
            raise HeldBack(f"{operation}: too many calls wait for this system already")
        if call.remaining() <= 0:
            raise TimedOut(f"{operation}: the deadline had passed before the call")
        self._waiting += 1
        try:
            if self._meter is None:
                return await self._timed(request, operation, call)
            await self._paid(self._meter, price, operation, call)
            try:
                return await self._timed(request, operation, call)
            finally:
                self._meter.done(price)
        except (Unreachable, BadPayload, TimedOut, GiveUp) as error:
            raise type(error)(f"{operation}: {error}") from None
        finally:
            self._waiting -= 1

    @staticmethod
    async def _paid(meter: Meter, price: float, operation: str, call: Call) -> None:
        """Wait for the quota in a time-out of its own: running out of it here says nothing about the system."""
        try:
            async with asyncio.timeout(call.remaining()):
                await meter.take(price, call, operation=operation)
        except TimeoutError:
            raise HeldBack(f"{operation}: our quota lacks {price:g} for longer than the deadline") from None

    async def _timed(self, request: Request, operation: str, call: Call) -> Answer:
        try:
            async with asyncio.timeout(call.remaining()):
                await self._slots.take(call.priority)
                try:
                    return await self._transport.send(
                        request, seconds=call.remaining(), max_bytes=self._max_answer_bytes
                    )
                finally:
                    self._slots.give()
        except TimeoutError:
            raise TimedOut("no whole answer within the deadline") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()


def _raise_for(answer: Answer, operation: str, call: Call, accepted: frozenset[int]) -> None:
    status = answer.status
    if 200 <= status < 300 or status in accepted:
        return
    seconds = _retry_after(answer.headers.get("retry-after"), call.clock.now())
    if status == 429 or (status == 503 and seconds is not None):
        raise Wait(f"{operation}: HTTP {status}, the system asks to wait", seconds=seconds)
    if status in (401, 403):
        raise FixCredentials(f"{operation}: HTTP {status}, the credentials are refused or lack a right")
    if status == 408 or status >= 500:
        raise Retry(f"{operation}: HTTP {status}")
    raise GiveUp(f"{operation}: HTTP {status}")


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait, from either form of Retry-After (RFC 9110, 10.2.3); None for nonsense."""
    if value is None:
        return None
    if re.fullmatch(r"\s*[0-9]{1,9}(\.[0-9]*)?\s*", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
