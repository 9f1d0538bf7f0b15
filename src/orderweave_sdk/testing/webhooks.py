"""What a simulator sends by itself: webhooks, signed as the vendor signs them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

import msgspec


class SentWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery as it goes over the wire; names of headers are in lower case."""

    headers: Mapping[str, str]
    body: bytes


@runtime_checkable
class SendsWebhooks(Protocol):
    """A simulator of a system whose connector declares RECEIVE_WEBHOOKS; its `settings` hold what it signs with.

    `webhook_signature` is the header of the signature. `webhook_timed`: whether the signature holds for a time only.
    """

    webhook_signature: ClassVar[str]
    webhook_timed: ClassVar[bool]

    def webhook(self, at: datetime, *, sent_at: datetime | None = None, forged: bool = False) -> SentWebhook:
        """That the first order, or parcel, which it holds changed at this time. Always the same for the same time;
        `forged` ones are signed by somebody else. A vendor that signs the time of sending signs `sent_at`, by default
        the same time: it tries again later what was not taken.
        """
        ...
