"""Who plays which part, and the scenario as told with other players, or with fewer."""

from __future__ import annotations

import pytest

from orderweave.scenario import CASTS, Cast, CastError, Scenario, cast, demo_systems, generate, told
from orderweave.scenario.casting import Part
from orderweave.scenario.parcels import LAG
from orderweave_sdk.records import OrderRecord, Package, Shipment, ShipmentStatus
from orderweave_sdk.testing.world import World
from tests.unit.scenario.ids import IDS

ODD = Cast(
    connector="odd",
    part=Part.ERP,
    fields={"reference": "their_number"},
    number="7{:05d}",
    number_pattern=r"7\d{5}",
)
BARE = Cast(connector="bare", part=Part.SHOP, sign="")
HOUSE = Cast(connector="house", part=Part.WAREHOUSE, fields={"order_number": "ref", "partner_order_id": None})
POST = Cast(connector="post", part=Part.CARRIER)


def test_one_shop_plays_both() -> None:
    """The usual players stand where they stood, and two shops take one part each, in the order named."""
    assert {name: player.connector for name, player in cast(["shopify", "tryton", "shiphero"]).items()} == {
        "shop-us": "shopify",
        "shop-eu": "shopify",
        "erp": "tryton",
        "wms": "shiphero",
    }
    assert list(cast(["shopify"])) == ["shop-us", "shop-eu"]


@pytest.mark.parametrize(
    ("connectors", "said"),
    [
        (["shopify", "nobody"], "no part for nobody; there are parts for"),
        (["tryton"], "one to three shops take part, not 0"),
        ([], "one to three shops take part, not 0"),
    ],
)
def test_a_cast_that_cannot_play(connectors: list[str], said: str) -> None:
    """Unknown connectors and a business without a shop are refused in words."""
    with pytest.raises(CastError, match=said):
        cast(connectors)


def test_two_for_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """One warehouse is enough."""
    monkeypatch.setattr("orderweave.scenario.casting.CASTS", {**CASTS, "house": HOUSE})
    with pytest.raises(CastError, match="one system plays warehouse, not shiphero and house"):
        cast(["shopify", "shiphero", "house"])


def test_every_player_writes_its_own_way(scenario: Scenario) -> None:
    """Fields, signs and numbers are the vendors', wherever they stand; what a vendor has no field for is left out."""
    players = {"shop-us": BARE, "shop-eu": CASTS["shopify"], "erp": ODD, "wms": HOUSE, "carrier": POST}
    worlds = told(scenario, players).worlds
    assert all(not (record.key("number") or "").startswith("#") for record in worlds["shop-us"].orders)
    assert all((record.key("number") or "").startswith("#EU") for record in worlds["shop-eu"].orders)
    numbers = {record.key("number") for record in worlds["erp"].orders} - {None}
    before = {record.key("number") for record in scenario.worlds["erp"].orders} - {None}
    assert numbers == {f"7{int(number[1:]):05d}" for number in before if number}
    assert {key.namespace for record in worlds["erp"].orders for key in record.references} == {"their_number"}
    assert {key.namespace for record in worlds["wms"].orders for key in record.references} == {"ref"}
    asked = {key.value for record in worlds["wms"].orders for key in record.references}
    assert not [value for value in asked if value.startswith("S0")]
    own = {record.key("number") for name in ("shop-us", "shop-eu") for record in worlds[name].orders}
    assert {value for value in asked if not value.startswith("7")} <= own
    systems = {system.name: system for system in demo_systems(players)}
    assert [(each.field, each.names, each.spellings) for each in systems["wms"].references] == [
        ("ref", ("shop-us:number", "shop-eu:number"), ("{}", "#{}")),
        ("ref", ("erp:number",), ("{}",)),
    ]
    assert systems["erp"].number_pattern == r"7\d{5}"


@pytest.mark.parametrize("shop", ["shopify", "adobe_commerce"])
def test_the_warehouse_is_asked_as_it_writes(shop: str, scenario: Scenario) -> None:
    """Whatever sign the shops have, their numbers in the spellings configured are those that the warehouse holds."""
    players = cast([shop, "tryton", "shiphero"])
    worlds = told(scenario, players).worlds
    (rule,) = (
        reference
        for system in demo_systems(players)
        for reference in system.references
        if system.name == "wms" and "shop-us:number" in reference.names
    )
    numbers = [(record.key("number") or "").removeprefix("#") for record in worlds["shop-us"].orders]
    spelled = {spelling.format(number) for spelling in rule.spellings for number in numbers}
    held = {key.value for record in worlds["wms"].orders for key in record.references if key.namespace == rule.field}
    assert len(held & spelled) > len(numbers) / 3


def test_numbers_that_are_ids(scenario: Scenario) -> None:
    """Where an ERP knows its orders by their ids alone, these stand wherever the story has its number."""
    own = Cast(connector="own", part=Part.ERP, numbers_are_ids=True)
    players = {**cast(["shopify", "tryton", "shiphero"]), "erp": own}
    worlds = told(scenario, players).worlds
    numbered = [record for record in worlds["erp"].orders if record.key("number") is not None]
    assert numbered
    assert all(record.key("number") == record.external_id for record in numbered)
    id_of = {
        record.key("number"): record.external_id
        for record in scenario.worlds["erp"].orders
        if record.key("number") is not None
    }
    told_of = [key.value for record in worlds["wms"].orders for key in record.references]
    story = [key.value for record in scenario.worlds["wms"].orders for key in record.references]
    assert told_of == [id_of.get(value, value) for value in story]


def test_the_carrier_knows_every_parcel(scenario: Scenario) -> None:
    """Each tracking number of any system once, with all that anybody tells of it, and no order."""
    players = {**cast(["shopify", "tryton", "shiphero"]), "carrier": POST}
    parcels = [
        package
        for record in told(scenario, players).worlds["carrier"].orders
        for shipment in (record.fulfillment.shipments if record.fulfillment else ())
        for package in shipment.packages
    ]
    most: dict[str, int] = {}
    for world in scenario.worlds.values():
        for record in world.orders:
            for shipment in record.fulfillment.shipments if record.fulfillment else ():
                for package in shipment.packages:
                    if package.tracking_number:
                        events = len(package.events or ())
                        most[package.tracking_number] = max(most.get(package.tracking_number, 0), events)
    assert {package.tracking_number: len(package.events or ()) for package in parcels} == most


def test_the_usual_cast_changes_nothing(scenario: Scenario) -> None:
    """The scenario as the usual players tell it is the scenario."""
    assert told(scenario, cast(["shopify", "tryton", "shiphero"])) == scenario


@pytest.mark.parametrize("left_out", [{"wms"}, {"erp"}, {"erp", "wms"}])
def test_what_is_true_without_some(scenario: Scenario, left_out: set[str]) -> None:
    """Each record that is left is of exactly one true order, anchored in it, and nobody absent is named anywhere."""
    players = {name: player for name, player in cast(["shopify", "tryton", "shiphero"]).items() if name not in left_out}
    found = told(scenario, players)
    records = {(name, record.external_id) for name, world in found.worlds.items() for record in world.orders}
    members = [member for order in found.truth.orders for member in order.members]
    assert sorted(members) == sorted(records)
    assert all(order.anchor in order.members for order in found.truth.orders)
    assert len({order.number for order in found.truth.orders}) == len(found.truth.orders)
    assert all(conflict.order[0] not in left_out for conflict in found.truth.conflicts)
    assert IDS.keys() - found.worlds.keys() == left_out


def test_an_invoice_that_is_off_without_the_warehouse() -> None:
    """Where nothing but the warehouse tied the ERP's record to the shop's order it is an order of its own, and its
    invoice still disagrees with its own total.
    """
    whole = generate(seed=14, orders=200, ids=IDS)
    found = told(whole, cast(["shopify", "tryton"])).truth
    kind, record = "invoice_off_by_a_cent", ("erp", "erp/order/101")
    assert [conflict.order for conflict in found.conflicts if conflict.kind == kind and conflict.order[0] == "erp"] == [
        record
    ]
    assert [order.members for order in found.orders if record in order.members] == [frozenset({record})]
    (joined,) = (order for order in whole.truth.orders if record in order.members)
    assert joined.bridged
    assert joined.anchor in {conflict.order for conflict in whole.truth.conflicts if conflict.kind == kind}
    assert joined.anchor not in {conflict.order for conflict in found.conflicts}


def test_others_hear_of_an_arrival_later(scenario: Scenario) -> None:
    """What arrived in the last two days is delivered for the carrier alone; what arrived before, for the others too."""
    players = {**cast(["shopify", "tryton", "shiphero"]), "carrier": POST}
    found = told(scenario, players).worlds
    known = [package for _, package in _parcels(found["carrier"]).values()]
    since = max(event.occurred_at for package in known for event in package.events or ()) - LAG
    late = {
        package.tracking_number
        for package in known
        if any(e.status is ShipmentStatus.DELIVERED and e.occurred_at > since for e in package.events or ())
    }
    assert 0 < len(late) < len(known)
    for name in ("shop-us", "shop-eu", "wms"):
        before, now = _parcels(scenario.worlds[name]), _parcels(found[name])
        assert now.keys() == before.keys()
        for number, (shipment, package) in now.items():
            if number not in late:
                assert package == before[number][1]
                continue
            assert ShipmentStatus.DELIVERED not in (package.status, shipment.status)
            assert shipment.delivered_at is None
            assert ShipmentStatus.DELIVERED not in {event.status for event in package.events or ()}
        assert [
            happening.occurred_at
            for record in found[name].orders
            for happening in (record.timeline or () if late & _numbers(record) else ())
            if happening.kind == "DELIVERED" and happening.occurred_at > since
        ] == []


def _numbers(record: OrderRecord) -> set[str | None]:
    shipments = record.fulfillment.shipments if record.fulfillment else ()
    return {package.tracking_number for shipment in shipments for package in shipment.packages}


def _parcels(world: World) -> dict[str, tuple[Shipment, Package]]:
    return {
        package.tracking_number: (shipment, package)
        for record in world.orders
        for shipment in (record.fulfillment.shipments if record.fulfillment else ())
        for package in shipment.packages
        if package.tracking_number
    }
