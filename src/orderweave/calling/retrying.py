"""Whether a question is put once more, when, and how often in all. Every capability only reads, so it may be.

Tried again is what promises something: a passing fault, or a wait that the system itself asked for. The pauses are
full jitter ("Exponential Backoff and Jitter", AWS Architecture Blog, 2015): callers that failed together do not come
back together.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from orderweave.model.calls import CallRules
from orderweave_sdk.clock import Clock
from orderweave_sdk.errors import HeldBack, Retry, UpstreamError, Wait

# Seconds: the first pause is up to this, each further one up to twice the one before, and none longer than the last.
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0
# Of the time left, what the wait that a system asks for may take.
_SHARE = 0.5
# The budget looks back so many seconds, and always allows so many retries within them.
_BUDGET_SECONDS = 60
_LEAST_RETRIES = 3


def pause_before_retry(
    error: UpstreamError, *, failed: int, remaining: float, rules: CallRules, chance: Callable[[], float]
) -> float | None:
    """Seconds until the next try after `failed` failures; None when there is to be none."""
    if failed >= rules.attempts:
        return None
    if isinstance(error, Wait):
        fits = error.seconds is not None and error.seconds <= remaining * _SHARE
        if isinstance(error, HeldBack) or not fits:
            return None
        assert error.seconds is not None
        pause = error.seconds + chance() * _FIRST_PAUSE
    elif isinstance(error, Retry):
        pause = chance() * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (failed - 1))
    else:
        return None
    return pause if pause < remaining else None


class RetryBudget:
    """Retries and hedges of one system: at most a share of its questions in the last minute, and always a few."""

    def __init__(self, share: float, clock: Clock) -> None:
        self._share = share
        self._clock = clock
        self._seconds: deque[list[int]] = deque()  # second, questions, retries
        self._questions = 0
        self._retries = 0

    def question(self) -> None:
        """A question is put for the first time."""
        self._current()[1] += 1
        self._questions += 1

    def spend(self) -> bool:
        """Take one retry, if there is one."""
        current = self._current()
        if self._retries >= max(_LEAST_RETRIES, math.floor(self._share * self._questions)):
            return False
        current[2] += 1
        self._retries += 1
        return True

    def _current(self) -> list[int]:
        second = int(self._clock.monotonic())
        while self._seconds and self._seconds[0][0] <= second - _BUDGET_SECONDS:
            _, questions, retries = self._seconds.popleft()
            self._questions -= questions
            self._retries -= retries
        if not self._seconds or self._seconds[-1][0] != second:
            self._seconds.append([second, 0, 0])
        return self._seconds[-1]
