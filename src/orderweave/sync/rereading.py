"""Reading at once what somebody says to have changed, as a webhook does: the same reading as that of a turn, for some
orders, SKUs and parcels. The caches are passed by, for what they would give may be on its way from before the change.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from orderweave.fetching.systems import Systems
from orderweave.index import Index
from orderweave.sync.asking import Asking
from orderweave.sync.goods import Goods
from orderweave.sync.parcels import CarriersParcels
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Key

# The look-up by the id that a record is known by: only what is not found by it is gone.
_OWN = "id"


class Rereading:
    """Readings for one index. Each raises Unanswered, and does nothing where the system cannot be asked for such."""

    def __init__(self, systems: Systems, index: Index) -> None:
        self._asking = Asking(systems)
        self._index = index
        self._clock = systems.clock
        self._goods = Goods(self._asking, index, systems.clock)
        self._parcels = CarriersParcels(self._asking, index, systems.clock)

    async def orders(self, name: str, keys: Sequence[Key]) -> None:
        """Read the orders under keys of the system's look-ups, and forget those that it has no more."""
        manifest = self._asking.spec(name).manifest
        wanted = [key for key in dict.fromkeys(keys) if key.namespace in manifest.lookups]
        if not wanted or not self._asking.finds(name):
            return
        at = self._clock.now()
        found = await self._asking.named(name, wanted)
        gone = found.gone(key.value for key in wanted if key.namespace == _OWN)

        def keep(connection: Connection) -> None:
            self._index.take_now(connection, name, found.records, at, gaps=found.gaps)
            if gone:
                self._index.drop_now(connection, name, gone)

        await self._index.write(keep)

    async def stock(self, name: str, skus: Sequence[str]) -> None:
        """Read all levels of some SKUs."""
        manifest = self._asking.spec(name).manifest
        if manifest.stock_batch is None or Capability.READ_STOCK not in manifest.capabilities:
            return
        wanted = list(dict.fromkeys(skus))
        for start in range(0, len(wanted), manifest.stock_batch.size):
            await self._goods.stock(name, wanted[start : start + manifest.stock_batch.size])

    async def parcels(self, name: str, numbers: Sequence[str]) -> None:
        """Read what a carrier says of the parcels of orders; those of other systems come with their orders."""
        if self._asking.spec(name).knows_parcels_alone:
            await self._parcels.named(name, list(dict.fromkeys(numbers)))
