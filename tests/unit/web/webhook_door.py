"""The HTTP application over a desk for webhooks, spoken to as a vendor does but without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from orderweave.config.configuration import WebhookSettings
from orderweave.receiving import Receiving
from orderweave.receiving.effects import Announce
from orderweave.web import build_app
from tests.unit.receiving.desk import Desk


class WebhookDoor:
    """The application, and what is behind it. A fault that the application lets through is raised here."""

    def __init__(self, desk: Desk) -> None:
        def made(announce: Announce) -> Receiving:
            return desk.receiving

        self.desk = desk
        self.app = build_app(desk.woven.schema, desk.woven.gateway, receiving=made)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://gateway")

    async def post(
        self, body: bytes, headers: Mapping[str, str] | None = None, *, system: str = "shop"
    ) -> httpx.Response:
        """Send a body."""
        sent = [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in (headers or {}).items()]
        return await self.client.post(f"/webhooks/{system}", content=body, headers=sent)


@asynccontextmanager
async def webhook_door(folder: Path, settings: WebhookSettings | None = None) -> AsyncIterator[WebhookDoor]:
    """An application over an empty database."""
    door = WebhookDoor(Desk(folder, settings=settings))
    await door.desk.open()
    try:
        yield door
    finally:
        await door.client.aclose()
        await door.desk.close()
