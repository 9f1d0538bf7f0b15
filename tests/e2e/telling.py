"""What systems send of any of their orders or parcels, signed as their simulators sign."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from orderweave_sdk.records import OrderRecord
from orderweave_sdk.testing.simulator import SimulatedSystem
from orderweave_sdk.testing.webhooks import SendsWebhooks, SentWebhook
from orderweave_sdk.testing.world import World


def sends(simulator: SimulatedSystem) -> bool:
    """Whether the system sends webhooks."""
    return isinstance(simulator, SendsWebhooks)


def told(simulator: SimulatedSystem, record: OrderRecord, at: datetime, sent_at: datetime | None = None) -> SentWebhook:
    """That an order, or a carrier's parcel, changed at this time; sent then, or later."""
    speaker = _speaker(type(simulator))
    speaker.seed(World(orders=(record,)))
    assert isinstance(speaker, SendsWebhooks)
    return speaker.webhook(at, sent_at=sent_at)


@cache
def _speaker(kind: type[SimulatedSystem]) -> SimulatedSystem:
    """A simulator beside the running ones, which is made to hold what a webhook is about."""
    return kind()
