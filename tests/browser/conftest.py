"""A Chromium that a program drives, started once for each file of tests that look at the tracking page."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.chromium import installed_browser
from tests.browser.tracking_site import chromium


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def driven() -> AsyncIterator[Browser]:
    """The browser; each visit has a context of its own in it."""
    program = installed_browser()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("with CI=true the tracking page is looked at in Chromium, which is not installed")
        pytest.skip("Chromium is not installed")
    async with chromium(program) as browser:
        yield browser
