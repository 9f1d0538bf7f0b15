"""The simulator answers as the real server was seen to: the wire, the domain language, the refusals."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
import pytest_asyncio

from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.world import World
from orderweave_tryton.simulated_domain import bounds, candidates, matches, understood
from orderweave_tryton.simulator import PASSWORD, USER, TrytonSimulator


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[httpx.AsyncClient]:
    """A signed-in caller of a simulator with the sample world, without the connector."""
    async with TrytonSimulator() as simulator:
        whole = sample_world(TrytonSimulator.external_id)
        simulator.seed(
            World(orders=whole.orders, stock=whole.stock, products=whole.products, locations=whole.locations)
        )
        async with httpx.AsyncClient(base_url=simulator.url, trust_env=False) as client:
            yield client


async def post(wire: httpx.AsyncClient, method: str, *params: Any, session: str | None = None) -> httpx.Response:
    """One JSON-RPC request."""
    headers = {"authorization": f"Session {session}"} if session else {}
    return await wire.post(
        "/simulated/rpc/", content=json.dumps({"id": 7, "method": method, "params": params}), headers=headers
    )


async def signed_in(wire: httpx.AsyncClient) -> str:
    """A session, as the header carries it."""
    answer = (await post(wire, "common.db.login", USER, {"password": PASSWORD}, "en")).json()
    user_id, token, bus = answer["result"]
    assert bus is None
    return b64encode(f"{USER}:{user_id}:{token}".encode()).decode()


async def test_wire(wire: httpx.AsyncClient) -> None:
    """Numbers and moments are tagged, quantities are floats, nested records stand under a name with a dot."""
    session = await signed_in(wire)
    fields = ["number", "create_date", "total_amount", "party", "currency.code", "line_lines.quantity", "lines"]
    params: tuple[Any, ...] = ([["number", "=", "1001"]], 0, 5, [["id", "ASC"]], fields, {})
    answer = (await post(wire, "model.sale.sale.search_read", *params, session=session)).json()
    (row,) = answer["result"]
    assert answer["id"] == 7
    assert row["number"] == "1001"
    assert row["create_date"] == {
        "__class__": "datetime",
        **{"year": 2026, "month": 3, "day": 1, "hour": 15, "minute": 1, "second": 0, "microsecond": 0},
    }
    assert row["total_amount"] == {"__class__": "Decimal", "decimal": "296.00"}
    assert row["party"] == 7_000_002
    assert row["currency."]["code"] == "USD"
    assert row["line_lines."] == [{"id": 3_000_010, "quantity": 2.0}, {"id": 3_000_011, "quantity": 3.0}]
    assert row["lines"] == [line["id"] for line in row["line_lines."]]


async def test_refusals(wire: httpx.AsyncClient) -> None:
    """A bad session is 401 with an empty body, a bad password 401 with a page, a failure is told with HTTP 200."""
    session = await signed_in(wire)
    search: tuple[Any, ...] = ([], 0, 1, None, ["number"], {})
    for wrong in (None, "bm9uc2Vuc2U=", "%%%"):
        answer = await post(wire, "model.sale.sale.search_read", *search, session=wrong)
        assert (answer.status_code, answer.content) == (401, b"")
    answer = await post(wire, "common.db.login", USER, {"password": "wrong"}, "en")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "text/html; charset=utf-8")
    answer = await post(wire, "model.sale.sale.delete", [1], {}, session=session)
    assert answer.status_code == 403
    unknown: list[tuple[Any, ...]] = [
        ([], 0, 1, None, ["nofield"], {}),
        ([["nofield", "=", 1]], 0, 1, None, ["number"], {}),
    ]
    for params in unknown:
        answer = await post(wire, "model.sale.sale.search_read", *params, session=session)
        assert (answer.status_code, answer.json()) == (200, {"id": 7, "error": ["'nofield'", ""]})
    answer = await post(wire, "model.no.model.search_read", *search, session=session)
    assert answer.json() == {"id": 7, "error": ["'no.model'", ""]}
    assert (await wire.post("/simulated/rpc/", content="{bad")).status_code == 400
    assert (await wire.post("/elsewhere/rpc/", content="{}")).status_code == 404


ROW = {
    "id": 3,
    "number": "S1",
    "reference": None,
    "stamp": datetime(2026, 3, 1, tzinfo=UTC),
    "paid": False,
    "lines": [{"id": 1, "sku": "TEA", "cost": None}, {"id": 2, "sku": "POT", "cost": Decimal(1)}],
    "party": {"id": 9, "name": "Robin"},
    "contact": None,
}


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ([], True),
        ([["number", "=", "S1"]], True),
        ([["number", "!=", "S1"]], False),
        ([["number", "in", ["S2", " S1"]]], True),
        ([["number", "not in", ["S2"]]], True),
        ([["number", "like", "S_"]], True),
        ([["number", "like", "s%"]], False),
        ([["number", "ilike", "s%"]], True),
        ([["number", "not like", "S%"]], False),
        ([["number", "not ilike", "x%"]], True),
        ([["reference", "=", None]], True),
        ([["reference", "=", ""]], True),
        ([["reference", "!=", "S1"]], True),
        ([["reference", "not like", "S%"]], True),
        ([["reference", ">", "A"]], False),
        ([["id", ">", 2], ["id", "<=", 3]], True),
        ([["id", ">=", 4]], False),
        ([["id", "<", 4]], True),
        ([["paid", "=", False]], True),
        (["OR", [["id", "=", 1]], [["id", "=", 3]]], True),
        (["OR"], True),
        (["AND", [["id", "=", 3]], ["OR", [["paid", "=", True]], ["number", "=", "S1"]]], True),
        ([[], [["id", "=", 3]]], True),
        ([["lines.sku", "in", ["POT"]]], True),
        ([["lines.sku", "=", "CUP"]], False),
        ([["lines", "where", [["sku", "=", "POT"], ["cost", "=", None]]]], False),
        ([["lines", "where", [["sku", "=", "TEA"], ["cost", "=", None]]]], True),
        ([["party.name", "=", "Robin"]], True),
        ([["contact.name", "=", "Robin"]], False),
    ],
)
def test_domains(domain: list[Any], expected: bool) -> None:
    """Each operator and nesting that the connector uses reads a row as the server does."""
    assert matches(ROW, domain) is expected


def test_unknown_names() -> None:
    """A field or an operator that there is not is an error, never a quiet no."""
    with pytest.raises(KeyError, match="nofield"):
        matches(ROW, [["nofield", "=", 1]])
    with pytest.raises(KeyError, match="badop"):
        matches(ROW, [["number", "badop", "S"]])


def test_candidates() -> None:
    """Indexes narrow a domain where every way into it is indexed; else all rows may be in it."""

    def index(name: str, value: Any) -> tuple[int, ...] | None:
        return {"id": (value,), "number": (1, 2)}.get(name)

    assert candidates([["id", "in", [5, 6]], ["paid", "=", True]], index) == {5, 6}
    assert candidates(["OR", [["id", "in", [5]]], [["number", "=", "S1"]]], index) == {1, 2, 5}
    assert candidates(["OR", [["id", "in", [5]]], [["paid", "=", True]]], index) is None
    assert candidates([["id", "in", []]], index) == set()
    assert candidates([["id", ">", 5]], index) is None


def test_bounds() -> None:
    """What a domain says of a moment bounds the listing by it; what it does not say bounds nothing."""
    after = ["OR", [["stamp", ">", 5]], [["stamp", "=", 5], ["id", ">", 2]]]
    assert bounds([after, ["stamp", "<", 9]], "stamp") == (5, 9)
    assert bounds(["OR", [["stamp", ">", 5]], [["id", "=", 1]]], "stamp") == (None, None)
    assert bounds([], "stamp") == (None, None)


def test_tagged_values_are_understood() -> None:
    """Decimals, dates and instants of a request become values, the instants in UTC."""
    told = {
        "__class__": "datetime",
        **{"year": 2026, "month": 3, "day": 1, "hour": 2, "minute": 3, "second": 4, "microsecond": 5},
    }
    assert understood([{"at": told}]) == [{"at": datetime(2026, 3, 1, 2, 3, 4, 5, tzinfo=UTC)}]
    assert understood({"__class__": "Decimal", "decimal": "1.10"}) == Decimal("1.10")
