"""What a webhook does: what was kept of whom it concerns is forgotten, followers look at once, the index reads anew.

Nothing of a delivery is believed but whom it concerns. So each effect may happen twice without harm, and a delivery
that somebody forged, had it come through, could make the gateway ask and nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from orderweave.answering import Gateway
from orderweave.caching.forgetting import Telling
from orderweave.caching.kinds import ORDERS, PRODUCTS, STOCK, TRACKING, Kind
from orderweave.live.looking import PARCEL, SKU, STOCK_LEVEL
from orderweave.merging.lines import tidy_sku
from orderweave.model.parcels import tidy_tracking
from orderweave.model.terms import Lane
from orderweave.receiving.deliveries import Concerned
from orderweave_sdk.batches import keys_of
from orderweave_sdk.records import Key

# Seconds for reading anew what several deliveries of one system concern.
LONGEST_EFFECT = 30.0


class EffectFailed(Exception):
    """It could not be done now; `reason` is one word or a few, without any value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Effects(Protocol):
    """What is done about deliveries."""

    async def apply(self, system: str, concerned: Sequence[Concerned]) -> None:
        """Whom some deliveries of one system concern; raises EffectFailed, and may then be called again."""
        ...


# Reads what is concerned anew from its system, and has the index take it; raises EffectFailed.
Refresh = Callable[[Gateway, str, Sequence[Concerned]], Awaitable[None]]
Announce = Callable[[Iterable[Key]], Awaitable[None]]


class GatewayEffects:
    """The effects on the gateway that is current: its cache, its feed of changes, its index.

    `telling` has the caches of other processes forget too. `refresh` is left out where there is no index.
    """

    def __init__(
        self,
        gateway: Callable[[], AbstractContextManager[Gateway]],
        announce: Announce,
        *,
        telling: Telling | None = None,
        refresh: Refresh | None = None,
    ) -> None:
        self._gateway = gateway
        self._announce = announce
        self._telling = telling
        self._refresh = refresh

    async def apply(self, system: str, concerned: Sequence[Concerned]) -> None:
        """Forget first, so that whoever looks after it was told finds no more of before."""
        with self._gateway() as gateway:
            if system not in gateway.parts.business.systems:
                return
            await self._forget(gateway, system, concerned)
            await self._announce(_announced(system, concerned))
            if self._refresh is not None:
                await self._refresh(gateway, system, concerned)

    async def _forget(self, gateway: Gateway, system: str, concerned: Sequence[Concerned]) -> None:
        systems = gateway.parts.systems
        call = systems.call(LONGEST_EFFECT, Lane.SYNC)
        skus = keys_of("sku", list(dict.fromkeys(sku for each in concerned for sku in each.skus)))
        numbers = dict.fromkeys(number for each in concerned for number in each.tracking_numbers)
        wanted: tuple[tuple[Kind[Any], Sequence[Key]], ...] = (
            (ORDERS, list(dict.fromkeys(key for each in concerned for key in each.order))),
            (STOCK, skus),
            (PRODUCTS, skus),
            (TRACKING, keys_of("tracking_number", list(numbers))),
        )
        names = [name for kind, keys in wanted if keys for name in await systems.cache.forget(kind, system, keys, call)]
        if self._telling is not None:
            try:
                await self._telling.tell(names)
            except Exception as error:
                raise EffectFailed(f"other processes could not be told ({type(error).__name__})") from None


def _announced(system: str, concerned: Sequence[Concerned]) -> list[Key]:
    """In the words in which followers know what they follow."""
    found = [Key(f"{system}:{key.namespace}", key.value) for each in concerned for key in each.order]
    found += [Key(SKU, tidy_sku(sku)) for each in concerned for sku in each.skus]
    found += [Key(f"{system}:{STOCK_LEVEL}", level) for each in concerned for level in each.stock_levels]
    found += [Key(PARCEL, tidy_tracking(number)) for each in concerned for number in each.tracking_numbers]
    return list(dict.fromkeys(found))
