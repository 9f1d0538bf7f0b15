"""The tracking page over an answerer with canned orders, and a Chromium that is looking at it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from graphql import GraphQLSchema, build_schema, extend_schema, graphql_sync, parse
from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from orderweave.config.configuration import Logo, TrackingPage
from orderweave.web.track import track_routes
from tests.browser.tracked_orders import NOON, Order, at, in_transit

# Words that may come into the schema later.
LATER = """
extend enum FulfillmentStatus { SOMETHING_NEW }
extend enum ShipmentStatus { TELEPORTED }
extend enum PickupState { BEAMED_UP }
"""
TOKEN = "a-token.of-one-order"
NUMBER = "#EU1026"
EMAIL = "ada@example.com"
POSTAL_CODE = "20457"
LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" width="132" height="32" viewBox="0 0 132 32">
<path d="M3 24C9 6 19 6 23 16s10 8 12-6" fill="none" stroke="#0b6650" stroke-width="3" stroke-linecap="round"/>
<text x="44" y="22" font-family="Arial, sans-serif" font-size="18" font-weight="700" fill="#0b6650">Northwind</text>
</svg>
"""
BRAND = TrackingPage(
    name="Northwind",
    support_url="https://shop.example.com/help",
    support_email="hello@shop.example.com",
)
BRANDED = TrackingPage(
    name="Northwind", logo=Logo(LOGO, "image/svg+xml", "svg"), accent="#7a2e5d", accent_dark="#e3a9cb"
)
PHONE = {"width": 390, "height": 844}
# The look's own time, a tenth more than which it may be spread, and a little.
EVERY = 34_000
# Made to pass in one go, more time than this could hold an answer and what the page does next, or end a request.
SHORTER_THAN_ANY_PAUSE = 1_500
# No test takes a quarter of this: whatever never comes is a failure that names its line.
LONGEST_VISIT_SECONDS = 60
# Pauses as long as they are meant, none of them spread.
EXACT = "Math.random = () => 0.5;"
ROUND_TRIP = "() => fetch('/track').then((answer) => answer.text())"


def answerable(sdl: str) -> GraphQLSchema:
    """The gateway's own schema without the directives of incremental delivery, which would not be executed."""
    kept = extend_schema(build_schema(sdl), parse(LATER)).to_kwargs()
    kept["directives"] = tuple(each for each in kept["directives"] if each.name not in ("defer", "stream"))
    return GraphQLSchema(**kept)


SCHEMA = answerable((Path(__file__).parents[2] / "schema.graphql").read_text())


class Site:
    """The page and its answerer; what comes to /graphql is kept in `asked`, every path in `paths`.

    `order` is what the token shows (None: the token does not hold), `limited` how many seconds to wait for the next
    look-up, `failing` how many requests will fail. With `live` it has the subscription, which begins with how things
    stand and then tells of `news`, each "next", "failed" or "complete"; while it is `overloaded` it is an error and its
    end.
    """

    def __init__(self, *, brand: TrackingPage = BRAND, live: bool = False, postal_code: bool = True) -> None:
        self.address = ""
        self.order: Order | None = in_transit()
        self.expires_at = at(hours=1)
        self.renewed = f"{TOKEN}-renewed"
        self.limited: int | None = None
        self.failing = 0
        self.hold: asyncio.Event | None = None
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.streams = 0
        self.overloaded = False
        self.news: asyncio.Queue[str] = asyncio.Queue(maxsize=8)
        routes = [
            Route("/graphql", self._graphql, methods=["POST"]),
            Route("/graphql/stream", self._stream, methods=["POST"]),
            *track_routes(brand, live=live, postal_code=postal_code),
        ]
        self._routes = Starlette(routes=routes)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        """The site as an application."""
        self.paths.append(scope["path"] + ("?" + scope["query_string"].decode() if scope["query_string"] else ""))
        await self._routes(scope, receive, send)

    async def _graphql(self, request: Asked) -> Response:
        body = await request.json()
        self.asked.append(body["variables"])
        if self.hold is not None:
            await self.hold.wait()
        if self.failing:
            self.failing -= 1
            return JSONResponse({"errors": [{"message": "no", "extensions": {"code": "OVERLOADED"}}]}, status_code=503)
        if self.limited is not None:
            extensions = {"code": "RATE_LIMITED", "retryAfterSeconds": self.limited}
            return JSONResponse({"errors": [{"message": "wait", "extensions": extensions}], "data": None})
        root = {"trackOrder": self._track_order, "trackedOrder": self._tracked_order}
        result = graphql_sync(SCHEMA, body["query"], root, variable_values=body["variables"])
        return JSONResponse(result.formatted)

    def _track_order(
        self,
        _info: object,
        number: str,
        email: str | None = None,
        postalCode: str | None = None,  # noqa: N803 - GraphQL's
    ) -> dict[str, Any]:
        fits = number == NUMBER and (email, postalCode) in ((EMAIL, None), (None, POSTAL_CODE))
        return {"access": {"token": TOKEN, "expiresAt": self.expires_at} if fits else None}

    def _tracked_order(self, _info: object, token: str) -> Order | None:
        if token not in (TOKEN, self.renewed) or self.order is None:
            return None
        return {**self.order, "access": {"token": self.renewed, "expiresAt": self.expires_at}}

    async def _stream(self, request: Asked) -> Response:
        body = await request.json()
        assert body["variables"]["token"] in (TOKEN, self.renewed)
        self.streams += 1

        async def events() -> AsyncIterator[str]:
            data = '{"data": {"trackedOrderUpdated": {"__typename": "TrackedOrderUpdate"}}}'
            error = '{"errors": [{"message": "no", "extensions": {"code": "OVERLOADED"}}]}'
            yield ":\n\n"
            if self.overloaded:
                yield f"event: next\ndata: {error}\n\nevent: complete\ndata: \n\n"
                return
            yield f"event: next\ndata: {data}\n\n"
            while (kind := await self.news.get()) != "complete":
                yield f"event: next\ndata: {error if kind == 'failed' else data}\n\n"
            yield "event: complete\ndata: \n\n"

        return StreamingResponse(events(), media_type="text/event-stream")


@asynccontextmanager
async def served(site: Site) -> AsyncIterator[Site]:
    """The site on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(
            uvicorn.Config(
                site.app,
                interface="asgi3",
                lifespan="off",
                ws="none",
                log_level="warning",
                timeout_graceful_shutdown=1,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        site.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            yield site
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def chromium(program: str) -> AsyncIterator[Browser]:
    """Debian's Chromium, driven; it reaches loopback only, and asks nobody for anything by itself."""
    quiet = [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        # Chromium's own sandbox does not work for root, who runs the tests in many containers.
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=quiet)
        yield browser
        await browser.close()


class Visit:
    """One look at the page in a browser that was never here before; its clock stands at noon and ticks.

    `requests` are the addresses of all requests that the browser made, `waiting` those to the answerer that are under
    way, `faults` what its console complained of.
    """

    def __init__(self, site: Site, context: BrowserContext, page: Page) -> None:
        self.site = site
        self.context = context
        self.page = page
        self.requests: list[str] = []
        self.waiting: set[Request] = set()
        self.faults: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("request", self._asks)
        context.on("requestfinished", self._settles)
        context.on("requestfailed", self._settles)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)

    def _asks(self, request: Request) -> None:
        if request.url.endswith("/graphql"):
            self.waiting.add(request)

    def _settles(self, request: Request) -> None:
        self.waiting.discard(request)

    async def open(self, path: str = "/track") -> None:
        """Go to a path of the site, and wait for the form or the order."""
        await self.page.goto(self.site.address + path)
        await self.page.wait_for_selector("#waiting", state="hidden")

    async def open_order(self, path: str = "/track") -> None:
        """Go to the page with the token of a link, and wait for the order."""
        await self.open(f"{path}#token={TOKEN}")
        await self.page.wait_for_selector("#order:not([hidden])")

    async def look_up(self, number: str = NUMBER, fact: str = EMAIL) -> None:
        """Fill in the form and send it."""
        await self.page.fill("#number", number)
        await self.page.fill("#fact", fact)
        await self.page.click("#find")

    async def text(self, selector: str) -> str:
        """What stands in an element to be read; spaces as one, signs that look like letters as these."""
        read = " ".join((await self.page.inner_text(selector)).split())
        return read.replace("\N{MULTIPLICATION SIGN}", "x").replace("\N{EN DASH}", "-")


@asynccontextmanager
async def visit(site: Site, browser: Browser, *, clock: bool = True, **more: Any) -> AsyncIterator[Visit]:
    """A fresh browser looking at the site, a phone in Berlin that reads English unless told otherwise."""
    said = {"viewport": PHONE, "locale": "en-GB", "timezone_id": "Europe/Berlin", "color_scheme": "light", **more}
    context = await browser.new_context(**said)
    page = await context.new_page()
    page.set_default_timeout(10_000)
    if clock:
        await page.clock.install(time=NOON)
    async with asyncio.timeout(LONGEST_VISIT_SECONDS):
        yield Visit(site, context, page)
    await context.close()


async def shown(looking: Visit) -> str:
    """What is read of the order, without what is folded away."""
    return await looking.text("#shown")


async def after(looking: Visit, milliseconds: int) -> None:
    """Let the page's time pass, at most so much, until it asks, and let its answer come."""
    asked = len(looking.site.asked)
    while len(looking.site.asked) == asked:
        assert milliseconds > 0
        await looking.page.clock.run_for(min(milliseconds, SHORTER_THAN_ANY_PAUSE))
        milliseconds -= SHORTER_THAN_ANY_PAUSE
        await looking.page.evaluate(ROUND_TRIP)
    await answered(looking)


async def passes(looking: Visit, milliseconds: int) -> None:
    """Let so much of the page's time pass, in pieces so short that each of its questions is answered in time."""
    for begun in range(0, milliseconds, SHORTER_THAN_ANY_PAUSE):
        await looking.page.clock.run_for(min(SHORTER_THAN_ANY_PAUSE, milliseconds - begun))
        await answered(looking)


async def quiet(looking: Visit, site: Site, milliseconds: int) -> None:
    """Let so much of the page's time pass, in which it must ask nobody."""
    asked = len(site.asked)
    await looking.page.clock.run_for(milliseconds)
    await looking.page.evaluate(ROUND_TRIP)
    assert len(site.asked) == asked


async def looks(looking: Visit, site: Site, count: int) -> None:
    """Wait until the page has asked so often and has its answers."""
    while len(site.asked) < count:
        await looking.page.evaluate(ROUND_TRIP)
    await answered(looking)


async def answered(looking: Visit) -> None:
    """Wait until the page has the answers to all that it asked: one still under way would run out of its time."""
    await looking.page.evaluate(ROUND_TRIP)
    while looking.waiting:
        await looking.page.evaluate(ROUND_TRIP)
    await looking.page.evaluate(ROUND_TRIP)
