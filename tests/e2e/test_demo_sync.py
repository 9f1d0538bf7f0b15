"""The demo fills its index by itself, beside its answers, with every order that is true of the business."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from orderweave.demo import DemoBusiness
from orderweave.demo import serving as demo_serving
from orderweave.index import Database
from orderweave.index.tables import orders, records

# Seconds for it to be whole; it takes some five.
LONGEST = 120


async def test_the_demo_syncs_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers before its index is whole; soon every record is in, put together to as many orders as there are. When
    the application has ended, nothing of it is left.
    """
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with DemoBusiness(seed=7, orders=60) as business:
        app = demo_serving.demo_app(business, indexed=True)
        (folder,) = folders(tmp_path)
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://gateway") as client,
            asyncio.timeout(LONGEST),
        ):
            answer = await client.post("/graphql", json={"query": "{ orders(first: 1) { nodes { number } } }"})
            assert len(answer.json()["data"]["orders"]["nodes"]) == 1
            metrics = ""
            while metrics.count("orderweave_sync_lag_seconds{") < len(business.simulators):
                # Nothing on the way to it waits for anything: here the sync has its turn.
                await asyncio.to_thread(lambda: None)
                metrics = (await client.get("/metrics")).text
            held = await counted(f"sqlite:///{folder}/index.db")
        assert folders(tmp_path) == []
    true = len(business.scenario.truth.orders)
    assert held == (sum(len(world.orders) for world in business.worlds.values()), true)


def folders(place: Path) -> list[Path]:
    """The demo's folders."""
    return list(place.glob("orderweave-demo-*"))


async def counted(url: str) -> tuple[int, int]:
    """Records and orders of an index."""
    database = Database(url)
    tables = (records, orders)
    try:
        kept, made = await database.read(
            lambda found: [found.execute(select(func.count()).select_from(each)).scalar_one() for each in tables],
            seconds=5,
        )
    finally:
        database.close()
    return kept, made
