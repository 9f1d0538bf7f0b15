"""An order on the tracking page in a real browser: what each state shows, how it stays new, what is announced."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser import tracked_orders
from tests.browser.tracked_orders import STATES, at, event, in_transit, line, order, parcel, shipment, split
from tests.browser.tracking_site import TOKEN, Site, Visit, served, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# The look's own time, a tenth more than which it may be spread, and a little.
EVERY = 34_000


async def shown(looking: Visit) -> str:
    """What is read of the order, without what is folded away."""
    return await looking.text("#shown")


async def after(looking: Visit, milliseconds: int) -> None:
    """Let so much of the page's time pass, and the next answer come."""
    async with looking.page.expect_response("**/graphql") as answer:
        await looking.page.clock.run_for(milliseconds)
    await (await answer.value).finished()
    await looking.page.evaluate("() => new Promise(requestAnimationFrame)")


async def quiet(looking: Visit, site: Site, milliseconds: int) -> None:
    """Let so much of the page's time pass, in which it must ask nobody."""
    asked = len(site.asked)
    await looking.page.clock.run_for(milliseconds)
    await looking.page.evaluate("() => fetch('/track').then((answer) => answer.text())")
    assert len(site.asked) == asked


async def looks(looking: Visit, site: Site, count: int) -> None:
    """Wait until the page has asked so often."""
    async with asyncio.timeout(10):
        while len(site.asked) < count:
            await looking.page.evaluate("() => new Promise(requestAnimationFrame)")


# As it is read, whatever the breaks of lines.
EXPECTED = {
    "in-transit": """
        Order #EU1026 · placed Monday 9 March On its way Expected Tomorrow, 10:00-14:00 How far your order is
        Ordered done Monday 9 March, 9:00 Prepared done On its way now Yesterday, 10:00 Out for delivery still
        to come Delivered still to come Your parcel DHL Tracking number: 00340434161094042557 Follow at DHL
        (opens a new tab) On its way to the delivery base Today, 10:00Hamburg 2 earlier steps In this parcel 2 x
        Linen shirt, white, M 1 x Canvas belt
    """,
    "split-shipment": """
        Order #EU1026 · placed Monday 9 March Part of your order has arrived How far your order is Ordered done
        Monday 9 March, 9:00 Prepared done On its way in part Out for delivery in part Delivered in part Parcel
        1 of 2 Delivered Arrived Yesterday, 14:00 DHL Tracking number: 00340434161094042557 Follow at DHL (opens
        a new tab) Delivered to the letter box Yesterday, 14:00Hamburg 1 earlier step In this parcel 1 x Brass
        lamp 1 x Linen shade, sand Parcel 2 of 2 Out for delivery Expected Today, 14:00-16:00 UPS Tracking
        number: 1Z999AA10123456784 Follow at UPS (opens a new tab) Out for delivery Today, 9:00Hamburg 1 earlier
        step In this parcel 1 x Walnut side table Still to come 2 x Wool blanket
    """,
    "pick-up": """
        Order #EU1026 · placed Monday 9 March Ready for you to pick up How far your order is Ordered done Monday
        9 March, 9:00 Prepared done Ready for pick-up now Picked up still to come Pick-up: Harbor store Ready
        for you 1 x Enamel teapot 4 x Stoneware cup
    """,
    "delivered": """
        Order #EU1026 · placed Monday 9 March Delivered Arrived Today, 10:42 How far your order is Ordered done
        Monday 9 March, 9:00 Prepared done On its way done Yesterday, 10:00 Out for delivery done Today, 7:00
        Delivered done Today, 10:42 Your parcel DHL Tracking number: 00340434161094042557 Follow at DHL (opens a
        new tab) Handed to a neighbor Today, 10:42Hamburg 2 earlier steps In this parcel 2 x Linen shirt, white,
        M
    """,
    "trouble": """
        You were missed Expected By today, 11:00 It is late. We keep an eye on it. How far your order is
    """,
    "placed": """
        We have your order How far your order is Ordered now Monday 9 March, 9:00 Being prepared still to come
    """,
    "canceled": """
        This order was canceled How far your order is Ordered done Monday 9 March, 9:00 Canceled now
    """,
    "stale": """
        One of our systems does not answer just now, so something may be missing here. It will appear by itself.
        The latest we know is from today, 7:00, longer ago than usual. We keep asking for news.
    """,
}


@pytest.mark.parametrize("state", STATES)
async def test_what_a_state_shows(state: str, driven: Browser) -> None:
    """Each state reads as it should, every word that is drawn with a sign said in words too."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = STATES[state]()
        await looking.open_order()
        assert " ".join(EXPECTED[state].split()) in await shown(looking)
        assert looking.faults == []


async def test_as_of(driven: Browser) -> None:
    """The page says from when its knowledge is, that it updates itself while anything is to come, and the zone."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        assert await looking.text("#as-of") == (
            "As of: today, 11:59. This page updates by itself. All times: Central European Standard Time."
        )
        site.order = tracked_orders.delivered()
        await after(looking, EVERY)
        assert await looking.text("#as-of") == "As of: today, 11:59. All times: Central European Standard Time."


async def test_times_are_the_readers(driven: Browser) -> None:
    """In another zone and another language the same moments stand in that zone and that language."""
    async with (
        served(Site()) as site,
        visit(site, driven, timezone_id="America/New_York", locale="es-US") as looking,
    ):
        await looking.open_order("/track?lang=es")
        assert "Mañana, 5:00-9:00 a.m." in await shown(looking)
        assert "hora de verano oriental" in await looking.text("#as-of")


async def test_several_parcels_of_one_shipment(driven: Browser) -> None:
    """Parcels that left together share what is in them, and each has its own number, state and time."""
    async with served(Site()) as site, visit(site, driven) as looking:
        both = shipment(
            "IN_TRANSIT",
            parcel("DELIVERED", event(at(-1), "DELIVERED", None, None), number="P1"),
            parcel("IN_TRANSIT", number="P2", carrier=None, trackingUrl="javascript:alert(1)"),
            contents={"Wardrobe": 1},
        )
        site.order = order("OPEN", "FULFILLED", shipments=[both])
        await looking.open_order()
        read = await shown(looking)
        assert "1 of 2 parcels has arrived" in read
        assert "Out for delivery 1 of 2 parcels Delivered 1 of 2 parcels" in read
        assert "2 parcels Parcel 1 of 2 Delivered Arrived Yesterday, 12:00" in read
        assert "Parcel 2 of 2 On its way Tracking number: P2 In this shipment 1 x Wardrobe" in read
        assert await looking.page.locator(".follow").count() == 1


async def test_a_shipment_that_is_a_pickup(driven: Browser) -> None:
    """Where a system writes a shipment for what is picked up, as shops do, there is a pick-up in that state and no
    parcel; once it was picked up the page asks no more.
    """
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = tracked_orders.pickup("FULFILLED")
        there = shipment("AVAILABLE_FOR_PICKUP", contents={"Enamel teapot": 1, "Stoneware cup": 4})
        site.order["pickups"][0]["status"] = "OPEN"
        site.order["shipments"] = [there]
        await looking.open_order()
        goods = "1 x Enamel teapot 4 x Stoneware cup"
        assert (await shown(looking)).endswith(f"Pick-up: Harbor store Ready for you {goods}")
        assert await looking.text("#headline") == "Ready for you to pick up"
        site.order["pickups"][0]["status"] = "CLOSED"
        there["status"] = "PICKED_UP"
        await after(looking, EVERY)
        assert (await shown(looking)).endswith(f"Pick-up: Harbor store Picked up {goods}")
        assert await looking.text("#spoken") == "Picked up"
        await quiet(looking, site, 3_600_000)


@pytest.mark.parametrize(("said", "read"), [("dhl", "DHL"), ("fedex", "Fedex"), ("GLS", "GLS"), ("dpd UK", "dpd UK")])
async def test_carriers_by_their_code(said: str, read: str, driven: Browser) -> None:
    """A carrier that is known by its code in small letters alone is written as a name."""
    async with served(Site()) as site, visit(site, driven) as looking:
        there = shipment("IN_TRANSIT", parcel("IN_TRANSIT", carrier={"name": said}), contents={"Canvas belt": 1})
        site.order = order("OPEN", "FULFILLED", shipments=[there])
        await looking.open_order()
        assert await looking.text(".carrier") == read
        assert f"Follow at {read}" in await shown(looking)


async def test_a_parcel_and_a_pickup(driven: Browser) -> None:
    """What is in a parcel, what waits in a store and what is in neither are told apart."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = tracked_orders.pickup("PARTIALLY_FULFILLED")
        site.order["lines"] += [line("Canvas belt", 1, shipped=1), line("Wool blanket", 2)]
        site.order["shipments"] = [shipment("IN_TRANSIT", parcel("IN_TRANSIT"), contents={"Canvas belt": 1})]
        await looking.open_order()
        read = await shown(looking)
        assert "Part of your order is on its way" in read
        assert "Pick-up: Harbor store Being prepared Ready by Today, 18:00 1 x Enamel teapot 4 x Stoneware cup" in read
        assert "In this parcel 1 x Canvas belt Still to come 2 x Wool blanket" in read


async def test_texts_are_texts(driven: Browser) -> None:
    """Markup in what systems and carriers say is shown as it is written and never becomes part of the page."""
    evil = '<img src=x onerror="document.title=1">'
    async with served(Site()) as site, visit(site, driven) as looking:
        there = parcel("IN_TRANSIT", event(at(), "IN_TRANSIT", evil, evil), number=evil, carrier={"name": evil})
        site.order = order(
            "OPEN", "FULFILLED", number=evil, shipments=[shipment("IN_TRANSIT", there, contents={evil: 1})]
        )
        await looking.open_order()
        assert (await shown(looking)).count(evil) == 7
        assert await looking.page.locator("#shown img").count() == 0
        assert looking.faults == []


async def test_what_nobody_knows(driven: Browser) -> None:
    """An order with next to nothing known, and words that came into the schema later, still are a page."""
    async with served(Site()) as site, visit(site, driven) as looking:
        bare: dict[str, Any] = {"carrier": None, "trackingUrl": None, "events": []}
        site.order = order(
            "UNKNOWN",
            "SOMETHING_NEW",
            number=None,
            placedAt=None,
            lines=[line(None, 1, shipped=None)],
            shipments=[
                shipment("TELEPORTED", parcel("TELEPORTED", number=None, **bare), contents={}, shippedAt=None),
                shipment("IN_TRANSIT", contents={}, shippedAt=None),
            ],
            freshness={"asOf": None, "stale": True, "incomplete": False},
        )
        await looking.open_order()
        read = await shown(looking)
        assert "Parcel 1 of 2 No news yet Parcel 2 of 2 On its way" in read
        assert looking.faults == []


async def test_it_looks_again(driven: Browser) -> None:
    """While it is seen the page asks every half minute; what is new is drawn and announced, and nothing else moves."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        await looking.page.click("summary")
        await looking.page.focus("#follow-0")
        await after(looking, EVERY)
        assert await looking.text("#spoken") == ""
        news = event(at(minutes=2), "OUT_FOR_DELIVERY", "In the delivery vehicle", "Hamburg")
        changed = in_transit()
        changed["shipments"][0]["packages"][0]["status"] = "OUT_FOR_DELIVERY"
        changed["shipments"][0]["packages"][0]["events"].append(news)
        site.order = changed
        await after(looking, EVERY)
        assert await looking.text("#headline") == "Out for delivery"
        assert await looking.text("#spoken") == "Out for delivery. Your parcel: In the delivery vehicle"
        assert await looking.page.evaluate("document.activeElement.id") == "follow-0"
        assert await looking.page.evaluate("document.querySelector('details').open")
        assert await looking.page.title() == "Out for delivery · Northwind"


async def test_the_token_is_renewed(driven: Browser) -> None:
    """Each answer's token is the one that the next look shows, and that the tab keeps; a link's own holds longer."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open()
        await looking.look_up()
        await looking.page.wait_for_selector("#order:not([hidden])")
        await after(looking, EVERY)
        assert site.asked[-1] == {"token": site.renewed}
        assert site.renewed in await looking.page.evaluate("sessionStorage.getItem('orderweave.track')")
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        await after(looking, EVERY)
        assert site.asked == [{"token": TOKEN}] * 2


async def test_delivered_is_the_end(driven: Browser) -> None:
    """When all of it is there the page asks no more."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        site.order = tracked_orders.delivered()
        await after(looking, EVERY)
        assert await looking.text("#headline") == "Delivered"
        await quiet(looking, site, 3_600_000)


async def test_delivered_but_incomplete(driven: Browser) -> None:
    """While a system is silent the page asks on, though all that it knows of has arrived."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = tracked_orders.delivered()
        site.order["freshness"]["incomplete"] = True
        await looking.open_order()
        await after(looking, EVERY)
        assert "This page updates by itself." in await looking.text("#as-of")


async def test_unseen_it_asks_rarely(driven: Browser) -> None:
    """In a tab that nobody sees the page asks ever more rarely, and at once when it is seen again."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        await looking.page.evaluate(HIDE, True)
        await after(looking, EVERY)
        await quiet(looking, site, 50_000)
        await after(looking, 20_000)
        await quiet(looking, site, 105_000)
        async with looking.page.expect_response("**/graphql"):
            await looking.page.evaluate(HIDE, False)


async def test_a_gateway_that_fails_for_a_while(driven: Browser) -> None:
    """While the gateway fails the order stays, with a word on it; the page tries again after ever longer pauses."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        site.failing = 3
        await after(looking, EVERY)
        assert (await looking.text("#offline")).startswith(
            "We cannot reach our systems right now. We try again in 2 seconds. What you see is from: today, 11:59."
        )
        assert await looking.text("#headline") == "On its way"
        await after(looking, 2_300)
        assert "We try again in 4 seconds." in await looking.text("#offline")
        await quiet(looking, site, 3_000)
        await after(looking, 2_000)
        async with looking.page.expect_response("**/graphql"):
            await looking.page.click("#offline button")
        await looking.page.wait_for_selector("#offline", state="hidden")


async def test_a_gateway_that_fails_from_the_start(driven: Browser) -> None:
    """A link opened while the gateway fails shows the word in the place of the order, and the order once it can."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.failing = 1
        async with looking.page.expect_response("**/graphql"):
            await looking.page.goto(f"{site.address}/track#token=a-token.of-one-order")
        await looking.page.wait_for_selector("#offline:not([hidden])")
        assert await looking.page.is_visible("#waiting")
        await after(looking, 2_300)
        await looking.page.wait_for_selector("#order:not([hidden])")


async def test_asked_to_wait(driven: Browser) -> None:
    """Told to wait, the page waits for so long."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        site.limited = 200
        await after(looking, EVERY)
        assert (await looking.text("#offline")).startswith("One moment, please We try again in 200 seconds.")
        site.limited = None
        await quiet(looking, site, 195_000)
        await after(looking, 10_000)
        assert await looking.page.is_hidden("#offline")


async def test_without_a_network_for_a_while(driven: Browser) -> None:
    """Offline, the page says so over what it knows; back online, it asks at once."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        await looking.context.set_offline(True)
        await looking.page.wait_for_selector("#offline:not([hidden])")
        assert (await looking.text("#offline")).startswith(
            "You are offline. We go on as soon as you are connected again. What you see is from: today, 11:59."
        )
        async with looking.page.expect_response("**/graphql"):
            await looking.context.set_offline(False)
        await looking.page.wait_for_selector("#offline", state="hidden")


async def test_the_subscription(driven: Browser) -> None:
    """Where the server has the subscription the page listens, looks at once when it is told, and polls behind it."""
    async with served(Site(live=True)) as site, visit(site, driven) as looking:
        async with looking.page.expect_response("**/graphql/stream"):
            await looking.open_order()
        await looks(looking, site, 2)
        await quiet(looking, site, 2 * EVERY)
        site.order = split()
        async with looking.page.expect_response("**/graphql"):
            await site.news.put("next")
        await looking.page.locator("#headline", has_text="Part of your order has arrived").wait_for()
        await after(looking, 340_000)


async def test_a_subscription_that_ends(driven: Browser) -> None:
    """A stream that the server ends is opened again after a pause, and polling is quick until then."""
    async with served(Site(live=True)) as site, visit(site, driven) as looking:
        async with looking.page.expect_response("**/graphql/stream"):
            await looking.open_order()
        await looks(looking, site, 2)
        await site.news.put("complete")
        async with looking.page.expect_response("**/graphql/stream"):
            while site.streams < 2:
                await looking.page.clock.run_for(500)
        await looks(looking, site, 3)


async def test_no_stream_unless_there_is_one(driven: Browser) -> None:
    """Where the server does not say that it has the subscription, nobody asks for it."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        await after(looking, EVERY)
        assert site.streams == 0
        assert "/graphql/stream" not in site.paths
