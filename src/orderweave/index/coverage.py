"""How complete what the index holds is, system by system."""

from __future__ import annotations

from collections.abc import Sequence

from orderweave.index.progress import ORDERS, Progress
from orderweave.model.provenance import Coverage, SourceCoverage
from orderweave.model.systems import Business
from orderweave_sdk.manifest import Capability


def coverage_of(business: Business, progress: Sequence[Progress], part: str = ORDERS) -> Coverage:
    """How much of each system's orders, or stock, the index holds."""
    known = {entry.system: entry for entry in progress if entry.part == part}
    needed = Capability.FIND_ORDERS if part == ORDERS else Capability.READ_STOCK
    sources = tuple(
        _source(name, known.get(name))
        for name, spec in business.systems.items()
        if needed in spec.manifest.capabilities
    )
    return Coverage(complete=all(map(_is_whole, sources)), sources=sources)


def _source(system: str, known: Progress | None) -> SourceCoverage:
    if known is None:
        return SourceCoverage(system=system, ok=False, truncated=True, error="not yet read into the index")
    return SourceCoverage(
        system=system,
        ok=known.error is None,
        from_=known.from_at,
        to=known.reached_at,
        truncated=known.complete_at is None or known.waiting,
        error=known.error or (f"{known.aside:,} could not be read, and are set aside" if known.aside else None),
    )


def _is_whole(source: SourceCoverage) -> bool:
    return source.ok and not source.truncated and source.error is None
