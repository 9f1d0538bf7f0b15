"""A router over the gateway and another subgraph: fields of both in one answer, and few calls for many entities."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import strawberry
import uvicorn
from starlette.types import ASGIApp
from strawberry import ID
from strawberry.asgi import GraphQL
from strawberry.federation import Schema, field
from strawberry.federation import type as entity

from bench import packages
from bench.processes import Process, cores, free_port
from orderweave.model.ids import encode_id
from orderweave.web import build_app
from orderweave_sdk.records import ProductRecord
from tests.systems.front.composing import LOYALTY, ORDERWEAVE, composed
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_systems import Woven, weave

pytestmark = pytest.mark.systems
ROUTER = packages.NODE_PACKAGES / "node_modules" / "@graphql-hive" / "gateway" / "dist" / "bin.js"
ORDERS = 20


@entity(keys=["id"])
class Customer:
    """A customer of ours with points."""

    id: ID
    points: int = 7

    @classmethod
    def resolve_reference(cls, id: ID) -> Customer:
        """Whoever it is."""
        return cls(id=id)


@entity(keys=["id"])
class Order:
    """An order of ours with points, and with thanks that name its number."""

    id: ID
    number: str | None = field(external=True, default=None)
    points: int = 3

    @field(requires=["number"])  # type: ignore[untyped-decorator]  # typed as a field, not as a decorator
    def thanks(self) -> str:
        """Words that need a field of another subgraph."""
        return f"Thanks for {self.number}"

    @classmethod
    def resolve_reference(cls, id: ID, number: str | None = None) -> Order:
        """Whichever it is."""
        return cls(id=id, number=number)


@strawberry.type
class Query:
    """Entities that this subgraph knows by their ids alone."""

    @strawberry.field
    def top_customers(self) -> list[Customer]:
        """One who is there."""
        return [Customer(id=ID(encode_id("Customer", "shop", "c1")))]

    @strawberry.field
    def lost_customer(self) -> Customer | None:
        """One who is not."""
        return Customer(id=ID(encode_id("Customer", "shop", "gone")))

    @strawberry.field
    def best_orders(self) -> list[Order]:
        """All of them."""
        return [Order(id=ID(encode_id("Order", "shop:number", str(1000 + n)))) for n in range(ORDERS)]


def business() -> Woven:
    """A shop with orders and a product, and an ERP that mirrors none of them, as a subgraph."""
    web = shop(
        [order(f"a{n}", str(1000 + n), hours=n, email="ada@example.com", customer_id="c1") for n in range(ORDERS)],
        batch=100,
    )
    web.products = [ProductRecord(external_id="p1", sku="TEA-1", title="Green tea")]
    return weave(web, erp(batch=100), federation=True)


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """An application on loopback; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_level="warning"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


@asynccontextmanager
async def router(supergraph: str, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Hive Gateway over a supergraph; a client of it. The lock is the benchmark's, which measures it too."""
    try:
        packages.install_python()
        packages.install_node()
    except packages.NotInstalled as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"not installed: {error}")
    (folder / "supergraph.graphql").write_text(supergraph)
    port = free_port()
    command = [packages.node(), str(ROUTER), "supergraph", "supergraph.graphql", "--fork", "1"]
    process = Process(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        port=port,
        core=cores()[0],
        log=folder / "router.log",
        environment={"NODE_ENV": "production", "LOG_LEVEL": "error"},
        folder=folder,
    )
    try:
        await asyncio.to_thread(process.wait)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        process.stop()


async def ask(client: httpx.AsyncClient, query: str) -> dict[str, Any]:
    """The router's answer."""
    answer: dict[str, Any] = (await client.post("/graphql", json={"query": query})).json()
    return answer


@pytest.mark.parametrize("composer", ["apollo", "guild"])
async def test_a_router_over_two_subgraphs(composer: str, tmp_path: Path) -> None:
    """Over the supergraph of either composer: fields of both subgraphs in one order, by way of either; a page of orders
    that another subgraph refers to is one call to each system.
    """
    woven = business()
    loyalty = GraphQL(Schema(query=Query, federation_version="2.3"), graphql_ide=None)
    async with served(build_app(woven.schema, woven.gateway)) as ours, served(loyalty) as theirs:
        found = composed(ORDERWEAVE._replace(url=f"{ours}/graphql"), LOYALTY._replace(url=f"{theirs}/graphql"))
        async with router(found[composer]["supergraph"], tmp_path) as client:
            answer = await ask(
                client, "{ orders(first: 2) { nodes { number points thanks customer { name points } } } }"
            )
            assert answer == {
                "data": {
                    "orders": {
                        "nodes": [
                            {
                                "number": str(1000 + n),
                                "points": 3,
                                "thanks": f"Thanks for {1000 + n}",
                                "customer": {"name": "Ada", "points": 7},
                            }
                            for n in (ORDERS - 1, ORDERS - 2)
                        ]
                    }
                }
            }
            for fake in woven.fakes.values():
                fake.calls.clear()
            answer = await ask(client, "{ bestOrders { points number thanks status } }")
            assert answer["data"]["bestOrders"] == [
                {"points": 3, "number": str(1000 + n), "thanks": f"Thanks for {1000 + n}", "status": "OPEN"}
                for n in range(ORDERS)
            ]
            assert {name: len(fake.calls) for name, fake in woven.fakes.items()} == {"shop": 1, "erp": 0}
            query = (
                "{ topCustomers { points email orders(first: 1) { nodes { number } } } lostCustomer { points email } }"
            )
            latest = {"nodes": [{"number": str(1000 + ORDERS - 1)}]}
            assert await ask(client, query) == {
                "data": {
                    "topCustomers": [{"points": 7, "email": "ada@example.com", "orders": latest}],
                    "lostCustomer": {"points": 7, "email": None},
                }
            }
