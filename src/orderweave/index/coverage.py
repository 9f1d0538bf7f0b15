"""How complete what the index holds is, system by system."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orderweave.index.progress import ORDERS, SKUS, STOCK, Progress
from orderweave.model.provenance import Coverage, SourceCoverage
from orderweave.model.systems import Business, SystemSpec
from orderweave_sdk.manifest import Capability


def coverage_of(business: Business, progress: Sequence[Progress], part: str = ORDERS) -> Coverage:
    """How much of each system's orders, or stock, the index holds. Of stock only that of known SKUs can be read: it is
    whole where the system has listed its own.
    """
    known = {(entry.system, entry.part): entry for entry in progress}
    needed = Capability.FIND_ORDERS if part == ORDERS else Capability.READ_STOCK
    sources = tuple(
        _goods(spec, source, known.get((name, SKUS))) if part == STOCK else source
        for name, spec in business.systems.items()
        if needed in spec.manifest.capabilities
        for source in (_source(name, known.get((name, part))),)
    )
    return Coverage(complete=all(map(is_whole, sources)), sources=sources)


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


def _goods(spec: SystemSpec, stock: SourceCoverage, listed: Progress | None) -> SourceCoverage:
    """What a system's stock lacks for want of knowing its SKUs, beside what it lacks anyway."""
    if Capability.LIST_SKUS not in spec.manifest.capabilities:
        return _lacking(stock, "its SKUs cannot be listed: those that no order and no other system names are not in")
    if listed is None or listed.complete_at is None:
        return _lacking(stock, (listed and listed.error) or "its SKUs are not yet listed")
    if listed.error or listed.aside:
        return _lacking(stock, listed.error or f"{listed.aside:,} of its SKUs could not be read, and are set aside")
    return stock


def _lacking(stock: SourceCoverage, error: str) -> SourceCoverage:
    return msgspec.structs.replace(stock, truncated=True, error=stock.error or error)


def is_whole(source: SourceCoverage) -> bool:
    """Whether nothing of a system's part is missing."""
    return source.ok and not source.truncated and source.error is None
