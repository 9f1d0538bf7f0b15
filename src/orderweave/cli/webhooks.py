"""Commands about webhooks that came: looking at them, and having those that were given up worked on again.

Nothing personal is printed: how many names a delivery has, none of them.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from orderweave.bootstrap import Orderweave
from orderweave.cli.configured import loaded
from orderweave.receiving.deliveries import Concerned, Kept, State
from orderweave.receiving.storing import IndexStore

_NO_INDEX = "webhooks are not configured: add [webhooks] and [index]"


@asynccontextmanager
async def _store(path: Path, environment: Mapping[str, str]) -> AsyncIterator[IndexStore | None]:
    """What keeps the deliveries; None, after what is wrong was printed, where nothing does."""
    configuration = loaded(path, environment)
    if configuration is None or configuration.webhooks is None:
        if configuration is not None:
            print(_NO_INDEX, file=sys.stderr)
        yield None
        return
    woven = Orderweave(configuration)
    try:
        yield IndexStore(lambda: nullcontext(woven.gateway))
    finally:
        await woven.close()


async def list_deliveries(path: Path, environment: Mapping[str, str], *, state: str, most: int) -> int:
    """A line for each delivery, the newest first."""
    async with _store(path, environment) as store:
        if store is None:
            return 1
        found = await store.listed(None if state == "all" else State(state.upper()), most=most)
        for kept in found:
            print(_line(kept))
        counts = await store.counts()
    print(f"{len(found)} shown; {counts.waiting} wait, {counts.dead} dead")
    return 0


async def show_delivery(path: Path, environment: Mapping[str, str], number: int) -> int:
    """All that is known of one delivery but whom it is about."""
    async with _store(path, environment) as store:
        if store is None:
            return 1
        kept = await store.shown(number)
    if kept is None:
        print(f"there is no delivery {number}", file=sys.stderr)
        return 1
    said = {
        "system": kept.system,
        "topic": kept.topic,
        "state": kept.state.value,
        "about": about(kept.concerned),
        "named by": ", ".join(dict.fromkeys(key.namespace for key in kept.concerned.order)) or None,
        "happened": _moment(kept.happened_at),
        "received": _moment(kept.received_at),
        "attempts": str(kept.attempts),
        "next attempt": _moment(kept.due_at),
        "problem": kept.problem,
    }
    for name, value in said.items():
        if value is not None:
            print(f"{name:<13}{value}")
    return 0


async def replay_deliveries(
    path: Path, environment: Mapping[str, str], numbers: Sequence[int], *, every: bool, now: datetime
) -> int:
    """Have dead deliveries worked on again by the gateways that run, or by the next that starts."""
    if every == bool(numbers):
        print("give the numbers of dead deliveries, or --all", file=sys.stderr)
        return 2
    async with _store(path, environment) as store:
        if store is None:
            return 1
        count = await store.replay(None if every else numbers, now)
    print(f"{count} {'deliveries wait' if count != 1 else 'delivery waits'} to be worked on again")
    return 0 if count or every else 1


def about(concerned: Concerned) -> str:
    """What a delivery is about, by count."""
    orders = ["1 order"] if concerned.order else []
    goods = [_counted(len(concerned.skus), "SKU"), _counted(len(concerned.tracking_numbers), "parcel")]
    return ", ".join([*orders, *(part for part in goods if part)])


def _line(kept: Kept) -> str:
    parts = [str(kept.number), _moment(kept.received_at), kept.system, kept.topic, kept.state.value]
    parts.append(about(kept.concerned))
    if kept.attempts:
        parts.append(f"{_counted(kept.attempts, 'attempt')}: {kept.problem or 'none failed'}")
    return "  ".join(part for part in parts if part)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}" if count else ""


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at is not None else None
