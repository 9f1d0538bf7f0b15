"""The close codes of graphql-transport-ws, one by one, and that nothing malformed gets by without one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderweave.web.bodies import Sent
from orderweave.web.live import messages, sockets
from orderweave.web.live.messages import CloseCode, Malformed
from tests.unit.web.live.talks import Closed, Keys, talking

MALFORMED: list[str | bytes] = [
    "[1]",
    '"x"',
    "null",
    "1",
    "true",
    "",
    "{",
    "{}",
    '{"type": 1}',
    '{"type": "nothing"}',
    '{"type": "connection_ack"}',
    '{"type": "next", "id": "1", "payload": {}}',
    '{"type": "connection_init", "payload": []}',
    '{"type": "ping", "payload": "x"}',
    '{"type": "subscribe"}',
    '{"type": "subscribe", "id": "", "payload": {"query": "{ a }"}}',
    '{"type": "subscribe", "id": 1, "payload": {"query": "{ a }"}}',
    '{"type": "subscribe", "id": "1", "payload": null}',
    '{"type": "subscribe", "id": "1", "payload": {}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "variables": [1]}}',
    '{"type": "complete"}',
    '{"type": "subscribe", "id": "%s", "payload": {"query": "{ a }"}}' % ("i" * 129),
    "[" * 100_000,
    '{"type": "ping", "payload": {"a": ' + "[" * 50_000 + "]" * 50_000 + "}}",
    '{"type": "ping", "payload": {"a": ' + "9" * 5000 + "}} x",
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "query": "{ b }"}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "\\u0071uery": "{ b }"}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "variables": {}, "variables": {"a": 1}}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}, "payload": {"query": "{ b }"}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}, "p\\u0061yload": {"query": "{ b }"}}',
    '{"type": "subscribe", "id": "1", "id": "2", "payload": {"query": "{ a }"}}',
    '{"type": "complete", "type": "subscribe", "id": "1", "payload": {"query": "{ a }"}}',
    '{"type": "complete", "id": "1", "id": "2"}',
    '{"type": "connection_init", "payload": {"x-api-key": "a", "x-api-key": "b"}}',
    '{"type": "connection_init", "payload": {"x-api-key": "a", "x-api\\u002dkey": "b"}}',
    '{"type": "connection_init", "payload": {"a": {"b": 1}}, "payload": {}}',
    b"{}",
    b"\xff\x00",
]


@pytest.mark.parametrize("begun", [False, True], ids=["before", "after"])
async def test_malformed_message_is_4400(*, begun: bool) -> None:
    """Whatever is no message of the protocol ends the connection with 4400, never with a crash."""
    async with talking() as talks:
        for content in MALFORMED:
            talk = talks.talk()
            if begun:
                await talk.begin()
            talk.send(content)
            assert (content[:80], await talk.code()) == (content[:80], CloseCode.BAD_REQUEST)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["type", "id", "payload"]), inner),
)


@given(st.text() | _JSON.map(lambda content: msgspec.json.encode(content).decode()))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_message_or_malformed(text: str) -> None:
    """Reading raises Malformed and nothing else."""
    with suppress(Malformed):
        messages.read(text)


def test_keys_may_stand_twice_where_they_are_not_the_messages() -> None:
    """In variables, and in texts, the same words are anybody's."""
    variables = {"id": {"id": "é"}, "query": 1, "payload": {"type": 2, "payload": 3}, "type": 4, "é": '"id""id"'}
    sent = {"query": 'query($type: Int) { a(b: "\\"query\\":") \u2028 }', "variables": variables}
    text = msgspec.json.encode({"type": "subscribe", "id": "é", "payload": sent}).decode()
    for written in (text, text.replace("é", "\\u00e9")):
        said = messages.read(written)
        assert isinstance(said, messages.Subscribe)
        assert (said.id, said.payload) == ("é", Sent(query=str(sent["query"]), variables=variables))
    shown = {"authorization": "a", "x": {"x": 1, "authorization": "b"}}
    init = messages.read(msgspec.json.encode({"type": "connection_init", "payload": shown}).decode())
    assert init == messages.ConnectionInit(shown)


async def test_two_spellings_of_one_credential_are_4400() -> None:
    """As over HTTP, where the names of headers are of any case, two of one name are none."""
    async with talking(identify=Keys(hers="ada", his="bob")) as talks:
        talk = talks.talk()
        talk.say("connection_init", payload={"x-api-key": "hers", "X-Api-Key": "his"})
        assert await talk.code() == CloseCode.BAD_REQUEST


async def test_operation_before_the_beginning_is_4401() -> None:
    """Nothing is run for a client that was not let in."""
    async with talking() as talks:
        talk = talks.talk()
        talk.subscribe("1")
        assert await talk.code() == CloseCode.UNAUTHORIZED
        assert talks.woven.fakes["shop"].calls == []


async def test_credential_that_does_not_hold_is_4403() -> None:
    """By the handshake's headers or by the first message's payload; one that holds lets in by either way."""
    keys = Keys(good="ada")
    async with talking(identify=keys) as talks:
        talk = talks.talk()
        talk.say("connection_init", payload={"X-API-Key": "bad"})
        assert await talk.code() == CloseCode.FORBIDDEN
        talk = talks.talk(x_api_key="bad")
        talk.say("connection_init")
        assert await talk.code() == CloseCode.FORBIDDEN
        talk = talks.talk()
        await talk.begin(**{"x-api-key": "good"})
        await talks.begun(x_api_key="good")


async def test_credential_without_a_role_is_4403() -> None:
    """A good credential that gives no role will give none by coming again, so the client is not told to."""
    keys = Keys(good="ada")
    keys.withdraw("good")
    async with talking(identify=keys) as talks:
        talk = talks.talk()
        talk.say("connection_init", payload={"x-api-key": "good"})
        with pytest.raises(Closed) as closed:
            await talk.hear()
        assert str(closed.value) == "4403 the credential gives no role here"


async def test_keeper_of_credentials_who_is_away_is_1013() -> None:
    """Where a credential cannot be checked at present the client is to come again, not to give up."""
    keys = Keys(good="ada")
    keys.away = True
    async with talking(identify=keys) as talks:
        talk = talks.talk()
        talk.say("connection_init", payload={"x-api-key": "good"})
        assert await talk.code() == CloseCode.TRY_AGAIN_LATER


@pytest.mark.parametrize("end", [Keys.lapse, Keys.withdraw])
async def test_credential_that_lapses_ends_the_connection_with_4403(
    end: Callable[[Keys, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who somebody is is asked again; an unreachable keeper changes nothing, a credential that holds no more, or gives
    no role any more, ends it.
    """
    keys = Keys(good="ada")
    asked = asyncio.Event()
    again: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(seconds: float) -> None:
        assert seconds == 300
        asked.set()
        await again.get()

    monkeypatch.setattr("orderweave.web.live.running.asyncio.sleep", sleep)
    async with talking(identify=keys) as talks:
        talk = talks.talk()
        talk.say("connection_init", payload={"x-api-key": "good"})
        assert (await talk.hear())["type"] == "connection_ack"
        await asked.wait()
        keys.away = True
        again.put_nowait(None)
        talk.say("ping")
        assert await talk.hear() == {"type": "pong"}
        keys.away = False
        end(keys, "good")
        again.put_nowait(None)
        assert await talk.code() == CloseCode.FORBIDDEN
        monkeypatch.undo()


async def test_other_subprotocol_is_4406() -> None:
    """A client that does not speak the protocol is told so."""
    async with talking() as talks:
        assert await talks.talk("graphql-ws").code() == CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE


async def test_silent_client_is_4408(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not begin in time is ended; who began is not."""
    monkeypatch.setattr(sockets, "_LONGEST_INIT_SECONDS", 0.02)
    async with talking() as talks:
        begun = await talks.begun()
        assert await talks.talk().code() == CloseCode.INITIALIZATION_TIMEOUT
        begun.say("ping")
        assert await begun.hear() == {"type": "pong"}


async def test_id_in_use_is_4409() -> None:
    """Two operations cannot have one id at once."""
    async with talking() as talks:
        talk = await talks.begun()
        talk.subscribe("1")
        await talk.hear()
        talk.subscribe("1")
        assert await talk.code() == CloseCode.SUBSCRIBER_EXISTS


async def test_second_beginning_is_4429() -> None:
    """A client begins once."""
    async with talking() as talks:
        talk = await talks.begun()
        talk.say("connection_init")
        assert await talk.code() == CloseCode.TOO_MANY_INITIALIZATIONS


async def test_fault_of_ours_is_4500(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """What goes wrong on our side ends the connection with 4500, and the log has the class and the place alone."""

    async def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("ada@example.com")

    async with talking() as talks:
        monkeypatch.setattr(talks.app.doors.sockets._running, "begin", broken)
        talk = await talks.begun()
        talk.subscribe("1")
        assert await talk.code() == CloseCode.INTERNAL_ERROR
    assert [record.message for record in caplog.records] == ["conversation_failed"]
    assert "ada@example.com" not in caplog.text


async def test_drain_is_1001() -> None:
    """When the process stops every connection ends as going away, and no other is opened."""
    async with talking() as talks:
        talk = await talks.begun()
        talk.subscribe("1")
        await talk.hear()
        talks.app.doors.lines.drain(0)
        assert await talk.code() == CloseCode.GOING_AWAY
        assert await talks.talk().code() == 503
        assert talks.app.doors.feed.watching == 0
