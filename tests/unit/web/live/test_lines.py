"""The connections of a process: counted, bounded, and in the drain ended each at a moment of its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orderweave.web.live.lines import Lines, TooMany


async def test_drain_ends_connections_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over four fifths of the drain, by chance; who has left meanwhile is not ended, and nobody comes any more."""
    chances = iter([0.0, 0.5, 1.0])
    lines = Lines(10, chance=lambda: next(chances))
    due: list[tuple[float, Any]] = []

    def call_later(seconds: float, end: Any, number: int) -> None:
        due.append((seconds, lambda: end(number)))

    ended: list[str] = []
    with lines.held("a", lambda: ended.append("a")), lines.held("b", lambda: ended.append("b")):
        with lines.held("b", lambda: ended.append("left")):
            monkeypatch.setattr(asyncio.get_running_loop(), "call_later", call_later, raising=False)
            lines.drain(10)
            monkeypatch.undo()
        assert [seconds for seconds, _ in due] == [0, 4, 8]
        assert lines.open == {"a": 1, "b": 1}
        for _, end in due:
            end()
        with pytest.raises(TooMany), lines.held("a", lambda: None):
            pass
    assert ended == ["a", "b"]
    assert lines.open == {"a": 0, "b": 0}
