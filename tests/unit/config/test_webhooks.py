"""The [webhooks] table: its numbers, its need of an index, and every mistake at once."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.config.configuration import Problem, WebhookSettings
from orderweave.config.webhooks import RANGES, read_webhooks


def test_without_the_table() -> None:
    """No table, no webhooks; an empty one takes them with what holds when nothing is said."""
    assert read_webhooks(None, indexed=True) == (None, [])
    assert read_webhooks({}, indexed=True) == (WebhookSettings(), [])
    assert read_webhooks({"most_waiting": 5, "attempts": 3, "keep_days": 2}, indexed=True) == (
        WebhookSettings(most_waiting=5, attempts=3, keep_days=2),
        [],
    )


def test_they_need_an_index() -> None:
    """Without an index there is nowhere to keep them."""
    _, problems = read_webhooks({}, indexed=False)
    assert problems == [Problem("webhooks", "are kept in the database of the index: add [index]")]


@pytest.mark.parametrize("value", [0, -1, 10**9, True, 1.5, "3", [], None])
def test_numbers(value: Any) -> None:
    """Each number has its range, and only whole numbers are in it."""
    for name, (least, most) in RANGES.items():
        if type(value) is int and least <= value <= most:
            continue
        _, problems = read_webhooks({name: value}, indexed=True)
        assert problems == [Problem(f"webhooks.{name}", f"must be a whole number between {least} and {most}")]


def test_all_at_once() -> None:
    """What is no table, and every mistake of one that is."""
    assert read_webhooks([], indexed=True)[1] == [Problem("webhooks", "must be a table")]
    _, problems = read_webhooks({"atempts": 3, "keep_days": 0}, indexed=False)
    assert [problem.key for problem in problems] == ["webhooks.atempts", "webhooks", "webhooks.keep_days"]
    assert problems[0].message == "unknown key; known here: attempts, keep_days, most_waiting"
