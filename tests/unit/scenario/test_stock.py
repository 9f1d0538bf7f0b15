"""Stock and products: who says what of which shelf, and what is true."""

from __future__ import annotations

from orderweave.scenario import Scenario
from orderweave_sdk.records import LocationKind

PLACE_OF_NAME = {"East warehouse": "east", "Harbor store": "harbor", "Main Street store": "main-street"}


def test_every_system_reports_the_shelves_it_knows(scenario: Scenario) -> None:
    """Sixty SKUs: at three places for the ERP and the US shop, in the warehouse for the WMS and the EU shop."""
    rows = {system: len(world.stock) for system, world in scenario.worlds.items()}
    assert rows == {"shop-us": 180, "shop-eu": 60, "erp": 180, "wms": 60}
    for world in scenario.worlds.values():
        known = {location.external_id for location in world.locations}
        assert {level.location.external_id for level in world.stock} == known
        assert len({level.external_id for level in world.stock}) == len(world.stock)
        assert len({product.sku for product in world.products}) == 60


def test_truth_is_the_warehouse_and_the_erp_of_the_stores(scenario: Scenario) -> None:
    """The true stock of the warehouse is what the WMS says, that of the stores what the ERP says."""
    truth = {(level.sku, level.place): level.on_hand for level in scenario.truth.stock}
    assert len(truth) == 180
    canonical = {sku.casefold(): sku for sku, _ in truth}
    for level in scenario.worlds["wms"].stock:
        assert level.on_hand == truth[canonical[level.sku.casefold()], "east"]
    for level in scenario.worlds["erp"].stock:
        if level.location.kind is LocationKind.STORE:
            assert level.on_hand == truth[level.sku, PLACE_OF_NAME[level.location.name or ""]]


def test_only_planted_drifts_disagree(scenario: Scenario) -> None:
    """The ERP and both listings agree with the truth but for the planted SKUs, and there they agree on the drift."""
    truth = {(level.sku, level.place): level.on_hand for level in scenario.truth.stock}
    planted = {conflict.order[1] for conflict in scenario.truth.conflicts if conflict.kind == "stock_drift"}
    drifts = {}
    for system in ("erp", "shop-us", "shop-eu"):
        drifts[system] = {
            level.sku: level.on_hand
            for level in scenario.worlds[system].stock
            if level.on_hand != truth[level.sku, PLACE_OF_NAME[level.location.name or ""]]
        }
    assert drifts["erp"] == drifts["shop-us"] == drifts["shop-eu"]
    assert set(drifts["erp"]) == planted


def test_levels_add_up(scenario: Scenario) -> None:
    """What is available is what is there less what is promised and set aside, in every system; nothing is below zero
    but that.
    """
    for world in scenario.worlds.values():
        for level in world.stock:
            assert level.on_hand is not None
            assert level.committed is not None
            assert level.available is not None
            assert level.available == level.on_hand - level.committed - (level.reserved or 0)
            assert level.on_hand >= 0
            assert level.committed >= 0


def test_warehouse_spells_some_skus_its_own_way(scenario: Scenario) -> None:
    """The WMS writes a few SKUs in another case, in products, stock and order lines alike; nobody else does."""
    wms = scenario.worlds["wms"]
    odd = {product.sku for product in wms.products if product.sku != product.sku.upper()}
    assert "tea-green-100" in odd
    assert {level.sku for level in wms.stock if level.sku != level.sku.upper()} == odd
    lines = {line.sku for record in wms.orders for line in record.lines or ()}
    assert {sku for sku in lines if sku and sku != sku.upper()} <= odd
    for system in ("shop-us", "shop-eu", "erp"):
        assert all(product.sku == product.sku.upper() for product in scenario.worlds[system].products)


def test_products_have_valid_gtins(scenario: Scenario) -> None:
    """Every product has a GTIN-13 of its own with a right check digit, the same in every system."""
    gtins = [product.gtin or "" for product in scenario.worlds["erp"].products]
    assert len(set(gtins)) == 60
    for gtin in gtins:
        assert len(gtin) == 13
        assert sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(gtin)) % 10 == 0
    assert all([product.gtin for product in world.products] == gtins for world in scenario.worlds.values())
