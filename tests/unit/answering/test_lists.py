"""A list of orders: mirrors once, a system that is down, what is pushed down, cursors, and how complete it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from orderweave.answering.errors import RequestError
from orderweave.answering.order_page import page_of
from orderweave.model.codes import Code
from orderweave.model.filters import Filter
from orderweave.model.ids import encode_cursor, encode_id
from orderweave.model.order import OrderConnection
from orderweave.model.provenance import SourceCoverage
from orderweave.planning.needs import Needs
from orderweave_sdk.capabilities import Condition, Gap
from orderweave_sdk.errors import TimedOut, Unreachable
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet
from tests.unit.answering.paging import HEADER, read_page
from tests.unit.fake_business import erp, order, shop, wms
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import FILTERS, Woven, weave

SHOP_ID = encode_id("Order", "shop:number", "1001")


def mirrored(count: int = 3) -> Woven:
    """A shop whose orders the ERP mirrors a minute later, and one order that the ERP has alone."""
    numbers = [1001 + n for n in range(count)]
    return weave(
        shop([order(f"a{n}", str(n), hours=n - 1001) for n in numbers]),
        erp(
            [order(f"e{n}", f"SO{n}", hours=n - 1001 + 1 / 60, reference=("reference", f"#{n}")) for n in numbers]
            + [order("e1", "SO1", hours=0.5)]
        ),
        wms([order(f"w{n}", reference=("order_number", str(n)), tracking=f"T{n}") for n in numbers]),
    )


def numbers_of(page: OrderConnection) -> list[str | None]:
    """The numbers on a page."""
    return [node.number for node in page.nodes]


async def test_one_search_a_place_of_capture() -> None:
    """Three mirrored orders and one of the ERP's own: one search each, one look-up of claimants and one of the own."""
    woven = mirrored()
    page = await read_page(woven, first=10)
    assert numbers_of(page) == ["1003", "1002", "SO1", "1001"]
    assert [[call.what for call in fake.calls] for fake in woven.fakes.values()] == [
        ["search"],
        ["search", "find", "find"],
        [],
    ]
    assert woven.fakes["erp"].calls[0].facets == frozenset()
    assert page.coverage.complete
    assert page.coverage.sources == (SourceCoverage(system="shop", ok=True), SourceCoverage(system="erp", ok=True))


async def test_a_second_source_is_asked_once_a_batch() -> None:
    """Shipments of a whole page cost the warehouse one look-up of all numbers."""
    woven = mirrored()
    page = await read_page(woven, first=10, needs=Needs(facets=frozenset({Facet.HEADER, Facet.FULFILLMENT})))
    assert [len(node.shipments) for node in page.nodes] == [1, 1, 0, 1]
    (batch,) = woven.fakes["wms"].looked_up()
    assert sorted(batch) == ["order_number=1001", "order_number=1002", "order_number=1003"]


async def test_mirrors_that_the_search_did_not_bring_are_looked_up_at_once() -> None:
    """Mirrors whose orders the shop placed long before the page are verified by one look-up, and fall out."""
    shops = shop([order(f"a{n}", str(n), hours=-500) for n in range(1001, 1006)], page_size=2)
    mirrors = [order(f"e{n}", f"SO{n}", hours=n - 1001, reference=("reference", str(n))) for n in range(1001, 1006)]
    woven = weave(shops, erp([*mirrors, order("e1", "SO1", hours=-1)]))
    page = await read_page(woven, first=1)
    assert numbers_of(page) == ["SO1"]
    looked_up = shops.looked_up()
    assert len(looked_up) == 1
    assert {key.partition("=")[2].lstrip("#") for key in looked_up[0]} >= {"1001", "1002", "1003"}


async def test_mirrors_stand_in_while_the_shop_is_down() -> None:
    """With the shop down its orders come from the ERP, each once, with the same ids, and the list says so."""
    woven = mirrored()
    up = await read_page(woven, first=10)
    woven.fakes["shop"].error = Unreachable("orders: no connection")
    down = await read_page(woven, first=10)
    assert [node.id for node in down.nodes] == [node.id for node in up.nodes]
    assert numbers_of(down) == ["SO1003", "SO1002", "SO1", "SO1001"]
    assert [node.freshness.missing[0].system for node in down.nodes if node.number != "SO1"] == ["shop"] * 3
    assert not down.coverage.complete
    assert down.coverage.sources == (
        SourceCoverage(system="shop", ok=False, error="orders: no connection"),
        SourceCoverage(system="erp", ok=True),
    )
    woven.fakes["shop"].error = None
    assert [node.id for node in (await read_page(woven, first=10)).nodes] == [node.id for node in up.nodes]


async def test_two_mirrors_of_one_order_stand_in_once() -> None:
    """An order that the ERP split in two comes once while the shop is down."""
    halves = [order(f"e{n}", f"SO{n}", hours=n, reference=("reference", "1001")) for n in (1, 2)]
    woven = weave(shop([order("a1", "1001")]), erp(halves, many=True))
    woven.fakes["shop"].error = Unreachable("orders: no connection")
    page = await read_page(woven, first=10)
    assert [node.id for node in page.nodes] == [SHOP_ID]


async def test_a_silent_shop_leaves_time_for_the_rest() -> None:
    """A shop that uses up its time leaves some for the look-ups that follow."""
    woven = mirrored()
    woven.fakes["shop"].silent = True
    page = await read_page(woven, first=10, needs=Needs(facets=frozenset({Facet.HEADER, Facet.FULFILLMENT})))
    assert len(page.nodes) == 4
    assert woven.time.monotonic() == pytest.approx(4.0)
    assert woven.fakes["wms"].calls[0].seconds == pytest.approx(3.0)


async def test_every_system_down() -> None:
    """With all down the list is empty, not an error, and says of each why."""
    woven = mirrored()
    for fake in woven.fakes.values():
        fake.error = TimedOut("orders: late")
    page = await read_page(woven, first=10)
    assert page.nodes == ()
    assert not page.page_info.has_next_page
    assert [(source.system, source.ok, source.error) for source in page.coverage.sources] == [
        ("shop", False, "orders: late"),
        ("erp", False, "orders: late"),
    ]


async def test_a_second_source_that_is_down_is_part_of_the_coverage() -> None:
    """A warehouse that fails is told in the coverage and on the orders that it may know."""
    woven = mirrored()
    woven.fakes["wms"].error = Unreachable("orders: no connection")
    page = await read_page(woven, first=10, needs=Needs(facets=frozenset({Facet.HEADER, Facet.FULFILLMENT})))
    assert [(source.system, source.ok) for source in page.coverage.sources] == [
        ("shop", True),
        ("erp", True),
        ("wms", False),
    ]
    assert [[issue.system for issue in node.freshness.missing] for node in page.nodes] == [
        ["wms"],
        ["wms"],
        [],
        ["wms"],
    ]


async def test_unreadable_records_make_a_list_incomplete() -> None:
    """A gap among the hits is told; the readable ones are listed."""
    woven = mirrored()
    woven.fakes["shop"].gaps = (Gap("order: no currency", "a9"),)
    page = await read_page(woven, first=10)
    assert len(page.nodes) == 4
    assert page.coverage.sources[0] == SourceCoverage(system="shop", ok=True, error="order: no currency (record a9)")
    assert not page.coverage.complete


async def test_what_is_pushed_down() -> None:
    """A time is pushed to both places; a number in the spellings of each; a total to none. All are applied again."""
    woven = mirrored()
    since = NOON + timedelta(hours=1)
    wanted = Filter(
        conditions=(
            Condition(SearchField.PLACED_AT, Operator.GTE, (since,)),
            Condition(SearchField.NUMBER, Operator.IN, ("#1002", "1003")),
            Condition(SearchField.TOTAL, Operator.GTE, (Decimal(1),)),
        )
    )
    page = await read_page(woven, first=10, wanted=wanted)
    assert numbers_of(page) == ["1003", "1002"]
    search = woven.fakes["shop"].calls[0].search
    assert search is not None
    assert search.conditions == (
        Condition(SearchField.PLACED_AT, Operator.GTE, (since,)),
        Condition(SearchField.NUMBER, Operator.IN, ("1002", "#1002", "1003", "#1003")),
    )


async def test_fields_that_another_system_knows_better_are_not_pushed_down() -> None:
    """A filter on e-mail is pushed to the shop, which is believed about customers, and not to the ERP."""
    woven = mirrored()
    condition = Condition(SearchField.CUSTOMER_EMAIL, Operator.EQ, ("ada@example.com",))
    await read_page(woven, first=10, wanted=Filter(conditions=(condition,)))
    pushed = {name: fake.calls[0].search for name, fake in woven.fakes.items() if fake.calls}
    assert pushed["shop"] is not None
    assert pushed["shop"].conditions == (condition,)


@pytest.mark.parametrize(
    ("numbers", "make"),
    [
        (["1003", "1001"], lambda a, b: Filter(some=(a, b))),
        (["1002", "SO1"], lambda a, b: Filter(none=(a, b))),
        ([], lambda a, b: Filter(every=(a, b))),
        (["1003"], lambda a, b: Filter(every=(Filter(some=(a, b)), Filter(none=(b,))))),
        (["1003", "1002", "SO1", "1001"], lambda a, b: Filter()),
    ],
    ids=["or", "not", "and", "nested", "none"],
)
async def test_nested_filters(numbers: list[str], make: Callable[[Filter, Filter], Filter]) -> None:
    """and, or and not mean what they say, over orders of all systems."""
    first = Filter(conditions=(Condition(SearchField.NUMBER, Operator.EQ, ("1003",)),))
    second = Filter(conditions=(Condition(SearchField.NUMBER, Operator.EQ, ("#1001",)),))
    assert numbers_of(await read_page(mirrored(), first=10, wanted=make(first, second))) == numbers


async def test_page_info_forward_and_backward() -> None:
    """The first page has a next one, the last page none; backward the same from the other end."""
    woven = weave(shop([order(f"a{n}", str(n), hours=n) for n in (1001, 1002)]), erp([order("e1", "SO1", hours=1000)]))
    first = await read_page(woven, first=2)
    assert numbers_of(first) == ["1002", "1001"]
    info = first.page_info
    assert (info.has_next_page, info.has_previous_page) == (True, False)
    assert (info.start_cursor, info.end_cursor) == (first.edges[0].cursor, first.edges[1].cursor)
    second = await read_page(woven, first=2, after=info.end_cursor)
    assert numbers_of(second) == ["SO1"]
    assert (second.page_info.has_next_page, second.page_info.has_previous_page) == (False, True)
    back = await read_page(woven, last=2, before=second.page_info.start_cursor)
    assert numbers_of(back) == ["1002", "1001"]
    assert (back.page_info.has_next_page, back.page_info.has_previous_page) == (True, False)
    assert [edge.cursor for edge in back.edges] == [edge.cursor for edge in first.edges]
    end = await read_page(woven, last=1)
    assert numbers_of(end) == ["SO1"]
    assert (end.page_info.has_next_page, end.page_info.has_previous_page) == (False, True)


async def test_a_rest_of_mirrors_is_an_empty_page() -> None:
    """What is left of a list may be mirrors of orders that were listed; the page after is empty and the last."""
    woven = mirrored()
    page = await read_page(woven, last=4)
    assert numbers_of(page) == ["1003", "1002", "SO1", "1001"]
    rest = await read_page(woven, last=4, before=page.page_info.start_cursor)
    assert (rest.nodes, rest.page_info.has_previous_page, rest.coverage.complete) == ((), False, True)


async def test_an_empty_list() -> None:
    """No order anywhere: no cursors, nothing before or after, complete."""
    page = await read_page(weave(shop(), erp()), first=10)
    assert page.nodes == ()
    assert (page.page_info.start_cursor, page.page_info.end_cursor) == (None, None)
    assert not page.page_info.has_next_page
    assert page.coverage.complete


async def test_cursors_of_another_list_are_refused() -> None:
    """A cursor made under one filter or sort is refused under another."""
    woven = mirrored()
    cursor = (await read_page(woven, first=1)).page_info.end_cursor
    other = Filter(conditions=(Condition(SearchField.TOTAL, Operator.GTE, (Decimal(1),)),))
    for read in (
        read_page(woven, first=1, after=cursor, wanted=other),
        read_page(woven, first=1, after=cursor, sort=SearchField.UPDATED_AT),
        read_page(woven, first=1, after=cursor, descending=False),
    ):
        with pytest.raises(RequestError, match="after: a cursor of another list, filter or sort") as raised:
            await read
        assert raised.value.code is Code.BAD_INPUT


@pytest.mark.parametrize(
    "place",
    [
        (),
        ("2026-05-04T12:00:00+00:00", "shop"),
        ("yesterday", "shop", "a1"),
        ("2026-05-04T12:00:00", "shop", "a1"),
        ("0001-01-01T00:00:00+23:59", "shop", "a1"),
        ("2026-05-04T12:00:00+02:00", "shop", "a1"),
    ],
    ids=["nothing", "too little", "no time", "no zone", "before all time", "another zone"],
)
async def test_forged_cursors_are_refused(place: tuple[str, ...]) -> None:
    """A cursor of the right list whose place we never wrote is refused, before and after."""
    kind = page_of(1, None, None, None, filter=Filter(), sort=SearchField.PLACED_AT, descending=True).cursor_kind
    cursor = encode_cursor(kind, *place)
    with pytest.raises(RequestError, match="after: not a cursor of this API"):
        await read_page(mirrored(), first=1, after=cursor)
    with pytest.raises(RequestError, match="before: not a cursor of this API"):
        await read_page(mirrored(), last=1, before=cursor)


@pytest.mark.parametrize(
    ("first", "after", "last", "before", "message"),
    [
        (0, None, None, None, "first must be between 1 and 100, is 0"),
        (101, None, None, None, "first must be between 1 and 100, is 101"),
        (-1, None, None, None, "first must be between 1 and 100, is -1"),
        (None, None, 0, None, "last must be between 1 and 100, is 0"),
        (None, None, 1001, None, "last must be between 1 and 100, is 1001"),
        (1, None, 1, None, "first and last cannot stand together"),
        (1, None, None, "x", "before needs last"),
        (None, None, None, "x", "before needs last"),
        (None, "x", 1, None, "after needs first, not last"),
    ],
)
async def test_paging_that_makes_no_sense(
    first: int | None, after: str | None, last: int | None, before: str | None, message: str
) -> None:
    """Sizes out of bounds and arguments that exclude each other are refused with what would be right."""
    with pytest.raises(RequestError) as raised:
        await read_page(mirrored(), first=first, after=after, last=last, before=before)
    assert (raised.value.code, str(raised.value)) == (Code.BAD_INPUT, message)


async def test_twenty_unless_told_otherwise() -> None:
    """Without first and last a page holds twenty."""
    woven = weave(shop([order(f"a{n}", str(1000 + n), hours=n) for n in range(30)]))
    assert len((await read_page(woven)).nodes) == 20


async def test_a_system_that_cannot_sort_so() -> None:
    """A system that cannot take part in this list is left out and said to be; with no system left it is an error."""
    woven = mirrored()
    declared = woven.fakes["erp"].manifest
    woven.fakes["erp"].manifest = msgspec.structs.replace(declared, sorts=frozenset({SearchField.UPDATED_AT}))
    page = await read_page(weave(*woven.fakes.values()), first=10)
    assert numbers_of(page) == ["1003", "1002", "1001"]
    assert page.coverage.sources[1] == SourceCoverage(system="erp", ok=False, error="cannot sort by PLACED_AT")
    assert not page.coverage.complete
    woven.fakes["erp"].references = ()
    alone = weave(woven.fakes["erp"])
    with pytest.raises(RequestError, match="no system can list its orders sorted by PLACED_AT") as raised:
        await read_page(alone, first=10)
    assert raised.value.code is Code.UNSUPPORTED


async def test_a_system_that_cannot_start_in_the_middle() -> None:
    """A system without a filter on the sort gives its first page only, and is said to be missing from the next."""
    woven = mirrored()
    filters = {field: operators for field, operators in FILTERS.items() if field is not SearchField.PLACED_AT}
    woven.fakes["erp"].manifest = msgspec.structs.replace(woven.fakes["erp"].manifest, filters=filters)
    again = weave(*woven.fakes.values())
    first = await read_page(again, first=1)
    assert first.coverage.complete
    second = await read_page(again, first=5, after=first.page_info.end_cursor)
    assert numbers_of(second) == ["1002", "1001"]
    assert second.coverage.sources[1].error == "cannot start a list in the middle by PLACED_AT"


async def test_orders_without_a_time_come_last() -> None:
    """An order whose time nobody states is listed after all that have one, newest first."""
    untimed = msgspec.structs.replace(order("a9", "1009"), header=None)
    woven = weave(shop([untimed, order("a1", "1001", hours=-9000)]))
    page = await read_page(woven, first=10, needs=HEADER)
    assert [node.id for node in page.nodes] == [SHOP_ID, encode_id("Order", "shop:number", "1009")]
