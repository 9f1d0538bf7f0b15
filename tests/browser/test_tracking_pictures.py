"""The pictures of docs/tracking-page.md are of the page as it is."""

from __future__ import annotations

import os
import struct

import pytest
from playwright.async_api import Browser

from tests.browser.screenshots import FOLDER, pictures

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_pictures_are_of_the_page_as_it_is(driven: Browser) -> None:
    """Made anew, each is the same to the byte. Another Chromium or other fonts than those that the pictures were made
    with draw other letters, so that this holds where CI=true; elsewhere they are as wide and the same in number.
    """
    made = {name: png async for name, png in pictures(driven)}
    kept = {path.stem: path.read_bytes() for path in FOLDER.glob("*.png")}
    assert made.keys() == kept.keys()
    other = [name for name in made if made[name] != kept[name]]
    if os.environ.get("CI") == "true":
        assert other == [], "python -m tests.browser.screenshots makes them anew"
    assert {name: width(png) for name, png in made.items()} == {name: width(png) for name, png in kept.items()}


def width(png: bytes) -> int:
    """Its width in pixels."""
    (pixels,) = struct.unpack(">I", png[16:20])
    return int(pixels)
