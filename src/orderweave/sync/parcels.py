"""Reading what carriers say of the parcels that stand in the index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from orderweave.fetching.parcels import parcel_record
from orderweave.index import Index
from orderweave.index.progress import Progress, note
from orderweave.index.tables import record_keys, records, shipments
from orderweave.index.taking import PARCEL
from orderweave.index.weaving import chunks
from orderweave.model.parcels import tidy_tracking
from orderweave.sync.asking import Asking
from orderweave.sync.histories import LONGEST_LOOK
from orderweave_sdk.clock import Clock
from orderweave_sdk.records import ShipmentStatus

TRACKING = "tracking"
# After these nothing more happens to a parcel.
_ENDED = frozenset(
    each.value
    for each in (ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.LOST, ShipmentStatus.CANCELED)
)
# A parcel that a carrier does not know so long after it left is none of its.
_LONGEST_WAY = timedelta(days=60)


class CarriersParcels:
    """The parcels of all carriers."""

    def __init__(self, asking: Asking, index: Index, clock: Clock) -> None:
        self._asking = asking
        self._index = index
        self._clock = clock

    async def read(self, name: str, known: Progress, *, ended: bool = False) -> int:
        """Ask a carrier about every parcel on its way, the first time about all; raises Unanswered. Gives the calls.

        With `ended` also about those that have arrived lately, for one may be on its way back, and about all of orders
        that changed since that was last done. What it said of parcels that are no order's any more is forgotten.
        """
        began = self._clock.now()
        recent = None if known.complete_at is None else began - _LONGEST_WAY
        look = partial(_parcels, name=name, recent=recent, ended=ended, since=known.swept_at if ended else None)
        numbers, orphans = await self._index.read(look, seconds=LONGEST_LOOK)
        batch = self._asking.spec(name).manifest.tracking_batch
        assert batch is not None
        parts = [numbers[start : start + batch.size] for start in range(0, len(numbers), batch.size)]
        for part in parts:
            await self._ask(name, part, weave=False)
        changes: dict[str, Any] = {"reached_at": began, "error": None, "error_at": None}
        changes |= {} if known.complete_at else {"complete_at": began}
        changes |= {"swept_at": began} if ended or not known.complete_at else {}

        def end(connection: Connection) -> None:
            if orphans:
                self._index.drop_now(connection, name, orphans)
            note(connection, name, TRACKING, **changes)

        await self._index.write(end)
        return len(parts)

    async def named(self, name: str, numbers: Sequence[str]) -> None:
        """Ask a carrier about these parcels, those of them that are an order's, and weave these; raises Unanswered."""
        wanted = await self._index.read(partial(_of_orders, name=name, numbers=numbers), seconds=LONGEST_LOOK)
        batch = self._asking.spec(name).manifest.tracking_batch
        assert batch is not None
        for start in range(0, len(wanted), batch.size):
            await self._ask(name, wanted[start : start + batch.size], weave=True)

    async def _ask(self, name: str, numbers: Sequence[str], *, weave: bool) -> None:
        at = self._clock.now()
        answer = await self._asking.tracking(name, numbers)
        given = [parcel_record(said) for said in answer.records]
        await self._index.take(name, given, at, gaps=answer.gaps, weave=weave)


def _parcels(
    connection: Connection, *, name: str, recent: datetime | None, ended: bool, since: datetime | None
) -> tuple[list[str], list[str]]:
    """The numbers of parcels of which a carrier may have more to say, each once, in a stable order; and the ids of its
    records about parcels that stand in no order.

    What it knows is asked until it has ended, or beyond, what it does not know while it may still hear of it, and all
    of orders that changed `since`.
    """
    told = set(connection.execute(select(records.c.external_id).where(records.c.system == name)).scalars())
    numbers: dict[str, str] = {}
    asked: set[str] = set()
    left: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(
        select(shipments.c.order_key, shipments.c.tracking_number, shipments.c.package_status, shipments.c.shipped_at)
        .where(shipments.c.tracking_number.is_not(None))
        .order_by(shipments.c.tracking_number)
    ):
        if not (tidied := tidy_tracking(row.tracking_number)):
            continue
        number = numbers.setdefault(tidied, row.tracking_number)
        lately = recent is None or row.shipped_at is None or row.shipped_at >= recent
        if lately if ended or number not in told else row.package_status not in _ENDED:
            asked.add(number)
        elif since is not None:
            left[row.order_key].append(number)
    for chunk in chunks(sorted(left)):
        changed = select(records.c.order_key).where(
            records.c.order_key.in_(chunk), records.c.fetched_at >= since, records.c.system != name
        )
        for key in connection.execute(changed.distinct()).scalars():
            asked.update(left[key])
    return [number for number in numbers.values() if number in asked], sorted(told.difference(numbers.values()))


def _of_orders(connection: Connection, *, name: str, numbers: Sequence[str]) -> list[str]:
    """Those of these numbers that stand in orders, as they are written there: what a carrier says of a parcel is kept
    under the number by which it was asked.
    """
    wanted = set(map(tidy_tracking, numbers))
    keys = {
        key
        for chunk in chunks(sorted(wanted))
        for key in connection.execute(
            select(records.c.order_key)
            .join(record_keys, (records.c.system == record_keys.c.system) & _SAME_ID)
            .where(record_keys.c.namespace == PARCEL, record_keys.c.value.in_(chunk), records.c.system != name)
        ).scalars()
        if key is not None
    }
    found: dict[str, str] = {}
    for chunk in chunks(sorted(keys)):
        written = select(shipments.c.tracking_number).where(
            shipments.c.order_key.in_(chunk), shipments.c.tracking_number.is_not(None)
        )
        for number in connection.execute(written.order_by(shipments.c.tracking_number)).scalars():
            if (tidied := tidy_tracking(number)) in wanted:
                found.setdefault(tidied, number)
    return list(found.values())


_SAME_ID = records.c.external_id == record_keys.c.external_id
