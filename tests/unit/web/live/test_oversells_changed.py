"""Following the oversell watch: what is oversold at first, and each SKU whose case begins, moves or ends."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave.model.systems import PlaceSpec
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import LocationKind, Place, ReceiptRecord
from tests.unit.fake_business import shop, stock, wms
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import Woven, weave
from tests.unit.web.live.talks import Talk, talking

EAST = PlaceSpec(id="east", name="East", kind=LocationKind.WAREHOUSE, systems={"wms": "W1", "shop": "L1"})
QUERY = """subscription { oversellsChanged(skus: ["sku-2", "SKU-1"]) {
  changed gap unjudged oversells { sku channel { code } excess listed { quantity } available { quantity ageSeconds } }
} }"""


def business() -> Woven:
    """Five of one SKU and seven of another in a warehouse; the shop lists eight of the other."""
    web, house = shop(), wms()
    house.stock = [stock("SKU-1", "W1", 5), stock("SKU-2", "W1", 7)]
    web.stock = [stock("SKU-1", "L1", 5, available=5), stock("SKU-2", "L1", 7, available=8)]
    return weave(web, house, places=(EAST,))


def holds(woven: Woven, position: int, on_hand: int) -> None:
    """Let the warehouse count so many of a SKU."""
    levels = woven.fakes["wms"].stock
    levels[position] = msgspec.structs.replace(levels[position], on_hand=Decimal(on_hand), available=Decimal(on_hand))


async def told(talk: Talk) -> dict[str, Any]:
    """The next answer."""
    update: dict[str, Any] = (await talk.hear())["payload"]["data"]["oversellsChanged"]
    return update


def case(sku: str, listed: int, available: int) -> dict[str, Any]:
    """One case of the shop's, as of now."""
    return {
        "sku": sku,
        "channel": {"code": "shop"},
        "excess": listed - available,
        "listed": {"quantity": listed},
        "available": {"quantity": available, "ageSeconds": 0},
    }


async def test_each_case_that_begins_moves_or_ends_is_told() -> None:
    """The first answer has every case; after that the SKUs that changed, with their cases as they are now."""
    async with talking(woven=business()) as talks:
        talk = await talks.begun()
        talk.subscribe("1", QUERY)
        assert await told(talk) == {
            "changed": [],
            "gap": False,
            "unjudged": [],
            "oversells": [case("SKU-2", 8, 7)],
        }
        holds(talks.woven, 0, 3)
        await talks.changed()
        update = await told(talk)
        assert (update["changed"], update["oversells"]) == (["sku-1"], [case("SKU-1", 5, 3)])
        holds(talks.woven, 1, 6)
        await talks.changed()
        update = await told(talk)
        assert (update["changed"], update["oversells"]) == (["sku-2"], [case("SKU-2", 8, 6)])
        holds(talks.woven, 1, 9)
        await talks.changed()
        update = await told(talk)
        assert (update["changed"], update["oversells"]) == (["sku-2"], [])


async def test_more_stock_where_nothing_is_oversold_is_no_news() -> None:
    """Of numbers that differ and are no oversell nobody is told: the next answer is of the SKU that is one."""
    async with talking(woven=business()) as talks:
        talk = await talks.begun()
        talk.subscribe("1", QUERY)
        await told(talk)
        holds(talks.woven, 0, 50)
        await talks.changed()
        holds(talks.woven, 1, 6)
        await talks.changed()
        assert (await told(talk))["changed"] == ["sku-2"]


async def test_a_warehouse_that_is_away_is_neither_a_beginning_nor_an_end() -> None:
    """While it is down nothing is told; what became another meanwhile is told once it is back."""
    async with talking(woven=business()) as talks:
        talk = await talks.begun()
        talk.subscribe("1", QUERY)
        await told(talk)
        talks.woven.fakes["wms"].errors["stock"] = Unreachable("stock: no connection")
        await talks.changed()
        del talks.woven.fakes["wms"].errors["stock"]
        holds(talks.woven, 0, 4)
        await talks.changed()
        update = await told(talk)
        assert (update["changed"], update["unjudged"]) == (["sku-1"], [])
        assert update["oversells"] == [case("SKU-1", 5, 4)]


@pytest.mark.parametrize(
    ("skus", "code"),
    [("", "UNSUPPORTED"), ("(skus: [])", "BAD_INPUT"), ('(skus: ["A", " "])', "BAD_INPUT")],
)
async def test_what_cannot_be_followed(skus: str, code: str) -> None:
    """Without SKUs an index is needed; without any, or with an empty one, it makes no sense."""
    async with talking(woven=business()) as talks:
        talk = await talks.begun()
        talk.subscribe("1", f"subscription {{ oversellsChanged{skus} {{ cursor }} }}")
        said = await talk.hear()
        assert said["type"] == "error"
        assert [error["extensions"]["code"] for error in said["payload"]] == [code]


async def test_promises_are_asked_for_in_a_stock_subscription_that_selects_them() -> None:
    """`inventoryChanged` tells what may be promised where that is selected, and asks nobody for it where it is not."""
    for field, receipts, quantity in (("availableToSell", 0, 5), ("availableToPromise(by: $by)", 1, 15)):
        woven = business()
        house = woven.fakes["wms"]
        house.manifest = msgspec.structs.replace(
            house.manifest, capabilities=house.manifest.capabilities | {Capability.READ_RECEIPTS}
        )
        house.receipts = [
            ReceiptRecord(
                sku="SKU-1",
                location=Place(external_id="W1"),
                external_id="1",
                quantity=Decimal(10),
                expected_at=NOON + timedelta(days=1),
            )
        ]
        made = weave(*woven.fakes.values(), places=(EAST,))
        async with talking(woven=made) as talks:
            talk = await talks.begun()
            by = (NOON + timedelta(days=2)).isoformat()
            query = f'subscription {{ inventoryChanged(skus: ["SKU-1"]) {{ items {{ found: {field} }} }} }}'
            talk.subscribe("1", query.replace("$by", f'"{by}"'))
            update = (await talk.hear())["payload"]["data"]["inventoryChanged"]
            assert update == {"items": [{"found": quantity}]}
            assert len(made.fakes["wms"].asked("receipts")) == receipts
