"""The tracking page's *Try again* in a real browser: where the keyboard stands, and what is read aloud."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.browser.tracking_site import EVERY, EXACT, TOKEN, Site, Visit, after, answered, served, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

FOCUSED = "document.activeElement.id"
# Each text that is read aloud, from then on.
LISTEN = """() => {
  window.spoken = [];
  new MutationObserver(() => window.spoken.push(document.querySelector("#spoken").textContent))
    .observe(document.querySelector("#spoken"), { childList: true, subtree: true, characterData: true });
}"""
LIVE = "[...document.querySelectorAll('[role=status], [role=alert], [aria-live]')].map((each) => each.id)"
SAID = {
    "en": "We cannot reach our systems right now. We try again in 2 seconds.",
    "de": "Wir erreichen unsere Systeme gerade nicht. Wir versuchen es in 2 Sekunden noch einmal.",
    "es": "Ahora mismo no podemos conectar con nuestros sistemas. Volveremos a intentarlo en 2 segundos.",
}
WAITING = {
    "en": "Looking for your order …",
    "de": "Wir suchen Ihre Bestellung …",
    "es": "Buscando su pedido…",
}


async def again(looking: Visit) -> None:
    """Press the button by the keyboard, where it stands, and let the answer come."""
    async with looking.page.expect_response("**/graphql"):
        await looking.page.keyboard.press("Enter")
    await answered(looking)


@pytest.mark.parametrize("language", SAID)
async def test_the_keyboard_stays_at_try_again(language: str, driven: Browser) -> None:
    """While the gateway fails, the button keeps the focus each time that it is pressed in vain; when the order comes,
    the reader is taken to its headline.
    """
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.page.add_init_script(EXACT)
        await looking.open_order(f"/track?lang={language}")
        site.failing = 3
        await after(looking, EVERY)
        assert (await looking.text("#offline-told")).startswith(SAID[language])
        await looking.page.focus("#again")
        for _ in range(2):
            await again(looking)
            assert await looking.page.evaluate(FOCUSED) == "again"
        await again(looking)
        await looking.page.wait_for_selector("#offline", state="hidden")
        assert await looking.page.evaluate(FOCUSED) == "headline"
        assert (
            looking.faults
            == ["Failed to load resource: the server responded with a status of 503 (Service Unavailable)"] * 3
        )


async def test_the_keyboard_from_the_start(driven: Browser) -> None:
    """Where the first look fails, the button leads to the order once it comes."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.failing = 1
        async with looking.page.expect_response("**/graphql"):
            await looking.page.goto(f"{site.address}/track#token={TOKEN}")
        await looking.page.wait_for_selector("#offline:not([hidden])")
        await looking.page.focus("#again")
        await again(looking)
        await looking.page.wait_for_selector("#order:not([hidden])")
        assert await looking.page.evaluate(FOCUSED) == "headline"


async def test_a_reader_elsewhere_stays_there(driven: Browser) -> None:
    """Who is not at the button is not moved when the order comes by itself."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        site.failing = 1
        await after(looking, EVERY)
        await looking.page.focus("#follow-0")
        await after(looking, 2_300)
        await looking.page.wait_for_selector("#offline", state="hidden")
        assert await looking.page.evaluate(FOCUSED) == "follow-0"


@pytest.mark.parametrize("language", SAID)
async def test_an_outage_is_read_aloud_once(language: str, driven: Browser) -> None:
    """That the gateway does not answer is read aloud when it begins and to whoever asks again, not with each pause; the
    box that shows it is none that is read by itself.
    """
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.page.add_init_script(EXACT)
        await looking.open_order(f"/track?lang={language}")
        await looking.page.evaluate(LISTEN)
        site.failing = 4
        await after(looking, EVERY)
        await after(looking, 2_300)
        await after(looking, 4_300)
        assert await looking.page.evaluate("window.spoken") == [SAID[language]]
        await looking.page.focus("#again")
        await again(looking)
        spoken = await looking.page.evaluate("window.spoken")
        assert spoken == [SAID[language], WAITING[language], SAID[language].replace("2", "16")]
        await again(looking)
        await looking.page.wait_for_selector("#offline", state="hidden")
        assert await looking.text("#spoken") == ""
        assert await looking.page.evaluate(LIVE) == ["progress", "spoken"]
