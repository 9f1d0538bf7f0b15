"""The demo's tracking page: it is there, under the demo's own brand, beside everything else."""

from __future__ import annotations

import httpx

from orderweave.demo import DemoBusiness
from orderweave.demo.serving import demo_app


async def test_the_page_is_there() -> None:
    """The demo serves the page and what it loads."""
    async with DemoBusiness(seed=7, orders=20) as business:
        app = demo_app(business)
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://gateway") as client,
        ):
            page = await client.get("/track")
            assert "Where is my order? · Northwind" in page.text
            assert (await client.get("/track/assets/x/page.js")).status_code == httpx.codes.OK
