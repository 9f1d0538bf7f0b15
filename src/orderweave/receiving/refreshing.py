"""Reading anew what a webhook says to have changed, into the index."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orderweave.answering import Gateway
from orderweave.index import Index
from orderweave.model.terms import Lane, Terms
from orderweave.receiving.deliveries import Concerned
from orderweave.receiving.effects import LONGEST_EFFECT, EffectFailed
from orderweave_sdk.batches import packed
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Key

# The look-up by the id that a record is known by: only what is not found by it is gone.
_OWN = "id"


async def refresh(gateway: Gateway, system: str, concerned: Sequence[Concerned]) -> None:
    """Read orders, by the surest of their names, and stock from their system, past every cache, and have the index
    take them; nothing where there is no index. An order that its system has no more is dropped. Raises EffectFailed.

    The calls go in the lane of long work: nobody waits for them. Parcels are the matter of their orders.
    """
    index = gateway.parts.index
    if index is None:
        return
    manifest = gateway.parts.business.systems[system].manifest
    terms = msgspec.structs.replace(gateway.parts.systems.call(LONGEST_EFFECT, Lane.SYNC), max_age=0.0)
    keys = list(dict.fromkeys(each.order[0] for each in concerned if each.order))
    wanted = [key for key in keys if key.namespace in manifest.lookups]
    if wanted and Capability.FIND_ORDERS in manifest.capabilities:
        for batch in packed(wanted, manifest):
            await _orders(gateway, index, system, batch, terms)
    skus = list(dict.fromkeys(sku for each in concerned for sku in each.skus))
    if skus and manifest.stock_batch is not None:
        for start in range(0, len(skus), manifest.stock_batch.size):
            await _stock(gateway, index, system, skus[start : start + manifest.stock_batch.size], terms)


async def _orders(gateway: Gateway, index: Index, system: str, batch: Sequence[Key], terms: Terms) -> None:
    asked_at = gateway.parts.clock.now()
    facets = gateway.parts.business.systems[system].manifest.facets
    found = await gateway.parts.systems.find_orders(system, batch, facets, terms)
    live = [fetched for fetched in found.found if fetched.instead_of is None]
    if found.failed is not None or len(live) < len(found.found):
        raise EffectFailed(f"orders were not read ({found.failed.reason.value if found.failed else 'STALE'})")
    await index.take(system, [fetched.record for fetched in live], asked_at)
    there = {fetched.record.external_id for fetched in live}
    gone = [key.value for key in batch if key.namespace == _OWN and key.value not in there]
    if gone and not found.gaps:
        await index.drop(system, gone)


async def _stock(gateway: Gateway, index: Index, system: str, skus: Sequence[str], terms: Terms) -> None:
    asked_at = gateway.parts.clock.now()
    found = await gateway.parts.systems.read_stock(system, skus, terms)
    live = [fetched for fetched in found.found if fetched.instead_of is None]
    if found.failed is not None or len(live) < len(found.found):
        raise EffectFailed(f"stock was not read ({found.failed.reason.value if found.failed else 'STALE'})")
    await index.take_stock(system, [fetched.record for fetched in live], asked_at)
