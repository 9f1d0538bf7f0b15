"""Look-ups and pages: how many calls they cost, and that pages hold where moments are equal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave_sdk.batches import keys_of, packed
from orderweave_sdk.capabilities import Condition, Search, Skus
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet, Happening, Header, Key, LocationRecord, OrderRecord, ProductRecord
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.testing.world import World
from orderweave_vendure.connector import VendureConnector
from orderweave_vendure.manifest import MANIFEST
from orderweave_vendure.search_terms import push_down
from orderweave_vendure.simulator import VendureSimulator

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def orders(moments: Sequence[datetime | None]) -> tuple[OrderRecord, ...]:
    """An order for each moment, in the other order of their ids."""
    return tuple(
        OrderRecord(
            external_id=str(100 + number),
            keys=(Key("id", str(100 + number)), Key("number", f"N{number}")),
            header=Header(number=f"N{number}", placed_at=moment, currency="USD"),
        )
        for number, moment in reversed(list(enumerate(moments)))
    )


async def pages(connector: VendureConnector, size: int, *, descending: bool = False) -> list[str]:
    """The ids of a search through all pages."""
    found: list[str] = []
    after: str | None = None
    while True:
        search = Search(
            conditions=(),
            sort=SearchField.PLACED_AT,
            descending=descending,
            size=size,
            after=after,
            facets=frozenset(),
        )
        page = await connector.search_orders(search, Call.within(10))
        found += [hit.record.external_id for hit in page.hits]
        if not page.more:
            return found
        after = page.hits[-1].cursor


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (20, 1), (100, 1), (101, 2), (1000, 10)])
async def test_calls(count: int, expected: int, shop: VendureSimulator, connector: VendureConnector) -> None:
    """A hundred orders a call with every facet, by ids and codes mixed; no order is asked for twice."""
    shop.seed(World(orders=orders([START + timedelta(hours=n) for n in range(count)])))
    await connector.check(Call.within(10))
    keys = [order.keys[number % 2] for number, order in enumerate(shop.world.orders)]
    before = len(shop.calls)
    found = [
        record
        for batch in packed(keys, MANIFEST)
        for record in (await connector.find_orders(batch, MANIFEST.facets, Call.within(60))).records
    ]
    assert {record.external_id for record in found} == {order.external_id for order in shop.world.orders}
    assert len(found) == count
    assert len(shop.calls) - before == expected


async def test_an_order_found_by_both_keys_comes_once(connector: VendureConnector, shop: VendureSimulator) -> None:
    """Its id and its code in one batch name one order."""
    order = shop.world.orders[0]
    found = await connector.find_orders(order.keys, frozenset(), Call.within(10))
    assert [record.external_id for record in found.records] == [order.external_id]


async def test_nothing_that_could_be_a_key_is_no_call(connector: VendureConnector, shop: VendureSimulator) -> None:
    """Blank codes, and ids that no database of Vendure's holds, are not asked for."""
    keys = [Key("id", "99999999999"), Key("number", "  ")]
    assert (await connector.find_orders(keys, frozenset(), Call.within(10))).records == ()
    assert shop.calls == []


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_pages_where_moments_are_equal(
    size: int, descending: bool, shop: VendureSimulator, connector: VendureConnector
) -> None:
    """Nine orders of which five were placed in the same millisecond come once each, equals by id."""
    moments = [START + timedelta(milliseconds=n) for n in (0, 1, 2, 2, 2, 2, 2, 3, 4)]
    shop.seed(World(orders=orders(moments)))
    expected = sorted((moments[int(order.external_id) - 100], order.external_id) for order in shop.world.orders)
    ids = [identity for _, identity in expected]
    assert await pages(connector, size, descending=descending) == (ids[::-1] if descending else ids)


async def test_a_page_is_one_call(shop: VendureSimulator, connector: VendureConnector) -> None:
    """Where no two orders share a moment, each page is one call."""
    await connector.check(Call.within(10))
    before = len(shop.calls)
    assert len(await pages(connector, 10)) == 25
    assert len(shop.calls) - before == 3


async def test_too_many_equals_are_told(shop: VendureSimulator, connector: VendureConnector) -> None:
    """More orders of one millisecond than ten reads hold end the page with an error, not with some of them."""
    shop.seed(World(orders=orders([START] * 60)))
    with pytest.raises(BadPayload, match="one millisecond"):
        await pages(connector, 3)


async def test_orders_that_were_never_placed(shop: VendureSimulator, connector: VendureConnector) -> None:
    """Carts and drafts are found by no page."""
    shop.seed(World(orders=orders([START, None, START + timedelta(1)])))
    assert await pages(connector, 10) == ["100", "102"]


async def test_a_foreign_cursor_is_refused(connector: VendureConnector) -> None:
    """Only what a hit gave goes on from anywhere."""
    search = Search(
        conditions=(), sort=SearchField.PLACED_AT, descending=False, size=5, after="tomorrow 7", facets=frozenset()
    )
    with pytest.raises(GiveUp, match="cursor"):
        await connector.search_orders(search, Call.within(10))


def noted(order: OrderRecord, count: int) -> OrderRecord:
    """The order with so many notes on it."""
    notes = (Happening(occurred_at=START + timedelta(minutes=n), kind="ORDER_NOTE", message="x") for n in range(count))
    return msgspec.structs.replace(order, timeline=tuple(notes))


async def test_long_histories_are_read_on(shop: VendureSimulator, connector: VendureConnector) -> None:
    """Two orders with more than a page of history cost one call a page more between them, and one with less none."""
    counts = {"100": 3, "101": 150, "102": 201}
    shop.seed(World(orders=tuple(noted(order, counts[order.external_id]) for order in orders([START] * 3))))
    await connector.check(Call.within(10))
    before = len(shop.calls)
    found = await connector.find_orders(keys_of("id", list(counts)), MANIFEST.facets, Call.within(10))
    assert {record.external_id: len(record.timeline or ()) for record in found.records} == counts
    assert found.gaps == ()
    assert len(shop.calls) - before == 3


async def test_a_history_longer_than_is_read_is_a_gap(shop: VendureSimulator, connector: VendureConnector) -> None:
    """The order comes with what was read, and a gap names it."""
    order = noted(shop.world.orders[0], 501)
    shop.seed(World(orders=(order,)))
    keys = keys_of("id", [order.external_id])
    found = await connector.find_orders(keys, frozenset({Facet.TIMELINE}), Call.within(10))
    assert [len(record.timeline or ()) for record in found.records] == [500]
    assert [gap.external_id for gap in found.gaps] == [order.external_id]


async def test_all_places_are_listed_page_by_page(shop: VendureSimulator, connector: VendureConnector) -> None:
    """Two hundred and fifty places are three calls."""
    places = tuple(LocationRecord(external_id=str(n), name=f"Place {n}") for n in range(250))
    shop.seed(World(locations=places))
    await connector.check(Call.within(10))
    before = len(shop.calls)
    assert (await connector.list_locations(Call.within(10))).records == places
    assert len(shop.calls) - before == 3


def goods(numbers: Sequence[int]) -> World:
    """A variant for each number."""
    return World(products=tuple(ProductRecord(external_id=str(n), sku=f"S{n}", active=True) for n in numbers))


async def test_what_is_deleted_meanwhile_hides_no_sku(shop: VendureSimulator, connector: VendureConnector) -> None:
    """Vendure pages by count: ten rows deleted before the next page move ten others to where pages were read."""
    shop.seed(goods(range(250)))
    first = await connector.list_skus(None, Call.within(10))
    assert first.skus == tuple(f"S{n}" for n in range(100))
    shop.seed(goods(range(10, 250)))
    second = await connector.list_skus(first.after, Call.within(10))
    assert second.skus == tuple(f"S{n}" for n in range(100, 200))
    shop.seed(goods([*range(10, 199), *range(200, 250)]))
    third = await connector.list_skus(second.after, Call.within(10))
    assert set(third.skus) >= {f"S{n}" for n in range(200, 250)}
    shop.seed(goods(range(10)))
    assert await connector.list_skus(second.after, Call.within(10)) == Skus(skus=(), after=None)
    with pytest.raises(GiveUp):
        await connector.list_skus("all of them", Call.within(10))


class Untidy(VendureSimulator):
    """Says of one variant nothing that can be read, and of another that it has no SKU."""

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the vendor, but for these two."""
        answer = await super().answer(request)
        body = answer.body.replace(b'"sku":"S1"', b'"sku":null').replace(b'"sku":"S2"', b'"sku":""')
        return msgspec.structs.replace(answer, body=body)


async def test_a_variant_that_cannot_be_read_is_a_gap() -> None:
    """It hides none of its page, and a variant without a SKU is left out; both count as rows that were read."""
    async with Untidy() as shop:
        shop.seed(goods(range(4)))
        made = Connecting(VendureConnector, shop.settings())
        assert isinstance(made.connector, VendureConnector)
        page = await made.connector.list_skus(None, Call.within(10))
        await made.close()
    assert (page.skus, page.after, [gap.external_id for gap in page.gaps]) == (("S0", "S3"), None, ["1"])


async def test_stock_of_more_than_a_batch_is_refused(connector: VendureConnector) -> None:
    """A hundred SKUs a call, of stock and of products."""
    skus = [f"S{n}" for n in range(101)]
    with pytest.raises(GiveUp):
        await connector.read_stock(skus, None, Call.within(10))
    with pytest.raises(GiveUp):
        await connector.find_products(skus, Call.within(10))


async def test_money_in_three_digits(shop: VendureSimulator) -> None:
    """The server says in every answer how many digits it keeps; nothing is kept of it from one to the next."""
    made = Connecting(VendureConnector, shop.settings())
    connector = made.connector
    assert isinstance(connector, VendureConnector)
    order = next(order for order in shop.world.orders if order.key("number") == "1001")
    try:
        for digits in (2, 3):
            shop.digits = digits
            found = await connector.find_orders(
                keys_of("id", [order.external_id]), frozenset({Facet.HEADER}), Call.within(10)
            )
            assert found.records[0].header is not None
            assert found.records[0].header.totals is not None
            assert order.header is not None
            assert order.header.totals is not None
            assert found.records[0].header.totals.total == order.header.totals.total
    finally:
        await made.close()


MOMENTS = st.integers(min_value=0, max_value=86_400_000_000).map(lambda after: START + timedelta(microseconds=after))
_COMPARED = {
    Operator.GT: lambda placed, bound: placed > bound,
    Operator.GTE: lambda placed, bound: placed >= bound,
    Operator.LT: lambda placed, bound: placed < bound,
    Operator.LTE: lambda placed, bound: placed <= bound,
}


@given(MOMENTS, st.integers(min_value=-1500, max_value=1500), st.sampled_from(sorted(_COMPARED)))
def test_bounds_are_exact(bound: datetime, apart: int, operator: Operator) -> None:
    """For a moment kept in milliseconds, "after" and "before" are the comparison that was asked for."""
    placed = (bound + timedelta(microseconds=apart)).replace(microsecond=0)
    placed += timedelta(milliseconds=(bound + timedelta(microseconds=apart)).microsecond // 1000)
    (filter_,), left = push_down([Condition(SearchField.PLACED_AT, operator, (bound,))])
    assert left == ()
    ((side, text),) = filter_["orderPlacedAt"].items()
    limit = datetime.fromisoformat(text)
    assert (placed > limit if side == "after" else placed < limit) == _COMPARED[operator](placed, bound)


def test_what_cannot_be_filtered_is_left() -> None:
    """Other fields and operators go back to the caller, and so does what narrows only."""
    conditions = [
        Condition(SearchField.CUSTOMER_EMAIL, Operator.EQ, ("a@example.com",)),
        Condition(SearchField.STATUS, Operator.NE, ("OPEN",)),
        Condition(SearchField.FULFILLMENT_STATUS, Operator.EQ, ("FULFILLED",)),
        Condition(SearchField.STATUS, Operator.EQ, ("UNKNOWN",)),
    ]
    filters, left = push_down(conditions)
    assert left == tuple(conditions[:3])
    silent = ["ArrangingAdditionalPayment", "Cancelled", "Delivered", "Modifying", "PartiallyDelivered", "Shipped"]
    assert filters[0] == {"state": {"in": silent}}
    assert filters[1]["_or"][0] == {"state": {"in": []}}
    assert len(filters[1]["_or"][1]["state"]["notIn"]) == 13


def test_the_samples_are_told_as_they_are() -> None:
    """What Vendure can say of a record it can say again: reducing twice is reducing once."""
    for order in (orders([START])[0],):
        said = VendureSimulator.expressible(order)
        assert VendureSimulator.expressible(msgspec.structs.replace(said)) == said


def referring(order: OrderRecord, number: str) -> OrderRecord:
    """The order with another system's number in the shop's custom field."""
    return msgspec.structs.replace(order, references=(Key("purchaseOrder", number),))


async def test_references_in_custom_fields(shop: VendureSimulator, connector: VendureConnector) -> None:
    """Orders are found by a custom field that the settings name, beside ids and codes, and several by one value."""
    many = tuple(referring(order, "PO-1 ") for order in orders([START + timedelta(hours=n) for n in range(150)]))
    other = orders([START] * 151)[0]
    shop.seed(World(orders=(*many, other)))
    await connector.check(Call.within(10))
    before = len(shop.calls)
    keys = [Key("purchaseOrder", "PO-1 "), Key("number", other.key("number") or ""), Key("id", many[0].external_id)]
    found = await connector.find_orders(keys, frozenset(), Call.within(10))
    assert len(found.records) == 151
    assert sum(record.references == (Key("purchaseOrder", "PO-1 "),) for record in found.records) == 150
    assert len(shop.calls) - before == 2


def test_a_manifest_is_narrowed_by_the_settings() -> None:
    """Each custom field is a look-up and a reference; names that no query can hold are refused."""
    settings = {"url": "https://a.example", "api_key": "k", "reference_fields": " erpNumber,purchaseOrder, erpNumber"}
    manifest = VendureConnector.narrowed(settings)
    assert manifest.references == ("erpNumber", "purchaseOrder")
    assert set(manifest.lookups) == {"id", "number", "erpNumber", "purchaseOrder"}
    assert manifest.problems() == []
    assert VendureConnector.problems(settings) == []
    for name in ("id } evil", "number", "ä"):
        assert VendureConnector.problems({**settings, "reference_fields": name}) == [
            f"reference_fields: {name!r} is no name of a custom field"
        ]
