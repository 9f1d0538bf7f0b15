"""Health, explorer, examples and scripts: what is served, and what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from graphql import parse, validate

from orderweave.web import build_app
from orderweave.web.examples import examples
from orderweave_sdk.errors import Unreachable
from tests.unit.fake_systems import Woven
from tests.unit.web.gateway_over_http import business

FETCHED = ("react.js", "react-dom.js", "graphiql.js", "graphiql.css")


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A folder with fetched scripts, and a secret beside it."""
    (tmp_path / "secret.txt").write_text("s3cret")
    folder = tmp_path / "explorer"
    folder.mkdir()
    for name in (*FETCHED, "other.js"):
        (folder / name).write_text(f"/* {name} */")
    return folder


@pytest.fixture
def woven() -> Woven:
    """The usual business."""
    return business()


@pytest.fixture
async def client(woven: Woven, scripts: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application with scripts and examples."""
    shown = examples(number="1001", skus=["TEA-1"])
    app = build_app(woven.schema, woven.gateway, examples=shown, scripts=scripts)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as made:
        yield made


async def test_alive(client: httpx.AsyncClient) -> None:
    """The process says that it runs."""
    response = await client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "live"})


async def test_ready_whatever_the_systems_do(client: httpx.AsyncClient, woven: Woven) -> None:
    """The gateway is ready before any call, and while a system is down, and tells how each answers."""
    response = await client.get("/health/ready")
    assert response.json() == {"status": "ready", "systems": {"shop": None, "erp": None}}
    woven.fakes["erp"].error = Unreachable("orders: no connection")
    await client.post("/graphql", json={"query": '{ order(by: {number: "1001"}) { invoices { id } } }'})
    response = await client.get("/health/ready")
    assert (response.status_code, response.json()["systems"]) == (200, {"shop": True, "erp": False})


async def test_home_leads_to_the_explorer(client: httpx.AsyncClient) -> None:
    """The root redirects to the explorer, which is a page of HTML."""
    response = await client.get("/")
    assert (response.status_code, response.headers["location"]) == (307, "/explorer")
    page = await client.get("/explorer")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Orderweave explorer" in page.text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("graphiql.js", "text/javascript"),
        ("graphiql.css", "text/css"),
        ("page.js", "text/javascript"),
        ("page.css", "text/css"),
    ],
)
async def test_scripts(name: str, kind: str, client: httpx.AsyncClient) -> None:
    """The page's own files and the fetched ones are served with their types."""
    response = await client.get(f"/explorer/scripts/{name}")
    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, kind)


@pytest.mark.parametrize(
    "path",
    [
        "other.js",
        "../secret.txt",
        "..%2Fsecret.txt",
        "%2e%2e/secret.txt",
        "%2e%2e%2fsecret.txt",
        "..%5Csecret.txt",
        "%2Fetc%2Fpasswd",
        "/etc/passwd",
        "page.js/",
        "page.js%00",
        "__init__.py",
        "page.html",
        "scripts.json",
        "",
    ],
)
async def test_nothing_else_is_served(path: str, client: httpx.AsyncClient) -> None:
    """No other file is served, by no way of writing its path."""
    request = client.build_request("GET", "http://gateway/")
    request.url = request.url.copy_with(raw_path=f"/explorer/scripts/{path}".encode())
    response = await client.send(request)
    assert response.status_code in (404, 307)
    assert "s3cret" not in response.text
    assert "root:" not in response.text


async def test_examples_are_valid_queries(client: httpx.AsyncClient, woven: Woven) -> None:
    """The explorer's examples have name, query and variables, and each is answered without an error."""
    response = await client.get("/explorer/examples.json")
    assert response.headers["content-type"] == "application/json"
    shown = response.json()
    assert [set(example) for example in shown] == [{"name", "query", "variables"}] * 4
    for example in shown:
        assert validate(woven.schema._schema, parse(example["query"])) == []
        answer = await client.post("/graphql", json={"query": example["query"], "variables": example["variables"]})
        assert "errors" not in answer.json(), example["name"]


async def test_no_examples_unless_given(woven: Woven) -> None:
    """Without examples the list is empty."""
    transport = httpx.ASGITransport(app=build_app(woven.schema, woven.gateway))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        assert (await client.get("/explorer/examples.json")).json() == []


@pytest.mark.parametrize("path", ["/nothing", "/graphql/", "/health", "/explorer/scripts", "/demo/faults/shop/STOPPED"])
async def test_other_paths(path: str, client: httpx.AsyncClient) -> None:
    """Other paths are not found, the demo's switches among them."""
    assert (await client.get(path, follow_redirects=False)).status_code in (404, 307)


async def test_the_application_closes_the_gateway(woven: Woven) -> None:
    """When the application ends, so do the connectors."""
    app = build_app(woven.schema, woven.gateway)
    async with app.router.lifespan_context(app):
        assert not woven.fakes["shop"].closed
    assert [fake.closed for fake in woven.fakes.values()] == [True, True]
