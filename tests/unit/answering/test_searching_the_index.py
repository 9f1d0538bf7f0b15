"""What lists and groups out of the index tell to whom, and odd values in their filters and searches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from orderweave.config.configuration import IndexSettings
from orderweave.model.rights import ALL_RIGHTS, Rights, Scope
from orderweave_sdk.records import Company, OrderRecord
from tests.unit.answering.test_indexed import code_of, listed
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import Woven, weave
from tests.unit.indexing import read_all

PICKER = Rights(scopes=frozenset({Scope.ORDERS}))
ANALYST = Rights(scopes=frozenset(Scope), masked=True)
LONG_TITLE = "x" * 70


def of_company(record: OrderRecord, name: str) -> OrderRecord:
    """The order, placed for a company."""
    assert record.customer is not None
    customer = msgspec.structs.replace(record.customer, company=Company(name=name))
    return msgspec.structs.replace(record, customer=customer)


@pytest_asyncio.fixture
async def woven(tmp_path: Path) -> AsyncIterator[Woven]:
    """Three orders: one of a company, one of organic tea, and one of a vitamin."""
    orders = [
        of_company(order("a1", "#1001", hours=1, total="10.00", email="kim@example.com"), "Northwind Traders"),
        order("a2", "#1002", hours=2, total="20.00", skus=["organic tea"]),
        order("a3", "#1003", hours=3, total="30.00", skus=["vitamin c", "organic juice"]),
    ]
    made = weave(shop(orders), index=IndexSettings(url=f"sqlite:///{tmp_path / 'index.db'}"))
    await read_all(made)
    yield made
    await made.close()


async def test_sorted_by_what_one_sees(woven: Woven) -> None:
    """A list in the order of sums tells of them, and its cursors hold them: it is for who sees amounts."""
    query = "{ orders(sort: {field: TOTAL}) { nodes { number } pageInfo { endCursor } } }"
    assert await code_of(woven, query, PICKER) == ("FORBIDDEN", "you may not sort by TOTAL")
    assert (await listed(woven, "sort: {field: UPDATED_AT}", PICKER))[1] == 3


async def test_companies_and_countries_of_one_order(woven: Woven) -> None:
    """A group of one order tells where it goes: groups by country are for who reads addresses."""
    for field in ("COUNTRY", "COMPANY"):
        query = (
            f'{{ orderAggregates(filter: {{number: {{eq: "1001"}}}}, groupBy: [{{field: {field}}}]) {{ totalCount }} }}'
        )
        assert (await code_of(woven, query, PICKER))[0] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("search", "by_all", "by_analysts", "by_pickers"),
    [("northwind", 1, 1, 0), ("Northwind Traders", 1, 1, 0), ("kim@example.com", 1, 0, 0), ("organic", 2, 2, 2)],
)
async def test_found_by_what_one_reads(
    woven: Woven, search: str, by_all: int, by_analysts: int, by_pickers: int
) -> None:
    """A company's name finds its orders for who reads companies, masked or not; a person's for who reads people."""
    for rights, count in ((ALL_RIGHTS, by_all), (ANALYST, by_analysts), (PICKER, by_pickers)):
        assert (await listed(woven, f'search: "{search}"', rights))[1] == count


@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        ("organic tea", ["#1002"]),
        (f"organic {LONG_TITLE}", []),
        (LONG_TITLE, []),
        ("organic c", ["#1003", "#1002"]),
        ("organic nothing", []),
        ("1 0 0 1", ["#1001"]),
    ],
)
async def test_every_word_is_looked_for(woven: Woven, search: str, numbers: list[str]) -> None:
    """All words together, however long the text is; those of one letter alone are left out."""
    assert await listed(woven, f'search: "{search}"') == (numbers, len(numbers))


async def test_a_search_of_one_letter(woven: Woven) -> None:
    """It is refused and not answered with all that there is, or with nothing."""
    assert await code_of(woven, '{ orders(search: "x") { totalCount } }') == (
        "BAD_INPUT",
        "search: needs a word of at least two letters",
    )


@pytest.mark.parametrize(
    ("test", "numbers"),
    [
        ('gt: "1000000000000000"', []),
        ('gte: "999999999999999999"', []),
        ('lt: "1000000000000000"', ["#1003", "#1002", "#1001"]),
        ('gt: "-1000000000000000"', ["#1003", "#1002", "#1001"]),
        ('lte: "-1000000000000000"', []),
        ('eq: "1000000000000000"', []),
        ('eq: "10.00004"', []),
        ('gt: "9.99999"', ["#1003", "#1002", "#1001"]),
        ('gt: "10.00001"', ["#1003", "#1002"]),
        ('gte: "10.00001"', ["#1003", "#1002"]),
        ('lt: "10.00001"', ["#1001"]),
        ('lte: "9.99999"', []),
    ],
)
async def test_amounts_beyond_what_a_column_holds(woven: Woven, test: str, numbers: list[str]) -> None:
    """Greater, and finer, than any amount in the index: compared as they are."""
    assert await listed(woven, f"filter: {{total: {{{test}}}}}") == (numbers, len(numbers))


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "right/UTC", "posix/Europe/Berlin", "Factory"])
async def test_zones_of_one_machine(woven: Woven, zone: str) -> None:
    """Names that PostgreSQL lacks, or that mean another zone on another machine, are no zones here."""
    query = (
        f'{{ orderAggregates(groupBy: [{{field: PLACED_AT, interval: DAY, timeZone: "{zone}"}}]) {{ totalCount }} }}'
    )
    assert (await code_of(woven, query))[0] == "BAD_INPUT"


async def test_a_text_with_nothing_in_it(woven: Woven) -> None:
    """A character of value 0, which PostgreSQL takes in no text, finds nothing."""
    assert await listed(woven, 'filter: {number: {eq: "10\\u000001"}}, sort: {field: TOTAL}') == ([], 0)
    assert await listed(woven, 'search: "organic\\u0000"') == (["#1003", "#1002"], 2)
