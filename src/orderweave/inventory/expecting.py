"""Expected goods of several systems as one: at each place the word of the most believed system that has one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from orderweave.merging.places import Places
from orderweave.model.inventory import ExpectedReceipt, FetchedReceipt
from orderweave.model.order import Location
from orderweave.model.provenance import SourceRecord
from orderweave.model.systems import Business
from orderweave.planning.authority import Aspect, Authority


class Expecting:
    """Merges what is expected. Build once, use for all."""

    def __init__(self, business: Business, authority: Authority, places: Places) -> None:
        self._business = business
        self._authority = authority
        self._places = places

    def merge(
        self, fetched: Iterable[FetchedReceipt], leads: Collection[tuple[str, str]], now: datetime
    ) -> tuple[ExpectedReceipt, ...]:
        """What is expected of one SKU, the soonest first and what has no day last.

        Two systems that expect goods at one place expect the same purchase, so one of them is heard. `leads` are
        (location, system) of the numbers that stand for what may be sold at a place: goods that this system counts
        as available are not promised once more.
        """
        heard: dict[str, tuple[Location, list[FetchedReceipt]]] = {}
        for entry in sorted(fetched, key=self._place):
            location = self._places.location(entry.system, entry.record.location)
            if location is None:
                continue
            _, entries = heard.setdefault(location.id, (location, []))
            if not entries or entries[0].system == entry.system:
                entries.append(entry)
        found = [
            self._expected(
                location, entry, counted=entry.record.counted and (location.id, entry.system) in leads, now=now
            )
            for location, entries in heard.values()
            for entry in entries
        ]
        return tuple(sorted(found, key=_when))

    def _place(self, entry: FetchedReceipt) -> tuple[int, str, str, str]:
        rank = self._authority.rank(Aspect.RECEIPTS, entry.system)
        return (rank, entry.system, entry.record.location.external_id, entry.record.external_id)

    def _expected(self, location: Location, entry: FetchedReceipt, *, counted: bool, now: datetime) -> ExpectedReceipt:
        record = entry.record
        overdue = record.expected_at is not None and record.expected_at <= now
        return ExpectedReceipt(
            location=location,
            quantity=record.quantity,
            expected_at=record.expected_at,
            overdue=overdue,
            promised=not (overdue or counted or record.expected_at is None),
            number=record.number,
            source=SourceRecord(
                system=entry.system,
                kind=self._business.systems[entry.system].kind,
                external_id=record.external_id,
                number=record.number,
                url=None,
                fetched_at=entry.fetched_at,
                source_updated_at=None,
                stale=entry.stale,
                via=entry.via,
            ),
        )


def _when(entry: ExpectedReceipt) -> tuple[bool, float, str, str]:
    at = entry.expected_at
    return (at is None, at.timestamp() if at else 0.0, entry.location.id, entry.source.external_id)
