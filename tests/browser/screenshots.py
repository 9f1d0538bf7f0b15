"""The pictures of docs/tracking-page.md, made anew: `python -m tests.browser.screenshots`.

Each is the whole page as a phone shows it, in light colors, with few enough colors to be a small file.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from tests.browser.chromium import installed_browser
from tests.browser.small_png import small
from tests.browser.tracked_orders import STATES
from tests.browser.tracking_site import Site, Visit, chromium, served, visit

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images" / "track"
SHOWN = ("in-transit", "split-shipment", "pick-up", "delivered", "stale")


async def make(folder: Path, browser: Browser, **more: Any) -> None:
    """Write every picture into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SHOWN:
        site = Site()
        site.order = STATES[name]()
        async with served(site), visit(site, browser, **more) as looking:
            await looking.open_order()
            await _keep(looking, folder / f"{name}.png")
    async with served(Site()) as site, visit(site, browser, **more) as looking:
        await looking.open()
        await looking.look_up("#EU1027")
        await looking.page.wait_for_selector("#told:not([hidden])")
        await _keep(looking, folder / "not-found.png")


async def _keep(looking: Visit, path: Path) -> None:
    path.write_bytes(small(await looking.page.screenshot(full_page=True)))


async def main() -> int:
    """Make the pictures; 1 where there is no Chromium to make them with."""
    program = installed_browser()
    if program is None:
        sys.stderr.write("Chromium is not installed\n")
        return 1
    async with chromium(program) as browser:
        await make(FOLDER, browser)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
