"""The oversell watch, and what is asked for it: some SKUs after another, of those given or of all that are known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from orderweave.answering import Gateway
from orderweave.answering.errors import RequestError
from orderweave.answering.overselling import MOST_WATCHED
from orderweave.inventory import promised
from orderweave.model.codes import Code
from orderweave.model.inventory import OversellReport
from orderweave.model.skus import SkuPage
from orderweave.model.systems import PlaceSpec
from orderweave.model.terms import Terms
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import LocationKind, Place, ReceiptRecord
from tests.unit.fake_business import erp, shop, stock, wms
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import Woven, weave

EAST = PlaceSpec(id="east", name="East", kind=LocationKind.WAREHOUSE, systems={"erp": "12", "wms": "W1", "shop": "L1"})
NAMES = ("A", "B", "C", "D", "E")


def business(*, listed: int = 9) -> Woven:
    """Five SKUs, five of each at East; the shop lists nine of B and of D, and expects ten more of A."""
    web, books, house = shop(), erp(), wms()
    house.stock = [stock(name, "W1", 5) for name in NAMES]
    web.stock = [stock(name, "L1", 5, available=listed if name in "BD" else 5) for name in NAMES]
    able = books.manifest.capabilities | {Capability.READ_RECEIPTS}
    books.manifest = msgspec.structs.replace(books.manifest, capabilities=able)
    books.receipts = [
        ReceiptRecord(
            sku="a",
            location=Place(external_id="12"),
            external_id="r1",
            quantity=Decimal(10),
            expected_at=NOON + timedelta(days=2),
        )
    ]
    return weave(web, books, house, places=(EAST,))


class Known:
    """An index of these SKUs, that remembers how it was asked."""

    def __init__(self, *names: str) -> None:
        self.names = sorted(names)
        self.asked: list[tuple[str | None, int]] = []

    async def listed(self, after: str | None, size: int, call: Terms) -> SkuPage:
        """A page."""
        self.asked.append((after, size))
        left = [name for name in self.names if after is None or name > after]
        return SkuPage(skus=tuple(left[:size]), more=len(left) > size)


def knowing(woven: Woven, known: Any) -> Gateway:
    """The gateway with such an index."""
    parts = msgspec.structs.replace(woven.gateway.parts, known_skus=known)
    return Gateway(parts, deadline_seconds=10, points=woven.gateway.points)


async def watch(
    gateway: Gateway, skus: list[str] | None, first: int | None, after: str | None = None
) -> OversellReport:
    """The watch, once."""
    return await gateway.oversells(skus, first, after, gateway.call())


def cases(report: OversellReport) -> list[tuple[str, str, int]]:
    """Each case by SKU, channel and excess."""
    return [(case.sku, case.channel.code, int(case.excess)) for case in report.oversells]


async def test_every_case_and_no_other() -> None:
    """Two of five SKUs are listed above what is there; what is asked twice is looked at once, in order."""
    report = await watch(business().gateway, ["e", "D", "d", "B", "A"], None)
    assert cases(report) == [("B", "shop", 4), ("D", "shop", 4)]
    assert (report.checked, report.unjudged, report.missing, report.next_cursor) == (4, (), (), None)
    assert cases(await watch(business(listed=5).gateway, list(NAMES), None)) == []


async def test_pages_go_through_all_of_them() -> None:
    """Two SKUs at a time, each looked at once, the last page without a cursor."""
    gateway = business().gateway
    after, found, checked = None, [], []
    for _ in range(3):
        report = await watch(gateway, list(reversed(NAMES)), 2, after)
        after = report.next_cursor
        found += cases(report)
        checked.append(report.checked)
    assert (found, checked, after) == ([("B", "shop", 4), ("D", "shop", 4)], [2, 2, 1], None)


async def test_all_that_are_known() -> None:
    """Without SKUs the index is asked page by page, from the cursor on; where nothing is known nothing is looked at."""
    known = Known("a", "b", "c", "d", "e")
    gateway = knowing(business(), known)
    first = await watch(gateway, None, 3)
    second = await watch(gateway, None, 3, first.next_cursor)
    assert [cases(first), cases(second)] == [[("B", "shop", 4)], [("D", "shop", 4)]]
    assert known.asked == [(None, 3), ("c", 3)]
    empty = await watch(knowing(business(), Known()), None, None)
    assert (empty.checked, empty.next_cursor) == (0, None)


@pytest.mark.parametrize(
    ("skus", "first", "after", "code", "message"),
    [
        (None, None, None, Code.UNSUPPORTED, "skus must be given: without an index"),
        ([], None, None, Code.BAD_INPUT, "skus must hold 1 to 200 SKUs, holds 0"),
        (["A"] * 201, None, None, Code.BAD_INPUT, "skus must hold 1 to 200 SKUs, holds 201"),
        ([" "], None, None, Code.BAD_INPUT, "a SKU must be a text of 1 to 200 characters"),
        (["A"], 0, None, Code.BAD_INPUT, "first must be between 1 and 200, is 0"),
        (["A"], 201, None, Code.BAD_INPUT, "first must be between 1 and 200, is 201"),
        (["A"], None, "x", Code.BAD_INPUT, "after: not a cursor of this list"),
    ],
)
async def test_what_makes_no_sense(
    skus: list[str] | None, first: int | None, after: str | None, code: Code, message: str
) -> None:
    """Each is refused in words, before any system is asked."""
    woven = business()
    with pytest.raises(RequestError, match=f"^{message}") as refused:
        await watch(woven.gateway, skus, first, after)
    assert refused.value.code is code
    assert not any(fake.calls for fake in woven.fakes.values())


async def test_nothing_is_said_without_a_holder() -> None:
    """While the warehouse is down the SKUs are unjudged; a shop that is down is missing, and nothing of it is told."""
    woven = business()
    woven.fakes["wms"].errors["stock"] = Unreachable("stock: no connection")
    report = await watch(woven.gateway, ["A", "B"], None)
    assert (cases(report), report.unjudged, [issue.system for issue in report.missing]) == ([], ("A", "B"), ["wms"])
    woven = business()
    woven.fakes["shop"].errors["stock"] = Unreachable("stock: no connection")
    report = await watch(woven.gateway, ["A", "B"], None)
    assert (cases(report), report.unjudged, [issue.system for issue in report.missing]) == ([], (), ["shop"])


async def test_receipts_are_asked_for_when_they_are_wanted() -> None:
    """Whoever asks for stock alone pays for stock alone; what is expected is asked of those who can tell."""
    woven = business()
    call = woven.gateway.call()
    (bare,) = await woven.gateway.inventory(["A"], call)
    assert not any(fake.asked("receipts") for fake in woven.fakes.values())
    assert [promise.quantity for promise in bare.promises] == [5]
    (whole,) = await woven.gateway.inventory(["A"], call, receipts=True)
    assert promised(whole.promises, NOON + timedelta(days=2)) == 15
    assert {name: len(fake.asked("receipts")) for name, fake in woven.fakes.items()} == {"shop": 0, "erp": 1, "wms": 0}
    woven.fakes["erp"].errors["receipts"] = Unreachable("receipts: no connection")
    (less,) = await woven.gateway.inventory(["A"], call, receipts=True)
    assert promised(less.promises, NOON + timedelta(days=2)) == 5
    assert [issue.message for issue in less.freshness.missing] == ["receipts: no connection"]
    assert [(stock.channel.code, stock.excess) for stock in less.channels] == [("shop", Decimal(0))]


async def test_one_record_in_two_batches_is_one() -> None:
    """A system that compares without case gives a record for each batch with a spelling of its SKU: it counts once."""
    web, house = shop(batch=1), wms(batch=1)
    house.stock, web.stock = [stock("Tea", "W1", 5)], [stock("Tea", "L1", 5, available=5)]
    woven = weave(web, house, places=(EAST,))
    for fake in woven.fakes.values():
        answer = await woven.systems.connector(fake.name).read_stock(["Tea"], None, woven.gateway.call())
        fake.answer["stock"] = partial(replace, answer)
    (item,) = await woven.gateway.inventory(["Tea"], woven.gateway.call())
    assert [item.on_hand, *(listing.quantity for listing in item.listings)] == [5, 5]


async def test_what_is_followed() -> None:
    """All that are known in batches of two hundred, each with whether all answered; more than a thousand is refused."""
    woven = business()
    known = Known(*(f"s{position:04}" for position in range(MOST_WATCHED)))
    gateway = knowing(woven, known)
    report, whole = await gateway.oversells_watched((), gateway.call())
    assert (report.checked, len(whole), all(whole.values())) == (MOST_WATCHED, MOST_WATCHED, True)
    assert known.asked == [(None, MOST_WATCHED)]
    known.names.append("t")
    with pytest.raises(RequestError, match="more than 1000 SKUs are listed; name those to follow"):
        await gateway.oversells_watched((), gateway.call())
