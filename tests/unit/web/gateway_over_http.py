"""The HTTP application over fake systems, spoken to as a caller does but without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from orderweave.web import Door, build_app
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_systems import Woven, weave

JSON = {"content-type": "application/json"}
NEW = "application/graphql-response+json"


def business() -> Woven:
    """A shop with two orders and an ERP that mirrors one."""
    return weave(
        shop([order("a1", "1001", email="ada@example.com", customer_id="c1"), order("a2", "1002", hours=1)]),
        erp([order("e1", "SO1", reference=("reference", "1001"))]),
    )


@asynccontextmanager
async def caller(woven: Woven | None = None, door: Door | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application; a fault that the application lets through is raised here."""
    made = woven or business()
    transport = httpx.ASGITransport(app=build_app(made.schema, made.gateway, door=door))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client
