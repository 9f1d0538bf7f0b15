"""What every answer is made with: the systems and the rules of one configuration."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from orderweave.exporting import Exports
from orderweave.fetching.systems import Systems
from orderweave.guests import Desk
from orderweave.index import Index
from orderweave.matching import KeyReader
from orderweave.merging import Merger
from orderweave.model.inventory import FetchedStock
from orderweave.model.provenance import Fetched
from orderweave.model.systems import Business
from orderweave.observing import Observing
from orderweave.planning.authority import Authority
from orderweave_sdk.clock import Clock


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """The rooms, wired. Made once a configuration by the bootstrap. Without a `desk` guests are not served,
    and without an `index` every answer is live; a question of the index may take `index_seconds`.
    Without `exports` nothing is taken away.
    """

    business: Business
    systems: Systems
    reader: KeyReader
    authority: Authority
    merger: Merger
    clock: Clock
    desk: Desk | None = None
    index: Index | None = None
    index_seconds: float = 10.0
    exports: Exports | None = None

    @property
    def observing(self) -> Observing:
        """What is told of the work."""
        return self.systems.observing

    def tell_ages(self, fetched: Iterable[Fetched | FetchedStock]) -> None:
        """Report how old the oldest data of each system is that goes into one answer."""
        if not self.observing.on:
            return
        oldest: dict[str, datetime] = {}
        for entry in fetched:
            known = oldest.get(entry.system)
            if known is None or entry.fetched_at < known:
                oldest[entry.system] = entry.fetched_at
        now = self.clock.now()
        for system, moment in oldest.items():
            self.observing.served(system, (now - moment).total_seconds())
