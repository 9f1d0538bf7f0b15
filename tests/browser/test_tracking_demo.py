"""The tracking page in a real browser over the demo: the gateway itself, its systems, its stream."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from playwright.async_api import Browser

from orderweave.demo import DemoBusiness
from orderweave.demo.serving import demo_app
from orderweave.web.live import SETTINGS
from tests.browser.tracking_site import ROUND_TRIP, Site, shown, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@asynccontextmanager
async def served(business: DemoBusiness) -> AsyncIterator[Site]:
    """The demo on loopback."""
    site = Site()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(
            uvicorn.Config(
                demo_app(business), log_level="warning", access_log=False, timeout_graceful_shutdown=1, **SETTINGS
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        site.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            yield site
        finally:
            server.should_exit = True
            await serving


async def test_a_guest_of_the_demo(driven: Browser) -> None:
    """Number and e-mail address lead to the order, which is asked for once; the stream stands, nothing comes from
    another origin, and the browser complains of nothing.
    """
    async with (
        DemoBusiness(seed=7, orders=20) as business,
        served(business) as site,
        visit(site, driven, clock=False) as looking,
    ):
        await looking.open()
        async with looking.page.expect_response("**/graphql/stream") as streaming:
            await looking.look_up(business.telling_number(), business.telling_email())
            await looking.page.wait_for_selector("#order:not([hidden])")
        stream = await streaming.value
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        await looking.page.evaluate(ROUND_TRIP)
        read = await shown(looking)
        assert business.telling_number() in read
        assert "How far your order is Ordered" in read
        assert "does not answer" not in read
        asked = [address.removeprefix(site.address) for address in looking.requests]
        assert [path for path in asked if not path.startswith("/")] == []
        assert (asked.count("/graphql"), asked.count("/graphql/stream")) == (2, 1)
        assert looking.faults == []
