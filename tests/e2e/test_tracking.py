"""A guest's way over the generated business, state by state, against what its systems know."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from orderweave.bootstrap import Orderweave
from orderweave.config.configuration import TrackingSettings
from orderweave.demo import DemoBusiness
from orderweave.operations.answers import Request
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave_sdk.records import Addresses, OrderRecord
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.faults import Fault
from tests.e2e.business import StandingClock, with_cache, with_deadline

TRY = """mutation ($number: String!, $email: String, $postalCode: String) {
  trackOrder(number: $number, email: $email, postalCode: $postalCode) { access { token } }
}"""
VIEW = """query ($token: String!) {
  trackedOrder(token: $token) {
    number placedAt status fulfillmentStatus
    lines { title sku quantity { ordered canceled current allocated backordered picked shipped delivered returned } }
    shipments {
      id status shippedAt deliveredAt
      lines { title quantity }
      packages {
        carrier { name code } trackingNumber trackingUrl status promisedBy eta { from to } onTime
        events { occurredAt status message location }
      }
    }
    pickups { status method location readyBy lines { title quantity } }
    milestones { kind occurredAt }
    freshness { asOf stale incomplete }
  }
}"""
ALL = """query ($after: String) {
  orders(first: 100, after: $after) {
    nodes {
      number status fulfillmentStatus
      shipments { isReturn status packages { status } }
      fulfillmentOrders { method }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""


class Door:
    """The gateway over a business, as guests and staff meet it."""

    def __init__(self, business: DemoBusiness, woven: Orderweave, time: StandingClock) -> None:
        self.business = business
        self.time = time
        self._gateway = woven.gateway
        self._operations = Operations(woven.schema)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = await self._operations.run(Request(query=query, variables=variables), Context(self._gateway))
        document = answer.document()
        assert "errors" not in document, document["errors"]
        data: dict[str, Any] = json.loads(msgspec.json.encode(document["data"]))
        return data

    def record(self, number: str) -> OrderRecord:
        """What the shop where it was placed knows of an order."""
        return next(order for order in self.shop_orders() if order.key("number") == number)

    def shop_orders(self) -> Iterator[OrderRecord]:
        """The orders of both web shops."""
        for system in ("shop-us", "shop-eu"):
            yield from self.business.worlds[system].orders

    async def tracked(self, number: str) -> dict[str, Any]:
        """The view of an order, by its customer's e-mail address; nothing private of the shop's record is in it."""
        record = self.record(number)
        assert record.customer is not None
        assert record.customer.person is not None
        access = (await self.ask(TRY, number=number, email=record.customer.person.email))["trackOrder"]["access"]
        order: dict[str, Any] = (await self.ask(VIEW, token=access["token"]))["trackedOrder"]
        assert private(record) & texts(order) == set()
        return order

    async def find(self, fits: Callable[[dict[str, Any]], bool]) -> str:
        """The number of an order of a web shop that fits, as staff sees it."""
        numbers = {order.key("number") for order in self.shop_orders()}
        after: str | None = None
        while True:
            page = (await self.ask(ALL, after=after))["orders"]
            for node in page["nodes"]:
                if node["number"] in numbers and fits(node):
                    return str(node["number"])
            assert page["pageInfo"]["hasNextPage"]
            after = page["pageInfo"]["endCursor"]


def texts(value: Any) -> set[str]:
    """Every text and number in an answer, in lower case."""
    if isinstance(value, dict):
        return set().union(*(texts(entry) for entry in value.values()))
    if isinstance(value, list):
        return set().union(*(texts(entry) for entry in value))
    return {str(value).casefold()}


def private(record: OrderRecord) -> set[str]:
    """What of an order nobody but its customer and staff may see: person, addresses, and all that is about money."""
    person = record.customer.person if record.customer else None
    addresses = record.addresses or Addresses()
    found: list[Any] = [person.name, person.email, person.phone] if person else []
    for address in (addresses.billing, addresses.shipping):
        if address is not None:
            found += [address.name, address.company, *address.lines, address.postal_code, address.phone]
    totals = record.header.totals if record.header else None
    sums = [totals.total, totals.subtotal, totals.tax, totals.shipping] if totals else []
    found += [str(money.amount) for money in sums if money is not None and money.amount]
    return {str(text).casefold() for text in found if text}


@asynccontextmanager
async def door(*, cached: bool = False) -> AsyncIterator[Door]:
    """A business of 200 orders with the gateway before it; answers come without a wait."""
    async with DemoBusiness(seed=7, orders=200) as business:
        configuration = with_deadline(business.configuration(), 60)
        tracking = TrackingSettings(keys=("k" * 32,), slot_seconds=0.1)
        time = StandingClock()

        async def pause(seconds: float) -> None:
            time.advance(seconds)

        configuration = msgspec.structs.replace(configuration, tracking=tracking)
        woven = Orderweave(with_cache(configuration) if cached else configuration, clock=time, pause=pause)
        try:
            yield Door(business, woven, time)
        finally:
            await woven.close()


def shipped(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The shipments that travel to the customer."""
    return [shipment for shipment in node["shipments"] if not shipment["isReturn"]]


async def test_in_transit() -> None:
    """An order on its way: shipped, not delivered, with carrier, number and what happened so far."""
    async with door() as at:
        order = await at.tracked(
            await at.find(lambda node: any(entry["status"] == "IN_TRANSIT" for entry in shipped(node)))
        )
        (package, *_) = next(entry for entry in order["shipments"] if entry["status"] == "IN_TRANSIT")["packages"]
        kinds = [step["kind"] for step in order["milestones"]]
        assert (kinds[0], "SHIPPED" in kinds, "DELIVERED" in kinds) == ("PLACED", True, False)
        assert package["carrier"]["name"]
        assert package["trackingNumber"]
        assert package["events"]


async def test_split_shipment() -> None:
    """An order in several shipments says which goods are in which, and together no more than was ordered."""
    async with door() as at:
        order = await at.tracked(await at.find(lambda node: len(shipped(node)) > 1))
        assert len(order["shipments"]) > 1
        titles = {line["title"] for line in order["lines"]}
        inside = [goods for shipment in order["shipments"] for goods in shipment["lines"]]
        assert {goods["title"] for goods in inside} <= titles
        assert (
            0
            < sum(goods["quantity"] for goods in inside)
            <= sum(line["quantity"]["ordered"] for line in order["lines"])
        )


async def test_pick_up_in_store() -> None:
    """An order that its customer fetches names the store and the goods."""
    async with door() as at:
        number = await at.find(lambda node: any(plan["method"] == "STORE_PICKUP" for plan in node["fulfillmentOrders"]))
        (pickup, *_) = (await at.tracked(number))["pickups"]
        assert pickup["method"] == "STORE_PICKUP"
        assert pickup["location"]
        assert pickup["lines"]


async def test_delivered() -> None:
    """A delivered order says so, with the moment."""
    async with door() as at:
        order = await at.tracked(await at.find(lambda node: node["fulfillmentStatus"] == "DELIVERED"))
        assert order["fulfillmentStatus"] == "DELIVERED"
        assert order["milestones"][-1]["kind"] == "DELIVERED"
        assert {package["status"] for entry in order["shipments"] for package in entry["packages"]} == {"DELIVERED"}


async def test_canceled() -> None:
    """A canceled order says so and when, and shows nothing on its way."""
    async with door() as at:
        order = await at.tracked(await at.find(lambda node: node["status"] == "CANCELED"))
        assert order["status"] == "CANCELED"
        assert "CANCELED" in [step["kind"] for step in order["milestones"]]
        assert order["shipments"] == []


async def test_stale_and_warehouse_down() -> None:
    """With the warehouse stopped its kept part stands in, marked stale; with nothing kept the rest is shown, and that
    it is not whole; in both a guest still gets in.
    """
    async with door(cached=True) as at:
        number = at.business.telling_number()
        before = await at.tracked(number)
        await at.business.fail("wms", Fault.STOPPED)
        at.time.advance(300)
        kept = await at.tracked(number)
        assert (before["freshness"]["stale"], kept["freshness"]["stale"]) == (False, True)
        assert kept["shipments"] == before["shipments"]
    async with door() as at:
        await at.business.fail("wms", Fault.STOPPED)
        bare = await at.tracked(at.business.telling_number())
        assert bare["freshness"]["incomplete"] is True
        assert bare["lines"]


async def test_by_postal_code() -> None:
    """The postal code of the delivery is as good, however it is spaced; the next one is not."""
    async with door() as at:
        record = next(order for order in at.shop_orders() if order.addresses and order.addresses.shipping)
        assert record.addresses is not None
        assert record.addresses.shipping is not None
        code = record.addresses.shipping.postal_code or ""
        number = record.key("number")
        spaced = (await at.ask(TRY, number=number, postalCode=f" {code[:3]}-{code[3:]}"))["trackOrder"]["access"]
        wrong = (await at.ask(TRY, number=number, postalCode=code[::-1] + "9"))["trackOrder"]["access"]
        assert spaced is not None
        assert wrong is None


@pytest.mark.contracts
async def test_the_portals_own_document() -> None:
    """The document that portals send runs as it stands, over the token of an attempt."""
    async with door() as at:
        document = contract_file("../queries/tracking.graphql").read_text()
        number, email = at.business.telling_number(), at.business.telling_email()
        token = (await at.ask(TRY, number=number, email=email))["trackOrder"]["access"]["token"]
        order = (await at.ask(document, token=token))["trackedOrder"]
        assert order["number"] == number
        assert any(package["events"] for shipment in order["shipments"] for package in shipment["packages"])
