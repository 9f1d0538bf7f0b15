"""How shipments and returns become fulfillment orders, shipments and returns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.tryton.tests.sales import line, move, sale, shipment
from orderweave_sdk.records import (
    Axis,
    Carrier,
    DeliveryMethod,
    Facet,
    Fulfillment,
    GoodsLine,
    LocationKind,
    Package,
    Place,
    Return,
    ReturnLine,
    ReturnStatus,
    ShipmentStatus,
    StatusWord,
)
from orderweave_tryton.mapping import order_record

FULFILLMENT, RETURNS = frozenset({Facet.FULFILLMENT}), frozenset({Facet.RETURNS})
UPS = {"id": 1, "shipping_service": "ups", "party.": {"id": 1, "name": "UPS"}}


def told(*shipments: dict[str, Any]) -> Fulfillment:
    """The fulfillment of a sale with lines 1 and 2 and these shipments."""
    lines = [{"id": 1, "shipment_cost": None}, {"id": 2, "shipment_cost": None}]
    found = order_record(sale(line_lines_=lines, shipments_=list(shipments)), FULFILLMENT).fulfillment
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("state", "plan", "fact"),
    [
        ("draft", "OPEN", None),
        ("waiting", "OPEN", None),
        ("assigned", "ALLOCATED", None),
        ("picked", "PICKING", None),
        ("packed", "PACKED", "PENDING"),
        ("shipped", "CLOSED", "PICKED_UP"),
        ("done", "CLOSED", "PICKED_UP"),
        ("cancelled", "CANCELED", None),
        ("brand new", "UNKNOWN", None),
    ],
)
def test_states(state: str, plan: str, fact: str | None) -> None:
    """A shipment is a plan until it is packed and a fact from then on; done is never delivered."""
    found = told(shipment(7, state))
    assert [(each.external_id, each.status, each.raw_status) for each in found.fulfillment_orders] == [
        ("7", plan, state)
    ]
    facts = [(each.external_id, each.number, each.status, each.raw_status) for each in found.shipments]
    assert facts == ([("7", "CS7", fact, state)] if fact else [])


def test_goods() -> None:
    """Goods come in order of the sale's lines, without canceled moves and without those of other sales."""
    moves = [
        move(1, 3.0, "sale.line,2"),
        move(2, 2.0, "sale.line,1"),
        move(3, 9.0, "sale.line,1", state="cancelled"),
        move(4, 9.0, "sale.line,77"),
        move(5, 1.0, None),
    ]
    (plan,) = told(shipment(7, "done", **{"outgoing_moves.": moves})).fulfillment_orders
    assert plan.lines == (
        GoodsLine(quantity=Decimal(1), sku="TEA"),
        GoodsLine(quantity=Decimal(2), sku="TEA", line_id="1"),
        GoodsLine(quantity=Decimal(3), sku="TEA", line_id="2"),
    )
    assert plan.location == Place(external_id="5", name="Main", kind=LocationKind.WAREHOUSE)


def test_a_canceled_shipment_keeps_its_goods() -> None:
    """What a canceled shipment would have sent can still be read."""
    moves = [move(1, 3.0, "sale.line,2", state="cancelled")]
    (plan,) = told(shipment(7, "cancelled", **{"outgoing_moves.": moves})).fulfillment_orders
    assert plan.lines == (GoodsLine(quantity=Decimal(3), sku="TEA", line_id="2"),)


def test_methods() -> None:
    """With a carrier it is shipped, to the warehouse's own address it is picked up, and else nobody says."""
    plans = told(
        shipment(1, "waiting", **{"carrier.": UPS}),
        shipment(2, "waiting", delivery_address=30),
        shipment(3, "waiting"),
    ).fulfillment_orders
    assert [plan.method for plan in plans] == [
        DeliveryMethod.SHIPPING,
        DeliveryMethod.STORE_PICKUP,
        DeliveryMethod.UNKNOWN,
    ]


def test_packages() -> None:
    """Packages carry their own number and the shipment's carrier; a number on the shipment alone is a package too."""
    boxes = [
        {"id": 12, "shipping_reference": "", "shipping_tracking_url": None},
        {"id": 11, "shipping_reference": "1Z1", "shipping_tracking_url": "https://tracking.example/1Z1"},
    ]
    packed, bare = told(
        shipment(1, "shipped", shipping_reference="MASTER", **{"carrier.": UPS, "packages.": boxes}),
        shipment(2, "shipped", shipping_reference="1Z2"),
    ).shipments
    status, carrier = ShipmentStatus.PICKED_UP, Carrier(code="ups", name="UPS")
    assert packed.packages == (
        Package(
            external_id="11",
            carrier=carrier,
            tracking_number="1Z1",
            tracking_url="https://tracking.example/1Z1",
            status=status,
            raw_status="shipped",
        ),
        Package(external_id="12", carrier=carrier, status=status, raw_status="shipped"),
    )
    assert bare.packages == (Package(tracking_number="1Z2", status=status, raw_status="shipped"),)


def test_returns() -> None:
    """A return is a sale with negative quantities; the order's word is that of the return that is least far."""
    back = line(1, -2.0, "1.00")
    rows = [
        sale(id=21, number="S9", origin="sale.sale,8", state="done", shipment_state="sent", line_lines_=[back]),
        sale(id=20, number=None, state="processing", shipment_state="partially shipped", line_lines_=[]),
    ]
    record = order_record(sale(), RETURNS, returned=rows)
    assert record.statuses == (StatusWord(Axis.RETURN, "processing/partially shipped", "PARTIALLY_RECEIVED", "1"),)
    created = rows[0].create_date.instant()
    lines = (ReturnLine(sku="TEA", quantity=Decimal(2)),)
    assert record.returns == (
        Return(
            external_id="20",
            status=ReturnStatus.PARTIALLY_RECEIVED,
            raw_status="processing/partially shipped",
            created_at=created,
        ),
        Return(
            external_id="21",
            status=ReturnStatus.CLOSED,
            raw_status="done",
            number="S9",
            lines=lines,
            created_at=created,
        ),
    )


def test_a_return_in_a_state_that_nobody_mapped() -> None:
    """It is UNKNOWN beside the word that is made of its two states."""
    (found,) = order_record(sale(), RETURNS, returned=[sale(id=20, shipment_state="mislaid")]).returns or ()
    assert (found.status, found.raw_status) == (ReturnStatus.UNKNOWN, "processing/mislaid")


def test_no_returns() -> None:
    """Without returns the facet says that there are none, and no word is made up."""
    record = order_record(sale(), RETURNS)
    assert (record.returns, record.statuses) == ((), ())
