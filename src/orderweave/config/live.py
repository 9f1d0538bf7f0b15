"""The `[live]` table: subscriptions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orderweave.config.configuration import LiveSettings, Problem

# What each number may be, ends included.
RANGES: Mapping[str, tuple[int, int]] = {
    "most_connections": (0, 900),
    "most_connections_per_caller": (1, 900),
    "most_subscriptions": (1, 1000),
    "most_subjects": (1, 10_000),
    "poll_seconds": (1, 3600),
    "events_kept": (1, 1000),
    "keep_seconds": (10, 86_400),
    "identify_seconds": (10, 3600),
}
_ORIGINS = "origins"
# As a browser sends it: a scheme, a host in lower case, a port where it is not the scheme's own.
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+")


def read_live(value: Any) -> tuple[LiveSettings, list[Problem]]:
    """The table's settings, and every problem with them."""
    if not isinstance(value, dict):
        return LiveSettings(), [Problem("live", "must be a table")]
    known = {*RANGES, _ORIGINS}
    wrong = f"unknown key; known here: {', '.join(sorted(known))}"
    problems = [Problem(f"live.{key}", wrong) for key in value if key not in known]
    given: dict[str, Any] = {}
    for name, (least, most) in RANGES.items():
        if name not in value:
            continue
        if type(value[name]) is not int or not least <= value[name] <= most:
            problems.append(Problem(f"live.{name}", f"must be a whole number between {least} and {most}"))
        else:
            given[name] = value[name]
    if _ORIGINS in value:
        origins = value[_ORIGINS]
        if not isinstance(origins, list) or not all(
            isinstance(origin, str) and _ORIGIN.fullmatch(origin) for origin in origins
        ):
            problems.append(Problem(f"live.{_ORIGINS}", 'must be a list of origins such as "https://shop.example.com"'))
        else:
            given[_ORIGINS] = tuple(origins)
    return LiveSettings(**given), problems
