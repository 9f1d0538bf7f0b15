"""What the sample world has none of comes over the wire unchanged, too: the odd shapes of orders, and refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave_extensiv.connector import ExtensivConnector
from orderweave_extensiv.expressible import order_as_said
from orderweave_extensiv.manifest import FACETS
from orderweave_extensiv.simulator import ExtensivSimulator
from orderweave_sdk.clock import Call
from orderweave_sdk.records import (
    Axis,
    Carrier,
    Fulfillment,
    GoodsLine,
    Header,
    Hold,
    HoldReason,
    Key,
    Line,
    OrderRecord,
    Package,
    Place,
    Progress,
    Quantities,
    Shipment,
    ShipmentStatus,
    StatusWord,
)
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.simulator import SimulatedRequest
from orderweave_sdk.testing.world import World

MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EAST = Place(external_id="101", name="East")
UPS, DHL = Carrier(code="ups", name="UPS"), Carrier(code="dhl", name="DHL")


def order(*shipments: Shipment, word: str = "UNFULFILLED", current: int = 3, **fields: Any) -> OrderRecord:
    """Three teas, two cups and a pot without a SKU."""
    quantities = (Quantities(ordered=Decimal(3), current=Decimal(current)), Quantities(ordered=Decimal(2)))
    lines = (
        Line(external_id="2000001", sku="TEA", unit="Each", quantity=quantities[0]),
        Line(external_id="2000002", sku="CUP", quantity=quantities[1]),
        Line(external_id="2000003", quantity=Quantities(ordered=Decimal("0.5"))),
    )
    plain = OrderRecord(
        external_id="1000001",
        keys=(Key("id", "1000001"),),
        references=(Key("referenceNum", "#1001"),),
        updated_at=MOMENT,
        statuses=(StatusWord(Axis.FULFILLMENT, "some word", word, ""),),
        header=Header(placed_at=MOMENT, purchase_order_number="PO-7"),
        lines=lines,
        fulfillment=Fulfillment(
            shipments=shipments,
            progress=(Progress(sku="CUP", allocated=Decimal(2), picked=Decimal(1)),),
        ),
    )
    return msgspec.structs.replace(plain, **fields)


def shipment(status: ShipmentStatus, *packages: Package, tea: int = 0, cup: int = 0, **fields: Any) -> Shipment:
    """Some of it, from East; the cups by their SKU alone."""
    lines = (
        GoodsLine(quantity=Decimal(tea), line_id="2000001", sku="TEA"),
        GoodsLine(quantity=Decimal(cup), sku="CUP"),
    )
    return Shipment(external_id="x", status=status, location=EAST, lines=lines, packages=packages, **fields)


def package(n: int, number: str | None = "1Z", carrier: Carrier = UPS) -> Package:
    """The n-th package."""
    return Package(external_id=str(6_000_000 + n), tracking_number=number and f"{number}{n}", carrier=carrier)


LEFT, LABELED, VOID = ShipmentStatus.IN_TRANSIT, ShipmentStatus.LABEL_CREATED, ShipmentStatus.CANCELED
SHAPES = {
    "picked": order(word="IN_PROGRESS"),
    "unheard of": order(shipment(LEFT, package(1), tea=1), word="UNKNOWN"),
    "labeled": order(shipment(LABELED, package(1), package(2), tea=3)),
    "packed without a number": order(shipment(ShipmentStatus.PENDING, package(1, None), cup=2)),
    "shipped though only labeled": order(shipment(LABELED, package(1), tea=1, shipped_at=MOMENT)),
    "half of it": order(shipment(LEFT, package(1), package(2), tea=2, cup=1)),
    "more packages than pieces": order(shipment(LEFT, package(1), package(2), tea=1)),
    "without packages": order(shipment(LEFT, tea=3)),
    "half left, half packed": order(
        shipment(LEFT, package(1), tea=2), shipment(LABELED, package(2), package(3, None), tea=1, cup=2)
    ),
    "a voided label": order(shipment(VOID, package(1), tea=3), shipment(LEFT, package(2), tea=3)),
    "two carriers": order(shipment(LEFT, package(1), tea=1), shipment(LEFT, package(2, "7", DHL), cup=1)),
    "came back": order(shipment(LEFT, package(1), tea=1, is_return=True)),
    "all of it": order(shipment(LEFT, package(1), tea=3, cup=2, shipped_at=MOMENT), word="DELIVERED"),
    "edited": order(current=1),
    "canceled with a label": order(shipment(LABELED, package(1), tea=3), word="CANCELED"),
    "held": order(holds=(Hold(reason=HoldReason.FRAUD_RISK),)),
    "held on the truck": order(
        shipment(LEFT, package(1), tea=1), holds=(Hold(reason=HoldReason.OTHER, raw="why", placed_at=MOMENT),)
    ),
    "held once": order(holds=(Hold(reason=HoldReason.OTHER, placed_at=MOMENT, released_at=MOMENT),)),
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_every_shape_comes_back(shape: str, connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """What Extensiv can say of an order is what the connector hears, whatever became of the order."""
    told = order_as_said(SHAPES[shape])
    assert comparable(order_as_said(told)) == comparable(told)
    simulator.seed(World(orders=(SHAPES[shape],)))
    found = await connector.find_orders([Key("id", "1000001")], FACETS, Call.within(10))
    assert found.gaps == ()
    assert [comparable(record) for record in found.records] == [comparable(told)]


@pytest.mark.parametrize(
    ("shape", "word", "shipments"),
    [
        ("picked", "IN_PROGRESS", []),
        ("unheard of", "UNKNOWN", [("1000001", LABELED)]),
        ("half of it", "PARTIALLY_FULFILLED", [("1000001", ShipmentStatus.PICKED_UP)]),
        (
            "half left, half packed",
            "PARTIALLY_FULFILLED",
            [("1000001", ShipmentStatus.PICKED_UP), ("1000001/packed", LABELED)],
        ),
        ("all of it", "FULFILLED", [("1000001", ShipmentStatus.PICKED_UP)]),
        ("canceled with a label", "CANCELED", [("1000001", VOID)]),
        ("held", "ON_HOLD", []),
        ("held on the truck", "PARTIALLY_FULFILLED", [("1000001", ShipmentStatus.PICKED_UP)]),
        ("held once", "UNFULFILLED", []),
    ],
)
def test_shapes(shape: str, word: str, shipments: list[tuple[str, ShipmentStatus]]) -> None:
    """The words and shipments that these shapes have there."""
    said = order_as_said(SHAPES[shape])
    assert [each.normalized for each in said.statuses if each.axis is Axis.FULFILLMENT] == [word]
    assert said.fulfillment is not None
    assert [(each.external_id, each.status) for each in said.fulfillment.shipments] == shipments


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/orders", {"pgsize": "5"}, 400),
        ("/orders", {"pgsiz": "1001"}, 400),
        ("/orders", {"pgnum": "0"}, 400),
        ("/orders", {"detail": "Everything"}, 400),
        ("/orders", {"itemdetail": "Allocations"}, 400),
        ("/orders", {"rql": "color==red"}, 400),
        ("/orders", {"sort": "color"}, 400),
        ("/inventory/stocksummaries", {"sort": "facilityId"}, 400),
        ("/customers/42", {}, 404),
        ("/shipments", {}, 404),
        ("/orders", {"pgsiz": "5", "pgnum": "99"}, 200),
    ],
)
async def test_what_the_server_refuses(
    path: str, query: dict[str, str], status: int, simulator: ExtensivSimulator
) -> None:
    """A misspelled parameter, a page too large, an unknown property: as the vendor documents it, or more strictly."""
    headers = {"authorization": f"Bearer {simulator.new_token()}"}
    request = SimulatedRequest(method="GET", path=path, query=tuple(query.items()), headers=headers, body=b"")
    answer = await simulator.answer(request)
    assert answer.status == status
    if status == 400:
        assert msgspec.json.decode(answer.body)["ErrorCode"] == "NotParsable"


async def test_pages_lead_on(simulator: ExtensivSimulator) -> None:
    """A page tells the next one's address while there is one, and the customer comes with its tag."""
    headers = {"authorization": f"Bearer {simulator.new_token()}"}

    async def get(path: str, *query: tuple[str, str]) -> tuple[Any, Any]:
        answer = await simulator.answer(
            SimulatedRequest(method="GET", path=path, query=query, headers=headers, body=b"")
        )
        return msgspec.json.decode(answer.body), answer.headers

    first, _ = await get("/orders", ("pgsiz", "20"), ("pgnum", "1"))
    last, _ = await get("/orders", ("pgsiz", "20"), ("pgnum", "2"))
    assert (first["totalResults"], last["totalResults"]) == (25, 25)
    assert first["_links"] == {"next": {"href": "/orders?pgsiz=20&pgnum=2"}}
    assert last["_links"] == {}
    customer, told = await get("/customers/41")
    assert [each["id"] for each in customer["facilities"]] == [101, 102]
    assert told["etag"].startswith('"')
