"""The demo in operation: a stopped system is seen on its page, and seen to come back; a long run does not grow."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from orderweave.demo import DemoBusiness
from orderweave.demo.serving import demo_app

ORDER = "query($number: String!) { order(by: { number: $number }) { number shipments { status } } }"


async def standing(client: httpx.AsyncClient, system: str) -> tuple[str, str | None]:
    """A system's state and the reason of it, as the page's data has them."""
    state: dict[str, Any] = (await client.get("/ops/state.json")).json()
    (found,) = [one for one in state["systems"] if one["name"] == system]
    return found["state"], found["reason"]


async def test_a_stopped_system_is_seen() -> None:
    """The warehouse is up after a query, down after one while it is stopped, and up after the next once it runs."""
    async with DemoBusiness(seed=7, orders=20) as business:
        app = demo_app(business)
        question = {"query": ORDER, "variables": {"number": business.telling_number()}}
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://gateway") as client,
        ):
            assert await standing(client, "wms") == ("unasked", None)
            await client.post("/graphql", json=question)
            assert await standing(client, "wms") == ("up", None)
            await client.put("/demo/faults/wms/STOPPED")
            answer = (await client.post("/graphql", json=question)).json()
            assert "errors" not in answer
            assert await standing(client, "wms") == ("down", "UNREACHABLE")
            assert "1 down" in (await client.get("/ops")).text
            await client.delete("/demo/faults/wms")
            await client.post("/graphql", json=question)
            assert await standing(client, "wms") == ("up", None)
            assert "orderweave_quota_available" in (await client.get("/metrics")).text


async def test_simulators_forget_their_calls() -> None:
    """What the shop's simulator was asked is gone a moment later while it is to forget, and stays otherwise."""
    async with DemoBusiness(seed=7, orders=20) as business:
        app = demo_app(business)
        question = {"query": ORDER, "variables": {"number": business.telling_number()}}
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as client,
        ):
            await client.post("/graphql", json=question)
            assert any(running.calls for running in business.simulators.values())
            async with business.forgetting(every=0):
                await asyncio.sleep(0)
                assert not any(running.calls for running in business.simulators.values())
