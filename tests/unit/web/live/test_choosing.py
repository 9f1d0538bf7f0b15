"""Which door answers at /graphql: JSON for whoever only takes event streams beside it, but for subscriptions."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from orderweave.access import Headers
from orderweave.model.documents import digest_of
from orderweave.model.rights import ALL_RIGHTS, Caller, Limits
from orderweave.web import Door
from orderweave.web.origins import Origins
from tests.unit.live.feeds import close_order
from tests.unit.web.gateway_over_http import NEW
from tests.unit.web.live.reading import Reader
from tests.unit.web.live.talks import FOLLOW, ORDER, talking

# What urql sends with every query and mutation, and with a subscription over HTTP.
URQL = f"{NEW}, application/graphql+json, application/json, text/event-stream, multipart/mixed"
URQL_FOLLOWS = "text/event-stream, multipart/mixed"
EVENTS = "text/event-stream; charset=utf-8"
DATA = {"data": {"order": {"number": "1001"}}}


def apollo(text: str) -> dict[str, Any]:
    """The digest of a document as Apollo's and urql's clients send it."""
    return {"persistedQuery": {"version": 1, "sha256Hash": digest_of(text)}}


async def by_points(headers: Headers) -> Caller:
    """Somebody who has few points."""
    return Caller(name="ada", role="staff", rights=ALL_RIGHTS, limits=Limits(points=5, per_seconds=60))


@pytest.mark.parametrize(
    "accept",
    [URQL, "application/json, text/event-stream;q=0", "text/event-stream;q=0, */*", "text/event-stream;q=0.5, */*"],
)
async def test_a_query_is_answered_as_json(accept: str) -> None:
    """With its status, its caching and its name, as if event streams had not been named."""
    async with talking() as talks:
        reader = Reader(talks.app, path="/graphql", body={"query": ORDER}, headers={"accept": accept})
        assert json.loads((await reader.whole())[1]) == DATA
        assert "json" in (await reader.head())[1]["content-type"]
        wrong = Reader(talks.app, path="/graphql", body={"query": "{ nothing }"}, headers={"accept": accept})
        assert (await wrong.whole())[0] == (400 if accept == URQL else 200)
        got = Reader(talks.app, "GET", path="/graphql", query=urlencode({"query": ORDER}), headers={"accept": accept})
        assert "etag" in (await got.head())[1]


async def test_parts_of_a_query() -> None:
    """`@defer` is split for urql as for every client that takes parts."""
    query = '{ order(by: {number: "1001"}) { number ... @defer { invoices { number } } } }'
    async with talking() as talks:
        reader = Reader(talks.app, path="/graphql", body={"query": query}, headers={"accept": URQL})
        assert (await reader.head())[1]["content-type"] == 'multipart/mixed; boundary="-"'
        assert (await reader.whole())[1].count("Content-Type: application/json") == 2


async def test_documents_by_digest() -> None:
    """Apollo's exchange goes as ever for who takes event streams too."""
    async with talking() as talks:

        async def asked(**body: Any) -> tuple[int, Any]:
            reader = Reader(talks.app, path="/graphql", body=body, headers={"accept": URQL})
            status, text = await reader.whole()
            return status, json.loads(text)

        status, answer = await asked(extensions=apollo(ORDER))
        assert (status, answer["errors"][0]["message"]) == (404, "PersistedQueryNotFound")
        assert await asked(query=ORDER, extensions=apollo(ORDER)) == (200, DATA)
        assert await asked(extensions=apollo(ORDER)) == (200, DATA)


async def test_points_and_leave() -> None:
    """What is left of the points, when to come again, and which page may read it, stand in the headers."""
    door = Door(identify=by_points, origins=Origins(["https://portal.example.com"]))
    headers = {"accept": URQL, "origin": "https://portal.example.com"}
    async with talking(door=door) as talks:
        first = Reader(talks.app, path="/graphql", body={"query": ORDER}, headers=headers)
        status, said = await first.head()
        assert (status, said["ratelimit-policy"]) == (200, '"points";q=5;w=60')
        assert said["access-control-allow-origin"] == "https://portal.example.com"
        for _ in range(2):
            status, said = await Reader(talks.app, path="/graphql", body={"query": ORDER}, headers=headers).head()
        assert (status, said["retry-after"]) == (429, "12")


async def test_a_name_that_nobody_knows_costs_a_point() -> None:
    """Over an event stream as over JSON: a look-up of a document is paid for, and not made without a point."""
    door = Door(identify=by_points)
    async with talking(door=door) as talks:
        body, headers = {"extensions": apollo("{ nothing }")}, {"accept": "text/event-stream"}
        statuses = []
        for _ in range(6):
            reader = Reader(talks.app, path="/graphql", body=body, headers=headers)
            statuses.append((await reader.whole())[1].count("PERSISTED_QUERY_NOT_FOUND"))
        assert statuses == [1, 1, 1, 1, 1, 0]


@pytest.mark.parametrize(
    "accept", [URQL, URQL_FOLLOWS, "text/event-stream", "application/json, text/event-stream;q=0.1"]
)
async def test_a_subscription_is_followed(accept: str) -> None:
    """Whoever takes event streams gets one for a subscription, by its text or by the name that it was left under."""
    async with talking() as talks:
        for body in ({"query": FOLLOW, "extensions": apollo(FOLLOW)}, {"extensions": apollo(FOLLOW)}):
            reader = Reader(talks.app, path="/graphql", body=body, headers={"accept": accept})
            assert (await reader.head())[1]["content-type"] == EVENTS
            told = await reader.told()
            assert told is not None
            assert told["data"]["data"]["orderUpdated"]["order"]["number"] == "1001"
            reader.hang_up()
            await reader.task
        assert talks.app.doors.feed.watching == 0


async def test_a_subscription_goes_on_from_the_last_event() -> None:
    """One that came by the JSON door is a stream like any other: it goes on, is counted, and is paid once."""
    async with talking() as talks:
        headers = {"accept": URQL}
        reader = Reader(talks.app, path="/graphql", body={"query": FOLLOW}, headers=headers)
        first = await reader.told()
        assert first is not None
        assert talks.app.doors.lines.open == {"graphql-sse": 1}
        reader.hang_up()
        await reader.task
        close_order(talks.woven)
        again = Reader(
            talks.app, path="/graphql", body={"query": FOLLOW}, headers={**headers, "last-event-id": first["id"]}
        )
        missed = await again.told()
        assert missed is not None
        assert missed["data"]["data"]["orderUpdated"]["changed"] == ["HEADER"]
        talks.app.doors.lines.drain(0)
        assert await again.told() is None
        await again.task
        refused = Reader(talks.app, path="/graphql", body={"query": FOLLOW}, headers=headers)
        assert ((await refused.whole())[0], (await refused.head())[1]["retry-after"]) == (503, "1")


async def test_the_chosen_operation_counts() -> None:
    """Of a document of several operations the one that is meant says which door it is."""
    document = f"query A {ORDER} {FOLLOW.replace('subscription', 'subscription B')}"
    async with talking() as talks:
        for name, kind in (("A", f"{NEW}; charset=utf-8"), ("B", EVENTS)):
            body = {"query": document, "operationName": name}
            reader = Reader(talks.app, path="/graphql", body=body, headers={"accept": URQL})
            assert (await reader.head())[1]["content-type"] == kind
            reader.hang_up()
            await reader.task


async def test_who_takes_no_event_stream_is_told_how_to_follow() -> None:
    """A subscription without one is refused in plain words."""
    async with talking() as talks:
        reader = Reader(talks.app, path="/graphql", body={"query": FOLLOW}, headers={"accept": "application/json"})
        assert "text/event-stream" in json.loads((await reader.whole())[1])["errors"][0]["message"]
