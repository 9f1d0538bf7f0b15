"""Systems as GraphQL types."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import field

from orderweave.operations.weights import ListSize
from orderweave.schema.scalars import Axis, BreakerState, Facet, IssueReason, SystemKind


@strawberry.type(description="A status word that no mapping knows.")
class UnknownWord:
    """See `orderweave.model.listing.UnknownWord`."""

    word: str = field(description="Axis and raw word.")
    count: int = field(description="How many answers held it since the start.")


@strawberry.type(description="Whether one kind of question is put to a system, or answered for it while it fails.")
class Breaker:
    """See `orderweave.model.calls.BreakerStatus`."""

    operation: str = field(description="What is asked of the system, such as FIND_ORDERS.")
    state: BreakerState = field(description="Whether the system is asked.")
    since: datetime | None = field(description="Since when it is not asked; null while it is.")
    retry_at: datetime | None = field(description="When it is tried again; null while it is asked.")
    reason: IssueReason | None = field(description="Why it is not asked: its last failure; null while it is.")


@strawberry.type(description="What is believed to be left of the quota that a system gives us.")
class Quota:
    """See `orderweave.model.calls.QuotaLevel`."""

    units: str = field(description="What is counted, such as points or requests.")
    available: float = field(description="What is left now.")
    maximum: float = field(description="What there is at most.")
    per_second: float = field(description="How much comes back each second.")
    shared: bool = field(description="Whether it is kept together with other processes.")
    waiting: int = field(description="Calls of this process that wait for it.")


@strawberry.type(description="A configured system: what it can do and how it has been answering.")
class System:
    """See `orderweave.model.listing.SystemInfo`."""

    name: str = field(description="Its name in the configuration.")
    title: str = field(description="The name to show.")
    kind: SystemKind = field(description="What kind of system it is.")
    connector: str = field(description="The connector that speaks to it.")
    connector_version: str = field(description="The connector's version.")
    capabilities: list[str] = field(directives=[ListSize(assumed_size=8)], description="What it can be asked.")
    facets: list[Facet] = field(
        directives=[ListSize(assumed_size=11)], description="The parts of an order that it has."
    )
    captures_orders: bool = field(description="Whether orders are placed in it.")
    healthy: bool | None = field(description="Whether the last call went well; null before the first.")
    last_success_at: datetime | None = field(description="When it last answered.")
    last_error_at: datetime | None = field(description="When it last failed.")
    last_error: str | None = field(description="How it last failed, in words.")
    last_reason: IssueReason | None = field(description="How it last failed, by what one can do.")
    calls: int = field(description="Questions put to it since the start.")
    failures: int = field(description="Of these, how many failed.")
    in_flight: int = field(description="Questions that are being put to it now.")
    waiting: int = field(description="Questions that wait because as many are being put as may.")
    retries: int = field(description="Questions put once more after a failure, since the start.")
    hedges: int = field(description="Questions put a second time because the answer took long, since the start.")
    not_asked: int = field(description="Questions not put to it because it had been failing, since the start.")
    held_back: int = field(description="Questions that found too many waiting or the quota too short, since the start.")
    breakers: list[Breaker] = field(
        directives=[ListSize(assumed_size=5)], description="What has been asked of it so far, and whether it still is."
    )
    quota: Quota | None = field(description="What is left of its quota; null where none is known.")
    unknown_words: list[UnknownWord] = field(
        directives=[ListSize(assumed_size=10)], description="Status words of it that no mapping knows."
    )


@strawberry.type(description="What one raw status word of one system means.")
class StatusMapping:
    """See `orderweave.model.listing.StatusMapping`."""

    system: str = field(description="The system's name.")
    axis: Axis = field(description="What the word is about.")
    raw: str = field(description="The system's own word.")
    normalized: str = field(description="What it means in this API.")
    mapping_version: str = field(description="The version of the mapping.")
