"""Asking carriers about the parcels of orders: by the tracking numbers that other systems' shipments have.

A carrier knows no orders. What it says of a parcel joins the order as a record with nothing but that parcel in it, from
which merging takes its word and its events.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from orderweave.matching import Group
from orderweave.model.parcels import tidy_tracking
from orderweave.model.provenance import Fetched, IssueReason, SourceIssue
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave_sdk.records import Facet, Fulfillment, OrderRecord, Shipment, TrackingRecord

if TYPE_CHECKING:
    from orderweave.fetching.systems import Systems

# Parcels asked about for one page at most; of an order that left in more, the rest is as the other systems tell it.
MOST_PARCELS = 1_000


class Parcels(msgspec.Struct, frozen=True, kw_only=True):
    """What carriers know of the parcels of some orders, by tracking number, and which of them did not say."""

    records: Mapping[str, tuple[Fetched, ...]]
    issues: tuple[SourceIssue, ...]

    def with_parcels(self, group: Group) -> Group:
        """The order with what carriers say of its parcels."""
        found = [fetched for number in numbers_of(group) for fetched in self.records.get(number, ())]
        return msgspec.structs.replace(group, members=(*group.members, *found)) if found else group

    def issues_about(self, group: Group) -> Sequence[SourceIssue]:
        """The carriers that did not answer, where the order has parcels."""
        return self.issues if self.issues and numbers_of(group) else ()


NO_PARCELS = Parcels(records={}, issues=())


async def parcels_of(groups: Iterable[Group], carriers: Sequence[str], systems: Systems, call: Terms) -> Parcels:
    """Ask each carrier about the parcels of all these orders at once, in batches as its manifest allows."""
    numbers = list(dict.fromkeys(number for group in groups for number in numbers_of(group)))
    if not numbers or not carriers:
        return NO_PARCELS
    issues = [_too_many(name) for name in carriers] if len(numbers) > MOST_PARCELS else []
    numbers = numbers[:MOST_PARCELS]
    with systems.observing.stage(Stage.FETCH):
        answers = await asyncio.gather(
            *(systems.read_tracking(name, part, call) for name in carriers for part in _batches(numbers, name, systems))
        )
    records: dict[str, list[Fetched]] = {}
    for answer in answers:
        issues += [issue for issue in (answer.failed, *answer.gaps) if issue is not None]
        for fetched in answer.found:
            records.setdefault(tidy_tracking(fetched.record.external_id), []).append(fetched)
    by_number = {number: tuple(records.get(tidy_tracking(number), ())) for number in numbers}
    return Parcels(records=by_number, issues=tuple(dict.fromkeys(issues)))


def parcel_record(said: TrackingRecord) -> OrderRecord:
    """What a carrier says of a parcel, as a record: known by its tracking number alone, which is nobody's key."""
    shipment = Shipment(
        external_id=said.tracking_number,
        status=said.package.status,
        packages=(msgspec.structs.replace(said.package, tracking_number=said.tracking_number),),
    )
    return OrderRecord(external_id=said.tracking_number, keys=(), fulfillment=Fulfillment(shipments=(shipment,)))


def numbers_of(group: Group) -> tuple[str, ...]:
    """The tracking numbers of an order's parcels, each once, as written by whoever is first."""
    found: dict[str, str] = {}
    for fetched in group.members:
        for shipment in fetched.record.fulfillment.shipments if fetched.record.fulfillment else ():
            for package in shipment.packages:
                if package.tracking_number and package.tracking_number.strip():
                    found.setdefault(tidy_tracking(package.tracking_number), package.tracking_number)
    return tuple(found.values())


def _batches(numbers: Sequence[str], name: str, systems: Systems) -> list[Sequence[str]]:
    batch = systems.business.systems[name].manifest.tracking_batch
    assert batch is not None
    return [numbers[start : start + batch.size] for start in range(0, len(numbers), batch.size)]


def _too_many(name: str) -> SourceIssue:
    message = f"more than {MOST_PARCELS} parcels; the rest of them is not asked about"
    return SourceIssue(system=name, reason=IssueReason.REFUSED, message=message, facets=(Facet.TRACKING,))
