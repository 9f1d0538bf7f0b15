"""What every answer is made with: the systems and the rules of one configuration."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from orderweave.answering.known_skus import KnownSkus
from orderweave.exporting import Exports
from orderweave.fetching.systems import Systems
from orderweave.guests import Desk
from orderweave.index import Index
from orderweave.inventory import StockMerger
from orderweave.matching import KeyReader
from orderweave.merging import Merger
from orderweave.model.inventory import FetchedReceipt, FetchedStock
from orderweave.model.provenance import Fetched
from orderweave.model.systems import Business
from orderweave.observing import Observing
from orderweave.planning.authority import Authority
from orderweave_sdk.clock import Clock


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """The rooms, wired. Made once a configuration by the bootstrap. Without a `desk` guests are not served; without
    `known_skus` nothing is known of SKUs that nobody names; without an `index` every answer is live, and a question of
    it may take `index_seconds`; without `exports` nothing is taken away.
    """

    business: Business
    systems: Systems
    reader: KeyReader
    authority: Authority
    merger: Merger
    stock_merger: StockMerger
    clock: Clock
    desk: Desk | None = None
    index: Index | None = None
    index_seconds: float = 10.0
    known_skus: KnownSkus | None = None
    exports: Exports | None = None

    @property
    def observing(self) -> Observing:
        """What is told of the work."""
        return self.systems.observing

    def tell_ages(self, fetched: Iterable[Fetched | FetchedStock | FetchedReceipt]) -> None:
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
