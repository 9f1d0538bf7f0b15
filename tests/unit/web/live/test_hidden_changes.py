"""Changes of what a caller may not see: no event, no facet, and no cursor tells that there was one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave.model.rights import ALL_RIGHTS, ANYBODY, Caller, Rights, Scope
from orderweave_sdk.records import (
    DeliveryMethod,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    Hold,
    HoldReason,
    Money,
    OrderRecord,
)
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import Woven, weave
from tests.unit.live.feeds import close_order
from tests.unit.web.live.talks import Talk, talking

FOLLOW = 'subscription { orderUpdated(by: {number: "1001"}) { cursor at changed changes { changed } } }'
HOLD = Hold(reason=HoldReason.FRAUD_RISK)
replace = msgspec.structs.replace


def held(*holds: Hold) -> Fulfillment:
    """A plan with these holds."""
    plan = FulfillmentOrder(
        external_id="p1", status=FulfillmentOrderStatus.OPEN, method=DeliveryMethod.SHIPPING, holds=holds
    )
    return Fulfillment(fulfillment_orders=(plan,))


def sold() -> Woven:
    """An order with a line and a plan."""
    found = order("a1", "1001", email="ada@example.com", skus=["TEA"])
    return weave(shop([replace(found, fulfillment=held())]))


def total(found: OrderRecord) -> OrderRecord:
    """It costs more."""
    assert found.header is not None
    assert found.header.totals is not None
    totals = replace(found.header.totals, total=Money(Decimal("12.00"), "USD"))
    return replace(found, header=replace(found.header, totals=totals))


def price(found: OrderRecord) -> OrderRecord:
    """So does its line."""
    assert found.lines
    return replace(found, lines=(replace(found.lines[0], unit_price=Money(Decimal("12.00"), "USD")),))


def hold(found: OrderRecord) -> OrderRecord:
    """It is held back."""
    return replace(found, holds=(HOLD,))


def plan_hold(found: OrderRecord) -> OrderRecord:
    """Its plan is."""
    return replace(found, fulfillment=held(HOLD))


def person(found: OrderRecord) -> OrderRecord:
    """Somebody else bought it."""
    return replace(found, customer=order("a1", email="bob@example.com").customer)


async def update(talk: Talk) -> dict[str, Any]:
    """The next update of the order."""
    found: dict[str, Any] = (await talk.hear())["payload"]["data"]["orderUpdated"]
    return found


@pytest.mark.parametrize(
    ("change", "facet", "scope"),
    [
        (total, "HEADER", Scope.FINANCIALS),
        (price, "LINES", Scope.FINANCIALS),
        (hold, "HOLDS", Scope.PROVENANCE),
        (plan_hold, "FULFILLMENT", Scope.PROVENANCE),
        (person, "CUSTOMER", Scope.PERSONAL),
    ],
)
async def test_hidden_change_is_told_by_nothing(
    change: Callable[[OrderRecord], OrderRecord], facet: str, scope: Scope
) -> None:
    """Whoever has every scope but one is told of no change of what that scope alone shows, neither at once, nor beside
    the next change, nor by the cursor or instant of another subscription; whoever has it is told.
    """

    async def identify(headers: Any) -> Caller:
        lacking = {scope} if b"x-api-key" in headers else set()
        return replace(ANYBODY, rights=Rights(scopes=ALL_RIGHTS.scopes - lacking))

    async with talking(identify=identify, woven=sold()) as talks:
        few, all_, again = await talks.begun(x_api_key="few"), await talks.begun(), await talks.begun(x_api_key="few")
        for talk in (few, all_):
            talk.subscribe("1", FOLLOW)
        first = await update(few)
        await update(all_)
        orders = talks.woven.fakes["shop"].orders
        orders[0] = change(orders[0])
        await talks.changed()
        assert (await update(all_))["changed"] == [facet]
        again.subscribe("1", FOLLOW)
        assert await update(again) == first
        close_order(talks.woven)
        await talks.changed()
        told = await update(few)
        assert (told["changed"], told["changes"]) == (["HEADER"], [{"changed": ["HEADER"]}])


async def test_masked_text_is_told_by_nothing() -> None:
    """Who has people masked is told that there is another customer's name only where there was none."""

    async def identify(headers: Any) -> Caller:
        return replace(ANYBODY, rights=Rights(scopes=ALL_RIGHTS.scopes, masked=True))

    async with talking(identify=identify, woven=sold()) as talks:
        talk = await talks.begun()
        talk.subscribe("1", FOLLOW)
        await update(talk)
        orders = talks.woven.fakes["shop"].orders
        customer = orders[0].customer
        assert customer is not None
        assert customer.person is not None
        orders[0] = replace(orders[0], customer=replace(customer, person=replace(customer.person, name="Bob")))
        await talks.changed()
        close_order(talks.woven)
        await talks.changed()
        assert (await update(talk))["changes"] == [{"changed": ["HEADER"]}]
