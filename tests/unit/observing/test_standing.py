"""How systems stand: an outage is logged once and its end once, whatever the number of failed calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orderweave.observing.standing import Standings
from orderweave_sdk.errors import Unreachable
from tests.unit.fake_clock import NOON, FakeClock
from tests.unit.observing.watching import Watched

ORDER = '{ order(by: {number: "1001"}) { number invoices { number } } }'


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, dict[str, Any]]]:
    """The lines about systems: level, event and fields."""
    return [
        (record.levelname, record.getMessage(), vars(record)["fields"])
        for record in caplog.records
        if record.name == "orderweave.systems"
    ]


async def test_fifty_failing_calls(caplog: pytest.LogCaptureFixture) -> None:
    """Fifty queries meet a system that is down: one line when it begins, one when it ends, with how long it was."""
    caplog.set_level("INFO")
    watched = Watched()
    await watched.ask(ORDER)
    watched.fakes["erp"].error = Unreachable("orders: no connection")
    for _ in range(50):
        watched.time.advance(3)
        await watched.ask(ORDER)
    watched.fakes["erp"].error = None
    watched.time.advance(3)
    for _ in range(5):
        await watched.ask(ORDER)
    assert len(watched.fakes["erp"].asked("find")) == 56
    assert lines(caplog) == [
        ("WARNING", "outage_began", {"system": "erp", "reason": "UNREACHABLE"}),
        ("INFO", "outage_ended", {"system": "erp", "reason": "UNREACHABLE", "seconds": 150.0}),
    ]


def test_a_system_that_wavers_is_held_to_one_pair_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """Failing and answering by turns for 59 s after an outage is counted, not logged; the next line says how often."""
    caplog.set_level("INFO")
    clock = FakeClock()
    standings = Standings(["erp"], clock)
    standings.called("erp", "FAILED")
    standings.called("erp", None)
    for _ in range(59):
        standings.called("erp", "TIMED_OUT")
        standings.called("erp", None)
        clock.advance(1)
    assert [event for _, event, _ in lines(caplog)] == ["outage_began", "outage_ended"]
    clock.advance(1)
    standings.called("erp", "UNREACHABLE")
    assert lines(caplog)[2:] == [
        ("WARNING", "outage_began", {"system": "erp", "reason": "UNREACHABLE", "unlogged_outages": 59})
    ]


def test_an_outage_that_begins_in_the_quiet_is_logged_later(caplog: pytest.LogCaptureFixture) -> None:
    """An outage right after another is logged once the minute has passed, and its length is from its first call."""
    caplog.set_level("INFO")
    clock = FakeClock()
    standings = Standings(["erp"], clock)
    standings.called("erp", "FAILED")
    standings.called("erp", None)
    clock.advance(10)
    standings.called("erp", "FAILED")
    clock.advance(60)
    standings.called("erp", "THROTTLED")
    clock.advance(30)
    standings.called("erp", None)
    assert lines(caplog)[2:] == [
        ("WARNING", "outage_began", {"system": "erp", "reason": "THROTTLED"}),
        ("INFO", "outage_ended", {"system": "erp", "reason": "THROTTLED", "seconds": 90.0}),
    ]


def test_what_says_nothing_of_a_system(caplog: pytest.LogCaptureFixture) -> None:
    """A request that the system refuses and a call that nobody waited for change nothing."""
    standings = Standings(["erp"], FakeClock())
    for reason in ("REFUSED", "CANCELED"):
        standings.called("erp", reason)
    assert standings.of("erp").up is None
    assert lines(caplog) == []


def test_since_when() -> None:
    """A system stands as it does since its first call of that kind, and an outage bears its last reason."""
    clock = FakeClock()
    standings = Standings(["erp"], clock)
    standings.called("erp", None)
    clock.advance(5)
    standings.called("erp", None)
    assert (standings.of("erp").up, standings.of("erp").since) == (True, NOON)
    standings.called("erp", "FAILED")
    clock.advance(5)
    standings.called("erp", "THROTTLED")
    down = standings.of("erp")
    assert (down.up, down.since, down.reason) == (False, NOON + timedelta(seconds=5), "THROTTLED")
