"""Parcels of orders: by which numbers they are known, and what carriers say of them. Pure.

A carrier knows no orders. What it says of a parcel joins the order as a record with nothing but that parcel in it, from
which merging takes its word and its events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from orderweave.matching.groups import Group
from orderweave.model.parcels import tidy_tracking
from orderweave.model.provenance import Fetched
from orderweave_sdk.records import OrderRecord


def numbers_in(record: OrderRecord) -> Iterator[str]:
    """The tracking numbers that a record's shipments have, as it writes them."""
    for shipment in record.fulfillment.shipments if record.fulfillment else ():
        for package in shipment.packages:
            if package.tracking_number and package.tracking_number.strip():
                yield package.tracking_number


def numbers_of(group: Group) -> tuple[str, ...]:
    """The tracking numbers of an order's parcels, each once, as written by whoever is first."""
    found: dict[str, str] = {}
    for fetched in group.members:
        for number in numbers_in(fetched.record):
            found.setdefault(tidy_tracking(number), number)
    return tuple(found.values())


def by_number(parcels: Iterable[Fetched]) -> Mapping[str, Sequence[Fetched]]:
    """What carriers say, by tidied tracking number: each once, however many spellings of it were asked for."""
    found: dict[str, dict[str, Fetched]] = {}
    for fetched in parcels:
        found.setdefault(tidy_tracking(fetched.record.external_id), {}).setdefault(fetched.system, fetched)
    return {number: tuple(by_system.values()) for number, by_system in found.items()}


def with_parcels(group: Group, parcels: Mapping[str, Sequence[Fetched]]) -> Group:
    """The order with what carriers say of its parcels, by tidied number."""
    if not parcels:
        return group
    found = [fetched for number in numbers_of(group) for fetched in parcels.get(tidy_tracking(number), ())]
    return msgspec.structs.replace(group, members=(*group.members, *found)) if found else group
