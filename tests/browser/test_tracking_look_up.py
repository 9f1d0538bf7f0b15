"""The tracking page's form in a real browser: what is found, what is not, what is said and where the reader is."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page

from tests.browser.tracked_orders import NOON, at
from tests.browser.tracking_site import BRAND, BRANDED, EMAIL, NUMBER, POSTAL_CODE, TOKEN, Site, quiet, served, visit
from tests.documents.pages import blocks, read_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

FOCUSED = "document.activeElement.id"


async def told(page: Page) -> str:
    """What is said above the form, once it is."""
    await page.wait_for_selector("#told:not([hidden])")
    return " ".join((await page.inner_text("#told")).split())


@pytest.mark.parametrize(
    ("fact", "sent"), [(EMAIL, {"email": EMAIL}), (POSTAL_CODE, {"postalCode": POSTAL_CODE})], ids=["email", "postal"]
)
async def test_an_order_is_found(fact: str, sent: dict[str, str], driven: Browser) -> None:
    """Number and one fact, in whichever of its two kinds, lead to the order, and the reader to its headline."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open()
        await looking.look_up(f"  {NUMBER} ", fact)
        await looking.page.wait_for_selector("#order:not([hidden])")
        assert site.asked == [{"number": NUMBER, **sent}, {"token": TOKEN}]
        assert await looking.page.evaluate(FOCUSED) == "headline"
        assert await looking.text("#headline") == "On its way"
        assert await looking.page.title() == "On its way · Northwind"
        assert looking.faults == []


async def test_nothing_personal_in_an_address(driven: Browser) -> None:
    """Neither what was typed nor the token is in the address of any request, nor in the address bar, nor sent on."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open()
        await looking.look_up()
        await looking.page.wait_for_selector("#order:not([hidden])")
        await looking.page.goto(f"{site.address}/track?lang=de#token={TOKEN}")
        await looking.page.wait_for_selector("#order:not([hidden])")
        assert looking.page.url == f"{site.address}/track?lang=de"
        for address in [*looking.requests, *site.paths]:
            assert TOKEN not in address
            assert "ada" not in address
            assert "1026" not in address


async def test_by_keyboard_alone(driven: Browser) -> None:
    """Tab, typing and Enter lead from the page's top through the form to the order and into its parts."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open()
        press, write = looking.page.keyboard.press, looking.page.keyboard.type
        await press("Tab")
        assert await looking.page.evaluate(FOCUSED) == "number"
        await write(NUMBER)
        await press("Tab")
        assert await looking.page.evaluate(FOCUSED) == "fact"
        await write(EMAIL)
        await press("Tab")
        assert await looking.page.evaluate(FOCUSED) == "find"
        await press("Enter")
        await looking.page.wait_for_selector("#order:not([hidden])")
        reached = []
        for _ in range(3):
            await press("Tab")
            reached.append(await looking.page.evaluate(FOCUSED))
        assert reached == ["follow-0", "earlier-0-summary", "another"]
        await press("Shift+Tab")
        await press("Enter")
        assert await looking.page.get_by_text("Picked up by the carrier").is_visible()
        await press("Tab")
        await press("Enter")
        assert await looking.page.evaluate(FOCUSED) == "number"
        assert await looking.page.input_value("#fact") == ""


@pytest.mark.parametrize(("number", "fact"), [("#EU1027", EMAIL), (NUMBER, "bob@example.com"), (NUMBER, "10115")])
async def test_what_does_not_fit(number: str, fact: str, driven: Browser) -> None:
    """A number that is not there, and a fact that is not its own, are told in the same words, and lead to them."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open()
        await looking.look_up(number, fact)
        assert await told(looking.page) == (
            "We could not find it Please check the order number, and the e-mail address or postal code that you "
            "ordered with. A new order can take a few minutes to appear."
        )
        assert await looking.page.evaluate(FOCUSED) == "told"
        assert await looking.page.input_value("#number") == number
        assert len(site.asked) == 1


async def test_where_postal_codes_are_not_taken(driven: Browser) -> None:
    """Where the gateway takes no postal code the form asks for the address alone, in all that it says."""
    async with served(Site(postal_code=False)) as site, visit(site, driven) as looking:
        await looking.open()
        await looking.page.click("#find")
        assert "postal" not in await looking.text("#lookup")
        await looking.look_up(NUMBER, POSTAL_CODE)
        assert "postal" not in await told(looking.page)
        assert site.asked == [{"number": NUMBER, "email": POSTAL_CODE}]


async def test_empty_fields(driven: Browser) -> None:
    """Empty fields are told beside themselves and to whoever hears the page, asked of nobody, and gone to."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open()
        await looking.page.click("#find")
        assert await looking.page.evaluate(FOCUSED) == "number"
        for field, said in (
            ("number", "Please enter your order number."),
            ("fact", "Please enter your e-mail address or postal code."),
        ):
            assert await looking.page.get_attribute(f"#{field}", "aria-invalid") == "true"
            assert await looking.text(f"#{field}-error") == said
            assert f"{field}-error" in str(await looking.page.get_attribute(f"#{field}", "aria-describedby"))
        await looking.page.fill("#number", NUMBER)
        await looking.page.click("#find")
        assert await looking.page.evaluate(FOCUSED) == "fact"
        assert await looking.page.get_attribute("#number", "aria-invalid") is None
        assert site.asked == []


async def test_too_many_attempts(driven: Browser) -> None:
    """After too many attempts the page counts down on its button, asks nobody until then, and says when it is over."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.limited = 95
        await looking.open()
        await looking.page.clock.pause_at(NOON + timedelta(seconds=30))
        await looking.look_up()
        assert await told(looking.page) == "One moment, please Too many attempts. You can try again in 95 seconds."
        assert await looking.text("#find") == "Try again in 1:35"
        await looking.page.press("#find", "Enter")
        await looking.page.clock.run_for(30_000)
        assert await looking.text("#find") == "Try again in 1:05"
        assert len(site.asked) == 1
        site.limited = None
        await looking.page.clock.run_for(65_000)
        assert await looking.text("#find") == "Find my order"
        assert await looking.text("#spoken") == "You can try again now."
        await looking.page.click("#find")
        await looking.page.wait_for_selector("#order:not([hidden])")


async def test_a_network_that_drops_once(driven: Browser) -> None:
    """A look-up that failed once is made once more, and no more often."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.failing = 1
        await looking.open()
        await looking.look_up()
        await looking.page.wait_for_selector("#order:not([hidden])")
        assert len(site.asked) == 3
    async with served(Site()) as site, visit(site, driven) as looking:
        site.failing = 9
        await looking.open()
        await looking.look_up()
        assert (await told(looking.page)).startswith("We cannot reach our systems right now.")
        assert len(site.asked) == 2
        assert await looking.text("#find") == "Find my order"


async def test_offline(driven: Browser) -> None:
    """Without a network the page says so, and finds the order once there is one."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open()
        await looking.context.set_offline(True)
        await looking.look_up()
        assert (await told(looking.page)).startswith("You are offline.")
        await looking.context.set_offline(False)
        await looking.page.click("#find")
        await looking.page.wait_for_selector("#order:not([hidden])")


async def test_pressed_twice(driven: Browser) -> None:
    """While it is being looked for, the button says so and a second press asks nothing."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.hold = asyncio.Event()
        await looking.open()
        await looking.look_up()
        assert await looking.text("#find") == "Looking …"
        assert await looking.text("#progress") == "Looking for your order …"
        await looking.page.press("#find", "Enter")
        site.hold.set()
        await looking.page.wait_for_selector("#order:not([hidden])")
        assert [asked for asked in site.asked if "number" in asked] == [{"number": NUMBER, "email": EMAIL}]


@pytest.mark.parametrize("token", ["forged", TOKEN], ids=["forged", "expired"])
async def test_a_link_that_holds_no_more(token: str, driven: Browser) -> None:
    """A link that does not hold leads to the form and the reason, and its token is forgotten."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = None
        await looking.open(f"/track#token={token}")
        assert (await told(looking.page)).startswith("This link holds no longer")
        await looking.page.reload()
        await looking.page.wait_for_selector("#lookup:not([hidden])")
        assert await looking.page.is_hidden("#told")
        assert site.asked == [{"token": token}]


async def test_the_tab_remembers(driven: Browser) -> None:
    """A reload and another language show the same order; another tab does not, nor does this one once it was left."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        await looking.page.reload()
        await looking.page.wait_for_selector("#order:not([hidden])")
        await looking.page.click("text=Deutsch")
        await looking.page.wait_for_selector("#order:not([hidden])")
        assert await looking.text("#headline") == "Unterwegs"
        tab = await looking.context.new_page()
        await tab.goto(f"{site.address}/track")
        await tab.wait_for_selector("#lookup:not([hidden])")
        await looking.page.click("#another")
        await looking.page.reload()
        await looking.page.wait_for_selector("#lookup:not([hidden])")
        assert await looking.page.evaluate("sessionStorage.length") == 0


async def test_another_link_in_the_same_tab(driven: Browser) -> None:
    """A second link opened in the tab shows what its token shows, and the first token is forgotten."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        site.order = None
        await looking.page.goto(f"{site.address}/track#token=another")
        assert (await told(looking.page)).startswith("This link holds no longer")
        assert {"token": "another"} in site.asked


async def test_it_ends_by_itself(driven: Browser) -> None:
    """When the token's time is over the page asks no more, shows the order no more, and says what to do."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.expires_at = at(minutes=1)
        await looking.open()
        await looking.look_up()
        await looking.page.wait_for_selector("#order:not([hidden])")
        asked = len(site.asked)
        await looking.page.clock.run_for(33_000)
        await looking.page.clock.run_for(33_000)
        assert (await told(looking.page)).startswith("This link holds no longer")
        # Looks are 27 seconds apart at least: two may come before the minute is over.
        assert len(site.asked) <= asked + 2
        assert await looking.page.is_hidden("#order")
        await quiet(looking, site, 600_000)


async def test_without_a_place_to_keep_anything(driven: Browser) -> None:
    """A browser that keeps nothing for a page shows the order all the same."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.page.add_init_script(
            "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('no'); } });"
        )
        await looking.open_order()
        assert await looking.text("#headline") == "On its way"


async def test_without_javascript(driven: Browser) -> None:
    """Without JavaScript the page says under a heading what it needs and how else to reach the shop, in the language
    that is wished for; nothing pretends to load or to be a form.
    """
    needed = "This page needs JavaScript to look up your order. Please switch it on."
    for brand, locale, read in (
        (
            BRAND,
            "en-GB",
            f"Where is my order? {needed} Or get in touch with us, see below: we are glad to look for you.",
        ),
        (BRANDED, "en-GB", f"Where is my order? {needed}"),
        (
            BRANDED,
            "de-DE",
            "Wo ist meine Bestellung? Diese Seite braucht JavaScript, um Ihre Bestellung zu finden. Bitte schalten Sie "
            "es ein.",
        ),
        (
            BRANDED,
            "es-ES",
            "¿Dónde está mi pedido? Esta página necesita JavaScript para buscar su pedido. Actívelo, por favor.",
        ),
    ):
        async with (
            served(Site(brand=brand)) as site,
            visit(site, driven, clock=False, java_script_enabled=False, locale=locale) as looking,
        ):
            await looking.page.goto(f"{site.address}/track")
            assert await looking.text("main") == read
            assert await looking.page.get_by_role("heading", level=1).count() == 1
            assert ("hello@shop.example.com" in await looking.page.content()) is (brand is BRAND)
            assert not await looking.page.is_visible("#waiting")
            assert not await looking.page.is_visible("#form")


async def test_the_example_of_the_documents(driven: Browser) -> None:
    """A page of one's own finds an order with the code of the documents, and nothing where the fact does not fit."""
    (example,) = blocks(read_page("docs/tracking-page.md"), "js")
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open()
        asked = "track(number, fact).catch((problem) => problem.seconds)"
        ask = f"async ([number, fact]) => {{ {example}\n return {asked}; }}"
        found = await looking.page.evaluate(ask, [NUMBER, {"postalCode": POSTAL_CODE}])
        assert found["shipments"][0]["packages"][0]["trackingNumber"] == "00340434161094042557"
        assert await looking.page.evaluate(ask, [NUMBER, {"email": "bob@example.com"}]) is None
        site.limited = 7
        assert await looking.page.evaluate(ask, [NUMBER, {"email": EMAIL}]) == 7
