"""A third shop: a part of the US shop's orders are an outlet's, and the truth knows of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orderweave.scenario import CASTS, Scenario, cast, demo_systems, generate, ids_of, told
from orderweave_sdk.records import OrderRecord
from tests.unit.scenario import ids
from tests.unit.scenario.recount import recount
from tests.unit.scenario.soundness import ALL

THREE = ("shopify", "adobe_commerce", "salesforce_b2c")


@pytest.fixture(scope="module", params=[1, 2], ids="seed {}".format)
def outlets(request: pytest.FixtureRequest) -> Scenario:
    """The smallest scenario that promises every kind of mess, with three shops."""
    known = {**ids.IDS, "shop-outlet": ids.ids_of("shop-outlet")}
    return generate(seed=request.param, orders=200, ids=known)


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_scenario_is_sound(check: Callable[[Scenario], None], outlets: Scenario) -> None:
    """What must hold of every scenario holds of this one too."""
    check(outlets)


def test_every_third_order_is_the_outlets(outlets: Scenario) -> None:
    """Of 90 orders of the US shop 30 are the outlet's, in the same currency, and shipped from the one warehouse."""
    worlds = outlets.worlds
    assert list(worlds) == ["shop-us", "shop-eu", "shop-outlet", "erp", "wms"]
    assert {name: len(worlds[name].orders) for name in list(worlds)[:3]} == {
        "shop-us": 60,
        "shop-eu": 50,
        "shop-outlet": 30,
    }
    assert {order.header.currency for order in worlds["shop-outlet"].orders if order.header} == {"USD"}
    assert [place.name for place in worlds["shop-outlet"].locations] == ["East warehouse"]


def test_mess_is_counted_right(outlets: Scenario) -> None:
    """Every kind of mess is there, and a count from the systems' records alone gives the same figures."""
    assert all(outlets.truth.counts.values())
    assert recount(outlets) == outlets.truth.counts


def test_others_know_the_outlets_orders(outlets: Scenario) -> None:
    """The outlet's orders are orders of the truth, most of them with a record of the ERP or the warehouse."""
    of_outlet = [order for order in outlets.truth.orders if order.anchor[0] == "shop-outlet"]
    assert len(of_outlet) == 30
    assert sum(len(order.members) > 1 for order in of_outlet) > 20


def test_three_shops_are_cast() -> None:
    """Three shops take one part each, in the order named; two and one leave the outlet out; four are refused."""
    assert {name: player.connector for name, player in cast([*THREE, "tryton"]).items()} == {
        "shop-us": "shopify",
        "shop-eu": "adobe_commerce",
        "shop-outlet": "salesforce_b2c",
        "erp": "tryton",
    }
    assert list(cast(["shopify", "vendure"])) == ["shop-us", "shop-eu"]
    with pytest.raises(ValueError, match="one to three shops take part, not 4"):
        cast([*THREE, "vendure"])


def test_the_configuration_knows_three_shops() -> None:
    """The ERP's reference may name an order of any of them, and the outlet's numbers have a look of their own."""
    systems = {system.name: system for system in demo_systems(cast([*THREE, "tryton"]))}
    assert systems["erp"].references[0].names == ("shop-us:number", "shop-eu:number", "shop-outlet:number")
    assert (systems["shop-outlet"].title, systems["shop-outlet"].number_pattern) == ("Outlet web shop", r"OL\d{4,}")


def test_numbers_that_are_a_shops_ids() -> None:
    """Where a shop knows its orders by their numbers alone, each order's id is its number, in the truth as well."""
    players = cast(["salesforce_b2c"])
    named = ids_of(players, ids.IDS)
    assert (named["shop-eu"]("order", 1), named["shop-eu"]("line", 1)) == ("EU1001", "shop-eu/line/1")
    assert named["erp"] is ids.IDS["erp"]
    found = told(generate(seed=1, orders=60, ids=named), players)
    records: list[tuple[str, OrderRecord]] = [
        (name, order) for name in ("shop-us", "shop-eu") for order in found.worlds[name].orders
    ]
    assert records
    assert all(order.external_id == order.key("number") == order.key("id") for _, order in records)
    assert {order.anchor for order in found.truth.orders} == {(name, order.external_id) for name, order in records}


def test_a_shop_with_ids_keeps_them() -> None:
    """Others are told with the ids that their vendor gives."""
    assert ids_of({"shop-us": CASTS["shopify"]}, ids.IDS) == ids.IDS
