"""The simulator answers as Odoo does: its empties, links, moments and floats, its domains, its refusals."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from connectors.odoo.tests.servers import Odoo16, Odoo19
from orderweave_odoo.expressible import told_order
from orderweave_odoo.simulator import API_KEY, DATABASE, LOGIN, OdooSimulator
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import SimulatedRequest

HEADERS = {"authorization": f"bearer {API_KEY}", "x-odoo-database": DATABASE}


async def json2(server: OdooSimulator, path: str, body: Any, **headers: str) -> httpx.Response:
    """One request as any client makes it."""
    server.seed(sample_world(OdooSimulator.external_id))
    async with server, httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        return await client.post(f"/json/2/{path}", json=body, headers=HEADERS | headers)


async def found(domain: list[Any], fields: list[str], model: str = "sale.order", **more: Any) -> Any:
    """What a search gives."""
    answer = await json2(Odoo19(), f"{model}/search_read", {"domain": domain, "fields": fields, **more})
    assert answer.status_code == 200
    return answer.json()


async def test_values() -> None:
    """Empty is false, a link is a pair, moments are naive and without parts of a second, money is a float."""
    fields = ["name", "client_order_ref", "currency_id", "date_order", "write_date", "amount_total", "locked"]
    (row,) = await found([["name", "=", "1001"]], [*fields, "invoice_ids", "payment_term_id"])
    currency, code = row.pop("currency_id")
    term, words = row.pop("payment_term_id")
    assert (isinstance(currency, int), code, isinstance(term, int), words) == (True, "USD", True, "30 days")
    assert row == {
        "id": 1_000_001,
        "name": "1001",
        "client_order_ref": False,
        "date_order": "2026-03-01 15:01:00",
        "write_date": "2026-03-01 16:01:00",
        "amount_total": 296.0,
        "locked": False,
        "invoice_ids": [],
    }


@pytest.mark.parametrize(
    ("domain", "numbers"),
    [
        ([["name", "in", ["1001", "1003", "x"]]], ["1001", "1003"]),
        (["|", ["name", "=", "1001"], "|", ["name", "=", "1002"], ["name", "=", "1003"]], ["1001", "1002", "1003"]),
        (["&", ["name", "=", "1001"], ["state", "=", "cancel"]], []),
        ([["client_order_ref", "!=", False]], []),
        ([["state", "=", "cancel"], ["client_order_ref", "=", False]], ["1007", "1014", "1021"]),
        (["!", ["state", "not in", ["cancel"]]], ["1007", "1014", "1021"]),
        ([["order_line.product_id.default_code", "in", ["CUP-GLASS-2"]], ["name", "=", "1003"]], ["1003"]),
        ([["currency_id.name", "not in", ["USD"]]], []),
        ([["write_date", ">=", "2026-03-08 15:00:00"], ["state", "!=", "cancel"]], ["1024", "1025"]),
    ],
)
async def test_domains(domain: list[Any], numbers: list[str]) -> None:
    """Prefix notation, dotted paths, and false for empty."""
    assert [row["name"] for row in await found(domain, ["name"])] == numbers


async def test_order_and_pages() -> None:
    """Sorted by several fields, each its own way, then cut."""
    rows = await found([], ["name"], order="date_order desc, id desc", offset=1, limit=2)
    assert [row["name"] for row in rows] == ["1024", "1023"]


async def test_what_is_out_of_use_is_hidden() -> None:
    """Unless the domain speaks of it."""
    names = {row["name"] for row in await found([], ["name"], "res.currency")}
    every = {row["name"] for row in await found([["active", "in", [True, False]]], ["name"], "res.currency")}
    assert names == {"USD", "EUR"}
    assert every > names


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "name"),
    [
        ("sale.order/search_read", {"domain": [], "fields": ["odd"]}, {}, 500, "builtins.ValueError"),
        ("sale.order/search_read", {"domain": [["odd", "=", 1]], "fields": []}, {}, 500, "builtins.ValueError"),
        ("sale.order/search_read", {"domain": [["name", "~", "x"]], "fields": []}, {}, 500, "builtins.ValueError"),
        ("pos.order/search_read", {"domain": [], "fields": []}, {}, 404, "werkzeug.exceptions.NotFound"),
        ("sale.order/unlink", {"ids": [1]}, {}, 403, "odoo.exceptions.AccessError"),
        ("sale.order/search_read", {}, {"authorization": "bearer x"}, 401, "werkzeug.exceptions.Unauthorized"),
        ("sale.order/search_read", {}, {"x-odoo-database": "x"}, 404, "werkzeug.exceptions.NotFound"),
    ],
)
async def test_refusals(path: str, body: Any, headers: dict[str, str], status: int, name: str) -> None:
    """Told with a status and the exception's name."""
    answer = await json2(Odoo19(), path, body, **headers)
    assert (answer.status_code, answer.json()["name"]) == (status, name)


async def test_json_rpc() -> None:
    """Before 19 there is neither /web/version nor JSON-2; errors come with HTTP 200."""
    server = Odoo16()
    server.seed(sample_world(OdooSimulator.external_id))
    async with server, httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        assert (await client.get("/web/version")).status_code == 404
        assert (await client.post("/json/2/sale.order/search_read", json={})).status_code == 404

        async def post(service: str, method: str, *args: Any) -> Any:
            params = {"service": service, "method": method, "args": args}
            body = {"jsonrpc": "2.0", "method": "call", "id": 3, "params": params}
            answer = await client.post("/jsonrpc", json=body)
            assert answer.status_code == 200
            return answer.json()

        assert await post("common", "login", DATABASE, LOGIN, API_KEY) == {"jsonrpc": "2.0", "id": 3, "result": 5}
        assert (await post("common", "login", DATABASE, LOGIN, "x"))["result"] is False
        named = {"domain": [["name", "=", "1001"]], "fields": ["name", "locked"]}
        told = await post("object", "execute_kw", DATABASE, 5, API_KEY, "sale.order", "search_read", [], named)
        assert told["error"]["data"]["name"] == "builtins.ValueError"
        told = await post("object", "execute_kw", DATABASE, 5, "x", "sale.order", "search_read", [], named)
        assert told["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"
        told = await post("object", "execute_kw", DATABASE, 5, API_KEY, "pos.order", "search_read", [], named)
        assert told["error"]["data"]["name"] == "odoo.exceptions.UserError"


def test_told_twice_stays_the_same() -> None:
    """What Odoo can say of an order it can say of that."""
    for order in sample_world(OdooSimulator.external_id).orders:
        once = told_order(order)
        assert told_order(once) == once


def test_the_log_holds_no_key() -> None:
    """A call is named by model and method, with its arguments and without who made it."""
    body = b'{"params": {"args": ["db", 5, "key", "sale.order", "search_read", [], {"domain": [], "context": {}}]}}'
    request = SimulatedRequest(method="POST", path="/jsonrpc", query=(), headers={}, body=body)
    assert OdooSimulator().describe(request) == ("sale.order.search_read", {"domain": []})
