"""A gateway that exports: a shop with orders of two people, told to an index in a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from orderweave.access import Headers
from orderweave.config.configuration import ExportSettings, IndexSettings
from orderweave.exporting import Exports
from orderweave.model.rights import ALL_RIGHTS, Caller, Owned, Rights
from orderweave.observing import UNOBSERVED
from orderweave.web import Door, build_app
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import Woven, weave

ADA, BEN = "ada@example.com", "ben@example.com"
CREATE = """
mutation ($input: ExportInput!) { exportCreate(input: $input) { id state table format rows expiresAt error } }
"""
LOOK = """
query ($id: ID!) { export(id: $id) {
  id state table format rows expectedRows error finishedAt manifestUrl files { name url rows bytes sha256 } } }
"""
CALLERS = {
    "ann": Caller(name="token:ann", role="staff", rights=ALL_RIGHTS),
    "bob": Caller(name="token:bob", role="staff", rights=ALL_RIGHTS),
    "ada": Caller(
        name="token:ada",
        role="customer",
        rights=Rights(scopes=ALL_RIGHTS.scopes, owned=Owned(emails=frozenset({ADA}))),
    ),
    "analyst": Caller(name="token:analyst", role="analyst", rights=Rights(scopes=ALL_RIGHTS.scopes, masked=True)),
    "anonymous": Caller(name="anonymous", role="public", rights=ALL_RIGHTS),
    "guest": Caller(name="token:guest", role="guest", rights=Rights(scopes=frozenset())),
}


async def by_header(headers: Headers) -> Caller:
    """Who asks says so."""
    return CALLERS[headers.get(b"x-who", b"ann").decode()]


def exporting(woven: Woven, settings: ExportSettings) -> Woven:
    """The same gateway, which exports."""
    configuration = msgspec.structs.replace(woven.configuration, exports=settings)
    return Woven(configuration, woven.time, woven.fakes, UNOBSERVED)


@asynccontextmanager
async def house(folder: Path, settings: ExportSettings | None = None) -> AsyncIterator[Woven]:
    """The gateway; nobody works on its exports by themselves."""
    store = shop(
        [
            order("a1", "1001", email=ADA, customer_id="7", skus=["TEA-1", "TEA-2"], total="12.50"),
            order("a2", "1002", hours=1, email=BEN, customer_id="8", skus=["=cmd|' /C calc'!A0"], total="7.00"),
            order("a3", "1003", hours=2, skus=["TEA-1"]),
        ]
    )
    index = IndexSettings(url=f"sqlite:///{folder / 'index.db'}")
    woven = exporting(weave(store, erp([]), index=index), settings or ExportSettings(folder=folder / "exports"))
    assert woven.index is not None
    await woven.index.take("shop", store.orders, NOON)
    try:
        yield woven
    finally:
        await woven.close()


@asynccontextmanager
async def spoken_to(woven: Woven) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway, which says in `x-who` who it is."""
    transport = httpx.ASGITransport(app=build_app(woven.schema, woven.gateway, door=Door(identify=by_header)))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


async def asked(client: httpx.AsyncClient, query: str, who: str = "ann", **variables: Any) -> dict[str, Any]:
    """The answer to a question."""
    answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers={"x-who": who})
    document: dict[str, Any] = answer.json()
    return document


async def created(client: httpx.AsyncClient, who: str = "ann", **wanted: Any) -> str:
    """The id of a new export."""
    document = await asked(client, CREATE, who, input={"table": "LINES", **wanted})
    assert "errors" not in document, document
    assert document["data"]["exportCreate"]["state"] == "QUEUED"
    name: str = document["data"]["exportCreate"]["id"]
    return name


async def looked_at(client: httpx.AsyncClient, name: str, who: str = "ann") -> dict[str, Any] | None:
    """An export as a caller sees it."""
    document = await asked(client, LOOK, who, id=name)
    found: dict[str, Any] | None = document["data"]["export"]
    return found


def exports_of(woven: Woven) -> Exports:
    """The exports of the gateway."""
    assert woven.exports is not None
    return woven.exports


async def worked_off(exports: Exports, most: int | None = None) -> int:
    """All that waits, or so many, worked off step by step after what is over was put away; how many exports it was."""
    await exports.put_away()
    names = (await exports.unfinished())[:most]
    for name in names:
        while await exports.advance(name):
            pass
    return len(names)
