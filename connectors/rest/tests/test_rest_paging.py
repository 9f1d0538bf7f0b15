"""Each style of paging: the pages asked for, the places of hits between pages, the ends, and what leads nowhere."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connectors.rest.tests.scripted import Asked, api, call, connected
from orderweave_sdk.capabilities import Search
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Key
from orderweave_sdk.transport import Answer

IDS = [f"A{n}" for n in range(1, 8)]
ORDERS = [{"id": name, "placed": f"2026-01-0{n}T00:00:00Z"} for n, name in enumerate(IDS, start=1)]


def searching(paging: dict[str, Any], query: dict[str, str], **more: Any) -> dict[str, Any]:
    """An API with a search, three orders a page."""
    search = {
        "path": "/orders",
        "items": "orders",
        "query": {"by": "{sort}", **query},
        "sorts": {"PLACED_AT": "placed"},
        "paging": {"size": 3, **paging},
        **more,
    }
    return api(search=search, order={"id": "id", "header": {"placed_at": "placed"}})


def wanted(size: int = 3, after: str | None = None, *, descending: bool = False) -> Search:
    """A search by the time an order was placed."""
    return Search(
        conditions=(), sort=SearchField.PLACED_AT, descending=descending, size=size, after=after, facets=frozenset()
    )


def numbered(asked: Asked) -> dict[str, Any]:
    """Pages by number or offset, with every way to tell the end."""
    told = asked.parameters
    size = int(told.get("n", "3"))
    start = int(told["offset"]) if "offset" in told else (int(told["page"]) - int(told.get("first", "1"))) * size
    return {
        "orders": ORDERS[start : start + size],
        "total": len(ORDERS),
        "pages": -(-len(ORDERS) // size),
        "again": start + size < len(ORDERS),
    }


def by_cursor(asked: Asked) -> dict[str, Any]:
    """A cursor in the answer, none at the end."""
    start = int(asked.parameters.get("after", "c0").removeprefix("c"))
    return {"orders": ORDERS[start : start + 3], "next": f"c{start + 3}" if start + 3 < len(ORDERS) else None}


def by_link(asked: Asked) -> Answer:
    """The Link header names the first, the next and the last."""
    start = int(asked.parameters.get("from", "0"))
    links = ['<https://orders.example.com/api/orders?from=0>; rel="first"']
    if start + 3 < len(ORDERS):
        links.append(f'</api/orders?by=placed&from={start + 3}>; title="on"; rel="next"')
    body = msgspec.json.encode({"orders": ORDERS[start : start + 3]})
    return Answer(status=200, headers={"link": ", ".join(links)}, body=body)


def by_url(asked: Asked) -> dict[str, Any]:
    """A whole URL in the answer, empty at the end."""
    start = int(asked.parameters.get("from", "0"))
    address = f"https://orders.example.com/api/orders?by=placed&from={start + 3}"
    return {"orders": ORDERS[start : start + 3], "links": {"next": address if start + 3 < len(ORDERS) else ""}}


STYLES: dict[str, tuple[dict[str, Any], dict[str, str], Any, list[str]]] = {
    "page to a short page": ({"style": "page"}, {"page": "{page}"}, numbered, ["page=1", "page=2", "page=3"]),
    "page from nought": (
        {"style": "page", "first": 0, "pages": "pages"},
        {"page": "{page}", "first": "0"},
        numbered,
        ["page=0&first=0", "page=1&first=0", "page=2&first=0"],
    ),
    "page to a total": (
        {"style": "page", "total": "total"},
        {"page": "{page}", "n": "{size}"},
        numbered,
        ["page=1&n=3", "page=2&n=3", "page=3&n=3"],
    ),
    "offset to a short page": (
        {"style": "offset"},
        {"offset": "{offset}"},
        numbered,
        ["offset=0", "offset=3", "offset=6"],
    ),
    "offset to a total": (
        {"style": "offset", "total": "total"},
        {"offset": "{offset}", "n": "{size}"},
        numbered,
        ["offset=0&n=3", "offset=3&n=3", "offset=6&n=3"],
    ),
    "offset while there is more": (
        {"style": "offset", "more": "again"},
        {"offset": "{offset}"},
        numbered,
        ["offset=0", "offset=3", "offset=6"],
    ),
    "cursor": ({"style": "cursor", "next": "next"}, {"after": "{cursor}"}, by_cursor, ["", "after=c3", "after=c6"]),
    "link": ({"style": "link"}, {}, by_link, ["", "from=3", "from=6"]),
    "next": ({"style": "next", "next": "links.next"}, {}, by_url, ["", "from=3", "from=6"]),
}


def queries(asked: list[Asked]) -> list[str]:
    """What each request asked for, but for the sort."""
    return ["&".join(f"{name}={value}" for name, value in each.query if name != "by") for each in asked]


@pytest.mark.parametrize("style", STYLES)
async def test_pages_of_the_apis_size_cost_one_request_each(style: str) -> None:
    """Three pages of three are three requests, in order, and the last says that it is the last."""
    paging, query, says, expected = STYLES[style]
    subject, scripted = connected(searching(paging, query), says)
    found: list[str] = []
    after: str | None = None
    for more in (True, True, False):
        page = await subject.search_orders(wanted(after=after), call())
        found += [hit.record.external_id for hit in page.hits]
        assert page.more is more
        after = page.hits[-1].cursor
    assert found == IDS
    assert queries(scripted.asked) == expected


def listing(**skus: Any) -> dict[str, Any]:
    """An API with stock and the listing of its SKUs."""
    stock = {"path": "/stock/{key}", "map": {"sku": "sku", "location": {"id": "place"}}}
    return api(stock=stock, skus={"path": "/orders", "items": "orders", "map": {"sku": "id"}, **skus})


@pytest.mark.parametrize("style", STYLES)
async def test_skus_come_page_by_page(style: str) -> None:
    """Three pages of SKUs are three requests, each from the place that the one before told, whatever the style."""
    paging, query, says, expected = STYLES[style]
    subject, scripted = connected(listing(query=query, paging={"size": 3, **paging}), says)
    found: list[str] = []
    after: str | None = None
    for more in (True, True, False):
        page = await subject.list_skus(after, call())
        found += page.skus
        after = page.after
        assert (after is not None) is more
    assert found == IDS
    assert queries(scripted.asked) == expected


async def test_items_without_a_sku_are_left_out() -> None:
    """One that is called nothing is none, one that cannot be read is a gap, and a name that comes twice is one."""
    names = ["A", None, "", {"of": "another"}, "A", 7]
    subject, scripted = connected(listing(), lambda _: {"orders": [{"id": name} for name in names]})
    page = await subject.list_skus(None, call())
    assert (page.skus, page.after, len(page.gaps)) == (("A", "7"), None, 1)
    with pytest.raises(GiveUp):
        await subject.list_skus("2", call())
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [1, 2])
async def test_any_hit_can_be_gone_on_from(style: str, size: int) -> None:
    """Pages smaller than the API's, each from the last hit of the one before, give every order once and in order."""
    paging, query, says, _ = STYLES[style]
    subject, _ = connected(searching(paging, query), says)
    found: list[str] = []
    after: str | None = None
    for _ in range(10):
        page = await subject.search_orders(wanted(size, after), call())
        found += [hit.record.external_id for hit in page.hits]
        if not page.more:
            break
        after = page.hits[-1].cursor
    assert found == IDS


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [1, 2, 3])
async def test_orders_of_one_moment(style: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders that are equal in the sort come once each, though pages of ours and of the API's cut through them."""
    same = [{"id": name, "placed": "2026-01-02T00:00:00Z"} for name in IDS[1:6]]
    monkeypatch.setattr(f"{__name__}.ORDERS", [ORDERS[0], *same, ORDERS[6]])
    paging, query, says, _ = STYLES[style]
    subject, _ = connected(searching(paging, query), says)
    found: list[str] = []
    after: str | None = None
    more = True
    while more:
        page = await subject.search_orders(wanted(size, after), call())
        found += [hit.record.external_id for hit in page.hits]
        after, more = page.hits[-1].cursor, page.more
    assert found == IDS


@pytest.mark.parametrize("style", STYLES)
async def test_a_look_up_is_read_to_its_end(style: str) -> None:
    """A look-up whose answer has pages follows them all: three requests, seven orders."""
    paging, query, says, expected = STYLES[style]
    by_id = {"path": "/orders", "items": "orders", "query": {"ids": "{keys}", **query}, "batch": "list"}
    told = api(lookups={"id": {**by_id, "paging": {"size": 3, **paging}}})
    subject, scripted = connected(told, says)
    found = await subject.find_orders([Key("id", "A1")], frozenset(), call())
    assert ([record.external_id for record in found.records], found.gaps) == (IDS, ())
    assert len(scripted.asked) == len(expected)


async def test_an_answer_without_pages_is_cut_by_us() -> None:
    """An API that lists all it has in one answer is asked again for each page, and gives every order once."""
    told = searching({}, {})
    del told["search"]["paging"]
    subject, scripted = connected(told, lambda asked: {"orders": ORDERS})
    found: list[str] = []
    after: str | None = None
    for more in (True, True, False):
        page = await subject.search_orders(wanted(after=after), call())
        found += [hit.record.external_id for hit in page.hits]
        assert page.more is more
        after = page.hits[-1].cursor
    assert (found, len(scripted.asked)) == (IDS, 3)


async def test_a_page_that_is_all_bad_is_gone_on_from() -> None:
    """Where no order of a page can be read the next page is asked for, and the gaps come with its orders."""
    told = searching({"style": "page"}, {"page": "{page}"})

    def says(asked: Asked) -> dict[str, Any]:
        page = numbered(asked)
        return page if asked.parameters["page"] == "2" else {"orders": [{"id": {}}] * len(page["orders"])}

    subject, _ = connected(told, says)
    page = await subject.search_orders(wanted(), call())
    assert [hit.record.external_id for hit in page.hits] == ["A4", "A5", "A6"]
    assert len(page.gaps) == 3


async def test_pages_without_end_are_cut_and_reported() -> None:
    """An API that always names one more page is read fifty pages far, and the rest is a gap."""
    by_id = {"path": "/orders", "items": "orders", "query": {"ids": "{keys}", "page": "{page}"}, "batch": "list"}
    told = api(lookups={"id": {**by_id, "paging": {"style": "page", "size": 1}}})
    subject, scripted = connected(told, lambda asked: {"orders": [{"id": f"P{asked.parameters['page']}"}]})
    found = await subject.find_orders([Key("id", "A1")], frozenset(), call())
    assert len(found.records) == len(scripted.asked) == 50
    assert [gap.reason for gap in found.gaps] == ["lookups.id: more than 50 found, the rest was left out"]


async def two_pages(subject: Any) -> None:
    """A page, and the page after it."""
    page = await subject.search_orders(wanted(), call())
    await subject.search_orders(wanted(after=page.hits[-1].cursor), call())


@pytest.mark.parametrize(
    ("paging", "answer", "reason"),
    [
        ({"style": "cursor", "next": "next"}, {"next": "c3"}, "the same again, or not one of this API"),
        ({"style": "next", "next": "next"}, {"next": "https://evil.example.com/api/orders"}, "not one of this API"),
        ({"style": "next", "next": "next"}, {"next": "https://orders.example.com/apiary"}, "not one of this API"),
        ({"style": "next", "next": "next"}, {"next": "/api/" + "x" * 5000}, "not one of this API"),
        ({"style": "page", "pages": "pages"}, {"pages": "many"}, "'pages' finds no whole number"),
        ({"style": "offset", "total": "total"}, {}, "'total' finds no whole number"),
        ({"style": "offset", "total": "sum(total)"}, {"total": 7}, "cannot be worked out on this answer"),
    ],
)
async def test_paging_that_leads_nowhere_is_a_bad_payload(
    paging: dict[str, Any], answer: dict[str, Any], reason: str
) -> None:
    """The same page again, another host, another API and a total that is none are reported, and not followed."""
    query = {"page": "{page}"} if paging["style"] == "page" else {}
    query |= {"offset": "{offset}"} if paging["style"] == "offset" else {}
    query |= {"after": "{cursor}"} if paging["style"] == "cursor" else {}
    subject, scripted = connected(searching(paging, query), lambda asked: {"orders": ORDERS[:3], **answer})
    with pytest.raises(BadPayload, match=reason):
        await two_pages(subject)
    assert len(scripted.asked) <= 2


@pytest.mark.parametrize("cursor", ["", "nonsense", "e30=", "x" * 20_000])
async def test_a_cursor_of_elsewhere_is_refused(cursor: str) -> None:
    """What this connector did not write is no cursor, and nothing is asked."""
    subject, scripted = connected(searching({"style": "page"}, {"page": "{page}"}), numbered)
    with pytest.raises(GiveUp):
        await subject.search_orders(wanted(after=cursor), call())
    assert scripted.asked == []


async def test_a_cursor_belongs_to_one_sort_and_direction() -> None:
    """A listing cannot be gone on with in the other direction."""
    subject, _ = connected(searching({"style": "page"}, {"page": "{page}"}), numbered)
    page = await subject.search_orders(wanted(), call())
    with pytest.raises(GiveUp, match="another sort or direction"):
        await subject.search_orders(wanted(after=page.hits[0].cursor, descending=True), call())


async def test_paging_in_the_body_keeps_its_types() -> None:
    """A POST holds the page's place as numbers, and leaves out what has no value yet."""
    told = searching({"style": "offset"}, {}, method="POST")
    told["search"]["query"] = {}
    told["search"]["body"] = {"page": {"skip": "{offset}", "take": "{size}"}, "sort": ["{sort}"], "all": True}
    subject, scripted = connected(told, lambda asked: {"orders": ORDERS[:2]})
    await subject.search_orders(wanted(), call())
    assert scripted.asked[0].body == {"page": {"skip": 0, "take": 3}, "sort": ["placed"], "all": True}
