"""The check that contenders answer alike: the hand-written handler passes it, and whatever differs does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio

from bench.contenders.handwritten import Handler
from bench.load import WrongAnswer, check, difference
from bench.ready_made import ReadyMade, parts_of
from bench.recording import Exchange, Page, Recording, record

Orders = list[dict[str, Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recording() -> Recording:
    """Twenty orders, and four pages of five."""
    return await record({20: (20,), 10: (5, 5)})


def body(orders: Orders) -> bytes:
    """An answer that holds these orders."""
    return json.dumps({"data": {"orders": {"nodes": orders}}}).encode()


async def test_handler_of_another_hand_comes_to_the_same(recording: Recording) -> None:
    """The hand-written handler, which knows nothing of the gateway, makes the same orders of the vendors' answers."""

    async def fetch(system: str, exchange: Exchange) -> bytes:
        return exchange.answer

    handler = Handler(recording, fetch)
    for pages in recording.pages.values():
        for page in pages:
            check(await handler.answer(json.dumps({"variables": page.variables()}).encode()), page)


async def test_every_order_is_told_by_three_systems(recording: Recording) -> None:
    """The business of the benchmark leaves no contender without work: each order has lines, invoice, parcel, events."""
    (page,) = recording.pages[20]
    assert len({order["id"] for order in page.orders}) == 20
    for order in page.orders:
        (shipment,) = order["shipments"]
        (package,) = shipment["packages"]
        assert order["lines"]["nodes"]
        assert len(order["invoices"]) == 1
        assert package["events"]


def _lose_an_order(orders: Orders) -> None:
    del orders[3]


def _swap_orders(orders: Orders) -> None:
    orders[3], orders[4] = orders[4], orders[3]


def _miss_a_cent(orders: Orders) -> None:
    orders[7]["totals"]["total"]["amount"] = "0.01"


def _write_a_number_as_text(orders: Orders) -> None:
    orders[7]["lines"]["nodes"][0]["quantity"]["ordered"] = "1"


def _lose_an_event(orders: Orders) -> None:
    orders[7]["shipments"][0]["packages"][0]["events"].pop()


def _leave_a_field_out(orders: Orders) -> None:
    del orders[7]["customer"]["email"]


def _add_a_field(orders: Orders) -> None:
    orders[7]["note"] = None


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_lose_an_order, "orders has 19 entries and not 20"),
        (_swap_orders, "orders[3].id is "),
        (_miss_a_cent, "orders[7].totals.total.amount is '0.01' and not "),
        (_write_a_number_as_text, "orders[7].lines.nodes[0].quantity.ordered is '1' and not "),
        (_lose_an_event, "orders[7].shipments[0].packages[0].events has "),
        (_leave_a_field_out, "orders[7].customer has ['name'] and not ['email', 'name']"),
        (_add_a_field, "orders[7] has "),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_differs_is_found(recording: Recording, spoil: Callable[[Orders], None], said: str) -> None:
    """Whatever is lost, added, moved or written in another way makes the answer wrong, and the place is named."""
    (page,) = recording.pages[20]
    check(body(page.orders), page)
    orders = copy.deepcopy(page.orders)
    spoil(orders)
    with pytest.raises(WrongAnswer) as wrong:
        check(body(orders), page)
    assert str(wrong.value).startswith(said)


@pytest.mark.parametrize("answer", [b"", b"{}", b'{"data":null}', b'{"data":{"orders":null}}', b"[]", b"\xff"])
def test_what_is_no_answer_is_wrong(answer: bytes) -> None:
    """A body without orders is no right answer, whatever it is."""
    page = Page(query="", first=1, after=None, calls=(), orders=[])
    with pytest.raises(WrongAnswer, match="no orders in it"):
        check(answer, page)


def test_answer_with_errors_is_wrong() -> None:
    """The right orders with errors beside them are no right answer."""
    page = Page(query="", first=1, after=None, calls=(), orders=[])
    with pytest.raises(WrongAnswer, match="it has errors"):
        check(b'{"data":{"orders":{"nodes":[]}},"errors":[{"message":"one system is down"}]}', page)


def test_types_differ_even_where_python_calls_them_equal() -> None:
    """True is not 1, and 1.0 is not 1: JSON tells them apart."""
    assert difference({"a": 1}, {"a": True}, "x") == "x.a is True and not 1"
    assert difference([1], [1.0], "x") == "x[0] is 1.0 and not 1"


async def test_ready_made_content_is_the_same_content(recording: Recording) -> None:
    """What is given ready-made to the gateways that merge by number is the page's orders, each part once."""
    (page,) = recording.pages[20]
    parts = next(parts for parts in parts_of(recording) if parts.first == 20)
    systems = {system: ReadyMade(recording, system) for system in recording.exchanges}
    listed = [
        order
        for system, path in parts.lists
        for order in json.loads(systems[system].answer(f"GET {path}".encode(), b"") or b"")
    ]
    listed.sort(key=lambda order: str(order["placedAt"]), reverse=True)
    numbers = json.dumps([order["number"] for order in listed]).encode()
    for system, field in (("erp", "invoices"), ("wms", "shipments")):
        found = json.loads(systems[system].answer(f"POST /ready/{field}".encode(), numbers) or b"")
        for order, value in zip(listed, found, strict=True):
            order[field] = value
    check(body(listed), page)


async def test_others_make_as_many_calls(recording: Recording) -> None:
    """A gateway that follows the parts of a page makes exactly as many calls as Orderweave made for it."""
    pages = [page for pages in recording.pages.values() for page in pages]
    for page, parts in zip(pages, parts_of(recording), strict=True):
        looked_up = sum(-(-len(page.orders) // size) for size in parts.numbers_a_call.values())
        assert len(parts.lists) + looked_up == len(page.calls)
