"""Listings in which some orders cannot be read, or change while they are paged through: nothing behind them is lost."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from connectors.odoo.tests.servers import START, Odoo19, connected, many_orders, world_of
from orderweave_odoo.changes import CHANGES_PAGE
from orderweave_odoo.connector import OdooConnector
from orderweave_odoo.searching import moved
from orderweave_sdk.capabilities import Page, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import ProductRecord
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.testing.world import World


class Odd(Odoo19):
    """Tells some records of a model so that they cannot be read: `field` of these is `value`."""

    def __init__(self, bad: Collection[int], field: str, value: Any, model: str = "sale.order") -> None:
        super().__init__()
        self.bad = bad
        self.model = model
        self.spoiled = {field: value}

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the server, but for these records."""
        answer = await super().answer(request)
        if request.path != f"/json/2/{self.model}/search_read":
            return answer
        rows = [row | self.spoiled if row["id"] in self.bad else row for row in json.loads(answer.body)]
        return SimulatedAnswer(body=json.dumps(rows).encode())


# With a stamp that can be read, and without one.
ODD = [("name", {}), ("write_date", "yesterday"), ("write_date", None)]


async def page_of(subject: OdooConnector, *, descending: bool, size: int, after: str | None) -> Page:
    """One page by last change."""
    search = Search(
        conditions=(),
        sort=SearchField.UPDATED_AT,
        descending=descending,
        size=size,
        after=after,
        facets=frozenset(),
    )
    return await subject.search_orders(search, Call.within(10))


@pytest.mark.parametrize(("field", "value"), ODD)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("apart", [0, 60])
async def test_pages_without_a_readable_order_are_passed(field: str, value: Any, descending: bool, apart: int) -> None:
    """The search goes on behind them, each other order once, whether orders share a second or not.

    One may come twice where all share a second and a page began with a stamp that cannot be read.
    """
    orders = [
        msgspec.structs.replace(order, updated_at=START + timedelta(seconds=apart * n))
        for n, order in enumerate(many_orders(12))
    ]
    bad = {1000001, 1000004, 1000005, 1000006, 1000009}
    server = Odd(bad, field, value)
    server.seed(world_of(orders))
    seen: list[str] = []
    gaps: set[str | None] = set()
    after: str | None = None
    async with connected(server) as subject:
        for _ in range(12):
            page = await page_of(subject, descending=descending, size=2, after=after)
            seen += [hit.record.external_id for hit in page.hits]
            gaps |= {gap.external_id for gap in page.gaps}
            if not page.more:
                break
            after = page.hits[-1].cursor
    expected = [order.external_id for order in orders if int(order.external_id) not in bad]
    if not apart and value in ("yesterday", None):
        seen = list(dict.fromkeys(seen))
    assert seen == (expected[::-1] if descending else expected)
    assert gaps == {str(identity) for identity in bad}


async def test_a_search_that_finds_nothing_readable_ends() -> None:
    """After ten pages it is said that no order can be read, and nothing is called complete."""
    orders = many_orders(25)
    server = Odd({int(order.external_id) for order in orders}, "name", {})
    server.seed(world_of(orders))
    async with connected(server) as subject:
        with pytest.raises(BadPayload, match="page after page holds no order that can be read"):
            await page_of(subject, descending=False, size=2, after=None)
    assert sum(call.operation == "sale.order.search_read" for call in server.calls) == 10


def test_a_stamp_that_cannot_be_read_counts() -> None:
    """It may be of the second before it or of the next one: the count goes on until a second surely begins."""
    one = datetime(2026, 3, 1, 8, tzinfo=UTC)
    two, three = one + timedelta(seconds=1), one + timedelta(seconds=2)
    assert moved((one, 1), [None, two, two, three]) == [(one, 2), (one, 3), (one, 4), (three, 1)]
    assert [given for _, given in moved(None, [None, one, two])] == [1, 2, 1]


class Clock:
    """A clock that stands a month after the orders."""

    def now(self) -> datetime:
        """The test's moment."""
        return START + timedelta(days=30)

    def monotonic(self) -> float:
        """No time passes."""
        return 0.0


async def changes(subject: OdooConnector, cursor: str | None) -> tuple[str | None, list[str]]:
    """All that changed since a cursor."""
    found: list[str] = []
    for _ in range(20):
        page = await subject.list_changes(cursor, None, frozenset(), Call.within(10, Clock()))
        found += [record.external_id for record in page.records]
        cursor = page.cursor
        if not page.more:
            return cursor, found
    raise AssertionError("the changes never end")


async def test_the_order_that_changed_last_changes_again() -> None:
    """It leaves the second in which it was told, and is told once more."""
    server = Odoo19()
    server.seed(world_of(many_orders(3)))
    async with connected(server) as subject:
        cursor, found = await changes(subject, None)
        assert found == ["1000001", "1000002", "1000003"]
        server.touch("sale.order", 1000003, Clock().now())
        cursor, found = await changes(subject, cursor)
        assert found == ["1000003"]


@pytest.mark.parametrize(("field", "value"), [("write_date", "yesterday"), ("write_date", None)])
async def test_a_page_of_changes_that_cannot_be_read_is_passed(field: str, value: Any) -> None:
    """What follows it is told, and what cannot be read is not asked for for ever."""
    orders = [
        msgspec.structs.replace(order, updated_at=START + timedelta(seconds=n))
        for n, order in enumerate(many_orders(CHANGES_PAGE + 3))
    ]
    ids = [order.external_id for order in orders]
    server = Odd({int(identity) for identity in ids[: CHANGES_PAGE + 1]}, field, value)
    server.seed(world_of(orders))
    async with connected(server) as subject:
        cursor, found = await changes(subject, None)
        assert found == ids[CHANGES_PAGE + 1 :]
        assert (await changes(subject, cursor))[1] == []


def goods(count: int) -> World:
    """So many products, the second out of use."""
    return World(
        products=tuple(
            ProductRecord(external_id=str(n), sku=f"S{n}", title=f"Goods {n}", active=n != 2)
            for n in range(1, count + 1)
        )
    )


async def test_products_that_cannot_be_read_hide_no_sku() -> None:
    """They are gaps, whether they stand amid a page or at its end, where the next one begins; none comes twice."""
    server = Odd({3, 1000}, "default_code", 7, model="product.product")
    async with connected(server) as subject:
        server.seed(goods(1002))
        first = await subject.list_skus(None, Call.within(10))
        assert first.after == "999"
        assert first.skus == tuple(f"S{n}" for n in range(1, 1000) if n != 3)
        second = await subject.list_skus(first.after, Call.within(10))
    assert (second.skus, second.after) == (("S1001", "S1002"), None)
    assert [gap.external_id for page in (first, second) for gap in page.gaps] == ["3", "1000", "1000"]


async def test_a_page_of_products_that_cannot_be_read_is_no_answer() -> None:
    """What follows it would be missed, and a cursor of another's is refused."""
    server = Odd(range(1, 1001), "default_code", 7, model="product.product")
    async with connected(server) as subject:
        server.seed(goods(1001))
        with pytest.raises(BadPayload, match="not one of a page could be read"):
            await subject.list_skus(None, Call.within(10))
        with pytest.raises(GiveUp, match="the cursor is not one of this connector's"):
            await subject.list_skus("S1", Call.within(10))
