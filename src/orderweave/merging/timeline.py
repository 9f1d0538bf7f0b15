"""The timeline: what systems tell, and what follows from dated facts."""

from __future__ import annotations

from collections.abc import Iterator

from orderweave.merging.contest import Members
from orderweave.model.order import Shipment, TimelineEntry
from orderweave.planning.authority import Aspect
from orderweave_sdk.records import Header, TransactionKind, TransactionStatus


def merge_timeline(members: Members, header: Header, shipments: tuple[Shipment, ...]) -> tuple[TimelineEntry, ...]:
    """All entries in order of time; equal ones from two systems stand once, under the more believed."""
    found: dict[tuple[float, str, str | None], TimelineEntry] = {}
    for entry in (*_told(members), *_dated(members, header), *_shipped(shipments)):
        found.setdefault((entry.occurred_at.timestamp(), entry.kind, entry.message), entry)
    return tuple(sorted(found.values(), key=lambda entry: (entry.occurred_at, entry.kind, entry.message or "")))


def _told(members: Members) -> Iterator[TimelineEntry]:
    for fetched in members.ranked(Aspect.TIMELINE):
        for happening in fetched.record.timeline or ():
            yield TimelineEntry(
                occurred_at=happening.occurred_at,
                kind=happening.kind,
                message=happening.message,
                system=fetched.system,
            )


def _dated(members: Members, header: Header) -> Iterator[TimelineEntry]:
    dates = (("PLACED", header.placed_at), ("CANCELED", header.canceled_at), ("CLOSED", header.closed_at))
    lead = next((fetched for fetched in members.ranked(Aspect.HEADER) if fetched.record.header), None)
    for kind, moment in dates:
        if moment is not None and lead is not None:
            yield TimelineEntry(occurred_at=moment, kind=kind, message=None, system=lead.system)
    paid = next((fetched for fetched in members.ranked(Aspect.PAYMENTS) if fetched.record.payments), None)
    if paid is None or paid.record.payments is None:
        return
    for payment in paid.record.payments.payments:
        for transaction in payment.transactions:
            if transaction.processed_at is None or transaction.status is not TransactionStatus.SUCCESS:
                continue
            if transaction.kind in (TransactionKind.SALE, TransactionKind.CAPTURE):
                yield TimelineEntry(occurred_at=transaction.processed_at, kind="PAID", message=None, system=paid.system)
    for refund in paid.record.payments.refunds:
        if refund.created_at is not None:
            yield TimelineEntry(occurred_at=refund.created_at, kind="REFUNDED", message=refund.note, system=paid.system)


def _shipped(shipments: tuple[Shipment, ...]) -> Iterator[TimelineEntry]:
    for shipment in shipments:
        if shipment.shipped_at is not None:
            yield TimelineEntry(
                occurred_at=shipment.shipped_at, kind="SHIPPED", message=shipment.number, system=shipment.source
            )
        if shipment.delivered_at is not None:
            yield TimelineEntry(
                occurred_at=shipment.delivered_at, kind="DELIVERED", message=shipment.number, system=shipment.source
            )
