"""What pages, caches and people at a shell get of the served gateway: headers over sockets, and the page's commands."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import httpx
import pytest

from tests.documents.pages import blocks, chapter, read_page
from tests.systems.serving.served import served

pytestmark = pytest.mark.systems

PORTAL = "https://portal.example.com"
EXPOSED = (
    "etag, ratelimit, ratelimit-policy, retry-after, www-authenticate, "
    "x-orderweave-coverage, x-orderweave-next-cursor, x-request-id"
)
QUERY = {"query": "{ systems { name title kind capabilities facets } statusMappings { system axis raw normalized } }"}


async def test_pages_and_caches(tmp_path: Path) -> None:
    """Leave, answer, tag, 304, HEAD and the compressed form, all on one connection that stays whole."""
    async with served(tmp_path, workers=1, more=f'[http]\norigins = ["{PORTAL}"]') as gateway:
        address = f"http://127.0.0.1:{gateway.port}/graphql"
        async with httpx.AsyncClient(trust_env=False) as client:
            asking = {"origin": PORTAL, "access-control-request-method": "POST"}
            preflight = await client.options(address, headers=asking)
            assert (preflight.status_code, preflight.content) == (204, b"")
            assert preflight.headers["access-control-allow-origin"] == PORTAL
            got = await client.get(address, params=QUERY, headers={"origin": PORTAL, "apollo-require-preflight": "1"})
            assert (got.status_code, got.headers["content-encoding"]) == (200, "gzip")
            assert got.headers["access-control-expose-headers"] == EXPOSED
            again = await client.get(address, params=QUERY, headers={"if-none-match": got.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            head = await client.head(address, params=QUERY)
            assert (head.content, head.headers["content-length"]) == (b"", got.headers["content-length"])
            plain = await client.get(address, params=QUERY, headers={"accept-encoding": "identity"})
            assert plain.json() == got.json()
            forged = await client.get(address, params=QUERY, headers={"sec-fetch-site": "cross-site"})
            assert forged.status_code == 400


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_the_pages_commands(tmp_path: Path) -> None:
    """Each command of docs/graphql.md on HTTP and limits is answered as the page says, one after the other."""
    async with served(tmp_path, workers=1) as gateway:
        answers = []
        page = read_page("docs/graphql.md")
        for block in blocks(chapter(page, "Over HTTP") + chapter(page, "Limits"), "sh"):
            process = await asyncio.create_subprocess_exec(
                "bash",
                "-euc",
                block.replace("localhost:8000", f"127.0.0.1:{gateway.port}").replace("curl -s", "curl -sw '\\n'"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
            )
            said, _ = await process.communicate()
            answers += [json.loads(line) for line in said.splitlines()]
    codes = [[error["extensions"]["code"] for error in answer.get("errors", [])] for answer in answers]
    assert codes == [[], [], [], ["PERSISTED_QUERY_NOT_FOUND"], [], [], []]
    assert [error["message"] for error in answers[3]["errors"]] == ["PersistedQueryNotFound"]
