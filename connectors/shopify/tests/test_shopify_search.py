"""Conditions become search terms that are safe and narrow enough; what Shopify cannot do is handed back."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet, Header, Key, OrderRecord
from orderweave_sdk.testing.faults import Fault
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.world import World
from orderweave_shopify.changes import Place, cursor_of, place_of
from orderweave_shopify.connector import ShopifyConnector
from orderweave_shopify.search_terms import push_down, quoted
from orderweave_shopify.simulator import ShopifySimulator
from orderweave_shopify.simulator_search import SearchError, parsed

from .rich_orders import ids, rich_world

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def condition(field: SearchField, operator: Operator, *values: Any) -> Condition:
    """A condition."""
    return Condition(field, operator, values)


@pytest.mark.parametrize(
    ("asked", "query", "left"),
    [
        (condition(SearchField.NUMBER, Operator.EQ, "#1001"), '(name:"1001" OR name:"#1001")',
         condition(SearchField.NUMBER, Operator.IN, "1001", "#1001")),
        (condition(SearchField.PLACED_AT, Operator.GTE, NOON.astimezone(timezone(timedelta(hours=9)))),
         "processed_at:>='2026-03-01T12:00:00Z'", None),
        (condition(SearchField.UPDATED_AT, Operator.LT, NOON), "updated_at:<'2026-03-01T12:00:00Z'", None),
        (condition(SearchField.PAYMENT_STATUS, Operator.IN, "PAID", "VOIDED"),
         "(financial_status:paid OR financial_status:voided)", None),
        (condition(SearchField.RETURN_STATUS, Operator.EQ, "RECEIVED"), "(return_status:inspection_complete)", None),
        (condition(SearchField.CUSTOMER_ID, Operator.EQ, "gid://shopify/Customer/12"), "(customer_id:12)", None),
        (condition(SearchField.STATUS, Operator.EQ, "COMPLETED"), "((status:closed AND -status:cancelled))", ...),
        (condition(SearchField.FULFILLMENT_STATUS, Operator.EQ, "PARTIALLY_FULFILLED"),
         "(fulfillment_status:partial)", ...),
        (condition(SearchField.CUSTOMER_EMAIL, Operator.EQ, "o'n@example.com"), '(email:"o\'n@example.com")', ...),
        (condition(SearchField.SKU, Operator.IN, "A B", "C"), '(sku:"A B" OR sku:"C")', ...),
        # What Shopify has no word for is not sent at all.
        (condition(SearchField.PAYMENT_STATUS, Operator.IN, "PAID", "DISPUTED"), None, ...),
        (condition(SearchField.STATUS, Operator.IN, "OPEN", "DRAFT"), None, ...),
        (condition(SearchField.FULFILLMENT_STATUS, Operator.EQ, "UNFULFILLED"), None, ...),
        (condition(SearchField.CUSTOMER_ID, Operator.EQ, "C-12"), None, ...),
        (condition(SearchField.CURRENCY, Operator.EQ, "USD"), None, ...),
        (condition(SearchField.NUMBER, Operator.NE, "1001"), None, ...),
        (condition(SearchField.PLACED_AT, Operator.EQ, NOON), None, ...),
    ],
)  # fmt: skip
def test_each_condition(asked: Condition, query: str | None, left: Any) -> None:
    """The term, and what the caller must still do (`...` stands for the condition itself)."""
    remaining = () if left is None else (asked,) if left is ... else (left,)
    assert push_down((asked,)) == (query, remaining)


def test_conditions_together_must_all_hold() -> None:
    """Several terms are joined by AND."""
    query, _ = push_down(
        (
            condition(SearchField.PLACED_AT, Operator.GT, NOON),
            condition(SearchField.PAYMENT_STATUS, Operator.EQ, "PAID"),
        )
    )
    assert query == "processed_at:>'2026-03-01T12:00:00Z' AND (financial_status:paid)"
    assert push_down(()) == (None, ())


@pytest.mark.parametrize("value", ['a" OR name:"b', "a\\", 'a\\" OR status:open', "it's", "(a) AND -b", ""])
def test_no_value_escapes_its_quotes(value: str) -> None:
    """Whatever a value holds, it stays one phrase."""
    tree = parsed(f"po_number:{quoted(value)}")
    assert tree.holds({"po_number": [value]})
    assert not tree.holds({"po_number": ["b"], "name": ["b"], "status": ["open"]})


@pytest.mark.parametrize("query", ["(name:a", "name:", "name:a OR", "AND", "name:a )", "%"])
def test_the_simulators_language_refuses_nonsense(query: str) -> None:
    """A query that is not of the language is an error, not an empty result."""
    with pytest.raises(SearchError):
        parsed(query)


def search(**changes: Any) -> Search:
    """Everything, newest first."""
    base = Search(
        conditions=(),
        sort=SearchField.PLACED_AT,
        descending=True,
        size=50,
        after=None,
        facets=frozenset({Facet.HEADER}),
    )
    return msgspec.structs.replace(base, **changes)


async def test_a_page_is_as_small_as_its_cost_demands(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """With every facet a page of 50 becomes one of 33, and says that there is more."""
    orders = sample_world(ids).orders
    copies = tuple(msgspec.structs.replace(orders[n % 25], external_id=ids("order", n), keys=()) for n in range(1, 41))
    shop.seed(World(orders=copies))
    page = await connector.search_orders(search(facets=ShopifyConnector.manifest.facets), Call.within(20))
    assert (len(page.hits), page.more) == (33, True)
    assert len(shop.calls) == 1


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_every_order_comes_once(
    size: int, descending: bool, shop: ShopifySimulator, connector: ShopifyConnector
) -> None:
    """Nine orders of which five were placed in one second come once each, equals by id in the same direction."""
    moments = [NOON + timedelta(seconds=n) for n in (0, 1, 2, 2, 2, 2, 2, 3, 4)]
    shop.seed(
        World(
            orders=tuple(
                OrderRecord(
                    external_id=ids("order", n), keys=(Key("id", ids("order", n)),), header=Header(placed_at=moment)
                )
                for n, moment in reversed(list(enumerate(moments, start=1)))
            )
        )
    )
    found: list[str] = []
    after: str | None = None
    for _ in range(20):
        page = await connector.search_orders(
            search(sort=SearchField.PLACED_AT, descending=descending, size=size, after=after), Call.within(10)
        )
        found += [hit.record.external_id for hit in page.hits]
        if not page.more:
            break
        after = page.hits[-1].cursor
    expected = [ids("order", n) for n in range(1, 10)]
    assert found == (expected[::-1] if descending else expected)


async def test_a_page_of_unreadable_orders_is_passed(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """Where a whole page cannot be read, the search goes on to the next, so that a cursor can be given."""
    shop.seed(sample_world(ids))
    await shop.fail(Fault.BAD_RECORD, bad_record=ids("order", 25), times=1)
    page = await connector.search_orders(search(size=1), Call.within(10))
    assert [hit.record.external_id for hit in page.hits] == [ids("order", 24)]
    assert [gap.external_id for gap in page.gaps] == [ids("order", 25)]


async def test_a_shop_of_unreadable_orders_is_a_bad_payload(
    shop: ShopifySimulator, connector: ShopifyConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page after page without one readable order ends in words, not in a loop."""
    monkeypatch.setattr("orderweave_shopify.connector._MOST_PAGES", 1)
    shop.seed(sample_world(ids))
    await shop.fail(Fault.BAD_RECORD, bad_record=ids("order", 25))
    with pytest.raises(BadPayload, match="no order that can be read"):
        await connector.search_orders(search(size=1), Call.within(10))


async def test_changes_are_read_page_by_page_and_overlap(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """A run follows Shopify's cursor; the next starts a minute before the last change, so that none is missed."""
    orders = sample_world(ids).orders
    copies = tuple(msgspec.structs.replace(orders[n % 25], external_id=ids("order", n), keys=()) for n in range(1, 61))
    shop.seed(World(orders=copies))
    first = await connector.list_changes(None, NOON - timedelta(days=30), frozenset(), Call.within(10))
    assert (len(first.records), first.more) == (50, True)
    second = await connector.list_changes(first.cursor, None, frozenset(), Call.within(10))
    assert (len(second.records), second.more) == (10, False)
    latest = max(record.updated_at for record in second.records if record.updated_at)
    assert place_of(second.cursor, None) == Place(since=latest - timedelta(seconds=60))
    third = await connector.list_changes(second.cursor, None, frozenset(), Call.within(10))
    assert {record.updated_at for record in third.records} == {latest}


def test_a_long_run_starts_anew_before_shopify_stops() -> None:
    """After 400 pages a run goes on by time instead of by cursor, unless time has not moved."""
    place = Place(since=NOON, after="x", latest=NOON, pages=400)
    later = NOON + timedelta(seconds=1)
    assert place.moved(later, "y", more=True) == Place(since=later)
    assert place.moved(NOON, "y", more=True) == Place(since=NOON, after="y", latest=NOON, pages=401)
    assert Place().moved(None, None, more=False) == Place()
    assert Place(since=NOON).moved(NOON, None, more=False) == Place(since=NOON)


@pytest.mark.parametrize("cursor", ["", "x", "e30", "eyJzaW5jZSI6N30=", "é", "AAAA"])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    """What is not a cursor of ours is the caller's mistake, said in words."""
    with pytest.raises(GiveUp, match="not a cursor"):
        place_of(cursor, None)


def test_a_cursor_names_its_place() -> None:
    """A place comes back as it was."""
    place = Place(since=NOON, after="abc", latest=NOON, pages=3)
    assert place_of(cursor_of(place), None) == place


async def test_stock_goes_past_the_first_page_of_places(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """A SKU at 300 places, written in another case, comes back whole in two calls."""
    shop.seed(rich_world())
    stock = await connector.read_stock(["MUG"], None, Call.within(10))
    assert {record.sku for record in stock.records} == {"Mug"}
    assert len(stock.records) == 300
    assert [call.operation for call in shop.calls] == ["StockBySku", "MoreLevels"]
    assert len((await connector.list_locations(Call.within(10))).records) == 300
    one = await connector.read_stock(["MUG"], [ids("location", 7)], Call.within(10))
    assert [record.on_hand for record in one.records] == [6]


async def test_batches_over_their_size_are_refused(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """Stock and products take 50 SKUs at most, and an empty list costs nothing."""
    many = [f"S{n}" for n in range(51)]
    with pytest.raises(GiveUp):
        await connector.read_stock(many, None, Call.within(5))
    with pytest.raises(GiveUp):
        await connector.find_products(many, Call.within(5))
    assert (await connector.read_stock([], None, Call.within(5))).records == ()
    assert shop.calls == []


async def test_the_check_names_missing_rights(
    shop: ShopifySimulator, connector: ShopifyConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check says which shop answered, and which rights the token lacks."""
    assert await connector.check(Call.within(5)) == "shop Simulated shop: all rights"
    monkeypatch.setattr("orderweave_shopify.simulator.SCOPES", ("read_orders", "write_orders"))
    assert (await connector.check(Call.within(5))).startswith("shop Simulated shop: without read_all_orders, read_cu")


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        ({"url": "https://shop.example"}, []),
        ({"url": "https://shop.example/", "api_version": "2027-01"}, []),
        ({"url": "https://shop.example/admin?x=1"}, ["url: give the shop's address alone"]),
        ({"url": "https://shop.example", "api_version": "2026-02"}, ["api_version: versions are named"]),
    ],
)
def test_settings_are_checked(settings: dict[str, str], problems: list[str]) -> None:
    """A path in the address and a version that Shopify never named are found, by the key's name."""
    found = ShopifyConnector.problems(settings)
    assert len(found) == len(problems)
    assert all(said.startswith(expected) for said, expected in zip(found, problems, strict=True))
