"""The connections of a process: counted, bounded in all and for each caller, in the drain ended one by one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orderweave.web.live.lines import Lines, TooMany


async def test_drain_ends_connections_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over four fifths of the drain, by chance; who has left meanwhile is not ended, and nobody comes any more."""
    chances = iter([0.0, 0.5, 1.0])
    lines = Lines(10, 10, chance=lambda: next(chances))
    due: list[tuple[float, Any]] = []

    def call_later(seconds: float, end: Any, number: int) -> None:
        due.append((seconds, lambda: end(number)))

    ended: list[str] = []
    with lines.take("a", "ada", lambda: ended.append("a")), lines.take("b", "bob", lambda: ended.append("b")):
        with lines.take("b", "bob", lambda: ended.append("left")):
            monkeypatch.setattr(asyncio.get_running_loop(), "call_later", call_later, raising=False)
            lines.drain(10)
            monkeypatch.undo()
        assert [seconds for seconds, _ in due] == [0, 4, 8]
        assert lines.open == {"a": 1, "b": 1}
        for _, end in due:
            end()
        with pytest.raises(TooMany):
            lines.take("a", "ada", lambda: None)
    assert ended == ["a", "b"]
    assert lines.open == {"a": 0, "b": 0}


def test_each_share_is_bounded() -> None:
    """One caller's share is used up without the others'; what is passed on or over makes room, and nothing is kept."""
    lines = Lines(5, 2)
    first, second = (lines.take("a", "at 203.0.113.0/24", lambda: None) for _ in range(2))
    with pytest.raises(TooMany):
        lines.take("a", "at 203.0.113.0/24", lambda: None)
    hers = [lines.take("a", "staff as ada", lambda: None) for _ in range(2)]
    with pytest.raises(TooMany):
        first.pass_to("staff as ada")
    assert first.share == "at 203.0.113.0/24"
    first.pass_to("staff as bob")
    third = lines.take("a", "at 203.0.113.0/24", lambda: None)
    # All of them are as many as may be.
    with pytest.raises(TooMany):
        lines.take("a", "staff as eve", lambda: None)
    for line in (first, second, third, third, *hers):
        line.leave()
    assert (lines.open, lines._shares) == ({"a": 0}, {})
