"""Where a merged order comes from: its names, its sources, how old it is, and what is in doubt about its identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from orderweave.matching import Group
from orderweave.merging.contest import Members
from orderweave.model.provenance import (
    Fetched,
    FieldConflict,
    Freshness,
    Identifier,
    SourceIssue,
    SourceRecord,
    SystemValue,
    unmet_of,
)
from orderweave.planning.authority import Aspect
from orderweave_sdk.records import SystemKind


def identifiers(group: Group) -> tuple[Identifier, ...]:
    """Every name of the order, as the systems write them."""
    found = {
        Identifier(namespace=f"{fetched.system}:{key.namespace}", value=key.value)
        for fetched in group.members
        for key in (*fetched.record.keys, *fetched.record.references)
    }
    return tuple(sorted(found, key=lambda entry: (entry.namespace, entry.value)))


def sources(members: Members, kinds: Mapping[str, SystemKind]) -> tuple[SourceRecord, ...]:
    """The records that the order is put together from."""
    return tuple(
        SourceRecord(
            system=fetched.system,
            kind=kinds[fetched.system],
            external_id=fetched.record.external_id,
            number=fetched.record.key("number"),
            url=fetched.record.url,
            fetched_at=fetched.fetched_at,
            source_updated_at=fetched.record.updated_at,
            stale=fetched.stale,
            via=fetched.via,
        )
        for fetched in members.ranked(Aspect.HEADER)
    )


def identity_conflicts(group: Group) -> tuple[FieldConflict, ...]:
    """One for each key that does not say which records are this order."""
    return tuple(
        FieldConflict(
            path="identity",
            winner=None,
            rule=f"{ambiguity.key.namespace} {ambiguity.key.value} is claimed more than once; nothing is joined by it",
            values=tuple(SystemValue(system=system, value=external_id) for system, external_id in ambiguity.claimants),
        )
        for ambiguity in group.ambiguities
    )


def freshness(fetched: Sequence[Fetched], *, now: datetime, missing: Sequence[SourceIssue]) -> Freshness:
    """How old the oldest part is, and what is missing."""
    oldest = min((entry.fetched_at for entry in fetched), default=None)
    return Freshness(
        as_of=oldest,
        max_age_seconds=int((now - oldest).total_seconds()) if oldest else 0,
        stale=any(entry.stale for entry in fetched),
        missing=tuple(missing),
        unmet=unmet_of((entry.unmet, entry.instead_of) for entry in fetched),
    )
