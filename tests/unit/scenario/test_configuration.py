"""The configuration that goes with the scenario."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from orderweave.scenario import SYSTEMS, Scenario, Secret, SettingValue, configuration, demo_systems
from tests.unit.scenario.ids import IDS

SETTINGS: dict[str, dict[str, SettingValue]] = {
    "shop-us": {"url": "http://127.0.0.1:1", "access_token": Secret("SHOP_US_TOKEN")},
    "shop-eu": {"url": "http://127.0.0.1:2", "access_token": Secret("SHOP_EU_TOKEN")},
    "erp": {"url": "http://127.0.0.1:3", "page": 5, "strict": True, "off": False},
    "wms": {"url": 'with "quotes" and \\', "refresh_token": Secret("WMS_TOKEN")},
}


@pytest.fixture
def document() -> dict[str, Any]:
    """The rendered file, parsed."""
    return tomllib.loads(configuration(SETTINGS, IDS))


def test_every_system_is_configured(document: dict[str, Any]) -> None:
    """Each system is there with its connector, title and number pattern; the warehouse numbers no orders."""
    assert tuple(document["systems"]) == SYSTEMS == tuple(system.name for system in demo_systems())
    told = {name: (table["connector"], table.get("number_pattern")) for name, table in document["systems"].items()}
    assert told == {
        "shop-us": ("shopify", r"\d{4,}"),
        "shop-eu": ("shopify", r"EU\d{4,}"),
        "erp": ("tryton", r"S\d{6}"),
        "wms": ("shiphero", None),
    }


def test_settings_keep_their_types(document: dict[str, Any]) -> None:
    """Texts, numbers and flags come out as they went in, and secrets as names of variables."""
    assert document["systems"]["shop-us"]["settings"]["access_token"] == {"env": "SHOP_US_TOKEN"}
    assert document["systems"]["erp"]["settings"] == {
        "url": "http://127.0.0.1:3",
        "page": 5,
        "strict": True,
        "off": False,
    }
    assert document["systems"]["wms"]["settings"]["url"] == 'with "quotes" and \\'


def test_a_table_of_settings_keeps_its_shape() -> None:
    """Tables in tables, lists, and names that are no bare keys of TOML come out as they went in."""
    told: SettingValue = {"$gte": {"at": "a || 'b'", "size": 5}, "words": ["x", "y"], "none": {}, "flag": True}
    erp = SETTINGS["erp"] | {"api": told}
    document = tomllib.loads(configuration(SETTINGS | {"erp": erp}, IDS))
    assert document["systems"]["erp"]["settings"]["api"] == told


def test_references_are_explained(document: dict[str, Any]) -> None:
    """The ERP's one and the warehouse's two reference fields say whose numbers they hold and how they are written."""
    assert document["systems"]["erp"]["references"] == [
        {
            "field": "reference",
            "names": ["shop-us:number", "shop-eu:number"],
            "spellings": ["{}", "#{}", "{} ", "SO-{}"],
        }
    ]
    assert document["systems"]["wms"]["references"] == [
        {
            "field": "order_number",
            "names": ["shop-us:number", "shop-eu:number"],
            "spellings": ["#{}"],
        },
        {"field": "order_number", "names": ["erp:number"], "spellings": ["{}"]},
        {"field": "partner_order_id", "names": ["erp:number"], "spellings": ["{}"], "lookup": False},
    ]


def test_places_are_one_by_every_id(document: dict[str, Any], scenario: Scenario) -> None:
    """Each place names the ids under which the systems' worlds hold it, and every world's place is named."""
    told = {
        (system, external_id): location["name"]
        for location in document["locations"]
        for system, external_id in location["systems"].items()
    }
    known = {
        (system, location.external_id): location.name
        for system, world in scenario.worlds.items()
        for location in world.locations
    }
    assert told == known
    assert [location["id"] for location in document["locations"]] == ["east", "harbor", "main-street"]


def test_patterns_fit_the_numbers(document: dict[str, Any], scenario: Scenario) -> None:
    """Every number fits its own system's pattern, once the sign before it is gone, and no other system's."""
    patterns = {
        name: table["number_pattern"] for name, table in document["systems"].items() if "number_pattern" in table
    }
    for system, world in scenario.worlds.items():
        for record in world.orders:
            number = record.key("number")
            if number is not None:
                fitting = [name for name, form in patterns.items() if re.fullmatch(form, number.removeprefix("#"))]
                assert fitting == [system]


def test_a_system_without_settings_is_refused() -> None:
    """Settings must be given for all four systems."""
    with pytest.raises(KeyError, match="wms"):
        configuration({name: {} for name in SYSTEMS if name != "wms"}, IDS)
