"""The operations page in a real browser: it draws, refreshes itself, and reaches nobody but us."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from orderweave_sdk.errors import Unreachable
from orderweave_sdk.records import Key
from tests.browser.chromium import Browser, installed_browser
from tests.unit.observing.watching import Watched

pytestmark = pytest.mark.browser

TOKEN = "an-operators-token"
# Does as a person does who types the token and presses the button.
SIGNING_IN = f"""<form method="post" action="/ops/sign-in"><input name="token" value="{TOKEN}"></form>
<script>document.forms[0].submit()</script>"""
ORDER = '{ order(by: {number: "1001"}) { number invoices { number } } }'


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """A browser that was never here before."""
    program = installed_browser()
    if program is None:
        pytest.skip("Chromium is not installed")
    return Browser(program, tmp_path / "profile")


class Site:
    """The page served, and each request that came for it. `after_page` is done once the page has been fetched."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self.paths: list[str] = []
        self.address = ""
        watched.app.router.routes.append(Route("/signing-in", self._signing_in))
        self.stops_erp = False
        watched.app.add_middleware(BaseHTTPMiddleware, dispatch=self._seen)

    async def _signing_in(self, request: Request) -> Response:
        return HTMLResponse(SIGNING_IN)

    async def _seen(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        self.paths.append(request.url.path)
        response = await call_next(request)
        if request.url.path == "/ops" and self.stops_erp:
            self.watched.fakes["erp"].error = Unreachable("orders: no connection")
            systems = self.watched.woven.systems
            await systems.find_orders("erp", [Key("id", "e1")], frozenset(), systems.call(1))
        return response


@pytest_asyncio.fixture
async def site(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """The gateway with its page on loopback; the parameter is the token, by default none is wanted."""
    made = Site(Watched(access=getattr(request, "param", None)))
    await made.watched.ask(ORDER)
    made.paths.clear()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(made.watched.app, lifespan="off", ws="none", log_level="warning"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        made.address = f"http://127.0.0.1:{listening.getsockname()[1]}/ops"
        yield made
        server.should_exit = True
        await serving


async def test_the_page_refreshes_itself(site: Site, browser: Browser) -> None:
    """A system that goes down after the page was fetched is shown as down, by a refresh; nothing else is asked for."""
    site.stops_erp = True
    page = await browser.read(site.address)
    assert site.paths[0] == "/ops"
    assert len(site.paths) > 1
    assert set(site.paths[1:]) == {"/ops/state.json"}
    assert "1 down" in page.text
    assert "UNREACHABLE" in page.text
    assert "orders: no connection" in page.text


@pytest.mark.parametrize("site", [TOKEN], indirect=True)
async def test_signing_in(site: Site, browser: Browser) -> None:
    """The form leads to the page, and the session that it gave carries the refreshes and the next visit."""
    page = await browser.read(site.address.replace("/ops", "/signing-in"))
    assert site.paths[:3] == ["/signing-in", "/ops/sign-in", "/ops"]
    assert set(site.paths[3:]) == {"/ops/state.json"}
    assert "2 up" in page.text
    site.paths.clear()
    again = await browser.read(site.address)
    assert "2 up" in again.text
    assert "Sign out" in again.text


@pytest.mark.parametrize("site", [TOKEN], indirect=True)
async def test_the_form_without_a_token(site: Site, browser: Browser) -> None:
    """Without a session the browser shows the form, and asks for nothing more."""
    page = await browser.read(site.address)
    assert "Token of the operations page" in page.text
    assert "Shop" not in page.text
    assert site.paths == ["/ops"]
