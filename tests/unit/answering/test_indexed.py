"""Lists out of the index: when they come from there, what they cost, what they say of themselves, and who sees what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from orderweave.config.configuration import IndexSettings
from orderweave.index.progress import note
from orderweave.model.rights import ALL_RIGHTS, Caller, Owned, Rights, Scope
from orderweave.operations.answers import Request
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.records import Axis, Key
from tests.unit.fake_business import erp, order, shop, wms
from tests.unit.fake_systems import Woven, weave
from tests.unit.indexing import read_all

ADA, BEN = "ada@example.com", "ben@example.com"
PAID, PENDING = (Axis.PAYMENT, "paid", "PAID"), (Axis.PAYMENT, "open", "PENDING")


def systems() -> tuple[Any, ...]:
    """Four orders of a shop, one of them mirrored, and one of the ERP's own."""
    return (
        shop(
            [
                order("a1", "#1001", hours=1, total="30.00", email=ADA, customer_id="7", skus=["TEA-1"], words=[PAID]),
                order("a2", "#1002", hours=2, total="10.00", email=ADA, customer_id="7", words=[PENDING]),
                order("a3", "#1003", hours=3, total="20.00", email=BEN, words=[PENDING]),
                order("a4", "#1004", hours=4, total="20.00", words=[PAID]),
            ]
        ),
        erp([order("e1", "SO1", reference=("reference", "1001")), order("e9", "SO9", hours=9, total="5.00")]),
        wms([order("w1", "W1", reference=("order_number", "1001"), tracking="1Z999")]),
    )


@pytest_asyncio.fixture
async def woven(tmp_path: Path) -> AsyncIterator[Woven]:
    """The gateway with all of that in its index, and no call made yet."""
    made = weave(*systems(), index=IndexSettings(url=f"sqlite:///{tmp_path / 'index.db'}"))
    await read_all(made)
    yield made
    await made.close()


async def ask(woven: Woven, query: str, rights: Rights = ALL_RIGHTS) -> dict[str, Any]:
    """The whole answer to a query."""
    caller = Caller(name="caller", role="role", rights=rights)
    answer = await Operations(woven.schema).run(Request(query=query), Context(woven.gateway, caller=caller))
    return answer.document()


async def listed(woven: Woven, arguments: str, rights: Rights = ALL_RIGHTS, more: str = "") -> Any:
    """The numbers on a page and how many there are in all."""
    query = f"{{ orders({arguments}) {{ totalCount nodes {{ number }} {more} }} }}"
    found = (await ask(woven, query, rights))["data"]["orders"]
    return [node["number"] for node in found["nodes"]], found["totalCount"]


def calls(woven: Woven) -> list[str]:
    """What was asked of the systems."""
    return [call.what for fake in woven.fakes.values() for call in fake.calls]


async def code_of(woven: Woven, query: str, rights: Rights = ALL_RIGHTS) -> tuple[str, str]:
    """The code and the message of the only error."""
    (error,) = (await ask(woven, query, rights))["errors"]
    return error["extensions"]["code"], error["message"]


async def test_sorted_by_sums_without_a_call(woven: Woven) -> None:
    """Highest first, equal sums by key, the order without any mirror last; no system is asked."""
    assert await listed(woven, "sort: {field: TOTAL}") == (["#1001", "#1004", "#1003", "#1002", "SO9"], 5)
    assert calls(woven) == []


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        ("first: 9", ["SO9", "#1004", "#1003", "#1002", "#1001"]),
        ("filter: {paymentStatus: {ne: PAID}}", ["SO9", "#1003", "#1002"]),
        ('filter: {or: [{number: {eq: "SO1"}}, {total: {lt: "10"}}]}', ["SO9", "#1001"]),
        ('search: "1z99"', ["#1001"]),
        ('search: "tea"', ["#1001"]),
        ('search: "so1"', ["#1001"]),
        ('search: "nothing of the kind"', []),
    ],
)
async def test_what_passes(woven: Woven, arguments: str, numbers: list[str]) -> None:
    """Filters over what several systems say, and words that begin numbers, SKUs and tracking numbers."""
    assert await listed(woven, arguments) == (numbers, len(numbers))
    assert calls(woven) == []


async def test_live_where_the_systems_can(woven: Woven) -> None:
    """Newest first, uncounted, by what every place of capture filters by: the systems are asked."""
    answer = await ask(woven, "{ orders(first: 2) { nodes { number } } }")
    assert [node["number"] for node in answer["data"]["orders"]["nodes"]] == ["SO9", "#1004"]
    assert "search" in calls(woven)


@pytest.mark.parametrize("backward", [False, True])
async def test_pages_go_on(woven: Woven, backward: bool) -> None:
    """Forward and backward, two at a time, every order comes once and in the list's order."""
    found: list[str] = []
    cursor = "null"
    for _ in range(9):
        page = f"last: 2, before: {cursor}" if backward else f"first: 2, after: {cursor}"
        info = "hasPreviousPage startCursor" if backward else "hasNextPage endCursor"
        query = f"{{ orders({page}, sort: {{field: TOTAL}}) {{ nodes {{ number }} pageInfo {{ {info} }} }} }}"
        answer = (await ask(woven, query))["data"]["orders"]
        numbers = [node["number"] for node in answer["nodes"]]
        found = numbers + found if backward else found + numbers
        more, end = answer["pageInfo"].values()
        if not more:
            break
        cursor = f'"{end}"'
    assert found == ["#1001", "#1004", "#1003", "#1002", "SO9"]


async def test_a_new_order_moves_no_page(woven: Woven) -> None:
    """What is written between two pages neither repeats nor hides an order of the second."""
    query = "{{ orders(first: 2{}, sort: {{field: TOTAL}}) {{ nodes {{ number }} pageInfo {{ endCursor }} }} }}"
    first = (await ask(woven, query.format("")))["data"]["orders"]
    assert woven.index
    await woven.index.take("shop", [order("a5", "#1005", hours=5, total="99.00")], woven.time.now())
    cursor = first["pageInfo"]["endCursor"]
    second = (await ask(woven, query.format(f', after: "{cursor}"')))["data"]["orders"]
    assert [node["number"] for node in second["nodes"]] == ["#1003", "#1002"]


async def test_what_is_not_kept_is_read_live(woven: Woven) -> None:
    """A timeline is not in the index: the orders of the page are read from the systems, the list is the index's."""
    query = "{ orders(first: 1, sort: {field: TOTAL}) { nodes { number timeline { kind } sources { via } } } }"
    (node,) = (await ask(woven, query))["data"]["orders"]["nodes"]
    assert node["number"] == "#1001"
    assert node["timeline"] == [{"kind": "PLACED"}]
    assert {source["via"] for source in node["sources"]} == {"INDEX"}
    assert calls(woven).count("find") >= 1


async def test_what_is_not_kept_and_cannot_be_read(woven: Woven) -> None:
    """With the shop down the order is the index's, and says what is missing of it."""
    woven.fakes["shop"].error = Unreachable("down")
    query = (
        "{ orders(first: 1, sort: {field: TOTAL}) { nodes { number totals { total { amount } } timeline { kind } "
        "freshness { missing { system } } } } }"
    )
    (node,) = (await ask(woven, query))["data"]["orders"]["nodes"]
    assert node["totals"]["total"]["amount"] == "30.00"
    assert "shop" in {issue["system"] for issue in node["freshness"]["missing"]}


async def test_owners_see_and_count_their_own(woven: Woven) -> None:
    """By e-mail or by id, in lists, counts, searches and groups: nothing of others, not even their number."""
    for owned in (Owned(emails=frozenset({ADA})), Owned(customers=frozenset({Key("shop", "7")}))):
        ada = Rights(scopes=frozenset(Scope), owned=owned)
        assert await listed(woven, "sort: {field: TOTAL}", ada) == (["#1001", "#1002"], 2)
        assert await listed(woven, 'search: "1003"', ada) == ([], 0)
        groups = await ask(woven, "{ orderAggregates { groups { count } } }", ada)
        assert groups["data"]["orderAggregates"]["groups"] == [{"count": 2}]


async def test_owners_wait_for_a_whole_index(woven: Woven) -> None:
    """While not all orders of a system are read that may know whose they are, another's word about it is no proof: an
    owner's search and groups are incomplete; everybody else is told what there is.
    """
    ada = Rights(scopes=frozenset(Scope), owned=Owned(emails=frozenset({ADA})))
    assert woven.index is not None
    await woven.index.write(partial(note, system="shop", part="orders", complete_at=None))
    for query in ('{ orders(search: "1001") { totalCount } }', "{ orderAggregates { groups { count } } }"):
        code, message = await code_of(woven, query, ada)
        assert (code, message) == ("INCOMPLETE", "no system that answered knows your orders; some did not answer")
        assert "errors" not in await ask(woven, query)


async def test_names_of_people_find_nothing_for_who_may_not_read_them(woven: Woven) -> None:
    """An e-mail address is a search term for who reads people, and for nobody else; nor may it be filtered by."""
    assert (await listed(woven, f'search: "{BEN}"'))[1] == 1
    for rights in (Rights(scopes=frozenset({Scope.ORDERS})), Rights(scopes=frozenset(Scope), masked=True)):
        assert (await listed(woven, f'search: "{BEN}"', rights))[1] == 0
        query = f'{{ orders(filter: {{customerEmail: {{eq: "{ADA}"}}}}) {{ totalCount }} }}'
        assert (await code_of(woven, query, rights))[0] == "FORBIDDEN"


async def test_coverage_says_what_is_read(woven: Woven) -> None:
    """Whole when every system's orders are read; a system that failed or is not read yet says so."""
    query = "{ orders { totalCount coverage { complete sources { system ok truncated error to } } } }"
    found = (await ask(woven, query))["data"]["orders"]["coverage"]
    assert found["complete"]
    assert [source["to"] for source in found["sources"]] == ["2026-05-04T12:00:00+00:00"] * 3
    assert woven.index
    news = order("a7", "#1007", hours=7)
    await woven.index.take("shop", [news], woven.time.now(), weave=False)
    assert not (await ask(woven, query))["data"]["orders"]["coverage"]["complete"]
    await woven.index.weave_some()
    assert (await ask(woven, query))["data"]["orders"]["coverage"]["complete"]
    await woven.index.write(lambda connection: note(connection, "erp", "orders", error="no answer"))
    await woven.index.write(lambda connection: note(connection, "wms", "orders", complete_at=None))
    found = (await ask(woven, query))["data"]["orders"]["coverage"]
    assert not found["complete"]
    assert {source["system"]: (source["ok"], source["truncated"], source["error"]) for source in found["sources"]} == {
        "shop": (True, False, None),
        "erp": (False, False, "no answer"),
        "wms": (True, True, None),
    }


async def test_as_new_as_its_part_of_the_index(woven: Woven) -> None:
    """An order that did not change is as of when its systems were last read, not of when it was."""
    assert woven.index
    woven.time.advance(3600)
    for system in woven.fakes:
        await woven.index.write(partial(note, system=system, part="orders", reached_at=woven.time.now()))
    query = "{ orders(first: 1, sort: {field: TOTAL}) { nodes { freshness { maxAgeSeconds } } } }"
    (node,) = (await ask(woven, query))["data"]["orders"]["nodes"]
    assert node["freshness"]["maxAgeSeconds"] == 0


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ('{ orders(sort: {field: TOTAL}, after: "WyJhIl0") { nodes { id } } }', "BAD_INPUT", "after: not a cursor"),
        ('{ orders(search: "") { nodes { id } } }', "BAD_INPUT", "search: must be a text of 1 to 320"),
        ("{ orderAggregates { groups { totalSum } } }", "BAD_INPUT", "totalSum: amounts of several currencies"),
        ("{ orderAggregates(groupBy: [{field: PLACED_AT}]) { totalCount } }", "BAD_INPUT", "PLACED_AT needs an inter"),
        (
            "{ orderAggregates(groupBy: [{field: STATUS, interval: DAY}]) { totalCount } }",
            "BAD_INPUT",
            "groupBy: an interval is for an instant",
        ),
        (
            '{ orderAggregates(groupBy: [{field: PLACED_AT, interval: DAY, timeZone: "Mars"}]) { totalCount } }',
            "BAD_INPUT",
            "groupBy.timeZone: must be the name of a time zone",
        ),
        ('{ orderAggregates(after: "WyJhIl0") { totalCount } }', "BAD_INPUT", "after: not a cursor of these groups"),
        ("{ orderAggregates(first: 1001) { totalCount } }", "BAD_INPUT", "first must be between 1 and 1000"),
        (
            '{ orderAggregates(convertTo: {currency: "EUR", rates: []}) { groups { totalSum } } }',
            "BAD_INPUT",
            "convertTo: states no rate for USD",
        ),
    ],
)
async def test_what_makes_no_sense(woven: Woven, query: str, code: str, said: str) -> None:
    """Each is refused in words that say what would be right."""
    found = await code_of(woven, query)
    assert found[0] == code
    assert said in found[1]


async def test_until_it_is_whole(tmp_path: Path) -> None:
    """An index that nothing was read into is not asked for what systems can list; once whole, it is for good."""
    woven = weave(*systems(), index=IndexSettings(url=f"sqlite:///{tmp_path / 'index.db'}"))
    assert await listed(woven, "first: 1") == (["SO9"], None)
    assert await listed(woven, "first: 1, sort: {field: TOTAL}") == ([], 0)
    await read_all(woven)
    assert await listed(woven, "first: 1") == (["SO9"], 5)
    assert woven.index
    await woven.index.write(lambda connection: note(connection, "shop", "orders", complete_at=None))
    assert await listed(woven, "first: 1") == (["SO9"], 5)
    await woven.close()


async def test_without_an_index() -> None:
    """Sorts by sums, searches and groups are refused with what would help; a count is null, and the list is live."""
    woven = weave(*systems())
    for query in (
        "{ orders(sort: {field: TOTAL}) { nodes { id } } }",
        '{ orders(search: "tea") { nodes { id } } }',
        "{ orderAggregates { groups { count } } }",
        "{ inventoryAggregates { groups { count } } }",
    ):
        code, said = await code_of(woven, query)
        assert code == "UNSUPPORTED"
        assert "[index]" in said
    assert await listed(woven, "first: 1") == (["SO9"], None)


async def test_groups_and_what_they_come_to(woven: Woven) -> None:
    """Counts, sums and averages by status, in the order of the sums; pages of groups go on."""
    query = """{ orderAggregates(groupBy: [{field: PAYMENT_STATUS}, {field: CURRENCY}], orderBy: {measure: TOTAL_SUM},
        first: %d%s) { totalCount groups { keys { field value } count totalSum totalAverage }
        pageInfo { hasNextPage endCursor } } }"""
    found = (await ask(woven, query % (9, "")))["data"]["orderAggregates"]
    assert found["totalCount"] == 2
    assert [[key["value"] for key in group["keys"]] for group in found["groups"]] == [
        ["PAID", "USD"],
        ["PENDING", "USD"],
    ]
    assert [(group["count"], group["totalSum"], group["totalAverage"]) for group in found["groups"]] == [
        (2, "50", "25"),
        (3, "35", "11.6667"),
    ]
    assert not found["pageInfo"]["hasNextPage"]
    first = (await ask(woven, query % (1, "")))["data"]["orderAggregates"]
    assert first["pageInfo"]["hasNextPage"]
    cursor = first["pageInfo"]["endCursor"]
    last = (await ask(woven, query % (1, f', after: "{cursor}"')))["data"]["orderAggregates"]
    assert [group["totalSum"] for group in last["groups"]] == ["35"]


async def test_groups_that_pass_and_amounts_converted(woven: Woven) -> None:
    """Tests of groups compare what is shown, amounts converted at the rate that the caller states."""
    query = """{ orderAggregates(groupBy: [{field: PAYMENT_STATUS}], having: [{measure: TOTAL_SUM, gte: "32"}],
        convertTo: {currency: "EUR", rates: [{currency: "USD", rate: "0.9"}]}) {
        groups { keys { value } totalSum totalMax } } }"""
    groups = (await ask(woven, query))["data"]["orderAggregates"]["groups"]
    (group,) = groups
    assert group["keys"] == [{"value": "PAID"}]
    assert [Decimal(group[name]) for name in ("totalSum", "totalMax")] == [45, 27]


async def test_converted_sums_have_four_places(woven: Woven) -> None:
    """Fifty at a rate of thirds are shown to four places, and not with all that the rate has."""
    thirds = "0." + 60 * "3"
    query = f"""{{ orderAggregates(groupBy: [{{field: PAYMENT_STATUS}}], convertTo: {{currency: "EUR",
        rates: [{{currency: "USD", rate: "{thirds}"}}]}}) {{ groups {{ totalSum totalMin totalAverage }} }} }}"""
    paid, _ = (await ask(woven, query))["data"]["orderAggregates"]["groups"]
    assert paid == {"totalSum": "16.6667", "totalMin": "6.6667", "totalAverage": "8.3333"}


async def test_sums_are_for_who_sees_amounts(woven: Woven) -> None:
    """Without the scope of amounts a sum is neither selected nor sorted by nor compared, and a company no group."""
    picker = Rights(scopes=frozenset({Scope.ORDERS}))
    for query in (
        "{ orderAggregates(groupBy: [{field: CURRENCY}]) { groups { totalSum } } }",
        "{ orderAggregates(groupBy: [{field: CURRENCY}], orderBy: {measure: TOTAL_SUM}) { groups { count } } }",
        '{ orderAggregates(groupBy: [{field: CURRENCY}], having: [{measure: DUE_SUM, gt: "1"}]) { groups { count } } }',
        "{ orderAggregates(groupBy: [{field: COMPANY}]) { groups { count } } }",
    ):
        assert (await code_of(woven, query, picker))[0] == "FORBIDDEN"
    assert (await ask(woven, "{ orderAggregates { groups { count } } }", picker))["data"]["orderAggregates"] == {
        "groups": [{"count": 5}]
    }


async def test_of_how_many_a_sum_is(woven: Woven) -> None:
    """Every order has a total and none says what is due: the sum of the one covers all, of the other none."""
    query = '{ orderAggregates(groupBy: [{field: CURRENCY}], having: [{measure: DUE_KNOWN, lt: "1"}]) '
    query += "{ groups { count totalSum totalKnown dueSum dueKnown } } }"
    assert (await ask(woven, query))["data"]["orderAggregates"]["groups"] == [
        {"count": 5, "totalSum": "85", "totalKnown": 5, "dueSum": None, "dueKnown": 0}
    ]
