"""What begins while its connection ends: nothing is followed that nobody is told of, and bounds hold meanwhile."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from orderweave.config.configuration import LiveSettings
from orderweave.web.live import events
from orderweave.web.live.running import Running
from tests.unit.web.exchanges import turns
from tests.unit.web.live.reading import Reader
from tests.unit.web.live.talks import FOLLOW, ORDER, Talks, talking

TOKEN = "x-graphql-event-stream-token"
NO_STREAM = "no such stream in this process; reserve one by PUT"


class Held:
    """Lets operations wait before they begin, until `go`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._going = asyncio.Event()
        self.go = self._going.set
        really = Running.begin

        async def begin(running: Running, *given: Any, **named: Any) -> Any:
            await self._going.wait()
            return await really(running, *given, **named)

        monkeypatch.setattr(Running, "begin", begin)


async def opened(talks: Talks) -> tuple[str, Reader]:
    """The token of a reservation, and its stream."""
    _, token = await Reader(talks.app, "PUT", headers={"accept": "*/*"}).whole()
    stream = Reader(talks.app, "GET", headers={TOKEN: token})
    assert (await stream.head())[0] == 200
    return token, stream


def asked(talks: Talks, token: str, identity: str, query: str = FOLLOW) -> Reader:
    """An operation that is sent to a reservation."""
    body = {"query": query, "extensions": {"operationId": identity}}
    return Reader(talks.app, body=body, headers={"accept": "*/*", TOKEN: token})


def refusal(answer: tuple[int, str]) -> tuple[int, str]:
    """Status and words of a refusal."""
    return answer[0], json.loads(answer[1])["errors"][0]["message"]


async def nothing_followed(talks: Talks) -> bool:
    """Whether nothing is watched and nobody counted, once all that is ending has ended."""
    await turns()
    feed = talks.app.doors.feed
    return (feed.watching, feed.followers.total(), talks.app.doors.lines.open.total()) == (0, 0, 0)


async def test_body_that_comes_after_the_end_of_its_stream() -> None:
    """An operation whose head came in time and whose body did not begins no more: 404, as for any stream that ended."""
    async with talking() as talks:
        token, stream = await opened(talks)
        body = json.dumps({"query": FOLLOW, "extensions": {"operationId": "1"}}).encode()
        late = Reader(talks.app, body=body[:20], finished=False, headers={"accept": "*/*", TOKEN: token})
        await turns()
        stream.hang_up()
        await stream.task
        late.rest(body[20:])
        assert refusal(await late.whole()) == (404, NO_STREAM)
        assert await nothing_followed(talks)


@pytest.mark.parametrize("drained", [False, True], ids=["hung up", "drained"])
@pytest.mark.parametrize("query", [FOLLOW, ORDER], ids=["subscription", "query"])
async def test_operation_that_begins_after_the_end_of_its_stream(
    query: str, monkeypatch: pytest.MonkeyPatch, *, drained: bool
) -> None:
    """However long its beginning takes, an operation of a stream that has ended by then is closed, and says so."""
    async with talking() as talks:
        token, stream = await opened(talks)
        held = Held(monkeypatch)
        late = asked(talks, token, "1", query)
        await turns()
        if drained:
            talks.app.doors.lines.drain(0)
        else:
            stream.hang_up()
        await stream.task
        held.go()
        assert refusal(await late.whole()) == (404, NO_STREAM)
        assert await nothing_followed(talks)


async def test_id_is_taken_before_its_operation_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several operations of one id that come at once one runs; the others are told so at once, and undo nothing."""
    async with talking() as talks:
        token, stream = await opened(talks)
        held = Held(monkeypatch)
        first, *others = [asked(talks, token, "1") for _ in range(3)]
        for other in others:
            assert refusal(await other.whole()) == (409, "an operation with this id is under way")
        held.go()
        assert await first.whole() == (202, "")
        await turns()
        assert talks.app.doors.feed.followers.total() == 1
        stream.hang_up()
        await stream.task
        assert await nothing_followed(talks)


async def test_bound_holds_for_operations_that_are_about_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that have not begun count; one that turns out to be none gives its place and its id back."""
    async with talking(settings=LiveSettings(most_subscriptions=2)) as talks:
        token, stream = await opened(talks)
        held = Held(monkeypatch)
        good, bad = asked(talks, token, "1"), asked(talks, token, "2", "{ nothing }")
        await turns()
        assert (await asked(talks, token, "3").whole())[0] == 503
        held.go()
        assert ((await good.whole())[0], (await bad.whole())[0]) == (202, 400)
        assert (await asked(talks, token, "2").whole())[0] == 202
        assert (await asked(talks, token, "3").whole())[0] == 503
        stream.hang_up()
        await stream.task


async def test_operation_is_ended_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that ends an operation which it has just sent gets none, and may use the id for another one at once."""
    async with talking() as talks:
        token, stream = await opened(talks)
        held = Held(monkeypatch)
        first = asked(talks, token, "1")
        await turns()
        ending = Reader(talks.app, "DELETE", query="operationId=1", headers={"accept": "*/*", TOKEN: token})
        assert await ending.whole() == (200, "")
        second = asked(talks, token, "1", ORDER)
        await turns()
        held.go()
        assert (await first.whole(), await second.whole()) == ((202, ""), (202, ""))
        told = [await stream.told(), await stream.told()]
        assert [event and (event["event"], event["data"]["id"]) for event in told] == [("next", "1"), ("complete", "1")]
        assert talks.app.doors.feed.watching == 0
        stream.hang_up()
        await stream.task


async def test_end_of_a_stream_ends_what_waits_to_be_told() -> None:
    """Operations that are done and whose last word finds no room among the events end with the stream, too."""
    async with talking() as talks:
        before = asyncio.all_tasks()
        _, token = await Reader(talks.app, "PUT", headers={"accept": "*/*"}).whole()
        # One event of this, then two of each: the last that finds room is half of a pair.
        assert (await asked(talks, token, "follows").whole())[0] == 202
        await turns()
        for number in range(12):
            assert (await asked(talks, token, str(number), ORDER).whole())[0] == 202
        reservation = talks.app.doors.streams.reservations.get(token)
        assert reservation is not None
        assert reservation.count > 0
        await talks.app.doors.streams.reservations.end(reservation)
        await turns()
        assert (asyncio.all_tasks() - before, reservation.count) == (set(), 0)


async def test_stream_that_is_opened_in_the_moment_of_its_end() -> None:
    """A reservation that runs out just as its stream is opened ends that, rather than to leave it without an owner."""
    async with talking() as talks:
        _, token = await Reader(talks.app, "PUT", headers={"accept": "*/*"}).whole()
        reservations = talks.app.doors.streams.reservations
        reservation = reservations.get(token)
        assert reservation is not None
        stream = Reader(talks.app, "GET", headers={TOKEN: token})
        reservations._expire(reservation)
        async with asyncio.timeout(10):
            await stream.task
        assert await nothing_followed(talks)


async def test_stream_of_its_own_whose_client_leaves_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """What begins for a client that is gone is followed no longer than it takes to notice."""
    monkeypatch.setattr(events.pump, "__kwdefaults__", {"silence": 3600.0})
    async with talking() as talks:
        held = Held(monkeypatch)
        reader = Reader(talks.app, body={"query": FOLLOW})
        await turns()
        reader.hang_up()
        held.go()
        await reader.task
        assert await nothing_followed(talks)


@pytest.mark.parametrize("completed", [False, True], ids=["hung up", "completed"])
async def test_operation_that_begins_while_its_socket_ends(monkeypatch: pytest.MonkeyPatch, *, completed: bool) -> None:
    """Over a WebSocket it is ended before it has begun, be it by the client's word or its end."""
    async with talking() as talks:
        before = asyncio.all_tasks()
        talk = await talks.begun()
        held = Held(monkeypatch)
        talk.subscribe("1")
        await turns()
        if completed:
            talk.say("complete", id="1")
            await turns()
        talk.hang_up()
        await talk.task
        held.go()
        assert await nothing_followed(talks)
        assert asyncio.all_tasks() == before


@pytest.mark.parametrize("query", ["{ nothing }", ORDER], ids=["error", "complete"])
async def test_last_word_that_is_not_taken_ends_with_its_socket(query: str) -> None:
    """An operation that is done and cannot say so is ended with the connection, rather than to speak after it."""
    async with talking() as talks:
        before = asyncio.all_tasks()
        talk = await talks.begun()
        talk.takes.clear()
        talk.subscribe("1", query)
        await turns()
        talk.hang_up()
        await talk.task
        await turns()
        assert asyncio.all_tasks() == before


async def test_id_may_be_used_again_after_the_last_word() -> None:
    """As soon as a client has heard that an operation is over."""
    async with talking() as talks:
        talk = await talks.begun()
        for query, kinds in ((ORDER, ["next", "complete"]), ("{ nothing }", ["error"]), (ORDER, ["next", "complete"])):
            talk.subscribe("1", query)
            assert [(await talk.hear())["type"] for _ in kinds] == kinds
