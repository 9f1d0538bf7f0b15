"""The breaker: what opens it, for how long, and what closes it again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orderweave.calling.breaker import Breaker
from orderweave.model.calls import BreakerState, CallRules
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
from tests.unit.fake_clock import NOON, FakeClock

CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN


def breaker(**rules: float | bool) -> tuple[Breaker, FakeClock]:
    """A breaker with these rules over the default ones, and its clock."""
    clock = FakeClock()
    return Breaker(CallRules(**rules), clock), clock  # type: ignore[arg-type]  # each test names rules of its kind


def fail(made: Breaker, error: UpstreamError, times: int = 1, seconds: float = 5.0) -> None:
    """So many calls that fail so."""
    for _ in range(times):
        made.failed(error, seconds, probe=made.begin())


def succeed(made: Breaker, times: int = 1) -> None:
    """So many calls that go well."""
    for _ in range(times):
        made.answered(probe=made.begin())


@pytest.mark.parametrize("error", [Unreachable("x"), Retry("HTTP 500"), Wait("HTTP 429"), UpstreamError("odd")])
def test_failures_open_it_once_there_are_enough(error: UpstreamError) -> None:
    """Nine failures of nine leave it closed, the tenth opens it for five seconds."""
    made, clock = breaker()
    fail(made, error, 9)
    assert (made.state, made.admits()) == (CLOSED, True)
    fail(made, error)
    assert (made.state, made.admits()) == (OPEN, False)
    assert (made.since, made.retry_at, made.last) == (NOON, NOON + timedelta(seconds=5), error)
    clock.advance(4.75)
    assert not made.admits()
    clock.advance(0.25)
    assert (made.state, made.admits()) == (HALF_OPEN, True)


def test_the_share_of_failures_counts() -> None:
    """Twenty answers bear nineteen failures; the twentieth makes it half, and opens it."""
    made, _ = breaker()
    succeed(made, 20)
    fail(made, Retry("HTTP 500"), 19)
    assert made.state is CLOSED
    fail(made, Retry("HTTP 500"))
    assert made.state is OPEN


def test_old_failures_are_forgotten() -> None:
    """Nine failures that are older than the window and one more are one failure."""
    made, clock = breaker()
    fail(made, Retry("HTTP 500"), 9)
    clock.advance(30.001)
    fail(made, Retry("HTTP 500"))
    assert made.state is CLOSED
    fail(made, Retry("HTTP 500"), 8)
    assert made.state is CLOSED
    fail(made, Retry("HTTP 500"))
    assert made.state is OPEN


def test_one_time_out_of_a_quiet_system_opens_it() -> None:
    """A time-out cost its caller the whole share: it opens at once where nothing speaks against it."""
    made, _ = breaker()
    fail(made, TimedOut("late"))
    assert made.state is OPEN


def test_one_time_out_among_many_answers_does_not() -> None:
    """With eleven answers beside it one time-out is not half of the window; the second one is."""
    made, _ = breaker()
    succeed(made, 11)
    fail(made, TimedOut("late"))
    assert made.state is CLOSED
    fail(made, TimedOut("late"))
    assert made.state is OPEN


def test_a_busy_system_that_falls_silent() -> None:
    """Two hundred good answers outweigh two time-outs, not a third with no answer between them."""
    made, _ = breaker()
    succeed(made, 200)
    fail(made, TimedOut("late"), 2)
    succeed(made)
    fail(made, TimedOut("late"), 2)
    assert made.state is CLOSED
    fail(made, TimedOut("late"))
    assert made.state is OPEN


def test_an_impatient_caller_proves_nothing() -> None:
    """Time-outs of callers who gave less than a second open nothing, however many."""
    made, _ = breaker()
    fail(made, TimedOut("late"), 100, seconds=0.999)
    assert made.state is CLOSED
    fail(made, TimedOut("late"), 1, seconds=1.0)
    assert made.state is OPEN


@pytest.mark.parametrize("error", [BadPayload("a page"), GiveUp("HTTP 400"), HeldBack("too many wait")])
def test_what_says_nothing_of_the_system_opens_nothing(error: UpstreamError) -> None:
    """Unreadable answers, refused requests and our own holding back leave it closed."""
    made, _ = breaker()
    fail(made, error, 100)
    assert made.state is CLOSED


def test_refused_credentials_in_a_row_open_it_for_a_minute() -> None:
    """Three in a row leave the account alone for 60 s; an answer between them shows that only a right is lacking."""
    made, clock = breaker()
    fail(made, FixCredentials("HTTP 403"), 2)
    succeed(made)
    fail(made, FixCredentials("HTTP 403"), 2)
    assert made.state is CLOSED
    fail(made, FixCredentials("HTTP 403"))
    assert made.state is OPEN
    clock.advance(59.9)
    assert made.state is OPEN
    clock.advance(0.1)
    assert made.state is HALF_OPEN


def test_one_probe_at_a_time_and_its_success_closes() -> None:
    """Half open lets one question through; its answer closes the breaker and forgets what was."""
    made, clock = breaker()
    fail(made, TimedOut("late"))
    clock.advance(5)
    probe = made.begin()
    assert probe
    assert not made.admits()
    made.answered(probe=True)
    assert (made.state, made.admits(), made.since, made.retry_at, made.last) == (CLOSED, True, None, None, None)
    fail(made, Retry("HTTP 500"), 9)
    assert made.state is CLOSED


def test_a_probe_that_is_given_up_frees_its_place() -> None:
    """A canceled probe decides nothing; the next question is a probe again."""
    made, clock = breaker()
    fail(made, TimedOut("late"))
    clock.advance(5)
    made.dropped(probe=made.begin())
    assert (made.state, made.admits()) == (HALF_OPEN, True)


def test_failing_probes_wait_longer_each_time() -> None:
    """5, 10, 20, 40, then 60 s at most between probes; it is said since when it fails; success starts over."""
    made, clock = breaker()
    fail(made, TimedOut("late"))
    for pause in (5, 10, 20, 40, 60, 60):
        clock.advance(pause - 0.25)
        assert made.state is OPEN, pause
        clock.advance(0.25)
        assert made.state is HALF_OPEN
        fail(made, Unreachable("gone"))
        assert made.since == NOON
    clock.advance(60)
    succeed(made)
    fail(made, TimedOut("late"))
    clock.advance(5)
    assert made.state is HALF_OPEN


def test_a_wait_that_the_system_asks_for_is_kept() -> None:
    """A breaker that opens on 429 with Retry-After: 20 stays open for 20 s, and for a minute at most."""
    for asked_for, pause in ((20.0, 20.0), (3600.0, 60.0), (1.0, 5.0)):
        made, clock = breaker()
        fail(made, Wait("HTTP 429", seconds=asked_for), 10)
        clock.advance(pause - 0.25)
        assert made.state is OPEN
        clock.advance(0.25)
        assert made.state is HALF_OPEN


def test_calls_under_way_do_not_lengthen_the_pause() -> None:
    """Of ten calls that time out together the first opens the breaker, and the others change nothing."""
    made, clock = breaker()
    begun = [made.begin() for _ in range(10)]
    clock.advance(5)
    for probe in begun:
        made.failed(TimedOut("late"), 5.0, probe=probe)
    assert made.retry_at == NOON + timedelta(seconds=10)
    made.answered(probe=False)
    assert made.state is OPEN


def test_it_can_be_switched_off() -> None:
    """Without a breaker nothing ever opens."""
    made, _ = breaker(breaker=False)
    fail(made, TimedOut("late"), 50)
    fail(made, FixCredentials("HTTP 401"), 50)
    assert made.state is CLOSED


def test_it_remembers_a_bounded_number() -> None:
    """A thousand answers are kept as the last 200."""
    made, _ = breaker()
    succeed(made, 1000)
    assert len(made._outcomes) == 200
