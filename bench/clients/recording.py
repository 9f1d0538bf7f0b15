"""The calls that are measured: what the connectors send for one query, and what their simulators answer."""

from __future__ import annotations

import httpx

from bench.clients.exchanges import Exchange
from orderweave.bootstrap import Orderweave
from orderweave.demo import DemoBusiness
from orderweave.web import build_app
from orderweave_sdk.testing.simulator import LoggedCall

# Twenty orders, with what a storefront, an ERP and a warehouse know of them.
_QUERY = """
{ orders(first: 20) { nodes {
    id number placedAt status totals { total { amount currency } } customer { name email }
    lines(first: 50) { nodes { sku title quantity { ordered } unitPrice { amount currency } } }
    invoices { number due { amount currency } status }
    shipments { packages { carrier { name } trackingNumber events { occurredAt status location } } } } } }
"""
_SYSTEMS = ("shop-us", "erp", "wms")
# What the client library itself adds to a request; each contender adds its own.
_OF_THE_CLIENT = frozenset({"host", "user-agent", "connection", "accept-encoding", "content-length"})


async def record() -> list[Exchange]:
    """The largest call to a storefront, an ERP and a warehouse, of one query for twenty orders of the demo."""
    async with DemoBusiness(seed=7, orders=500) as business:
        woven = Orderweave(business.configuration())
        transport = httpx.ASGITransport(app=build_app(woven.schema, woven.gateway))
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
                response = await client.post("/graphql", json={"query": _QUERY})
        finally:
            await woven.close()
        document = response.json()
        if "errors" in document or len(document["data"]["orders"]["nodes"]) != 20:
            raise RuntimeError(f"the demo did not answer as it should: {document.get('errors')}")
        return [_largest(name, business.simulators[name].calls) for name in _SYSTEMS]


def _largest(system: str, calls: list[LoggedCall]) -> Exchange:
    call = max(calls, key=lambda call: len(call.answer.body))
    return Exchange(
        system=system,
        operation=call.operation,
        method=call.request.method,
        path=call.request.path,
        headers={name: value for name, value in call.request.headers.items() if name not in _OF_THE_CLIENT},
        sent=call.request.body,
        answered=call.answer.body,
    )
