"""graphql-sse: a stream for each operation, one stream for all, replay by Last-Event-ID, bounds, and no leftovers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from orderweave.access import Headers
from orderweave.config.configuration import LiveSettings
from orderweave.model.rights import ANYBODY, Caller, Rights, Scope
from orderweave.web.live import events, reservations
from tests.unit.live.feeds import close_order
from tests.unit.web.exchanges import turns
from tests.unit.web.live.reading import Reader
from tests.unit.web.live.talks import FOLLOW, ORDER, Keys, Talks, talking

TOKEN = "x-graphql-event-stream-token"


async def reserved(talks: Talks, **headers: str) -> str:
    """The token of a new reservation."""
    named = {"accept": "*/*", **{name.replace("_", "-"): value for name, value in headers.items()}}
    status, token = await Reader(talks.app, "PUT", headers=named).whole()
    assert status == 201
    return token


async def sent(talks: Talks, token: str, identity: str, query: str = FOLLOW, **headers: str) -> tuple[int, str]:
    """Send an operation to a reservation."""
    body = {"query": query, "extensions": {"operationId": identity}}
    return await Reader(talks.app, body=body, headers={"accept": "*/*", TOKEN: token, **headers}).whole()


@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
async def test_stream_of_its_own_gives_the_state_then_each_change(path: str) -> None:
    """At both paths a subscription by POST is a stream of `next`, each with the cursor as the event's id."""
    async with talking() as talks:
        reader = Reader(talks.app, path=path, body={"query": FOLLOW})
        status, headers = await reader.head()
        assert (status, headers["content-type"], headers["cache-control"]) == (
            200,
            "text/event-stream; charset=utf-8",
            "private, no-store",
        )
        first = await reader.told()
        assert first is not None
        update = first["data"]["data"]["orderUpdated"]
        assert (first["event"], first["id"], update["order"]["status"]) == ("next", update["cursor"], "OPEN")
        close_order(talks.woven)
        await talks.changed()
        second = await reader.told()
        assert second is not None
        assert second["data"]["data"]["orderUpdated"]["changed"] == ["HEADER"]
        reader.hang_up()
        await reader.task
        assert talks.app.doors.feed.watching == 0


async def test_browser_goes_on_from_the_last_event() -> None:
    """A GET with Last-Event-ID, as EventSource sends it by itself, is told what it missed."""
    async with talking() as talks:
        query = urlencode({"query": FOLLOW})
        reader = Reader(talks.app, "GET", query=query)
        first = await reader.told()
        assert first is not None
        reader.hang_up()
        await reader.task
        close_order(talks.woven)
        again = Reader(talks.app, "GET", query=query, headers={"last-event-id": first["id"]})
        missed = await again.told()
        assert missed is not None
        assert missed["data"]["data"]["orderUpdated"]["changed"] == ["HEADER"]
        again.hang_up()
        await again.task


async def test_query_is_one_event_and_complete() -> None:
    """Over a stream of its own a query gives `next` and `complete`, and the stream ends."""
    async with talking() as talks:
        reader = Reader(talks.app, body={"query": ORDER})
        assert await reader.told() == {"event": "next", "data": {"data": {"order": {"number": "1001"}}}}
        assert await reader.told() == {"event": "complete", "data": ""}
        assert await reader.told() is None


async def test_what_is_wrong_with_a_document_is_told_over_the_stream() -> None:
    """The protocol wants it there: a browser's EventSource would not see the body of a 400."""
    async with talking() as talks:
        reader = Reader(talks.app, body={"query": "{ nothing }"})
        told = await reader.told()
        assert told is not None
        assert told["data"]["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert await reader.told() == {"event": "complete", "data": ""}


@pytest.mark.parametrize(
    ("method", "body", "headers", "status"),
    [
        ("POST", b"[1]", {}, 400),
        ("POST", b"null", {}, 400),
        ("POST", b"{", {}, 400),
        ("POST", b"\xff", {}, 400),
        ("POST", b"[" * 100_000, {}, 400),
        ("POST", b'{"query": 1}', {}, 400),
        ("POST", b'{"query": "' + b"a" * 1_100_000 + b'"}', {}, 413),
        ("POST", b"{}", {"content-type": "text/plain"}, 415),
        ("POST", b"{}", {"content-encoding": "gzip"}, 415),
        ("POST", b'{"query": "{a}"}', {"x-orderweave-lane": "fast"}, 400),
        ("POST", b'{"query": "{a}"}', {"orderweave-timeout-ms": "0"}, 400),
        ("GET", b"", {}, 400),
        ("PATCH", b"", {}, 405),
        ("POST", b"{}", {"accept": "application/json"}, 406),
        ("POST", b"{}", {"accept": "application/json, text/event-stream;q=0"}, 406),
        ("OPTIONS", b"", {}, 405),
        ("POST", b"{}", {TOKEN: "nobody's"}, 404),
        ("DELETE", b"", {TOKEN: "nobody's"}, 404),
        ("DELETE", b"", {}, 404),
    ],
)
async def test_bad_requests(method: str, body: bytes, headers: dict[str, str], status: int) -> None:
    """What is no request of the protocol gets a 4xx with plain words, and no stream."""
    async with talking() as talks:
        found, text = await Reader(talks.app, method, body=body, headers=headers).whole()
        assert found == status
        assert json.loads(text)["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_silent_stream_is_kept_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment comes at once and whenever nothing else does for a while."""
    monkeypatch.setattr(events.pump, "__kwdefaults__", {"silence": 0.01})
    async with talking() as talks:
        reader = Reader(talks.app, body={"query": FOLLOW})
        assert await reader.event() == {}
        assert await reader.told() is not None
        assert [await reader.event() for _ in range(3)] == [{}, {}, {}]
        reader.hang_up()
        await reader.task


async def test_one_stream_for_all_operations() -> None:
    """Reserved by PUT and opened by GET, a stream carries what operations sent by POST give, under their ids."""
    async with talking() as talks:
        token = await reserved(talks)
        stream = Reader(talks.app, "GET", headers={TOKEN: token})
        assert (await stream.head())[0] == 200
        assert await sent(talks, token, "1") == (202, "")
        told = await stream.told()
        assert told is not None
        assert (told["event"], told["data"]["id"]) == ("next", "1")
        assert await sent(talks, token, "2", ORDER) == (202, "")
        assert await stream.told() == {
            "event": "next",
            "data": {"id": "2", "payload": {"data": {"order": {"number": "1001"}}}},
        }
        assert await stream.told() == {"event": "complete", "data": {"id": "2"}}
        close_order(talks.woven)
        await talks.changed()
        told = await stream.told()
        assert told is not None
        assert told["data"]["payload"]["data"]["orderUpdated"]["changed"] == ["HEADER"]
        gone = Reader(talks.app, "DELETE", query="operationId=1", headers={"accept": "*/*", TOKEN: token})
        assert await gone.whole() == (200, "")
        await turns()
        assert talks.app.doors.feed.watching == 0
        stream.hang_up()
        await stream.task
        assert len(talks.app.doors.streams.reservations) == 0


async def test_reservation_opens_one_stream() -> None:
    """A second stream behind one reservation is a conflict, and so is an id that is in use."""
    async with talking() as talks:
        token = await reserved(talks)
        stream = Reader(talks.app, "GET", query=f"token={token}")
        await stream.head()
        assert (await Reader(talks.app, "GET", headers={TOKEN: token}).whole())[0] == 409
        assert (await sent(talks, token, "1"))[0] == 202
        assert (await sent(talks, token, "1"))[0] == 409
        assert (await sent(talks, token, ""))[0] == 400
        status, text = await sent(talks, token, "2", "{ nothing }")
        assert (status, json.loads(text)["errors"][0]["extensions"]["code"]) == (400, "GRAPHQL_VALIDATION_FAILED")
        stream.hang_up()
        await stream.task


async def test_reservation_is_its_callers_alone() -> None:
    """Another caller who has the token cannot run anything over the stream: it is as if there were none."""
    keys = Keys(hers="ada", his="bob")
    async with talking(identify=keys) as talks:
        token = await reserved(talks, x_api_key="hers")
        assert (await sent(talks, token, "1", ORDER, **{"x-api-key": "his"}))[0] == 404
        assert (await sent(talks, token, "1", ORDER, **{"x-api-key": "bad"}))[0] == 401
        assert (await sent(talks, token, "1", ORDER, **{"x-api-key": "hers"}))[0] == 202


async def test_reservation_that_is_not_used_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reservation for which no stream is opened is forgotten, with its operations."""
    monkeypatch.setattr(reservations, "_LONGEST_RESERVED_SECONDS", 0.01)
    async with talking() as talks:
        token = await reserved(talks)
        await sent(talks, token, "1")
        async with asyncio.timeout(10):
            while talks.app.doors.streams.reservations.get(token) is not None:  # noqa: ASYNC110 - a timer's matter
                await asyncio.sleep(0.002)
        await turns()
        assert talks.app.doors.feed.watching == 0


async def test_operations_of_one_stream_are_bounded() -> None:
    """One too many is sent away with 503."""
    async with talking(settings=LiveSettings(most_subscriptions=1)) as talks:
        token = await reserved(talks)
        assert (await sent(talks, token, "1"))[0] == 202
        assert (await sent(talks, token, "2"))[0] == 503


async def test_streams_are_bounded() -> None:
    """One stream too many is sent away with 503 and a word when to come again; so is one reservation too many."""
    async with talking(settings=LiveSettings(most_connections=1)) as talks:
        reader = Reader(talks.app, body={"query": FOLLOW})
        await reader.told()
        other = Reader(talks.app, body={"query": FOLLOW})
        assert (await other.whole())[0] == 503
        assert (await other.head())[1]["retry-after"] == "1"
        reader.hang_up()
        await reader.task
        await reserved(talks)
        assert (await Reader(talks.app, "PUT").whole())[0] == 503


async def test_streams_of_one_caller_are_bounded() -> None:
    """Reserved streams, open or not, and streams of their own are one caller's share together; others have theirs."""
    settings = LiveSettings(most_connections=10, most_connections_per_caller=2)
    async with talking(identify=Keys(hers="ada", his="bob"), settings=settings) as talks:
        hers = {"x-api-key": "hers"}
        token = await reserved(talks, **hers)
        stream = Reader(talks.app, "GET", headers={TOKEN: token})
        assert (await stream.head())[0] == 200
        reader = Reader(talks.app, body={"query": FOLLOW}, headers=hers)
        await reader.told()
        assert talks.app.doors.lines.open == {"graphql-sse": 2}
        for request in (Reader(talks.app, "PUT", headers=hers), Reader(talks.app, body={"query": ORDER}, headers=hers)):
            assert (await request.whole())[0] == 503
            assert (await request.head())[1]["retry-after"] == "1"
        assert (await sent(talks, await reserved(talks, x_api_key="his"), "1", ORDER, **{"x-api-key": "his"}))[0] == 202
        stream.hang_up()
        await stream.task
        await reserved(talks, **hers)
        reader.hang_up()
        await reader.task


class Again:
    """In place of the wait between two questions who a caller is: it ends once it is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._asked = asyncio.Event()
        self.now = self._asked.set
        monkeypatch.setattr("orderweave.web.live.running.asyncio.sleep", self._sleep)

    async def _sleep(self, seconds: float) -> None:
        await self._asked.wait()
        self._asked.clear()


ENDS = pytest.mark.parametrize(
    ("end", "code"), [(Keys.lapse, "UNAUTHENTICATED"), (Keys.withdraw, "FORBIDDEN")], ids=["lapsed", "without a role"]
)


@ENDS
async def test_credential_that_lapses_ends_the_stream(
    end: Callable[[Keys, str], None], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last words of a stream whose credential holds no more, or gives no role, are an error, and complete."""
    keys = Keys(hers="ada")
    async with talking(identify=keys) as talks:
        assert (await Reader(talks.app, body={"query": FOLLOW}, headers={"x-api-key": "bad"}).whole())[0] == 401
        again = Again(monkeypatch)
        reader = Reader(talks.app, body={"query": FOLLOW}, headers={"x-api-key": "hers"})
        await reader.told()
        end(keys, "hers")
        again.now()
        told: Any = await reader.told()
        assert told["data"]["errors"][0]["extensions"]["code"] == code
        assert await reader.told() == {"event": "complete", "data": ""}
        assert await reader.told() is None
        monkeypatch.undo()


@ENDS
async def test_credential_that_lapses_ends_the_stream_of_all_operations(
    end: Callable[[Keys, str], None], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reserved stream ends likewise, and what was followed over it is followed no more."""
    keys = Keys(hers="ada")
    async with talking(identify=keys) as talks:
        token = await reserved(talks, x_api_key="hers")
        again = Again(monkeypatch)
        stream = Reader(talks.app, "GET", headers={TOKEN: token})
        await stream.head()
        assert (await sent(talks, token, "1", **{"x-api-key": "hers"}))[0] == 202
        assert ((await stream.told()) or {})["event"] == "next"
        end(keys, "hers")
        again.now()
        told: Any = await stream.told()
        assert told["data"]["errors"][0]["extensions"]["code"] == code
        await stream.task
        assert (talks.app.doors.feed.watching, len(talks.app.doors.streams.reservations)) == (0, 0)
        monkeypatch.undo()


async def test_credential_of_other_rights_cannot_prolong_a_reservation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who shows a credential of fewer rights for a reservation is not followed on by those it was let through with."""
    few = msgspec.structs.replace(ANYBODY, rights=Rights(scopes=frozenset({Scope.ORDERS})))

    async def identify(headers: Headers) -> Caller:
        return few if b"x-api-key" in headers else ANYBODY

    async with talking(identify=identify) as talks:
        token = await reserved(talks)
        assert (await sent(talks, token, "1"))[0] == 202
        assert (await sent(talks, token, "2", ORDER, **{"x-api-key": "few"}))[0] == 202
        again = Again(monkeypatch)
        stream = Reader(talks.app, "GET", headers={TOKEN: token})
        again.now()
        told: Any = await stream.told()
        while "errors" not in told["data"]:
            told = await stream.told()
        assert told["data"]["errors"][0]["message"] == "the caller's rights are others now; connect again"
        await stream.task
        monkeypatch.undo()


async def test_drain_ends_streams_without_complete() -> None:
    """When the process stops a stream just ends: `complete` would tell the client not to come back."""
    async with talking() as talks:
        reader = Reader(talks.app, body={"query": FOLLOW})
        await reader.told()
        talks.app.doors.lines.drain(0)
        assert await reader.told() is None
        await reader.task
        assert (await Reader(talks.app, body={"query": FOLLOW}).whole())[0] == 503


async def test_streams_come_and_go_and_nothing_stays() -> None:
    """200 streams, half of them reserved, that are told and hang up leave no task, watch or reservation."""
    async with talking(settings=LiveSettings(most_connections_per_caller=200)) as talks:
        before = len(asyncio.all_tasks())
        readers = [Reader(talks.app, body={"query": FOLLOW}) for _ in range(100)]
        for reader in readers:
            await reader.told()
        for _ in range(100):
            token = await reserved(talks)
            stream = Reader(talks.app, "GET", headers={TOKEN: token})
            await stream.head()
            await sent(talks, token, "1")
            await stream.told()
            readers.append(stream)
        for reader in readers:
            reader.hang_up()
        await asyncio.gather(*(reader.task for reader in readers))
        await turns(5)
        assert len(asyncio.all_tasks()) == before
        assert (talks.app.doors.feed.watching, len(talks.app.doors.streams.reservations)) == (0, 0)
        assert talks.app.doors.lines.open == {"graphql-sse": 0}
