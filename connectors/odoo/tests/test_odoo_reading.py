"""What a question costs in calls, exactly; pages, changes and bad records over the wire."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connectors.odoo.tests.servers import START, Odoo16, Odoo19, ask, connected, many_orders, world_of
from orderweave_odoo.changes import OVERLAP
from orderweave_odoo.connector import OdooConnector
from orderweave_odoo.expressible import told_order
from orderweave_odoo.manifest import MANIFEST
from orderweave_odoo.simulator import OdooSimulator
from orderweave_sdk.batches import keys_of, packed
from orderweave_sdk.capabilities import Search
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Axis, Facet, Key, OrderRecord, StatusWord
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest


@pytest.mark.parametrize(
    ("facets", "models"),
    [
        ([], ["sale.order"]),
        ([Facet.HEADER], ["sale.order", "sale.order.line"]),
        ([Facet.LINES], ["sale.order", "sale.order.line", "product.product"]),
        ([Facet.CUSTOMER], ["sale.order", "res.partner"]),
        ([Facet.ADDRESSES], ["sale.order", "res.partner", "res.country.state"]),
        ([Facet.INVOICES], ["sale.order", "account.move"]),
        (
            [Facet.FULFILLMENT],
            ["sale.order", "stock.picking", "stock.move", "product.product", "stock.picking.type"],
        ),
        ([Facet.RETURNS], ["sale.order", "stock.picking", "stock.move", "product.product"]),
    ],
)
async def test_a_facet_costs_what_it_needs(facets: list[Facet], models: list[str]) -> None:
    """One call a model that the facet needs, and none for the others."""
    server = Odoo19()
    async with connected(server) as subject:
        await subject.check(Call.within(10))
        before = len(server.calls)
        await ask(subject, frozenset(facets))
    assert [call.operation.removesuffix(".search_read") for call in server.calls[before:]] == models


@pytest.mark.parametrize(("count", "calls"), [(1, 8), (20, 9), (1000, 90)])
async def test_a_thousand_orders(count: int, calls: int) -> None:
    """A hundred a batch, nine calls a batch with every facet; all come, each once, with all that is theirs."""
    server = Odoo19()
    orders = many_orders(count)
    server.seed(world_of(orders))
    async with connected(server) as subject:
        await subject.check(Call.within(30))
        before = len(server.calls)
        found: list[OrderRecord] = []
        for batch in packed(keys_of("id", [order.external_id for order in orders]), MANIFEST):
            answer = await subject.find_orders(batch, MANIFEST.facets, Call.within(30))
            assert answer.gaps == ()
            found += answer.records
    assert len(server.calls) - before == calls
    assert [comparable(record) for record in found] == [comparable(told_order(order)) for order in orders]


async def test_long_listings_are_read_on() -> None:
    """An order of 2,500 lines takes three answers for them, in order."""
    (first, *_) = many_orders(1)
    assert first.lines is not None
    lines = tuple(
        msgspec.structs.replace(first.lines[0], external_id=OdooSimulator.external_id("line", n)) for n in range(2500)
    )
    server = Odoo19()
    server.seed(world_of([msgspec.structs.replace(first, lines=lines)]))
    async with connected(server) as subject:
        (record,) = (await ask(subject, frozenset({Facet.LINES}), first.external_id)).records
    assert record.lines is not None
    assert [line.external_id for line in record.lines] == [line.external_id for line in lines]
    asked = [call.detail["offset"] for call in server.calls if call.operation == "sale.order.line.search_read"]
    assert asked == [0, 1000, 2000]


async def test_what_is_past_the_bound_is_a_gap() -> None:
    """A reference that stands in more orders than can be read gives those that can, and says so."""

    class Endless(Odoo19):
        page = b""

        async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
            answer = await super().answer(request)
            if request.path != "/json/2/sale.order/search_read":
                return answer
            self.page = self.page or json.dumps(json.loads(answer.body) * 1000).encode()
            return SimulatedAnswer(body=self.page)

    server = Endless()
    server.seed(world_of(many_orders(1)))
    async with connected(server) as subject:
        found = await ask(subject, identity="1000001")
    assert [gap.reason for gap in found.gaps] == ["orders: more than can be read for one batch, the rest was left out"]
    assert sum(call.operation == "sale.order.search_read" for call in server.calls) == 20


async def test_orders_that_changed_in_one_second() -> None:
    """Pages by last change give each once, though the server stores parts of a second and tells none."""
    orders = [msgspec.structs.replace(order, updated_at=START) for order in many_orders(25)]
    server = Odoo19()
    server.seed(world_of(orders))
    async with connected(server) as subject:
        for descending in (False, True):
            seen: list[str] = []
            after: str | None = None
            for _ in range(10):
                search = Search(
                    conditions=(),
                    sort=SearchField.UPDATED_AT,
                    descending=descending,
                    size=7,
                    after=after,
                    facets=frozenset(),
                )
                page = await subject.search_orders(search, Call.within(10))
                seen += [hit.record.external_id for hit in page.hits]
                after = page.hits[-1].cursor
                if not page.more:
                    break
            expected = sorted((order.external_id for order in orders), reverse=descending)
            assert seen == expected


async def changed(subject: OdooConnector, cursor: str | None, clock: Any) -> tuple[str, list[str]]:
    """All that changed since a cursor."""
    found: list[str] = []
    for _ in range(20):
        changes = await subject.list_changes(cursor, None, frozenset(), Call.within(10, clock))
        found += [record.external_id for record in changes.records]
        cursor = changes.cursor
        if not changes.more:
            return cursor, found
    raise AssertionError("the changes never end")


class Clock:
    """A clock that stands where a test puts it."""

    moment = START + timedelta(days=30)

    def now(self) -> datetime:
        """The test's moment."""
        return self.moment

    def monotonic(self) -> float:
        """No time passes."""
        return 0.0


@pytest.mark.parametrize("kind", [Odoo19, Odoo16])
async def test_changes_of_what_belongs_to_an_order(kind: type[Odoo19]) -> None:
    """A transfer or an invoice that changed brings its order, though the order's own stamp is old."""

    for model, identity in (("stock.picking", 4000003), ("account.move", 9000003)):
        server, clock = kind(), Clock()
        server.seed(world_of(many_orders(250)))
        async with connected(server) as subject:
            cursor, everything = await changed(subject, None, clock)
            assert len(set(everything)) == 250
            cursor, nothing = await changed(subject, cursor, clock)
            assert nothing == []
            server.touch(model, identity, clock.moment)
            _, found = await changed(subject, cursor, clock)
            assert found == ["1000003"]


async def test_the_feed_reaches_back() -> None:
    """What was stamped within the last five minutes comes again: its neighbors may not have been visible yet."""
    clock = Clock()
    orders = many_orders(2)
    recent = msgspec.structs.replace(orders[0], updated_at=clock.moment - OVERLAP / 2)
    server = Odoo19()
    server.seed(world_of([recent, orders[1]]))
    async with connected(server) as subject:
        cursor, _ = await changed(subject, None, clock)
        assert (await changed(subject, cursor, clock))[1] == [recent.external_id]
        clock.moment += OVERLAP
        cursor, _ = await changed(subject, cursor, clock)
        assert (await changed(subject, cursor, clock))[1] == []
        with pytest.raises(GiveUp, match="the cursor is not one of this connector's"):
            await changed(subject, "[]", clock)


async def test_moments_and_numbers_past_belief() -> None:
    """A moment that is none and a number without end are a gap of their order, and no failure of the others."""

    class Odd(Odoo19):
        async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
            answer = await super().answer(request)
            if request.path != "/json/2/sale.order/search_read":
                return answer
            rows = json.loads(answer.body)
            rows[0]["write_date"] = "yesterday"
            rows[1]["amount_total"] = 1e300
            return SimulatedAnswer(body=json.dumps(rows).encode())

    async with connected(Odd()) as subject:
        keys = keys_of("id", ["1000001", "1000002", "1000003"])
        found = await subject.find_orders(keys, frozenset({Facet.HEADER}), Call.within(10))
    assert [record.external_id for record in found.records] == ["1000003"]
    reason = "order: a moment, date or number that cannot be read"
    assert [(gap.reason, gap.external_id) for gap in found.gaps] == [(reason, "1000001"), (reason, "1000002")]


async def test_mixed_look_ups() -> None:
    """Ids, numbers and both reference fields share one call, and blanks count."""
    orders = list(many_orders(4))
    orders[2] = msgspec.structs.replace(orders[2], references=(Key("client_order_ref", "SO-7 "),))
    orders[3] = msgspec.structs.replace(orders[3], references=(Key("origin", "#1007"),))
    server = Odoo19()
    server.seed(world_of(orders))
    keys = [
        *(Key("id", "1000001"), Key("number", "1002"), Key("client_order_ref", "SO-7 ")),
        *(Key("origin", "#1007"), Key("client_order_ref", "SO-7")),
    ]
    async with connected(server) as subject:
        found = await subject.find_orders(keys, frozenset(), Call.within(10))
        nobody = await subject.find_orders([Key("client_order_ref", "SO-7")], frozenset(), Call.within(10))
    assert [record.external_id for record in found.records] == ["1000001", "1000002", "1000003", "1000004"]
    assert nobody.records == ()
    assert sum(call.operation == "sale.order.search_read" for call in server.calls) == 2


async def test_lines_of_orders_without_a_delivery() -> None:
    """For fulfillment alone they are read of these orders alone: whether there is anything to deliver."""
    orders = [told_order(order) for order in many_orders(3)]
    word = StatusWord(Axis.FULFILLMENT, "", "UNFULFILLED", "")
    others = tuple(each for each in orders[1].statuses if each.axis is not Axis.FULFILLMENT)
    orders[1] = msgspec.structs.replace(orders[1], fulfillment=None, statuses=(*others, word))
    server = Odoo19()
    server.seed(world_of(orders))
    async with connected(server) as subject:
        keys = keys_of("id", [order.external_id for order in orders])
        found = await subject.find_orders(keys, frozenset({Facet.FULFILLMENT}), Call.within(10))
    assert [record.statuses[0].raw == "none" for record in found.records] == [False, True, False]
    lines = [call.request for call in server.calls if call.operation == "sale.order.line.search_read"]
    asked = [request.json()["domain"] for request in lines]
    assert asked == [[["order_id", "in", [int(orders[1].external_id)]]]]


async def test_stock_costs_four_calls() -> None:
    """Products and warehouses, then their quants, then where these lie; an unknown SKU asks for no quants."""
    server = Odoo19()
    async with connected(server) as subject:
        await subject.check(Call.within(10))
        before = len(server.calls)
        stock = await subject.read_stock(["TEA-GREEN-100"], None, Call.within(10))
        assert len(server.calls) - before == 4
        assert [level.on_hand for level in stock.records] == [Decimal(40), Decimal(40)]
        assert (await subject.read_stock(["NO-SUCH"], None, Call.within(10))).records == ()
        assert len(server.calls) - before == 6
