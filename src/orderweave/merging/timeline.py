"""The timeline: what systems tell, and what follows from dated facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from orderweave.merging.contest import Members
from orderweave.model.order import Shipment, TimelineEntry
from orderweave.model.provenance import Fetched
from orderweave.planning.authority import Aspect
from orderweave_sdk.records import TransactionKind, TransactionStatus


def merge_timeline(members: Members, shipments: tuple[Shipment, ...]) -> tuple[TimelineEntry, ...]:
    """All entries in order of time; equal ones from two systems stand once, under the more believed.

    What follows from a dated fact is left out where a system tells of it itself, of that kind and instant.
    """
    told = list(_told(members))
    spoken_of = {(entry.occurred_at, entry.kind) for entry in told}
    following = [*_dated(members), *_shipped(shipments)]
    found: dict[tuple[float, str, str | None], TimelineEntry] = {}
    for entry in (*told, *(entry for entry in following if (entry.occurred_at, entry.kind) not in spoken_of)):
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


def _dated(members: Members) -> Iterator[TimelineEntry]:
    dates = (("PLACED", "placed_at"), ("CANCELED", "canceled_at"), ("CLOSED", "closed_at"))
    for kind, name in dates:
        said = members.saying(Aspect.HEADER, partial(_header_date, name))
        if said:
            teller, moment = said[0]
            yield TimelineEntry(occurred_at=moment, kind=kind, message=None, system=teller.system)
    for payer, payments in members.leading(Aspect.PAYMENTS, lambda fetched: fetched.record.payments):
        for payment in payments.payments:
            for transaction in payment.transactions:
                if transaction.processed_at is None or transaction.status is not TransactionStatus.SUCCESS:
                    continue
                if transaction.kind in (TransactionKind.SALE, TransactionKind.CAPTURE):
                    moment = transaction.processed_at
                    yield TimelineEntry(occurred_at=moment, kind="PAID", message=None, system=payer.system)
        for refund in payments.refunds:
            if refund.created_at is not None:
                moment = refund.created_at
                yield TimelineEntry(occurred_at=moment, kind="REFUNDED", message=refund.note, system=payer.system)


def _header_date(name: str, fetched: Fetched) -> datetime | None:
    moment: datetime | None = getattr(fetched.record.header, name) if fetched.record.header else None
    return moment


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
