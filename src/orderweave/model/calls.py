"""How a system is called, as configured; and how its calls are doing, as told to whoever asks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from orderweave.model.provenance import IssueReason


class CallRules(msgspec.Struct, frozen=True, kw_only=True):
    """How one system is called. Seconds are seconds, shares are between 0 and 1.

    `attempts` are all tries of one question, 1 for no retry; retries and hedges together are at most `retry_share`
    of the questions. The breaker opens when, of the answers of the last `breaker_window` seconds and of at least
    `breaker_calls`, the share `breaker_share` are failures; it first stays open for `breaker_pause`. `concurrency`
    is how many questions run at once (None: twice the connector's calls at once), `queue` how many wait. With `quota`
    off nothing is held back for the system's quota; `quota_burst` and `quota_per_second` stand in place of what the
    connector declares and the system tells. `analytics_reserve` and `sync_reserve` are the shares of quota and slots
    that these lanes leave to those before.
    """

    attempts: int = 3
    retry_share: float = 0.2
    breaker: bool = True
    breaker_window: float = 30.0
    breaker_calls: int = 10
    breaker_share: float = 0.5
    breaker_pause: float = 5.0
    concurrency: int | None = None
    queue: int = 200
    hedge: bool = False
    quota: bool = True
    quota_burst: float | None = None
    quota_per_second: float | None = None
    analytics_reserve: float = 0.5
    sync_reserve: float = 0.7

    @property
    def reserves(self) -> tuple[float, float, float]:
        """By priority: interactive, analytics, sync."""
        return (0.0, self.analytics_reserve, self.sync_reserve)


class BreakerState(StrEnum):
    """Whether a system is asked."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class BreakerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One operation's breaker. `since` and `reason` are of the failure that opened it, `retry_at` when it is tried."""

    operation: str
    state: BreakerState
    since: datetime | None
    retry_at: datetime | None
    reason: IssueReason | None


class QuotaLevel(msgspec.Struct, frozen=True, kw_only=True):
    """What we believe to have left of a system's quota, in its units; `shared`: kept together with other processes."""

    units: str
    available: float
    maximum: float
    per_second: float
    shared: bool
    waiting: int


class CallStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One system's calls. The counts are since the start; `not_asked` are questions that an open breaker answered,
    `held_back` those that found our own line or quota full.
    """

    in_flight: int
    waiting: int
    retries: int
    hedges: int
    not_asked: int
    held_back: int
    breakers: tuple[BreakerStatus, ...]
    quota: QuotaLevel | None
