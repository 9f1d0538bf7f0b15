"""The simulator says no where SAP says no, and what it can say it says the same twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

import msgspec
import pytest

from orderweave_sap_s4hana.expressible import shares, told_order
from orderweave_sap_s4hana.signing import Password
from orderweave_sap_s4hana.simulator import PASSWORD, ROOT, SAP_CLIENT, USER, SapS4hanaSimulator
from orderweave_sdk.clock import Call
from orderweave_sdk.records import (
    FulfillmentOrderStatus,
    Hold,
    HoldReason,
    Money,
    OrderRecord,
    ShipmentStatus,
)
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest


async def said(
    simulator: SapS4hanaSimulator,
    path: str,
    *query: tuple[str, str],
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
) -> SimulatedAnswer:
    """What it answers to one request of the communication user."""
    signed = await Password(USER, PASSWORD).current(Call.within(1))
    return await simulator.answer(
        SimulatedRequest(
            method=method,
            path=f"{ROOT}{path}",
            query=query,
            headers={"authorization": signed, "sap-client": SAP_CLIENT, **(headers or {})},
            body=b"",
        )
    )


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("API_SALES_ORDER_SRV/A_SalesOrder", (("$filter", "SalesOrder eq '5000000001'"),), 200),
        ("API_SALES_ORDER_SRV/A_SalesOrder", (("$filter", "Number eq '1'"),), 400),
        ("API_SALES_ORDER_SRV/A_SalesOrder", (("$filter", "CreationDate eq '2026-03-01'"),), 400),
        ("API_SALES_ORDER_SRV/A_SalesOrder", (("$filter", "SalesOrder in ('1','2')"),), 400),
        ("API_SALES_ORDER_SRV/A_SalesOrder", (("$select", "Number"),), 400),
        ("API_SALES_ORDER_SRV/A_SalesOrder", (("$count", "true"),), 400),
        ("API_SALES_ORDER_SRV/A_Orders", (), 404),
        ("API_SALES_ORDER_SIMULATION_SRV/A_SalesOrder", (), 403),
    ],
)
async def test_what_it_takes(
    path: str, query: tuple[tuple[str, str], ...], status: int, simulator: SapS4hanaSimulator
) -> None:
    """Unknown services, sets, properties, options, and literals of a wrong type are refused in SAP's envelope."""
    answer = await said(simulator, path, *query)
    assert answer.status == status
    if status != 200:
        assert set(json.loads(answer.body)["error"]) == {"code", "message", "innererror"}


async def test_a_post_without_its_token(simulator: SapS4hanaSimulator) -> None:
    """A token is not enough without the cookie of its session."""
    opened = await said(simulator, "API_SALES_ORDER_SRV/", headers={"x-csrf-token": "Fetch"})
    token = opened.headers["x-csrf-token"]
    answer = await said(simulator, "API_SALES_ORDER_SRV/$batch", method="POST", headers={"x-csrf-token": token})
    assert (answer.status, answer.headers["x-csrf-token"]) == (403, "Required")


async def test_another_client(simulator: SapS4hanaSimulator) -> None:
    """Another SAP client knows no such user."""
    answer = await said(simulator, "API_SALES_ORDER_SRV/A_SalesOrder", headers={"sap-client": "800"})
    assert answer.status == 401


def orders() -> list[OrderRecord]:
    """The sample's orders, and some with all that the sample lacks."""
    sample = list(sample_world(SapS4hanaSimulator.external_id).orders)
    odd = []
    for place, order in enumerate(sample):
        assert order.header is not None
        assert order.header.totals is not None
        assert order.fulfillment is not None
        totals = msgspec.structs.replace(
            order.header.totals,
            shipping=Money(Decimal("4.99"), "USD"),
            discount=Money(Decimal("1.37"), "USD"),
            tax=Money(Decimal("3.33"), "USD"),
        )
        plans = tuple(
            msgspec.structs.replace(plan, status=list(FulfillmentOrderStatus)[place % len(FulfillmentOrderStatus)])
            for plan in order.fulfillment.fulfillment_orders
        )
        shipments = tuple(
            msgspec.structs.replace(shipment, status=list(ShipmentStatus)[place % len(ShipmentStatus)])
            for shipment in order.fulfillment.shipments
        )
        odd.append(
            msgspec.structs.replace(
                order,
                header=msgspec.structs.replace(order.header, totals=totals),
                holds=tuple(Hold(reason=reason) for reason in HoldReason),
                fulfillment=msgspec.structs.replace(order.fulfillment, fulfillment_orders=plans, shipments=shipments),
            )
        )
    return [*sample, *odd]


@pytest.mark.parametrize("order", orders())
def test_told_twice(order: OrderRecord) -> None:
    """What was told once stays the same when it is told again."""
    told = told_order(order)
    assert comparable(told_order(told)) == comparable(told)


def test_shares_add_up() -> None:
    """A condition of the header is spread to the cent, and nothing is lost."""
    worth = [Decimal("9.90"), Decimal("0.03"), Decimal("14.50")]
    assert shares(Decimal("-1.00"), worth) == [Decimal("-0.41"), Decimal("0.00"), Decimal("-0.59")]
    assert shares(Decimal("1.00"), [Decimal(0), Decimal(0)]) == [Decimal("0.50"), Decimal("0.50")]
    assert shares(Decimal("1.00"), []) == []
