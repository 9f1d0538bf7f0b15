"""A small scenario by hand: three true orders over a shop, an ERP and a warehouse, one planted conflict, one SKU."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from orderweave.model.systems import PlaceSpec, ReferenceRule
from orderweave.scenario import Scenario, Truth
from orderweave.scenario.truth import PlantedConflict, TrueOrder, TrueStock
from orderweave.truth import Figures, figures
from orderweave_sdk.records import (
    Header,
    LocationKind,
    Money,
    OrderRecord,
    Place,
    StockRecord,
    SystemKind,
    Totals,
)
from orderweave_sdk.testing.world import World
from tests.unit.businesses import NOON, business, record, system

BUSINESS = business(
    system("shop", SystemKind.STOREFRONT, number_pattern=r"\d{4}", captures_orders=True),
    system(
        "erp",
        SystemKind.ERP,
        number_pattern=r"S\d",
        captures_orders=True,
        references=(ReferenceRule(field="reference", names=("shop:number",)),),
    ),
    system(
        "wms", SystemKind.WMS, references=(ReferenceRule(field="order_number", names=("shop:number", "erp:number")),)
    ),
    places=(PlaceSpec(id="east", name="East", kind=LocationKind.WAREHOUSE, systems={"erp": "12", "wms": "W1"}),),
)


def order(external_id: str, number: str | None, total: str, **references: str) -> OrderRecord:
    """A record with a total."""
    money = Money(Decimal(total), "USD")
    return record(external_id, number, references=references, header=Header(totals=Totals(total=money)))


def stock(sku: str, place: str, on_hand: int) -> StockRecord:
    """A stock level."""
    return StockRecord(sku=sku, location=Place(external_id=place), on_hand=Decimal(on_hand))


WORLDS = {
    "shop": World(orders=(order("1", "1001", "10.00"), order("2", "1002", "20.00"))),
    "erp": World(
        orders=(
            order("11", "S1", "10.00", reference="1001"),
            order("12", "S2", "20.01", reference="#1002"),
            order("13", "S3", "5"),
        ),
        stock=(stock("tea", "12", 10),),
    ),
    "wms": World(orders=(order("21", None, "10.00", order_number="1001"),), stock=(stock("TEA", "W1", 10),)),
}
TRUTH = Truth(
    orders=(
        TrueOrder(number=1, anchor=("shop", "1"), members=frozenset({("shop", "1"), ("erp", "11"), ("wms", "21")})),
        TrueOrder(number=2, anchor=("shop", "2"), members=frozenset({("shop", "2"), ("erp", "12")})),
        TrueOrder(number=3, anchor=("erp", "13"), members=frozenset({("erp", "13")})),
    ),
    conflicts=(PlantedConflict(order=("shop", "2"), path="totals.total", kind="off_by_a_cent"),),
    stock=(TrueStock(sku="TEA", place="east", on_hand=Decimal(10)),),
    counts={},
)


def measured(worlds: dict[str, World], truth: Truth = TRUTH) -> Figures:
    """The figures of a scenario of these worlds."""
    return figures(Scenario(worlds=worlds, truth=truth), worlds, BUSINESS, NOON)


def with_order(name: str, changed: OrderRecord) -> dict[str, World]:
    """The worlds with one record of a system told otherwise, or added."""
    world = WORLDS[name]
    kept = tuple(entry for entry in world.orders if entry.external_id != changed.external_id)
    return {**WORLDS, name: replace(world, orders=(*kept, changed))}
