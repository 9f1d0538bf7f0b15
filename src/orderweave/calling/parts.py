"""What calling needs of the outside: time, a way to let it pass, chance, and the Redis that workers share."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from orderweave_sdk.clock import Clock

# Lets so many seconds pass.
Pause = Callable[[float], Awaitable[Any]]


class CallingParts(msgspec.Struct, frozen=True, kw_only=True):
    """Handed in by the bootstrap. `chance` gives numbers from 0 up to 1; `redis` is None where nothing is shared."""

    clock: Clock
    pause: Pause = asyncio.sleep
    chance: Callable[[], float] = random.random
    redis: Any = None
