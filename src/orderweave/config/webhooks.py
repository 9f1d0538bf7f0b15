"""The `[webhooks]` table: what systems send by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orderweave.config.configuration import Problem, WebhookSettings

# What each number may be, ends included.
RANGES: Mapping[str, tuple[int, int]] = {
    "most_waiting": (1, 1_000_000),
    "attempts": (1, 20),
    "keep_days": (1, 90),
}


def read_webhooks(value: Any, *, indexed: bool) -> tuple[WebhookSettings | None, list[Problem]]:
    """The table's settings, None without the table, and every problem. Webhooks are kept in the index's database."""
    if value is None:
        return None, []
    if not isinstance(value, dict):
        return None, [Problem("webhooks", "must be a table")]
    wrong = f"unknown key; known here: {', '.join(sorted(RANGES))}"
    problems = [Problem(f"webhooks.{key}", wrong) for key in value if key not in RANGES]
    if not indexed:
        problems.append(Problem("webhooks", "are kept in the database of the index: add [index]"))
    given: dict[str, Any] = {}
    for name, (least, most) in RANGES.items():
        if name not in value:
            continue
        if type(value[name]) is not int or not least <= value[name] <= most:
            problems.append(Problem(f"webhooks.{name}", f"must be a whole number between {least} and {most}"))
        else:
            given[name] = value[name]
    return WebhookSettings(**given), problems
