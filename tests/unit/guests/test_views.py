"""What is told of views by token: each once in some minutes, in bounded memory."""

from __future__ import annotations

from orderweave.guests.views import _MOST_REMEMBERED, _TOLD_SECONDS, Views
from tests.unit.fake_clock import FakeClock


def test_once_in_some_minutes() -> None:
    """The same is new again when the minutes since it was told are over, however often it came meanwhile."""
    clock = FakeClock()
    views = Views(clock)
    assert [views.new("a", "b"), views.new("a", "b"), views.new("ab", "")] == [True, False, True]
    clock.advance(_TOLD_SECONDS - 1)
    assert not views.new("a", "b")
    clock.advance(1)
    assert [views.new("a", "b"), views.new("a", "b")] == [True, False]


def test_memory_is_bounded() -> None:
    """Beyond the most that are remembered, the one told longest ago is forgotten, and no other."""
    views = Views(FakeClock())
    assert all(views.new(str(n)) for n in range(_MOST_REMEMBERED + 1))
    assert not views.new("1")
    assert views.new("0")
    assert len(views._told) == _MOST_REMEMBERED
