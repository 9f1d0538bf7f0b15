"""The breaker of one operation of one system: after enough failures the system is left alone for a while.

What counts as a failure is what another call would probably meet, too: no connection, a time-out, a fault of the
system's own (5xx, or an error inside a 200), a request for patience (429). An answer that cannot be read or a request
that is refused is about that one question, and proves that the system answers.

A time-out counts as many failures as it takes to judge: it is the one that costs callers their time. So one opens the
breaker of a quiet system, and three with no answer between them that of a busy one, however well it went before. It
does not count when the caller had hardly any time to give, or one impatient client would close a system to all. Refused
credentials open it when they come in a row, so that an account is not locked by hammering; a single one may be about a
right that only this question needs.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from orderweave.model.calls import BreakerState, CallRules
from orderweave_sdk.clock import Clock
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, HeldBack, TimedOut, UpstreamError, Wait

# Answers that are remembered; of a busy system the window is then shorter.
_MOST_OUTCOMES = 200
# A time-out of a caller who gave less time than this says nothing about the system.
_LEAST_PATIENCE = 1.0
# Time-outs with no answer between them that no good answer from before outweighs.
_MOST_TIME_OUTS = 3
# Refused credentials in a row, and how long the system is then left alone.
_MOST_REFUSALS = 3
_REFUSED_PAUSE = 60.0
# However often the probes fail, the next one is no later than this.
_LONGEST_PAUSE = 60.0
# Questions at once that try whether the system is back.
_MOST_PROBES = 1


class Breaker:
    """Ask `admits`, then call, then tell `answered`, `failed` or `dropped`, once each for a call that was admitted."""

    def __init__(self, rules: CallRules, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._outcomes: deque[tuple[float, int, int]] = deque(maxlen=_MOST_OUTCOMES)
        self._refusals = 0
        self._time_outs = 0
        self._pause = rules.breaker_pause
        self._until: float | None = None
        self._probing = 0
        self.since: datetime | None = None
        self.retry_at: datetime | None = None
        self.last: UpstreamError | None = None

    @property
    def state(self) -> BreakerState:
        """Half open from the moment at which the system may be tried again."""
        if self._until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self._clock.monotonic() < self._until else BreakerState.HALF_OPEN

    def admits(self) -> bool:
        """Whether a call may be made now."""
        state = self.state
        return state is BreakerState.CLOSED or (state is BreakerState.HALF_OPEN and self._probing < _MOST_PROBES)

    def begin(self) -> bool:
        """A call begins; True when it is a probe. To be handed back with its outcome."""
        probe = self._until is not None
        self._probing += probe
        return probe

    def answered(self, *, probe: bool) -> None:
        """The system answered, whether we liked the answer or not."""
        self._refusals = self._time_outs = 0
        if probe:
            self._close()
        elif self._until is None:
            self._outcomes.append((self._clock.monotonic(), 1, 0))

    def dropped(self, *, probe: bool) -> None:
        """The call was given up before anything could be learned from it."""
        self._probing -= probe and self._probing > 0

    def failed(self, error: UpstreamError, seconds: float, *, probe: bool) -> None:
        """The call failed after so many seconds."""
        if isinstance(error, HeldBack) or (isinstance(error, TimedOut) and seconds < _LEAST_PATIENCE):
            self.dropped(probe=probe)
        elif isinstance(error, BadPayload | GiveUp):
            self.answered(probe=probe)
        elif probe:
            self._probing -= self._probing > 0
            self._pause = min(_LONGEST_PAUSE, self._pause * 2)
            self._open(error, self._pause)
        elif self._until is not None:
            pass  # it opened while this call was under way
        elif isinstance(error, FixCredentials):
            self._refusals += 1
            if self._refusals >= _MOST_REFUSALS and self._rules.breaker:
                self._open(error, _REFUSED_PAUSE)
        else:
            self._count(error)

    def _count(self, error: UpstreamError) -> None:
        now = self._clock.monotonic()
        late = isinstance(error, TimedOut)
        self._time_outs += late
        weight = self._rules.breaker_calls if late else 1
        self._outcomes.append((now, weight, weight))
        while self._outcomes and self._outcomes[0][0] < now - self._rules.breaker_window:
            self._outcomes.popleft()
        calls = sum(weight for _, weight, _ in self._outcomes)
        failures = sum(weight for _, _, weight in self._outcomes)
        enough = calls >= self._rules.breaker_calls and failures >= self._rules.breaker_share * calls
        if (enough or self._time_outs >= _MOST_TIME_OUTS) and self._rules.breaker:
            asked_for = error.seconds if isinstance(error, Wait) and error.seconds is not None else 0.0
            self._open(error, max(self._pause, min(asked_for, _LONGEST_PAUSE)))

    def _open(self, error: UpstreamError, pause: float) -> None:
        self.last = error
        self.since = self.since or self._clock.now()
        self.retry_at = self._clock.now() + timedelta(seconds=pause)
        self._until = self._clock.monotonic() + pause
        self._outcomes.clear()

    def _close(self) -> None:
        self._until = self.since = self.retry_at = self.last = None
        self._pause = self._rules.breaker_pause
        self._probing = self._refusals = self._time_outs = 0
        self._outcomes.clear()
