"""The contract suite's part about listing SKUs."""

from __future__ import annotations

from typing import Any

import msgspec

from orderweave_sdk.capabilities import Skus
from orderweave_sdk.manifest import Capability
from orderweave_sdk.testing.contract_setting import ContractSetting
from orderweave_sdk.testing.simulator import SimulatedSystem
from orderweave_sdk.testing.world import World

# More than any vendor gives in one page.
_MANY = 1_100
_MOST_PAGES = 200


class SkuContract(ContractSetting):
    """What holds of every system that lists its SKUs."""

    async def test_skus_are_listed(self, subject: Any) -> None:
        """All pages together hold each SKU that has a level, and none that the system does not know."""
        self.need(Capability.LIST_SKUS)
        listed = set(await self._listed(subject))
        kept = {level.sku for level in self.world.stock}
        assert kept <= listed <= kept | {product.sku for product in self.world.products}

    async def test_skus_are_listed_page_by_page(self, subject: Any, system: SimulatedSystem) -> None:
        """A catalog of over a thousand comes in several pages, each of one call, and every SKU comes once."""
        self.need(Capability.LIST_SKUS)
        names = [f"MANY-{n:05d}" for n in range(_MANY)]
        level, product = self.world.stock[0], self.world.products[0]
        made, changed = self.simulator.external_id, msgspec.structs.replace
        system.seed(
            changed(
                self._bare(),
                stock=tuple(changed(level, sku=sku, external_id=made("stock", n)) for n, sku in enumerate(names, 1)),
                products=tuple(
                    changed(product, sku=sku, external_id=made("product", n)) for n, sku in enumerate(names, 1)
                ),
            )
        )
        await subject.check(self.call())  # sign-in and other first-time costs
        before = len(system.calls)
        listed = await self._listed(subject)
        assert sorted(listed) == names
        assert 2 <= len(system.calls) - before <= _MOST_PAGES

    async def test_no_skus_are_no_error(self, subject: Any, system: SimulatedSystem) -> None:
        """A system without goods has one empty page."""
        self.need(Capability.LIST_SKUS)
        system.seed(msgspec.structs.replace(self._bare(), stock=(), products=()))
        assert await subject.list_skus(None, self.call()) == Skus(skus=(), after=None)

    def _bare(self) -> World:
        """The world without what names goods by the way: some systems have a product for each line of an order."""
        return msgspec.structs.replace(self.world, orders=(), receipts=())

    async def _listed(self, subject: Any) -> list[str]:
        found: list[str] = []
        after: str | None = None
        for _ in range(_MOST_PAGES):
            page = await subject.list_skus(after, self.call())
            assert page.gaps == ()
            found += page.skus
            after = page.after
            if after is None:
                return found
        raise AssertionError("the SKUs never end")
