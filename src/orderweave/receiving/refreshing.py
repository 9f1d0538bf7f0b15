"""What a webhook says to have changed is read anew into the index."""

from __future__ import annotations

from collections.abc import Sequence

from orderweave.answering import Gateway
from orderweave.receiving.deliveries import Concerned
from orderweave.receiving.effects import EffectFailed
from orderweave.sync import Rereading, Unanswered


async def refresh(gateway: Gateway, system: str, concerned: Sequence[Concerned]) -> None:
    """Have the index read orders, by the surest of their names, stock and parcels from their system; nothing where
    there is no index. Raises EffectFailed.
    """
    if gateway.parts.index is None:
        return
    reading = Rereading(gateway.parts.systems, gateway.parts.index)
    what = "orders"
    try:
        await reading.orders(system, [each.order[0] for each in concerned if each.order])
        what = "stock"
        await reading.stock(system, [sku for each in concerned for sku in each.skus])
        what = "parcels"
        await reading.parcels(system, [number for each in concerned for number in each.tracking_numbers])
    except Unanswered as error:
        raise EffectFailed(f"{what} were not read ({error.issue.reason.value})") from None
