"""Simulators that can be told what to answer, and the connector over them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from orderweave_odoo.connector import OdooConnector
from orderweave_odoo.simulator import OdooSimulator
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Orders
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.records import Facet, OrderRecord
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.testing.world import World

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


class Odoo19(OdooSimulator):
    """Counts what is not data, keeps the last request, and answers data with a planted answer."""

    def __init__(self) -> None:
        super().__init__()
        self.versions_asked = 0
        self.sign_ins = 0
        self.planted: SimulatedAnswer | None = None
        self.last: SimulatedRequest | None = None

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the server, but for the planted answer."""
        if request.path == "/web/version":
            self.versions_asked += 1
        elif self.signs_in(request):
            self.sign_ins += 1
        else:
            self.last = request
            if self.planted is not None:
                return self.planted
        return await super().answer(request)

    def sent(self) -> Any:
        """The body of the last request for data."""
        assert self.last is not None
        return self.last.json()


class Odoo16(Odoo19):
    """A server that speaks JSON-RPC alone."""

    version = 16


class Odoo15(Odoo19):
    """The oldest."""

    version = 15


@asynccontextmanager
async def connected(server: OdooSimulator, **settings: Any) -> AsyncIterator[OdooConnector]:
    """The connector over a server that holds the samples."""
    async with server:
        if not server.world.orders:
            server.seed(sample_world(OdooSimulator.external_id))
        connecting = Connecting(OdooConnector, server.settings() | settings)
        try:
            assert isinstance(connecting.connector, OdooConnector)
            yield connecting.connector
        finally:
            await connecting.close()


async def ask(subject: OdooConnector, facets: frozenset[Facet] = frozenset(), identity: str = "1000003") -> Orders:
    """One order of the samples."""
    return await subject.find_orders(keys_of("id", [identity]), facets, Call.within(10))


def json2_error(name: str, message: str, status: int) -> SimulatedAnswer:
    """An exception as JSON-2 tells it."""
    document = {"name": name, "message": message, "arguments": [message], "context": {}, "debug": "Traceback"}
    return SimulatedAnswer(
        status=status, headers={"content-type": "application/json"}, body=json.dumps(document).encode()
    )


def rpc_error(name: str, message: str) -> SimulatedAnswer:
    """The same as JSON-RPC tells it."""
    data = {"name": name, "message": message, "arguments": [message], "context": {}, "debug": "Traceback"}
    error = {"code": 200, "message": "Odoo Server Error", "data": data}
    return SimulatedAnswer(body=json.dumps({"jsonrpc": "2.0", "id": 1, "error": error}).encode())


def many_orders(count: int) -> tuple[OrderRecord, ...]:
    """So many orders of the samples' shapes, each with ids of its own."""
    found: list[OrderRecord] = []
    for block in range(-(-count // 25)):

        def ids(kind: str, n: int, block: int = block) -> str:
            return OdooSimulator.external_id(kind, n if kind in ("location", "product") else n + 1000 * block)

        found += sample_world(ids).orders
    return tuple(found[:count])


def world_of(orders: Iterable[OrderRecord]) -> World:
    """The samples with these orders."""
    whole = sample_world(OdooSimulator.external_id)
    return World(orders=tuple(orders), stock=whole.stock, products=whole.products, locations=whole.locations)
