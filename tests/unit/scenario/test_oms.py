"""The order management system's view: whole orders, tied like the warehouse's, and stock that is the ERP's count."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orderweave.scenario import CASTS, Scenario, cast, generate, told
from orderweave.scenario.places import location_ids
from orderweave_sdk.records import OrderRecord
from tests.unit.scenario.ids import IDS, ids_of

ALL = {**IDS, "oms": ids_of("oms")}
USUAL = cast(["shopify", "tryton", "shiphero"])
OMS = CASTS["fluent_commerce"]


@pytest.fixture(scope="module", params=[1, 2, 3], ids="seed {}".format)
def overseen(request: pytest.FixtureRequest) -> Scenario:
    """The smallest scenario with every kind of mess, with an OMS."""
    return generate(seed=request.param, orders=200, ids=ALL)


def skus(record: OrderRecord) -> set[str]:
    """What the order is of, however the system spells it."""
    return {(line.sku or "").strip().casefold() for line in record.lines or ()}


def plans(record: OrderRecord) -> int:
    """How many places are to send something of it."""
    assert record.fulfillment is not None
    return len(record.fulfillment.fulfillment_orders)


@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_told_beside_the_others(seed: int) -> None:
    """The others' records, the conflicts and the counts are those of the story without it."""
    alone, beside = (generate(seed=seed, orders=200, ids=ids) for ids in (IDS, ALL))
    assert {name: world for name, world in beside.worlds.items() if name != "oms"} == alone.worlds
    assert (beside.truth.conflicts, beside.truth.counts) == (alone.truth.conflicts, alone.truth.counts)
    assert [order.members - {m for m in order.members if m[0] == "oms"} for order in beside.truth.orders] == [
        order.members for order in alone.truth.orders
    ]


def test_it_has_orders_whole(overseen: Scenario) -> None:
    """Of an order that is split the warehouse has its part; the OMS has all lines, and a plan for each place."""
    records = {(name, order.external_id): order for name, world in overseen.worlds.items() for order in world.orders}
    split = 0
    for order in overseen.truth.orders:
        of = {name: records[name, external_id] for name, external_id in order.members}
        if "oms" not in of or order.anchor[0] == "erp":
            continue
        shop = of[order.anchor[0]]
        assert skus(of["oms"]) == skus(shop)
        assert plans(of["oms"]) == plans(shop)
        if "wms" in of and skus(of["wms"]) < skus(shop):
            split += 1
            assert plans(of["oms"]) == 2
    assert split > 0


def test_it_is_sent_what_the_warehouse_is_sent(overseen: Scenario) -> None:
    """The same numbers under which the warehouse has an order; drafts and the tills' sales are not sent at all."""
    of_order = {member: order for order in overseen.truth.orders for member in order.members}
    known = {of_order["wms", order.external_id].number: order.references for order in overseen.worlds["wms"].orders}
    seen = {of_order["oms", order.external_id].number: order for order in overseen.worlds["oms"].orders}
    assert known.keys() <= seen.keys()
    assert all(seen[number].references == references for number, references in known.items())
    assert all(order.key("number") is None and order.references for order in seen.values())
    assert all(order.header is not None and order.header.totals is None for order in seen.values())


def test_its_stock_is_the_erps(overseen: Scenario) -> None:
    """Place by place and SKU by SKU, drift and all."""
    names = {
        system: {own: place for place, own in location_ids(system, ALL[system]).items()} for system in ("erp", "oms")
    }
    counts = {
        system: {
            (level.sku, names[system][level.location.external_id]): level.on_hand
            for level in overseen.worlds[system].stock
        }
        for system in names
    }
    assert counts["oms"] == counts["erp"]


@pytest.mark.parametrize(
    ("there", "stock_of"),
    [
        ({"shop-us", "shop-eu", "erp", "oms"}, "erp"),
        ({"shop-us", "shop-eu", "oms"}, "oms"),
        ({"shop-us", "shop-eu", "erp", "wms", "oms"}, None),
        ({"shop-us", "shop-eu", "wms", "oms"}, None),
    ],
)
def test_what_is_true_with_it(overseen: Scenario, there: set[str], stock_of: str | None) -> None:
    """Each record is of exactly one order; what bridges, lags and is counted follows from who is there."""
    players = {**{name: player for name, player in USUAL.items() if name in there}, "oms": OMS}
    found = told(overseen, players)
    assert found.worlds.keys() == there
    records = sorted((name, record.external_id) for name, world in found.worlds.items() for record in world.orders)
    assert sorted(member for order in found.truth.orders for member in order.members) == records
    whole = {order.number: order.members for order in overseen.truth.orders}
    kept = {order.number: order.members for order in found.truth.orders if order.number in whole}
    assert all(members == {m for m in whole[number] if m[0] in there} for number, members in kept.items())
    kinds = {conflict.kind for conflict in found.truth.conflicts}
    assert "status_lag" in kinds
    assert ("stock_drift" in kinds) == ({"erp", "wms"} <= there)
    drifted = {name for teller, name in (c.order for c in overseen.truth.conflicts) if teller == "stock"}
    true = {(entry.sku, entry.place): entry.on_hand for entry in overseen.truth.stock}
    wrong = {entry.sku for entry in found.truth.stock if entry.on_hand != true[entry.sku, entry.place]}
    assert wrong == (drifted if stock_of else set())
    assert len(found.truth.stock) == len(true)
    assert all(entry.on_hand >= Decimal(0) for entry in found.truth.stock)


def test_it_plays_beside_a_warehouse_or_alone() -> None:
    """`Part.OMS` is the system `oms`; its reference fields are the vendor's."""
    assert list(cast(["shopify", "fluent_commerce"])) == ["shop-us", "shop-eu", "oms"]
    assert list(cast(["shopify", "tryton", "shiphero", "fluent_commerce"])) == [
        "shop-us",
        "shop-eu",
        "erp",
        "wms",
        "oms",
    ]
