"""Prices and rates over HTTP: headers that ask, headers that tell, and 429."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from orderweave.access import Headers, Identify
from orderweave.config.roles import BUILT_IN
from orderweave.model.rights import Caller, Limits, Rights, Scope
from orderweave.operations import documents
from orderweave.web import build_app
from orderweave.web.addresses import Addresses
from orderweave.web.door import Door
from tests.unit.fake_clock import FakeClock
from tests.unit.fake_systems import Woven
from tests.unit.web.gateway_over_http import JSON, NEW, business

QUERY = {"query": "{ systems { name } }"}
LIMITS = Limits(points=30, per_seconds=60)
BAD = {"query": "{"}


async def by_header(headers: Headers) -> Caller:
    """Whoever names themselves, for a test; nobody in particular otherwise."""
    name = headers.get(b"x-name", b"anonymous").decode()
    return Caller(name=name, role="guest", rights=Rights(scopes=frozenset(Scope)), limits=LIMITS)


@asynccontextmanager
async def client_of(
    woven: Woven, address: str = "203.0.113.5", identify: Identify = by_header
) -> AsyncIterator[httpx.AsyncClient]:
    """A client at an address, of a gateway that knows callers and trusts one proxy."""
    app = build_app(woven.schema, woven.gateway, door=Door(identify=identify, addresses=Addresses(["10.0.0.1"])))
    transport = httpx.ASGITransport(app=app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway", headers=JSON) as client:
        yield client


async def statuses(client: httpx.AsyncClient, count: int, **headers: str) -> list[int]:
    """The statuses of the same query so many times."""
    return [(await client.post("/graphql", json=QUERY, headers=headers)).status_code for _ in range(count)]


async def test_who_has_spent_enough_is_told_when_to_come_back() -> None:
    """429 with the time to wait in both forms and in the body; after that time it is answered."""
    woven = business()
    clock = woven.clock
    assert isinstance(clock, FakeClock)
    async with client_of(woven) as client:
        first = await client.post("/graphql", json=QUERY)
        assert first.headers["ratelimit-policy"] == '"points";q=30;w=60'
        assert first.headers["ratelimit"] == '"points";r=18;t=24'
        assert await statuses(client, 2) == [200, 429]
        refused = await client.post("/graphql", json=QUERY)
        assert refused.json() == {
            "errors": [
                {
                    "message": "30 points in 60 s are spent; try again in 12 s",
                    "extensions": {"code": "RATE_LIMITED", "retryAfterSeconds": 12},
                }
            ]
        }
        assert (refused.headers["retry-after"], refused.headers["ratelimit"]) == ("12", '"points";r=6;t=48')
        clock.advance(12)
        assert await statuses(client, 2) == [200, 429]


async def test_what_is_refused_costs_a_point() -> None:
    """Documents that cannot be run do not come for nothing, and the limit holds for them."""
    async with client_of(business()) as client:
        answers = [await client.post("/graphql", json=BAD, headers={"accept": NEW}) for _ in range(31)]
        assert [answer.status_code for answer in answers] == [400] * 30 + [429]
        assert answers[3].headers["ratelimit"] == '"points";r=26;t=8'


async def test_who_has_no_point_left_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a point a document is not even parsed: going on costs the gateway next to nothing."""
    async with client_of(business()) as client:
        for _ in range(30):
            await client.post("/graphql", json=BAD)
        monkeypatch.setattr(documents, "parse", None)
        answer = await client.post("/graphql", json={"query": "{ __typename }"})
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


async def test_a_price_of_nothing_is_one_point() -> None:
    """A query whose every field is skipped is not free."""
    async with client_of(business()) as client:
        answer = await client.post("/graphql", json={"query": "{ systems @skip(if: true) { name } }"})
        assert answer.headers["ratelimit"].startswith('"points";r=29;')


async def test_names_are_told_apart_and_others_by_address() -> None:
    """A named caller has points of their own wherever they are; those without a name share those of their block."""
    woven = business()
    async with client_of(woven) as client, client_of(woven, "203.0.113.99") as neighbor:
        assert await statuses(client, 3) == [200, 200, 429]
        assert await statuses(neighbor, 1) == [429]
        assert await statuses(neighbor, 3, **{"x-name": "ada"}) == [200, 200, 429]
        assert await statuses(client, 1, **{"x-name": "ada"}) == [429]
        assert await statuses(client, 1, **{"x-forwarded-for": "198.51.100.1"}) == [429]
    async with client_of(woven, "203.0.114.5") as elsewhere, client_of(woven, "10.0.0.1") as proxy:
        assert await statuses(elsewhere, 1) == [200]
        assert await statuses(proxy, 3, **{"x-forwarded-for": "198.51.100.1"}) == [200, 200, 429]
        assert await statuses(proxy, 1, **{"x-forwarded-for": "198.51.101.1"}) == [200]


async def guest(headers: Headers) -> Caller:
    """Who sends no credential, where nothing is said of guests."""
    role = BUILT_IN["guest"]
    return Caller(name="anonymous", role="guest", rights=Rights(scopes=role.scopes), limits=role.limits)


async def test_guests_pay_by_where_they_are_unasked() -> None:
    """Nobody need configure that guests' points are counted, by the part of the network: one spends nobody else's."""
    woven = business()
    told = []
    for address in ("203.0.113.5", "203.0.113.99", "203.0.114.5"):
        async with client_of(woven, address, identify=guest) as client:
            answer = await client.post("/graphql", json={"query": "{ __typename }"})
            told.append((answer.headers["ratelimit-policy"], answer.headers["ratelimit"].split(";")[1]))
    assert told == [('"points";q=100000;w=60', left) for left in ("r=99999", "r=99998", "r=99999")]


async def test_without_points_nothing_is_counted() -> None:
    """A gateway whose callers have no such limit says nothing of it."""
    woven = business()
    transport = httpx.ASGITransport(app=build_app(woven.schema, woven.gateway))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway", headers=JSON) as client:
        answer = await client.post("/graphql", json=QUERY)
        assert [name for name in answer.headers if name.startswith("ratelimit")] == []


@pytest.mark.parametrize(("value", "there"), [("1", True), ("yes", True), ("0", False), ("", False), (" 0 ", False)])
async def test_the_price_on_request(value: str, there: bool) -> None:
    """The header asks for the price and for the plan; 0 and nothing do not."""
    async with client_of(business()) as client:
        headers = {"orderweave-cost": value, "orderweave-explain": value}
        document = (await client.post("/graphql", json=QUERY, headers=headers)).json()
        assert ("extensions" in document) is there
        if there:
            assert document["extensions"]["cost"]["response"] == 12
            assert document["extensions"]["explain"][-1] == "price in all: 12 values, 0 calls"


async def test_what_is_refused_before_it_is_read_costs_a_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be no table and a document that nobody knows cost as every refusal, and tell what is left; without a
    point they are not looked at, nor is what would be answered in parts.
    """
    unknown = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}
    table = {"accept": "text/csv"}
    async with client_of(business()) as client:
        for number in range(15):
            for body, headers, status in ((QUERY, table, 400), (unknown, {"accept": NEW}, 404)):
                answer = await client.post("/graphql", json=body, headers=headers)
                assert answer.status_code == status
            assert answer.headers["ratelimit"].startswith(f'"points";r={28 - 2 * number};')
        monkeypatch.setattr(documents, "parse", None)
        parts = {"query": "{ systems { name ... @defer { title } } }"}
        for body, headers in ((QUERY, table), (unknown, {}), (parts, {"accept": "multipart/mixed"})):
            assert (await client.post("/graphql", json=body, headers=headers)).status_code == 429
