"""Documents by name at the doors for subscriptions: as at the endpoint; what may not be run ends an operation alone."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.model.documents import ListedDocument, Manifest, digest_of
from orderweave.operations.persisted import Documents
from orderweave.web import Door
from tests.unit.web.live.reading import Reader
from tests.unit.web.live.talks import FOLLOW, ORDER, Talk, Talks, talking

LISTED = Manifest([ListedDocument("follow", "Follow", FOLLOW)])
WAYS: list[dict[str, Any]] = [
    {"documentId": "follow"},
    {"documentId": f"sha256:{digest_of(FOLLOW)}"},
    {"doc_id": "follow"},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest_of(FOLLOW)}}},
]
TOKEN = "x-graphql-event-stream-token"


def apollo(text: str) -> dict[str, Any]:
    """A document's digest as Apollo's clients send it."""
    return {"persistedQuery": {"version": 1, "sha256Hash": digest_of(text)}}


async def heard(talk: Talk, **payload: Any) -> Any:
    """The first message after an operation begins."""
    talk.say("subscribe", id="1", payload=payload)
    return await talk.hear()


async def read(talks: Talks, **body: Any) -> tuple[int, Any]:
    """Status, and the first event of an operation's own stream."""
    reader = Reader(talks.app, body=body)
    status = (await reader.head())[0]
    told = await reader.told() if status == 200 else None
    reader.hang_up()
    await reader.task
    return status, told["data"] if told else None


def code(answer: Any) -> str:
    """The code of the one error."""
    (error,) = answer
    return str(error["extensions"]["code"])


@pytest.mark.parametrize("named", WAYS, ids=str)
@pytest.mark.parametrize("only_listed", [False, True])
async def test_every_clients_way_of_naming(named: dict[str, Any], *, only_listed: bool) -> None:
    """Over a WebSocket, an event stream and a reserved one, alone and with the text beside it."""
    door = Door(documents=Documents(LISTED, only_listed=only_listed))
    async with talking(door=door) as talks:
        for payload in (named, {**named, "query": FOLLOW}):
            talk = await talks.begun()
            assert (await heard(talk, **payload))["payload"]["data"]["orderUpdated"]["order"]["number"] == "1001"
            status, told = await read(talks, **payload)
            assert (status, told["data"]["orderUpdated"]["order"]["number"]) == (200, "1001")
        _, token = await Reader(talks.app, "PUT").whole()
        extensions = {**named.get("extensions", {}), "operationId": "1"}
        sent = Reader(talks.app, body={**named, "extensions": extensions}, headers={"accept": "*/*", TOKEN: token})
        assert await sent.whole() == (202, "")


async def test_apollos_exchange() -> None:
    """Digest alone: an error that says so; digest and text: run and left; digest alone, at any door: run."""
    async with talking() as talks:
        talk = await talks.begun()
        unknown = await heard(talk, extensions=apollo(ORDER))
        assert (unknown["type"], unknown["payload"][0]["message"]) == ("error", "PersistedQueryNotFound")
        status, told = await read(talks, extensions=apollo(ORDER))
        assert (status, code(told["errors"])) == (200, "PERSISTED_QUERY_NOT_FOUND")
        assert (await heard(talk, query=ORDER, extensions=apollo(ORDER)))["type"] == "next"
        assert (await talk.hear())["type"] == "complete"
        assert (await heard(talk, extensions=apollo(ORDER)))["payload"] == {"data": {"order": {"number": "1001"}}}
        assert await read(talks, extensions=apollo(ORDER)) == (200, {"data": {"order": {"number": "1001"}}})
        # A subscription is left like a query, once it has begun.
        assert (await read(talks, query=FOLLOW, extensions=apollo(FOLLOW)))[0] == 200
        other = await talks.begun()
        assert (await heard(other, extensions=apollo(FOLLOW)))["type"] == "next"


async def test_what_does_not_hold_is_not_left() -> None:
    """A document that cannot be run stays unknown by its digest."""
    broken = "subscription { nothing }"
    async with talking() as talks:
        talk = await talks.begun()
        assert code((await heard(talk, query=broken, extensions=apollo(broken)))["payload"]) == (
            "GRAPHQL_VALIDATION_FAILED"
        )
        assert code((await heard(talk, extensions=apollo(broken)))["payload"]) == "PERSISTED_QUERY_NOT_FOUND"


async def test_only_known_documents() -> None:
    """Others are refused by an error of the operation; the connection stays, and known ones go on."""
    async with talking(door=Door(documents=Documents(LISTED, only_listed=True))) as talks:
        talk = await talks.begun()
        assert code((await heard(talk, query=ORDER))["payload"]) == "DOCUMENT_NOT_KNOWN"
        assert code((await heard(talk, documentId="other"))["payload"]) == "PERSISTED_QUERY_NOT_FOUND"
        assert code((await read(talks, query=ORDER))[1]["errors"]) == "DOCUMENT_NOT_KNOWN"
        _, token = await Reader(talks.app, "PUT").whole()
        body = {"query": ORDER, "extensions": {"operationId": "1"}}
        sent = await Reader(talks.app, body=body, headers={"accept": "*/*", TOKEN: token}).whole()
        assert (sent[0], "DOCUMENT_NOT_KNOWN" in sent[1]) == (403, True)
        assert (await heard(talk, documentId="follow"))["type"] == "next"


@pytest.mark.parametrize(
    "payload",
    [
        {"query": ORDER, "documentId": f"sha256:{digest_of(FOLLOW)}"},
        {"documentId": "a", "doc_id": "b"},
        {"extensions": {"persistedQuery": {"version": 2}}},
        {"query": ORDER, "extensions": {"persistedQuery": 1}},
    ],
    ids=str,
)
async def test_names_that_make_no_sense(payload: dict[str, Any]) -> None:
    """They are refused in plain words: by the operation's error over a WebSocket, by 400 over HTTP."""
    async with talking() as talks:
        talk = await talks.begun()
        assert code((await heard(talk, **payload))["payload"]) == "BAD_REQUEST"
        talk.say("ping")
        assert await talk.hear() == {"type": "pong"}
        assert (await read(talks, **payload))[0] == 400
