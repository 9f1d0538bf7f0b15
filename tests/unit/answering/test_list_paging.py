"""Pages of a list over several systems: whatever the sizes, the systems and the times, each order once and in order."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from orderweave.model.filters import Filter
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import OrderRecord
from tests.unit.answering.paging import expected, read_all, read_page
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_systems import weave

# Few different hours, so that many orders share one instant.
HOURS = st.lists(st.integers(0, 3), max_size=9)
SIZES = st.integers(2, 7)


def placed(name: str, first: int, hours: list[int]) -> list[OrderRecord]:
    """Orders at these hours, numbered from `first`; ids run against the numbers."""
    return [order(f"{name}{99 - n}", str(first + n), hours=hour, total=str(n)) for n, hour in enumerate(hours)]


@given(us=HOURS, eu=HOURS, size=st.integers(1, 6), us_page=SIZES, eu_page=SIZES, descending=st.booleans())
def test_paging_gives_each_order_once_and_in_order(
    *, us: list[int], eu: list[int], size: int, us_page: int, eu_page: int, descending: bool
) -> None:
    """Forward and backward, newest or oldest first, all pages together are all orders in the list's order."""
    systems = (
        shop(placed("u", 1000, us), name="us", page_size=us_page),
        shop(placed("e", 2000, eu), name="eu", page_size=eu_page),
    )
    woven = weave(*systems)
    forward = asyncio.run(read_all(woven, size, descending=descending))
    backward = asyncio.run(read_all(woven, size, descending=descending, backward=True))
    assert forward == expected(systems, descending=descending)
    assert backward == forward


@given(us=HOURS, own=HOURS, mirrored=st.sets(st.integers(0, 8)), lag=st.integers(-2, 2), size=st.integers(1, 6))
def test_mirrored_orders_come_once(us: list[int], own: list[int], mirrored: set[int], lag: int, size: int) -> None:
    """Orders that the ERP mirrors, under another number and time, come once each, where the shop placed them."""
    placing = shop(placed("u", 1000, us), page_size=3)
    holding = erp(
        [
            *(order(f"o{n}", f"SO{n}", hours=hour) for n, hour in enumerate(own)),
            *(
                order(f"m{n}", f"SO9{n}", hours=us[n] + lag, reference=("reference", f"#{1000 + n}"))
                for n in mirrored
                if n < len(us)
            ),
        ],
        page_size=4,
    )
    woven = weave(placing, holding)
    forward = asyncio.run(read_all(woven, size))
    own_only = erp([record for record in holding.orders if not record.references])
    assert forward == expected((placing, own_only))
    assert asyncio.run(read_all(woven, size, backward=True)) == forward


@given(us=HOURS, eu=HOURS, size=st.integers(1, 4), least=st.integers(0, 9))
def test_filters_that_no_system_applies(us: list[int], eu: list[int], size: int, least: int) -> None:
    """A filter that only the merged order can answer gives each matching order once, however few they are."""
    systems = (shop(placed("u", 1000, us), name="us", page_size=2), shop(placed("e", 2000, eu), name="eu", page_size=2))
    wanted = Filter(conditions=(Condition(SearchField.TOTAL, Operator.GTE, (least,)),))
    found = asyncio.run(read_all(weave(*systems), size, wanted=wanted))
    left = (
        shop([record for record in system.orders if _total(record) >= least], name=system.name) for system in systems
    )
    assert found == expected(left)


def _total(record: OrderRecord) -> int:
    assert record.header is not None
    assert record.header.totals is not None
    assert record.header.totals.total is not None
    return int(record.header.totals.total.amount)


async def test_a_rare_order_is_found_past_the_bounds() -> None:
    """One order in 400 passes: each page looks only so far and says so, and going on from its cursor finds it."""
    hours = list(range(400))
    woven = weave(shop(placed("u", 1000, hours), page_size=5, number_pattern=None))
    wanted = Filter(conditions=(Condition(SearchField.TOTAL, Operator.EQ, (7,)),))
    page = await read_page(woven, first=1, wanted=wanted)
    assert page.nodes == ()
    assert page.page_info.has_next_page
    assert page.page_info.end_cursor is not None
    assert not page.coverage.complete
    assert [source.truncated for source in page.coverage.sources] == [True]
    assert len(woven.fakes["shop"].calls) <= 8
    assert await read_all(woven, 1, wanted=wanted) == ["1007"]


async def test_more_at_one_instant_than_may_be_read() -> None:
    """Where more orders share one instant than one answer may read, the list ends there and says that it is cut."""
    woven = weave(shop([order(f"u{n:03}", str(1000 + n)) for n in range(100)], page_size=2))
    page = await read_page(woven, first=2)
    assert len(page.nodes) == 0
    assert not page.page_info.has_next_page
    assert not page.coverage.complete
    assert [source.truncated for source in page.coverage.sources] == [True]
    assert len(woven.fakes["shop"].calls) == 8


async def test_many_at_one_instant_in_large_pages() -> None:
    """A system with large pages gives a hundred orders of one instant, one a page, in order of id."""
    orders = [order(f"u{n:03}", str(1000 + n)) for n in range(100)]
    woven = weave(shop(orders, page_size=50))
    assert await read_all(woven, 25, descending=False) == [str(1000 + n) for n in range(100)]
    page = await read_page(woven, first=1, descending=False)
    assert [node.number for node in page.nodes] == ["1000"]
