"""The port at work: each report goes to whatever is switched on, timed by the clock that the gateway goes by."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from opentelemetry.trace import Span

from orderweave.observing import catalog, tracing
from orderweave.observing.history import History
from orderweave.observing.metrics import Metrics
from orderweave.observing.port import NO_HEADERS, NOT_ASKED, NOTHING, CacheResult, Credential, Stage
from orderweave.observing.readings import Readings
from orderweave.observing.request_ids import REQUEST_ID, request_id
from orderweave.observing.standing import Standings
from orderweave.observing.tracing import Tracing
from orderweave_sdk.clock import Clock

logger = logging.getLogger("orderweave.requests")

# Only these turn a request into a failed one on the operations page; the others are the caller's to mend.
_OURS = frozenset({"INTERNAL", "OVERLOADED", "DEADLINE_EXCEEDED"})


class Observed:
    """Metrics, history and traces of one process, each where it is handed in; outages are always logged.

    `systems` are those of the configuration; with `log_requests` each answer is a log line.
    """

    on = True

    def __init__(
        self,
        systems: Iterable[str],
        clock: Clock,
        *,
        metrics: bool = True,
        history: bool = False,
        tracing: Tracing | None = None,
        log_requests: bool = False,
    ) -> None:
        self.clock = clock
        self.readings = Readings()
        self.standings = Standings(systems, clock)
        self.metrics = Metrics(self.readings) if metrics else None
        self.history = History(clock) if history else None
        self.tracing = tracing
        self.log_requests = log_requests
        self.began_at = clock.now()
        self.requests_in_flight = 0
        self.calls_in_flight: Counter[str] = Counter()
        self.readings.read(catalog.REQUESTS_IN_FLIGHT, lambda: {(): self.requests_in_flight})
        self.readings.read(
            catalog.CALLS_IN_FLIGHT, lambda: {(name,): count for name, count in self.calls_in_flight.items()}
        )

    def request(self, identity: str | None, parent: str | None) -> _Request:
        """See `Observing.request`."""
        return _Request(self, identity, parent)

    def stage(self, stage: Stage) -> AbstractContextManager[object]:
        """See `Observing.stage`."""
        if self.metrics is None and self.tracing is None:
            return NOTHING
        return _Passage(self, stage)

    def call(self, system: str, capability: str, size: int, cache: CacheResult | None = None) -> _Call:
        """See `Observing.call`."""
        return _Call(self, system, capability, size, cache)

    def cached(self, system: str, capability: str, result: CacheResult, size: int = 1) -> None:
        """See `Observing.cached`."""
        if self.metrics is not None:
            self.metrics.cached(system, capability, result, size)
        if self.history is not None:
            self.history.cached(size, found=result is not CacheResult.MISS)
        if self.tracing is not None:
            self.tracing.cached(system, capability, result, size)

    def sent(self, system: str, error: str | None) -> None:
        """See `Observing.sent`."""
        if self.metrics is not None:
            self.metrics.sent(system, error)

    def served(self, system: str, age_seconds: float) -> None:
        """See `Observing.served`."""
        if self.metrics is not None:
            self.metrics.served(system, age_seconds)
        if self.history is not None:
            self.history.served(system, age_seconds)

    def identified(self, credential: Credential, refusal: str | None) -> None:
        """See `Observing.identified`."""
        if self.metrics is not None:
            self.metrics.identified(credential, refusal)
        if refusal is not None and self.log_requests:
            logger.info("caller_refused", extra={"fields": {"credential": credential.value, "reason": refusal}})

    def keys_fetched(self, issuer: str, *, failed: bool) -> None:
        """See `Observing.keys_fetched`."""
        if self.metrics is not None:
            self.metrics.keys_fetched(issuer, failed=failed)

    def carried(self) -> Mapping[str, str]:
        """See `Observing.carried`."""
        return self.tracing.carried() if self.tracing is not None else NO_HEADERS

    def close(self) -> None:
        """Send the spans that were not sent yet."""
        if self.tracing is not None:
            self.tracing.close()


class _Request:
    """A request in work."""

    __slots__ = (
        "_codes",
        "_document",
        "_executor",
        "_observed",
        "_opened",
        "_span",
        "_started",
        "_status",
        "_token",
        "id",
    )

    def __init__(self, observed: Observed, identity: str | None, parent: str | None) -> None:
        self._observed = observed
        self.id = request_id(identity)
        self._opened = observed.tracing.request(parent) if observed.tracing is not None else None
        self._span: Span | None = None
        self._executor = "NONE"
        self._codes: tuple[str, ...] = ()
        self._status: int | None = None
        self._document: tuple[str, str | None] | None = None

    def __enter__(self) -> Self:
        self._token = REQUEST_ID.set(self.id)
        self._observed.requests_in_flight += 1
        self._started = self._observed.clock.monotonic()
        if self._opened is not None:
            self._span = self._opened.__enter__()
            self._span.set_attribute("orderweave.request_id", self.id)
        return self

    def answered(
        self, *, status: int, executor: str | None, codes: Sequence[str], document: tuple[str, str | None] | None = None
    ) -> None:
        """See `Asked.answered`."""
        self._status, self._executor, self._codes = status, str(executor or "NONE"), tuple(codes)
        self._document = document

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        observed = self._observed
        observed.requests_in_flight -= 1
        seconds = observed.clock.monotonic() - self._started
        if self._status is not None:
            self._tell(self._status, seconds)
        if self._opened is not None:
            self._opened.__exit__(kind, error, trace)
        REQUEST_ID.reset(self._token)

    def _tell(self, status: int, seconds: float) -> None:
        observed = self._observed
        if observed.metrics is not None:
            observed.metrics.answered(self._executor, self._codes, seconds)
        if observed.history is not None:
            observed.history.answered(seconds, next((code for code in self._codes if code in _OURS), None))
        if self._span is not None:
            tracing.answered(self._span, status=status, executor=self._executor, codes=self._codes)
        if observed.log_requests:
            fields = {"status": status, "seconds": round(seconds, 6), "executor": self._executor}
            told: dict[str, object] = {"codes": sorted(set(self._codes))} if self._codes else {}
            if self._document is not None:
                told["document"], operation = self._document
                told |= {"operation": operation} if operation is not None else {}
            logger.info("request", extra={"fields": {**fields, **told}})


class _Passage:
    """One passage through a stage."""

    __slots__ = ("_observed", "_opened", "_stage", "_started")

    def __init__(self, observed: Observed, stage: Stage) -> None:
        self._observed = observed
        self._stage = stage
        self._opened = observed.tracing.stage(stage) if observed.tracing is not None else None

    def __enter__(self) -> None:
        if self._opened is not None:
            self._opened.__enter__()
        self._started = self._observed.clock.monotonic()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._observed.metrics is not None:
            self._observed.metrics.passed(self._stage, self._observed.clock.monotonic() - self._started)
        if self._opened is not None:
            self._opened.__exit__(kind, error, trace)


class _Call:
    """A call to a system in work."""

    __slots__ = ("_capability", "_observed", "_opened", "_reason", "_size", "_span", "_started", "_system")

    def __init__(self, observed: Observed, system: str, capability: str, size: int, cache: CacheResult | None) -> None:
        self._observed = observed
        self._system = system
        self._capability = capability
        self._size = size
        self._reason: str | None = None
        self._span: Span | None = None
        self._opened = observed.tracing.call(system, capability, size, cache) if observed.tracing is not None else None

    def __enter__(self) -> Self:
        self._observed.calls_in_flight[self._system] += 1
        if self._opened is not None:
            self._span = self._opened.__enter__()
        self._started = self._observed.clock.monotonic()
        return self

    def failed(self, reason: str) -> None:
        """See `Calling.failed`."""
        self._reason = reason

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        observed, system = self._observed, self._system
        seconds = observed.clock.monotonic() - self._started
        reason = self._reason
        if reason is None and kind is not None:
            reason = "CANCELED" if issubclass(kind, asyncio.CancelledError) else "FAILED"
        observed.calls_in_flight[system] -= 1
        observed.standings.called(system, reason)
        if observed.metrics is not None:
            observed.metrics.called(system, self._capability, reason or "OK", size=self._size, seconds=seconds)
        if observed.history is not None:
            observed.history.called(system, None if reason == NOT_ASKED else seconds, reason)
        if self._span is not None and reason is not None:
            tracing.failed(self._span, reason)
        if self._opened is not None:
            self._opened.__exit__(kind, error, trace)
