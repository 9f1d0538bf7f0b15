"""Asking carriers about the parcels of orders: by the tracking numbers that other systems' shipments have."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from orderweave.matching import Group
from orderweave.matching.parcels import by_number, numbers_of, with_parcels
from orderweave.model.provenance import Fetched, IssueReason, SourceIssue
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave_sdk.records import Facet, Fulfillment, OrderRecord, Shipment, TrackingRecord

if TYPE_CHECKING:
    from orderweave.fetching.systems import Systems

# Parcels asked about for one page at most; of an order that left in more, the rest is as the other systems tell it.
MOST_PARCELS = 1_000


class Parcels(msgspec.Struct, frozen=True, kw_only=True):
    """What carriers know of the parcels of some orders, by tidied tracking number, and which of them did not say."""

    records: Mapping[str, Sequence[Fetched]]
    issues: tuple[SourceIssue, ...]

    def with_parcels(self, group: Group) -> Group:
        """The order with what carriers say of its parcels."""
        return with_parcels(group, self.records)

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
    issues += [issue for answer in answers for issue in (answer.failed, *answer.gaps) if issue is not None]
    records = by_number(fetched for answer in answers for fetched in answer.found)
    return Parcels(records=records, issues=tuple(dict.fromkeys(issues)))


def parcel_record(said: TrackingRecord) -> OrderRecord:
    """What a carrier says of a parcel, as a record: known by its tracking number alone, which is nobody's key."""
    shipment = Shipment(
        external_id=said.tracking_number,
        status=said.package.status,
        packages=(msgspec.structs.replace(said.package, tracking_number=said.tracking_number),),
    )
    return OrderRecord(external_id=said.tracking_number, keys=(), fulfillment=Fulfillment(shipments=(shipment,)))


def _batches(numbers: Sequence[str], name: str, systems: Systems) -> list[Sequence[str]]:
    batch = systems.business.systems[name].manifest.tracking_batch
    assert batch is not None
    return [numbers[start : start + batch.size] for start in range(0, len(numbers), batch.size)]


def _too_many(name: str) -> SourceIssue:
    message = f"more than {MOST_PARCELS} parcels; the rest of them is not asked about"
    return SourceIssue(system=name, reason=IssueReason.REFUSED, message=message, facets=(Facet.TRACKING,))
