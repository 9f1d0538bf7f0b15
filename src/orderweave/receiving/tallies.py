"""What is counted of webhooks, and read by the metrics."""

from __future__ import annotations

from collections import Counter

from orderweave.observing import Observing, catalog
from orderweave.receiving.deliveries import Counts
from orderweave_sdk.clock import Clock


class Tally:
    """Counts of this process, by system and outcome; `counts` is the store's, as it was last looked at.

    What came for a system that is not configured, or takes no webhooks, is counted without a name: whoever likes can
    make names up.
    """

    def __init__(self, clock: Clock, observing: Observing) -> None:
        self._clock = clock
        self.received: Counter[tuple[str, ...]] = Counter()
        self.worked: Counter[tuple[str, ...]] = Counter()
        self.counts = Counts()
        readings = observing.readings
        readings.read(catalog.WEBHOOKS, lambda: self.received)
        readings.read(catalog.WEBHOOKS_WORKED, lambda: self.worked)
        readings.read(catalog.WEBHOOKS_WAITING, lambda: {(): self.counts.waiting})
        readings.read(catalog.WEBHOOKS_DEAD, lambda: {(): self.counts.dead})
        readings.read(catalog.WEBHOOK_LAG_SECONDS, lambda: {(): self.lag})

    @property
    def lag(self) -> float:
        """For how many seconds the oldest delivery that waits has been waiting; 0 where none waits."""
        oldest = self.counts.oldest
        return max(0.0, (self._clock.now() - oldest).total_seconds()) if oldest is not None else 0.0
