"""Reading what carriers say of the parcels that stand in the index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from orderweave.fetching.parcels import parcel_record
from orderweave.index import Index
from orderweave.index.progress import Progress, note
from orderweave.index.tables import record_keys, shipments
from orderweave.index.taking import PARCEL
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

        With `ended` also about those that have arrived lately: one may be on its way back.
        """
        began = self._clock.now()
        recent = None if known.complete_at is None else began - _LONGEST_WAY
        look = partial(_parcels, name=name, recent=recent, ended=ended)
        numbers = await self._index.read(look, seconds=LONGEST_LOOK)
        batch = self._asking.spec(name).manifest.tracking_batch
        assert batch is not None
        parts = [numbers[start : start + batch.size] for start in range(0, len(numbers), batch.size)]
        for part in parts:
            await self._ask(name, part)
        changes: dict[str, Any] = {"reached_at": began, "error": None, "error_at": None}
        changes |= {} if known.complete_at else {"complete_at": began}
        changes |= {"swept_at": began} if ended or not known.complete_at else {}
        await self._index.write(lambda found: note(found, name, TRACKING, **changes))
        return len(parts)

    async def _ask(self, name: str, numbers: Sequence[str]) -> None:
        at = self._clock.now()
        answer = await self._asking.tracking(name, numbers)
        records = [parcel_record(said) for said in answer.records]
        await self._index.write(lambda found: self._index.keep_now(found, name, records, at, gaps=answer.gaps))


def _parcels(connection: Connection, *, name: str, recent: datetime | None, ended: bool) -> list[str]:
    """The numbers of parcels of which a carrier may have more to say, each once, in a stable order.

    What it knows is asked until it has ended, or beyond, what it does not know while it may still hear of it.
    """
    told = set(
        connection.execute(
            select(record_keys.c.value).where(record_keys.c.system == name, record_keys.c.namespace == PARCEL)
        ).scalars()
    )
    found: dict[str, str] = {}
    for row in connection.execute(
        select(shipments.c.tracking_number, shipments.c.package_status, shipments.c.shipped_at)
        .where(shipments.c.tracking_number.is_not(None))
        .order_by(shipments.c.tracking_number)
    ):
        tidied = tidy_tracking(row.tracking_number)
        lately = recent is None or row.shipped_at is None or row.shipped_at >= recent
        asked = lately if ended or tidied not in told else row.package_status not in _ENDED
        if asked and tidied:
            found.setdefault(tidied, row.tracking_number)
    return list(found.values())
