"""Which orders are wanted."""

from __future__ import annotations

import msgspec

from orderweave_sdk.capabilities import Condition


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions that must all hold, and nested filters: all of `every`, one of `some` (if any), none of `none`."""

    conditions: tuple[Condition, ...] = ()
    every: tuple[Filter, ...] = ()
    some: tuple[Filter, ...] = ()
    none: tuple[Filter, ...] = ()

    @property
    def tests(self) -> int:
        """How many conditions there are, those of nested filters among them."""
        return len(self.conditions) + sum(nested.tests for nested in (*self.every, *self.some, *self.none))
