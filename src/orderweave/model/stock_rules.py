"""What the business keeps back of its stock, and which places serve which channels: data of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """Places that serve channels: the channels may sell from these alone, each no more than `share` of what may be sold
    there, and never more than `limit` of one SKU. `places` are ids of configured places, `channels` names of systems.
    """

    name: str
    channels: tuple[str, ...]
    places: tuple[str, ...]
    share: Decimal = Decimal(1)
    limit: Decimal | None = None


class StockRules(msgspec.Struct, frozen=True, kw_only=True):
    """`safety` is what is kept back at each place by (SKU, place), None in either standing for every one; of two that
    fit, one with the SKU goes before one with the place alone, and one with both before either. A channel stands in
    one pool at most; one in none may sell from every place.
    """

    safety: Mapping[tuple[str | None, str | None], Decimal] = {}
    pools: tuple[Pool, ...] = ()
