"""What is put once more, after which pause, and within which budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.calling.retrying import RetryBudget, pause_before_retry
from orderweave.model.calls import CallRules
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
from tests.unit.fake_clock import FakeClock


def pause(error: UpstreamError, *, failed: int = 1, remaining: float = 10.0, chance: float = 1.0) -> float | None:
    """The pause under the default rules."""
    return pause_before_retry(error, failed=failed, remaining=remaining, rules=CallRules(), chance=lambda: chance)


@pytest.mark.parametrize(
    "error", [FixCredentials("401"), BadPayload("page"), GiveUp("400"), UpstreamError("odd"), HeldBack("x", seconds=0)]
)
def test_what_promises_nothing_is_not_retried(error: UpstreamError) -> None:
    """Credentials, payloads, refusals, unknown errors and our own holding back: the same would come again."""
    assert pause(error) is None


@pytest.mark.parametrize("error", [Retry("HTTP 500"), Unreachable("gone"), TimedOut("late")])
def test_passing_faults_are_retried_after_a_random_pause(error: UpstreamError) -> None:
    """Full jitter: from nothing up to 0.1 s, then up to 0.2 s, and no third time."""
    assert pause(error, chance=0.0) == 0.0
    assert pause(error) == 0.1
    assert pause(error, failed=2, chance=0.5) == 0.1
    assert pause(error, failed=3) is None


def test_pauses_grow_no_longer_than_two_seconds() -> None:
    """With ten attempts the last pauses are up to 2 s."""
    rules = CallRules(attempts=10)
    pauses = [
        pause_before_retry(Retry("x"), failed=failed, remaining=60, rules=rules, chance=lambda: 1.0)
        for failed in range(1, 11)
    ]
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0, 2.0, None]


def test_never_past_the_deadline() -> None:
    """With no more time left than the pause takes there is no retry; a time-out at the deadline has none either."""
    assert pause(Retry("HTTP 500"), remaining=0.1) is None
    assert pause(Retry("HTTP 500"), remaining=0.11) == 0.1
    assert pause(TimedOut("late"), remaining=0.0, chance=0.0) is None


def test_a_wait_is_kept_when_it_fits() -> None:
    """Retry-After is waited for, and up to 0.1 s more, while it takes at most half of the time left; else not."""
    assert pause(Wait("429", seconds=5.0)) == 5.1
    assert pause(Wait("429", seconds=5.01)) is None
    assert pause(Wait("429")) is None


def test_a_fifth_of_the_questions_may_be_retried() -> None:
    """Three retries are always there; of 100 questions 20; a minute later what was is forgotten."""
    clock = FakeClock()
    budget = RetryBudget(0.2, clock)
    assert [budget.spend() for _ in range(4)] == [True, True, True, False]
    for _ in range(100):
        budget.question()
    assert [budget.spend() for _ in range(18)] == [True] * 17 + [False]
    clock.advance(59)
    assert not budget.spend()
    clock.advance(1)
    assert [budget.spend() for _ in range(4)] == [True, True, True, False]


@given(
    steps=st.lists(st.tuples(st.sampled_from(["question", "retry", "time"]), st.integers(1, 30)), max_size=60),
    share=st.sampled_from([0.0, 0.1, 0.2, 0.5]),
)
def test_retries_stay_within_the_budget(steps: list[tuple[str, int]], share: float) -> None:
    """Whatever comes when: a retry is granted only while the last minute holds fewer than its share, or three."""
    clock = FakeClock()
    budget = RetryBudget(share, clock)
    questions: list[int] = []
    retries: list[int] = []
    for what, count in steps:
        if what == "time":
            clock.advance(count)
            continue
        now = int(clock.monotonic())
        for _ in range(count):
            if what == "question":
                budget.question()
                questions.append(now)
                continue
            asked = sum(second > now - 60 for second in questions)
            spent = sum(second > now - 60 for second in retries)
            granted = budget.spend()
            assert granted == (spent < max(3, int(share * asked)))
            retries += [now] * granted
