"""Lines of an order as a connection: pages, cursors and counts."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.model.ids import encode_cursor
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import Woven, weave
from tests.unit.schema.asking import data, error

LINES = """query ($number: String!, $first: Int, $after: String, $last: Int, $before: String) {
    order(by: {number: $number}) { lines(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes { sku }
        edges { cursor node { sku } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }
}"""
SKUS = ["A", "B", "C", "D", "E"]


@pytest.fixture
def woven() -> Woven:
    """An order of five lines, one of none, and one of 300."""
    many = [f"S{n:03}" for n in range(300)]
    return weave(shop([order("a1", "1001", skus=SKUS), order("a2", "1002"), order("a3", "1003", skus=many)]))


async def lines(woven: Woven, number: str = "1001", **paging: Any) -> dict[str, Any]:
    """The connection of lines."""
    found: dict[str, Any] = (await data(woven, LINES, {"number": number, **paging}))["order"]["lines"]
    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    return found


def skus(page: dict[str, Any]) -> str:
    """The SKUs on a page, run together."""
    return "".join(node["sku"] for node in page["nodes"])


async def test_all_lines_at_once(woven: Woven) -> None:
    """Without arguments all lines come, with their count."""
    page = await lines(woven)
    assert (skus(page), page["totalCount"]) == ("ABCDE", 5)
    info = page["pageInfo"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (False, False)
    assert (info["startCursor"], info["endCursor"]) == (page["edges"][0]["cursor"], page["edges"][4]["cursor"])


async def test_forward_to_the_end(woven: Woven) -> None:
    """Pages of two give each line once, and say when more follows and that some went before."""
    seen, after, flags = "", None, []
    for _ in range(3):
        page = await lines(woven, first=2, after=after)
        seen, after = seen + skus(page), page["pageInfo"]["endCursor"]
        flags.append((page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]))
    assert seen == "ABCDE"
    assert flags == [(False, True), (True, True), (True, False)]


async def test_backward_to_the_start(woven: Woven) -> None:
    """Pages of two from the end give each line once."""
    seen, before, flags = "", None, []
    for _ in range(3):
        page = await lines(woven, last=2, before=before)
        seen, before = skus(page) + seen, page["pageInfo"]["startCursor"]
        flags.append((page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]))
    assert seen == "ABCDE"
    assert flags == [(True, False), (True, True), (False, True)]


async def test_an_order_without_lines(woven: Woven) -> None:
    """No line: no cursor, nothing before or after."""
    page = await lines(woven, number="1002", first=2)
    assert page == {
        "totalCount": 0,
        "nodes": [],
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


async def test_more_lines_than_a_page_holds(woven: Woven) -> None:
    """Of 300 lines 250 come at once and the rest on the next page; the count is whole."""
    page = await lines(woven, number="1003")
    assert (len(page["nodes"]), page["totalCount"], page["pageInfo"]["hasNextPage"]) == (250, 300, True)
    rest = await lines(woven, number="1003", after=page["pageInfo"]["endCursor"])
    assert [node["sku"] for node in rest["nodes"]] == [f"S{n:03}" for n in range(250, 300)]


@pytest.mark.parametrize(
    ("paging", "message"),
    [
        ({"first": 0}, "first must be between 1 and 250, is 0"),
        ({"first": 251}, "first must be between 1 and 250, is 251"),
        ({"last": -1}, "last must be between 1 and 250, is -1"),
        ({"first": 1, "last": 1}, "first and last cannot stand together"),
        ({"after": ""}, "after: not a cursor of this API"),
        ({"before": "x"}, "before: not a cursor of this API"),
        ({"after": encode_cursor("lines:shop:number/1002", "0")}, "after: a cursor of another list, filter or sort"),
        ({"after": encode_cursor("lines:shop:number/1001", "-3")}, "after: not a cursor of this API"),
        ({"before": encode_cursor("lines:shop:number/1001", "x")}, "before: not a cursor of this API"),
        ({"after": encode_cursor("lines:shop:number/1001", " 1")}, "after: not a cursor of this API"),
        ({"after": encode_cursor("lines:shop:number/1001", "1" * 500)}, "after: not a cursor of this API"),
        ({"after": encode_cursor("lines:shop:number/1001", "1", "2")}, "after: not a cursor of this API"),
    ],
)
async def test_paging_that_makes_no_sense(paging: dict[str, Any], message: str, woven: Woven) -> None:
    """Sizes out of bounds and cursors that are forged or of another order are refused."""
    assert await error(woven, LINES, {"number": "1001", **paging}) == ("BAD_INPUT", message)


async def test_a_cursor_past_the_end(woven: Woven) -> None:
    """A cursor past the end, of an order that has lost lines since, gives an empty last page."""
    page = await lines(woven, after=encode_cursor("lines:shop:number/1001", "40"))
    assert (page["nodes"], page["pageInfo"]["hasNextPage"]) == ([], False)
