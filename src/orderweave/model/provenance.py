"""Where data comes from, what disagrees, how old it is, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from orderweave_sdk.records import Axis, Facet, OrderRecord, SystemKind


class Via(StrEnum):
    """By which way a record reached this answer."""

    LIVE = "LIVE"
    CACHE = "CACHE"
    WEBHOOK = "WEBHOOK"
    INDEX = "INDEX"


class Fetched(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One system's record of one order, and how and when it was fetched.

    `instead_of` is the failure in whose place a cached record stands; `unmet` says that it is older than was asked.
    """

    system: str
    record: OrderRecord
    fetched_at: datetime
    via: Via = Via.LIVE
    stale: bool = False
    instead_of: SourceIssue | None = None
    unmet: bool = False


class SourceRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record that this answer was put together from."""

    system: str
    kind: SystemKind
    external_id: str
    number: str | None
    url: str | None
    fetched_at: datetime
    source_updated_at: datetime | None
    stale: bool
    via: Via


class SystemValue(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one system says a field is, written as text."""

    system: str
    value: str | None
    source_updated_at: datetime | None = None


class FieldConflict(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A field on which systems disagree: who won, by which rule, and what each says.

    `path` is the field in the schema's words, such as `totals.total` or `lines[TEA-1].quantity.ordered`;
    `identity` means that it is in doubt which records are this order. `winner` is None where nobody is believed.
    """

    path: str
    winner: SystemValue | None
    rule: str
    values: tuple[SystemValue, ...]


class IssueReason(StrEnum):
    """Why a system's part is missing, by what one can do about it."""

    UNREACHABLE = "UNREACHABLE"
    TIMED_OUT = "TIMED_OUT"
    FAILED = "FAILED"
    THROTTLED = "THROTTLED"
    UNAUTHORIZED = "UNAUTHORIZED"
    BAD_PAYLOAD = "BAD_PAYLOAD"
    REFUSED = "REFUSED"


class SourceIssue(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A system that could not give its part: why, in words, and which facets are wanting for it."""

    system: str
    reason: IssueReason
    message: str
    facets: tuple[Facet, ...]


class Freshness(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How old the answer is. `as_of` is the oldest fetch used; None when nothing could be fetched.

    `unmet` are the failures because of which a part is older than was asked.
    """

    as_of: datetime | None
    max_age_seconds: int
    stale: bool
    missing: tuple[SourceIssue, ...]
    unmet: tuple[SourceIssue, ...] = ()


class SourceStatus(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One system's word on one axis, raw and mapped."""

    system: str
    axis: Axis
    raw: str
    normalized: str
    mapping_version: str


class Identifier(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A name of the order in some system: namespace `shop-us:number`, value `#1001`."""

    namespace: str
    value: str


class SourceCoverage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Whether one system's part of a list is whole."""

    system: str
    ok: bool
    from_: datetime | None = None
    to: datetime | None = None
    truncated: bool = False
    error: str | None = None


class Coverage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How complete a list is."""

    complete: bool
    sources: tuple[SourceCoverage, ...]


def stands_for(issue: SourceIssue, instead_of: SourceIssue | None) -> bool:
    """Whether a record that stands in place of a failure makes up for this issue: the same failure, or another one of
    that system about facets that the record was kept with.
    """
    if instead_of is None or issue.system != instead_of.system:
        return False
    return issue.message == instead_of.message or set(issue.facets) <= set(instead_of.facets)


def unmet_of(entries: Iterable[tuple[bool, SourceIssue | None]]) -> tuple[SourceIssue, ...]:
    """The failures behind records that are older than was asked, from each record's `unmet` and `instead_of`."""
    return tuple({(issue.system, issue.message): issue for unmet, issue in entries if unmet and issue}.values())
