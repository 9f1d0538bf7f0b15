"""Orders as real life makes them go through the simulator's wire and come back as Tryton can tell them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Carrier,
    Company,
    Customer,
    DeliveryMethod,
    Discount,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Header,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Key,
    Line,
    Money,
    OrderRecord,
    Package,
    Person,
    Place,
    Quantities,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
    StatusWord,
    Totals,
)
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.world import World
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.simulator import TrytonSimulator

PLACED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
STORE = Place(external_id="10002", name="Harbor store")
UPS, DHL = Carrier(code="ups", name="UPS"), Carrier(name="DHL")
ID = "1000001"
KEYS = (Key("id", ID), Key("number", " S1 "))


def eur(amount: str) -> Money:
    """Euro."""
    return Money(Decimal(amount), "EUR")


def goods(line: int, quantity: int) -> GoodsLine:
    """So many of a line."""
    return GoodsLine(quantity=Decimal(quantity), sku=f"SKU-{line}", line_id=str(line))


def line(identity: int, ordered: int | None, canceled: int | None, current: int | None) -> Line:
    """A line with what is known of its quantities."""
    known = [None if count is None else Decimal(count) for count in (ordered, canceled, current)]
    quantity = Quantities(ordered=known[0], canceled=known[1], current=known[2])
    return Line(external_id=str(identity), sku=f"SKU-{identity}", quantity=quantity, unit_price=eur("2.50"))


BARE = OrderRecord(external_id=ID, keys=(Key("id", ID),))
WHOLE = OrderRecord(
    external_id=ID,
    keys=KEYS,
    references=(Key("reference", "  "), Key("other", "X")),
    updated_at=PLACED + timedelta(hours=2),
    statuses=(
        StatusWord(Axis.ORDER, "", "FAILED", ""),
        StatusWord(Axis.PAYMENT, "", "PAID", ""),
        StatusWord(Axis.FULFILLMENT, "", "DELIVERED", ""),
        StatusWord(Axis.INVOICE, "", "PARTIALLY_INVOICED", ""),
    ),
    header=Header(
        number="S1",
        placed_at=PLACED,
        updated_at=PLACED + timedelta(hours=2),
        currency="EUR",
        totals=Totals(discount=eur("3.00"), shipping=eur("4.90"), tax=eur("1.90"), total=eur("20.00")),
        discounts=(Discount(title="Spring", code="SPRING", amount=eur("1.00")), Discount(title="B2B")),
    ),
    lines=(line(1, 5, 2, 3), line(2, 4, None, 1), line(3, None, 1, 2), line(4, None, None, None)),
    customer=Customer(
        person=Person(name="Kim", email="kim@example.com"),
        company=Company(external_id="8000001", name="Cafe", tax_id="DE1"),
    ),
    addresses=Addresses(
        billing=Address(company="Cafe", lines=("Hauptstr. 1", " "), country_code="DE", region="BE", phone="+49"),
        shipping=Address(name="Kim", company="Cafe", city="Berlin"),
    ),
    invoices=Invoices(
        invoices=(
            Invoice(external_id="3", status=InvoiceDocumentStatus.POSTED, total=eur("10.00"), paid=eur("4.00")),
            Invoice(external_id="2", status=InvoiceDocumentStatus.CANCELED, total=eur("10.00"), due=eur("10.00")),
            Invoice(external_id="1", status=InvoiceDocumentStatus.UNKNOWN, due=eur("5.00"), due_at=date(2026, 4, 1)),
        )
    ),
    fulfillment=Fulfillment(
        fulfillment_orders=(
            FulfillmentOrder(
                external_id="5000001",
                status=FulfillmentOrderStatus.ON_HOLD,
                method=DeliveryMethod.SHIPPING,
                lines=(goods(1, 3), goods(2, 1)),
            ),
            FulfillmentOrder(external_id="5000002", status=FulfillmentOrderStatus.CLOSED, lines=(goods(3, 2),)),
            FulfillmentOrder(external_id="5000003", status=FulfillmentOrderStatus.PACKED, lines=(goods(9, 1),)),
        ),
        shipments=(
            Shipment(
                external_id="4000002",
                number="CS2",
                status=ShipmentStatus.DELIVERED,
                location=STORE,
                shipped_at=PLACED,
                lines=(goods(2, 1), goods(1, 1)),
                packages=(Package(tracking_number="1Z2", carrier=UPS), Package(external_id="7", carrier=DHL)),
            ),
            Shipment(external_id="4000001", status=ShipmentStatus.LABEL_CREATED, lines=(goods(1, 1),)),
            Shipment(external_id="4000003", status=ShipmentStatus.CANCELED, lines=(goods(3, 2),)),
            Shipment(external_id="4000004", status=ShipmentStatus.RETURNED, is_return=True, lines=(goods(3, 2),)),
        ),
    ),
    returns=(
        Return(external_id="2000002", status=ReturnStatus.DECLINED, lines=(ReturnLine(sku="A", quantity=Decimal(0)),)),
        Return(external_id="2000001", status=ReturnStatus.RECEIVED, number="R1", created_at=PLACED),
    ),
)


async def through_the_wire(order: OrderRecord) -> OrderRecord:
    """The order as the connector reads it of a simulator that holds it."""
    async with TrytonSimulator() as simulator:
        simulator.seed(World(orders=(order,)))
        connecting = Connecting(TrytonConnector, simulator.settings())
        try:
            assert isinstance(connecting.connector, TrytonConnector)
            facets = TrytonConnector.manifest.facets
            found = await connecting.connector.find_orders(keys_of("id", [ID]), facets, Call.within(10))
        finally:
            await connecting.close()
    assert found.gaps == ()
    (record,) = found.records
    return record


@pytest.mark.parametrize("order", [BARE, WHOLE], ids=["bare", "whole"])
async def test_round_trip(order: OrderRecord) -> None:
    """An order of which hardly anything, or everything at once, is known comes back as Tryton can tell it."""
    told = TrytonSimulator.expressible(order)
    assert comparable(await through_the_wire(order)) == comparable(told)
    assert comparable(TrytonSimulator.expressible(told)) == comparable(told)
    assert comparable(await through_the_wire(told)) == comparable(told)


async def test_an_order_of_nobody() -> None:
    """An order without customer belongs to a party that is nobody, and reads as that of no customer."""
    record = await through_the_wire(BARE)
    assert record.customer == Customer()


async def test_quantities() -> None:
    """What was taken away stays apart from what was ordered, whichever two of the three are known."""
    lines = (await through_the_wire(WHOLE)).lines or ()
    known = [msgspec.structs.astuple(each.quantity) for each in lines]
    assert known == [(5, 2, 3), (4, 3, 1), (3, 1, 2), (0, 0, 0)]


async def test_split_shipments() -> None:
    """Each shipment is plan and fact under one id; of a plan, what no shipment took is still planned."""
    fulfillment = (await through_the_wire(WHOLE)).fulfillment
    assert fulfillment is not None
    plans = [
        (plan.external_id, plan.status, plan.method, [(one.line_id, one.quantity) for one in plan.lines])
        for plan in fulfillment.fulfillment_orders
    ]
    assert plans == [
        ("4000001", "PACKED", "UNKNOWN", [("1", 1)]),
        ("4000002", "CLOSED", "SHIPPING", [("1", 1), ("2", 1)]),
        ("4000003", "CANCELED", "UNKNOWN", [("3", 2)]),
        ("5000001", "OPEN", "SHIPPING", [("1", 1)]),
        ("5000003", "PACKED", "UNKNOWN", [(None, 1)]),
    ]
    facts = [(fact.external_id, fact.status, len(fact.packages)) for fact in fulfillment.shipments]
    assert facts == [("4000001", "PENDING", 0), ("4000002", "PICKED_UP", 2), ("5000003", "PENDING", 0)]
    assert {package.carrier for package in fulfillment.shipments[1].packages} == {UPS}


async def test_what_a_canceled_sale_never_had() -> None:
    """A sale is canceled before anything is planned: its plans go, unless something was shipped all the same."""
    shipments = WHOLE.fulfillment.shipments if WHOLE.fulfillment else ()
    plans = WHOLE.fulfillment.fulfillment_orders if WHOLE.fulfillment else ()
    record = await through_the_wire(
        msgspec.structs.replace(WHOLE, fulfillment=Fulfillment(fulfillment_orders=plans[:2], shipments=shipments[2:3]))
    )
    assert record.fulfillment == Fulfillment()
