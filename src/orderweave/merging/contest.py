"""Who wins a field, and the conflict that is left on record when systems disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from orderweave.model.provenance import Fetched, FieldConflict, SystemValue
from orderweave.planning.authority import Aspect, Authority
from orderweave_sdk.records import Money, SystemKind

T = TypeVar("T")

# These kinds know only what passes through them; their words and quantities do not speak for the whole order.
PARTIAL_KINDS = frozenset({SystemKind.WMS, SystemKind.CARRIER, SystemKind.PAYMENT_PROVIDER})


def written(value: Any) -> str | None:
    """A value as conflicts show it: money as "12.30 USD", the rest as text."""
    if value is None:
        return None
    if isinstance(value, Money):
        return f"{value.amount} {value.currency}"
    return str(value)


class Members:
    """The records of one order, ranked per aspect, collecting the conflicts that merging finds.

    Within one rank the newest `updated_at` is believed, then the system's name decides, so that the outcome does
    not depend on who answered first.
    """

    def __init__(self, fetched: Iterable[Fetched], authority: Authority) -> None:
        # In an order of their own first, so that ranking them is but a stable sort by rank.
        self._fetched = tuple(sorted(fetched, key=_age_and_name))
        self._authority = authority
        self._ranked: dict[Aspect, tuple[Fetched, ...]] = {}
        counts = Counter(entry.system for entry in self._fetched)
        self._in_parts = {system for system, count in counts.items() if count > 1}
        self.conflicts: list[FieldConflict] = []

    def ranked(self, aspect: Aspect) -> tuple[Fetched, ...]:
        """All members, most believed first."""
        if aspect not in self._ranked:
            ranks = self._authority.ranks(aspect)
            self._ranked[aspect] = tuple(sorted(self._fetched, key=lambda fetched: ranks[fetched.system]))
        return self._ranked[aspect]

    def first(self, aspect: Aspect, read: Callable[[Fetched], T | None]) -> T | None:
        """The most believed system's value; where it has none, the next one's."""
        for fetched in self.ranked(aspect):
            value = read(fetched)
            if value is not None:
                return value
        return None

    def contest(
        self,
        path: str,
        aspect: Aspect,
        candidates: Sequence[tuple[Fetched, T]],
        *,
        same: Callable[[T], Hashable] = str,
        show: Callable[[T], str | None] = written,
    ) -> T | None:
        """The winner of `candidates` (most believed first); a conflict is kept when `same` tells them apart."""
        if not candidates:
            return None
        winner, value = candidates[0]
        if len(candidates) > 1 and len({same(candidate) for _, candidate in candidates}) > 1:
            self.conflicts.append(
                FieldConflict(
                    path=path,
                    winner=_said(winner, show(value)),
                    rule=f"{aspect.value}: {winner.system} is believed most of those that say something",
                    values=tuple(_said(fetched, show(candidate)) for fetched, candidate in candidates),
                )
            )
        return value

    def whole(self, candidates: Sequence[tuple[Fetched, T]]) -> list[tuple[Fetched, T]]:
        """The candidates without those of systems that have the order in several records: each knows only a part."""
        return [(fetched, value) for fetched, value in candidates if fetched.system not in self._in_parts]

    def leading(self, aspect: Aspect, read: Callable[[Fetched], T | None]) -> list[tuple[Fetched, T]]:
        """What the most believed system that says something says, in all its records."""
        said = self.saying(aspect, read)
        return [(fetched, value) for fetched, value in said if fetched.system == said[0][0].system]

    def saying(self, aspect: Aspect, read: Callable[[Fetched], T | None]) -> list[tuple[Fetched, T]]:
        """Everyone who says something, most believed first, with what they say."""
        found = []
        for fetched in self.ranked(aspect):
            value = read(fetched)
            if value is not None:
                found.append((fetched, value))
        return found


def _age_and_name(fetched: Fetched) -> tuple[float, str, str]:
    updated = fetched.record.updated_at
    return (-updated.timestamp() if updated else 0.0, fetched.system, fetched.record.external_id)


def _said(fetched: Fetched, value: str | None) -> SystemValue:
    return SystemValue(system=fetched.system, value=value, source_updated_at=fetched.record.updated_at)
