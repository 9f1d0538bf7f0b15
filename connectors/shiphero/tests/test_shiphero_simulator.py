"""The simulator over the worlds that a demo may fill it with, and its own rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import msgspec

from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Carrier,
    Fulfillment,
    GoodsLine,
    Header,
    Hold,
    HoldReason,
    Key,
    Line,
    Money,
    OrderRecord,
    Package,
    Payments,
    Place,
    Progress,
    Quantities,
    Refund,
    Shipment,
    ShipmentStatus,
    StatusWord,
    Totals,
    TrackingEvent,
)
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.world import World
from orderweave_shiphero.connector import ShipheroConnector
from orderweave_shiphero.manifest import FACETS
from orderweave_shiphero.simulator import ShipheroSimulator

ids = ShipheroSimulator.external_id
START = datetime(2026, 5, 1, 12, tzinfo=UTC)


def usd(amount: str) -> Money:
    """An amount in dollars."""
    return Money(Decimal(amount), "USD")


def quantities(ordered: int, canceled: int, current: int) -> Quantities:
    """A line's quantities."""
    return Quantities(ordered=Decimal(ordered), canceled=Decimal(canceled), current=Decimal(current))


def messy_order() -> OrderRecord:
    """Edited, partly canceled, shipped in three shipments of which one is void and one a return, on hold."""
    lines = tuple(
        Line(
            external_id=ids("line", n),
            sku=sku,
            title=sku,
            quantity=Quantities(
                ordered=Decimal(ordered), canceled=Decimal(canceled), current=Decimal(ordered - canceled)
            ),
            unit_price=usd("9.90"),
            total=usd("9.90"),
        )
        for n, (sku, ordered, canceled) in enumerate([("TEA", 5, 2), ("POT", 1, 1), ("CUP", 4, 0), (None, 1, 0)])
    )

    def shipment(n: int, status: ShipmentStatus, quantity: int, line: int | None, **fields: Any) -> Shipment:
        goods = GoodsLine(quantity=Decimal(quantity), sku="TEA", line_id=None if line is None else ids("line", line))
        packages = tuple(
            Package(
                external_id=ids("package", 10 * n + position) if position else None,
                carrier=Carrier(code="dhl", name="DHL Express") if position else None,
                tracking_number=f"JD{n}{position}" if position else None,
                status=status,
                events=(
                    TrackingEvent(occurred_at=START, status=ShipmentStatus.LABEL_CREATED),
                    TrackingEvent(occurred_at=START + timedelta(days=1), status=ShipmentStatus.DELIVERED),
                ),
            )
            for position in range(3)
        )
        return Shipment(
            external_id=ids("shipment", n),
            status=status,
            location=Place(external_id=ids("location", 1), name="East"),
            lines=(goods,),
            packages=packages,
            **fields,
        )

    return OrderRecord(
        external_id=ids("order", 1),
        keys=(Key("id", ids("order", 1)),),
        references=(Key("order_number", "#1001"), Key("partner_order_id", "450789"), Key("elsewhere", "7")),
        updated_at=START,
        statuses=(StatusWord(Axis.FULFILLMENT, "", "PARTIALLY_FULFILLED", ""), StatusWord(Axis.ORDER, "", "OPEN", "")),
        header=Header(placed_at=START, currency="USD", totals=Totals(total=usd("80.10"), paid=usd("80.10"))),
        lines=lines,
        addresses=Addresses(
            shipping=Address(name="Ada de la Cruz", lines=("1 Quay", "Shed 4", "Gate B"), country_code="es")
        ),
        payments=Payments(refunds=(Refund(external_id="R1", amount=usd("9.90")),)),
        fulfillment=Fulfillment(
            shipments=(
                shipment(1, ShipmentStatus.DELIVERED, 2, 0, shipped_at=START),
                shipment(2, ShipmentStatus.CANCELED, 1, 0, shipped_at=START),
                shipment(3, ShipmentStatus.EXCEPTION, 1, None, shipped_at=START + timedelta(hours=5)),
                shipment(4, ShipmentStatus.PENDING, 1, 2),
                shipment(5, ShipmentStatus.RETURNED, 1, 0, is_return=True),
            ),
            progress=(Progress(sku="CUP", allocated=Decimal(1), backordered=Decimal(2)),),
        ),
        holds=(
            Hold(reason=HoldReason.FRAUD_RISK, placed_at=START),
            Hold(reason=HoldReason.APPROVAL, placed_at=START),
            Hold(reason=HoldReason.INCORRECT_ADDRESS, released_at=START),
            Hold(reason=HoldReason.OTHER, raw="hold_until_date", released_at=START + timedelta(days=9)),
        ),
    )


BARE = OrderRecord(external_id="not-base64", keys=(Key("id", "not-base64"),))
CUSTOM = OrderRecord(
    external_id=ids("order", 2),
    keys=(Key("id", ids("order", 2)),),
    statuses=(StatusWord(Axis.FULFILLMENT, "Rush desk", "UNKNOWN", ""),),
)


async def test_messy_orders_round_trip(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """Orders of every shape come back as `expressible` says, however little or much the world knows of them."""
    orders = (messy_order(), BARE, CUSTOM)
    simulator.seed(World(orders=orders))
    found = await connector.find_orders(keys_of("id", [order.external_id for order in orders]), FACETS, Call.within(10))
    assert found.gaps == ()
    assert [comparable(record) for record in found.records] == [
        comparable(simulator.expressible(order)) for order in orders
    ]


async def test_what_the_messy_order_says(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """The figures in plain words, so that the reduction itself is proven and not only agreed upon."""
    simulator.seed(World(orders=(messy_order(),)))
    (order,) = (await connector.find_orders(keys_of("order_number", ["#1001"]), FACETS, Call.within(10))).records
    assert order.references == (Key("order_number", "#1001"), Key("partner_order_id", "450789"))
    assert [line.quantity for line in order.lines or ()] == [
        quantities(5, 2, 3),
        quantities(1, 1, 0),
        quantities(4, 0, 4),
        quantities(1, 0, 1),
    ]
    assert order.fulfillment is not None
    assert [(sent.status, sent.shipped_at is not None) for sent in order.fulfillment.shipments] == [
        (ShipmentStatus.DELIVERED, True),
        (ShipmentStatus.CANCELED, True),
        (ShipmentStatus.PICKED_UP, True),
        (ShipmentStatus.LABEL_CREATED, False),
    ]
    progress = {entry.sku: (str(entry.allocated), str(entry.backordered)) for entry in order.fulfillment.progress}
    assert progress == {"TEA": ("0", "0"), "POT": ("0", "0"), "CUP": ("1", "2")}
    assert [hold.raw for hold in order.holds or ()] == ["fraud_hold", "operator_hold", "hold_until_date"]
    words = {word.axis: (word.raw, word.normalized) for word in order.statuses}
    assert words == {Axis.ORDER: ("pending", "OPEN"), Axis.FULFILLMENT: ("pending", "PARTIALLY_FULFILLED")}


def test_reducing_twice_changes_nothing() -> None:
    """What ShipHero can say, it can say again: the reduction of a reduction is the same."""
    for order in (*sample_world(ids).orders, messy_order(), BARE, CUSTOM):
        once = ShipheroSimulator.expressible(order)
        assert comparable(ShipheroSimulator.expressible(once)) == comparable(once)


async def test_the_token_endpoint_knows_its_own(simulator: ShipheroSimulator) -> None:
    """A wrong refresh token is refused, and /graphql refuses whoever has no access token."""
    async with httpx.AsyncClient(base_url=simulator.url, trust_env=False) as client:
        refused = await client.post("/auth/refresh", json={"refresh_token": "guess"})
        anonymous = await client.post("/graphql", json={"query": "{ account { complexity } }"})
    assert (refused.status_code, anonymous.status_code) == (403, 401)


async def test_ten_thousand_orders(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """A world of 10,000 orders is seeded and looked up by number without a scan for each call."""
    (pattern,) = [order for order in sample_world(ids).orders if order.external_id == ids("order", 3)]
    orders = tuple(
        msgspec.structs.replace(
            pattern,
            external_id=ids("order", n),
            keys=(Key("id", ids("order", n)),),
            references=(Key("order_number", str(n)),),
        )
        for n in range(10_000)
    )
    simulator.seed(World(orders=orders))
    found = await connector.find_orders(keys_of("order_number", ["7", "9999"]), FACETS, Call.within(10))
    assert {record.external_id for record in found.records} == {ids("order", 7), ids("order", 9999)}
