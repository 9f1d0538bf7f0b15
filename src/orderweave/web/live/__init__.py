"""Subscriptions over the wire: graphql-transport-ws and graphql-sse, and what both have in common."""

from orderweave.web.live.doors import Doors
from orderweave.web.live.socket_protocol import SETTINGS, BoundedWebSocket

__all__ = ["SETTINGS", "BoundedWebSocket", "Doors"]
