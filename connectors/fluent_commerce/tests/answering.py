"""A connector over a transport that gives the answers of a test, and keeps what it was asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from orderweave_fluent_commerce.connector import FluentCommerceConnector
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.transport import Answer, Request

SETTINGS = {
    "url": "https://acme.api.example.com",
    "client_id": "ACME",
    "client_secret": "a-client-secret",
    "username": "orderweave",
    "password": "a-password",
}


class Answers:
    """Signs in whoever asks, and gives one body after the other to all else; the last one again and again."""

    def __init__(self, *bodies: Any, status: int = 200) -> None:
        self.bodies = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in bodies]
        self.status = status
        self.asked: list[dict[str, Any]] = []

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport`."""
        if request.url.endswith("/oauth/token"):
            return Answer(status=200, headers={}, body=b'{"access_token":"a-token"}')
        self.asked.append(json.loads(request.body or b"{}"))
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        return Answer(status=self.status, headers={}, body=body)

    async def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def connected(answers: Answers, **settings: Any) -> AsyncIterator[FluentCommerceConnector]:
    """The connector that hears these answers."""
    connecting = Connecting(FluentCommerceConnector, {**SETTINGS, **settings}, transport=answers)
    assert isinstance(connecting.connector, FluentCommerceConnector)
    try:
        yield connecting.connector
    finally:
        await connecting.close()


def listed(*nodes: Any, more: bool = False) -> dict[str, Any]:
    """An answer whose list "found" holds these entries."""
    edges = [{"node": node, "cursor": f"c{n}"} for n, node in enumerate(nodes)]
    return {"data": {"found": {"edges": edges, "pageInfo": {"hasNextPage": more}}}}
