"""The tracking page while it stays open, in a real browser: when it looks again, what is announced, what ends it."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.browser import tracked_orders
from tests.browser.tracked_orders import at, event, in_transit, split
from tests.browser.tracking_site import EVERY, EXACT, TOKEN, Site, after, looks, passes, quiet, served, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


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


@pytest.mark.parametrize(
    ("language", "spoken"),
    [
        ("en", "Parcel 2 of 2: Delivery was tried, Nobody at home"),
        ("de", "Paket 2 von 2: Zustellung wurde versucht, Nobody at home"),
        ("es", "Paquete 2 de 2: Intento de entrega, Nobody at home"),
    ],
)
async def test_news_in_the_readers_words(language: str, spoken: str, driven: Browser) -> None:
    """What is new of a parcel is read aloud in the page's language, the carrier's own words marked as such."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order(f"/track?lang={language}")
        site.order = split()
        await after(looking, EVERY)
        site.order = split()
        news = event(at(minutes=-1), "ATTEMPTED_DELIVERY", "Nobody at home", "Hamburg")
        site.order["shipments"][1]["packages"][0]["events"].append(news)
        await after(looking, EVERY)
        assert await looking.text("#spoken") == spoken
        assert await looking.text('#spoken [lang=""]') == "Nobody at home"


async def test_a_status_without_an_event(driven: Browser) -> None:
    """Where a parcel stands elsewhere and nobody tells of an event, that is read aloud and no old event."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = split()
        await looking.open_order()
        site.order = split()
        site.order["shipments"][1]["packages"][0]["status"] = "EXCEPTION"
        await after(looking, EVERY)
        assert await looking.text("#spoken") == "1 of 2 parcels is held up. Parcel 2 of 2: Held up"


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
    """Where the server has the subscription the page asks once at the start and once more soon, for what changed before
    the stream stood; then it listens, looks at once when it is told, and polls behind it every five minutes.
    """
    async with served(Site(live=True)) as site, visit(site, driven) as looking:
        await looking.page.add_init_script(EXACT)
        async with looking.page.expect_response("**/graphql/stream"):
            await looking.open_order()
        await passes(looking, 28_000)
        assert (site.streams, len(site.asked)) == (1, 1)
        await after(looking, 4_000)
        await quiet(looking, site, 2 * EVERY)
        site.order = split()
        async with looking.page.expect_response("**/graphql"):
            await site.news.put("next")
        await looking.page.locator("#headline", has_text="Part of your order has arrived").wait_for()
        await quiet(looking, site, 290_000)
        await after(looking, 12_000)
        assert (site.streams, len(site.asked)) == (1, 4)


async def test_a_subscription_that_ends(driven: Browser) -> None:
    """A stream that the server ends is opened again after a pause, and what was missed meanwhile is looked for; until
    then the clock is quick.
    """
    async with served(Site(live=True)) as site, visit(site, driven) as looking:
        async with looking.page.expect_response("**/graphql/stream"):
            await looking.open_order()
        await after(looking, EVERY)
        await site.news.put("complete")
        async with looking.page.expect_response("**/graphql/stream"):
            await looking.page.clock.run_for(2_300)
        await looks(looking, site, 3)
        site.overloaded = True
        await site.news.put("complete")
        await after(looking, EVERY)
        assert len(site.asked) == 4


async def test_an_overloaded_gateway_is_left_alone(driven: Browser) -> None:
    """Where each stream is an error and its end, the page opens ever fewer, eight in five minutes, and looks by the
    clock alone: once at the start and then every half minute.
    """
    async with served(Site(live=True)) as site, visit(site, driven) as looking:
        await looking.page.add_init_script(EXACT)
        site.overloaded = True
        await looking.open_order()
        await passes(looking, 290_000)
        # Pauses of 2, 4, 8, 16, 32, 64 and 120 seconds, and nine looks after the first.
        assert (site.streams, len(site.asked)) == (8, 10)


async def test_an_error_in_a_stream_is_no_news(driven: Browser) -> None:
    """A message that says only that the order could not be read makes nobody look."""
    async with served(Site(live=True)) as site, visit(site, driven) as looking:
        await looking.page.add_init_script(EXACT)
        async with looking.page.expect_response("**/graphql/stream"):
            await looking.open_order()
        await after(looking, EVERY)
        await site.news.put("failed")
        await passes(looking, 28_000)
        assert len(site.asked) == 2


async def test_told_to_wait_while_it_listens(driven: Browser) -> None:
    """Told to wait, the page waits for so long, whatever the stream tells of."""
    async with served(Site(live=True)) as site, visit(site, driven) as looking:
        async with looking.page.expect_response("**/graphql/stream"):
            await looking.open_order()
        site.limited = 200
        await after(looking, EVERY)
        await site.news.put("next")
        await quiet(looking, site, 195_000)
        site.limited = None
        await after(looking, 10_000)
        assert len(site.asked) == 3


async def test_no_stream_unless_there_is_one(driven: Browser) -> None:
    """Where the server does not say that it has the subscription, nobody asks for it."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        await after(looking, EVERY)
        assert site.streams == 0
        assert "/graphql/stream" not in site.paths
