"""What the API says of systems as such."""

from __future__ import annotations

from datetime import datetime

import msgspec

from orderweave.model.calls import BreakerStatus, QuotaLevel
from orderweave.model.provenance import IssueReason
from orderweave_sdk.records import Axis, Facet, SystemKind


class UnknownWord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A status word that no mapping knows, of an order or its part, and how many answers held it since the start."""

    word: str
    count: int


class SystemInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A configured system: what it can do and how it has been answering."""

    name: str
    title: str
    kind: SystemKind
    connector: str
    connector_version: str
    capabilities: tuple[str, ...]
    facets: tuple[Facet, ...]
    captures_orders: bool
    healthy: bool | None
    last_success_at: datetime | None
    last_error_at: datetime | None
    last_error: str | None
    last_reason: IssueReason | None
    calls: int
    failures: int
    in_flight: int
    waiting: int
    retries: int
    hedges: int
    not_asked: int
    held_back: int
    breakers: tuple[BreakerStatus, ...]
    quota: QuotaLevel | None
    unknown_words: tuple[UnknownWord, ...]


class StatusMapping(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one raw word of one system means."""

    system: str
    axis: Axis
    raw: str
    normalized: str
    mapping_version: str
