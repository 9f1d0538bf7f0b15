"""A transport that answers from memory, a clock that stands still, and the calls made over them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from orderweave_sdk.clock import Call
from orderweave_sdk.metering import Meter
from orderweave_sdk.transport import Answer, Request
from orderweave_sdk.upstream import Observer, Upstream

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class StoodClock:
    """Time that only a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> datetime:
        """The instant."""
        return NOON + timedelta(seconds=self.seconds - 100.0)

    def monotonic(self) -> float:
        """Seconds that only the test lets grow."""
        return self.seconds

    def call(self, seconds: float = 5.0) -> Call:
        """A call with so many seconds to go."""
        return Call.within(seconds, self)


class Wire:
    """Answers every request the same way, raises what it is told, or waits until `open` is set; notes all of it."""

    def __init__(
        self,
        answer: Answer | Exception | None = None,
        *,
        held: bool = False,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        self._answer = answer or reply()
        self._meanwhile = meanwhile
        self.open = asyncio.Event()
        if not held:
            self.open.set()
        self.reached = asyncio.Event()
        self.requests: list[Request] = []
        self.bounds: list[tuple[float, int]] = []
        self.at_once = 0
        self.most_at_once = 0
        self.closed = False

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport.send`."""
        self.requests.append(request)
        self.bounds.append((seconds, max_bytes))
        self.reached.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
            self._meanwhile()
            if isinstance(self._answer, Exception):
                raise self._answer
            return self._answer
        finally:
            self.at_once -= 1

    async def close(self) -> None:
        """See `Transport.close`."""
        self.closed = True


def reply(status: int = 200, body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> Answer:
    """An answer."""
    return Answer(status=status, headers=headers or {}, body=body)


def upstream(
    wire: Wire,
    *,
    concurrency: int = 2,
    observer: Observer | None = None,
    meter: Meter | None = None,
    reserves: Sequence[float] = (0.0,),
) -> Upstream:
    """A client for one made-up host, with a secret in its headers."""
    return Upstream(
        "https://api.example.com/v1/",
        headers={"authorization": "Bearer s3cret"},
        concurrency=concurrency,
        max_answer_bytes=1000,
        transport=wire,
        observer=observer,
        meter=meter,
        reserves=reserves,
    )
