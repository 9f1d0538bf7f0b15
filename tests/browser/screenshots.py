"""The pictures of docs/tracking-page.md, made anew: `python -m tests.browser.screenshots`.

Each is the whole page as a phone shows it, in light colors, with few enough colors to be a small file.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser

from tests.browser.chromium import installed_browser
from tests.browser.small_png import small
from tests.browser.tracked_orders import STATES
from tests.browser.tracking_site import Site, chromium, served, visit

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images" / "track"
SHOWN = ("in-transit", "split-shipment", "pick-up", "delivered", "stale")


async def pictures(browser: Browser) -> AsyncIterator[tuple[str, bytes]]:
    """Each picture's name and its PNG."""
    for name in SHOWN:
        site = Site()
        site.order = STATES[name]()
        async with served(site), visit(site, browser) as looking:
            await looking.open_order()
            yield name, small(await looking.page.screenshot(full_page=True))
    async with served(Site()) as site, visit(site, browser) as looking:
        await looking.open()
        await looking.look_up("#EU1027")
        await looking.page.wait_for_selector("#told:not([hidden])")
        yield "not-found", small(await looking.page.screenshot(full_page=True))


async def made() -> dict[str, bytes] | None:
    """All pictures by name; None where there is no Chromium to make them with."""
    program = installed_browser()
    if program is None:
        return None
    async with chromium(program) as browser:
        return {name: png async for name, png in pictures(browser)}


def main() -> int:
    """Write the pictures; 1 where they cannot be made."""
    found = asyncio.run(made())
    if found is None:
        sys.stderr.write("Chromium is not installed\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, png in found.items():
        (FOLDER / f"{name}.png").write_bytes(png)
    return 0


if __name__ == "__main__":
    sys.exit(main())
