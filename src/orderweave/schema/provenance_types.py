"""Where data comes from, as GraphQL types."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import field

from orderweave.operations.weights import ListSize
from orderweave.schema.scalars import Axis, Facet, IssueReason, SystemKind, Via


@strawberry.type(description="A record of one system that this answer was put together from.")
class SourceRecord:
    """See `orderweave.model.provenance.SourceRecord`."""

    system: str = field(description="The system's name in the configuration.")
    kind: SystemKind = field(description="What kind of system it is.")
    external_id: str = field(description="The record's id in that system.")
    number: str | None = field(description="The record's number in that system, as it writes it.")
    url: str | None = field(description="Where a person finds the record in that system.")
    fetched_at: datetime = field(description="When the gateway got the record.")
    source_updated_at: datetime | None = field(description="When the system itself last changed the record.")
    stale: bool = field(description="Whether the record is older than it should be.")
    via: Via = field(description="By which way the record came.")


@strawberry.type(description="What one system says a field is.")
class SystemValue:
    """See `orderweave.model.provenance.SystemValue`."""

    system: str = field(description="The system's name.")
    value: str | None = field(description="The value as text; money as amount and currency.")
    source_updated_at: datetime | None = field(description="When that system last changed its record.")


@strawberry.type(description="A field on which systems disagree.")
class FieldConflict:
    """See `orderweave.model.provenance.FieldConflict`."""

    path: str = field(
        description="The field, such as `totals.total` or `lines[SKU].quantity.ordered`. `identity` means that it "
        "is in doubt which records are this order."
    )
    winner: SystemValue | None = field(description="Who is believed; null where nobody is.")
    rule: str = field(description="The rule by which the winner is believed.")
    values: list[SystemValue] = field(
        directives=[ListSize(assumed_size=3)], description="What each system says, most believed first."
    )


@strawberry.type(description="A system whose part is missing.")
class SourceIssue:
    """See `orderweave.model.provenance.SourceIssue`."""

    system: str = field(description="The system's name.")
    reason: IssueReason = field(description="Why, by what one can do about it.")
    message: str = field(description="Why, in words. Never holds personal data or secrets.")
    facets: list[Facet] = field(
        directives=[ListSize(assumed_size=3)], description="The parts that may be wanting for it."
    )


@strawberry.type(description="How old an answer is, and what is missing from it.")
class Freshness:
    """See `orderweave.model.provenance.Freshness`."""

    as_of: datetime | None = field(description="When the oldest part of the answer was fetched.")
    max_age_seconds: int = field(description="The age of the oldest part, in seconds.")
    stale: bool = field(description="Whether any part is older than it should be.")
    missing: list[SourceIssue] = field(
        directives=[ListSize(assumed_size=1)], description="Systems whose part is missing, and why."
    )
    unmet: list[SourceIssue] = field(
        directives=[ListSize(assumed_size=1)],
        description="Systems that should have been asked for something younger, by `@freshness`, and did not answer: "
        "their part is older than was asked. Empty when all of it is young enough.",
    )


@strawberry.type(description="One system's status word, raw and mapped.")
class SourceStatus:
    """See `orderweave.model.provenance.SourceStatus`."""

    system: str = field(description="The system's name.")
    axis: Axis = field(description="What the word is about.")
    raw: str = field(description="The system's own word.")
    normalized: str = field(description="What it means in this API; UNKNOWN where no mapping knows the word.")
    mapping_version: str = field(description="The version of the mapping that said so.")


@strawberry.type(description="A name by which some system knows the order.")
class Identifier:
    """See `orderweave.model.provenance.Identifier`."""

    namespace: str = field(description="System and field, such as `shop-us:number`.")
    value: str = field(description="The name as the system writes it.")


@strawberry.type(description="Whether one system's part of a list is whole.")
class SourceCoverage:
    """See `orderweave.model.provenance.SourceCoverage`."""

    system: str = field(description="The system's name.")
    ok: bool = field(description="Whether the system answered.")
    from_: datetime | None = field(name="from", description="The start of the time that the answer covers, if bounded.")
    to: datetime | None = field(description="The end of the time that the answer covers, if bounded.")
    truncated: bool = field(description="Whether the search stopped before its end.")
    error: str | None = field(description="What went wrong, in words.")


@strawberry.type(description="How complete a list is.")
class Coverage:
    """See `orderweave.model.provenance.Coverage`."""

    complete: bool = field(description="Whether every system's part is whole.")
    sources: list[SourceCoverage] = field(directives=[ListSize(assumed_size=5)], description="Each system's part.")
