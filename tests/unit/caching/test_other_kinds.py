"""Stock, products, places and searches through the cache, and whole answers against live ones."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from orderweave.caching.ages import Ages
from orderweave.model.provenance import Via
from orderweave.operations.answers import Request
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Gap, Search
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.manifest import Capability, Operator, SearchField
from orderweave_sdk.records import Facet, LocationRecord, Place, ProductRecord, ReceiptRecord
from tests.unit.caching.stores import settings
from tests.unit.fake_business import erp, order, shop, stock
from tests.unit.fake_systems import FakeSystem, Woven, weave

DOWN = Unreachable("no connection")
HEADER = frozenset({Facet.HEADER})


def goods() -> FakeSystem:
    """A shop with two SKUs at one and two places, products and places."""
    system = shop([order("a1", "1001", hours=-1), order("a2", "1002")])
    system.stock = [stock("TEA-1", "east", 5), stock("TEA-1", "west", 7), stock("CUP-1", "east", 1)]
    system.products = [ProductRecord(external_id="p1", sku="TEA-1", title="Tea")]
    system.locations = [LocationRecord(external_id="east", name="East"), LocationRecord(external_id="west")]
    return system


async def test_stock_is_kept_by_sku() -> None:
    """All levels of a SKU are kept together; another SKU is asked alone, and each level says how it came."""
    system = goods()
    woven = weave(system, cache=settings("shop"))
    first = await woven.systems.read_stock("shop", ["TEA-1", "GONE-1"], woven.systems.call(9))
    again = await woven.systems.read_stock("shop", ["TEA-1", "CUP-1", "GONE-1"], woven.systems.call(9))
    assert [call.values for call in system.asked("stock")] == [("TEA-1", "GONE-1"), ("CUP-1",)]
    assert {entry.via for entry in first.found} == {Via.LIVE}
    assert sorted((entry.record.sku, entry.record.location.external_id, entry.via.value) for entry in again.found) == [
        ("CUP-1", "east", "LIVE"),
        ("TEA-1", "east", "CACHE"),
        ("TEA-1", "west", "CACHE"),
    ]


async def test_receipts_are_kept_by_sku() -> None:
    """Lines of a SKU are kept together, and serve where their system fails, with the issue that they stand in for."""
    system = goods()
    able = system.manifest.capabilities | {Capability.READ_RECEIPTS}
    system.manifest = msgspec.structs.replace(system.manifest, capabilities=able)
    east = Place(external_id="east")
    system.receipts = [
        ReceiptRecord(sku="TEA-1", location=east, external_id=str(line), quantity=Decimal(line)) for line in (1, 2)
    ]
    woven = weave(system, cache=settings("shop", receipts=Ages(ttl=5, stale_if_error=100)))
    for _ in range(2):
        found = await woven.systems.read_receipts("shop", ["TEA-1"], woven.systems.call(9))
        assert sorted(entry.record.external_id for entry in found.found) == ["1", "2"]
    assert [call.values for call in system.asked("receipts")] == [("TEA-1",)]
    woven.time.advance(6)
    system.errors["receipts"] = DOWN
    found = await woven.systems.read_receipts("shop", ["TEA-1"], woven.systems.call(9))
    assert [(entry.stale, entry.instead_of is not None) for entry in found.found] == [(True, True)] * 2


async def test_stock_says_in_the_answer_how_old_it_is() -> None:
    """Stock of a system that is down serves from the cache, says so in `sources` and `freshness`, misses nothing, and
    the SKU that was never asked misses the system.
    """
    system = goods()
    woven = weave(system, cache=settings("shop", stock=Ages(ttl=5, stale_if_error=100)))
    query = """{ inventory(skus: ["TEA-1", "CUP-1"]) { sku onHand levels { sources { via stale } }
        freshness { maxAgeSeconds stale missing { system } unmet { system reason } } } }"""
    operations = Operations(woven.schema)
    await operations.run(Request(query='{ inventory(skus: ["TEA-1"]) { sku } }'), Context(woven.gateway))
    system.error = DOWN
    woven.time.advance(50)
    answer = await operations.run(Request(query=query), Context(woven.gateway))
    source = {"sources": [{"via": "CACHE", "stale": True}]}
    assert answer.document() == {
        "data": {
            "inventory": [
                {
                    "sku": "TEA-1",
                    "onHand": 12,
                    "levels": [source, source],
                    "freshness": {"maxAgeSeconds": 50, "stale": True, "missing": [], "unmet": []},
                },
                {
                    "sku": "CUP-1",
                    "onHand": None,
                    "levels": [],
                    "freshness": {"maxAgeSeconds": 0, "stale": False, "missing": [{"system": "shop"}], "unmet": []},
                },
            ]
        }
    }


async def test_products_and_places_are_kept() -> None:
    """Products by SKU and the places of a system are asked once, and serve while the system is down."""
    system = goods()
    woven = weave(system, cache=settings("shop"))
    for _ in range(2):
        product = await woven.systems.find_products("shop", ["TEA-1", "GONE-1"], woven.systems.call(9))
        assert [record.title for record in product.found] == ["Tea"]
        places = await woven.systems.list_locations("shop", woven.systems.call(9))
        assert [record.external_id for record in places.found] == ["east", "west"]
    assert len(system.calls) == 2
    system.error = DOWN
    woven.time.advance(3600)
    assert (await woven.systems.list_locations("shop", woven.systems.call(9))).failed is None


async def test_what_cannot_say_its_age_is_not_older_than_asked() -> None:
    """A product has nowhere to say that it is too old: with an age asked that cannot be had, the system is missing."""
    system = goods()
    woven = weave(system, cache=settings("shop"))
    await woven.systems.find_products("shop", ["TEA-1"], woven.systems.call(9))
    system.error = DOWN
    woven.time.advance(50)
    for age, told in ((60.0, False), (40.0, True), (0.0, True)):
        call = msgspec.structs.replace(woven.systems.call(9), max_age=age)
        assert ((await woven.systems.find_products("shop", ["TEA-1"], call)).failed is not None) == told


def search(*conditions: Condition, after: str | None = None) -> Search:
    """A page of one hit."""
    return Search(
        conditions=conditions, sort=SearchField.PLACED_AT, descending=True, size=1, after=after, facets=HEADER
    )


async def test_a_page_is_kept_with_all_that_it_says() -> None:
    """The same page of the same search is one call; hits, cursors, `more` and what remains come back. Another page,
    or another condition, is another call.
    """
    system = goods()
    woven = weave(system, cache=settings("shop"))
    conditions = (
        Condition(SearchField.NUMBER, Operator.IN, ("1001", "1002")),
        Condition(SearchField.STATUS, Operator.EQ, ("OPEN",)),
    )
    first = await woven.systems.search_orders("shop", search(*conditions), woven.systems.call(9))
    again = await woven.systems.search_orders("shop", search(*conditions), woven.systems.call(9))
    assert again.remaining == conditions[1:]
    assert (again.more, [hit.cursor for hit in again.found]) == (True, ["0"])
    assert again.found[0].fetched == msgspec.structs.replace(first.found[0].fetched, via=Via.CACHE)
    await woven.systems.search_orders("shop", search(*conditions, after="0"), woven.systems.call(9))
    await woven.systems.search_orders("shop", search(conditions[0]), woven.systems.call(9))
    assert len(system.calls) == 3


async def test_hits_are_known_by_their_ids() -> None:
    """An order that a list brought is not asked for again by its id."""
    system = goods()
    woven = weave(system, cache=settings("shop"))
    await woven.systems.search_orders("shop", search(), woven.systems.call(9))
    found = await woven.systems.find_orders("shop", keys_of("id", ["a2"]), HEADER, woven.systems.call(9))
    assert [(entry.record.external_id, entry.via) for entry in found.found] == [("a2", Via.CACHE)]
    assert system.asked("find") == []


async def test_a_page_with_gaps_or_of_a_dead_system_is_not_kept() -> None:
    """A page that could not be read whole is asked again; a failure is told, for a list cannot say that it is old."""
    system = goods()
    system.gaps = (Gap("lines: expected a list"),)
    woven = weave(system, cache=settings("shop"))
    for _ in range(2):
        page = await woven.systems.search_orders("shop", search(), woven.systems.call(9))
        assert len(page.gaps) == 1
        assert len(page.found) == 1
    assert len(system.calls) == 2
    system.gaps, system.error = (), DOWN
    woven.time.advance(6)
    assert (await woven.systems.search_orders("shop", search(), woven.systems.call(9))).failed is not None


ORDER = """id number status totals { total { amount } } lines(first: 9) { nodes { sku quantity { ordered } } }
    invoices { number } shipments { packages { trackingNumber } } identifiers { namespace value }
    sources { system externalId stale } conflicts { path values { system value } }
    freshness { stale missing { system reason facets } unmet { system } }"""
NUMBERS = ("1001", "#1002", "1003", "1004", "SO1", "SO2", "9999")
QUESTION = st.one_of(
    st.builds(
        lambda n, some: f'order(by: {{number: "{n}"}}) {{ {some} }}',
        st.sampled_from(NUMBERS),
        st.sampled_from((ORDER, "number", "invoices { number } sources { system }")),
    ),
    st.builds(
        lambda name, value: f'order(by: {{key: {{namespace: "{name}", value: "{value}"}}}}) {{ {ORDER} }}',
        st.sampled_from(("shop:id", "shop:number", "erp:number", "erp:reference")),
        st.sampled_from(("a1", "1001", "1002", "1003", "SO1", "SO3")),
    ),
    st.builds(lambda n: f"orders(first: {n}) {{ nodes {{ {ORDER} }} coverage {{ complete }} }}", st.integers(1, 4)),
    st.builds(
        lambda n: f'orders(first: {n}, filter: {{number: {{in: ["1001", "1003"]}}}}) {{ nodes {{ id number }} }}',
        st.integers(1, 4),
    ),
    st.just('inventory(skus: ["TEA-1", "tea-1", "CUP-1"]) { sku onHand levels { onHand } }'),
    st.just('product(sku: "tea-1") { title }'),
    st.just("locations { id name }"),
)


def business(cached: bool) -> Woven:
    """A shop and an ERP with a doubled reference, an order of its own, and one that refers to nothing."""
    first = goods()
    first.orders = [
        order("a1", "1001", skus=["TEA-1"], tracking="T1"),
        order("a2", "#1002", hours=1, skus=["TEA-1", "CUP-1"]),
        order("a3", "1003", hours=2),
        order("a4", "1004", hours=3),
    ]
    second = erp(
        [
            order("e1", "SO1", reference=("reference", "1001"), total="11.00", invoice="I1", skus=["TEA-1"]),
            order("e2", "SO2", hours=4),
            order("e3", "SO3", reference=("reference", "#1003"), invoice="I3"),
            order("e4", "SO4", reference=("reference", "1003")),
            order("e5", "SO5", hours=5, reference=("reference", "1099")),
        ]
    )
    second.stock = [stock("TEA-1", "12", 4)]
    return weave(first, second, cache=settings("shop", "erp") if cached else None)


@given(st.lists(st.tuples(QUESTION, st.integers(0, 1)), min_size=1, max_size=5))
def test_a_cached_answer_equals_the_live_one(questions: list[tuple[str, int]]) -> None:
    """Whatever is asked, in whatever order: while nothing changes behind and all is young, the gateway with a
    cache gives the answers of the one without, and asks no more than it.
    """

    async def run() -> None:
        live, cached = business(False), business(True)
        operations = Operations(live.schema)
        for question, seconds in questions:
            for woven in (live, cached):
                woven.time.advance(seconds)
            answers = [
                (await operations.run(Request(query=f"{{ {question} }}"), Context(woven.gateway))).document()
                for woven in (live, cached)
            ]
            assert answers[0] == answers[1]
        calls = [sum(len(system.calls) for system in woven.fakes.values()) for woven in (live, cached)]
        assert calls[1] <= calls[0]
        await cached.close()

    asyncio.run(run())
