"""One system's calls: each question goes through breaker, slots and a bound in time, and is hedged and put again.

Slots stand here beside those of the HTTP client because not every connector has one (databases), and because a
question may make many HTTP calls: here questions are bounded, there calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from orderweave.calling.breaker import Breaker
from orderweave.calling.hedging import Latencies, hedged
from orderweave.calling.parts import CallingParts
from orderweave.calling.quota import QuotaMeter
from orderweave.calling.retrying import RetryBudget, pause_before_retry
from orderweave.model.calls import BreakerState, BreakerStatus, CallRules, CallStatus
from orderweave.model.provenance import IssueReason
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import (
    BadPayload,
    FixCredentials,
    GiveUp,
    HeldBack,
    Retry,
    TimedOut,
    Unreachable,
    UpstreamError,
    Wait,
)
from orderweave_sdk.slots import LineFull, Slots

T = TypeVar("T")

# A connector's own client ends at the deadline and says what it was doing; this much later it is ended from here.
_GRACE = 0.25
# Questions at once for each call at once of the connector: while one maps its answer, another waits for the network.
_MOST_QUESTIONS_A_CALL = 2

_REASONS: tuple[tuple[type[UpstreamError], IssueReason], ...] = (
    (TimedOut, IssueReason.TIMED_OUT),
    (Unreachable, IssueReason.UNREACHABLE),
    (Retry, IssueReason.FAILED),
    (Wait, IssueReason.THROTTLED),
    (FixCredentials, IssueReason.UNAUTHORIZED),
    (BadPayload, IssueReason.BAD_PAYLOAD),
    (GiveUp, IssueReason.REFUSED),
)


def reason_of(error: UpstreamError) -> IssueReason:
    """The error in the words of the API."""
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), IssueReason.FAILED)


class NotAsked(UpstreamError):
    """The breaker is open; `last` is the failure that opened it, and why the system is not asked."""

    def __init__(self, breaker: Breaker) -> None:
        assert breaker.last is not None
        assert breaker.since is not None
        assert breaker.retry_at is not None
        self.last = breaker.last
        super().__init__(
            f"not asked: failing since {breaker.since:%H:%M:%S} UTC ({breaker.last}); "
            f"tried again at {breaker.retry_at:%H:%M:%S} UTC"
        )


class _Operation:
    """What is known of one capability of the system."""

    def __init__(self, rules: CallRules, parts: CallingParts) -> None:
        self.breaker = Breaker(rules, parts.clock)
        self.latencies = Latencies()


class Caller:
    """The calls to one system, all of which go through `ask`. `concurrency` is the connector's calls at once."""

    def __init__(
        self, rules: CallRules, parts: CallingParts, *, concurrency: int, meter: QuotaMeter | None = None
    ) -> None:
        self._rules = rules
        self._parts = parts
        self._meter = meter
        self._budget = RetryBudget(rules.retry_share, parts.clock)
        self._slots = Slots(
            rules.concurrency or concurrency * _MOST_QUESTIONS_A_CALL, most_waiting=rules.queue, reserves=rules.reserves
        )
        self._operations: dict[str, _Operation] = {}
        self.retries = 0
        self.hedges = 0
        self.not_asked = 0
        self.held_back = 0

    async def ask(self, operation: str, question: Callable[[], Awaitable[T]], call: Call) -> T:
        """What the question gives, put as often as it may be. `operation` is the capability's name, of a fixed set.

        Raises NotAsked at once while the breaker is open, HeldBack when our own line or quota is full, and whatever
        the last try raised.
        """
        known = self._operations.get(operation)
        if known is None:
            known = self._operations[operation] = _Operation(self._rules, self._parts)
        self._budget.question()
        failed = 0
        while True:
            try:
                return await self._put(known, operation, question, call)
            except HeldBack:
                self.held_back += 1
                raise
            except NotAsked:
                self.not_asked += 1
                raise
            except UpstreamError as error:
                failed += 1
                pause = pause_before_retry(
                    error,
                    failed=failed,
                    remaining=call.remaining(),
                    rules=self._rules,
                    chance=self._parts.chance,
                )
                if pause is None or not known.breaker.admits() or not self._budget.spend():
                    raise
                self.retries += 1
                await self._parts.pause(pause)
                if not known.breaker.admits():
                    raise

    async def _put(self, known: _Operation, operation: str, question: Callable[[], Awaitable[T]], call: Call) -> T:
        usual = known.latencies.p95() if self._rules.hedge else None
        if usual is None or usual >= call.remaining():
            return await self._attempt(known, operation, question, call)

        def may_hedge() -> bool:
            closed = known.breaker.state is BreakerState.CLOSED
            allowed = closed and self._slots.free(call.priority) and self._budget.spend()
            self.hedges += allowed
            return allowed

        return await hedged(
            lambda: self._attempt(known, operation, question, call), usual, pause=self._parts.pause, may=may_hedge
        )

    async def _attempt(self, known: _Operation, operation: str, question: Callable[[], Awaitable[T]], call: Call) -> T:
        """One try: a place among the questions at once, the breaker's word, then the question, bounded in time."""
        if not known.breaker.admits():
            raise NotAsked(known.breaker)
        await self._take_slot(operation, call)
        try:
            # The system may have failed others while this question waited.
            if not known.breaker.admits():
                raise NotAsked(known.breaker)
            return await self._bounded(known, question, call)
        finally:
            self._slots.give()

    async def _take_slot(self, operation: str, call: Call) -> None:
        try:
            async with asyncio.timeout(max(0.0, call.remaining())):
                await self._slots.take(call.priority)
        except LineFull:
            raise HeldBack(f"{operation}: too many questions wait for this system already") from None
        except TimeoutError:
            raise HeldBack(f"{operation}: no place among the questions to this system within the deadline") from None

    async def _bounded(self, known: _Operation, question: Callable[[], Awaitable[T]], call: Call) -> T:
        clock, breaker = self._parts.clock, known.breaker
        started = clock.monotonic()
        given = max(0.0, call.remaining())
        probe = breaker.begin()
        try:
            async with asyncio.timeout(given + _GRACE) as bound:
                answer = await question()
        except UpstreamError as error:
            breaker.failed(error, clock.monotonic() - started, probe=probe)
            raise
        except asyncio.CancelledError:
            breaker.dropped(probe=probe)
            raise
        except Exception:
            if bound.expired():
                late = TimedOut("no answer within the deadline")
                breaker.failed(late, given, probe=probe)
                raise late from None
            breaker.answered(probe=probe)
            raise
        breaker.answered(probe=probe)
        known.latencies.add(clock.monotonic() - started)
        return answer

    def status(self) -> CallStatus:
        """How the calls are doing."""
        return CallStatus(
            in_flight=self._slots.in_use,
            waiting=self._slots.waiting,
            retries=self.retries,
            hedges=self.hedges,
            not_asked=self.not_asked,
            held_back=self.held_back,
            breakers=tuple(
                BreakerStatus(
                    operation=operation,
                    state=known.breaker.state,
                    since=known.breaker.since,
                    retry_at=known.breaker.retry_at,
                    reason=reason_of(known.breaker.last) if known.breaker.last is not None else None,
                )
                for operation, known in sorted(self._operations.items())
            ),
            quota=self._meter.level() if self._meter is not None else None,
        )
