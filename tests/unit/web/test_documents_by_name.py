"""Documents by name over HTTP: in each client's way of naming, with the statuses and codes that clients look for."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from orderweave.model.documents import ListedDocument, Manifest, digest_of
from orderweave.observing.observed import Observed
from orderweave.operations.persisted import Documents
from orderweave.web import Door, build_app
from tests.unit.fake_business import shop
from tests.unit.fake_systems import weave
from tests.unit.web.exchanges import Exchange
from tests.unit.web.gateway_over_http import NEW, caller

TEXT = "query Systems { systems { name } }"
DIGEST = digest_of(TEXT)
DATA = {"data": {"systems": [{"name": "shop"}, {"name": "erp"}]}}
NOT_FOUND = {"errors": [{"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}]}
LISTED = Manifest([ListedDocument("relay-md5", "Systems", TEXT)])


def apollo(digest: str) -> dict[str, Any]:
    """What Apollo's link sends in `extensions`."""
    return {"persistedQuery": {"version": 1, "sha256Hash": digest}}


@pytest.mark.parametrize(
    "named",
    [
        {"documentId": "relay-md5"},
        {"documentId": f"sha256:{DIGEST}"},
        {"doc_id": "relay-md5"},
        {"extensions": apollo(DIGEST)},
        {"extensions": apollo("relay-md5")},
        {"documentId": f"sha256:{DIGEST}", "extensions": apollo(DIGEST)},
    ],
    ids=str,
)
async def test_every_clients_way_of_naming(named: dict[str, Any]) -> None:
    """By POST and by GET, alone and with the text beside it."""
    async with caller(door=Door(documents=Documents(LISTED))) as client:
        for body in (named, {**named, "query": TEXT}, {**named, "variables": {}, "operationName": "Systems"}):
            assert (await client.post("/graphql", json=body)).json() == DATA
        params = {name: value if isinstance(value, str) else json.dumps(value) for name, value in named.items()}
        assert (await client.get("/graphql", params=params)).json() == DATA


async def test_apollos_exchange() -> None:
    """Digest alone: not found; digest and text: run; digest alone, by GET too: run. As Apollo's link goes about it."""
    async with caller() as client:
        first = await client.post("/graphql", json={"extensions": apollo(DIGEST)})
        assert (first.status_code, first.json()) == (200, NOT_FOUND)
        assert first.headers["cache-control"] == "private, no-store"
        new = await client.post("/graphql", json={"extensions": apollo(DIGEST)}, headers={"accept": NEW})
        assert (new.status_code, new.json()) == (404, NOT_FOUND)
        assert (await client.post("/graphql", json={"query": TEXT, "extensions": apollo(DIGEST)})).json() == DATA
        assert (await client.post("/graphql", json={"extensions": apollo(DIGEST)})).json() == DATA
        params = {"extensions": json.dumps(apollo(DIGEST))}
        got = await client.get("/graphql", params=params)
        assert got.json() == DATA
        known = await client.get("/graphql", params=params, headers={"if-none-match": got.headers["etag"]})
        assert known.status_code == 304


async def test_what_does_not_hold_is_not_kept() -> None:
    """A document that cannot be run is refused each time, and its digest stays unknown."""
    broken = "{ nothing }"
    async with caller() as client:
        sent = {"query": broken, "extensions": apollo(digest_of(broken))}
        assert (await client.post("/graphql", json=sent)).json()["errors"][0]["extensions"] == {
            "code": "GRAPHQL_VALIDATION_FAILED"
        }
        assert (await client.post("/graphql", json={"extensions": apollo(digest_of(broken))})).json() == NOT_FOUND


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), (NEW, 403)])
async def test_only_known_documents(accept: str, status: int) -> None:
    """Introspection and every other text are refused; the listed one is run by name and by text."""
    refused = {
        "errors": [
            {"message": "only documents that this gateway knows are run", "extensions": {"code": "DOCUMENT_NOT_KNOWN"}}
        ]
    }
    async with caller(door=Door(documents=Documents(LISTED, only_listed=True))) as client:
        for query in ("{ __schema { queryType { name } } }", "{ systems { name } }", f"{TEXT}\n", "{"):
            for body in ({"query": query}, {"query": query, "extensions": apollo(digest_of(query))}):
                response = await client.post("/graphql", json=body, headers={"accept": accept})
                assert (response.status_code, response.json()) == (status, refused)
        for body in ({"query": TEXT}, {"documentId": "relay-md5"}):
            assert (await client.post("/graphql", json=body, headers={"accept": accept})).json() == DATA


async def test_the_log_says_which_document_it_was(caplog: pytest.LogCaptureFixture) -> None:
    """The line of a request holds the id and operation of a listed document, and nothing of one that is not."""
    woven = weave(shop([]), observe=lambda systems, clock: Observed(systems, clock, log_requests=True))
    app = build_app(woven.schema, woven.gateway, door=Door(documents=Documents(LISTED)))
    with caplog.at_level(logging.INFO, "orderweave.requests"):
        await Exchange(app, TEXT).done()
        await Exchange(app, "{ systems { name } }").done()
    lines = [vars(record)["fields"] for record in caplog.records if record.getMessage() == "request"]
    told = [{name: line[name] for name in ("document", "operation") if name in line} for line in lines]
    assert told == [{"document": "relay-md5", "operation": "Systems"}, {}]
