"""Webhooks of fake systems: JSON, signed with one secret, unless a test has another way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from orderweave_sdk.clock import Call
from orderweave_sdk.manifest import Capability
from orderweave_sdk.signatures import signed_by_hmac_base64
from orderweave_sdk.webhooks import Delivery, Registered, read_body

SIGNATURE, SECRET = "x-signature", "hush"
WEBHOOKS = frozenset({Capability.RECEIVE_WEBHOOKS, Capability.REGISTER_WEBHOOKS})
ReadWebhook = Callable[[Mapping[str, str], bytes, datetime], Delivery]


class SendsJson:
    """The part of a fake connector that reads webhooks."""

    _system: Any

    async def register_webhooks(self, url: str, call: Call) -> Registered:
        """Two topics, always anew."""
        return Registered(made=("orders", "stock"))

    def read_delivery(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        """What a delivery says."""
        if self._system.read_webhook is not None:
            delivery: Delivery = self._system.read_webhook(headers, body, now)
            return delivery
        signed_by_hmac_base64(headers, body, (SECRET,), header=SIGNATURE)
        return read_body(body, Delivery)
