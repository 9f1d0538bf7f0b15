"""The explorer in a real browser: it shows the examples, runs them, and remembers its tabs."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
import uvicorn
from graphql import build_schema, graphql_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from orderweave.web.explorer import explorer_page, script_files, served_by_us
from tests.browser.chromium import Browser, installed_browser

pytestmark = pytest.mark.browser

FETCHED = Path(__file__).resolve().parents[2] / "var" / "explorer"
EXAMPLES = [
    {
        "name": "One order, whole",
        "query": "query OrderScreen($number: String!) {\n  order(number: $number) { number }\n}",
        "variables": {"number": "SO-1001"},
    },
    {"name": "All orders", "query": 'query OrderList {\n  order(number: "7") { number }\n}', "variables": {}},
]
SCHEMA = build_schema("type Query { order(number: String!): Order } type Order { number: String! }")
# Does as a person does who presses buttons one after the other once they are there.
PRESS = """
const buttons = new URLSearchParams(location.search).getAll("press");
// And as one who writes a header first: into the last editor, which is that of the tab Headers.
const header = new URLSearchParams(location.search).get("header");
const pressing = setInterval(() => {
  const editor = [...document.querySelectorAll(".graphiql-editor-tool .CodeMirror")].pop();
  if (header && editor && buttons.length === 1) { editor.CodeMirror.setValue(header); }
  const button = document.querySelectorAll(buttons[0])[0];
  if (button) { buttons.shift(); button.click(); }
  if (buttons.length === 0) { clearInterval(pressing); }
}, 700);
"""
RUN = ".graphiql-execute-button"
HEADERS = ".graphiql-editor-tools [data-name=headers]"
SECOND_TAB = ".graphiql-tab:nth-of-type(2) .graphiql-tab-button"


class Site:
    """A server with the explorer and a schema of one field; `scripts` is the folder of GraphiQL's own."""

    def __init__(self, scripts: Path) -> None:
        self.files = script_files(scripts)
        self.app = Starlette(
            routes=[
                Route("/explorer", self.page),
                Route("/explorer/examples.json", self.examples),
                Route("/explorer/scripts/{name}", self.script),
                Route("/graphql", self.graphql, methods=["POST"]),
            ]
        )

    async def page(self, request: Request) -> Response:
        """The page, with a script that presses what the address says."""
        page = explorer_page(served_by_us(self.files))
        return HTMLResponse(page.replace("</body>", f"<script>{PRESS}</script></body>"))

    async def examples(self, request: Request) -> Response:
        """The example queries."""
        return JSONResponse(EXAMPLES)

    async def script(self, request: Request) -> Response:
        """One of the page's files."""
        return FileResponse(self.files[request.path_params["name"]])

    async def graphql(self, request: Request) -> Response:
        """The answer to a query."""
        body = await request.json()
        asked_by = f" for {request.headers['authorization']}" if "authorization" in request.headers else ""
        result = graphql_sync(
            SCHEMA,
            body["query"],
            {"order": lambda _info, number: {"number": f"found {number}{asked_by}"}},
            variable_values=body.get("variables"),
            operation_name=body.get("operationName"),
        )
        return JSONResponse(result.formatted)


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """A browser that was never here before."""
    program = installed_browser()
    if program is None:
        pytest.skip("Chromium is not installed")
    return Browser(program, tmp_path / "profile")


@pytest_asyncio.fixture
async def explorer(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The explorer's address; the parameter is the folder of GraphiQL's scripts, by default where set-up puts them."""
    site = Site(getattr(request, "param", FETCHED))
    if not served_by_us(site.files) and not hasattr(request, "param"):
        if os.environ.get("CI") == "true" and shutil.which("npm"):
            pytest.fail("with CI=true and npm the explorer's scripts must be in var/explorer; run make setup")
        pytest.skip("the explorer's scripts were not fetched; make setup fetches them where npm is")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(site.app, lifespan="off", ws="none", log_level="warning"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/explorer"
        server.should_exit = True
        await serving


async def test_examples_are_tabs(explorer: str, browser: Browser) -> None:
    """Each example is a tab by its operation's name; the first is open, with its text and variables; no note shows."""
    page = await browser.read(explorer)
    assert page.tabs == ["OrderScreen", "OrderList"]
    assert "# One order, whole" in page.text
    assert "SO-1001" in page.text
    assert "CDN" not in page.text


async def test_first_example_runs(explorer: str, browser: Browser) -> None:
    """The first example answers at the press of one button, with its variables."""
    page = await browser.read(f"{explorer}?press={RUN}")
    assert '"number": "found SO-1001"' in page.text


async def test_second_example_runs(explorer: str, browser: Browser) -> None:
    """The second tab answers too, at the press of one button more."""
    page = await browser.read(f"{explorer}?press={SECOND_TAB}&press={RUN}")
    assert '"number": "found 7"' in page.text


async def test_a_token_goes_along(explorer: str, browser: Browser) -> None:
    """What a person writes under Headers goes with the query, so that the answer is theirs; it is not remembered."""
    header = quote('{"authorization": "Bearer a-token"}')
    page = await browser.read(f"{explorer}?header={header}&press={HEADERS}&press={RUN}")
    assert '"number": "found SO-1001 for Bearer a-token"' in page.text
    page = await browser.read(f"{explorer}?press={HEADERS}&press={RUN}")
    assert '"number": "found SO-1001"' in page.text
    assert "a-token" not in page.text


async def test_tabs_are_remembered(explorer: str, browser: Browser) -> None:
    """Coming back after a look at both tabs shows the same two, not a third."""
    await browser.read(f"{explorer}?press={RUN}&press={SECOND_TAB}")
    page = await browser.read(explorer)
    assert page.tabs == ["OrderScreen", "OrderList"]


@pytest.mark.parametrize("explorer", [Path("nowhere")], indirect=True)
async def test_without_any_scripts(explorer: str, browser: Browser) -> None:
    """With neither our scripts nor a CDN the page says so and still shows the examples to copy."""
    page = await browser.read(explorer)
    assert "its scripts come from a CDN" in page.text
    assert "The explorer's scripts could not be loaded" in page.text
    assert "query OrderScreen($number: String!)" in page.text
