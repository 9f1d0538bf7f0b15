"""What a token shows a guest over scripted systems, and how staff gives and takes it."""

from __future__ import annotations

import logging
from decimal import Decimal
from ipaddress import ip_address

import msgspec
import pytest

from orderweave.model.ids import encode_id
from orderweave.model.rights import Caller, Owned, Rights, Scope
from orderweave.operations.answers import Request
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave_sdk.errors import Retry
from tests.unit.answering.guest import GUEST, LINK, REVOKE, SETTINGS, STAFF, TRY, VIEW, Guest


@pytest.mark.parametrize("token", ["", "x", "é", "gAAAAABrCENMoPswPqmkYvHVWYd6", "a" * 5000])
async def test_a_token_that_does_not_hold(token: str) -> None:
    """Anything that is no token is null, at once, with nobody asked."""
    guest = Guest()
    assert await guest.ask(VIEW, token=token) == {"data": {"trackedOrder": None}}
    assert guest.woven.fakes["shop"].calls == []


async def test_an_order_that_is_gone() -> None:
    """A token for an order that no system knows any more is null, too."""
    guest = Guest()
    token = await guest.token("1001", email="ada@example.com")
    for fake in guest.woven.fakes.values():
        fake.orders.clear()
    assert await guest.ask(VIEW, token=token) == {"data": {"trackedOrder": None}}


async def test_a_view_with_everybody_silent() -> None:
    """With no system to show the order by, the error says to come again and names none of them."""
    guest = Guest()
    token = await guest.token("1001", email="ada@example.com")
    for fake in guest.woven.fakes.values():
        fake.error = Retry("refused")
    assert await guest.refused(VIEW, token=token) == {"code": "INCOMPLETE"}


async def test_a_view_in_part() -> None:
    """With the warehouse down the rest is shown, and that something may be wanting."""
    guest = Guest()
    token = await guest.token("1001", email="ada@example.com")
    guest.woven.fakes["wms"].error = Retry("refused")
    seen = (await guest.ask(VIEW, token=token))["data"]["trackedOrder"]
    assert (seen["number"], seen["freshness"]) == ("1001", {"incomplete": True})


async def test_links_are_for_staff() -> None:
    """Staff get a link for an order without a second fact, null for none; guests and customers get neither link nor
    revocation.
    """
    guest = Guest(settings=msgspec.structs.replace(SETTINGS, link_url="https://shop.example.com/track"))
    link = (await guest.ask(LINK, STAFF, n="1001"))["data"]["trackingLink"]
    assert link["url"] == f"https://shop.example.com/track#token={link['token']}"
    assert (await guest.ask(VIEW, token=link["token"]))["data"]["trackedOrder"]["number"] == "1001"
    assert await guest.ask(LINK, STAFF, n="1009") == {"data": {"trackingLink": None}}
    owner = Caller(
        name="c",
        role="customer",
        rights=Rights(scopes=frozenset(Scope), owned=Owned(emails=frozenset({"ada@example.com"}))),
    )
    for caller in (GUEST, owner):
        assert (await guest.refused(LINK, caller, n="1001"))["code"] == "FORBIDDEN"
        assert (await guest.refused(REVOKE, caller, id="x"))["code"] == "FORBIDDEN"


async def test_revoked_by_staff_and_by_configuration() -> None:
    """All tokens and links of one order end, also with every system down; the configuration can end them, too."""
    guest = Guest()
    token = await guest.token("1001", email="ada@example.com")
    link = (await guest.ask(LINK, STAFF, n="1001"))["data"]["trackingLink"]["token"]
    other = await guest.token("1002", email="bob@example.com")
    identity = (await guest.ask('{ order(by: { number: "1001" }) { id } }', STAFF))["data"]["order"]["id"]
    for fake in guest.woven.fakes.values():
        fake.error = Retry("refused")
    revoked = (await guest.ask(REVOKE, STAFF, id=identity))["data"]["revokeTracking"]
    assert revoked["shared"] is False
    for fake in guest.woven.fakes.values():
        fake.error = None
    views = [await guest.ask(VIEW, token=entry) for entry in (token, link, other)]
    assert [view["data"]["trackedOrder"] is None for view in views] == [True, True, False]

    third = await guest.token("1001", email="ada@example.com")
    mirrored = encode_id("Order", "erp:number", "so1")
    assert (await guest.ask(REVOKE, STAFF, id=mirrored))["data"]["revokeTracking"] is not None
    assert await guest.ask(VIEW, token=third) == {"data": {"trackedOrder": None}}
    assert await guest.refused(REVOKE, STAFF, id="x") == {"code": "BAD_INPUT"}

    configured = Guest(settings=msgspec.structs.replace(SETTINGS, revoked_orders=frozenset({identity})))
    assert await configured.ask(VIEW, token=token) == {"data": {"trackedOrder": None}}


async def test_what_is_told_of_views(caplog: pytest.LogCaptureFixture) -> None:
    """A page that polls is told of once in ten minutes for each place that it is looked at from; so is a token that
    does not hold, with its order where there is one. Neither order, address nor token is in it.
    """
    guest = Guest()
    link = (await guest.ask(LINK, STAFF, n="1001"))["data"]["trackingLink"]["token"]
    other = (await guest.ask(LINK, STAFF, n="1003"))["data"]["trackingLink"]["token"]
    with caplog.at_level(logging.INFO, logger="orderweave.guests"):
        for address in ("198.51.100.7", "198.51.100.9", "203.0.113.7"):
            guest.address = ip_address(address)
            for _ in range(3):
                renewed = (await guest.ask(VIEW.replace("expiresAt", "token"), token=link))["data"]["trackedOrder"]
                await guest.ask(VIEW, token=renewed["access"]["token"])
                await guest.ask(VIEW, token="invented")
        await guest.ask(VIEW, token=other)
        guest.woven.time.advance(600)
        await guest.ask(VIEW, token=link)
        await guest.ask(REVOKE, STAFF, id=encode_id("Order", "shop:id", "a1"))
        for _ in range(3):
            await guest.ask(VIEW, token=link)
    told = [record.__dict__["fields"] for record in caplog.records if record.getMessage() == "tracking_view"]
    (managed,) = [record.__dict__["fields"] for record in caplog.records if record.getMessage() == "tracking_managed"]
    order, one, two = managed["order"], told[0]["block"], told[2]["block"]
    third = told[4]["order"]
    assert [tuple(fields.values()) for fields in told] == [
        ("VIEWED", order, one),
        ("TOKEN_REFUSED", None, one),
        ("VIEWED", order, two),
        ("TOKEN_REFUSED", None, two),
        ("VIEWED", third, two),
        ("VIEWED", order, two),
        ("TOKEN_REFUSED", order, two),
    ]
    assert len({order, third, one, two}) == 4
    assert not [word for word in ("1001", "198.51", "203.0", link[:12], "invented") if word in str(told)]


async def test_not_switched_on() -> None:
    """Without keys each of the four is UNSUPPORTED, at once."""
    guest = Guest(settings=None)
    token = await guest.refused(VIEW, token="x")
    attempt = await guest.refused(TRY, number="1001", email="ada@example.com")
    link = await guest.refused(LINK, STAFF, n="1001")
    revocation = await guest.refused(REVOKE, STAFF, id="WyJPcmRlciIsInNob3A6bnVtYmVyIiwiMTAwMSJd")
    assert [found["code"] for found in (token, attempt, link, revocation)] == ["UNSUPPORTED"] * 4


async def test_quantities_in_the_view() -> None:
    """The existing type of quantities serves the reduced line."""
    guest = Guest()
    token = await guest.token("1001", email="ada@example.com")
    query = "query ($t: String!) { trackedOrder(token: $t) { lines { sku quantity { ordered returned } } } }"
    lines = (await guest.ask(query, t=token))["data"]["trackedOrder"]["lines"]
    assert lines == [{"sku": "MUG", "quantity": {"ordered": int(Decimal(1)), "returned": None}}]


async def test_both_executors_give_the_same() -> None:
    """The compiled projection and the reference executor show a guest the same, to the byte."""
    guest = Guest()
    token = await guest.token("1001", email="ada@example.com")
    query = """query ($t: String!) { trackedOrder(token: $t) {
      number placedAt status fulfillmentStatus
      lines { title sku quantity { ordered shipped returned } }
      shipments { id status shippedAt deliveredAt lines { title quantity } packages {
        carrier { name } trackingNumber trackingUrl status promisedBy eta { from to } onTime
        events { occurredAt status message location }
      } }
      pickups { status method location readyBy lines { title quantity } }
      milestones { kind occurredAt }
      freshness { asOf stale incomplete }
      access { expiresAt }
    } }"""
    request = Request(query=query, variables={"t": token})
    answers = [
        await Operations(guest.woven.schema, compiled=compiled).run(request, Context(guest.woven.gateway))
        for compiled in (True, False)
    ]
    assert [answer.executor for answer in answers] == ["COMPILED", "REFERENCE"]
    compiled, reference = (msgspec.json.encode(answer.document()) for answer in answers)
    assert compiled == reference
    assert b"errors" not in compiled
