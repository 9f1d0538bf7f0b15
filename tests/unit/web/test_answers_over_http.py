"""Good answers over HTTP: statuses, headers, media types, and what a fault of ours looks like from outside."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from orderweave.model.terms import Lane, Terms
from orderweave_sdk.errors import Unreachable
from tests.unit.web.gateway_over_http import NEW, business, caller

QUERY = 'query One($n: String! = "1001") { order(by: {number: $n}) { number } }'
DATA = {"data": {"order": {"number": "1001"}}}


async def test_post_and_get_give_the_same() -> None:
    """A query by POST and by GET, with variables and a name, give the same answer."""
    async with caller() as client:
        posted = await client.post(
            "/graphql", json={"query": QUERY, "variables": {"n": "1002"}, "operationName": "One", "extensions": {}}
        )
        got = await client.get(
            "/graphql", params={"query": QUERY, "variables": '{"n": "1002"}', "operationName": "One"}
        )
        assert posted.json() == got.json() == {"data": {"order": {"number": "1002"}}}
        assert posted.status_code == got.status_code == 200
        for body in ({"query": QUERY}, {"query": QUERY, "variables": None}, {"query": QUERY, "operationName": None}):
            assert (await client.post("/graphql", json=body)).json() == DATA
        assert (await client.get("/graphql", params={"query": QUERY, "variables": "null"})).json() == DATA


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (NEW, NEW),
        (f"{NEW}, application/json;q=0.9", NEW),
    ],
)
async def test_headers(accept: str, kind: str) -> None:
    """The media type is the one that the caller accepts, in UTF-8, and no cache may keep an answer."""
    async with caller() as client:
        response = await client.post("/graphql", json={"query": QUERY}, headers={"accept": accept})
    assert response.headers["content-type"] == f"{kind}; charset=utf-8"
    assert response.headers["cache-control"] == "private, no-store"
    assert response.json() == DATA


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), (NEW, 400)])
async def test_status_of_what_did_not_run(accept: str, status: int) -> None:
    """What could not be run is 400 in the new media type and 200 in the old, without data in both."""
    async with caller() as client:
        for query in ("{", "{ nothing }", "query ($n: Int!) { orders(first: $n) { nodes { id } } }"):
            response = await client.post("/graphql", json={"query": query}, headers={"accept": accept})
            assert response.status_code == status
            assert "data" not in response.json()


@pytest.mark.parametrize("accept", ["application/json", NEW])
async def test_status_of_what_ran_in_part(accept: str) -> None:
    """What ran is 200 also where a part of it failed."""
    woven = business()
    woven.fakes["shop"].error = Unreachable("orders: no connection")
    async with caller(woven) as client:
        query = '{ systems { name } order(by: {number: "4711"}) { id } }'
        response = await client.post("/graphql", json={"query": query}, headers={"accept": accept})
    assert response.status_code == 200
    assert response.json()["data"] == {"systems": [{"name": "shop"}, {"name": "erp"}], "order": None}
    assert response.json()["errors"][0]["extensions"] == {"code": "INCOMPLETE", "systems": ["shop"]}


async def test_a_fault_of_ours_is_masked(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of ours is a masked error beside the rest of the answer, and its words are in no log."""
    woven = business()
    words = " ".join(("Ada", "Lovelace"))

    async def broken(*_: Any) -> None:
        raise RuntimeError(words)

    monkeypatch.setattr(woven.gateway, "product", broken)
    with caplog.at_level(logging.DEBUG):
        async with caller(woven) as client:
            response = await client.post("/graphql", json={"query": '{ systems { name } product(sku: "A") { sku } }'})
    assert response.status_code == 200
    assert response.json()["data"] == {"systems": [{"name": "shop"}, {"name": "erp"}], "product": None}
    (error,) = response.json()["errors"]
    assert (error["message"], error["extensions"]) == ("internal error", {"code": "INTERNAL"})
    assert words not in response.text
    assert words not in str([vars(record) for record in caplog.records])
    (record,) = [record for record in caplog.records if record.getMessage() == "internal_error"]
    fields = vars(record)["fields"]
    assert (fields["error"], fields["field"]) == ("RuntimeError", "product")


async def test_a_connectors_fault_is_no_fault_of_ours() -> None:
    """A connector's bug is a part that is missing, not an internal error; its words stay inside."""
    woven = business()
    woven.fakes["erp"].error = KeyError("Ada")
    async with caller(woven) as client:
        query = (
            '{ order(by: {number: "1001"}) { number invoices { id } freshness { missing { system reason message } } } }'
        )
        response = await client.post("/graphql", json={"query": query})
    assert response.json() == {
        "data": {
            "order": {
                "number": "1001",
                "invoices": [],
                "freshness": {
                    "missing": [
                        {
                            "system": "erp",
                            "reason": "BAD_PAYLOAD",
                            "message": "the connector failed on an answer (KeyError)",
                        }
                    ]
                },
            }
        }
    }


async def test_introspection_is_answered() -> None:
    """The schema can be asked for, as explorers do."""
    async with caller() as client:
        response = await client.post("/graphql", json={"query": "{ __schema { queryType { name } } }"})
    assert response.json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}}


@pytest.mark.parametrize(
    ("header", "lane"),
    [(None, Lane.INTERACTIVE), ("interactive", Lane.INTERACTIVE), ("Analytics", Lane.ANALYTICS), (" sync ", Lane.SYNC)],
)
async def test_the_lane_reaches_the_systems(header: str | None, lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the header says is the lane, and the priority, of every call that is made for the request."""
    woven = business()
    terms: list[Terms] = []
    asked = woven.systems.find_orders

    async def find_orders(name: str, keys: Any, facets: Any, call: Terms) -> Any:
        terms.append(call)
        return await asked(name, keys, facets, call)

    monkeypatch.setattr(woven.systems, "find_orders", find_orders)
    async with caller(woven) as client:
        headers = {"x-orderweave-lane": header} if header else {}
        query = '{ order(by: {number: "1001"}) { number } }'
        response = await client.post("/graphql", json={"query": query}, headers=headers)
    assert response.json() == {"data": {"order": {"number": "1001"}}}
    assert {(call.lane, call.priority) for call in terms} == {(lane, list(Lane).index(lane))}
