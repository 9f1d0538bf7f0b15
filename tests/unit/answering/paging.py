"""Reading a list of orders to its end, and what the list should be."""

from __future__ import annotations

from collections.abc import Iterable

from orderweave.answering.order_page import page_of
from orderweave.model.filters import Filter
from orderweave.model.order import OrderConnection
from orderweave.planning.needs import Needs
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Facet
from tests.unit.fake_systems import FakeSystem, Woven

HEADER = Needs(facets=frozenset({Facet.HEADER}))


async def read_page(
    woven: Woven,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    wanted: Filter | None = None,
    sort: SearchField = SearchField.PLACED_AT,
    descending: bool = True,
    needs: Needs = HEADER,
) -> OrderConnection:
    """One page of the list."""
    page = page_of(first, after, last, before, filter=wanted or Filter(), sort=sort, descending=descending)
    return await woven.gateway.orders(page, needs, woven.gateway.call())


async def read_all(
    woven: Woven, size: int, *, backward: bool = False, wanted: Filter | None = None, descending: bool = True
) -> list[str | None]:
    """The numbers of all orders, page by page from one end to the other; in the list's own order."""
    found: list[str | None] = []
    cursor: str | None = None
    for _ in range(200):
        if backward:
            page = await read_page(woven, last=size, before=cursor, wanted=wanted, descending=descending)
            found = [node.number for node in page.nodes] + found
            more, cursor = page.page_info.has_previous_page, page.page_info.start_cursor
        else:
            page = await read_page(woven, first=size, after=cursor, wanted=wanted, descending=descending)
            found += [node.number for node in page.nodes]
            more, cursor = page.page_info.has_next_page, page.page_info.end_cursor
        if not more:
            return found
        assert cursor is not None
    raise AssertionError("the list does not end")


def expected(systems: Iterable[FakeSystem], *, descending: bool = True) -> list[str | None]:
    """The numbers of all orders that these systems hold, by time, then system, then id."""
    places = [
        (record.header.placed_at, system.name, record.external_id, record.key("number"))
        for system in systems
        for record in system.orders
        if record.header and record.header.placed_at
    ]
    return [number for *_, number in sorted(places, reverse=descending)]
