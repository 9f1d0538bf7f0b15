"""The `[systems.<name>.calls]` table: how a system is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from orderweave.config.configuration import Problem
from orderweave.model.calls import CallRules
from orderweave_sdk.manifest import RateLimit


class _Range(msgspec.Struct, frozen=True):
    """A number between two others, ends included; `whole` for one without a fraction."""

    least: float
    most: float
    whole: bool = False

    def problem(self, value: Any) -> str | None:
        wanted = "a whole number" if self.whole else "a number"
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return f"must be {wanted} between {self.least:g} and {self.most:g}"
        if not self.least <= value <= self.most:
            return f"must be between {self.least:g} and {self.most:g}"
        return None


CALLS: Mapping[str, _Range | None] = {
    "attempts": _Range(1, 10, whole=True),
    "retry_share": _Range(0, 1),
    "breaker": None,
    "breaker_window": _Range(1, 600),
    "breaker_calls": _Range(1, 100, whole=True),
    "breaker_share": _Range(0.01, 1),
    "breaker_pause": _Range(0.1, 60),
    "concurrency": _Range(1, 1000, whole=True),
    "queue": _Range(0, 10_000, whole=True),
    "hedge": None,
    "quota": None,
    "quota_burst": _Range(1, 1_000_000_000),
    "quota_per_second": _Range(0.001, 1_000_000),
    "analytics_reserve": _Range(0, 0.99),
    "sync_reserve": _Range(0, 0.99),
}


def read_calls(key: str, table: Mapping[str, Any], declared: RateLimit | None) -> tuple[CallRules, list[Problem]]:
    """The rules, and what is wrong with them; `declared` is the quota that the connector knows of."""
    problems = []
    given: dict[str, Any] = {}
    for name, value in table.items():
        if name not in CALLS:
            problems.append(Problem(f"{key}.{name}", f"unknown key; known here: {', '.join(sorted(CALLS))}"))
            continue
        allowed = CALLS[name]
        if allowed is None:
            problem = None if isinstance(value, bool) else "must be true or false"
        else:
            problem = allowed.problem(value)
        if problem is not None:
            problems.append(Problem(f"{key}.{name}", problem))
        else:
            given[name] = value
    rules = CallRules(**given)
    if rules.sync_reserve < rules.analytics_reserve:
        problems.append(
            Problem(
                f"{key}.sync_reserve",
                f"must be at least analytics_reserve ({rules.analytics_reserve:g}): sync comes after analytics",
            )
        )
    alone = {"quota_burst", "quota_per_second"} & given.keys()
    if len(alone) == 1 and declared is None:
        (other,) = {"quota_burst", "quota_per_second"} - alone
        problems.append(
            Problem(f"{key}.{other}", f"is missing: this connector declares no quota, so {alone.pop()} needs it")
        )
    most = declared.orders.most if declared is not None and declared.orders is not None else 1
    if rules.quota_burst is not None and rules.quota_burst < most:
        problems.append(Problem(f"{key}.quota_burst", f"must be at least {most:g}: one call may cost so much"))
    return rules, problems
