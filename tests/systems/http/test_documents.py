"""Documents by name with real workers: left in one and known to all through Redis; a manifest read again on SIGHUP."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from orderweave.model.documents import digest_of
from tests.systems.cache.redis_server import RedisServer
from tests.systems.serving.served import Served, served, until

pytestmark = pytest.mark.systems

TEXT = "query Titles { systems { title } }"
OTHER = "query Names { systems { name } }"


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A Redis of the test's own."""
    server = RedisServer()
    server.start()
    yield server
    server.kill()


async def ask(gateway: Served, body: dict[str, Any]) -> dict[str, Any]:
    """One request on a connection of its own, so that it may go to any worker."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.port}", trust_env=False, timeout=30) as client:
        document: dict[str, Any] = (await client.post("/graphql", json=body)).json()
        return document


async def test_workers_share_what_clients_leave(redis_server: RedisServer, tmp_path: Path) -> None:
    """Left once, a document is known to whichever of four workers is asked; a Redis that is gone holds nobody up."""
    tables = f'[redis]\nurl = "{redis_server.url}"\n'
    named = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest_of(TEXT)}}}
    async with served(tmp_path, workers=4, more=tables) as gateway:
        assert (await ask(gateway, named))["errors"][0]["extensions"] == {"code": "PERSISTED_QUERY_NOT_FOUND"}
        assert "data" in await ask(gateway, {**named, "query": TEXT})
        for _ in range(40):
            assert "data" in await ask(gateway, named)
        redis_server.kill()
        answers = [await ask(gateway, named) for _ in range(20)]
        # Whoever was asked before has it; for the others the client sends it once more.
        codes = {error["extensions"]["code"] for answer in answers for error in answer.get("errors", [])}
        assert codes <= {"PERSISTED_QUERY_NOT_FOUND"}
        assert "data" in await ask(gateway, {**named, "query": TEXT})


async def test_a_manifest_is_read_again(tmp_path: Path) -> None:
    """After SIGHUP the new documents are run and the old are not; a broken manifest leaves all as it was."""
    manifest = tmp_path / "portal.json"
    manifest.write_text(json.dumps({"one": TEXT}))
    more = '[http]\ndocuments = "known"\nmanifests = ["portal.json"]'
    async with served(tmp_path, workers=1, more=more) as gateway:
        assert "data" in await ask(gateway, {"documentId": "one"})
        assert (await ask(gateway, {"query": OTHER}))["errors"][0]["extensions"] == {"code": "DOCUMENT_NOT_KNOWN"}
        manifest.write_text(json.dumps({"two": OTHER}))
        gateway.tell(signal.SIGHUP)
        await until(lambda: "was read again" in gateway.log)

        async def taken_over() -> bool:
            return "data" in await ask(gateway, {"query": OTHER})

        await until(taken_over)
        assert (await ask(gateway, {"documentId": "one"}))["errors"][0]["message"] == "PersistedQueryNotFound"
        manifest.write_text("{")
        gateway.tell(signal.SIGHUP)
        await until(lambda: "http.manifests[0]: portal.json: is not JSON" in gateway.log)
        assert "data" in await ask(gateway, {"documentId": "two"})
        told = [json.loads(line) for line in gateway.log.splitlines() if '"document"' in line]
        assert {(line["document"], line["operation"]) for line in told} == {("one", "Titles"), ("two", "Names")}
