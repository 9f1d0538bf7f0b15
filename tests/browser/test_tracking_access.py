"""The tracking page for everybody: what axe finds, phones, zoom, no other origin, each language, either direction."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from bench.packages import ROOT, NotInstalled, install_node, install_python
from orderweave.web.track.languages import languages
from tests.browser.tracked_orders import STATES
from tests.browser.tracking_site import BRANDED, EMAIL, Site, Visit, served, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AXE = ROOT / "var" / "axe"
RUN_AXE = """async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" | ")}`);
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, summary")]
  .filter((each) => each.checkVisibility())
  .map((each) => [each.textContent || each.id, each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44)
  .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SCHEMES = ("light", "dark")

State = Callable[[Visit], Awaitable[None]]


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, the rules by which pages are checked."""
    try:
        install_python()
        install_node(Path(__file__).parent / "axe", AXE)
    except NotInstalled as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"with CI=true the page is checked by axe: {reason}")
        pytest.skip(str(reason))
    return (AXE / "node_modules" / "axe-core" / "axe.min.js").read_text()


async def form(looking: Visit) -> None:
    """The form, as it stands at first."""
    await looking.open()


async def empty(looking: Visit) -> None:
    """The form after it was sent with nothing in it."""
    await looking.open()
    await looking.page.click("#find")


async def not_found(looking: Visit) -> None:
    """The form after a look-up that found nothing."""
    await looking.open()
    await looking.look_up("#7")
    await looking.page.wait_for_selector("#told:not([hidden])")


async def limited(looking: Visit) -> None:
    """The form that counts down."""
    looking.site.limited = 60
    await not_found(looking)


async def offline(looking: Visit) -> None:
    """An order under the word that there is no network."""
    await looking.open_order()
    await looking.context.set_offline(True)
    await looking.page.wait_for_selector("#offline:not([hidden])")


def shows(state: str) -> State:
    """An order in this state, everything folded out."""

    async def opened(looking: Visit) -> None:
        looking.site.order = STATES[state]()
        await looking.open_order()
        for summary in await looking.page.locator("summary").all():
            await summary.click()

    return opened


ALL: dict[str, State] = {
    **{state.__name__: state for state in (form, empty, not_found, limited, offline)},
    **{name: shows(name) for name in STATES},
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("state", ALL)
async def test_axe_finds_nothing(state: str, scheme: Any, axe: str, driven: Browser) -> None:
    """In every state, light and dark, axe finds no violation of WCAG 2.2 AA or of its best practices."""
    async with (
        served(Site()) as site,
        visit(site, driven, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce") as looking,
    ):
        await ALL[state](looking)
        await looking.page.add_script_tag(content=axe)
        assert await looking.page.evaluate(RUN_AXE) == []


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_axe_of_a_brand(scheme: Any, axe: str, driven: Browser) -> None:
    """A brand that the configuration takes is one that can be read, light and dark."""
    async with (
        served(Site(brand=BRANDED)) as site,
        visit(site, driven, color_scheme=scheme, bypass_csp=True) as looking,
    ):
        await shows("split-shipment")(looking)
        await looking.page.add_script_tag(content=axe)
        assert await looking.page.evaluate(RUN_AXE) == []


async def test_axe_would_find_something(axe: str, driven: Browser) -> None:
    """The check is one: a picture without words and a text that is hardly there are found."""
    async with served(Site()) as site, visit(site, driven, bypass_csp=True) as looking:
        await looking.open()
        await looking.page.evaluate(
            "document.querySelector('main').append(Object.assign(new Image(), {width: 9}));"
            "document.querySelector('.lead').style.color = '#e5e5e0'"
        )
        await looking.page.add_script_tag(content=axe)
        found = await looking.page.evaluate(RUN_AXE)
        assert {each.partition(":")[0] for each in found} == {"color-contrast", "image-alt"}


@pytest.mark.parametrize("state", ALL)
async def test_on_the_smallest_phone(state: str, driven: Browser) -> None:
    """320 pixels wide, in the language of the longest words, nothing runs out of the page; fingers hit all of it."""
    async with (
        served(Site()) as site,
        visit(site, driven, viewport={"width": 320, "height": 568}, locale="de-DE", has_touch=True) as looking,
    ):
        await ALL[state](looking)
        assert await looking.page.evaluate(OVERFLOW) == 0
        assert await looking.page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("state", ALL)
async def test_twice_as_large(state: str, driven: Browser) -> None:
    """With text twice as large, as a reader sets it, nothing runs out of a phone's page."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.page.add_init_script(
            "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%'; })"
        )
        await ALL[state](looking)
        assert await looking.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        assert await looking.page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("state", ["split-shipment", "not_found"])
async def test_no_other_origin(state: str, driven: Browser) -> None:
    """Whatever is done on the page, the browser asks the page's own server and nobody else."""
    async with served(Site(brand=BRANDED, live=True)) as site, visit(site, driven) as looking:
        await ALL[state](looking)
        assert len(looking.requests) > 10
        assert [each for each in looking.requests if not each.startswith(f"{site.address}/")] == []
        assert looking.faults == []


async def test_the_policy_holds(driven: Browser) -> None:
    """Even a script that found its way into the page could load nothing, send nothing elsewhere and make no markup."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open()
        for attempt in (
            "fetch('http://127.0.0.1:9/')",
            "Promise.resolve().then(() => { document.body.innerHTML = '<b>x</b>'; })",
            "new Promise((done, fail) => { const image = new Image(); image.onload = done;"
            " image.onerror = () => fail(Error('no')); image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='; })",
        ):
            assert await looking.page.evaluate(f"{attempt}.then(() => 'done', () => 'refused')") == "refused"


@pytest.mark.parametrize("code", languages())
async def test_each_language_is_whole(code: str, driven: Browser) -> None:
    """Each language has the plural forms that the browser asks for, and the page in it complains of nothing."""
    async with served(Site()) as site, visit(site, driven, locale=code) as looking:
        await shows("split-shipment")(looking)
        assert await looking.page.get_attribute("html", "lang") == code
        wanted = await looking.page.evaluate(
            "new Intl.PluralRules(document.documentElement.lang).resolvedOptions().pluralCategories"
        )
        assert {frozenset(word) for word in languages()[code].words.values() if not isinstance(word, str)} == {
            frozenset(wanted)
        }
        assert "undefined" not in await looking.text("body")
        assert "{" not in await looking.text("body")
        assert looking.faults == []


async def test_from_right_to_left(driven: Browser) -> None:
    """In a language that runs from right to left the line and the marks stand on the right, and nothing runs out."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        left = "document.querySelector('.dot').getBoundingClientRect().left"
        before = await looking.page.evaluate(left)
        await looking.page.evaluate("document.documentElement.dir = 'rtl'")
        after = await looking.page.evaluate(left)
        assert before < 30
        assert after > 390 - 30 - 22
        assert await looking.page.evaluate(OVERFLOW) == 0


async def test_nothing_moves_unless_it_may(driven: Browser) -> None:
    """Who asks for less motion sees the page's place-holders stand still."""
    for motion, moving in (("no-preference", "breathe"), ("reduce", "none")):
        async with served(Site()) as site, visit(site, driven, reduced_motion=motion) as looking:
            await looking.open()
            style = "getComputedStyle(document.querySelector('.bone')).animationName"
            assert await looking.page.evaluate(style) == moving


async def test_the_form_says_what_it_wants(driven: Browser) -> None:
    """Each field is found by its label, and the browser may fill in the address."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open()
        await looking.page.get_by_label("E-mail or postal code").fill(EMAIL)
        assert await looking.page.input_value("#fact") == EMAIL
        assert await looking.page.get_attribute("#fact", "autocomplete") == "email"
        assert await looking.page.get_by_role("textbox", name="Order number").count() == 1
