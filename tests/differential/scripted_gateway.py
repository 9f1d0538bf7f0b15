"""A gateway that answers at random, and the same each time that the same is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from orderweave.answering import Gateway
from orderweave.model.aggregates import Groups, InventoryGroup, OrderGroup
from orderweave.model.exports import Export
from orderweave.model.inventory import InventoryItem, OversellReport
from orderweave.model.listing import StatusMapping, SystemInfo
from orderweave.model.order import Customer, Location, Order, OrderConnection
from orderweave.model.product import Product
from orderweave_sdk.clock import Call
from tests.differential.objects import Maker
from tests.unit.callers import NO_SYSTEMS


class ScriptedGateway:
    """Stands where `Gateway` does: objects made from a seed and what is asked, errors in a share of cases."""

    def __init__(self, seed: int, *, broken: float, failing: float) -> None:
        self._seed = seed
        self._broken = broken
        self._failing = failing
        self.parts = NO_SYSTEMS.parts
        self.introspection = True

    def as_gateway(self) -> Gateway:
        """Itself, under the type that the schema asks for."""
        return cast("Gateway", self)

    def call(self, *_: Any) -> Call:
        """Terms that nobody here reads."""
        return cast("Call", None)

    async def order_by_id(self, token: str, *_: Any) -> Any:
        """An order."""
        return await self._later(Order, token)

    async def orders_by_ids(self, tokens: Sequence[str], *_: Any) -> Any:
        """Orders, or the errors of some."""
        return [self._one_or_error(Order, token) for token in tokens]

    async def products(self, skus: Sequence[str], *_: Any) -> Any:
        """Products, or the errors of some."""
        return [self._one_or_error(Product, sku) for sku in skus]

    async def order_by_number(self, number: str, *_: Any) -> Any:
        """An order."""
        return await self._later(Order, number)

    async def order_by_key(self, namespace: str, value: str, *_: Any) -> Any:
        """An order."""
        return await self._later(Order, f"{namespace}={value}")

    async def orders(self, page: Any, *_: Any) -> Any:
        """A page."""
        return await self._later(OrderConnection, repr(page))

    async def order_groups(self, wanted: Any, asked: Any, *_: Any) -> Any:
        """Groups of orders."""
        return await self._groups(OrderGroup, repr((wanted, asked)))

    async def stock_groups(self, skus: Any, locations: Any, asked: Any) -> Any:
        """Groups of stock."""
        return await self._groups(InventoryGroup, repr((skus, locations, asked)))

    async def _groups(self, kind: Any, asked: str) -> Any:
        found = await self._later(Groups, asked)
        if not isinstance(found, Groups):
            return found
        return msgspec.structs.replace(found, groups=tuple(self._maker(asked).some(kind)))

    async def export(self, token: str, *_: Any) -> Any:
        """An export."""
        return await self._later(Export, token)

    async def inventory(self, skus: Any, *_: Any, receipts: bool) -> Any:
        """Stock."""
        return await self._later(InventoryItem, f"{skus} {receipts}", many=True)

    async def oversells(self, *asked: Any, most: int) -> Any:
        """The oversell watch."""
        return await self._later(OversellReport, f"{asked[:3]} {most}")

    async def product(self, sku: str, *_: Any) -> Any:
        """A product."""
        return await self._later(Product, sku)

    async def customer(self, email: str, pages: Mapping[str, Any], *_: Any) -> Any:
        """A profile with the pages that were asked for, now and then without one."""
        maker = self._maker(email)
        found = await self._later(Customer, email)
        if not isinstance(found, Customer):
            return found
        made = tuple((key, maker.one(OrderConnection)) for key in pages if not maker.chance(self._broken))
        return msgspec.structs.replace(found, pages=made)

    async def email_by_id(self, token: str, *_: Any) -> Any:
        """An address."""
        return f"{token}@example.com"

    async def locations(self, *_: Any) -> Any:
        """Places."""
        return await self._later(Location, "", many=True)

    def systems(self) -> Any:
        """Systems; at once."""
        return self._made(SystemInfo, "", many=True)

    def status_mappings(self) -> Any:
        """Words; at once."""
        return self._made(StatusMapping, "", many=True)

    def _one_or_error(self, kind: Any, asked: str) -> Any:
        maker = self._maker(f"{kind.__name__} {asked}")
        return maker.error() if maker.chance(self._failing) else maker.one(kind)

    async def _later(self, kind: Any, asked: str, *, many: bool = False) -> Any:
        for _ in range(self._maker(f"{kind.__name__} {asked}").turns()):
            await asyncio.sleep(0)
        return self._made(kind, asked, many=many)

    def _made(self, kind: Any, asked: str, *, many: bool = False) -> Any:
        maker = self._maker(f"{kind.__name__} {asked}")
        if maker.chance(self._failing):
            raise maker.error()
        return maker.some(kind) if many else maker.one(kind)

    def _maker(self, asked: str) -> Maker:
        return Maker(f"{self._seed} {asked}", self._broken)
