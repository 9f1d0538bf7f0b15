"""`python -m tests.unit.calling.quota_worker URL SECONDS`: one process that takes of a shared quota what it can get.

It asks for ten of 1,000 points at a time, refilled with 500 a second, and prints how many it was granted.
"""

from __future__ import annotations

import asyncio
import sys
import time

from redis.asyncio import Redis

from orderweave.calling.parts import CallingParts
from orderweave.calling.quota import meter_for
from orderweave.model.calls import CallRules
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.errors import HeldBack
from orderweave_sdk.manifest import RateLimit

LIMIT = RateLimit(units="points", burst=1000, per_second=500)


async def take(url: str, seconds: float) -> int:
    """What was granted within so many seconds."""
    client = Redis.from_url(url)
    meter = meter_for("shop", LIMIT, CallRules(), CallingParts(clock=SystemClock(), redis=client))
    assert meter is not None
    granted = 0
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            await meter.take(10, Call.within(left), operation="orders")
        except HeldBack:
            continue
        meter.done(10)
        granted += 10
    await client.aclose()
    return granted


if __name__ == "__main__":
    print(asyncio.run(take(sys.argv[1], float(sys.argv[2]))))
