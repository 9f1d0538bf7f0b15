"""`@defer` over HTTP: parts for who accepts them and may defer, everything at once for anybody else."""

from __future__ import annotations

import json
from typing import Any

import httpx
import msgspec
import pytest

from orderweave.access import Headers
from orderweave.config.roles import BUILT_IN
from orderweave.model.rights import ANYBODY, Caller, Limits
from orderweave.web import Door, build_app
from orderweave_sdk.errors import Unreachable
from tests.unit.fake_business import order, shop, wms
from tests.unit.fake_systems import Woven, weave

BY = 'order(by: {key: {namespace: "shop:id", value: "a1"}})'
QUERY = f'{{ {BY} {{ number ... @defer(label: "parcels") {{ shipments {{ status }} }} }} }}'
APOLLO = "multipart/mixed;incrementalSpec=v0.2,application/graphql-response+json,application/json;q=0.9"
OLDER = "multipart/mixed;deferSpec=20220824,application/json"
WHOLE = {"data": {"order": {"number": "#1001", "shipments": [{"status": "IN_TRANSIT"}]}}}


def business() -> Woven:
    """An order of a shop, whose parcel the warehouse alone knows."""
    house = wms([order("w1", "W-77", reference=("order_number", "1001"), tracking="T1")])
    return weave(shop([order("a1", "#1001")]), house)


async def asked(woven: Woven, accept: str, query: str = QUERY, caller: Caller = ANYBODY) -> httpx.Response:
    """The response to a query of this caller."""

    async def identify(headers: Headers) -> Caller:
        return caller

    app = build_app(woven.schema, woven.gateway, door=Door(identify=identify))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as client:
        return await client.post("/graphql", json={"query": query}, headers={"accept": accept})


def parts_of(response: httpx.Response) -> list[Any]:
    """The documents of a multipart body, which must be closed."""
    assert response.headers["content-type"] == 'multipart/mixed; boundary="-"'
    assert response.headers["cache-control"] == "private, no-store"
    before, *parts, end = response.text.split("\r\n---")
    assert (before, end) == ("", "--\r\n")
    return [json.loads(part.partition("\r\n\r\n")[2]) for part in parts]


async def test_in_the_newer_form() -> None:
    """The first part names what will come, the next one completes it."""
    assert parts_of(await asked(business(), APOLLO)) == [
        {
            "data": {"order": {"number": "#1001"}},
            "pending": [{"id": "0", "path": ["order"], "label": "parcels"}],
            "hasNext": True,
        },
        {
            "incremental": [{"id": "0", "data": {"shipments": [{"status": "IN_TRANSIT"}]}}],
            "completed": [{"id": "0"}],
            "hasNext": False,
        },
    ]


async def test_in_the_older_form() -> None:
    """Each part says its path."""
    assert parts_of(await asked(business(), OLDER)) == [
        {"data": {"order": {"number": "#1001"}}, "hasNext": True},
        {
            "incremental": [{"path": ["order"], "data": {"shipments": [{"status": "IN_TRANSIT"}]}, "label": "parcels"}],
            "hasNext": False,
        },
    ]


@pytest.mark.parametrize("role", ["customer", "guest"])
async def test_off_for_the_public(role: str) -> None:
    """Callers of the public roles get everything at once, as do those whose role allows fewer parts."""
    limits = msgspec.structs.replace(BUILT_IN[role].limits, points=None)
    response = await asked(business(), APOLLO, caller=msgspec.structs.replace(ANYBODY, limits=limits))
    assert response.headers["content-type"].startswith("application/graphql-response+json")
    assert response.json() == WHOLE


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/json, multipart/mixed;q=0"])
async def test_at_once_for_who_takes_no_parts(accept: str) -> None:
    """A client that does not name multipart/mixed gets one document."""
    assert (await asked(business(), accept)).json() == WHOLE


async def test_a_mistake_is_one_answer() -> None:
    """What cannot be run, and what defers nothing, is answered as ever."""
    wrong = await asked(business(), APOLLO, QUERY.replace("status", "nonsense"))
    assert (wrong.status_code, wrong.json()["errors"][0]["extensions"]["code"]) == (400, "GRAPHQL_VALIDATION_FAILED")
    assert (await asked(business(), APOLLO, f"{{ {BY} {{ number }} }}")).json() == {
        "data": {"order": {"number": "#1001"}}
    }
    gone = await asked(business(), APOLLO, QUERY.replace('"a1"', '"a9"'))
    assert gone.json() == {"data": {"order": None}}


async def test_errors_in_a_part_say_nothing_of_our_insides() -> None:
    """A part that fails has the errors that the whole would have, masked alike; a system that is down is a gap."""
    woven = business()
    query = f'{{ {BY} {{ number }} ... @defer {{ inventory(skus: ["A"]) {{ sku }} }} }}'
    woven.fakes["wms"].answer["stock"] = lambda: (_ for _ in ()).throw(RuntimeError("secret"))
    first, second = parts_of(await asked(woven, APOLLO, query))
    assert first["data"] == {"order": {"number": "#1001"}}
    assert "secret" not in json.dumps(second)
    woven.fakes["wms"].error = Unreachable("off")
    selected = "shipments { status } freshness { missing { system } }"
    _, second = parts_of(await asked(woven, APOLLO, f"{{ {BY} {{ number ... @defer {{ {selected} }} }} }}"))
    assert second["incremental"][0]["data"] == {"shipments": [], "freshness": {"missing": [{"system": "wms"}]}}


async def test_each_part_is_paid() -> None:
    """Points are taken for every part that is run."""
    limits = Limits(points=100, per_seconds=60)
    caller = Caller(name="ada", role="staff", rights=ANYBODY.rights, limits=limits)
    woven = business()
    parts_of(await asked(woven, APOLLO, caller=caller))
    left = woven.gateway.points.exhausted("staff as ada", points=100, per_seconds=60)
    assert left is None
    standing = await woven.gateway.points.take("staff as ada", 100, points=100, per_seconds=60)
    assert not standing.granted


async def test_who_takes_parts_alone() -> None:
    """A client that names multipart and nothing else gets parts, and JSON where there are none to send."""
    assert len(parts_of(await asked(business(), "multipart/mixed"))) == 2
    whole = await asked(business(), "multipart/mixed", f"{{ {BY} {{ number }} }}")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "application/json; charset=utf-8")


async def test_errors_of_parts_name_no_line() -> None:
    """Each part is run as a document of our own: where its errors stand in that says nothing to the client."""
    wrong = f"{{ {BY} {{ number ... @defer {{ late: lines(first: 0) {{ totalCount }} }} }} }}"
    errors = [error for part in parts_of(await asked(business(), APOLLO, wrong)) for error in _errors(part)]
    assert [(error["path"], error["message"]) for error in errors] == [
        (["order", "late"], "first must be between 1 and 250, is 0")
    ]
    assert not any("locations" in error for error in errors)


def _errors(part: dict[str, Any]) -> list[dict[str, Any]]:
    later = [*part.get("incremental", ()), *part.get("completed", ())]
    return [*part.get("errors", ()), *(error for entry in later for error in entry.get("errors", ()))]
