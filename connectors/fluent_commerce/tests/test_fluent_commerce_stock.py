"""Stock, products and places: what the counts mean, and what is asked for them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave_fluent_commerce.connector import FluentCommerceConnector
from orderweave_fluent_commerce.expressible import stock_as_said
from orderweave_fluent_commerce.payloads import PositionPayload
from orderweave_fluent_commerce.simulator import VIRTUAL_CATALOGUE, FluentCommerceSimulator
from orderweave_fluent_commerce.stock import stock_record
from orderweave_sdk.capabilities import Skus
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.records import LocationKind, Place, StockRecord
from orderweave_sdk.testing.comparing import comparable

from .answering import Answers, connected, listed


def call() -> Call:
    """Ten seconds."""
    return Call.within(10)


def position(*, more: bool = False, **fields: Any) -> dict[str, Any]:
    """A position with 7 left, 3 reserved by two orders, and 20 expected."""
    counts = [("RESERVED", -1), ("RESERVED", -2), ("EXPECTED", 20)]
    return {
        "id": "p1",
        "productRef": "TEA-1",
        "onHand": 7,
        "locationRef": "LOC_1",
        "updatedOn": "2026-03-01T08:00:00.000Z",
        "location": {"location": {"name": "East warehouse", "type": "WAREHOUSE"}},
        "quantities": {
            "edges": [{"node": {"type": kind, "quantity": count}} for kind, count in counts],
            "pageInfo": {"hasNextPage": more},
        },
        **fields,
    }


async def stock(*bodies: Any, **settings: Any) -> tuple[tuple[StockRecord, ...], list[str], Answers]:
    """What is read of these answers, the reasons of the gaps, and what was asked."""
    answers = Answers(*bodies)
    async with connected(answers, **settings) as connector:
        found = await connector.read_stock(["TEA-1"], None, call())
    return found.records, [gap.reason for gap in found.gaps], answers


async def test_what_is_left_is_not_what_is_there() -> None:
    """`onHand` has the reservations taken off: ten are on the shelf, three of them promised, seven may be sold."""
    (record,), gaps, answers = await stock(listed(position()))
    assert gaps == []
    assert record.location == Place(external_id="LOC_1", name="East warehouse", kind=LocationKind.WAREHOUSE)
    assert (record.on_hand, record.committed, record.available, record.incoming) == tuple(map(Decimal, (10, 3, 7, 20)))
    assert [asked["operationName"] for asked in answers.asked] == ["Positions"]
    assert "catalogue" not in answers.asked[0]["variables"]


async def test_what_a_virtual_catalogue_says_may_be_sold() -> None:
    """A buffer of the catalogue's leaves five of the seven; where it says nothing of a location, nobody knows."""
    sellable = listed({"productRef": "TEA-1", "groupRef": "LOC_1", "quantity": 5})
    both = listed(position(), position(id="p2", locationRef="LOC_2"))
    records, gaps, answers = await stock(both, sellable, virtual_catalogue="BASE:1", inventory_catalogue="IC:1")
    assert [(record.available, record.on_hand) for record in records] == [
        (Decimal(5), Decimal(10)),
        (None, Decimal(10)),
    ]
    assert gaps == []
    assert [asked["variables"]["catalogue"] for asked in answers.asked] == [{"ref": "IC:1"}, {"ref": "BASE:1"}]


async def test_more_reservations_than_are_read() -> None:
    """What is left is known all the same; what is there and what is promised is not, and a gap says so."""
    (record,), gaps, _ = await stock(listed(position(more=True)))
    assert (record.on_hand, record.committed, record.incoming, record.available) == (None, None, None, Decimal(7))
    assert gaps == ["stock by SKU: more reservations than are read"]


async def test_positions_that_say_less() -> None:
    """No location is a gap; no count is no count, and nothing is taken for zero."""
    records, gaps, _ = await stock(listed(position(locationRef=None), position(onHand=None, quantities=None)))
    assert gaps == ["stock by SKU: a position without a location"]
    assert [(record.on_hand, record.available, record.committed) for record in records] == [(None, None, Decimal(0))]


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 9999))
def test_counts_come_back(on_hand: int, committed: int, incoming: int) -> None:
    """Whatever is on the shelf and promised, the position that says so is read as that."""
    left = position(
        onHand=on_hand - committed,
        quantities={
            "edges": [
                {"node": {"type": "RESERVED", "quantity": -committed}},
                {"node": {"type": "EXPECTED", "quantity": incoming}},
            ]
        },
    )
    record = stock_record(decode(json.dumps(left).encode(), PositionPayload, what="position"), None)
    assert record is not None
    assert (record.on_hand, record.committed, record.incoming) == tuple(map(Decimal, (on_hand, committed, incoming)))


async def test_stock_of_an_account_without_virtual_catalogues(account: FluentCommerceSimulator) -> None:
    """Then it is one call, and what may be sold is what is left."""
    settings = {name: value for name, value in account.settings().items() if name != "virtual_catalogue"}
    made = Connecting(FluentCommerceConnector, settings)
    assert isinstance(made.connector, FluentCommerceConnector)
    await made.connector.check(call())
    before = len(account.calls)
    skus = sorted({level.sku for level in account.world.stock})
    found = await made.connector.read_stock(skus, None, call())
    await made.close()
    expected = [stock_as_said(level) for level in account.world.stock]
    assert sorted(map(comparable, found.records)) == sorted(map(comparable, expected))
    assert len(account.calls) - before == 1
    assert account.settings()["virtual_catalogue"] == VIRTUAL_CATALOGUE


async def test_skus_are_those_of_positions() -> None:
    """Each once a page, of the inventory's catalogue, from Fluent's cursor on; a position of nothing is a gap."""
    answers = Answers(
        listed(
            {"productRef": "TEA-1"}, {"productRef": "TEA-1"}, {"productRef": None}, {"productRef": "POT"}, more=True
        ),
        listed({"productRef": "TEA-1"}),
    )
    async with connected(answers, inventory_catalogue="IC:1", product_catalogue="PC:1") as connector:
        first = await connector.list_skus(None, call())
        second = await connector.list_skus(first.after, call())
    assert (first.skus, first.after) == (("TEA-1", "POT"), "c3")
    assert [gap.reason for gap in first.gaps] == ["SKUs: Expected `str`, got `null` - at `$.productRef`"]
    assert second == Skus(skus=("TEA-1",), after=None)
    asked = [question["variables"] for question in answers.asked]
    assert asked == [
        {"catalogue": {"ref": "IC:1"}, "first": 200},
        {"catalogue": {"ref": "IC:1"}, "first": 200, "after": "c3"},
    ]


async def test_products_are_variants_before_standard_products() -> None:
    """The second list is asked for what the first one lacks; of several catalogues' entries the first is taken."""
    variant = {"id": "1", "ref": "A", "name": "Tea", "gtin": "04000000000001", "status": "ACTIVE"}
    standard = {"id": "2", "ref": "B", "name": "Pot", "gtin": "", "status": "INACTIVE"}
    answers = Answers(listed(variant, {**variant, "id": "9"}), listed(standard))
    async with connected(answers, product_catalogue="PC:1") as connector:
        found = await connector.find_products(["A", "B", "C"], call())
    told = [(each.external_id, each.sku, each.title, each.gtin, each.active) for each in found.records]
    assert told == [("1", "A", "Tea", "04000000000001", True), ("2", "B", "Pot", None, False)]
    assert [asked["variables"]["skus"] for asked in answers.asked] == [["A", "B", "C"], ["B", "C"]]
    assert {asked["variables"]["catalogue"]["ref"] for asked in answers.asked} == {"PC:1"}


async def test_places_go_by_their_references() -> None:
    """A location's id is its reference, as orders and stock name it; types of others' own mean nothing here."""
    answers = Answers(
        listed(
            {"ref": "LOC_1", "name": "East", "type": "WAREHOUSE", "status": "ACTIVE"},
            {
                "ref": "LOC_2",
                "name": "Locker",
                "type": "LOCKER",
                "status": "INACTIVE",
                "primaryAddress": {"country": "US"},
            },
            {"ref": None, "name": "Nowhere"},
        )
    )
    async with connected(answers) as connector:
        found = (await connector.list_locations(call())).records
    assert [(place.external_id, place.name, place.kind, place.active) for place in found] == [
        ("LOC_1", "East", LocationKind.WAREHOUSE, True),
        ("LOC_2", "Locker", LocationKind.UNKNOWN, False),
    ]
    assert found[1].address is not None
    assert found[1].address.country_code == "US"


async def test_more_skus_than_a_batch_are_refused(
    account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """A hundred and one are a caller's mistake; nothing is sent."""
    skus = [f"S{n}" for n in range(101)]
    with pytest.raises(GiveUp):
        await connector.read_stock(skus, None, call())
    with pytest.raises(GiveUp):
        await connector.find_products(skus, call())
    assert account.calls == []
